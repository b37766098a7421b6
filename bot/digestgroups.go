package bot

import (
	"maps"
	"slices"
	"strings"
	"time"

	"meridian/bot/say"
)

// oweLine is how many steps we owe, and who has them.
func (st Standing) oweLine(s *Settings) []Part {
	if st.Owed(OwesUs) == 0 {
		return nil
	}
	head := []Part{Strong(Words("digest.we_owe", "Number", st.Owed(OwesUs)))}
	days := int(st.Now.Sub(st.Oldest.CreatedAt).Hours() / 24)
	if days == 0 {
		return between(head, st.holders(s))
	}
	return between(head, st.holders(s), []Part{Words("digest.oldest", "Request", st.Oldest.Part(), "Since", Words("digest.days", "Count", days))})
}

// holders are who has what we owe, who has most of it first and nobody last.
func (st Standing) holders(s *Settings) []Part {
	var ours []QueueCount
	nobody, rest := 0, 0
	for _, c := range st.Counts {
		switch {
		case c.Owes != OwesUs:
		case c.Assignee == "":
			nobody = c.Count
		default:
			ours = append(ours, c)
		}
	}
	slices.SortStableFunc(ours, func(a, b QueueCount) int { return b.Count - a.Count })
	var names [][]Part
	for i, c := range ours {
		if i >= namesShown {
			rest += c.Count
			continue
		}
		names = append(names, []Part{nameOf(s, c.Assignee), Quote(" " + itoa(int64(c.Count)))})
	}
	if rest > 0 {
		names = append(names, []Part{Words("digest.rest", "Number", rest)})
	}
	if nobody > 0 {
		names = append(names, []Part{Words("state.nobody"), Quote(" " + itoa(int64(nobody)))})
	}
	return listed(names)
}

// clientsLine is how many steps clients owe, and which comes back to us next.
func (st Standing) clientsLine(s *Settings) []Part {
	if st.Owed(OwesClient) == 0 {
		return nil
	}
	head := []Part{Strong(Words("digest.clients_owe", "Number", st.Owed(OwesClient)))}
	var next Request
	var at time.Time
	for _, r := range st.Clients {
		if t, ok := s.SilentAt(r); ok && t.After(st.Now) && (at.IsZero() || t.Before(at)) {
			next, at = r, t
		}
	}
	if at.IsZero() {
		return head
	}
	return between(head, []Part{Words("digest.back_next", "When", st.day(at), "Request", next.Part())})
}

// day is a day to come, seen from now: today, tomorrow, or its date.
func (st Standing) day(t time.Time) Part {
	y, m, d := st.Now.In(st.Digest.Zone).Date()
	switch t.In(st.Digest.Zone).Format(time.DateOnly) {
	case st.Now.In(st.Digest.Zone).Format(time.DateOnly):
		return Words("digest.today_at", "When", ClockIn(t, st.Digest.Zone, say.Clock))
	case time.Date(y, m, d+1, 12, 0, 0, 0, st.Digest.Zone).Format(time.DateOnly):
		return Words("digest.tomorrow")
	}
	return ClockIn(t, st.Digest.Zone, say.Date)
}

// othersLine is how many steps somebody else owes, who, and since when.
func (st Standing) othersLine(s *Settings) []Part {
	if st.Owed(OwesOther) == 0 {
		return nil
	}
	groups := [][]Part{{Strong(Words("digest.others_owe", "Number", st.Owed(OwesOther)))}}
	for _, r := range st.Others[:min(len(st.Others), groupShown)] {
		r.UpdatedAt = st.Now
		since := Words("digest.since", "When", s.sinceDay(r))
		if days := int(st.Now.Sub(r.Since).Hours() / 24); days >= 5 && !r.Since.IsZero() {
			since = Words("digest.days", "Count", days)
		}
		name := shorten(r.WaitingFor, 40)
		if r.Private {
			name = ""
		}
		groups = append(groups, []Part{Quote(strings.TrimLeft(name+" ", " ")), r.Part(), Quote(", "), since})
	}
	return append(between(groups...), moreOf(st.Owed(OwesOther))...)
}

// moreOf names how many of a group have no room.
func moreOf(all int) []Part {
	if all <= groupShown {
		return nil
	}
	return []Part{Quote(" · "), Words("list.more", "Count", all-groupShown)}
}

// pausedLine is how many are put off, and until when.
func (st Standing) pausedLine() []Part {
	if st.Owed(OwesNobody) == 0 {
		return nil
	}
	var items [][]Part
	for _, r := range st.Paused[:min(len(st.Paused), groupShown)] {
		items = append(items, []Part{Words("digest.till", "Request", r.Part(), "Until", At(r.Until))})
	}
	head := []Part{Strong(Words("digest.paused", "Number", st.Owed(OwesNobody)))}
	return append(between(head, listed(items)), moreOf(st.Owed(OwesNobody))...)
}

// movedLine is how many came over from another desk and wait for a first look.
// They are in no other number.
func (st Standing) movedLine() []Part {
	if st.Owed(OwesMoved) == 0 {
		return nil
	}
	return between([]Part{Strong(Words("digest.moved", "Number", st.Owed(OwesMoved)))}, []Part{Words("digest.moved_why")})
}

// returnsLine is how many came back of those that were solved lately.
func (st Standing) returnsLine(s *Settings) []Part {
	if st.BackLately == 0 || st.SolvedLately == 0 {
		return nil
	}
	thousandth := func(n int) Part { return Words("digest.percent", "Number", n/10, "Other", n%10) }
	share := (st.BackLately*1000 + st.SolvedLately/2) / st.SolvedLately
	over := Words("digest.weeks", "Count", digestWeeks)
	if st.Lately.After(st.Now.AddDate(0, 0, -7*digestWeeks)) {
		over = Words("digest.since", "When", ClockIn(st.Lately, st.Digest.Zone, say.ShortDate))
	}
	groups := [][]Part{{Strong(Words("digest.came_back")), Quote(" "), Words("digest.returns", "Number", st.BackLately, "Total", itoa(int64(st.SolvedLately)),
		"Since", over, "Level", thousandth(share), "Limit", Words("digest.whole_percent", "Number", returnsGoal/10))}}
	var fresh [][]Part
	for _, r := range st.Returned {
		item := []Part{r.Part()}
		if !r.Private {
			item = append(item, Quote(" "+shorten(clientOr(r), 30)+", "+shorten(r.Title, digestTitle)))
		}
		fresh = append(fresh, item)
	}
	if len(fresh) > 0 {
		groups = append(groups, append([]Part{Words("digest.fresh"), Quote(" ")}, listed(fresh)...))
	}
	return between(groups...)
}

// alertsLine is what fires now, and what has recovered since the digest before.
func (st Standing) alertsLine() []Part {
	if len(st.Firing) == 0 && st.Recovered == 0 {
		return nil
	}
	head := Words("digest.alerts")
	if len(st.Firing) == 0 && st.overWeekend() {
		head = Words("digest.weekend")
	}
	groups := [][]Part{{Strong(head)}}
	if len(st.Firing) > 0 {
		groups = append(groups, []Part{Words("digest.firing", "Count", len(st.Firing))}, st.firingTitles())
	}
	switch {
	case st.Recovered > 0 && len(st.Firing) > 0:
		groups = append(groups, []Part{Words("digest.recovered_too", "Count", st.Recovered)})
	case st.Recovered > 0:
		groups = append(groups, []Part{Words("digest.recovered", "Count", st.Recovered)})
	}
	if took := st.Longest.EndedAt.Sub(st.Longest.StartedAt); st.Recovered > 0 && took >= time.Minute {
		groups = append(groups, []Part{Words("digest.longest", "Title", shorten(st.Longest.Title, digestTitle), "Duration", Length(took.Truncate(time.Minute)))})
	}
	return between(groups...)
}

// overWeekend reports whether nobody was told how things stand on the day before.
func (st Standing) overWeekend() bool {
	return st.Now.In(st.Digest.Zone).Weekday() == time.Monday && st.Now.Sub(st.Last.Told) > 48*time.Hour
}

// firingTitles are the first titles of what fires, and how many more there are.
func (st Standing) firingTitles() []Part {
	titles := map[string]bool{}
	for _, title := range st.Firing {
		titles[shorten(title, digestTitle)] = true
	}
	shown := slices.Sorted(maps.Keys(titles))
	line := []Part{Quote(strings.Join(shown[:min(len(shown), alertsShown)], ", "))}
	if more := len(shown) - alertsShown; more > 0 {
		line = append(line, Quote(", "), Words("list.more", "Count", more))
	}
	return line
}

// questionsLine is how many questions were asked, and what no article answers.
func (st Standing) questionsLine() []Part {
	if st.Asked == 0 {
		return nil
	}
	counts := [][]Part{{Words("digest.asked", "Count", st.Asked)}}
	if st.Helped > 0 {
		counts = append(counts, []Part{Words("digest.helped", "Count", st.Helped)})
	}
	groups := [][]Part{{Strong(Words("digest.questions"))}, listed(counts)}
	if st.Gap.Question != "" {
		gap := []Part{Words("digest.gap", "Words", shorten(strings.Join(strings.Fields(st.Gap.Question), " "), digestGap))}
		if st.GapTimes > 1 {
			gap = append(gap, Quote(" "), Words("digest.times", "Count", st.GapTimes))
		}
		groups = append(groups, gap)
	}
	return between(groups...)
}

// todayLine is what the channel is reminded of today.
func (st Standing) todayLine() []Part {
	if len(st.Today) == 0 {
		return nil
	}
	var items [][]Part
	for _, r := range st.Today {
		items = append(items, []Part{ClockIn(r.NextAt, st.Digest.Zone, say.Clock), Quote(" " + shorten(strings.Join(strings.Fields(r.Text), " "), digestTitle))})
	}
	return append([]Part{Strong(Words("digest.today")), Quote(" · ")}, listed(items)...)
}

// workLine is who is at work today, by their cities, and when nobody is.
func (st Standing) workLine(s *Settings) []Part {
	groups := [][]Part{{Strong(Words("digest.at_work"))}}
	clock := func(t time.Time) Part { return ClockIn(t, st.Digest.Zone, say.Clock) }
	end := st.Now.Add(workAhead)
	for _, p := range s.Presences(st.Now, workAhead) {
		switch {
		case p.Zone == nil && !p.To.Before(end):
			groups = append(groups, []Part{Words("digest.nobody_from", "From", clock(p.From))})
		case p.Zone == nil:
			groups = append(groups, []Part{Words("digest.nobody_at_work", "From", clock(p.From), "To", clock(p.To))})
		case !p.From.After(st.Now):
			groups = append(groups, []Part{Words("digest.works_till", "Place", s.CityOf(p.Zone), "Until", clock(p.To))})
		default:
			groups = append(groups, []Part{Words("digest.works", "Place", s.CityOf(p.Zone), "From", clock(p.From), "To", clock(p.To))})
		}
	}
	if len(groups) == 1 {
		return nil
	}
	return between(groups...)
}

// aheadLine is what the next days bring: changed clocks and days off.
func (st Standing) aheadLine(s *Settings) []Part {
	groups := [][]Part{{Strong(Words("digest.ahead"))}}
	day := func(t time.Time) Part { return ClockIn(t, t.Location(), say.Date) }
	for _, c := range s.ClockChanges(st.Digest.Zone, st.Now, digestDays) {
		groups = append(groups, []Part{day(c.At), Quote(": "), Words("digest.clocks", "Place", s.CityOf(c.Zone), "Duration", apartWords(c.Behind), "Other", Length(c.Was.Abs()))})
	}
	for _, off := range s.DaysOff(st.Now, digestDays) {
		groups = append(groups, []Part{day(off.Day), Quote(": "), Words("digest.day_off", "Place", s.CityOf(off.Zone))})
	}
	if len(groups) == 1 {
		return nil
	}
	return between(groups...)
}

// apartWords say how far clocks are behind, or ahead.
func apartWords(behind time.Duration) Part {
	if behind < 0 {
		return Words("digest.clock_ahead", "Duration", Length(-behind))
	}
	return Words("digest.clock_behind", "Duration", Length(behind))
}
