package moving

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"meridian/adapters/email"
	"meridian/bot"
)

// readZammad reads what Zammad's API gives: tickets, ticket_articles, users,
// organizations, groups, states and priorities, in one file or in several of a
// zip, as lists, as lines, with or without names in the place of ids (expand),
// and with the articles within their tickets or apart from them.
func readZammad(file string) (*Desk, error) {
	s, err := shelve(file, zammadKind, ".json", ".jsonl", ".ndjson")
	if err != nil {
		return nil, err
	}
	z := zammad{users: s.byID("user"), companies: s.byID("company"), articles: map[string][]object{}, names: map[string]map[string]object{}}
	for _, kind := range []string{"group", "state", "priority"} {
		z.names[kind] = s.byID(kind)
	}
	for _, a := range s["article"] {
		z.articles[a.text("ticket_id")] = append(z.articles[a.text("ticket_id")], a)
	}
	d := &Desk{Name: "Zammad"}
	for _, o := range s["company"] {
		d.Companies = append(d.Companies, Company{Name: o.text("name"), Domains: domains(o.words("domain")), Notes: email.TextOf(o.text("note"))})
	}
	for _, o := range s["ticket"] {
		d.Tickets = append(d.Tickets, z.ticket(o))
	}
	return d, nil
}

// domains are those that are a company's own.
func domains(all []string) (own []string) {
	for _, d := range all {
		d = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(d), "@"))
		if strings.Contains(d, ".") && !bot.IsPublicDomain(d) {
			own = append(own, d)
		}
	}
	return own
}

// zammadKind is what an object of an export is.
func zammadKind(o object, name string) string {
	has := func(key string) bool { return len(o[key]) > 0 }
	switch name = strings.ToLower(strings.ReplaceAll(name, "_", "")); {
	case has("ticket_id") && has("body"):
		return "article"
	case has("number") && has("title"):
		return "ticket"
	case has("firstname"), has("login"):
		return "user"
	case !has("id") || !has("name"):
		return ""
	case strings.Contains(name, "organization"), has("domain"), has("shared"):
		return "company"
	case strings.Contains(name, "group"):
		return "group"
	case strings.Contains(name, "priorit"):
		return "priority"
	case strings.Contains(name, "state"):
		return "state"
	}
	return ""
}

// zammad is an export under way.
type zammad struct {
	users, companies map[string]object
	articles         map[string][]object          // by the id of their ticket
	names            map[string]map[string]object // kind, id
}

func (z zammad) ticket(o object) Ticket {
	t := Ticket{
		Number: o.text("number"), Title: o.text("title"), Status: strings.ToLower(z.named(o, "state")), Group: z.named(o, "group"),
		Tags: o.words("tags"), Created: o.when("created_at"), Updated: o.when("updated_at"),
		Class:     zammadClass(z.named(o, "priority")),
		Requester: z.person(o, "customer"), Owner: z.person(o, "owner"),
	}
	if t.Owner.Key() == "-" || o.text("owner_id") == "1" { // nobody has it
		t.Owner = Person{}
	}
	if name := z.company(o); name != "" {
		t.Requester.Company = name
	}
	t.State, t.Until = zammadState(t.Status), o.when("pending_time")
	for _, a := range slices.Concat(o.list("articles", "ticket_articles"), z.articles[o.text("id")]) {
		t.Entries = append(t.Entries, z.entry(a))
	}
	if slices.ContainsFunc(t.Tags, func(tag string) bool { return strings.EqualFold(tag, "spam") }) || strings.EqualFold(t.Group, "spam") || t.Status == "removed" {
		t.Skip = SkipSpam
	}
	return t
}

// zammadState is what Zammad's own states mean. Teams add others.
func zammadState(name string) bot.State {
	switch name {
	case "new":
		return bot.New
	case "open":
		return bot.Open
	case "pending reminder":
		return bot.Snoozed
	case "closed", "merged", "removed":
		return bot.Closed
	}
	return "" // among them "pending close": who owes the next step then is the team's own custom
}

func zammadClass(priority string) bot.Class {
	switch priority {
	case "1 low", "1":
		return bot.Intangible
	}
	return "" // "high" is no outage
}

// named is the name of what an object refers to: it stands there, or behind the
// id. The states that Zammad comes with have the same ids everywhere.
func (z zammad) named(o object, field string) string {
	if name := o.text(field); name != "" {
		return name
	}
	id := o.text(field + "_id")
	if name := z.names[field][id].text("name"); name != "" || field != "state" {
		return name
	}
	return map[string]string{"1": "new", "2": "open", "3": "pending reminder", "4": "closed", "5": "merged", "6": "removed", "7": "pending close"}[id]
}

func (z zammad) company(o object) string {
	if name := o.text("organization"); name != "" {
		return name
	}
	return z.companies[o.text("organization_id")].text("name")
}

// person is who an object refers to.
func (z zammad) person(o object, field string) Person {
	user := o.object(field)
	if user == nil {
		user = z.users[o.text(field+"_id")]
	}
	if user == nil {
		return mailbox(o.text(field))
	}
	name := strings.TrimSpace(user.text("firstname") + " " + user.text("lastname"))
	p := Person{Name: cmp.Or(name, user.text("fullname", "login")), Address: strings.ToLower(user.text("email"))}
	if !bot.IsMailAddress(p.Address) {
		p.Address = ""
	}
	p.Company = z.company(user)
	return p
}

func (z zammad) entry(a object) Entry {
	sender := strings.ToLower(cmp.Or(a.text("sender"), map[string]string{"1": "agent", "2": "customer", "3": "system"}[a.text("sender_id")]))
	e := Entry{
		Author: mailbox(a.text("from")), Team: sender != "customer", Internal: a.flag("internal"), Text: a.text("body"), At: a.when("created_at"),
		Message: a.text("message_id"), To: mailboxes(a.text("to")), Cc: mailboxes(a.text("cc")),
	}
	if strings.Contains(a.text("content_type"), "html") {
		e.Text = email.TextOf(e.Text)
	}
	if by := z.person(a, "created_by"); by.Key() != "" && (e.Team || e.Author.Address == "") && sender != "system" {
		e.Author = by
	}
	if e.Team && strings.EqualFold(a.text("type"), "note") && len(a["internal"]) == 0 {
		e.Internal = true
	}
	for i, f := range a.list("attachments") {
		e.Files = append(e.Files, packed(f, i+1, "filename", "name"))
	}
	return e
}

// packed is a file whose bytes stand in the export as base64, or not at all.
func packed(f object, number int, names ...string) File {
	typ := cmp.Or(f.object("preferences").text("Mime-Type", "Content-Type"), f.text("mime-type", "content_content_type", "content_type", "type"), "application/octet-stream")
	out := File{Name: email.SafeName(f.text(names...), typ, number), Type: typ}
	data := bytes.Trim(f["data"], `"`)
	if len(data) == 0 || string(data) == "null" {
		out.Size = sizeOf(f.text("size", "content_file_size"))
		return out
	}
	out.Size = int64(base64.StdEncoding.DecodedLen(len(bytes.TrimRight(data, "="))))
	out.Open = func() ([]byte, error) {
		raw, err := base64.StdEncoding.DecodeString(f.text("data"))
		if err != nil {
			return nil, errors.New("an attached file is damaged")
		}
		return raw, nil
	}
	return out
}

func sizeOf(s string) (n int64) {
	for _, c := range s {
		if c < '0' || c > '9' || n > maxAll {
			return 0
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

// recent is how long before the newest word of an export a mail still waits for
// an answer, where nothing else says whether it does.
const recent = 14 * 24 * time.Hour
