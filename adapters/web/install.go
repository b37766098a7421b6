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
	// maxToken is how long a token may be, in bytes.
	maxToken = 300
	// maxSlackID is how long an id of Slack may be, in bytes.
	maxSlackID = 40
	// quotes are what people copy around a token.
	quotes = "\"'`“”„«»‘’"
)

// Install is how the desk is put into Slack.
type Install struct {
	ByFile   bool     // the configuration file has a section for it, and rules
	Own      string   // somebody's own configuration file, whose the channels are; empty: they are those of the app
	File     string   // where tokens are kept; empty: they cannot be
	Manifest string   // what Slack makes the app of; empty: none can be made
	Scopes   []string // what the app asks to be allowed
	// Of tokens that were kept: the workspace's id and name, who leads there, and
	// the channels that were taken in.
	Team, Workspace, Lead string
	Taken                 []bot.Place
	// Try asks Slack what it thinks of two tokens. An error says that it could not
	// be asked.
	Try func(ctx context.Context, botToken, appToken bot.Secret) (Tried, error)
	// Keep keeps tokens that were tried, and starts the desk anew with them.
	Keep func(botToken, appToken bot.Secret, t Tried) error
	// Look says how far the app is whose tokens were kept; nil: there are none.
	Look func(ctx context.Context) (Standing, error)
	// Begin takes channels of the app in, with a person who leads where nobody does
	// yet, and starts the desk anew with them.
	Begin func(lead string, found []JoinedChannel) error
}

// Tried is what Slack says of two tokens.
type Tried struct {
	BotRefused, AppRefused string // its word against a token; empty: it is good
	Missing                string // scopes that were not granted
	Team, Workspace        string // the workspace's id and name
}

// installPage is the way into Slack.
type installPage struct {
	layout
	State     string // file, nowhere, new, waiting: for the app to be in its channel, or done
	May       bool   // the reader may do it
	Manifest  string
	Scopes    []scope
	Channel   string // where the team's cards go
	File      string // where tokens are kept
	Workspace string
	Error     string
	Red       bool // Slack refuses the tokens that were typed
}

// scope is one thing that the app asks to be allowed, and what for.
type scope struct{ Name, What string }

// mayInstall reports whether somebody may put the desk into Slack: whoever sits
// at this machine, and of those who come from elsewhere the leads.
func mayInstall(who bot.Person, r *http.Request) bool {
	return who.Team() && (signedIn(r) == "" || who.May(bot.ActSwitch, bot.Request{}))
}

func (a *Adapter) installPage(w http.ResponseWriter, r *http.Request) error {
	return a.showInstall(w, r, nil, nil)
}

// showInstall shows the page: why what was typed is no token, and what Slack has
// against those that were tried.
func (a *Adapter) showInstall(w http.ResponseWriter, r *http.Request, refused *bot.Error, red *bot.Text) error {
	status := http.StatusOK
	page := installPage{Manifest: a.install.Manifest, File: a.install.File, Workspace: a.install.Workspace}
	var me reader
	err := a.view(r, func(p bot.Pages, who reader) (err error) {
		if me = who; !p.Who().Team() {
			return bot.ErrNotFound
		}
		if refused != nil {
			status, page.Error = http.StatusUnprocessableEntity, a.plain(refused.Text.For(me.Language), me)
		}
		if red != nil {
			status, page.Error, page.Red = http.StatusUnprocessableEntity, a.plain(red.For(me.Language), me), true
		}
		page.May, page.Channel, page.State = mayInstall(p.Who(), r), cardsChannel(p.Settings()).Name, a.install.state(p.Settings())
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
	a.render(w, me.Language, status, "install", page)
	return nil
}

// state is how far the desk is on its way into Slack.
func (i Install) state(s *bot.Settings) string {
	switch {
	case i.ByFile:
		return "file"
	case i.Look != nil && s.TeamCards.Adapter == "slack":
		return "done"
	case i.Look != nil:
		return "waiting"
	case i.File == "":
		return "nowhere"
	}
	return "new"
}

// cardsChannel is the channel of the team's cards.
func cardsChannel(s *bot.Settings) bot.Channel {
	for _, c := range s.Channels {
		if c.Place == s.TeamCards {
			return c
		}
	}
	return bot.Channel{Name: "desk"}
}

// installTry takes the tokens of an app. Those that work are kept, and the desk
// starts anew with them; all others are forgotten.
func (a *Adapter) installTry(w http.ResponseWriter, r *http.Request) error {
	if err := a.installing(r); err != nil {
		return err
	}
	if a.install.Keep == nil || a.install.File == "" {
		return bot.ErrNotFound
	}
	botToken, appToken := typedToken(r.PostForm.Get("bot_token")), typedToken(r.PostForm.Get("app_token"))
	if isToken(botToken, "xapp-") && isToken(appToken, "xoxb-") { // each in the other's field: what is meant is plain
		botToken, appToken = appToken, botToken
	}
	switch {
	case !isToken(botToken, "xoxb-"):
		return a.showInstall(w, r, bot.Refuse("refuse.bot_token"), nil)
	case !isToken(appToken, "xapp-"):
		return a.showInstall(w, r, bot.Refuse("refuse.app_token"), nil)
	}
	ctx, cancel := context.WithTimeout(r.Context(), lookTime)
	defer cancel()
	tried, err := a.install.Try(ctx, bot.Secret(botToken), bot.Secret(appToken))
	if err != nil {
		a.log.WarnContext(ctx, "web: Slack could not be asked about tokens", "error", err)
	}
	switch {
	case err != nil:
		red := bot.Say("web.install.far")
		return a.showInstall(w, r, nil, &red)
	case tried.BotRefused+tried.AppRefused+tried.Missing != "":
		red := tokenHow(tried, nil)
		return a.showInstall(w, r, nil, &red)
	case a.install.Team != "" && a.install.Team != tried.Team:
		return a.showInstall(w, r, bot.Refuse("refuse.other_workspace", "Name", tried.Workspace, "Other", a.install.Workspace, "What", a.install.File), nil)
	}
	if err := a.install.Keep(bot.Secret(botToken), bot.Secret(appToken), tried); err != nil {
		return a.notKept(w, r, err)
	}
	w.Header().Set("Connection", "close") // the desk begins anew, and is met by another
	return a.back(w, r, "/install")
}

// notKept says that something could not be written, and why.
func (a *Adapter) notKept(w http.ResponseWriter, r *http.Request, err error) error {
	a.log.ErrorContext(r.Context(), "web: the app in Slack could not be kept", "error", err)
	return a.showInstall(w, r, bot.Refuse("refuse.not_kept", "Reason", strings.Join(strings.Fields(err.Error()), " ")), nil)
}

// installing reads a form of the page, and refuses who may not do what it asks.
func (a *Adapter) installing(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	return a.view(r, func(p bot.Pages, _ reader) error {
		switch {
		case !p.Who().Team():
			return bot.ErrNotFound
		case !mayInstall(p.Who(), r):
			return &failure{http.StatusForbidden, bot.Say("web.install.leads")}
		}
		return nil
	})
}

// typedToken is a token without what people copy around it.
func typedToken(s string) string {
	return strings.TrimSpace(strings.Trim(strings.TrimSpace(s), quotes))
}

// isToken reports whether s can be a token of a kind: of letters, digits, - and
// nothing that could mean something elsewhere.
func isToken(s, kind string) bool {
	return strings.HasPrefix(s, kind) && len(s) > len(kind) && len(s) <= maxToken && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-'
	})
}

// tokenHow says what is wrong with tokens.
func tokenHow(t Tried, err error) bot.Text {
	switch {
	case err != nil:
		return bot.Say("web.lamp.unreachable")
	case t.BotRefused != "":
		return bot.Say("web.lamp.bot_token", "Reason", t.BotRefused)
	case t.Missing != "":
		return bot.Say("web.lamp.scopes", "List", t.Missing)
	}
	return bot.Say("web.lamp.app_token", "Reason", t.AppRefused)
}
