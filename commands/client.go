package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"meridian/bot"
	"meridian/bot/say"
)

const (
	clientRequests = 5  // open requests on the card of a company
	clientContacts = 6  // and people
	maxClientName  = 80 // characters
)

// client shows privately who a company is: tier, local time, sites, people,
// open requests, last words. Leads also add a company and write notes on it.
func client() bot.Command {
	return bot.Command{
		Name: "client", Words: words([]string{"company", "customer"}, []string{"клиент", "компания"}), Slash: "client",
		Action: bot.ActClient,
		Args:   []bot.Arg{{Name: "name", Kind: bot.ArgWords, Optional: true}},
		Usage:  "usage.client", Help: "help.client", Wordy: true,
		Choices: clientChoices,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			given := strings.Join(strings.Fields(e.Call.Args["name"]), " ")
			word, rest, _ := strings.Cut(given, " ")
			switch strings.ToLower(word) {
			case "add", "добавить":
				return addClient(tx, e, rest)
			case "notes", "заметки":
				return noteClient(tx, e, rest)
			case "forwards", "пересылка":
				return answerClient(tx, e, rest)
			}
			c, ok := clientNamed(tx.Settings(), e.Call.Person, given)
			if ok {
				return tellClient(tx, e, c)
			}
			if said, addressed := e.Body.(bot.Said); addressed && said.Mentioned && strings.Contains(given, " ") {
				return bot.ErrPass // "@desk client area is broken" is somebody's request
			}
			return noClient(tx.Settings(), e.Call.Person, given)
		}},
	}
}

// clientsOf are the companies that a person may look at.
func clientsOf(s *bot.Settings, who bot.Person) (found []bot.Client) {
	for _, c := range s.Clients {
		if who.Team() || slices.ContainsFunc(who.Companies(), func(own string) bool { return strings.EqualFold(own, c.Name) }) {
			found = append(found, c)
		}
	}
	return found
}

// clientNamed finds a company by its name, the beginning of its name if that is
// one company's alone, or one of its domains and sites.
func clientNamed(s *bot.Settings, who bot.Person, name string) (found bot.Client, ok bool) {
	name = strings.ToLower(strings.Trim(name, " .,!?"))
	if name == "" {
		return found, false
	}
	var near []bot.Client
	for _, c := range clientsOf(s, who) {
		own := strings.ToLower(c.Name)
		if own == name || slices.Contains(c.Domains, name) || slices.Contains(c.Sites, name) {
			return c, true
		}
		if strings.HasPrefix(own, name) {
			near = append(near, c)
		}
	}
	if len(near) == 1 {
		return near[0], true
	}
	return found, false
}

// noClient refuses a name with the companies there are.
func noClient(s *bot.Settings, who bot.Person, name string) *bot.Error {
	var names []string
	for _, c := range clientsOf(s, who) {
		names = append(names, c.Name)
	}
	switch {
	case len(names) == 0:
		return bot.Refuse("refuse.no_clients", "Usage", bot.Usage("usage.client_add"))
	case name == "":
		return bot.Refuse("refuse.which_client", "List", firstOf(strings.Join(names, ", "), 400))
	}
	return bot.Refuse("refuse.no_client", "Words", firstOf(name, 40), "List", firstOf(strings.Join(names, ", "), 400))
}

func clientChoices(v bot.View, q bot.Query) (out []bot.Choice, err error) {
	s := v.Settings()
	typed := strings.ToLower(strings.TrimSpace(q.Text))
	for _, c := range clientsOf(s, s.Person(q.Actor)) {
		if strings.HasPrefix(strings.ToLower(c.Name), typed) {
			out = append(out, bot.Choice{Value: c.Name, Label: c.Name})
		}
	}
	return out, nil
}

// tellClient answers with the card of a company.
func tellClient(tx bot.Tx, e bot.Event, c bot.Client) error {
	s, who := tx.Settings(), e.Call.Person
	t := clientHead(tx, c)
	people, err := tx.Contacts(c.Name, clientContacts+1)
	if err != nil {
		return err
	}
	t = clientPeople(s, t, c, people, who)
	if t, err = clientOpen(tx, t, c, who); err != nil {
		return err
	}
	if t, err = clientLast(tx, t, c, who); err != nil {
		return err
	}
	if c.Notes != "" && who.Team() {
		t = t.Plus(bot.Break(), bot.Words("client.notes"), bot.Break(), bot.BlockQuote(c.Notes))
	}
	return bot.Whisper(tx, e, bot.MessageOf(t))
}

// clientHead is who a company is, and what its clock shows.
func clientHead(v bot.View, c bot.Client) bot.Text {
	s := v.Settings()
	t := bot.Text{Parts: []bot.Part{bot.Quote(c.Name)}}
	if c.Tier != "" {
		t = t.Plus(bot.Quote(" · " + c.Tier))
	}
	if c.Zone != nil {
		open := bot.Words("client.away")
		if clientWorks(s, c, v) {
			open = bot.Words("client.at_work")
		}
		t = t.Plus(bot.Quote(" · "), s.CityOf(c.Zone), bot.Quote(" "), bot.ClockIn(v.Now(), c.Zone, say.DayClock), bot.Quote(", "), open)
	}
	sep := bot.Break()
	for _, where := range []struct {
		id   string
		list []string
	}{{"client.sites", c.Sites}, {"client.domains", c.Domains}} {
		if len(where.list) > 0 {
			t = t.Plus(sep, bot.Words(where.id, "List", strings.Join(where.list[:min(len(where.list), 8)], ", ")))
			sep = bot.Quote(" · ")
		}
	}
	if c.Answer == bot.ToOriginal || c.Answer == bot.ToBoth {
		t = t.Plus(sep, bot.Words("client.answers", "What", bot.Code(string(c.Answer))))
	}
	return t
}

// clientWorks reports whether a company is at work now.
func clientWorks(s *bot.Settings, c bot.Client, v bot.View) bool {
	return s.ClientCalendar(bot.Request{Client: c.Name}).Open(v.Now())
}

// clientPeople names those whom the desk knows at a company: the listed ones
// and those it has heard of.
func clientPeople(s *bot.Settings, t bot.Text, c bot.Client, heard []bot.Contact, who bot.Person) bot.Text {
	var names []string
	hushed := ""
	for _, p := range s.People {
		if strings.EqualFold(p.Client, c.Name) {
			names = append(names, p.Name)
		}
	}
	for _, one := range heard {
		name := s.Person(bot.Actor{ID: one.ID, Name: one.Name}).Name
		if one.Quiet != 0 {
			hushed = name
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		t = t.Plus(bot.Break(), bot.Words("client.people", "List", strings.Join(names[:min(len(names), clientContacts)], ", ")))
	}
	if more := len(names) - clientContacts; more > 0 {
		t = t.Plus(bot.Quote(" "), bot.Words("list.more", "Count", more))
	}
	if hushed != "" && who.May(bot.ActLift, bot.Request{}) {
		t = t.Plus(bot.Break(), bot.Words("client.hushed", "Name", hushed))
	}
	return t
}

// clientOpen lists what is open of a company, as far as the person may see it.
func clientOpen(v bot.View, t bot.Text, c bot.Client, who bot.Person) (bot.Text, error) {
	q := bot.RequestQuery{Client: c.Name, States: []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed}, Limit: 100}
	found, err := v.Requests(q)
	if err != nil {
		return t, err
	}
	found = slices.DeleteFunc(found, func(r bot.Request) bool { return !who.Sees(r) })
	if len(found) == 0 {
		return t.Plus(bot.Break(), bot.Words("client.none_open")), nil
	}
	for _, r := range found[:min(len(found), clientRequests)] {
		t = t.Plus(bot.Break())
		if who.Team() {
			t = t.Plus(bot.RequestLine(v.Settings(), r)...)
		} else {
			t = t.Plus(bot.ClientLine(v.Settings(), r).Parts...)
		}
	}
	if more := len(found) - clientRequests; more > 0 {
		t = t.Plus(bot.Break(), bot.Words("list.more", "Count", more))
	}
	return t, nil
}

// clientLast is what was said last on the newest request of a company.
func clientLast(v bot.View, t bot.Text, c bot.Client, who bot.Person) (bot.Text, error) {
	newest, err := v.Requests(bot.RequestQuery{Client: c.Name, Newest: true, Limit: 10})
	if err != nil {
		return t, err
	}
	for _, r := range newest {
		if !who.Sees(r) {
			continue
		}
		last, err := v.LastComment(r.Number, bot.ForClient)
		switch {
		case errors.Is(err, bot.ErrNotFound) || err == nil && last.Deleted:
			continue
		case err != nil:
			return t, err
		}
		return t.Plus(bot.Break(), bot.Words("client.last", "Request", r.Part(), "Name", last.Name, "When", bot.At(last.At)),
			bot.Break(), bot.BlockQuote(firstOf(strings.TrimSpace(last.Text), 200))), nil
	}
	return t, nil
}

// addClient adds a company with the domains of its mail, or adds domains to one.
func addClient(tx bot.Tx, e bot.Event, given string) error {
	if err := mayEditClients(e); err != nil {
		return err
	}
	var name, domains []string
	for _, w := range strings.Fields(given) {
		w = strings.Trim(w, ",")
		if i := strings.IndexByte(w, '.'); i > 0 && i < len(w)-1 {
			domains = append(domains, strings.ToLower(strings.TrimPrefix(w, "@")))
		} else {
			name = append(name, w)
		}
	}
	c := bot.Client{Name: firstOf(strings.Join(name, " "), maxClientName)}
	if c.Name == "" {
		return bot.Refuse("refuse.usage", "Usage", bot.Usage("usage.client_add"))
	}
	for _, known := range tx.Settings().Clients {
		if strings.EqualFold(known.Name, c.Name) {
			c = known
		}
		for _, d := range domains {
			if slices.Contains(known.Domains, d) && !strings.EqualFold(known.Name, c.Name) {
				return bot.Refuse("refuse.domain_taken", "Words", d, "Client", known.Name)
			}
		}
	}
	c.Domains = slices.Clone(c.Domains)
	for _, d := range domains {
		if !slices.Contains(c.Domains, d) {
			c.Domains = append(c.Domains, d)
		}
	}
	return saveClient(tx, e, c)
}

// noteClient replaces the notes on a company.
func noteClient(tx bot.Tx, e bot.Event, given string) error {
	if err := mayEditClients(e); err != nil {
		return err
	}
	var c bot.Client
	for _, known := range tx.Settings().Clients {
		if n := len(known.Name); n > len(c.Name) && len(given) >= n && strings.EqualFold(given[:n], known.Name) && (len(given) == n || strings.ContainsRune(" :,", rune(given[n]))) {
			c = known
		}
	}
	if c.Name == "" {
		return noClient(tx.Settings(), e.Call.Person, given)
	}
	c.Notes = firstOf(strings.TrimLeft(given[len(c.Name):], " :,"), 2000)
	return saveClient(tx, e, c)
}

func mayEditClients(e bot.Event) error {
	if e.Call.Person.May(bot.ActRules, bot.Request{}) {
		return nil
	}
	return bot.Denied("client add", bot.ActRules, e.Call.Person, bot.Request{})
}

func saveClient(tx bot.Tx, e bot.Event, c bot.Client) error {
	if c.Locked {
		return bot.Refuse("refuse.client_locked", "Client", c.Name)
	}
	if err := errors.Join(tx.SaveClient(c), tx.AddAudit(bot.AuditLine{
		At: tx.Now(), Who: e.Call.Person.ID, Surface: e.Call.Surface, Action: "client", Object: "client", Why: c.Name, Event: e.ID})); err != nil {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.client_saved", "Client", c.Name)))
}
