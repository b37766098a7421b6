package bot

import (
	"errors"
	"slices"
	"sort"
	"time"
)

const (
	// MaxTogether is how many requests one answer goes to, the cause included.
	MaxTogether = 20
	// MaxMerged is how many requests may go on in one.
	MaxMerged = 6
)

// Tie says that two requests are about the same matter. Both name each other,
// so that whoever reads one finds the other.
func Tie(a, b *Request) *Error {
	if refused := apart(*a, *b); refused != nil {
		return refused
	}
	if slices.Contains(a.Links, b.Number) {
		return Refuse("refuse.linked", "Request", a.Part(), "Other", b.Part())
	}
	a.Links = with(a.Links, b.Number)
	a.Mirror(b)
	return nil
}

// Because makes one request the cause of another: an answer to the cause can go
// to both. A cause has none itself, so that there is no circle of them, and a
// request has one at most.
func Because(cause, effect *Request) *Error {
	if refused := apart(*cause, *effect); refused != nil {
		return refused
	}
	switch {
	case cause.State == Closed:
		return Refuse("refuse.closed", "Request", cause.Part())
	case effect.State == Closed:
		return Refuse("refuse.closed", "Request", effect.Part())
	case effect.Cause == cause.Number:
		return Refuse("refuse.caused", "Request", cause.Part(), "Other", effect.Part())
	case cause.Cause == effect.Number:
		return Refuse("refuse.cause_circle", "Request", effect.Part(), "Other", cause.Part())
	case cause.Cause != 0:
		return Refuse("refuse.cause_has_cause", "Request", cause.Part(), "Other", numberPart(cause.Cause),
			"Usage", Code("cause "+RequestID(cause.Cause)+" "+effect.ID()))
	case effect.Cause != 0:
		return Refuse("refuse.has_cause", "Request", effect.Part(), "Other", numberPart(effect.Cause),
			"Usage", Code("unlink "+RequestID(effect.Cause)+" "+effect.ID()))
	case len(effect.CauseOf) > 0:
		return Refuse("refuse.is_cause", "Request", effect.Part(), "List", numbersPart(effect.CauseOf), "Usage", Code("unlink "+effect.ID()))
	case len(cause.CauseOf)+2 > MaxTogether:
		return Refuse("refuse.cause_of_many", "Request", cause.Part(), "Limit", MaxTogether-1)
	}
	cause.CauseOf = with(cause.CauseOf, effect.Number)
	cause.Mirror(effect)
	return nil
}

// Untie takes two requests apart again, whichever was the cause of the other.
func Untie(a, b *Request) *Error {
	if a.Number == b.Number {
		return Refuse("refuse.itself", "Request", a.Part())
	}
	if !slices.Contains(a.Links, b.Number) && a.Cause != b.Number && b.Cause != a.Number {
		return Refuse("refuse.not_linked", "Request", a.Part(), "Other", b.Part())
	}
	a.Links, a.CauseOf = without(a.Links, b.Number), without(a.CauseOf, b.Number)
	if a.Cause == b.Number {
		a.Cause = 0
	}
	a.Mirror(b)
	return nil
}

// apart refuses what must not be tied together: a request with itself, one that
// goes on in another, and a private one with one that more people read, whose
// card would name it.
func apart(a, b Request) *Error {
	if refused := a.mixes(b); refused != nil {
		return refused
	}
	switch {
	case a.Number == b.Number:
		return Refuse("refuse.itself", "Request", a.Part())
	case a.MergedInto != 0:
		return a.Over()
	case b.MergedInto != 0:
		return b.Over()
	case a.Private && !b.Private:
		return Refuse("refuse.private_with", "Request", a.Part(), "Other", b.Part())
	case b.Private && !a.Private:
		return Refuse("refuse.private_with", "Request", b.Part(), "Other", a.Part())
	}
	return nil
}

// Mirror makes what another request says of this one agree with what this one
// says of the other.
func (r Request) Mirror(other *Request) {
	other.Links = having(other.Links, r.Number, slices.Contains(r.Links, other.Number))
	other.CauseOf = having(other.CauseOf, r.Number, r.Cause == other.Number)
	if caused := slices.Contains(r.CauseOf, other.Number); caused {
		other.Cause = r.Number
	} else if other.Cause == r.Number {
		other.Cause = 0
	}
	if r.MergedInto == other.Number || !slices.Contains(other.Merged, r.Number) {
		return
	}
	other.Merged = without(other.Merged, r.Number)
	for _, who := range r.speakers() {
		if i := slices.Index(other.With, who); i >= 0 {
			other.With = slices.Delete(slices.Clone(other.With), i, i+1)
		}
	}
}

// Untied are the requests that two states of a request name in different ways:
// those that an act has tied to it, or taken from it.
func (r Request) Untied(before Request) []int64 {
	all := slices.Concat(r.Links, r.CauseOf, r.Merged, before.Links, before.CauseOf, before.Merged, []int64{r.Cause, r.MergedInto, before.Cause, before.MergedInto})
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(n int64) bool { return n == 0 || r.ties(n) == before.ties(n) })
}

// ties are the ways in which a request names another one.
func (r Request) ties(n int64) [5]bool {
	return [5]bool{slices.Contains(r.Links, n), slices.Contains(r.CauseOf, n), slices.Contains(r.Merged, n), r.Cause == n, r.MergedInto == n}
}

// MergeInto closes a request because another one goes on in its place. What is
// said on it afterwards is said on the other. kin says that the two may become
// one, see [Settings.Kin]; family is how many go on in either of them already.
func (r *Request) MergeInto(on *Request, kin bool, family int, now time.Time) *Error {
	if refused := r.mergeable(*on, kin, family); refused != nil {
		return refused
	}
	if r.State != Closed {
		r.State, r.ClosedAt = Closed, now
	}
	r.MergedInto, r.Answering = on.Number, nil
	on.Merged = with(on.Merged, r.Number)
	for _, who := range r.speakers() {
		if who != on.Requester {
			on.With = append(slices.Clone(on.With), who)
		}
	}
	if on.Assignee == "" && !on.Ended() && r.Assignee != "" {
		on.Assignee = r.Assignee
		if on.State == New {
			on.State = Open
		}
	}
	return nil
}

// speakers are those whose request it is.
func (r Request) speakers() []string { return append([]string{r.Requester}, r.With...) }

// mergeable says why a request cannot go on in another.
func (r Request) mergeable(on Request, kin bool, family int) *Error {
	if refused := r.mixes(on); refused != nil {
		return refused
	}
	switch {
	case r.Number == on.Number:
		return Refuse("refuse.itself", "Request", r.Part())
	case r.MergedInto != 0:
		return r.Over()
	case on.MergedInto == r.Number:
		return on.Over()
	case on.MergedInto != 0:
		return Refuse("refuse.merged_on", "Request", on.Part(), "Other", numberPart(on.MergedInto),
			"Usage", Code("merge "+r.ID()+" "+RequestID(on.MergedInto)))
	case r.Private && !on.Private:
		return Refuse("refuse.merge_private", "Request", r.Part(), "Other", on.Part())
	case on.State == Closed:
		return Refuse("refuse.merge_closed", "Request", on.Part())
	case on.State == Solved && !r.Ended():
		return Refuse("refuse.merge_solved", "Request", on.Part(), "Usage", Code("merge "+on.ID()+" "+r.ID()))
	case len(r.CauseOf) > 0:
		return Refuse("refuse.merge_cause", "Request", r.Part(), "List", numbersPart(r.CauseOf), "Usage", Code("unlink "+r.ID()))
	case !kin:
		return Refuse("refuse.merge_clients", "Request", r.Part(), "Other", on.Part(), "Usage", Code("link "+r.ID()+" "+on.ID()))
	case family+1 > MaxMerged:
		return Refuse("refuse.merge_many", "Request", on.Part(), "Limit", MaxMerged)
	}
	return nil
}

// maxHops is how many merges in a row are followed.
const maxHops = MaxMerged + 1

// GoesOn is the request in which another one goes on: itself, unless it was
// merged. What is said or done where a request was is for that one.
func GoesOn(v View, r Request) (Request, error) {
	for range maxHops {
		if r.MergedInto == 0 {
			return r, nil
		}
		next, err := v.Request(r.MergedInto)
		if errors.Is(err, ErrNotFound) {
			return r, nil
		}
		if err != nil {
			return r, err
		}
		r = next
	}
	return r, nil
}

// Family are the requests that go on in a request, those merged into them
// before included, ascending by number.
func Family(v View, r Request) ([]Request, error) {
	var all []Request
	wanted := slices.Clone(r.Merged)
	for len(wanted) > 0 && len(all) < MaxMerged {
		m, err := v.Request(wanted[0])
		wanted = wanted[1:]
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all, wanted = append(all, m), append(wanted, m.Merged...)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Number < all[j].Number })
	return all, nil
}

// Kin reports whether two requests may become one: what is said on either will
// be read by the requester of the other, so they are of one person, of one
// company, or both of colleagues.
func (s *Settings) Kin(a, b Request) bool {
	one := s.Person(Actor{ID: a.Requester})
	return one.Is(b.Requester) || a.Client != "" && a.Client == b.Client || a.OneFace() && b.OneFace() && s.Inside(a.Home) && s.Inside(b.Home)
}

// Followers are the requests that wait for the answer to this one and are not
// done, and that the person may do a to.
func Followers(v View, r Request, who Person, a Action) ([]Request, error) {
	if len(r.CauseOf) == 0 {
		return nil, nil
	}
	found, err := v.Requests(RequestQuery{Cause: r.Number, States: []State{New, Open, Waiting, Snoozed}, Limit: MaxTogether})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(f Request) bool { return !who.May(a, f) }), nil
}

// Together is the line of a card that names the requests which belong to this
// one; no parts: there are none.
func (r Request) Together() []Part {
	var parts []Part
	add := func(p Part) {
		if len(parts) > 0 {
			parts = append(parts, Quote(" · "))
		}
		parts = append(parts, p)
	}
	if r.MergedInto != 0 {
		add(Words("together.goes_on", "Request", numberPart(r.MergedInto)))
	}
	if len(r.Merged) > 0 {
		add(Words("together.merged", "List", numbersPart(r.Merged)))
	}
	if len(r.CauseOf) > 0 {
		add(Words("together.cause_of", "List", numbersPart(r.CauseOf)))
	}
	if r.Cause != 0 {
		add(Words("together.cause", "Request", numberPart(r.Cause)))
	}
	links := slices.DeleteFunc(slices.Clone(r.Links), func(n int64) bool { return n == r.MergedInto || slices.Contains(r.Merged, n) })
	if len(links) > 0 {
		add(Words("together.links", "List", numbersPart(links)))
	}
	if r.Alike != 0 && !r.Ended() && r.ties(r.Alike) == [5]bool{} {
		add(Words("together.alike", "Request", numberPart(r.Alike)))
	}
	return parts
}

// TogetherButton answers a cause and all that wait for it in one text. It is
// false where there is nothing to answer together.
func (r Request) TogetherButton() (Button, bool) {
	if len(r.CauseOf) == 0 || r.State == Closed {
		return Button{}, false
	}
	return PressButton("button.reply_together", "replyall", r.ID()), true
}

// namedAtMost is how many numbers a list in a sentence has.
const namedAtMost = 8

func numberPart(n int64) Part { return Part{Kind: PartRequest, Text: RequestID(n)} }

// numbersPart names requests: "R-2, R-3".
func numbersPart(numbers []int64) Part {
	s := ""
	for i, n := range numbers {
		if i == namedAtMost {
			return Quote(s + ", …")
		}
		if i > 0 {
			s += ", "
		}
		s += RequestID(n)
	}
	return Quote(s)
}

func with(numbers []int64, n int64) []int64    { return having(numbers, n, true) }
func without(numbers []int64, n int64) []int64 { return having(numbers, n, false) }

// having is a list of numbers, ascending, in which n stands or does not.
func having(numbers []int64, n int64, in bool) []int64 {
	if slices.Contains(numbers, n) == in {
		return numbers
	}
	if !in {
		out := slices.DeleteFunc(slices.Clone(numbers), func(m int64) bool { return m == n })
		if len(out) == 0 {
			return nil
		}
		return out
	}
	out := append(slices.Clone(numbers), n)
	slices.Sort(out)
	return out
}

const (
	// alikeFor is the time within which a mail and a message of one person may be
	// about the same.
	alikeFor = 24 * time.Hour
	// alikeAmong is how many requests of a person are looked through.
	alikeAmong = 10
)

// SameMatter finds what the requester of a new request wrote about the same a
// short while ago by another way: a mail beside a message. Number 0: nothing.
func SameMatter(v View, r Request) (Request, error) {
	recent, err := v.Requests(RequestQuery{Requester: r.Requester, Newest: true, Limit: alikeAmong})
	if err != nil {
		return Request{}, err
	}
	var own []string // cut only if there is anything to compare
	for _, o := range recent {
		near := r.CreatedAt.Sub(o.CreatedAt) <= alikeFor && o.Source != r.Source && !o.Ended() && o.Private == r.Private
		if !near || o.Number == r.Number || o.Number == r.LinkedTo {
			continue
		}
		if own == nil {
			own = tellingTokens(r.Title + "\n" + r.Words)
		}
		if sameWords(own, tellingTokens(o.Title+"\n"+o.Words)) {
			return o, nil
		}
	}
	return Request{}, nil
}

// sameWords reports whether two texts have at least two of the words in common
// that tell them from others, and half of those of the shorter one.
func sameWords(a, b []string) bool {
	common := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			common++
		}
	}
	return common >= 2 && 2*common >= min(len(a), len(b), tellingMost)
}

// offerMerge tells whoever has the other request that a new one may be about
// the same. The new one's card says so to everybody, and from the other's too the
// two can be merged from now on.
func offerMerge(tx Tx, r Request) error {
	if r.Alike == 0 {
		return nil
	}
	o, err := tx.Request(r.Alike)
	if err != nil {
		return err
	}
	if err := Mark(tx, &o); err != nil || o.Assignee == "" {
		return err
	}
	merge := PressButton("button.merge", "merge", r.ID()+" "+o.ID())
	return DirectUnasked(tx, Delivery{Key: "alike:" + r.ID()}, tx.Settings().Person(Actor{ID: o.Assignee}),
		MessageOf(Say("told.alike", "Request", r.Part(), "Other", o.Part(), "Name", r.Name, "Title", r.Title), merge, PressButton("button.show", "show", r.ID())))
}
