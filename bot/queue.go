package bot

import "time"

// Owes says who owes the next step of a request that has not ended.
type Owes string

// Who owes the next step: we, the client, somebody else, or nobody until a date.
// OwesMoved is a group by itself: what came over open from another desk, until
// somebody acts on it here. Reports leave it out.
const (
	OwesUs     Owes = "us"
	OwesClient Owes = "client"
	OwesOther  Owes = "other"
	OwesNobody Owes = "paused"
	OwesMoved  Owes = "moved"
)

// Owes is who owes the next step; empty: the request has ended. Every request
// that has not is in exactly one of the groups.
func (r Request) Owes() Owes {
	switch {
	case r.Ended():
		return ""
	case r.Was != nil && r.Version <= 1:
		return OwesMoved
	case r.WaitsForClient():
		return OwesClient
	case r.State == Waiting:
		return OwesOther
	case r.State == Snoozed:
		return OwesNobody
	}
	return OwesUs
}

// OwedAt orders the requests of a group: since when the step is owed, or of
// those that are paused until when. Zero: nothing is owed at the moment.
func (r Request) OwedAt() time.Time {
	switch r.Owes() {
	case OwesClient, OwesOther:
		return r.Since
	case OwesNobody:
		return r.Until
	case OwesUs:
		if r.AnsweredAt.IsZero() || r.Assignee == "" && r.OwedSince.IsZero() {
			return r.CreatedAt
		}
		return r.OwedSince
	}
	return time.Time{}
}

// Rank divides those of a group by how long a step may be owed: by class, the
// most urgent first. RankDrafted are questions that came back to us unanswered,
// with a reminder drafted.
type Rank int

// The ranks.
const (
	RankExpedite Rank = iota
	RankFixedDate
	RankStandard
	RankIntangible
	RankDrafted
)

// Rank is the rank of a request in its group.
func (r Request) Rank() Rank {
	if r.Owes() == OwesUs && r.Silence != nil && !r.Silence.Back.IsZero() && r.Silence.Sent.IsZero() {
		return RankDrafted
	}
	switch r.Class {
	case Expedite:
		return RankExpedite
	case FixedDate:
		return RankFixedDate
	case Intangible:
		return RankIntangible
	}
	return RankStandard
}

// QueueCount counts the requests of one group that one person has.
type QueueCount struct {
	Owes     Owes
	Assignee string // empty: nobody
	Count    int
	Oldest   int64 // the lowest number
}

// QueueQuery chooses requests of a group.
type QueueQuery struct {
	Owes    Owes
	Rank    Rank // see Ranked
	Ranked  bool // only those of Rank for which something is owed, longest owed first
	Owned   bool // of those only the ones that somebody has
	Unowned bool // only those that nobody has, the lowest number first
	Limit   int  // default 10
}

// ChangesQuery says since when, and since which request, changes are counted.
type ChangesQuery struct {
	After  int64     // the highest number at Since
	Since  time.Time // the digest before
	Lately time.Time // the weeks before
}

// Changes are what became of requests.
type Changes struct {
	Highest    int64 // the highest number; 0: there is none
	New        int   // of numbers above After that were filed since, and those of another desk that were first acted on since: what was imported is not new by itself
	Returned   int   // that came back since
	Reopened   int   // of those with numbers up to After, and of what came over closed, the ones that have not ended again
	BackLately int   // that came back since Lately
}

// QueueView reads what has not ended, and what became of it, from indexes that
// hold just that.
type QueueView interface {
	QueueCounts() ([]QueueCount, error)
	// Queues reads several lists at once, one for each query. A list is in the
	// order of OwedAt unless its query says another.
	Queues(qs ...QueueQuery) ([][]Request, error)
	QueueChanges(q ChangesQuery) (Changes, error)
	Returned(since time.Time, limit int) ([]Request, error) // that came back after an instant, the latest first
	HighestRequest() (int64, error)                         // 0: there is none
}
