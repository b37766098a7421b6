package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"meridian/bot/calendar"
	"meridian/bot/say"
)

// TimerNudge is the timer of a reminder, as [Timer.What] names it.
const TimerNudge = "nudge"

const (
	// MaxReminder is the length of a reminder's words, in characters.
	MaxReminder = 1000
	// MaxReminders is how many a person may have that are still to come.
	MaxReminders = 100
	// OftenReminder is the least time between two runs of one.
	OftenReminder = 5 * time.Minute
	// lateFrom is how late something must be for it to say so.
	lateFrom = 10 * time.Minute
	// worthFor is how long a run that was missed is still worth saying.
	worthFor = 12 * time.Hour
)

// Missed says what becomes of runs of a schedule that came while nothing could
// be said.
type Missed string

// The policies. Once says the latest run, if it is less than 12 hours old. Skip
// says none. All says each of them. The default is the first.
const (
	MissedOnce Missed = "once"
	MissedSkip Missed = "skip"
	MissedAll  Missed = "all"
)

// ReminderState is how far a reminder has come.
type ReminderState string

// The states. Active: it is still to come. Fired: it has been said, and nobody
// has said that it is done.
const (
	ReminderActive    ReminderState = "active"
	ReminderFired     ReminderState = "fired"
	ReminderDone      ReminderState = "done"
	ReminderCancelled ReminderState = "cancelled"
)

// Reminder is something to be said at a time, once or again and again. What it
// says is somebody's words: never markup, a mention or a link.
type Reminder struct {
	Number   int64
	Owner    string // a person; empty: the configuration
	Place    Place  // where it is said; a direct message: to the owner alone
	Text     string
	Request  int64  `json:",omitempty"` // what it is about; once that has ended it is not said
	Client   string `json:",omitempty"` // the company that it is about
	Spec     string `json:",omitempty"` // a cron spec on the clock of Zone; empty: once
	Zone     string
	NextAt   time.Time `json:",omitzero"` // zero: it does not come any more
	Missed   Missed    `json:",omitempty"`
	Schedule string    `json:",omitempty"` // its name in the configuration, which alone can change it
	State    ReminderState
	FiredAt  time.Time `json:",omitzero"` // the run that was said last
	Created  time.Time
}

// ID is the reminder's number as people write it: "N-3".
func (r Reminder) ID() string { return "N-" + strconv.FormatInt(r.Number, 10) }

// ParseReminderID reads "N-3" or "n3".
func ParseReminderID(s string) (int64, bool) { return parseNumbered(s, "n") }

// Timer is the timer of the next run.
func (r Reminder) Timer() Timer {
	return Timer{Key: TimerNudge + ":" + r.ID(), What: TimerNudge, Object: r.ID(), Place: r.Place, At: r.NextAt}
}

// Key is the key of the delivery that says a run.
func (r Reminder) Key(run time.Time) string {
	return TimerNudge + ":" + r.ID() + ":" + itoa(run.UnixMilli())
}

// Location is the zone on whose clock the reminder runs.
func (r Reminder) Location() *time.Location {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil || r.Zone == "" {
		return time.UTC
	}
	return zone
}

// After is the next run strictly after an instant; false: there is none.
func (r Reminder) After(at time.Time) (time.Time, bool) { return r.runs().after(at) }

// runs are the runs of a schedule on the clock of its zone.
type runs struct {
	spec calendar.Spec
	zone *time.Location
}

func (r Reminder) runs() runs {
	spec, err := calendar.Parse(r.Spec)
	if err != nil {
		return runs{zone: time.UTC} // it never comes
	}
	return runs{spec, r.Location()}
}

func (x runs) after(at time.Time) (time.Time, bool) { return x.spec.Next(at, x.zone) }

// Fire takes the run that is due, and says which one is to be said; false: none
// is. The clock may have gone back since: what has run does not run again.
func (r *Reminder) Fire(now time.Time) (run time.Time, worth bool) {
	run = r.NextAt
	if r.Spec == "" {
		r.NextAt, r.State, r.FiredAt = time.Time{}, ReminderFired, run
		return run, true
	}
	all, from := r.runs(), later(run, now)
	switch r.Missed {
	case MissedAll:
		from, worth = run, true
	case MissedSkip:
		worth = now.Sub(run) <= lateFrom
	default:
		run, worth = all.latest(run, now)
	}
	if worth {
		r.FiredAt = run
	}
	var comes bool
	if r.NextAt, comes = all.after(from); !comes {
		r.NextAt, r.State = time.Time{}, ReminderDone
	}
	return run, worth
}

// latest is the last run up to now, if it is still worth saying. run is the
// first of those that are due.
func (x runs) latest(run, now time.Time) (time.Time, bool) {
	if old := now.Add(-worthFor); run.Before(old) {
		at, ok := x.after(old)
		if !ok || at.After(now) {
			return run, false
		}
		run = at
	}
	for {
		at, ok := x.after(run)
		if !ok || at.After(now) {
			return run, true
		}
		run = at
	}
}

// Late is how late it is, if that is worth saying.
func Late(due, now time.Time) (time.Duration, bool) {
	late := now.Sub(due)
	return late, late > lateFrom
}

// About is what a reminder is about, by its words: a request that is named, and
// a company.
func (s *Settings) About(text string) (request int64, client string) {
	for _, w := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" \t\n,.;:!?()[]\"'«»", c) }) {
		if n, ok := ParseRequestID(w); ok && (w[0] == 'R' || w[0] == 'r') && request == 0 {
			request = n
		}
	}
	words := " " + folded(text) + " "
	for _, c := range s.Clients {
		if name := folded(c.Name); name != "" && strings.Contains(words, " "+name+" ") {
			return request, c.Name
		}
	}
	return request, ""
}

// SpecWords says in words when a schedule comes: "every Monday 09:30".
func SpecWords(spec string) Part {
	f := strings.Fields(spec)
	if len(f) != 5 {
		return Words("nudge.every_spec", "Words", Code(spec))
	}
	minute, hours, days, months, week := f[0], f[1], f[2], f[3], f[4]
	clock, fixed := clocksOf(minute, hours)
	switch {
	case days == "*" && months == "*" && week == "*" && !fixed:
		return intervalWords(spec, minute, hours)
	case !fixed:
	case days == "*" && months == "*" && week == "*":
		return Words("nudge.every_day", "When", clock)
	case days == "*" && months == "*" && week == "1-5":
		return Words("nudge.every_working_day", "When", clock)
	case days == "*" && months == "*":
		if list, ok := weekdayWords(week); ok {
			return Words("nudge.every_weekday", "List", list, "When", clock)
		}
	case months == "*" && week == "*" && plainNumbers(days):
		return Words("nudge.every_month", "Number", Quote(strings.ReplaceAll(days, ",", ", ")), "When", clock)
	case week == "*" && plainNumbers(days) && plainNumbers(months) && !strings.Contains(days+months, ","):
		day, _ := strconv.Atoi(days)
		month, _ := strconv.Atoi(months)
		date := time.Date(2024, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		return Words("nudge.every_year", "Other", ClockIn(date, time.UTC, say.MonthDay), "When", clock)
	}
	return Words("nudge.every_spec", "Words", Code(spec))
}

// clocksOf writes fixed hours: "09:00, 15:00".
func clocksOf(minute, hours string) (Part, bool) {
	if !plainNumbers(hours) || !plainNumbers(minute) || strings.Contains(minute, ",") {
		return Part{}, false
	}
	var all []string
	for h := range strings.SplitSeq(hours, ",") {
		all = append(all, pad(h)+":"+pad(minute))
	}
	return Quote(strings.Join(all, ", ")), true
}

func pad(n string) string {
	if len(n) < 2 {
		return "0" + n
	}
	return n
}

func plainNumbers(list string) bool { return list != "" && strings.Trim(list, "0123456789,") == "" }

// intervalWords says an interval of minutes or hours.
func intervalWords(spec, minute, hours string) Part {
	step, ok := strings.CutPrefix(minute, "*/")
	if n, err := strconv.Atoi(step); ok && err == nil && hours == "*" {
		return Words("nudge.every_length", "Duration", Length(time.Duration(n)*time.Minute))
	}
	step, ok = strings.CutPrefix(hours, "*/")
	if n, err := strconv.Atoi(step); ok && err == nil && minute == "0" {
		return Words("nudge.every_length", "Duration", Length(time.Duration(n)*time.Hour))
	}
	if minute == "0" && hours == "*" {
		return Words("nudge.every_length", "Duration", Length(time.Hour))
	}
	return Words("nudge.every_spec", "Words", Code(spec))
}

// weekdayWords lists days of the week, as the sentence about them needs it.
func weekdayWords(list string) (Part, bool) {
	if !plainNumbers(list) {
		return Part{}, false
	}
	days := strings.Split(list, ",")
	if slices.ContainsFunc(days, func(d string) bool { return len(d) != 1 || d > "7" }) {
		return Part{}, false
	}
	out := Words("nudge.day." + strings.ReplaceAll(days[0], "7", "0"))
	for _, d := range days[1:] {
		out = Words("nudge.days", "What", out, "Other", Words("nudge.day."+strings.ReplaceAll(d, "7", "0")))
	}
	return out, true
}

// Schedule is a reminder of the configuration: what it has said again and again.
type Schedule struct {
	Name   string
	Place  Place
	Text   string
	Spec   string // a cron spec on the clock of Zone
	Zone   string
	Missed Missed
}

// ReminderQuery chooses reminders. Zero fields choose all.
type ReminderQuery struct {
	Owner    string
	Place    Place // top level
	States   []ReminderState
	Schedule bool      // only those of the configuration
	Before   time.Time // whose next run is before this
	After    int64     // numbers above, ascending by number; else the next run first
	Limit    int       // default 100
}

// ReminderView reads reminders.
type ReminderView interface {
	Reminder(number int64) (Reminder, error) // ErrNotFound
	Reminders(q ReminderQuery) ([]Reminder, error)
	CountReminders(q ReminderQuery) (int, error)
}

// ReminderTx writes reminders.
type ReminderTx interface {
	SaveReminder(r *Reminder) error // Number 0 is a new one
}
