package bot

import (
	"testing"
	"time"

	"meridian/bot/calendar"
)

func TestPlaceholdersAreFilledOnce(t *testing.T) {
	r := Request{Number: 12, Name: "{client} {request}", Client: "Harbor & {name}"}
	if got := r.FillIn("Hello {name}, {request} of {client}: {nmae} {} {{name}}"); got != "Hello {client} {request}, R-12 of Harbor & {name}: {nmae} {} {{client} {request}}" {
		t.Errorf("got %q", got)
	}
}

func TestACannedAnswerIsInTheClientsLanguageOrInTheOneThereIs(t *testing.T) {
	both := Answer{Name: "Both", Text: map[Language]string{"en": "Hello", "ru": "Здравствуйте"}}
	one := Answer{Name: "one", Text: map[Language]string{"ru": "Здравствуйте"}}
	s := &Settings{Answers: []Answer{both, one}}
	if a, ok := s.Canned("bOTH"); !ok || a.In("ru") != "Здравствуйте" || a.In("en") != "Hello" {
		t.Errorf("both: %+v", a)
	}
	if one.In("en") != "Здравствуйте" || (Answer{}).In("en") != "" {
		t.Error("the language that there is")
	}
	if _, ok := s.Canned(""); ok {
		t.Error("an answer without a name is found")
	}
}

func TestTheClientsDayBeginsOnTheirOwnClock(t *testing.T) {
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	boston := zone("America/New_York")
	s := &Settings{Team: Team{Zone: zone("Europe/Minsk")}, Clients: []Client{{Name: "Harbor", Zone: boston}, {Name: "Nowhere"}}}
	at := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", s, boston)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for now, want := range map[string]string{
		"2026-03-03 23:58": "2026-03-04 09:00", // Tuesday night
		"2026-03-03 08:59": "2026-03-03 09:00",
		"2026-03-03 09:00": "",
		"2026-03-03 17:59": "",
		"2026-03-03 18:00": "2026-03-04 09:00",
		"2026-03-06 18:30": "2026-03-09 09:00", // Friday evening; the clocks change on Sunday
		"2026-03-08 12:00": "2026-03-09 09:00",
	} {
		begins, in, ok := s.ClientDay(Request{Client: "Harbor"}, at(now))
		if ok != (want != "") || ok && (!begins.Equal(at(want)) || in != boston) {
			t.Errorf("at %s: %s, %v, want %s", now, begins.In(boston), ok, want)
		}
	}
	if _, _, ok := s.ClientDay(Request{Client: "Nowhere"}, at("2026-03-03 23:58")); ok {
		t.Error("the day of a client whose zone is not known")
	}
	hours, err := calendar.ParseHours("Mon-Sun 07:00-22:00")
	if err != nil {
		t.Fatal(err)
	}
	s.Clients[0].Hours = hours
	if begins, _, ok := s.ClientDay(Request{Client: "Harbor"}, at("2026-03-03 23:58")); !ok || !begins.Equal(at("2026-03-04 07:00")) {
		t.Errorf("by the client's own hours: %s, %v", begins, ok)
	}
}

func TestThoseInCopyAreKeptOnceAndNeitherTheDeskNorWhoAsked(t *testing.T) {
	s := &Settings{MailFrom: "support@desk.example", People: []Person{{ID: "web:grace", IDs: []string{"web:grace", "email:grace@harbor.example", "email:g@home.example"}, Name: "Grace"}}}
	r := Request{Requester: "web:grace", Home: Place{Adapter: "email", Channel: "grace@harbor.example"}}
	m := Mail{Cc: []Address{{Address: "Support@Desk.example"}, {Address: "Grace@harbor.example"}, {Address: "g@home.example"}, {Name: "Owen", Address: "owen@harbor.example"},
		{Address: "OWEN@harbor.example"}, {Address: "not an address"}, {Address: ""}}, To: []Address{{Address: "other@harbor.example"}}}
	if !r.Include(s, m) || len(r.Cc) != 1 || r.Cc[0] != (Address{Name: "Owen", Address: "owen@harbor.example"}) {
		t.Errorf("in copy: %+v", r.Cc)
	}
	if r.Include(s, m) {
		t.Error("the same mail includes somebody again")
	}
	for range 30 {
		r.Include(s, Mail{Cc: []Address{{Address: time.Now().String() + "@x.example"}}})
	}
	if len(r.Cc) > maxCc {
		t.Errorf("%d are in copy", len(r.Cc))
	}
}
