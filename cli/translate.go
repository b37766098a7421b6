package cli

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"meridian/bot"
	"meridian/cli/moving"
)

// translate makes items of what the other desk gave out: companies and people
// first, then each request with what was said on it.
func (m *move) translate() {
	var talk []item
	number := int64(0)
	for _, t := range m.desk.Tickets {
		if why := m.skip(t); why != "" {
			m.skipped = append(m.skipped, skipped{t.Number, t.Title, why})
			continue
		}
		number++
		talk = append(talk, m.ticket(t, number)...)
	}
	for _, c := range m.desk.Companies {
		if strings.TrimSpace(c.Name) != "" {
			m.items = append(m.items, movedClient{bot.Client{Name: c.Name, Domains: c.Domains, Notes: c.Notes}})
		}
	}
	for _, c := range m.sortedContacts() {
		m.items = append(m.items, movedContact{c})
	}
	m.items = append(m.items, talk...)
}

// ticket is a request with its comments, and the mails that some of them were.
func (m *move) ticket(t moving.Ticket, number int64) (all []item) {
	who := m.person(t.Requester)
	r := bot.Request{
		Number: number, Title: bot.TitleOfSubject(t.Title), State: m.state(t), Level: 1, Class: cmp.Or(t.Class, bot.Standard), Kind: bot.KindQuestion,
		Requester: who.ID, Name: cmp.Or(who.Name, t.Requester.Key()), Client: m.company(t.Requester, who), Source: "email",
		Home: bot.Place{Adapter: "email", Channel: cmp.Or(t.Requester.Address, unknownAddress)}, Version: 1,
		Was: &bot.Was{Desk: m.desk.Name, Number: t.Number}, Tags: tagsOf(t.Tags), CreatedAt: t.Created, UpdatedAt: t.Updated,
	}
	r.Title = cmp.Or(r.Title, t.Title)
	r.Desk = bot.DeskOf(m.settings, r.Home)
	r.Language = m.language(t, who, r)
	if t.Group != "" {
		m.groups[t.Group]++
	}
	m.assign(t, &r)
	m.told(t, &r)
	m.contact(t, who, r.Client)
	all = append(all, movedRequest{r})
	answers := 0
	for _, e := range t.Entries {
		c := &movedComment{Comment: bot.Comment{Request: number, Text: e.Text, Visibility: bot.ForClient, Place: r.Home, Message: bracketed(e.Message), At: e.At}, files: e.Files}
		if e.Internal {
			c.Visibility = bot.ForInternal
		}
		author := m.person(e.Author)
		if c.Author, c.Name = author.ID, cmp.Or(author.Name, e.Author.Key()); e.Team {
			c.Author, c.Name = m.agent(e.Author)
		}
		if e.Team && !e.Internal && c.Author != "" {
			answers++
			c.ours = answers
		}
		all = append(all, c)
		if e.Message != "" {
			all = append(all, movedMail{m.mail(t, e, number)})
		}
	}
	return all
}

// unknownAddress is where somebody is at home of whom no address is known.
const unknownAddress = "unknown@unknown.invalid"

// bracketed is a Message-ID as it stands in mails.
func bracketed(id string) string {
	if id = strings.Trim(strings.TrimSpace(id), "<>"); id == "" {
		return ""
	}
	return "<" + id + ">"
}

func (m *move) mail(t moving.Ticket, e moving.Entry, number int64) bot.MailLine {
	l := bot.MailLine{Out: e.Team, At: e.At, From: e.Author.Key(), Subject: t.Title, Text: e.Text, Kind: bot.MailHuman, Request: number, Message: bracketed(e.Message)}
	if e.Team {
		l.State = bot.DeliveryDone
	}
	var to []string
	for _, a := range e.To {
		to = append(to, a.Address)
	}
	l.To = strings.Join(to, ", ")
	return l
}

// person is who somebody outside of the team is here.
func (m *move) person(p moving.Person) bot.Person {
	switch {
	case p.Address != "":
		return m.settings.Person(bot.Actor{ID: "email:" + p.Address, Name: p.Name})
	case p.Name != "":
		return bot.Person{ID: m.foreign(p.Name), Name: p.Name, Role: bot.Outsider}
	}
	return bot.Person{}
}

// foreign is the id of somebody of whom only the name at the other desk is known.
func (m *move) foreign(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(m.desk.Name), "-")) + ":" + strings.Join(strings.Fields(strings.ToLower(name)), ".")
}

// agent is who somebody of the other team is here; the name alone, where nobody
// has said. An empty id: nobody wrote it, but the desk.
func (m *move) agent(p moving.Person) (id, name string) {
	if p.Key() == "" || strings.EqualFold(p.Address, m.own) && p.Name == "" {
		return "", ""
	}
	if known, ok := m.mapped(p); ok {
		return known.ID, known.Name
	}
	return m.foreign(p.Key()), cmp.Or(p.Name, p.Address)
}

// mapped is the person of this team that somebody of the other is: as was
// decided, else by the address or the name.
func (m *move) mapped(p moving.Person) (bot.Person, bool) {
	for _, key := range []string{p.Address, p.Name} {
		if id, ok := m.people[strings.ToLower(key)]; ok && key != "" {
			return m.settings.Person(bot.Actor{ID: id}), true
		}
	}
	i := slices.IndexFunc(m.settings.People, func(own bot.Person) bool {
		return own.Team() && (p.Address != "" && own.Is("email:"+p.Address) || p.Name != "" && strings.EqualFold(own.Name, p.Name))
	})
	if i < 0 {
		return bot.Person{}, false
	}
	return m.settings.People[i], true
}

// assign says who has a request, and asks of those who are nobody here.
func (m *move) assign(t moving.Ticket, r *bot.Request) {
	if t.Owner.Key() != "" {
		if p, ok := m.mapped(t.Owner); ok {
			r.Assignee = p.ID
		} else {
			m.unknown[cmp.Or(t.Owner.Name, t.Owner.Address)]++
		}
	}
	switch {
	case r.Ended():
		r.ClosedAt = t.Updated
		return
	case r.State == bot.Snoozed:
		r.Until = m.until(t)
		m.paused++
	case r.State == bot.New && r.Assignee != "":
		r.State = bot.Open
	case r.State == bot.Open && r.Assignee == "":
		r.State = bot.New
	case r.State == bot.Waiting:
		r.Since = t.Updated
	}
	m.open++
	if r.Assignee == "" {
		m.unowned++
	}
}

// state is what a request is here. What was put off comes over as paused where
// the other desk says until when, and that is still to come.
func (m *move) state(t moving.Ticket) bot.State {
	state, decided := m.states[t.Status]
	if !decided {
		state = t.State
	}
	if state == "" {
		m.unsure[t.Status]++
	}
	if state == "" || state == bot.Snoozed && !m.until(t).After(m.now) {
		return bot.Open
	}
	return state
}

// until is when what was put off comes back. A date alone, which is read as
// midnight in UTC, is the morning of that day where the team is: nobody is to be
// called in the night, nor on the day before.
func (m *move) until(t moving.Ticket) time.Time {
	y, month, day := t.Until.UTC().Date()
	if t.Until.IsZero() || !t.Until.Equal(time.Date(y, month, day, 0, 0, 0, 0, time.UTC)) {
		return t.Until
	}
	nobody := bot.Person{}
	return m.settings.Morning(nobody, time.Date(y, month, day, 0, 0, 0, 0, m.settings.ZoneOf(nobody)), 0)
}

// told notes what was said: the first words, the first answer, what is owed, and
// who was in copy.
func (m *move) told(t moving.Ticket, r *bot.Request) {
	var copies bot.Mail
	var answered time.Time
	for _, e := range t.Entries {
		switch {
		case e.Internal || e.Text == "":
			continue
		case !e.Team:
			r.Words = cmp.Or(r.Words, e.Text)
			r.OwedSince = e.At
			copies.Cc = append(copies.Cc, e.Cc...)
			continue
		case e.Author.Key() != "":
			answered = e.At
			if r.AnsweredAt.IsZero() {
				r.AnsweredAt = e.At
			}
		}
		if r.WaitsForClient() {
			r.Asked = bot.TitleOfText(e.Text)
		}
	}
	if r.Words == "" && len(t.Entries) > 0 {
		r.Words = t.Entries[0].Text
	}
	if r.State != bot.New && r.State != bot.Open {
		r.OwedSince = time.Time{}
	}
	if r.Ended() { // the last answer is what solved it, for whoever asks the same
		r.SolvedAt = answered
	}
	r.Include(m.settings, copies)
}

// company is whose request it is: as this desk knows, else as the other did.
func (m *move) company(p moving.Person, who bot.Person) string {
	if who.Client != "" {
		return who.Client
	}
	if c, ok := m.settings.ClientNamed(p.Company); ok {
		return c.Name
	}
	return p.Company
}

// contact notes a person outside of the team.
func (m *move) contact(t moving.Ticket, who bot.Person, client string) {
	if who.ID == "" || who.Team() {
		return
	}
	c, known := m.contacts[who.ID]
	if !known {
		c = bot.Contact{ID: who.ID, Name: cmp.Or(who.Name, t.Requester.Name), Client: client, First: t.Created, Last: t.Updated}
	}
	c.Client = cmp.Or(c.Client, client)
	if t.Updated.After(c.Last) {
		c.Last = t.Updated
	}
	m.contacts[who.ID] = c
}

// language is what the client is written to in.
func (m *move) language(t moving.Ticket, who bot.Person, r bot.Request) bot.Language {
	for _, e := range t.Entries {
		if lang, ok := bot.WrittenIn(e.Text); ok && !e.Team && !e.Internal && who.Language == "" {
			return lang
		}
	}
	return m.settings.LanguageFor(r.Home, who)
}

// tagsOf are tags as they are kept here.
func tagsOf(all []string) (tags []string) {
	for _, t := range all {
		if t = strings.ToLower(strings.Join(strings.Fields(t), "-")); t != "" && !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	slices.Sort(tags)
	return tags
}
