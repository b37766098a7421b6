package bot

import (
	"errors"
	"slices"
	"strings"
)

// CardOf is the card of a request as it can be acted on now. What the request
// itself allows but its conversation or the other requests do not, is not offered
// on it: nothing can be split off one message, and to merge takes two.
func CardOf(v View, r Request) (Message, error) {
	m := Card(v.Settings(), r)
	var failed error
	m.More = slices.DeleteFunc(m.More, func(b Button) bool {
		allows, err := true, error(nil)
		switch b.Act {
		case "split":
			allows, err = splitsOff(v, r)
		case "merge":
			allows, err = mergesInto(v, r)
		}
		failed = errors.Join(failed, err)
		return !allows
	})
	return m, failed
}

func splitsOff(v View, r Request) (bool, error) {
	comments, err := v.Comments(r.Number)
	return len(v.Settings().Splittable(r, comments)) > 0, err
}

// Splittable are the client's messages after the first, by their places in the
// conversation: from each of them on it may be another matter.
func (s *Settings) Splittable(r Request, comments []Comment) (places []int) {
	for i, c := range comments {
		if i > 0 && !c.Deleted && strings.TrimSpace(c.Text) != "" && s.FromClient(r, c) {
			places = append(places, i)
		}
	}
	return places
}

// mergeAmong is how many open requests are looked through for one that another
// can go on in. Where there are more, it is taken that there is one.
const mergeAmong = 8

// mergesInto reports whether there is a request that this one can go on in. A
// private one is none to those who see the card: it would tell them that there is.
func mergesInto(v View, r Request) (bool, error) {
	s := v.Settings()
	q := RequestQuery{States: []State{New, Open, Waiting, Snoozed}, Newest: true, Limit: mergeAmong}
	switch {
	case r.OneFace() && s.Inside(r.Home): // any of a colleague's
	case r.Client != "":
		q.Client = r.Client
	default:
		q.Requester = r.Requester
	}
	others, err := v.Requests(q)
	if err != nil || len(others) == mergeAmong {
		return true, err
	}
	own, err := Family(v, r)
	if err != nil {
		return true, err
	}
	for _, on := range others {
		if on.Private && !r.Private {
			continue
		}
		family, err := Family(v, on)
		if err != nil {
			return true, err
		}
		if r.mergeable(on, s.Kin(r, on), len(own)+len(family)) == nil {
			return true, nil
		}
	}
	return false, nil
}
