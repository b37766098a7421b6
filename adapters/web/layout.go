package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"meridian/bot"
)

// layout is what stands around every page.
type layout struct {
	Title  string
	Team   string
	Me     reader
	People []choice
	Clocks []clock
	Side   side
	Here   string // this page's address
	Events string // address of the live connection
	Sample bool   // the sample day is there
	Nonce0 string // one-time id of what stands around the page
	Says   string // what the page's own requests say of it, as JSON
}

type choice struct {
	ID       string
	Name     string
	Selected bool
}

// side is the list of channels on the left.
type side struct {
	Open     string // the place that is open, or "mail", "requests"
	Channels []entry
	Direct   entry
	Team     bool
	Ailing   []string // what messengers suffer from, in sentences
}

type entry struct {
	Name    string
	Place   string
	URL     string
	Changes int64 // grows with each change; the page remembers what was seen
	Open    bool
	Shared  bool // clients read it: a warning to the team alone
	Direct  bool // one's direct messages with the bot
}

// layout reads what stands around a page. open is the place's name, or "mail"
// or "requests".
func (a *Adapter) layout(p bot.Pages, me reader, r *http.Request, title, open string) (layout, error) {
	s := p.Settings()
	l := layout{Title: title, Team: p.Name(""), Me: me, Clocks: a.clocks(s, me), Here: r.URL.Path}
	if r.URL.RawQuery != "" {
		l.Here += "?" + r.URL.RawQuery
	}
	for _, person := range s.People {
		if id := webID(person); id != "" && signedIn(r) == "" {
			l.People = append(l.People, choice{ID: id, Name: person.Name, Selected: me.Person.Is(id)})
		}
	}
	l.Events = eventsPath + "?" + url.Values{"open": {open}, "as": {me.ID}}.Encode()
	says, err := json.Marshal(map[string]string{headerPerson: me.ID, headerLanguage: string(me.Language)})
	if err != nil {
		return l, err
	}
	l.Says = string(says)
	if l.Sample, err = p.Sampled(); err != nil {
		return l, err
	}
	l.Nonce0 = a.nonce()
	l.Side, err = a.side(p, me, open)
	return l, err
}

func (a *Adapter) side(p bot.Pages, me reader, open string) (side, error) {
	changes, err := p.Changes(name)
	if err != nil {
		return side{}, err
	}
	s := side{Open: open, Team: p.Who().Team()}
	ailing, err := p.Ailing()
	if err != nil {
		return side{}, err
	}
	for _, t := range ailing {
		s.Ailing = append(s.Ailing, a.plain(t.For(me.Language), me))
	}
	here, _ := bot.ParsePlace(open)
	for _, c := range p.Channels(name) {
		s.Channels = append(s.Channels, entry{
			Name: c.Name, Place: c.Place.String(), URL: placeURL(c.Place), Changes: changes[c.Place.Channel],
			Open: here.Top() == c.Place, Shared: s.Team && c.Audience != bot.Inside,
		})
	}
	d := bot.Direct(me.ID)
	s.Direct = entry{Name: p.Name(""), Place: d.String(), URL: placeURL(d), Changes: changes[d.Channel], Open: here.Top() == d, Direct: true}
	return s, nil
}

func (a *Adapter) sidePart(w http.ResponseWriter, r *http.Request) error {
	var s side
	var me reader
	err := a.view(r, func(p bot.Pages, who reader) error {
		var err error
		me = who
		s, err = a.side(p, me, r.URL.Query().Get("open"))
		return err
	})
	if err != nil {
		return err
	}
	a.render(w, me.Language, http.StatusOK, "side", s)
	return nil
}

func (a *Adapter) clocksPart(w http.ResponseWriter, r *http.Request) error {
	var clocks []clock
	var me reader
	err := a.view(r, func(p bot.Pages, who reader) error {
		me, clocks = who, a.clocks(p.Settings(), who)
		return nil
	})
	if err != nil {
		return err
	}
	a.render(w, me.Language, http.StatusOK, "clocks", clocks)
	return nil
}

// atMost reads how many rows a page is asked to show.
func atMost(r *http.Request, usual, most int) int {
	n, err := strconv.Atoi(r.URL.Query().Get("show"))
	if err != nil || n < usual {
		return usual
	}
	return min(n, most)
}
