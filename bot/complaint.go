package bot

import (
	"slices"
	"strings"
	"time"

	"meridian/bot/say"
)

// Complains reports whether a mail was written to the address for complaints:
// what it files is private from the start.
func (s *Settings) Complains(b Mailed) bool {
	if s.Complaints == "" {
		return false
	}
	is := func(address string) bool { return strings.EqualFold(strings.TrimSpace(address), s.Complaints) }
	to := func(a Address) bool { return is(a.Address) }
	return slices.ContainsFunc(b.EnvelopeTo, is) || slices.ContainsFunc(b.Mail.To, to) || slices.ContainsFunc(b.Mail.Cc, to)
}

// asComplaint makes a new request a complaint: it is a lead's, and private. Where
// there is no lead nobody has it until there is one.
func (r *Request) asComplaint(s *Settings) {
	r.Kind, r.Private = KindComplaint, true
	if keeper, ok := s.Keeper(*r, Person{}); ok {
		r.Assignee, r.State = keeper.ID, Open
	}
}

// complaintPromise says to somebody who complained that it is with a lead, and by
// when that person answers, on the reader's own clock.
func complaintPromise(s *Settings, r Request) []Part {
	due, ok := s.ComplaintBy(r, r.CreatedAt)
	zone := s.ClientZone(r)
	if !ok {
		return []Part{Words("mail.complaint")}
	}
	if zone == nil {
		return []Part{Words("mail.complaint_by", "When", At(due))}
	}
	when := ClockIn(due, zone, near(due, r.CreatedAt, zone))
	switch daysApart(r.CreatedAt.In(zone), due.In(zone)) {
	case 0:
		return []Part{Words("mail.complaint_today", "When", when)}
	case 1:
		return []Part{Words("mail.complaint_tomorrow", "When", ClockIn(due, zone, say.Clock))}
	}
	return []Part{Words("mail.complaint_on", "When", when)}
}

// daysApart is how many dates lie between two instants, each in its own zone.
func daysApart(a, b time.Time) int {
	date := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(date(b).Sub(date(a)) / (24 * time.Hour))
}
