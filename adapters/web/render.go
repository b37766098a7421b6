package web

import (
	"html/template"
	"net/url"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// reader is who a page is made for: what they are called, the zone their times
// are in, and the language of the page.
type reader struct {
	ID       string // "web:anna"
	Person   bot.Person
	Zone     *time.Location
	Language say.Language
}

// html writes what the bot says. The words are the catalogue's; everything else
// is escaped, and what somebody wrote stands in an element of its own, so that
// it can neither act as markup nor turn the rest of the line around.
func (a *Adapter) html(t bot.Text, me reader) template.HTML {
	if t.Language == "" {
		t.Language = me.Language
	}
	s := t.Render(a.words, a.markup(me))
	// A quote in lines of its own brings its own breaks.
	s = strings.ReplaceAll(s, "</blockquote>\n", "</blockquote>")
	return template.HTML(strings.ReplaceAll(s, "\n<blockquote ", "<blockquote "))
}

// plain writes a text without markup, as labels need it.
func (a *Adapter) plain(t bot.Text, me reader) string {
	if t.Language == "" {
		t.Language = me.Language
	}
	return t.Plain(a.words, me.Zone)
}

func (a *Adapter) markup(me reader) bot.Markup {
	esc := template.HTMLEscapeString
	return bot.Markup{
		Words: esc,
		Quote: func(s string, block bool) string {
			if block {
				return `<blockquote dir="auto">` + esc(s) + `</blockquote>`
			}
			if strings.Trim(s, " ·-—:,.") == "" {
				return esc(s) // a separator, not somebody's words
			}
			return `<bdi>` + esc(s) + `</bdi>`
		},
		Time: func(at time.Time, l say.Language) string {
			return `<time datetime="` + exact(at) + `" title="` + exact(at) + `">` + esc(a.short(l, at.In(me.Zone))) + `</time>`
		},
		Person: func(id, name string) string {
			return `<bdi class="person" data-person="` + esc(id) + `">` + esc(name) + `</bdi>`
		},
		Request: func(number string) string {
			n, ok := bot.ParseRequestID(number)
			if !ok {
				return esc(number)
			}
			return `<a class="request" href="` + esc(requestURL(n)) + `">` + esc(number) + `</a>`
		},
		Link:   link,
		Code:   func(s string) string { return `<code dir="auto">` + esc(s) + `</code>` },
		Strong: func(s string) string { return `<strong>` + s + `</strong>` },
	}
}

// link is a link to http or https; any other address is only text.
func link(address, label string) string {
	esc := template.HTMLEscapeString
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return `<bdi>` + esc(label) + `</bdi> <bdi>` + esc(address) + `</bdi>`
	}
	if label == "" {
		label = address
	}
	return `<a href="` + esc(u.String()) + `" title="` + esc(u.String()) + `" rel="noopener noreferrer nofollow" target="_blank"><bdi>` + esc(label) + `</bdi></a>`
}

// short writes an instant of today as the clock shows it, any other with its
// date. The whole is in the title.
func (a *Adapter) short(l say.Language, at time.Time) string {
	if now := time.Now().In(at.Location()); now.Year() == at.Year() && now.YearDay() == at.YearDay() {
		return at.Format("15:04")
	}
	return a.words.Time(l, at)
}

// exact is an instant as machines read it, in UTC.
func exact(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// cardParts splits a card into its first line and the rest.
func cardParts(t bot.Text) (head, rest bot.Text) {
	head, rest = t, t
	head.Parts, rest.Parts = t.Parts, nil
	for i, p := range t.Parts {
		if p.Kind == bot.PartBreak {
			head.Parts, rest.Parts = t.Parts[:i], t.Parts[i+1:]
			break
		}
		if p.Kind == bot.PartQuote && p.Block {
			head.Parts, rest.Parts = t.Parts[:i], t.Parts[i:]
			break
		}
	}
	return head, rest
}

// instant is a moment as a page shows it.
type instant struct {
	Exact string // RFC 3339, UTC
	Clock string // "09:12" in the reader's zone
	Day   string // "Tue 3 March"
	Full  string // "Tue 3 March 09:12"
}

func (a *Adapter) instant(t time.Time, me reader) instant {
	if t.IsZero() {
		return instant{}
	}
	at := t.In(me.Zone)
	full := a.words.Time(me.Language, at)
	return instant{Exact: exact(t), Clock: at.Format("15:04"), Full: full, Day: strings.TrimSuffix(full, " "+at.Format("15:04"))}
}
