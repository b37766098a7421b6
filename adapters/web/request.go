package web

import (
	"cmp"
	"html/template"
	"net/http"
	"strings"

	"meridian/bot"
)

// requestPage is one request: its conversation and, for the team, its history.
type requestPage struct {
	layout
	Have     string
	Row      row
	Words    string
	Name     string // who asked
	Source   string
	Created  instant
	Home     string // addresses of its two threads; empty: not on the web desk
	Desk     string
	LinkedTo string
	Linked   string
	Facts    []fact // what else the team knows of it
	Comments []comment
	Tagged   bool // it is said who reads each comment: to a client all are theirs
	Audit    []audit
}

type comment struct {
	Name       string
	Text       string
	Visibility string
	At         instant
	Edited     bool
	Deleted    bool
	Files      []bot.File
}

// fact is one line of what is known of a request.
type fact struct {
	Name  string // of the fact, in the page's language
	Field bool   // it is one of the fields that the request's kind asks for
	Value template.HTML
}

type audit struct {
	bot.AuditLine
	Name string
	When instant
}

func (a *Adapter) requestPage(w http.ResponseWriter, r *http.Request) error {
	number, ok := bot.ParseRequestID(r.PathValue("number"))
	if !ok {
		return bot.ErrNotFound
	}
	var page requestPage
	err := a.view(r, func(p bot.Pages, me reader) error {
		found, err := p.Request(number)
		if err != nil {
			return err
		}
		page = a.conversation(p, me, found)
		page.Have = fingerprint(me, page)
		page.layout, err = a.layout(p, me, r, found.Request.ID(), "requests")
		return err
	})
	return a.table(w, r, err, page.layout, page.Have, "request", page)
}

func (a *Adapter) conversation(p bot.Pages, me reader, found bot.RequestPage) requestPage {
	r := found.Request
	page := requestPage{Row: a.row(p, me, r), Words: r.Words, Name: r.Name, Source: r.Source, Created: a.instant(r.CreatedAt, me),
		Tagged: p.Who().Team() || p.Who().Role == bot.Partner}
	if page.Name == "" {
		page.Name = p.Name(r.Requester)
	}
	if _, err := open(p, me, r.Home); err == nil {
		page.Home = placeURL(r.Home)
	}
	if _, err := open(p, me, r.Desk); err == nil && !r.OneFace() {
		page.Desk = placeURL(r.Desk)
	}
	if r.LinkedTo != 0 {
		page.LinkedTo, page.Linked = bot.RequestID(r.LinkedTo), requestURL(r.LinkedTo)
	}
	if p.Who().Team() {
		page.Facts = a.facts(p, me, r)
	}
	for _, c := range found.Comments {
		one := comment{Name: c.Name, Files: c.Files, Text: c.Text, Visibility: string(c.Visibility), At: a.instant(c.At, me), Edited: !c.EditedAt.IsZero(), Deleted: c.Deleted}
		if one.Name == "" {
			one.Name = p.Name(c.Author)
		}
		page.Comments = append(page.Comments, one)
	}
	for _, l := range found.Audit {
		page.Audit = append(page.Audit, audit{AuditLine: l, Name: p.Name(l.Who), When: a.instant(l.At, me)})
	}
	return page
}

// facts are what the team knows of a request beside its conversation: what it
// is, what its kind asks for, and which requests belong to it.
func (a *Adapter) facts(p bot.Pages, me reader, r bot.Request) (facts []fact) {
	add := func(name bot.Text, value bot.Text) {
		if len(value.Parts) > 0 {
			facts = append(facts, fact{Name: a.plain(name, me), Value: a.html(value, me)})
		}
	}
	if r.Kind != "" {
		add(bot.Say("web.fact.kind"), bot.Say(bot.KindSay(r.Kind)))
	}
	add(bot.Say("web.fact.class"), bot.Text{}.Plus(bot.ClassWords(cmp.Or(r.Class, bot.Standard))))
	add(bot.Say("web.fact.tags"), quoted(strings.Join(r.Tags, ", ")))
	for _, f := range bot.KindFields(r.Kind) {
		if said := strings.TrimSpace(r.Fields[f.Name]); said != "" {
			add(bot.Say("field."+f.Name), quoted(said))
			facts[len(facts)-1].Field = true
		}
	}
	add(bot.Say("web.fact.original"), quoted(r.Original()))
	add(bot.Say("web.fact.cc"), quoted(addresses(r.Cc)))
	add(bot.Say("web.fact.waiting"), quoted(r.WaitingFor))
	add(bot.Say("web.fact.asked"), quoted(r.Asked))
	add(bot.Say("web.fact.needed"), quoted(r.Needed))
	add(bot.Say("web.fact.tried"), quoted(r.Tried))
	add(bot.Say("web.fact.outcome"), quoted(r.Outcome))
	add(bot.Say("web.fact.goes_on"), numbers(r.MergedInto))
	add(bot.Say("web.fact.merged"), numbers(r.Merged...))
	add(bot.Say("web.fact.cause"), numbers(r.Cause))
	add(bot.Say("web.fact.cause_of"), numbers(r.CauseOf...))
	add(bot.Say("web.fact.links"), numbers(r.Links...))
	return facts
}

// numbers are requests in a line; 0 is none.
func numbers(all ...int64) (t bot.Text) {
	for _, n := range all {
		if n == 0 {
			continue
		}
		if len(t.Parts) > 0 {
			t = t.Plus(bot.Quote(", "))
		}
		t = t.Plus(bot.Request{Number: n}.Part())
	}
	return t
}

func addresses(all []bot.Address) string {
	var out []string
	for _, one := range all {
		out = append(out, cmp.Or(one.Name, one.Address))
	}
	return strings.Join(out, ", ")
}
