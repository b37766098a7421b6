package web

import (
	"net/http"
	"time"

	"meridian/bot"
)

// doesPage is what the desk does by itself, each with its switch.
type doesPage struct {
	layout
	Have  string
	May   bool // the reader may switch
	Leads []choice
	Nonce string
	Rows  []doing
}

// doing is one line: a switch that is on or off, or choices.
type doing struct {
	What    string
	On      bool
	Text    string
	Switch  bool // it is on or off and nothing else
	Fixed   bool // the configuration file says so
	Choices []doingChoice
}

// doingChoice is one thing to choose in a line, such as what becomes of the
// messages of one channel.
type doingChoice struct {
	Channel string // what is chosen is of this channel
	Label   string
	Fixed   bool
	Options []choice
	Clock   string // of a digest: its time; empty: none is asked for
}

func (a *Adapter) doesPage(w http.ResponseWriter, r *http.Request) error {
	var page doesPage
	err := a.view(r, func(p bot.Pages, me reader) error {
		page = doesPage{May: p.Who().May(bot.ActSwitch, bot.Request{}), Rows: a.doings(p.Settings(), me)}
		if !p.Who().Team() {
			return bot.ErrNotFound
		}
		for _, person := range p.Settings().People {
			if id := webID(person); id != "" && !page.May && person.May(bot.ActSwitch, bot.Request{}) {
				page.Leads = append(page.Leads, choice{ID: id, Name: person.Name})
			}
		}
		page.Have, page.Nonce = fingerprint(me, page.Rows), a.nonce()
		var err error
		page.layout, err = a.layout(p, me, r, bot.Say("web.does").For(me.Language).Plain(a.words, nil), "does")
		return err
	})
	return a.table(w, r, err, page.layout, page.Have, "does", page)
}

// doings are the lines of the panel, in the order in which people ask for them.
func (a *Adapter) doings(s *bot.Settings, me reader) []doing {
	line := func(what string, on bool, text bot.Text) doing {
		return doing{What: what, On: on, Text: a.plain(text, me)}
	}
	filing, cards := line("filing", !s.NoFiling, bot.Say("unasked.filing")), line("cards", !s.NoEdits, bot.Say("unasked.cards"))
	shadow := line("shadow", s.Shadows(), bot.Say("unasked.shadow"))
	filing.Switch, cards.Switch, shadow.Switch = true, true, true

	intake := line("intake", false, bot.Say("unasked.intake"))
	for _, c := range s.Channels {
		intake.On = intake.On || c.Intake == bot.IntakeAuto || c.Intake == bot.IntakeSuggest
		intake.Choices = append(intake.Choices, doingChoice{Channel: c.Name, Label: "#" + c.Name, Fixed: c.FixedIntake, Options: a.options(me, string(c.Intake), func(v string) bot.Text { return bot.Say("web.intake." + v) },
			string(bot.IntakeManual), string(bot.IntakeAuto), string(bot.IntakeSuggest), string(bot.IntakeShadow))})
	}
	loud := speaks(s)
	articles := line("articles", loud != string(bot.SpeakOff), bot.Say("unasked.articles"))
	articles.Choices = []doingChoice{{Options: a.options(me, loud, func(v string) bot.Text { return bot.Say("web.speak." + v) },
		string(bot.SpeakOff), string(bot.SpeakAgents), string(bot.SpeakAsker), string(bot.SpeakThread))}}
	articles.Choices[0].Fixed = s.FixedSpeak()
	if loud == "" { // each channel has its own
		articles.Choices[0].Options = append([]choice{{Name: "—", Selected: true}}, articles.Choices[0].Options...)
	}
	silences := s.Followup.Silences()
	silent := line("silent", silences != bot.SilentOff, bot.Say("unasked.silent"))
	silent.Fixed = s.Fixed.Silent
	silent.Choices = []doingChoice{{Fixed: silent.Fixed, Options: a.options(me, string(silences), func(v string) bot.Text { return bot.Say("web.silent." + v) },
		string(bot.SilentOff), string(bot.SilentDraft), string(bot.SilentAuto))}}
	return []doing{filing, cards, intake, articles, silent, a.digestLine(s, me), line("pages", false, bot.Say("unasked.pages")), shadow}
}

// options are what can be chosen, in the words of the page.
func (a *Adapter) options(me reader, now string, words func(v string) bot.Text, values ...string) (out []choice) {
	for _, v := range values {
		out = append(out, choice{ID: v, Name: a.plain(words(v), me), Selected: v == now})
	}
	return out
}

// speaks is how loud articles are, where that is the same in all channels;
// empty: it is not.
func speaks(s *bot.Settings) string {
	all := ""
	for _, c := range s.Channels {
		if c.Intake == bot.IntakeShadow {
			continue
		}
		loud := string(s.SpeakAt(c.Place))
		if all != "" && all != loud {
			return ""
		}
		all = loud
	}
	return all
}

// digestLine is the digest: where, and at what time of its readers' clock.
func (a *Adapter) digestLine(s *bot.Settings, me reader) doing {
	d := doing{What: "digest", On: len(s.Digests) > 0, Text: a.plain(bot.Say("unasked.digest"), me), Fixed: s.Fixed.Digest}
	at, to := 9*time.Hour, ""
	if d.On {
		at, to = s.Digests[0].At, s.Digests[0].Name
	}
	c := doingChoice{Fixed: d.Fixed, Clock: time.Time{}.Add(at).Format("15:04"),
		Options: []choice{{ID: "", Name: a.plain(bot.Say("web.no_channel"), me), Selected: !d.On}}}
	for _, one := range s.Channels {
		if one.Audience == bot.Inside {
			c.Options = append(c.Options, choice{ID: one.Name, Name: "#" + one.Name, Selected: one.Name == to})
		}
	}
	d.Choices = []doingChoice{c}
	return d
}

// does switches one thing that the desk does by itself. It is tried first, so
// that what is wrong with it is said at once.
func (a *Adapter) does(w http.ResponseWriter, r *http.Request) error {
	t, err := a.begin(r)
	if err != nil {
		return err
	}
	by := bot.Switch{What: r.PostForm.Get("what"), Channel: r.PostForm.Get("channel"), Value: r.PostForm.Get("value")}
	if by.What == "digest" && by.Channel == "" {
		by.Value = "off"
	}
	e := t.event("commanded", bot.Commanded{Slash: "desk", Text: "unasked " + by.String()}, by.String())
	if err := a.desk.Try(r.Context(), e); err != nil {
		return err
	}
	if err := a.desk.Accept(r.Context(), e); err != nil {
		return err
	}
	if byHTMX(r) {
		return a.done(w, t)
	}
	return a.back(w, r, "/does")
}
