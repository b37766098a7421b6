package main

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"meridian/adapters"
	"meridian/bot"
	"meridian/bot/calendar"
	"meridian/bot/say"
	"meridian/cli/yamlfile"
)

// checker holds the rules between keys. It makes the settings of a file, and
// notes each problem with the key that is to be set.
type checker struct {
	*yamlfile.File
	file file
	mine bool // somebody's own file, not the default
	out  bot.Settings
}

// fixed reports whether the file says a key, so that it cannot be switched
// elsewhere.
func (c *checker) fixed(key string) bool { return c.mine && c.Has(key) }

func (c *checker) settings() *bot.Settings {
	c.basics()
	c.working()
	c.channels()
	c.clients()
	c.people()
	c.rules()
	c.teamChannel()
	c.mail()
	c.gifts()
	c.hooks()
	c.reactions()
	c.messengers()
	c.answers()
	c.faq()
	c.digests()
	c.schedules()
	return &c.out
}

// basics are the team, the store, HTTP and undo.
func (c *checker) basics() {
	t := c.file.Team
	if strings.TrimSpace(t.Name) == "" {
		c.Problem("team.name", "is empty; give the team a name or take the key out")
	}
	c.language("team.language", t.Language)
	c.out.Team = bot.Team{Name: t.Name, Zone: c.zone("team.timezone", t.Timezone), Language: t.Language}
	c.storageURL(c.file.Storage.URL.Reveal())
	if err := hostPort(c.file.HTTP.Listen); err != nil {
		c.Problem("http.listen", "%v", err)
	}
	if u := c.file.HTTP.PublicURL; c.Has("http.public_url") {
		if p, err := url.Parse(u); err != nil || p.Host == "" || p.Scheme != "http" && p.Scheme != "https" || p.RawQuery+p.Fragment != "" || p.User != nil {
			c.Problem("http.public_url", "is not an address such as https://desk.example")
		}
	}
	if c.Has("http.metrics_token") && c.file.HTTP.MetricsToken == "" {
		c.Problem("http.metrics_token", "is empty; give it a value or take the key out")
	}
	if c.file.Web.Enabled { // else there are no pages to lead to
		c.out.PublicURL = strings.TrimSuffix(c.file.HTTP.PublicURL, "/")
	}
	c.out.UndoState = c.duration("undo.state", c.file.Undo.State, 24*time.Hour)
	c.out.UndoReply = c.duration("undo.reply", c.file.Undo.Reply, time.Hour)
}

func (c *checker) storageURL(u string) {
	path, sqlite := strings.CutPrefix(u, "sqlite:")
	if sqlite && path != "" || strings.HasPrefix(u, "postgres://") || strings.HasPrefix(u, "postgresql://") {
		return
	}
	c.Problem("storage.url", "must be sqlite:PATH or postgres://...")
}

func (c *checker) duration(path string, d, most time.Duration) time.Duration {
	if d < 0 || d > most {
		c.Problem(path, "must be between 0s and %s", most)
	}
	return d
}

func (c *checker) zone(path, name string) *time.Location {
	zone, err := calendar.Zone(name)
	if err != nil {
		c.Problem(path, "is wrong: %v", err)
	}
	return zone
}

func (c *checker) language(path string, l bot.Language) {
	if !slices.Contains(say.Languages(), l) {
		c.Problem(path, "must be en or ru")
	}
}

func hostPort(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err != nil || port == "" {
		return fmt.Errorf("must be HOST:PORT, such as 127.0.0.1:8080")
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Errorf("names port %s, which does not exist", port)
	}
	return nil
}

// channels makes the channels, and then what they say of each other.
func (c *checker) channels() {
	for i, ch := range c.file.Channels {
		at := fmt.Sprintf("channels[%d]", i)
		out := bot.Channel{Name: ch.Name, Switched: ch.switched, Audience: ch.Audience, Intake: ch.Intake, Language: ch.Language, FixedIntake: c.fixed(at + ".intake")}
		c.name(at+".name", ch.Name, len(c.named(ch.Name, i)) > 0)
		out.Place = c.place(at+".place", ch.Place)
		if slices.ContainsFunc(c.out.Channels, func(o bot.Channel) bool { return o.Place == out.Place && ch.Place != "" }) {
			c.Problem(at+".place", "is the place of another channel already")
		}
		switch ch.Audience {
		case "":
			out.Audience, out.LookedUp = bot.ForClients, true // fail closed, until the messenger says who reads it
		case bot.Inside, bot.ForClients:
		default:
			c.Problem(at+".audience", "must be inside or clients")
		}
		switch ch.Intake {
		case "":
			out.Intake = bot.IntakeManual
		case bot.IntakeManual, bot.IntakeAuto, bot.IntakeSuggest, bot.IntakeShadow:
		default:
			c.Problem(at+".intake", "must be manual, auto, suggest or shadow")
		}
		if ch.Language != "" {
			c.language(at+".language", ch.Language)
		}
		c.out.Channels = append(c.out.Channels, out)
	}
	for i, ch := range c.file.Channels {
		if ch.Desk != "" {
			c.out.Channels[i].Desk = c.desk(fmt.Sprintf("channels[%d].desk", i), ch)
		}
	}
}

// named are the channels before the i-th with a name.
func (c *checker) named(name string, before int) (found []int) {
	for i, ch := range c.file.Channels[:before] {
		if strings.EqualFold(ch.Name, name) {
			found = append(found, i)
		}
	}
	return found
}

func (c *checker) desk(path string, ch channel) bot.Place {
	desk, ok := c.insideChannel(path, ch.Desk)
	if ok && desk.Name == ch.Name {
		c.Problem(path, "names the channel itself; take the key out, and the card is the first answer in the thread")
	}
	return desk.Place
}

// name checks what channels and hooks are called: a word that can be typed, and
// that can stand in an address.
func (c *checker) name(path, name string, taken bool) {
	switch {
	case name == "":
		c.Problem(path, "is missing")
	case strings.HasPrefix(name, "#"):
		c.Problem(path, "must be written without #")
	case !nameable(name):
		c.Problem(path, "must be one word of letters, digits, - _ and . of at most 80 bytes")
	case taken:
		c.Problem(path, "%s is taken by another one above", name)
	}
}

// nameable reports whether something can be called so.
func nameable(name string) bool {
	return len(name) <= 80 && !strings.ContainsFunc(name, noName) && strings.Trim(name, ".") != ""
}

func noName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
}

func (c *checker) place(path, s string) bot.Place {
	p, ok := bot.ParsePlace(s)
	switch {
	case s == "":
		c.Problem(path, "is missing; write it as %s:NAME", adapters.Messengers()[0])
	case !ok || p.Thread != "":
		c.Problem(path, "must be ADAPTER:CHANNEL, such as web:support")
	case !slices.Contains(adapters.Messengers(), p.Adapter):
		c.Problem(path, "names %s, which is no messenger I know; I know %s", p.Adapter, strings.Join(adapters.Messengers(), ", "))
	case p.IsDirect():
		c.Problem(path, "is a direct message; name a channel")
	}
	return p
}

// channel finds a channel by its name.
func (c *checker) channel(path, name string) (bot.Channel, bool) {
	var names []string
	for _, ch := range c.out.Channels {
		if ch.Name == name {
			return ch, true
		}
		names = append(names, ch.Name)
	}
	sentence := fmt.Sprintf("names %q, which is not a channel of this file", name)
	if near := yamlfile.Nearest(strings.TrimPrefix(name, "#"), names); near != "" {
		sentence += "; did you mean " + near + "?"
	}
	c.Problem(path, "%s", sentence)
	return bot.Channel{}, false
}

// insideChannel finds a channel that may show the team's side.
func (c *checker) insideChannel(path, name string) (bot.Channel, bool) {
	ch, ok := c.channel(path, name)
	if ok && ch.Audience != bot.Inside {
		c.Problem(path, "names %s, which clients can read; name a channel with audience: inside", name)
		return bot.Channel{}, false
	}
	return ch, ok
}

// teamChannel is where cards go that no channel claims: the one that is named,
// else the one called desk, else the first inside one that takes nothing in.
func (c *checker) teamChannel() {
	if name := c.file.Team.Channel; name != "" {
		if ch, ok := c.insideChannel("team.channel", name); ok {
			c.out.TeamCards = ch.Place
		}
	} else {
		c.out.TeamCards = c.guessTeamChannel()
	}
	if c.out.TeamCards == (bot.Place{}) && c.file.Team.Channel == "" {
		c.Problem("team.channel", "is missing, and there is no channel to take for it: add one under channels with audience: inside")
	}
	for i, ch := range c.out.Channels {
		if ch.Audience != bot.Inside && ch.Desk == (bot.Place{}) {
			c.out.Channels[i].Desk = c.out.TeamCards
		}
	}
}

func (c *checker) guessTeamChannel() bot.Place {
	for i, ch := range c.out.Channels {
		if ch.Name == "desk" && ch.Audience == bot.Inside {
			return c.out.Channels[i].Place
		}
	}
	for i, ch := range c.file.Channels {
		if ch.Intake == "" && ch.Audience == bot.Inside {
			return c.out.Channels[i].Place
		}
	}
	return bot.Place{}
}

// gifts is the ledger of gifts.
func (c *checker) gifts() {
	g := c.file.Gifts
	if g.Limit < 0 || g.Limit > 1_000_000 {
		c.Problem("gifts.limit", "must be between 0 and 1000000; 0 is no ledger")
	}
	c.out.Gifts = bot.Gifts{Limit: g.Limit, Currency: cmp.Or(g.Currency, "$")}
}

// mail is the desk's mailbox.
func (c *checker) mail() {
	c.out.MailCards = c.out.TeamCards
	m := c.file.Email
	if m == nil {
		return
	}
	m.Default(c.Has)
	c.out.MailLimits = bot.MailLimits{PerSender: m.Limits.PerSender, PerDomain: m.Limits.PerDomain}
	if m.Limits.PerSender < 0 || m.Limits.PerDomain < 0 {
		c.Problem("email.limits", "cannot be below 0; 0 is no limit")
	}
	c.out.MailFrom, c.out.Complaints = m.Address, m.Complaints
	if m.Listen != "" {
		if err := hostPort(m.Listen); err != nil {
			c.Problem("email.listen", "%v", err)
		}
	}
	if m.Address == "" {
		c.Problem("email.address", "is missing; it is the address that people write to")
	} else if key, why := m.Check(); key != "" {
		c.Problem(key, "%s", why)
	}
	if m.Channel != "" {
		if ch, ok := c.insideChannel("email.channel", m.Channel); ok {
			c.out.MailCards = ch.Place
		}
	}
}

func (c *checker) hooks() {
	for i, h := range c.file.Webhooks {
		at := fmt.Sprintf("webhooks[%d]", i)
		taken := slices.ContainsFunc(c.out.Hooks, func(o bot.Hook) bool { return o.Name == h.Name })
		c.name(at+".name", h.Name, taken)
		if strings.ContainsFunc(h.Name, func(r rune) bool { return r > unicode.MaxASCII }) {
			c.Problem(at+".name", "must be of plain letters: it is part of an address")
		}
		if !slices.Contains(adapters.Kinds(), h.Kind) {
			c.Problem(at+".kind", "must be one of %s", strings.Join(adapters.Kinds(), ", "))
		}
		if len(h.Secret) == 0 || slices.Contains(h.Secret, "") {
			c.Problem(at+".secret", "is missing or empty; set it, or secret_file, so that only %s can call", h.Kind)
		}
		out := bot.Hook{Name: h.Name, Kind: h.Kind}
		if h.Channel == "" {
			c.Problem(at+".channel", "is missing; name the channel where its alerts go")
		} else if ch, ok := c.insideChannel(at+".channel", h.Channel); ok {
			out.Channel = ch.Place
		}
		c.out.Hooks = append(c.out.Hooks, out)
	}
}
