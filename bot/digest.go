package bot

import (
	"errors"
	"slices"
	"time"

	"meridian/bot/calendar"
)

// TimerDigest is the timer of a digest, as [Timer.What] names it.
const TimerDigest = "digest"

const (
	// digestWeeks is over how many weeks the share of what came back is taken.
	digestWeeks = 4
	// needsRead is how many of each class are looked at for what needs a person
	// today, needsShown how many have a line.
	needsRead  = 12
	needsShown = 6
	// clientsRead is how many of those that wait for a client are looked at for
	// the one that comes back to us next.
	clientsRead = 10
)

// Digest is how things stand, told to the readers of a channel in their morning,
// on the days on which any of them works.
type Digest struct {
	Name  string // of its channel
	Place Place
	At    time.Duration  // after midnight on the clock of Zone
	Zone  *time.Location // the readers'
	Week  bool           // it shows the week behind it on whatever day it is told
}

// Key names a digest with all that its next run depends on: it runs on as it was
// planned until the configuration says otherwise.
func (d Digest) Key() string {
	return TimerDigest + ":" + d.Name + ":" + d.At.String() + ":" + d.Zone.String()
}

// Next is the next morning of the readers strictly after an instant; false:
// there is none within a year.
func (d Digest) Next(s *Settings, after time.Time) (time.Time, bool) {
	spec, err := calendar.Parse(itoa(int64(d.At/time.Minute)%60) + " " + itoa(int64(d.At/time.Hour)) + " * * *")
	if err != nil {
		return time.Time{}, false
	}
	for range 366 {
		at, ok := spec.Next(after, d.Zone)
		if !ok {
			return at, false
		}
		if s.anybodyWorks(at, d.Zone) {
			return at, true
		}
		after = at
	}
	return time.Time{}, false
}

// anybodyWorks reports whether it is a working day of anybody of the team who
// lives by the clock of a zone, or of the team's where nobody does.
func (s *Settings) anybodyWorks(day time.Time, zone *time.Location) bool {
	lives := false
	for _, p := range s.People {
		if !p.Team() || s.ZoneOf(p).String() != zone.String() {
			continue
		}
		lives = true
		if WorksOn(s.CalendarOf(p), day) {
			return true
		}
	}
	return !lives && WorksOn(calendar.Calendar{Zone: zone, Hours: s.Team.Hours, Holidays: s.Team.Holidays}, day)
}

// WorksOn reports whether a day is a working day of a calendar. Who has no hours
// works from Monday to Friday.
func WorksOn(c calendar.Calendar, day time.Time) bool {
	weekday := day.In(c.Zone).Weekday()
	weekend := weekday == time.Saturday || weekday == time.Sunday
	return c.WorkingDay(day) && !(c.Hours.Always() && weekend)
}

// Latest is the last morning up to now, if it is still worth telling of. due is
// the first one that has not been told of.
func (d Digest) Latest(s *Settings, due, now time.Time) (time.Time, bool) {
	for {
		at, ok := d.Next(s, due)
		if !ok || at.After(now) {
			return due, now.Sub(due) < worthFor
		}
		due = at
	}
}

// DigestRun is a digest that was told: what the next one counts from, and its
// lines, of which one may still change.
type DigestRun struct {
	Name    string
	At      time.Time // when it was due
	Told    time.Time // when it was made
	Open    int       // requests that had not ended
	Highest int64     // the highest number of a request
	Solved  int       // that ended since the run before
	Place   Place
	Lines   [][]Part
	Takes   map[int64]int `json:",omitempty"` // the lines of requests that nobody had
	Buttons []Button      `json:",omitempty"` // of the post, the likely ones first
	Chart   *Chart        `json:",omitempty"` // below the lines
}

// DigestKey is the key of the delivery that posts a run.
func DigestKey(name string, at time.Time) string {
	return TimerDigest + ":" + name + ":" + itoa(at.UnixMilli())
}

// DigestView reads the runs of digests.
type DigestView interface {
	DigestRun(name string, at time.Time) (DigestRun, error) // ErrNotFound
	LastDigest(name string) (DigestRun, error)              // what it counted, without what it showed; ErrNotFound
	// DigestSolved sums what was solved in the runs since an instant; first is the
	// oldest of them, zero if there is none.
	DigestSolved(name string, since time.Time) (solved int, first time.Time, err error)
	// DigestDays counts each of the days that begin at these instants, in their
	// order; the last instant is but the end of the last day. It knows of 60 days.
	DigestDays(days []time.Time) ([]DayCount, error)
	Timer(key string) (Timer, error) // ErrNotFound
}

// DigestTx writes them.
type DigestTx interface {
	SaveDigest(d DigestRun) error
}

// Standing is how things stand at an instant.
type Standing struct {
	Now     time.Time
	Digest  Digest
	Last    DigestRun // the digest before; its At is zero where there was none
	Highest int64
	Counts  []QueueCount

	New, Back, Solved int  // since the digest before
	AddsUp            bool // false: something was imported since, or there was none before

	Oldest    Request // of those on which we owe the next step
	Needs     []Need
	NeedsMore int // that have no line
	Drafted   []Request
	Clients   []Request
	Others    []Request
	Paused    []Request
	Returned  []Request // since the digest before

	BackLately, SolvedLately int
	Lately                   time.Time // since when those are counted

	Asked, Helped, Gaps int        // questions since the digest before
	Gap                 Suggestion // the question without an article that was asked most often
	GapTimes            int
	Firing              []string   // titles of alerts
	Recovered           int        // groups of alerts that recovered since the digest before
	Longest             AlertGroup // of those, the one that fired for longest
	Today               []Reminder

	Days []time.Time // the days behind it, if it shows them, and the end of the last one
	Week []DayCount  // of each of Days but the last
}

// Need is a request that needs a person today.
type Need struct {
	Request
	Due   time.Time // by when we owe the client a word; zero: nobody promised
	First bool      // it is the first word
}

// Open is how many requests have not ended, without those that came over from
// another desk and that nobody has acted on.
func (st Standing) Open() int { return st.Owed("") }

// Owed is how many requests are in a group; empty: in all that are reported.
func (st Standing) Owed(o Owes) (n int) {
	for _, c := range st.Counts {
		if o == "" && c.Owes != OwesMoved || c.Owes == o {
			n += c.Count
		}
	}
	return n
}

// Quiet reports whether nothing has changed and nothing is open: then nothing is
// said.
func (st Standing) Quiet() bool {
	return st.Open() == 0 && st.New == 0 && st.Back == 0 && st.Solved == 0 && len(st.Firing) == 0 && st.Recovered == 0
}

// ReadStanding reads how things stand for the readers of a digest. It reads
// counts and the first of each list, whatever the number of requests.
func ReadStanding(v View, d Digest) (Standing, error) {
	st := Standing{Now: v.Now(), Digest: d}
	var err error
	if st.Last, err = v.LastDigest(d.Name); err != nil && !errors.Is(err, ErrNotFound) {
		return st, err
	}
	for _, read := range []func(View) error{st.readCounts, st.readLists, st.readQuestions, st.readDay, st.readWeek} {
		if err := read(v); err != nil {
			return st, err
		}
	}
	return st, nil
}

// readCounts counts what is open, what has changed, and what came back beside
// what was solved by the runs before. What was solved since the last one follows
// from the rest, so that the line adds up: who reads it can check it.
func (st *Standing) readCounts(v View) (err error) {
	if st.Counts, err = v.QueueCounts(); err != nil {
		return err
	}
	if st.Last.At.IsZero() {
		st.Highest, err = v.HighestRequest()
		return err
	}
	from := st.Now.AddDate(0, 0, -7*digestWeeks)
	solved, first, err := v.DigestSolved(st.Digest.Name, from)
	if err != nil {
		return err
	}
	if st.Lately = from; first.After(from.AddDate(0, 0, 7)) {
		st.Lately = first // there are not so many weeks yet
	}
	changes, err := v.QueueChanges(ChangesQuery{After: st.Last.Highest, Since: st.Last.Told, Lately: st.Lately})
	if err != nil {
		return err
	}
	st.Highest, st.New, st.Back = changes.Highest, changes.New, changes.Reopened
	st.Solved = st.Last.Open + st.New + st.Back - st.Open()
	st.AddsUp = st.Solved >= 0
	st.Solved = max(st.Solved, 0)
	if !first.IsZero() {
		st.SolvedLately, st.BackLately = solved+st.Solved, changes.BackLately
	}
	if changes.Returned > 0 && st.BackLately > 0 {
		st.Returned, err = v.Returned(st.Last.Told, returnedShown)
	}
	return err
}

// returnedShown is how many of those that came back have their titles.
const returnedShown = 2

// oldest is the number of the oldest request on which we owe the next step; 0:
// there is none.
func (st *Standing) oldest() (oldest int64) {
	for _, c := range st.Counts {
		if c.Owes == OwesUs && (oldest == 0 || c.Oldest < oldest) {
			oldest = c.Oldest
		}
	}
	return oldest
}

// readLists reads the first requests of each group.
func (st *Standing) readLists(v View) (err error) {
	queries := []QueueQuery{{Owes: OwesUs, Unowned: true, Limit: needsRead}, {Owes: OwesUs, Ranked: true, Rank: RankDrafted, Limit: needsRead}}
	for rank := RankExpedite; rank <= RankIntangible; rank++ {
		queries = append(queries, QueueQuery{Owes: OwesUs, Ranked: true, Rank: rank, Owned: true, Limit: needsRead})
	}
	ours := len(queries)
	queries = append(queries, QueueQuery{Owes: OwesClient, Limit: clientsRead}, QueueQuery{Owes: OwesOther, Limit: groupShown}, QueueQuery{Owes: OwesNobody, Limit: groupShown})
	lists, err := v.Queues(queries...)
	if err != nil {
		return err
	}
	st.Clients, st.Others, st.Paused = lists[ours], lists[ours+1], lists[ours+2]
	st.Drafted = lists[1]
	st.findNeeds(v.Settings(), lists[0], lists[2:ours])
	switch oldest := st.oldest(); {
	case oldest == 0:
	case len(lists[0]) > 0 && lists[0][0].Number == oldest:
		st.Oldest = lists[0][0]
	default:
		st.Oldest, err = v.Request(oldest)
	}
	return err
}

// findNeeds finds what needs a person today: what nobody has, and what we owe a
// client a word on before the day is over.
func (st *Standing) findNeeds(s *Settings, unowned []Request, owed [][]Request) {
	y, m, day := st.Now.In(st.Digest.Zone).Date()
	tonight := time.Date(y, m, day+1, 0, 0, 0, 0, st.Digest.Zone)
	var found []Need
	for _, r := range unowned {
		if r.Rank() != RankDrafted {
			found = append(found, s.need(r))
		}
	}
	for _, list := range owed {
		for _, r := range list {
			if n := s.need(r); !n.Due.IsZero() && n.Due.Before(tonight) {
				found = append(found, n)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Need) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			return map[bool]int{true: 1, false: -1}[a.Due.IsZero()]
		}
		return a.Due.Compare(b.Due)
	})
	st.NeedsMore = max(0, len(found)-needsShown)
	st.Needs = found[:min(len(found), needsShown)]
	for _, c := range st.Counts {
		if c.Owes == OwesUs && c.Assignee == "" {
			st.NeedsMore += max(0, c.Count-len(unowned))
		}
	}
}

// need is by when we owe the client a word on a request.
func (s *Settings) need(r Request) Need {
	if r.AnsweredAt.IsZero() {
		due, _ := s.FirstAnswerBy(r)
		return Need{r, due, true}
	}
	due, _ := s.NextAnswerBy(r)
	return Need{Request: r, Due: due}
}

// readQuestions counts the questions that articles might have answered.
func (st *Standing) readQuestions(v View) error {
	if st.Last.At.IsZero() {
		return nil
	}
	counts, err := v.CountQuestions(st.Last.Told)
	if err != nil {
		return err
	}
	st.Asked, st.Helped, st.Gaps = counts.Asked, counts.Helped, counts.Gaps
	if st.Gaps == 0 {
		return nil
	}
	gaps, err := v.Gaps(st.Last.Told, gapsRead)
	if err != nil {
		return err
	}
	st.Gap, st.GapTimes = mostAsked(gaps)
	return nil
}

// gapsRead is how many questions without an article are compared.
const gapsRead = 30

// mostAsked is the question that was asked most often, the latest of those.
func mostAsked(gaps []Suggestion) (most Suggestion, times int) {
	counts := map[string]int{}
	for _, g := range gaps {
		counts[folded(g.Question)]++
	}
	for _, g := range gaps {
		if n := counts[folded(g.Question)]; n > times && g.Question != "" {
			most, times = g, n
		}
	}
	return most, times
}

// readDay reads what fires, and what the channel is reminded of today.
func (st *Standing) readDay(v View) (err error) {
	if st.Firing, err = v.FiringTitles(firingCounted); err != nil {
		return err
	}
	if !st.Last.At.IsZero() {
		if st.Recovered, st.Longest, err = v.Recovered(st.Last.Told); err != nil {
			return err
		}
	}
	y, m, day := st.Now.In(st.Digest.Zone).Date()
	st.Today, err = v.Reminders(ReminderQuery{Place: st.Digest.Place, States: []ReminderState{ReminderActive},
		Before: time.Date(y, m, day+1, 0, 0, 0, 0, st.Digest.Zone), Limit: 4})
	return err
}

// firingCounted is how many alerts are counted one by one.
const firingCounted = 100
