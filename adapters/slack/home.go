package slack

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"meridian/bot"
)

// mostLines is how many requests of one kind the home shows.
const mostLines = 15

// homeView is what a person's home shows, read by their own rights.
type homeView struct {
	who     bot.Person
	lang    bot.Language
	mine    []bot.Request // theirs to do
	free    []bot.Request // nobody's
	asked   []bot.Request // what they asked for
	clients []clientClock
	team    bool
	lines   func(r bot.Request) bot.Text
}

// clientClock is a company with its own time.
type clientClock struct {
	name string
	zone *time.Location
}

// publish shows a person their home. notice stands above it.
func (a *Adapter) publish(ctx context.Context, person string, notice bot.Message) error {
	user := userOf(person)
	if user == "" {
		return bot.Permanent(errors.New("slack: home of nobody"))
	}
	var h homeView
	if err := a.desk.View(ctx, person, func(p bot.Pages) (err error) {
		h, err = readHome(p)
		return err
	}); err != nil {
		return err
	}
	view, err := a.painter(ctx, bot.Direct(person), person, false).home(h, notice)
	if err != nil {
		return bot.Permanent(err)
	}
	return a.api.call(ctx, "views.publish", url.Values{"user_id": {user}, "view": {view}}, nil)
}

func readHome(p bot.Pages) (h homeView, err error) {
	s := p.Settings()
	h.who, h.team = p.Who(), p.Who().Team()
	h.lang = s.LanguageFor(bot.Place{}, h.who)
	open := []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed}
	h.lines = func(r bot.Request) bot.Text { return bot.ClientLine(s, r) }
	if h.team {
		h.lines = func(r bot.Request) bot.Text { return bot.Text{Parts: bot.RequestLine(s, r)} }
		if h.mine, err = p.Requests(bot.RequestQuery{States: open, Assignee: h.who.ID, Limit: mostLines + 1}); err != nil {
			return h, err
		}
		if h.free, err = p.Requests(bot.RequestQuery{States: open, Unowned: true, Limit: mostLines + 1}); err != nil {
			return h, err
		}
		for _, c := range s.Clients {
			if c.Zone != nil {
				h.clients = append(h.clients, clientClock{c.Name, c.Zone})
			}
		}
	}
	h.asked, err = p.Requests(bot.RequestQuery{States: append(open, bot.Solved), Requester: h.who.ID, Newest: true, Limit: mostLines + 1})
	h.asked = slices.DeleteFunc(h.asked, func(r bot.Request) bool { return !h.who.Is(r.Requester) })
	return h, err
}

// home writes the home: what the person owes, what nobody has, what they asked
// for, and what time it is at their clients'.
func (p painter) home(h homeView, notice bot.Message) (string, error) {
	var blocks []slack.Block
	say := func(id string, args ...any) []piece { return p.pieces(bot.Say(id, args...).For(h.lang)) }
	add := func(all []piece) {
		laid, _ := layOut(all, maxRich)
		blocks = append(blocks, laid...)
	}
	if len(notice.Text.Parts) > 0 {
		add(p.pieces(notice.Text))
		blocks = append(blocks, p.buttons(notice)...)
		blocks = append(blocks, slack.NewDividerBlock())
	}
	filing := bot.Message{Buttons: []bot.Button{{Label: bot.Say("slack.new_request").For(h.lang), Act: "file"}}, Card: true}
	blocks = append(blocks, p.buttons(filing)...)
	list := func(title string, all []bot.Request) {
		if len(all) == 0 {
			return
		}
		text := bolded(say(title))
		for _, r := range all[:min(len(all), mostLines)] {
			text = append(append(text, piece{kind: pieceBreak}), p.pieces(h.lines(r).For(h.lang))...)
		}
		if len(all) > mostLines {
			text = append(append(text, piece{kind: pieceBreak}), say("slack.home.more")...)
		}
		add(text)
	}
	if h.team {
		list("slack.home.mine", h.mine)
		list("slack.home.free", h.free)
		if len(h.mine)+len(h.free) == 0 {
			add(say("list.empty"))
		}
	}
	list("slack.home.asked", h.asked)
	if len(h.clients) > 0 {
		add(p.clocks(h, time.Now()))
	}
	return marshal(slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks[:min(len(blocks), 100)]}})
}

// clocks is the time at each client's.
func (p painter) clocks(h homeView, now time.Time) []piece {
	text := bolded(p.pieces(bot.Say("slack.home.clocks").For(h.lang)))
	for _, c := range h.clients {
		at := now.In(c.zone)
		text = append(text, piece{kind: pieceBreak}, piece{text: clean(c.name) + "  " + p.words.Local(h.lang, at, "dayclock") + " " + p.words.City(h.lang, c.zone)})
	}
	return text
}

func bolded(all []piece) []piece {
	for i := range all {
		all[i].bold = true
	}
	return all
}
