package moving

import (
	"cmp"
	"slices"
	"strings"

	"meridian/adapters/email"
	"meridian/bot"
)

// readFreshdesk reads the account's export (tickets, users and companies as JSON
// in a zip) and what the API gives.
func readFreshdesk(file string) (*Desk, error) {
	s, err := shelve(file, freshdeskKind, ".json", ".jsonl", ".ndjson", ".xml")
	if err != nil {
		return nil, err
	}
	f := freshdesk{users: map[string]object{}, companies: map[string]object{}, notes: map[string][]object{}}
	for kind, into := range map[string]map[string]object{"user": f.users, "company": f.companies} {
		for _, o := range s[kind] {
			o = unwrapped(o)
			into[o.text("id")] = o
		}
	}
	for _, o := range s["note"] {
		o = unwrapped(o)
		id := o.text("ticket_id", "notable_id")
		f.notes[id] = append(f.notes[id], o)
	}
	d := &Desk{Name: "Freshdesk"}
	for _, o := range s["company"] {
		o = unwrapped(o)
		d.Companies = append(d.Companies, Company{Name: o.text("name"), Domains: domains(o.words("domains")), Notes: o.text("note", "description")})
	}
	for _, o := range s["ticket"] {
		d.Tickets = append(d.Tickets, f.ticket(unwrapped(o)))
	}
	return d, nil
}

// wrappers are the names around single objects in the account's export.
func wrappers() map[string]string {
	return map[string]string{"helpdesk_ticket": "ticket", "user": "user", "contact": "user", "agent": "user", "company": "company", "customer": "company", "helpdesk_note": "note", "note": "note"}
}

// unwrapped is the object within a wrapper.
func unwrapped(o object) object {
	if len(o) == 1 {
		for name := range wrappers() {
			if in := o.object(name); in != nil {
				return in
			}
		}
	}
	return o
}

func freshdeskKind(o object, name string) string {
	if len(o) == 1 {
		for wrapper, kind := range wrappers() {
			if o.object(wrapper) != nil {
				return kind
			}
		}
	}
	has := func(key string) bool { return len(o[key]) > 0 }
	switch {
	case has("subject") && (has("status") || has("status_name")):
		return "ticket"
	case (has("body") || has("body_text")) && (has("ticket_id") || has("notable_id")):
		return "note"
	case has("id") && has("name") && strings.Contains(name, "compan"), has("domains"):
		return "company"
	case has("id") && (has("email") || has("contact")):
		return "user"
	}
	return ""
}

// freshdesk is an export under way.
type freshdesk struct {
	users, companies map[string]object
	notes            map[string][]object // by the id of their ticket
}

func (f freshdesk) ticket(o object) Ticket {
	t := Ticket{
		Number: o.text("display_id", "id"), Title: o.text("subject"), Status: strings.ToLower(o.text("status_name")), Group: o.text("group_name", "group_id"),
		Tags: o.words("tags", "tag_names"), Created: o.when("created_at"), Updated: o.when("updated_at"), Class: freshdeskClass(o.text("priority_name", "priority")),
		Requester: f.person(o, "requester"), Owner: f.person(o, "responder"),
	}
	if t.Status == "" {
		t.Status = cmp.Or(map[string]string{"2": "open", "3": "pending", "4": "resolved", "5": "closed", "6": "waiting on customer", "7": "waiting on third party"}[o.text("status")], o.text("status"))
	}
	if t.State = freshdeskState(t.Status); t.Owner.Key() == "" && t.State == bot.Open {
		t.State = bot.New
	}
	if company := cmp.Or(o.object("company").text("name"), f.companies[o.text("company_id", "owner_id")].text("name")); company != "" {
		t.Requester.Company = company
	}
	first := Entry{Author: t.Requester, Text: cmp.Or(o.text("description_text"), email.TextOf(o.text("description_html", "description"))), At: t.Created, Cc: mailboxes(strings.Join(o.words("cc_emails"), ", "))}
	for i, a := range o.list("attachments") {
		first.Files = append(first.Files, packed(unwrapped(a), i+1, "content_file_name", "name"))
	}
	t.Entries = append(t.Entries, first)
	for _, n := range slices.Concat(o.list("helpdesk_notes", "conversations", "notes"), f.notes[o.text("id")]) {
		t.Entries = append(t.Entries, f.entry(unwrapped(n), t.Requester))
	}
	if o.flag("spam", "deleted") {
		t.Skip = SkipSpam
	}
	return t
}

// freshdeskState is what Freshdesk's own states mean. Teams add others.
func freshdeskState(name string) bot.State {
	switch name {
	case "open":
		return bot.Open
	case "resolved", "closed":
		return bot.Closed
	case "waiting on customer":
		return bot.Waiting
	}
	return ""
}

func freshdeskClass(priority string) bot.Class {
	switch strings.ToLower(priority) {
	case "urgent", "4":
		return bot.Expedite
	case "low", "1":
		return bot.Intangible
	}
	return ""
}

func (f freshdesk) person(o object, field string) Person {
	user := cmpObject(o.object(field), f.users[o.text(field+"_id")])
	p := Person{Name: cmp.Or(user.text("name"), user.object("contact").text("name"), o.text(field+"_name")), Address: strings.ToLower(cmp.Or(user.text("email"), user.object("contact").text("email")))}
	if !bot.IsMailAddress(p.Address) {
		p.Address = ""
	}
	p.Company = f.companies[user.text("company_id", "customer_id")].text("name")
	return p
}

func cmpObject(a, b object) object {
	if a != nil {
		return a
	}
	return b
}

func (f freshdesk) entry(n object, requester Person) Entry {
	e := Entry{
		Internal: n.flag("private"), Team: !n.flag("incoming"), At: n.when("created_at"), Message: n.text("message_id"),
		Text: cmp.Or(n.text("body_text"), email.TextOf(n.text("body_html", "full_text_html", "body"))),
		To:   mailboxes(strings.Join(n.words("to_emails"), ", ")), Cc: mailboxes(strings.Join(n.words("cc_emails"), ", ")),
	}
	e.Author = f.person(n, "user")
	if !e.Team && e.Author.Key() == "" {
		e.Author = requester
	}
	if from := mailbox(n.text("from_email")); e.Author.Key() == "" {
		e.Author = from
	}
	for i, a := range n.list("attachments") {
		e.Files = append(e.Files, packed(unwrapped(a), i+1, "content_file_name", "name"))
	}
	return e
}
