package storagetest

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/calendar"
)

func contacts(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	priya := bot.Contact{ID: "email:Priya@brightwell.example", Name: "Priya Shah", Client: "Brightwell", First: at, Last: at.Add(time.Hour), Quiet: 1320}
	elena := bot.Contact{ID: "slack:U7", Name: "Ёлка Петрова", Client: "brightwell", First: at, Last: at.Add(2 * time.Hour)}
	nobody := bot.Contact{ID: "web:x", First: at, Last: at}
	update(t, s, func(tx bot.Tx) error {
		for _, c := range []bot.Contact{priya, elena, nobody} {
			if err := tx.SaveContact(c); err != nil {
				return err
			}
		}
		return nil
	})
	priya.Last = at.Add(3 * time.Hour)
	update(t, s, func(tx bot.Tx) error { return tx.SaveContact(priya) })
	view(t, s, func(v bot.View) error {
		got, err := v.Contact(priya.ID)
		same(t, "a contact", got, priya)
		_, missing := v.Contact("email:none@b.example")
		wantIs(t, missing, bot.ErrNotFound)
		return err
	})
	ids := func(what string, want []string, read func(v bot.View) ([]bot.Contact, error)) {
		t.Helper()
		view(t, s, func(v bot.View) error {
			all, err := read(v)
			var got []string
			for _, c := range all {
				got = append(got, c.ID)
			}
			sameList(t, what, got, want)
			return err
		})
	}
	ids("of a company", []string{priya.ID, elena.ID}, func(v bot.View) ([]bot.Contact, error) { return v.Contacts("BRIGHTWELL", 0) })
	ids("of any", []string{priya.ID, elena.ID, nobody.ID}, func(v bot.View) ([]bot.Contact, error) { return v.Contacts("", 0) })
	ids("the latest", []string{priya.ID}, func(v bot.View) ([]bot.Contact, error) { return v.Contacts("", 1) })
	for text, want := range map[string][]string{
		"pri": {priya.ID}, "SHAH": {priya.ID}, "priya@b": {priya.ID}, "email:Priya": {priya.ID}, "елка": {elena.ID}, "ПЕТР": {elena.ID},
		"u7": {elena.ID}, "slack:U": {elena.ID}, "": nil, "%": nil, "riya": nil, "'); DROP TABLE contacts": nil,
	} {
		ids(text, want, func(v bot.View) ([]bot.Contact, error) { return v.FindContacts(text, 0) })
	}
}

// acmeClient is a client of which every field is set.
func acmeClient(t *testing.T) bot.Client {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	acme := bot.Client{Name: "Acme", Tier: "gold", Domains: []string{"acme.example"}, Zone: zone, Sites: []string{"shop.acme.example"}, Notes: "pays late", Answer: bot.ToBoth, Locked: true}
	if acme.Hours, err = calendar.ParseHours("Mon-Fri 09:00-18:00"); err != nil {
		t.Fatal(err)
	}
	if acme.Holidays, err = calendar.ParseHolidays([]string{"12-25 Christmas"}); err != nil {
		t.Fatal(err)
	}
	fill(reflect.ValueOf(&acme).Elem(), time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	allSet(t, acme)
	return acme
}

// clients: a client's own fields are all kept, but for Locked.
func clients(t *testing.T, f Fixture) {
	s, other := f.open(t, nil), f.open(t, nil)
	names := func(s bot.Store) (out []string) {
		t.Helper()
		view(t, s, func(v bot.View) error {
			for _, c := range v.Settings().Clients {
				out = append(out, c.Name)
			}
			return nil
		})
		return out
	}
	sameList(t, "none", names(s), nil)
	acme := acmeClient(t)
	update(t, s, func(tx bot.Tx) error {
		if err := tx.SaveClient(acme); err != nil {
			return err
		}
		if got := tx.Settings().Clients; len(got) != 1 {
			t.Errorf("within its transaction: got %v", got)
		}
		return tx.Savepoint(func() error { return tx.SaveClient(bot.Client{Name: "Ёлка"}) })
	})
	sameList(t, "both", names(s), []string{"Acme", "Ёлка"})
	sameList(t, "on another replica", names(other), []string{"Acme", "Ёлка"})
	view(t, s, func(v bot.View) error {
		got := v.Settings().Clients[0]
		same(t, "the zone", got.Zone.String(), "Europe/London")
		same(t, "what is kept here is not locked", got.Locked, false)
		same(t, "the client of an address", v.Settings().ClientOf("email:a@mail.acme.example"), "Acme")
		same(t, "notes and tier", got.Notes+got.Tier, "pays lategold")
		sameList(t, "sites", got.Sites, acme.Sites)
		want := acme
		want.Locked = false
		same(t, "all of it", asJSON(t, got), asJSON(t, want))
		same(t, "hours", got.Hours.String(), "Mon-Fri 09:00-18:00")
		_, christmas := got.Holidays.On(time.Date(2026, 12, 25, 12, 0, 0, 0, acme.Zone))
		same(t, "holidays", christmas, true)
		return nil
	})
	wantIs(t, s.Update(t.Context(), func(tx bot.Tx) error {
		if err := tx.DropClient("acme"); err != nil {
			return err
		}
		if got := tx.Settings().Clients; len(got) != 1 {
			t.Errorf("within the transaction that drops one: got %v", got)
		}
		return errWanted
	}), errWanted)
	sameList(t, "after a rollback", names(s), []string{"Acme", "Ёлка"})
	update(t, s, func(tx bot.Tx) error {
		if err := tx.Savepoint(func() error {
			if err := tx.SaveClient(bot.Client{Name: "Ghost"}); err != nil {
				return err
			}
			if got := tx.Settings().Clients; len(got) != 3 {
				t.Errorf("within the savepoint: got %v", got)
			}
			return errWanted
		}); err == nil {
			t.Error("a savepoint that failed gave no error")
		}
		if got := tx.Settings().Clients; len(got) != 2 {
			t.Errorf("after the savepoint: got %v", got)
		}
		return nil
	})
	update(t, s, func(tx bot.Tx) error { return tx.SaveClient(bot.Client{Name: "ACME", Tier: "silver"}) })
	sameList(t, "by its name, whatever the case", names(other), []string{"ACME", "Ёлка"})
	update(t, other, func(tx bot.Tx) error {
		if err := tx.DropClient("ёлка"); err != nil {
			return err
		}
		return tx.DropClient("nobody")
	})
	sameList(t, "dropped elsewhere", names(s), []string{"ACME"})
}

func asJSON(t testing.TB, x any) string {
	t.Helper()
	b, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
