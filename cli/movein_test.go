package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// movedDesk is a desk in which an export of another one has been imported.
func movedDesk(t *testing.T, url, name, text string, args ...string) (d *office, out string) {
	t.Helper()
	d = newOffice(url)
	d.settings.People = []bot.Person{{ID: "web:inga", Name: "Inga", Role: bot.Agent}}
	return d, d.must(t, append([]string{"import", named(t, name, text)}, args...)...)
}

// stored is the request that had a number at the other desk.
func (d *office) stored(t *testing.T, number string) (r bot.Request) {
	t.Helper()
	s := d.open(t)
	defer s.Close() //nolint:errcheck // it was only read
	if err := s.View(t.Context(), func(v bot.View) error {
		all, err := v.Requests(bot.RequestQuery{Limit: 1000})
		for _, one := range all {
			if one.Was != nil && one.Was.Number == number {
				r = one
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if r.Number == 0 {
		t.Fatalf("there is no request that was %s", number)
	}
	return r
}

// due is when the next timer of the desk is.
func (d *office) due(t *testing.T) (at time.Time) {
	t.Helper()
	s := d.open(t)
	defer s.Close() //nolint:errcheck // it was only read
	if err := s.View(t.Context(), func(v bot.View) (err error) {
		at, err = v.NextTimer()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWhatTheOtherDeskHadPutOffComesOverPausedWithItsDate(t *testing.T) {
	const tickets = `[
{"id":1,"number":"1","title":"Ask again in spring","state":"pending reminder","pending_time":"2099-03-02T08:00:00.000Z","owner":"Inga","customer":"a@b.example","created_at":"2026-03-01T10:00:00Z","updated_at":"2026-03-01T10:00:00Z"},
{"id":2,"number":"2","title":"The day has passed","state":"pending reminder","pending_time":"2026-03-02T08:00:00.000Z","owner":"Inga","customer":"a@b.example","created_at":"2026-03-01T10:00:00Z","updated_at":"2026-03-01T10:00:00Z"},
{"id":3,"number":"3","title":"No day","state":"pending reminder","pending_time":null,"customer":"a@b.example","created_at":"2026-03-01T10:00:00Z","updated_at":"2026-03-01T10:00:00Z"},
{"id":4,"number":"4","title":"Decided so","state":"pending close","pending_time":"2099-03-01T08:00:00.000Z","customer":"a@b.example","created_at":"2026-03-01T10:00:00Z","updated_at":"2026-03-01T10:00:00Z"}]`
	for name, url := range engines() {
		t.Run(name, func(t *testing.T) {
			where := url(t)
			decided := []string{"--from", "zammad", "--state", "pending close=paused"}
			_, out := movedDesk(t, where, "tickets.json", tickets, append(decided, "--dry-run")...)
			if !strings.Contains(out, "Would import: 0 closed, 4 open, 2 of them paused.\n") || strings.Contains(out, "To decide: state") {
				t.Errorf("the dry run says %q", out)
			}
			d, out := movedDesk(t, where, "tickets.json", tickets, decided...)
			for number, want := range map[string]struct {
				state bot.State
				until time.Time
			}{
				"1": {bot.Snoozed, time.Date(2099, 3, 2, 8, 0, 0, 0, time.UTC)}, "2": {bot.Open, time.Time{}}, "3": {bot.New, time.Time{}},
				"4": {bot.Snoozed, time.Date(2099, 3, 1, 8, 0, 0, 0, time.UTC)},
			} {
				if r := d.stored(t, number); r.State != want.state || !r.Until.Equal(want.until) {
					t.Errorf("%s is %s until %s", number, r.State, r.Until)
				}
			}
			if at := d.due(t); !at.Equal(time.Date(2099, 3, 1, 8, 0, 0, 0, time.UTC)) {
				t.Errorf("the first comes back %s", at)
			}
			d.must(t, "import", "--undo", batchOf(t, out))
			if at := d.due(t); !at.IsZero() {
				t.Errorf("what was taken back comes back %s", at)
			}
		})
	}
}

func TestATableSaysUntilWhenARequestIsPutOff(t *testing.T) {
	d := newOffice("sqlite:" + filepath.Join(t.TempDir(), "m.db"))
	var err error
	if d.settings.Team.Zone, err = time.LoadLocation("America/New_York"); err != nil {
		t.Fatal(err)
	}
	d.must(t, "import", named(t, "t.csv", "Номер;Тема;Статус;Отложена до;Создана\n7;Позвонить весной;Отложена;02.03.2099;01.03.2026\n8;Без даты;Отложена;;01.03.2026\n9;Летом;Отложена;02.07.2099;01.03.2026\n"), "--from", "csv")
	if r := d.stored(t, "9"); !r.Until.Equal(time.Date(2099, 7, 2, 10, 0, 0, 0, d.settings.Team.Zone)) {
		t.Errorf("the summer's is until %s", r.Until)
	}
	// A day is that of the team: midnight in UTC would be the evening before.
	if r := d.stored(t, "7"); r.State != bot.Snoozed || !r.Until.Equal(time.Date(2099, 3, 2, 10, 0, 0, 0, d.settings.Team.Zone)) {
		t.Errorf("it is %s until %s", r.State, r.Until)
	}
	if r := d.stored(t, "8"); r.State != bot.New {
		t.Errorf("without a day it is %s", r.State)
	}
}

func TestWhatWasAnsweredThereIsKnownAsSolvedHere(t *testing.T) {
	d, _ := movedDesk(t, "sqlite:"+filepath.Join(t.TempDir(), "m.db"), "t.json", `[
{"id":1,"number":"1","title":"Answered","state":"closed","customer":"a@b.example","created_at":"2026-03-01T10:00:00Z","updated_at":"2026-03-09T10:00:00Z","articles":[
 {"ticket_id":1,"from":"a@b.example","sender":"Customer","body":"How?","created_at":"2026-03-01T10:00:00Z"},
 {"ticket_id":1,"from":"Inga","sender":"Agent","body":"So.","created_at":"2026-03-02T10:00:00Z"},
 {"ticket_id":1,"from":"Inga","sender":"Agent","body":"A note.","internal":true,"created_at":"2026-03-03T10:00:00Z"}]},
{"id":2,"number":"2","title":"Never answered","state":"closed","customer":"a@b.example","created_at":"2026-03-01T10:00:00Z","updated_at":"2026-03-09T10:00:00Z","articles":[
 {"ticket_id":2,"from":"a@b.example","sender":"Customer","body":"How?","created_at":"2026-03-01T10:00:00Z"}]}]`, "--from", "zammad")
	if r := d.stored(t, "1"); !r.SolvedAt.Equal(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)) || r.State != bot.Closed {
		t.Errorf("what was answered is %s, solved %s", r.State, r.SolvedAt)
	}
	if r := d.stored(t, "2"); !r.SolvedAt.IsZero() {
		t.Errorf("what nobody answered is solved %s", r.SolvedAt)
	}
}
