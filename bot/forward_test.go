package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func boston(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestTheDateOfAForwardIsReadOrLeftAsItStands(t *testing.T) {
	zone := boston(t)
	now := time.Date(2026, time.March, 3, 23, 40, 0, 0, zone)
	for date, want := range map[string]string{
		"Tue, Mar 3, 2026 at 10:12 PM":        "2026-03-03 22:12",
		"Tue, Mar 3, 2026 at 10:12\u202fPM":   "2026-03-03 22:12",
		"Tuesday, March 3, 2026 10:12:08 PM":  "2026-03-03 22:12",
		"3 March 2026 at 22:12:08 EST":        "2026-03-03 22:12",
		"Mon, 2 Mar 2026 12:05 AM":            "2026-03-02 00:05",
		"Mon, 2 Mar 2026 12:05 PM":            "2026-03-02 12:05",
		"Tue, 3 Mar 2026 22:12:08 -0500":      "2026-03-03 22:12",
		"Wed, 4 Mar 2026 06:12:08 +0300":      "2026-03-03 22:12",
		"03.03.2026, 22:12":                   "2026-03-03 22:12",
		"2026-03-03 22:12":                    "2026-03-03 22:12",
		"3 марта 2026 г., 22:12":              "2026-03-03 22:12",
		"August 5, 2025 at 9:00 AM":           "", // of last year: the day is read without it
		"3 March 2026 at 22:12:08 MSK":        "", // somebody else's clock
		"3 March 2026 at 22:12 GMT+3":         "",
		"Вторник, 3 марта 2026, 22:12 -05:00": "",
		"3 March 2024 at 22:12":               "", // the year is not this one, and the day is read without it
		"12 December at 10:00":                "", // still to come
		"13:72, 3 March 2026":                 "",
		"3 March 2026 at 13:10 PM":            "",
		"yesterday":                           "",
		"":                                    "",
		"22:12":                               "",
		"3 March 2026":                        "",
	} {
		at, ok := writtenAt(date, zone, now)
		got := ""
		if ok {
			got = at.In(zone).Format("2006-01-02 15:04")
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", date, got, want)
		}
	}
	if _, ok := writtenAt("3 March 2026 at 22:12", nil, now); ok {
		t.Error("a clock is read of which nobody knows where it hangs")
	}
}

func FuzzAForwardIsReadWithoutHarm(f *testing.F) {
	for _, date := range []string{"Tue, Mar 3, 2026 at 10:12 PM", "03.03.2026, 22:12", "99:99 31/02/2026 pm", "\x00", strings.Repeat("1:1 ", 1000)} {
		f.Add(date, "a@b.example "+date, "Helen")
	}
	zone := boston(f)
	now := time.Date(2026, time.March, 3, 23, 40, 0, 0, zone)
	f.Fuzz(func(t *testing.T, date, text, name string) {
		if at, ok := writtenAt(date, zone, now); ok && at.Year() < -1 {
			t.Errorf("%q is %s", date, at)
		}
		s := &Settings{MailFrom: "support@desk.example"}
		p := s.PassedOn(&Mail{From: Address{Address: "grace@harbor.example"}, Forwarded: &Forward{From: Address{Name: name, Address: "support@desk.example"}, Text: text}})
		if p.From != (Address{}) || len(p.Found) > maxFound {
			t.Errorf("taken of %q: %+v", text, p)
		}
		for _, a := range p.Found {
			if !IsMailAddress(a.Address) || s.Ours(a.Address) || strings.EqualFold(a.Address, "grace@harbor.example") {
				t.Errorf("found %q", a.Address)
			}
		}
	})
}

func TestAMailPassesOnWhomItNames(t *testing.T) {
	s := &Settings{MailFrom: "support@desk.example", People: []Person{{ID: "web:inga", IDs: []string{"web:inga", "email:inga@desk.example"}, Role: Agent}}}
	p := s.PassedOn(&Mail{From: Address{Address: "grace@harbor.example"}, Forwarded: &Forward{
		From: Address{Name: "Helen", Address: "helen@shop.example"}, To: []Address{{Address: "GRACE@harbor.example"}, {Name: "Mia", Address: "mia@shop.example"}},
		Cc: []Address{{Address: "support+12.x7@desk.example"}, {Address: "inga@desk.example"}}, Text: "Write to <bob@corp.example>, or to HELEN@shop.example. Not to a@b@c.example or @x.example.",
	}})
	if got, want := fmt.Sprint(p.Found), "[{Helen helen@shop.example} {Mia mia@shop.example} { bob@corp.example}]"; got != want {
		t.Errorf("found %s, want %s", got, want)
	}
	if s.PassedOn(&Mail{Text: "hello"}) != nil || s.PassedOn(nil) != nil {
		t.Error("a mail that passes nothing on")
	}
}

func TestWhomAnAnswerToAForwardGoesTo(t *testing.T) {
	home := Place{Adapter: "email", Channel: "grace@harbor.example"}
	for _, c := range []struct {
		name string
		rule Whom
		r    Request
		want string
	}{
		{"no rule", "", Request{}, "[{Grace grace@harbor.example}]"},
		{"the forwarder", ToForwarder, Request{}, "[{Grace grace@harbor.example}]"},
		{"who wrote it", ToOriginal, Request{}, "[{Helen helen@shop.example}]"},
		{"both", ToBoth, Request{}, "[{Grace grace@harbor.example} {Helen helen@shop.example}]"},
		{"nobody knows who wrote it", ToOriginal, Request{Passed: &Passed{From: Address{Name: "Helen"}}}, "[{Grace grace@harbor.example}]"},
		{"the forwarder themselves", ToBoth, Request{Passed: &Passed{From: Address{Address: "GRACE@harbor.example"}}}, "[{Grace grace@harbor.example}]"},
		{"another address", ToBoth, Request{MailTo: "lin@harbor.example"}, "[{Grace lin@harbor.example} {Helen helen@shop.example}]"},
		{"said in a chat", ToBoth, Request{Home: Place{Adapter: "web", Channel: "support"}}, ""},
	} {
		s := &Settings{Clients: []Client{{Name: "Harbor", Answer: c.rule}}}
		r := c.r
		r.Name, r.Client = "Grace", "harbor"
		if r.Home == (Place{}) {
			r.Home = home
		}
		if r.Passed == nil {
			r.Passed = &Passed{From: Address{Name: "Helen", Address: "helen@shop.example"}}
		}
		to := s.AnswersGoTo(r)
		if c.want == "" {
			if to != ToForwarder {
				t.Errorf("%s: to %s", c.name, to)
			}
			continue
		}
		if got := fmt.Sprint(r.AddressesOf(to)); got != c.want {
			t.Errorf("%s: to %s, want %s", c.name, got, c.want)
		}
	}
	if (&Settings{}).AnswersGoTo(Request{Home: home}) != ToForwarder {
		t.Error("what was never forwarded goes elsewhere")
	}
}

func TestOurOwnAddressesTakeNoPart(t *testing.T) {
	s := &Settings{MailFrom: "Support@desk.example", People: []Person{
		{ID: "web:inga", IDs: []string{"web:inga", "email:inga@desk.example"}, Role: Agent}, {ID: "email:grace@harbor.example", IDs: []string{"email:grace@harbor.example"}, Role: Requester}}}
	for address, want := range map[string]bool{
		"support@desk.example": true, "SUPPORT@DESK.EXAMPLE": true, "support+12.k7f3@desk.example": true, "inga@desk.example": true,
		"supporter@desk.example": false, "support+x@other.example": false, "grace@harbor.example": false, "": false, "support": false,
	} {
		if got := s.Ours(address); got != want {
			t.Errorf("%q is ours: %v", address, got)
		}
	}
	if (&Settings{}).Ours("") || (&Settings{}).Ours("+x@") {
		t.Error("a desk without an address has some")
	}
}

func TestWhoTakesPartByMail(t *testing.T) {
	who := func(address, client string) Person {
		return Person{ID: "email:" + address, IDs: []string{"email:" + address}, Role: Outsider, Client: client}
	}
	r := Request{Number: 1, Requester: "email:grace@harbor.example", Client: "Harbor", Home: Place{Adapter: "email", Channel: "grace@harbor.example"},
		Cc: []Address{{Address: "Buyer@copperfield.example"}}, MailTo: "lin@home.example"}
	for _, c := range []struct {
		who             Person
		public, private bool
	}{
		{who("grace@harbor.example", "Harbor"), true, true},
		{who("bob@harbor.example", "harbor"), true, false},
		{who("buyer@copperfield.example", ""), true, true},
		{who("lin@home.example", ""), true, true},
		{who("eve@evil.example", ""), false, false},
		{who("", ""), false, false},
	} {
		secret := r
		secret.Private = true
		if r.TakesPart(c.who) != c.public || secret.TakesPart(c.who) != c.private {
			t.Errorf("%s: %v, in private %v", c.who.ID, r.TakesPart(c.who), secret.TakesPart(c.who))
		}
	}
	nobodys := Request{Number: 2, Requester: "email:a@b.example", Home: Place{Adapter: "email", Channel: "a@b.example"}}
	if nobodys.TakesPart(who("eve@evil.example", "")) {
		t.Error("two who are of no company are of the same")
	}
}

func TestStrangersAreOfAnotherCompany(t *testing.T) {
	s := &Settings{Clients: []Client{{Name: "Harbor", Domains: []string{"harbor.example"}}}, People: []Person{{ID: "email:tom@home.example", IDs: []string{"email:tom@home.example"}, Client: "Harbor"}}}
	all := []Address{{Address: "owen@EU.harbor.example"}, {Address: "tom@home.example"}, {Address: "eve@evil.example"}, {Address: "x@corp.example"}, {Address: "y@gmail.com"}}
	for _, c := range []struct{ client, home, want string }{
		{"Harbor", "grace@harbor.example", "[eve@evil.example x@corp.example y@gmail.com]"},
		{"", "lev@corp.example", "[owen@EU.harbor.example tom@home.example eve@evil.example y@gmail.com]"},
		{"", "z@gmail.com", "[owen@EU.harbor.example tom@home.example eve@evil.example x@corp.example y@gmail.com]"},
	} {
		r := Request{Client: c.client, Home: Place{Adapter: "email", Channel: c.home}}
		if got := fmt.Sprint(s.Strangers(r, all)); got != c.want {
			t.Errorf("for %s of %q: %s, want %s", c.home, c.client, got, c.want)
		}
	}
}

func TestTheLanguageThatAPersonWrites(t *testing.T) {
	for text, want := range map[string]Language{
		"Please have a look": "en", "Посмотрите, пожалуйста": "ru", "Ошибка в checkout": "ru", "Error in корзина of the mobile shop": "en", "ok": "", "Ок!": "", "12345 🙂": "", "": "",
		"Bonjour à tous": "en", strings.Repeat(" ", languageRead) + "Привет": "",
	} {
		if got, ok := WrittenIn(text); got != want || ok != (want != "") {
			t.Errorf("%.40q is %q, %v, want %q", text, got, ok, want)
		}
	}
}
