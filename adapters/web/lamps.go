package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"meridian/bot"
)

// Standing is how far an app is that runs.
type Standing struct {
	Connected              bool   // it listens
	BotRefused, AppRefused string // Slack's word against a token; empty: it is good
	Disabled               bool   // Slack takes no connections of it: they are switched off in its settings
	Missing                string // scopes that it was not granted
	Bot                    string // what Slack calls it
	Channels               []JoinedChannel
}

// JoinedChannel is a channel that the app was invited to.
type JoinedChannel struct {
	Name  string
	Place bot.Place
	Heard string // whom the app heard there last, by its own connection; empty: nobody yet
}

// lamps are how far the app is, and what can be done next.
type lamps struct {
	All    []lamp
	Green  bool     // all of them are
	Again  bool     // nothing is to be done here: the page looks again
	Done   bool     // the team's cards are in Slack
	Begin  []string // channels that can be taken in, as "#support"
	Cards  string   // the channel of the team's cards, as "#desk"
	Lead   string   // who would lead in Slack, by their name; empty: somebody does
	LeadID string   // theirs, as "slack:U0VERA"
	Config string   // the configuration file that says so; empty: none is needed
	Own    string   // the configuration file it belongs into
	May    bool     // the reader may begin
}

// lamp is one thing that is to be done. A red one says how.
type lamp struct {
	State string // on, off: it is wrong, or wait
	Text  string
	How   string
}

// lampsPart shows the lamps anew.
func (a *Adapter) lampsPart(w http.ResponseWriter, r *http.Request) error {
	if a.install.Look == nil {
		return bot.ErrNotFound
	}
	var me reader
	var s *bot.Settings
	may := false
	err := a.view(r, func(p bot.Pages, who reader) error {
		if me, s = who, p.Settings(); !p.Who().Team() {
			return bot.ErrNotFound
		}
		may = mayInstall(p.Who(), r)
		return nil
	})
	if err != nil {
		return err
	}
	found, err := a.look(r.Context())
	out := a.lamps(me, s, found, err)
	out.May = may
	a.render(w, me.Language, http.StatusOK, "lamps", out)
	return nil
}

// look asks how far the app is.
func (a *Adapter) look(ctx context.Context) (Standing, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	found, err := a.install.Look(ctx)
	if err != nil && ctx.Err() == nil {
		a.log.WarnContext(ctx, "web: Slack could not be asked how far an app is", "error", err)
	}
	return found, err
}

// lamps says how far the app is.
func (a *Adapter) lamps(me reader, s *bot.Settings, found Standing, failed error) lamps {
	cards := cardsChannel(s)
	say := func(id string, args ...any) string { return a.plain(bot.Say(id, args...), me) }
	at := "#" + cards.Name
	token := lamp{"wait", say("web.lamp.token"), ""}
	sees, heard := lamp{"wait", say("web.lamp.sees", "Place", at), ""}, lamp{"wait", say("web.lamp.heard"), ""}
	here, there := found.at(cards)
	switch {
	case failed == nil && found.Disabled:
		token.State, token.How = "off", say("web.lamp.disabled")
	case failed != nil || found.BotRefused+found.AppRefused+found.Missing != "":
		token.State, token.How = "off", a.plain(tokenHow(Tried{BotRefused: found.BotRefused, AppRefused: found.AppRefused, Missing: found.Missing}, failed), me)
	case !found.Connected:
		token.How = say("web.lamp.connecting")
	default:
		token.State = "on"
	}
	if token.State == "on" {
		sees.State, sees.How = "off", say("web.lamp.invite", "Place", at, "Name", found.Bot)
		if there {
			sees.State, sees.How = "on", ""
		}
	}
	switch {
	case sees.State != "on":
	case here.Heard != "":
		heard.State = "on"
	default:
		heard.How = say("web.lamp.write", "Place", at)
	}
	out := lamps{All: []lamp{token, sees, heard}, Green: heard.State == "on", Cards: at, Own: a.install.Own}
	if out.Done = cards.Place.Adapter == "slack"; out.Done && !out.Green {
		out.All = out.All[:2] // nobody has to say hello any more
	}
	if token.State == "on" && (out.Green || out.Done) {
		a.next(&out, me, s, found, here)
	}
	out.Again = len(out.Begin) == 0 && out.Config == ""
	return out
}

// next says what can be done once all lamps are green: the channels of the app
// are taken in, or a configuration file says where they are.
func (a *Adapter) next(out *lamps, me reader, s *bot.Settings, found Standing, here JoinedChannel) {
	fresh := slices.DeleteFunc(slices.Clone(found.Channels), func(c JoinedChannel) bool {
		return slices.ContainsFunc(s.Channels, func(known bot.Channel) bool { return known.Place == c.Place })
	})
	switch {
	case len(fresh) == 0:
	case a.install.Own != "" && out.Done:
		out.Config = "channels:\n" + channelsYAML(cardsChannel(s).Name, fresh)
	case a.install.Own != "":
		out.Config = "team:\n  channel: " + yamlText(here.Name) + "\nchannels:\n" + channelsYAML(here.Name, fresh) +
			"roles:\n  leads: [" + yamlText(cmp.Or(a.install.Lead, here.Heard)) + "]\n"
	default:
		for _, c := range fresh {
			out.Begin = append(out.Begin, "#"+c.Name)
		}
		if a.install.Lead == "" && here.Heard != "" {
			out.Lead, out.LeadID = s.Person(bot.Actor{ID: here.Heard}).Name, here.Heard
		}
	}
}

// at is the channel of the app that is a channel of the desk: the same one, or
// one that is called so.
func (s Standing) at(c bot.Channel) (JoinedChannel, bool) {
	for _, j := range s.Channels {
		if j.Place == c.Place || c.Place.Adapter != "slack" && j.Name == c.Name {
			return j, true
		}
	}
	return JoinedChannel{}, false
}

// installBegin takes the channels of the app in. The lamps are looked at again:
// the page may be old. Who was to lead when it was read does: somebody else may
// have written in the channel since.
func (a *Adapter) installBegin(w http.ResponseWriter, r *http.Request) error {
	if err := a.installing(r); err != nil {
		return err
	}
	if a.install.Look == nil || a.install.Own != "" {
		return bot.ErrNotFound
	}
	var me reader
	var s *bot.Settings
	if err := a.view(r, func(p bot.Pages, who reader) error { me, s = who, p.Settings(); return nil }); err != nil {
		return err
	}
	found, err := a.look(r.Context())
	if out := a.lamps(me, s, found, err); len(out.Begin) > 0 && (out.Green || out.Done) {
		lead := r.PostForm.Get("lead")
		if out.LeadID == "" {
			lead = ""
		} else if !isSlackUser(lead) {
			return a.back(w, r, "/install") // the page said nothing of who leads
		}
		if err := a.install.Begin(lead, found.Channels); err != nil {
			return a.notKept(w, r, err)
		}
	}
	w.Header().Set("Connection", "close") // the desk begins anew, and is met by another
	return a.back(w, r, "/install")
}

// isSlackUser reports whether s can be somebody of the workspace.
func isSlackUser(s string) bool {
	id, ok := strings.CutPrefix(s, "slack:")
	return ok && len(id) > 1 && len(id) <= maxSlackID && !strings.ContainsFunc(id, func(c rune) bool { return (c < 'A' || c > 'Z') && (c < '0' || c > '9') })
}

// channelsYAML is what a configuration file says of the channels of an app: the
// team's cards in one of them, and in all others the desk listens and posts
// nothing.
func channelsYAML(cards string, found []JoinedChannel) string {
	var b strings.Builder
	for _, c := range found {
		b.WriteString("  - name: " + yamlText(c.Name) + "\n    place: " + c.Place.String() + "\n")
		if c.Name == cards {
			b.WriteString("    audience: inside\n")
		} else {
			b.WriteString("    desk: " + yamlText(cards) + "\n    intake: shadow\n")
		}
	}
	return b.String()
}

// yamlText writes a name as a string of YAML, whatever is in it.
func yamlText(s string) string {
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "'", "''")
	return "'" + strings.ReplaceAll(s, "${", "$${") + "'"
}
