package bottest

import (
	"context"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing/synctest"
	"time"
	"unicode"

	"meridian/adapters/slack"
	"meridian/adapters/slack/slacktest"
	"meridian/bot"
	"meridian/bot/say"
)

// workspace is a conversation in Slack: the adapter, and the strict stand-in for
// the workspace behind it. What the bot said is read off the stand-in.
type workspace struct {
	p       *player
	slack   *slacktest.Server
	sockets bool
	team    bot.Settings
}

func newSlack(p *player, sockets bool) *workspace {
	w := &workspace{p: p, sockets: sockets}
	w.slack = slacktest.New(p.t, slacktest.Options{Unlimited: true, Clock: func(at time.Time, fallback string) string {
		l := say.English
		if strings.ContainsFunc(fallback, func(c rune) bool { return unicode.Is(unicode.Cyrillic, c) }) {
			l = say.Russian
		}
		return p.clock(at.In(p.o.Settings.ZoneOf(bot.Person{})), l)
	}})
	w.slack.AddUser(slacktest.User{ID: slacktest.BotUser, Name: "desk", Bot: true})
	return w
}

// user is a person's id in the workspace.
func user(who string) string { return "U0" + strings.ToUpper(who) }

// id is a channel's id in the workspace.
func id(channel string) string {
	return "C0" + strings.ToUpper(strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, channel))
}

func (w *workspace) channel(name string) bot.Place {
	return bot.Place{Adapter: "slack", Channel: id(name)}
}

func (w *workspace) person(who string) string {
	for _, p := range w.team.People {
		if p.Is("web:"+who) && p.Client != "" {
			return "slack:" + slacktest.Stranger + "/" + user(who)
		}
	}
	return "slack:" + user(who)
}

func (w *workspace) who(person string) string {
	return strings.ToLower(strings.TrimPrefix(person[strings.LastIndexAny(person, ":/")+1:], "U0"))
}

// settings moves the team into the workspace: the client's people are strangers
// there, and the channels they read are shared.
func (w *workspace) settings(s *bot.Settings) *bot.Settings {
	w.team = *s
	out := *s
	out.People, out.Channels = slices.Clone(s.People), slices.Clone(s.Channels)
	var team, all []string
	for i, p := range out.People {
		p.IDs = slices.Clone(p.IDs)
		for j, name := range p.IDs {
			if who, ok := strings.CutPrefix(name, "web:"); ok {
				p.IDs[j] = w.person(who)
				w.join(who, p)
				all = append(all, user(who))
				if p.Client == "" {
					team = append(team, user(who))
				}
			}
		}
		p.ID = p.IDs[0]
		out.People[i] = p
	}
	move := func(p bot.Place) bot.Place {
		if p.Adapter != "web" {
			return p
		}
		return w.channel(p.Channel)
	}
	for i, c := range out.Channels {
		members := append(slices.Clone(team), slacktest.BotUser)
		if c.Audience != bot.Inside {
			members = append(slices.Clone(all), slacktest.BotUser)
		}
		w.slack.AddChannel(slacktest.Channel{ID: id(c.Place.Channel), Name: c.Name, Members: members, Shared: c.Audience != bot.Inside})
		out.Channels[i].Place, out.Channels[i].Desk = move(c.Place), move(c.Desk)
	}
	out.Digests, out.Schedules = slices.Clone(s.Digests), slices.Clone(s.Schedules)
	for i := range out.Digests {
		out.Digests[i].Place = move(out.Digests[i].Place)
	}
	for i := range out.Schedules {
		out.Schedules[i].Place = move(out.Schedules[i].Place)
	}
	out.MailCards, out.TeamCards = move(s.MailCards), move(s.TeamCards)
	return &out
}

func (w *workspace) join(who string, p bot.Person) {
	u := slacktest.User{ID: user(who), Name: p.Name, Locale: string(p.Language)}
	if p.Language == "" {
		u.Locale = "none" // the team's is theirs too
	}
	if p.Client != "" {
		u.Team = slacktest.Stranger
	}
	if p.Zone != nil {
		u.Zone = p.Zone.String()
	}
	w.slack.AddUser(u)
}

// adapter is a new process at the same workspace.
func (w *workspace) adapter(l *life) (bot.Adapter, error) {
	c := slack.Config{BotToken: "xoxb-test-bot-token", SigningSecret: "test-signing-secret"}
	if w.sockets {
		c = slack.Config{BotToken: "xoxb-test-bot-token", AppToken: "xapp-test-app-token"}
	}
	a, err := slack.New(c, l.desk, slack.Options{
		Catalogue: w.p.words, Log: slog.New(&complaints{t: w.p.t, life: l}), Transport: w.slack.Transport(), Dial: w.slack.Dial, Unpaced: true,
	})
	if err != nil {
		return nil, err
	}
	w.p.o.Settings.Known = a
	if !w.sockets {
		w.slack.SetApp(a.Handler())
	}
	return &watched{Adapter: a, w: w, life: l}, nil
}

// watched is the adapter with somebody who writes down what it does. Its
// deliveries go one after another, so that it is known which of them did what.
type watched struct {
	*slack.Adapter
	w    *workspace
	life *life
	mu   sync.Mutex
}

// Rates leaves out those of Slack: conversations are not about them.
func (a *watched) Rates() bot.Rates { return bot.Rates{Parallel: 32} }

// Deliver delivers, and writes down what came of it.
func (a *watched) Deliver(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.life.dead.Load() {
		return bot.Receipt{}, errCut
	}
	before := len(a.w.slack.Log())
	r, err := a.Adapter.Deliver(ctx, d)
	for _, e := range a.w.slack.Since(before) {
		a.w.wrote(d, e)
	}
	return r, err
}

// wrote writes down one thing that the bot did in the workspace.
func (w *workspace) wrote(d bot.Delivery, e slacktest.Entry) {
	p := w.p
	p.mu.Lock()
	defer p.mu.Unlock()
	text := e.Text
	if d.Message.Author != "" {
		_, text, _ = strings.Cut(text, "\n") // the name of who speaks
	}
	switch e.Kind {
	case "post":
		p.places[e.TS], p.shows[e.TS] = d.To, text
		if strings.HasSuffix(d.Key, ":direct") { // a whisper, where there is nobody to hide it from
			p.render(d, e.TS)
			p.hear(d.ID, "to "+w.who(d.To.Adapter+":"+d.To.Channel[1:])+": "+text)
			return
		}
		p.remember(d, e.TS)
		p.render(d, e.TS) // it knows the buttons afterwards
		p.hear(d.ID, p.author(d)+" in "+p.where(d.To)+": "+text)
	case "upload":
		p.remember(d, e.TS)
		p.hear(d.ID, p.author(d)+" in "+p.where(d.To)+": "+p.uploaded(d, text))
	case "edit":
		p.shows[e.TS] = text
		p.buttons = slices.DeleteFunc(p.buttons, func(b shownButton) bool { return b.message == e.TS })
		p.render(d, e.TS)
		p.hear(d.ID, "desk edits "+p.messageName(e.TS)+": "+text)
	case "whisper":
		p.render(d, e.TS)
		p.hear(d.ID, "to "+w.who(d.Person)+": "+text)
	case "react":
		p.hear(d.ID, "desk reacts :"+e.Emoji+": to "+p.messageName(e.TS))
	case "delete":
		delete(p.shows, e.TS)
		p.hear(d.ID, "desk deletes "+p.messageName(e.TS))
	}
}

// at is the channel's id in the workspace of a place.
func (w *workspace) at(to bot.Place) string {
	if to.IsDirect() {
		return w.slack.DirectWith(to.Channel[strings.LastIndexAny(to.Channel, "@/")+1:])
	}
	return to.Channel
}

// known lets somebody into the workspace who is not of the cast.
func (w *workspace) known(who string) string {
	if !w.slack.HasUser(user(who)) {
		w.slack.AddUser(slacktest.User{ID: user(who), Name: strings.ToUpper(who[:1]) + who[1:], Locale: "none", Zone: "none"})
	}
	return user(who)
}

func (w *workspace) says(_ context.Context, who string, to bot.Place, text string) error {
	rest, mentioned := strings.CutPrefix(text, "@desk")
	said := escape(text)
	if mentioned && (rest == "" || rest[0] == ' ') {
		said = "<@" + slacktest.BotUser + ">" + escape(rest)
	}
	w.p.said(who, to, func(string) string { return w.slack.Say(w.known(who), w.at(to), to.Thread, said) })
	w.slack.Wait()
	return nil
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(html.UnescapeString(s))
}

// errNoSlash says that there are no slash commands in the threads of Slack.
var errNoSlash = errors.New("there are no slash commands in the threads of Slack")

func (w *workspace) commands(_ context.Context, who string, to bot.Place, slash, text string) error {
	if to.Thread != "" {
		return errNoSlash
	}
	if ack := w.slack.Slash(w.known(who), w.at(to), "/"+slash, escape(text)); !ack.Taken {
		return fmt.Errorf("/%s was not taken", slash)
	}
	return nil
}

// reacts puts an emoji or takes it off. In Slack one that is there already can
// only be put again after it was taken off: the event of that is lost then.
func (w *workspace) reacts(_ context.Context, who string, to bot.Place, message, emoji string, removed bool) error {
	if removed {
		w.slack.Unreact(w.known(who), w.at(to), message, emoji)
	} else {
		w.slack.UnreactQuietly(w.known(who), w.at(to), message, emoji)
		w.slack.React(w.known(who), w.at(to), message, emoji)
	}
	return nil
}

func (w *workspace) edits(_ context.Context, _ string, to bot.Place, message, text string) error {
	w.slack.Edit(w.at(to), message, escape(text))
	return nil
}

func (w *workspace) deletes(_ context.Context, _ string, to bot.Place, message string) error {
	w.slack.Delete(w.at(to), message)
	return nil
}

func (w *workspace) presses(_ context.Context, who string, b shownButton) (string, error) {
	before, _ := w.slack.Modal(w.known(who))
	ack, err := w.slack.Press(user(who), w.at(b.place), b.message, b.label)
	if err != nil {
		return "", err
	}
	if !ack.Taken {
		return "", fmt.Errorf("the button %q was not taken", b.label)
	}
	synctest.Wait()
	v, open := w.slack.Modal(user(who))
	if !open || v.ID == before.ID {
		return "", nil // one that was left open before is no answer
	}
	text := v.String()
	if strings.HasSuffix(v.Title, "…") { // the whole of it stands below
		_, text, _ = strings.Cut(text, "\n")
	}
	return text, nil
}

// sends fills the modal. What a person leaves alone keeps its value.
func (w *workspace) sends(_ context.Context, who string, given map[string]string) (string, error) {
	for _, id := range w.slack.Inputs(user(who)) { // a choice may change what else is asked for
		name, _, _ := strings.Cut(id, "~")
		if v, ok := given[name]; ok && w.slack.Tells(user(who), id) {
			if err := w.slack.Choose(user(who), id, v); err != nil {
				return "", err
			}
			synctest.Wait()
			break
		}
	}
	fields := map[string]string{}
	for _, id := range w.slack.Inputs(user(who)) {
		name, _, _ := strings.Cut(id, "~")
		if v, ok := given[name]; ok {
			if who, person := strings.CutPrefix(v, "web:"); person {
				v = w.person(who)
			}
			fields[id] = v
		}
	}
	ack, err := w.slack.Submit(user(who), fields)
	if err != nil {
		return "", err
	}
	v, open := w.slack.Modal(user(who))
	if !open || len(ack.Body) == 0 {
		return "", nil
	}
	for _, told := range v.Errors {
		return told, nil
	}
	return v.Refused(), nil
}
