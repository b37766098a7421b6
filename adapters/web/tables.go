package web

import (
	"fmt"
	"net/http"

	"meridian/bot"
)

// The number of rows that a page of mail or requests shows at first, and at
// most.
const (
	usualRows = 100
	mostRows  = 2000
)

// requestURL is the page of a request.
func requestURL(number int64) string { return fmt.Sprintf("/r/%d", number) }

// mailPage is the mail in and out.
type mailPage struct {
	layout
	Have  string
	Mails []mail
}

type mail struct {
	bot.MailLine
	When    instant
	Request string // "R-12"
	URL     string
}

func (a *Adapter) mailPage(w http.ResponseWriter, r *http.Request) error {
	var page mailPage
	err := a.view(r, func(p bot.Pages, me reader) error {
		var err error
		if page.layout, err = a.layout(p, me, r, bot.Say("web.mail").For(me.Language).Plain(a.words, nil), "mail"); err != nil {
			return err
		}
		mails, err := p.Mails(atMost(r, usualRows, mostRows))
		for _, m := range mails {
			row := mail{MailLine: m, When: a.instant(m.At, me)}
			if len(m.SubjectText.Parts) > 0 {
				row.Subject = a.plain(m.SubjectText, me)
			}
			if len(m.Body.Parts) > 0 {
				row.Text = a.plain(m.Body, me)
			}
			if m.Request != 0 {
				row.Request, row.URL = bot.RequestID(m.Request), requestURL(m.Request)
			}
			page.Mails = append(page.Mails, row)
		}
		page.Have = fingerprint(me, page.Mails)
		return err
	})
	return a.table(w, r, err, page.layout, page.Have, "mail", page)
}

// table answers with a page, or with its list alone when the page asks for it
// again.
func (a *Adapter) table(w http.ResponseWriter, r *http.Request, err error, l layout, have, kind string, page any) error {
	if err != nil {
		return err
	}
	if byHTMX(r) {
		if unchanged(w, r, have) {
			return nil
		}
		kind += "-list"
	}
	a.render(w, l.Me.Language, http.StatusOK, kind, page)
	return nil
}

// requestsPage is a plain list of requests, newest first.
type requestsPage struct {
	layout
	Have string
	All  bool
	Rows []row
}

// row is a request in a list. Mark, state, level, who has it and whether it is
// private are the team's own: they stay empty for everybody else, who reads
// Next in their place.
type row struct {
	ID       string
	URL      string
	Title    string
	Next     string // what happens next, in the words for its client
	State    string // the exported name
	Mark     string
	Level    int
	Assignee string
	Client   string
	Private  bool
	When     instant
}

func (a *Adapter) requestsPage(w http.ResponseWriter, r *http.Request) error {
	page := requestsPage{All: r.URL.Query().Get("all") == "1"}
	err := a.view(r, func(p bot.Pages, me reader) error {
		var err error
		if page.layout, err = a.layout(p, me, r, bot.Say("web.requests").For(me.Language).Plain(a.words, nil), "requests"); err != nil {
			return err
		}
		q := bot.RequestQuery{Newest: true, Limit: atMost(r, usualRows, mostRows), States: []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed}}
		if page.All {
			q.States = nil
		}
		requests, err := p.Requests(q)
		for _, one := range requests {
			page.Rows = append(page.Rows, a.row(p, me, one))
		}
		page.Have = fingerprint(me, page.Rows)
		return err
	})
	return a.table(w, r, err, page.layout, page.Have, "requests", page)
}

func (a *Adapter) row(p bot.Pages, me reader, r bot.Request) row {
	out := row{ID: r.ID(), URL: requestURL(r.Number), Title: r.Title, Client: r.Client, When: a.instant(r.UpdatedAt, me)}
	if !p.Who().Team() {
		line := bot.ClientLine(p.Settings(), r)
		line.Parts = line.Parts[len(line.Parts)-1:] // number and title stand beside it
		out.Next = a.plain(line, me)
		return out
	}
	out.State, out.Mark, out.Level, out.Private = string(r.State), mark(r), r.Level, r.Private
	if r.Assignee != "" {
		out.Assignee = p.Name(r.Assignee)
	}
	return out
}

// mark is the one sign at the start of a line.
func mark(r bot.Request) string {
	switch {
	case r.Returns > 0 && !r.Ended():
		return "🔁"
	case r.State == bot.New:
		return "🆕"
	case r.State == bot.Waiting:
		return "⏳"
	case r.State == bot.Snoozed:
		return "💤"
	case r.State == bot.Solved:
		return "✅"
	case r.State == bot.Closed:
		return ""
	case r.Level > 1:
		return "🚨"
	}
	return "👀"
}
