package bot

import (
	"slices"
	"time"

	"meridian/bot/say"
)

const (
	// digestDays is how far ahead a digest looks for changed clocks and days off.
	digestDays = 7
	// workAhead is how far ahead it says who is at work.
	workAhead = 24 * time.Hour
	// namesShown, groupShown, citiesShown and alertsShown are how many people, requests
	// of a group, cities and alerts a line names.
	namesShown  = 6
	groupShown  = 4
	citiesShown = 6
	alertsShown = 3
	// digestTitle and digestGap are the length of a title and of a question in it.
	digestTitle = 60
	digestGap   = 80
	// returnsGoal is how many of a thousand solved requests may come back.
	returnsGoal = 50
	// maxDigest is how many lines a digest has at most.
	maxDigest = 25
)

// DigestLines are the lines of a digest, an empty one for a gap, and which of
// them is about a request that nobody has. late is by how much it comes too
// late, if that is worth saying.
func (st Standing) DigestLines(s *Settings, late time.Duration) (lines [][]Part, takes map[int64]int) {
	lines = append(lines, st.headLine(s, late), st.sinceLine())
	takes = map[int64]int{}
	if needs := st.needLines(s); len(needs) > 0 {
		lines = append(lines, nil, []Part{Strong(Words("digest.needs"))})
		for i, n := range st.Needs {
			if n.Assignee == "" && !n.Private {
				takes[n.Number] = len(lines) + i
			}
		}
		lines = append(lines, needs...)
	}
	for _, group := range [][][]Part{
		{st.oweLine(s), st.clientsLine(s), st.othersLine(s), st.pausedLine(), st.movedLine()},
		{st.returnsLine(s), st.alertsLine(), st.questionsLine()},
		{st.todayLine(), st.workLine(s), st.aheadLine(s)},
	} {
		group = slices.DeleteFunc(group, func(l []Part) bool { return len(l) == 0 })
		if len(group) > 0 {
			lines = append(append(lines, nil), group...)
		}
	}
	return lines[:min(len(lines), maxDigest)], takes
}

// DigestText puts the lines of a digest below each other.
func DigestText(lines [][]Part) (t Text) {
	for i, line := range lines {
		if i > 0 {
			t = t.Plus(Break())
		}
		t = t.Plus(line...)
	}
	return t
}

// DigestPreview is what people read of it on a phone: how many need a person, how
// many are open, and the first of those.
func (st Standing) DigestPreview(s *Settings) Text {
	day := ClockIn(st.Now, st.Digest.Zone, say.Weekday)
	needs := len(st.Needs) + st.NeedsMore
	if needs == 0 {
		return Say("digest.preview_calm", "When", day, "Number", st.Open())
	}
	first := st.Needs[0]
	args := []any{"When", day, "Number", st.Open(), "Count", needs, "Request", first.Part(), "Client", shorten(clientOr(first.Request), 30)}
	if first.Private {
		return Say("digest.preview", args[:6]...)
	}
	if first.Due.IsZero() {
		return Say("digest.preview_first", args...)
	}
	return Say("digest.preview_due", append(args, "Until", At(first.Due))...)
}

// headLine is the day, and what the clocks of team and clients show.
func (st Standing) headLine(s *Settings, late time.Duration) []Part {
	groups := [][]Part{{Strong(ClockIn(st.Now, st.Digest.Zone, say.FullDay))}}
	zones := s.Zones(st.Now)
	i := slices.IndexFunc(zones, func(z *time.Location) bool { return z.String() == st.Digest.Zone.String() })
	if i >= 0 {
		zones = slices.Delete(zones, i, i+1)
	}
	zones = slices.Insert(zones, 0, st.Digest.Zone)
	for _, z := range zones[:min(len(zones), citiesShown)] {
		groups = append(groups, []Part{s.CityOf(z), Quote(" "), ClockIn(st.Now, z, say.Clock)})
	}
	line := between(groups...)
	if late > 0 {
		line = append(line, Quote(" "), Words("digest.late", "Duration", Length(late)))
	}
	return line
}

// sinceLine is what has changed since the last one. It adds up with how many are
// open, and were.
func (st Standing) sinceLine() []Part {
	if st.Last.At.IsZero() {
		return []Part{Words("digest.open", "Number", st.Open())}
	}
	var changes [][]Part
	for _, c := range []struct {
		id    string
		count int
	}{{"digest.new", st.New}, {"digest.solved", st.Solved}, {"digest.back", st.Back}} {
		if c.count > 0 && (st.AddsUp || c.id != "digest.solved") {
			changes = append(changes, []Part{Words(c.id, "Count", c.count)})
		}
	}
	if len(changes) == 0 {
		changes = [][]Part{{Words("digest.unchanged")}}
	}
	style := say.SinceDay
	if st.Now.Sub(st.Last.Told) > 6*24*time.Hour {
		style = say.SinceDate
	}
	line := append([]Part{ClockIn(st.Last.Told, st.Digest.Zone, style), Quote(": ")}, listed(changes)...)
	return append(line, Quote(". "), Words("digest.open_was", "Number", st.Open(), "Other", st.Last.Open))
}

// listed puts a comma between groups.
func listed(groups [][]Part) (line []Part) {
	for i, g := range groups {
		if i > 0 {
			line = append(line, Quote(", "))
		}
		line = append(line, g...)
	}
	return line
}

// needLines are what needs a person today, one line each, what they have no room
// for, and the reminders that are drafted.
func (st Standing) needLines(s *Settings) (lines [][]Part) {
	for _, n := range st.Needs {
		lines = append(lines, NeedLine(s, n, st.Now))
	}
	if st.NeedsMore > 0 {
		lines = append(lines, []Part{Words("list.more", "Count", st.NeedsMore)})
	}
	if len(st.Drafted) > 0 {
		days := s.Followup.days()
		line := append([]Part{Quote("⏳ ")}, st.numbers(st.Drafted, groupShown)...)
		lines = append(lines, append(line, Quote(" · "), Words("digest.drafted", "Count", days)))
	}
	return lines
}

// NeedLine is a request that needs a person: whose it is, what, who has it, and
// by when a word is due.
func NeedLine(s *Settings, n Need, now time.Time) []Part {
	r := n.Request
	if r.Private {
		return []Part{Words("card.private", "Request", r.Part(), "Person", nameOf(s, r.Assignee))}
	}
	mark := "👀 "
	switch {
	case r.Level > 1:
		mark = "🚨 "
	case r.Returns > 0:
		mark = "🔁 "
	case r.Assignee == "":
		mark = "🆕 "
	}
	who := s.orNobody(r)
	if r.Level > 1 {
		who = append([]Part{Quote("L" + itoa(int64(r.Level)) + " ")}, who...)
	}
	head := []Part{Quote(mark), r.Part(), Quote(" " + shorten(clientOr(r), 30) + " · " + shorten(r.Title, digestTitle))}
	return between(head, who, n.due(s, now))
}

// due says by when a word is due, or was.
func (n Need) due(s *Settings, now time.Time) []Part {
	if n.Due.IsZero() {
		return nil
	}
	id := "digest.next_by"
	switch over := n.Due.Before(now); {
	case n.First && over:
		id = "digest.first_was"
	case n.First:
		id = "digest.first_by"
	case over:
		id = "digest.next_was"
	}
	r := n.Request
	r.UpdatedAt = now // what is near is seen from now
	return []Part{Words(id, "When", s.Both(n.Due, r))}
}

// numbers name the first requests of a list, with their companies where they are
// not private.
func (st Standing) numbers(list []Request, limit int) (line []Part) {
	for i, r := range list[:min(len(list), limit)] {
		if i > 0 {
			line = append(line, Quote(", "))
		}
		line = append(line, r.Part())
		if !r.Private {
			line = append(line, Quote(" "+shorten(clientOr(r), 30)))
		}
	}
	if more := len(list) - limit; more > 0 {
		line = append(line, Quote(", "), Words("list.more", "Count", more))
	}
	return line
}
