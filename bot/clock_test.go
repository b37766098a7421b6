package bot_test

import (
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/bot/calendar"
	"pgregory.net/rapid"
)

func utc(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Novosibirsk works 02:00 to 11:00 UTC, Minsk 06:00 to 15:00.
func TestTheDeskWorksAsLongAsAnybodyDoes(t *testing.T) {
	c := bottest.Team(t).Coverage()
	for at, want := range map[string]bool{
		"2026-03-04 01:59": false, "2026-03-04 02:00": true, "2026-03-04 05:00": true, "2026-03-04 12:00": true,
		"2026-03-04 14:59": true, "2026-03-04 15:00": false, "2026-03-07 10:00": false,
	} {
		if got := c.Open(utc(t, at)); got != want {
			t.Errorf("at %s somebody is at work: %v, want %v", at, got, want)
		}
	}
	for _, test := range []struct {
		from, want string
		d          time.Duration
	}{
		{"2026-03-04 04:40", "2026-03-04 05:40", time.Hour},
		{"2026-03-04 10:30", "2026-03-04 14:30", 4 * time.Hour},  // Novosibirsk goes home meanwhile
		{"2026-03-04 14:30", "2026-03-05 02:30", time.Hour},      // and then Minsk
		{"2026-03-06 16:00", "2026-03-09 10:00", 8 * time.Hour},  // from Friday evening on
		{"2026-03-04 14:00", "2026-03-04 15:00", time.Hour},      // to the minute
		{"2026-03-02 02:00", "2026-03-06 15:00", 65 * time.Hour}, // a whole week of 13 hours a day
	} {
		got, ok := c.Add(utc(t, test.from), test.d)
		if !ok || !got.Equal(utc(t, test.want)) {
			t.Errorf("%s of work from %s end %v (%v), want %s", test.d, test.from, got.UTC(), ok, test.want)
		}
	}
}

// Whatever is added can be measured again, and it ends while somebody works.
func TestWorkingTimeIsMeasuredAsItIsAdded(t *testing.T) {
	c := bottest.Team(t).Coverage()
	begin := utc(t, "2026-01-01 00:00")
	rapid.Check(t, func(t *rapid.T) {
		from := begin.Add(time.Duration(rapid.IntRange(0, 400*24*60).Draw(t, "minutes")) * time.Minute)
		d := time.Duration(rapid.IntRange(1, 200*60).Draw(t, "work")) * time.Minute
		to, ok := c.Add(from, d)
		if !ok {
			t.Fatalf("%s from %s never end", d, from)
		}
		if got := c.Between(from, to); got != d {
			t.Fatalf("%s from %s end %s, between them are %s", d, from, to, got)
		}
		if !c.Open(to.Add(-time.Nanosecond)) {
			t.Fatalf("%s from %s end %s, when nobody works", d, from, to)
		}
	})
}

func TestWithoutHoursTheDeskNeverCloses(t *testing.T) {
	s := bottest.Team(t)
	s.Team.Hours = calendar.Hours{}
	c := s.Coverage()
	at := utc(t, "2026-03-08 03:00")
	if by, ok := c.Add(at, time.Hour); !c.Always() || !ok || !by.Equal(at.Add(time.Hour)) || c.Between(at, at.Add(time.Hour)) != time.Hour {
		t.Errorf("an hour from Sunday night ends %v (%v)", by, ok)
	}
}

func TestWhoNeverComesIsWaitedForWithoutEnd(t *testing.T) {
	s := bottest.Team(t)
	days, err := calendar.ParseHolidays([]string{"01-01..03-31", "04-01..06-30", "07-01..09-30", "10-01..12-31"})
	if err != nil {
		t.Fatal(err)
	}
	s.Team.Holidays = days
	if by, ok := s.Coverage().Add(utc(t, "2026-03-04 10:00"), time.Hour); ok {
		t.Errorf("nobody works, and an hour of work ends %v", by)
	}
	if _, ok := s.FirstAnswerBy(bot.Request{Class: bot.Standard, CreatedAt: utc(t, "2026-03-04 10:00")}); ok {
		t.Error("an answer is promised although nobody works")
	}
}

func TestAClassWithoutAClockIsPromisedNothing(t *testing.T) {
	s := bottest.Team(t)
	r := bot.Request{Class: bot.Intangible, State: bot.Open, CreatedAt: utc(t, "2026-03-04 10:00"), OwedSince: utc(t, "2026-03-04 10:00")}
	if _, ok := s.FirstAnswerBy(r); ok {
		t.Error("a first answer is")
	}
	if _, ok := s.NextAnswerBy(r); ok {
		t.Error("a next answer is")
	}
	if _, ok := s.SolutionBy(r); ok {
		t.Error("a solution is")
	}
}

func TestTheClocksStandWhileTheClientOwesAWord(t *testing.T) {
	s := bottest.Team(t)
	r := bot.Request{Class: bot.Expedite, State: bot.Open, CreatedAt: utc(t, "2026-03-04 06:00"), OwedSince: utc(t, "2026-03-04 06:30"), Waited: 2 * time.Hour}
	if by, ok := s.SolutionBy(r); !ok || !by.Equal(utc(t, "2026-03-05 03:00")) { // 8 h of work and 2 in which they thought
		t.Errorf("a solution by %v (%v)", by.UTC(), ok)
	}
	if by, ok := s.NextAnswerBy(r); !ok || !by.Equal(utc(t, "2026-03-04 07:30")) {
		t.Errorf("a next answer by %v (%v)", by.UTC(), ok)
	}
	r.State, r.Since = bot.Waiting, utc(t, "2026-03-04 07:00")
	if _, ok := s.NextAnswerBy(r); ok {
		t.Error("we owe a word that the client owes")
	}
	r.WaitingFor = "the hosting"
	if _, ok := s.NextAnswerBy(r); !ok {
		t.Error("the hosting stops the client's clock")
	}
}

func TestASilenceCountsInTheClientsOwnDays(t *testing.T) {
	s := bottest.Team(t)
	boston, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	thanksgiving, err := calendar.ParseHolidays([]string{"2026-03-05"})
	if err != nil {
		t.Fatal(err)
	}
	asked := func(since string) bot.Request {
		return bot.Request{Client: "Harbor", State: bot.Waiting, Since: utc(t, since)}
	}
	reminded := asked("2026-03-04 08:40")
	reminded.Silence = &bot.Silence{Asked: reminded.Since, Sent: utc(t, "2026-03-06 18:00")}
	away := asked("2026-03-04 08:40")
	away.Away = time.Date(2026, time.March, 16, 0, 0, 0, 0, boston)
	for _, test := range []struct {
		name string
		r    bot.Request
		want string // in Boston
	}{
		{"in their night", asked("2026-03-04 08:40"), "2026-03-06 09:00"},
		{"in their day", asked("2026-03-04 20:00"), "2026-03-06 09:00"},
		{"in their evening", asked("2026-03-05 01:00"), "2026-03-09 09:00"},
		{"on Friday afternoon", asked("2026-03-06 21:00"), "2026-03-10 09:00"},
		{"on Saturday", asked("2026-03-07 15:00"), "2026-03-11 09:00"}, // clocks go forward on Sunday
		{"reminded on Friday", reminded, "2026-03-10 18:00"},
		{"away", away, "2026-03-18 09:00"},
		{"solved", bot.Request{Client: "Harbor", State: bot.Solved, SolvedAt: utc(t, "2026-03-04 08:40")}, "2026-03-06 18:00"},
		{"confirmed", bot.Request{Client: "Harbor", State: bot.Solved, Confirmed: true, ConfirmedAt: utc(t, "2026-03-04 14:20")}, "2026-03-05 00:00"},
		{"confirmed late", bot.Request{Client: "Harbor", State: bot.Solved, Confirmed: true, ConfirmedAt: utc(t, "2026-03-05 04:59")}, "2026-03-05 00:00"},
	} {
		at, ok := s.SilentAt(test.r)
		if got := at.In(boston).Format("2006-01-02 15:04"); !ok || got != test.want {
			t.Errorf("%s: %s (%v), want %s", test.name, got, ok, test.want)
		}
	}
	s.Clients[0].Holidays = thanksgiving
	if at, _ := s.SilentAt(asked("2026-03-04 08:40")); at.In(boston).Format("2006-01-02 15:04") != "2026-03-09 09:00" {
		t.Errorf("over their holiday: %v", at.In(boston))
	}
	s.Followup.Days = 5
	if at, _ := s.SilentAt(asked("2026-03-04 08:40")); at.In(boston).Format("2006-01-02") != "2026-03-12" {
		t.Errorf("after five days: %v", at.In(boston))
	}
	complaint := asked("2026-03-04 08:40")
	complaint.Kind = bot.KindComplaint
	vendor := asked("2026-03-04 08:40")
	vendor.WaitingFor = "the hosting"
	for name, r := range map[string]bot.Request{"a complaint": complaint, "a vendor": vendor, "open": {State: bot.Open}, "closed": {State: bot.Closed}, "never confirmed": {State: bot.Solved, Confirmed: true}} {
		if at, ok := s.SilentAt(r); ok {
			t.Errorf("%s falls silent at %v", name, at)
		}
	}
	s.Followup.Off = true
	if at, ok := s.SilentAt(asked("2026-03-04 08:40")); ok {
		t.Errorf("switched off, it counts at %v", at)
	}
}

func TestTheNextLevelIsWhoCanBeginFirst(t *testing.T) {
	s := bottest.Team(t)
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	person := func(id string, z string) bot.Person {
		return bot.Person{ID: "web:" + id, IDs: []string{"web:" + id}, Name: id, Role: bot.Agent, Zone: zone(z), Level: 3}
	}
	morning := utc(t, "2026-03-04 05:20") // 08:20 in Minsk, 12:20 in Novosibirsk
	if level, who := s.NextLevel(bot.Request{Level: 1}, morning); level != 2 || who.ID != "" {
		t.Errorf("where nobody has a level it is L%d, %q", level, who.ID)
	}
	s.People = append(s.People, person("pavel", "Europe/Minsk"))
	if level, who := s.NextLevel(bot.Request{Level: 1}, morning); level != 3 || who.ID != "web:pavel" {
		t.Errorf("a level that nobody is there for is passed over: L%d, %q", level, who.ID)
	}
	s.People = append(s.People, person("roman", "Asia/Novosibirsk"))
	if _, who := s.NextLevel(bot.Request{Level: 2}, morning); who.ID != "web:roman" {
		t.Errorf("%q begins before who is at work", who.ID)
	}
	if _, who := s.NextLevel(bot.Request{Level: 2}, utc(t, "2026-03-04 12:00")); who.ID != "web:pavel" {
		t.Errorf("%q begins before who is at work", who.ID)
	}
	if _, who := s.NextLevel(bot.Request{Level: 2}, utc(t, "2026-03-04 20:00")); who.ID != "web:roman" {
		t.Errorf("%q's day begins before that of Novosibirsk", who.ID)
	}
	s.People[len(s.People)-1].Role = bot.Requester
	if _, who := s.NextLevel(bot.Request{Level: 2}, morning); who.ID != "web:pavel" {
		t.Errorf("%q is not of the team", who.ID)
	}
}
