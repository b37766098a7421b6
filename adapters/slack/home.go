package slack

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"meridian/bot"
)

const (
	mostLines     = 15 // requests of one kind that the home shows
	mostReminders = 5
	mostPressed   = 5 // of them that have a button
)

// homeView is what a person's home shows, read by their own rights.
type homeView struct {
	who       bot.Person
	lang      bot.Language
	mine      []bot.Request // theirs to do
	free      []bot.Request // nobody's
	asked     []bot.Request // what they asked for
	reminders []bot.Reminder
	clients   []clientClock
	duty      []bot.Watcher // who is there now, by level
	reach     bot.ReachWish
	team      bool
	lines     func(r bot.Request) bot.Text
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
	h, p, err := a.homeOf(ctx, person)
	if err != nil {
		return err
	}
	view, err := p.home(h, notice, time.Now())
	if err != nil {
		return bot.Permanent(err)
	}
	return a.api.call(ctx, "views.publish", url.Values{"user_id": {user}, "view": {view}}, nil)
}

// homeOf reads a person's home, and who writes it for them.
func (a *Adapter) homeOf(ctx context.Context, person string) (h homeView, p painter, err error) {
	err = a.desk.View(ctx, person, func(pages bot.Pages) (err error) {
		h, err = readHome(pages)
		return err
	})
	return h, a.painter(ctx, bot.Direct(person), person, false), err
}

func readHome(p bot.Pages) (h homeView, err error) {
	s := p.Settings()
	h.who, h.team = p.Who(), p.Who().Team()
	h.lang = s.LanguageFor(bot.Place{}, h.who)
	open := []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed}
	h.lines = func(r bot.Request) bot.Text { return bot.ClientLine(s, r) }
	if h.team {
		if err := h.readTeam(p, open); err != nil {
			return h, err
		}
	}
	if h.reminders, err = p.Reminders(mostReminders); err != nil {
		return h, err
	}
	h.asked, err = p.Requests(bot.RequestQuery{States: append(open, bot.Solved), Requester: h.who.ID, Newest: true, Limit: mostLines + 1})
	h.asked = slices.DeleteFunc(h.asked, func(r bot.Request) bool { return !h.who.Is(r.Requester) })
	return h, err
}

// readTeam reads what only somebody of the team has: what they owe, what nobody
// has, the clients, and what they want to reach them.
func (h *homeView) readTeam(p bot.Pages, open []bot.State) (err error) {
	s := p.Settings()
	h.lines = func(r bot.Request) bot.Text { return bot.Text{Parts: bot.RequestLine(s, r)} }
	if h.mine, err = p.Requests(bot.RequestQuery{States: open, Assignee: h.who.ID, Limit: mostLines + 1}); err != nil {
		return err
	}
	if h.free, err = p.Requests(bot.RequestQuery{States: open, Unowned: true, Limit: mostLines + 1}); err != nil {
		return err
	}
	wish, err := p.Preference()
	if err != nil {
		return err
	}
	h.reach, h.duty = cmp.Or(wish.Reach, bot.ReachNormal), p.Watchers()
	for _, c := range s.Clients {
		if c.Zone != nil {
			h.clients = append(h.clients, clientClock{c.Name, c.Zone})
		}
	}
	return nil
}

// homeWriter collects the blocks of a home.
type homeWriter struct {
	p      painter
	lang   bot.Language
	blocks []slack.Block
}

func (w *homeWriter) say(id string, args ...any) []piece {
	return w.p.pieces(bot.Say(id, args...).For(w.lang))
}

func (w *homeWriter) add(all []piece) {
	laid, _ := layOut(all, maxRich)
	w.blocks = append(w.blocks, laid...)
}

func (w *homeWriter) buttons(all ...bot.Button) {
	for i := range all {
		all[i].Label = all[i].Label.For(w.lang)
	}
	w.blocks = append(w.blocks, w.p.buttons(bot.Message{Buttons: all})...)
}

// home writes the home: what the person owes, what nobody has, what they asked
// for, what they are reminded of, what time it is at their clients', and what
// they want to reach them.
func (p painter) home(h homeView, notice bot.Message, now time.Time) (string, error) {
	w := &homeWriter{p: p, lang: h.lang}
	if len(notice.Text.Parts) > 0 {
		w.add(p.pieces(notice.Text))
		w.blocks = append(w.blocks, p.buttons(notice)...)
		w.blocks = append(w.blocks, slack.NewDividerBlock())
	}
	w.blocks = append(w.blocks, p.buttons(bot.Message{Buttons: []bot.Button{{Label: bot.Say("slack.new_request").For(h.lang), Act: "file"}}, Card: true})...)
	if h.team {
		w.requests("slack.home.mine", h.mine, h.lines, func(r bot.Request) bot.Button {
			return bot.Button{Label: bot.Text{Parts: []bot.Part{r.Part()}}, Act: "show", Value: r.ID()}
		})
		w.requests("slack.home.free", h.free, h.lines, func(r bot.Request) bot.Button {
			return bot.Button{Label: bot.Say("slack.home.take", "Request", r.Part()), Act: "take", Value: r.ID()}
		})
		if len(h.mine)+len(h.free) == 0 {
			w.add(w.say("list.empty"))
		}
	}
	w.requests("slack.home.asked", h.asked, h.lines, nil)
	w.reminders(h.reminders)
	w.duty(h.duty)
	if len(h.clients) > 0 {
		w.add(p.clocks(h, now))
	}
	if h.team {
		w.wishes(h.reach)
	}
	return marshal(slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: w.blocks[:min(len(w.blocks), 100)]}})
}

// requests is a list of them under a title, with a button for each of the first.
func (w *homeWriter) requests(title string, all []bot.Request, line func(bot.Request) bot.Text, button func(bot.Request) bot.Button) {
	if len(all) == 0 {
		return
	}
	text := bolded(w.say(title))
	var buttons []bot.Button
	for i, r := range all[:min(len(all), mostLines)] {
		text = append(append(text, piece{kind: pieceBreak}), w.p.pieces(line(r).For(w.lang))...)
		if button != nil && i < mostPressed {
			buttons = append(buttons, button(r))
		}
	}
	if len(all) > mostLines {
		text = append(append(text, piece{kind: pieceBreak}), w.say("slack.home.more")...)
	}
	w.add(text)
	w.buttons(buttons...)
}

// wishes says what reaches the person by itself, and lets them choose.
func (w *homeWriter) wishes(reach bot.ReachWish) {
	text := append(bolded(w.say("slack.home.reach")), piece{kind: pieceBreak})
	switch reach {
	case bot.ReachQuiet:
		text = append(text, w.say("help.quiet")...)
	case bot.ReachEverything:
		text = append(text, w.say("help.everything")...)
	default:
		text = append(text, w.say("help.normal")...)
	}
	w.add(text)
	var others []bot.Button
	for _, b := range []bot.Button{
		{Label: bot.Say("slack.home.quiet"), Act: string(bot.ReachQuiet)},
		{Label: bot.Say("slack.home.normal"), Act: string(bot.ReachNormal)},
		{Label: bot.Say("slack.home.everything"), Act: string(bot.ReachEverything)},
	} {
		if b.Act != string(reach) {
			others = append(others, b)
		}
	}
	if w.p.base != "" {
		others = append(others, bot.Button{Label: bot.Say("slack.home.board"), Act: "board"})
	}
	w.buttons(others...)
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
