package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"meridian/bot"
)

const (
	// lookTime is how long Slack may take to say how far an app is.
	lookTime = 8 * time.Second
	// installsKept is how many apps can be on their way at once.
	installsKept = 5
	// maxToken is how long a token may be, in bytes.
	maxToken = 300
)

// Install is how the desk is put into Slack.
type Install struct {
	Done     bool     // it is there already
	Manifest string   // what Slack makes the app of; empty: none can be made
	Scopes   []string // what the app asks to be allowed
	// Look asks Slack how far the app is whose tokens these are. channel is that of
	// the team's cards; what was written there before since does not count. An error
	// says that Slack could not be asked.
	Look func(ctx context.Context, botToken, appToken bot.Secret, channel string, since time.Time) (Installed, error)
}

// Installed is how far an app is.
type Installed struct {
	BotRefused, AppRefused string // Slack's word against a token; empty: it is good
	Missing                string // scopes that were not granted
	Workspace, Bot         string // what Slack calls them
	Channels               []JoinedChannel
	Heard                  string // who wrote in the channel of the team's cards; empty: nobody yet
}

// JoinedChannel is a channel that the app was invited to.
type JoinedChannel struct {
	Name  string
	Place bot.Place
}

// installing is an app on its way. Its tokens are in memory alone.
type installing struct {
	bot, app bot.Secret
	since    time.Time
}

// installPage is the way into Slack.
type installPage struct {
	layout
	Nonce    string
	Done     bool
	Manifest string
	Scopes   []scope
	Channel  string // where the team's cards go
	Error    string
	Lamps    *lamps
}

// scope is one thing that the app asks to be allowed, and what for.
type scope struct{ Name, What string }

// lamps are how far the app is.
type lamps struct {
	Try    string // the one-time id of the form
	All    []lamp
	Green  bool   // all of them are
	Config string // the configuration file that starts the desk in Slack
}

// lamp is one thing that is to be done. A red one says how.
type lamp struct {
	State string // on, off: it is wrong, or wait
	Text  string
	How   string
}

func (a *Adapter) installPage(w http.ResponseWriter, r *http.Request) error {
	return a.showInstall(w, r, nil)
}

// showInstall shows the page, and why tokens were refused.
func (a *Adapter) showInstall(w http.ResponseWriter, r *http.Request, refused *bot.Error) error {
	status := http.StatusOK
	page := installPage{Nonce: a.nonce(), Done: a.install.Done, Manifest: a.install.Manifest}
	var me reader
	err := a.view(r, func(p bot.Pages, who reader) (err error) {
		if me = who; !p.Who().Team() {
			return bot.ErrNotFound
		}
		if refused != nil {
			status, page.Error = http.StatusUnprocessableEntity, a.plain(refused.Text.For(me.Language), me)
		}
		page.Channel = cardsChannel(p.Settings())
		page.layout, err = a.layout(p, me, r, bot.Say("web.install").For(me.Language).Plain(a.words, nil), "install")
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range a.install.Scopes {
		page.Scopes = append(page.Scopes, scope{s, a.plain(bot.Say("web.scope."+strings.NewReplacer(":", "_", ".", "_").Replace(s)), me)})
	}
	page.Here = "/install"
	if one, ok := a.installs.get(r.URL.Query().Get("try")); ok {
		found := a.lamps(r.Context(), me, one, page.Channel)
		found.Try, page.Lamps = r.URL.Query().Get("try"), &found
	}
	a.render(w, me.Language, status, "install", page)
	return nil
}

// cardsChannel is the name of the channel of the team's cards.
func cardsChannel(s *bot.Settings) string {
	for _, c := range s.Channels {
		if c.Place == s.TeamCards {
			return c.Name
		}
	}
	return "desk"
}

// installTry takes the tokens of an app. They stay in memory until the program
// ends.
func (a *Adapter) installTry(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if a.install.Look == nil {
		return bot.ErrNotFound
	}
	token := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	botToken, appToken, id := token("bot_token"), token("app_token"), r.PostForm.Get("nonce")
	switch {
	case id == "" || len(id) > 64:
		return bot.ErrNotFound
	case !strings.HasPrefix(botToken, "xoxb-") || len(botToken) > maxToken:
		return a.showInstall(w, r, bot.Refuse("refuse.bot_token"))
	case !strings.HasPrefix(appToken, "xapp-") || len(appToken) > maxToken:
		return a.showInstall(w, r, bot.Refuse("refuse.app_token"))
	}
	err := a.view(r, func(p bot.Pages, _ reader) error {
		if !p.Who().Team() {
			return bot.ErrNotFound
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.installs.put(id, installing{bot: bot.Secret(botToken), app: bot.Secret(appToken), since: time.Now()})
	return a.back(w, r, "/install?try="+id)
}

// lampsPart shows the lamps anew.
func (a *Adapter) lampsPart(w http.ResponseWriter, r *http.Request) error {
	one, ok := a.installs.get(r.URL.Query().Get("try"))
	if !ok {
		return bot.ErrNotFound
	}
	var me reader
	channel := ""
	err := a.view(r, func(p bot.Pages, who reader) error {
		if me, channel = who, cardsChannel(p.Settings()); !p.Who().Team() {
			return bot.ErrNotFound
		}
		return nil
	})
	if err != nil {
		return err
	}
	found := a.lamps(r.Context(), me, one, channel)
	found.Try = r.URL.Query().Get("try")
	a.render(w, me.Language, http.StatusOK, "lamps", found)
	return nil
}

// lamps asks Slack how far an app is.
func (a *Adapter) lamps(ctx context.Context, me reader, one installing, channel string) lamps {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	found, err := a.install.Look(ctx, one.bot, one.app, channel, one.since)
	if err != nil {
		a.log.WarnContext(ctx, "web: Slack could not be asked how far an app is", "error", err)
	}
	state := func(on bool, how bot.Text) (string, string) {
		if on {
			return "on", ""
		}
		return "off", a.plain(how, me)
	}
	say := func(t bot.Text) string { return a.plain(t, me) }
	at := "#" + channel
	token := lamp{Text: say(bot.Say("web.lamp.token"))}
	token.State, token.How = state(err == nil && found.BotRefused+found.AppRefused+found.Missing == "", tokenHow(found, err))
	sees, heard := lamp{State: "wait", Text: say(bot.Say("web.lamp.sees", "Place", at))}, lamp{State: "wait", Text: say(bot.Say("web.lamp.heard"))}
	if token.State == "on" {
		sees.State, sees.How = state(found.sees(channel), bot.Say("web.lamp.invite", "Place", at, "Name", found.Bot))
	}
	if sees.State == "on" {
		heard.How = say(bot.Say("web.lamp.write", "Place", at))
		if found.Heard != "" {
			heard.State, heard.How = "on", ""
		}
	}
	out := lamps{All: []lamp{token, sees, heard}, Green: heard.State == "on"}
	if out.Green {
		out.Config = found.Config(channel)
	}
	return out
}

// tokenHow says what is wrong with the tokens.
func tokenHow(found Installed, err error) bot.Text {
	switch {
	case err != nil:
		return bot.Say("web.lamp.unreachable")
	case found.BotRefused != "":
		return bot.Say("web.lamp.bot_token", "Reason", found.BotRefused)
	case found.Missing != "":
		return bot.Say("web.lamp.scopes", "List", found.Missing)
	}
	return bot.Say("web.lamp.app_token", "Reason", found.AppRefused)
}

// sees reports whether the app is in a channel.
func (found Installed) sees(channel string) bool {
	for _, c := range found.Channels {
		if c.Name == channel {
			return true
		}
	}
	return false
}

// Config is the configuration file that starts the desk in Slack: the team's
// cards in one channel, and in all others it listens and posts nothing.
func (found Installed) Config(cards string) string {
	var b strings.Builder
	b.WriteString("team:\n  name: " + yamlText(found.Workspace) + "\n  channel: " + yamlText(cards) + "\n" +
		"storage:\n  url: sqlite:desk.db\n" +
		"slack:\n  bot_token_file: slack.token\n  app_token_file: slack.app-token\n" +
		"channels:\n")
	for _, c := range found.Channels {
		b.WriteString("  - name: " + yamlText(c.Name) + "\n    place: " + c.Place.String() + "\n")
		if c.Name == cards {
			b.WriteString("    audience: inside\n")
		} else {
			b.WriteString("    desk: " + yamlText(cards) + "\n    intake: shadow\n")
		}
	}
	b.WriteString("roles:\n  leads: [" + yamlText(found.Heard) + "]\n")
	return b.String()
}

// yamlText writes a name as a string of YAML, whatever is in it.
func yamlText(s string) string {
	return "'" + strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "'", "''") + "'"
}
