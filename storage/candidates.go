package storage

import (
	"slices"
	"strconv"
	"strings"

	"meridian/bot"
)

// takeSet adds the newest of a set to what was found. The first ones are looked
// at one by one; if they are not enough, the index by state says which of the
// many others come into question.
func (s *search) takeSet(w *window, matches set) error {
	for _, r := range s.found { // found by their numbers
		if n := r.Number - w.first(); n >= 0 && r.Number < (w.to+1)*segment {
			matches.remove(n)
		}
	}
	if n := s.q.Except - w.first(); n >= 0 && s.q.Except < (w.to+1)*segment {
		matches.remove(n)
	}
	look := firstLook
	if len(s.q.States) == 0 {
		look = s.limit
	}
	some := matches.newest(look)
	for i := range some {
		matches.remove(some[i])
		some[i] += w.first()
	}
	if err := s.take(some); err != nil || len(some) < look || len(s.found) >= s.limit {
		return err
	}
	states, err := s.inState(w)
	if err != nil {
		return err
	}
	matches.and(states)
	some = matches.newest(s.limit - len(s.found))
	for i := range some {
		some[i] += w.first()
	}
	return s.fetch(some)
}

// take adds those of the numbers that the query's filters let through to what
// was found, in their order.
func (s *search) take(numbers []int64) error {
	if len(numbers) == 0 {
		return nil
	}
	marks, args := in(numbers)
	where := "number IN " + marks
	and := func(column string, values []string) {
		if len(values) > 0 {
			marks, more := in(values)
			where, args = where+" AND "+column+" IN "+marks, append(args, more...)
		}
	}
	and("state", stateNames(s.q.States))
	and("client", s.q.Clients)
	if s.q.Requester != "" {
		and("requester", []string{s.q.Requester})
	}
	let := map[int64]bool{s.q.Except: false}
	var n int64
	if err := s.rows(`SELECT number FROM requests WHERE `+where, args, func(r row) error {
		err := r.Scan(&n)
		let[n] = n != s.q.Except
		return err
	}); err != nil {
		return err
	}
	numbers = slices.DeleteFunc(slices.Clone(numbers), func(n int64) bool { return !let[n] })
	return s.fetch(numbers[:min(len(numbers), s.limit-len(s.found))])
}

// inState are the requests of a window that are in one of the query's states.
// They come as one text: there may be thousands.
func (s *search) inState(w *window) (set, error) {
	states := make(set, w.to-w.from+1)
	marks, args := in(stateNames(s.q.States))
	var numbers string
	if err := s.get([]any{&numbers}, `SELECT coalesce(string_agg(CAST(number AS TEXT), ','), '') FROM requests
		WHERE state IN `+marks+` AND number BETWEEN ? AND ?`, append(args, w.first(), (w.to+1)*segment-1)...); err != nil {
		return nil, err
	}
	for text := range strings.SplitSeq(numbers, ",") {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			states.add(n - w.first())
		}
	}
	return states, nil
}

// fetch reads requests and adds them to what was found, in the order of numbers.
func (s *search) fetch(numbers []int64) error {
	if len(numbers) == 0 {
		return nil
	}
	marks, args := in(numbers)
	rows, err := list(s.view, scanRequest, `SELECT `+requestColumns+` FROM requests WHERE number IN `+marks, args...)
	if err != nil {
		return err
	}
	at := map[int64]int{}
	for i, r := range rows {
		at[r.Number] = i
	}
	for _, n := range numbers {
		if i, ok := at[n]; ok {
			s.found = append(s.found, rows[i])
		}
	}
	return nil
}

func stateNames(states []bot.State) (out []string) {
	for _, s := range states {
		out = append(out, string(s))
	}
	return out
}
