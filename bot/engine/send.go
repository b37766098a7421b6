package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"meridian/bot"
)

// flight is what was started of one lane, in its order.
type flight struct {
	lane *sendLane
	rows []startedRow
}

// startedRow is a delivery that was started.
type startedRow struct {
	d       bot.Delivery
	instead string // key of a dead post that it stands for
	doubt   bool   // it was under way before: it may have been done
}

// following takes the chosen rows out of their lanes and parks those that wait
// for a delivery which is not done yet.
func (s *sender) following(ctx context.Context, picks []picked) ([]picked, error) {
	if !slices.ContainsFunc(picks, func(p picked) bool { return p.row.After != "" }) {
		for _, p := range picks {
			s.takeHead(p)
		}
		return picks, nil
	}
	var ready []picked
	err := s.e.store.View(ctx, func(v bot.View) error {
		for _, p := range picks {
			done, err := afterDone(v, &p)
			if err != nil {
				return err
			}
			s.takeHead(p)
			if done {
				ready = append(ready, p)
			} else {
				s.parked = append(s.parked, p.row)
			}
		}
		s.waits.Store(int32(len(s.parked)))
		return nil
	})
	return ready, err
}

// start marks the chosen rows as sending and returns them. Those that must not
// go out any more are given up.
func (s *sender) start(tx bot.Tx, picks []picked) ([]*flight, error) {
	if len(picks) == 0 {
		return nil, nil
	}
	byID := map[int64]picked{}
	ids := make([]int64, len(picks))
	for i, p := range picks {
		byID[p.row.ID], ids[i] = p, p.row.ID
	}
	rows, err := tx.StartDeliveries(ids...)
	if err != nil {
		return nil, err
	}
	var out []*flight
	byLane := map[*sendLane]*flight{}
	for _, d := range rows {
		p := byID[d.ID]
		instead := ""
		if p.gone {
			d, instead = withoutFirst(d)
		} else {
			d = follow(d, p.first)
		}
		why, expired := s.unsendable(tx, d, p.gone && instead == "")
		if why == "" {
			f := byLane[p.lane]
			if f == nil {
				f = &flight{lane: p.lane}
				byLane[p.lane], out = f, append(out, f)
			}
			f.rows = append(f.rows, startedRow{d: d, instead: instead, doubt: p.row.State != bot.DeliveryWaiting})
			continue
		}
		if err := s.bury(tx, d, expired, why); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// takeHead takes a row out of its lane, in whose front it stands, since rows are
// taken in their order.
func (s *sender) takeHead(p picked) {
	if i := slices.IndexFunc(p.lane.rows, func(w bot.WaitingDelivery) bool { return w.ID == p.row.ID }); i == 0 {
		p.lane.rows = p.lane.rows[1:] // nothing is moved: there may be thousands
	} else if i > 0 {
		p.lane.rows = slices.Delete(p.lane.rows, i, i+1)
	}
}

// afterDone looks at the delivery that must go first and reports whether the
// row may go.
func afterDone(v bot.View, p *picked) (bool, error) {
	if p.row.After == "" {
		return true, nil
	}
	d, first, err := v.Delivery(p.row.After)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		p.gone = true
		return true, nil
	case err != nil:
		return false, err
	case d.State == bot.DeliveryDone:
		p.first = first
		return true, nil
	case d.State == bot.DeliveryDead || d.State == bot.DeliveryExpired:
		p.gone = true
		return true, nil
	}
	return false, nil
}

// follow takes what the receipt of the first gives: the message to edit, or
// the thread to post in.
func follow(d bot.Delivery, first bot.Receipt) bot.Delivery {
	if d.After == "" {
		return d
	}
	switch d.Op {
	case bot.OpPost, bot.OpUpload:
		if d.To.Thread == "" { // a thread has none below it
			d.To.Thread = cmp.Or(first.Thread, first.Message)
		}
	default:
		if d.Target == "" {
			d.Target = first.Message
		}
		if d.To.Thread == "" {
			d.To.Thread = first.Thread
		}
	}
	return d
}

// withoutFirst is what a delivery becomes when the one before it is dead: an
// edit becomes a post, instead of the dead one whose key is returned; anything
// else dies with it.
func withoutFirst(d bot.Delivery) (now bot.Delivery, instead string) {
	if d.Op == bot.OpEdit {
		instead = d.After
		d.Op, d.After, d.Target = bot.OpPost, "", ""
	}
	return d, instead
}

// unsendable says why a delivery must not go out, if so.
func (s *sender) unsendable(tx bot.Tx, d bot.Delivery, firstGone bool) (why string, expired bool) {
	switch {
	case firstGone:
		return "the delivery before it is dead", false
	case !d.Until.IsZero() && !tx.Now().Before(d.Until):
		return "its time has passed", true
	}
	return "", false
}

// errMayBeDone says that a text for a client may have been sent and cannot be
// looked up: a person decides.
var errMayBeDone = errors.New("it may have been sent; nobody can look it up")

// deliver does a delivery outside. One that was under way before is looked up
// first, where the outside lets us. doubt says that it may have been done in
// spite of the error.
func (s *sender) deliver(ctx context.Context, row startedRow) (r bot.Receipt, doubt bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			doubt, err = true, bot.Unknown(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	if d := row.d; d.TeamSide && (d.Op == bot.OpPost || d.Op == bot.OpEdit || d.Op == bot.OpUpload) && !s.e.settings().Inside(d.To) {
		return r, row.doubt, bot.Permanent(errors.New("somebody from outside reads " + d.To.Top().String()))
	}
	if row.doubt && !s.e.keeps(s.adapter.Name()) {
		r, done, err := s.resolve(ctx, row.d)
		if done || err != nil {
			return r, true, err
		}
	}
	if row.d.Request < 0 && !s.e.keeps(s.adapter.Name()) {
		return r, false, bot.Held(errors.New("nothing of the sample day leaves this computer"))
	}
	r, err = s.adapter.Deliver(ctx, row.d)
	return r, bot.IsUnknown(err), err
}

// resolve decides what to do with a delivery whose outcome is unknown.
func (s *sender) resolve(ctx context.Context, d bot.Delivery) (r bot.Receipt, done bool, err error) {
	switch d.Op {
	case bot.OpPost, bot.OpUpload:
		if finder, ok := s.adapter.(bot.Finder); ok && !d.Page {
			return finder.Find(ctx, d)
		}
		if d.ToClient && !d.Page {
			return r, false, bot.Held(errMayBeDone)
		}
	case bot.OpWhisper:
		if d.Attempt > 2 {
			return r, false, bot.Permanent(errMayBeDone)
		}
	}
	return r, false, nil
}

// fly does the deliveries of one lane, one after another, beside everything
// else. After one that failed the rest is not begun: the lane keeps its order.
func (s *sender) fly(ctx context.Context, f *flight, flights *sync.WaitGroup) {
	s.flying++
	f.lane.busy = true
	flights.Go(func() {
		results := make([]result, len(f.rows))
		failed := false
		unmade := s.make(ctx, f.rows)
		for i, row := range f.rows {
			r := result{d: row.d, lane: f.lane, instead: row.instead, skipped: failed, doubt: row.doubt, last: i == len(f.rows)-1}
			if !failed && unmade[i] != nil {
				r.err = unmade[i]
				failed = holdsLane(r.err)
			} else if !failed {
				r.receipt, r.doubt, r.err = s.deliverInTime(ctx, row)
				failed = holdsLane(r.err)
			}
			results[i] = r
		}
		s.mu.Lock()
		s.results = append(s.results, results...)
		s.mu.Unlock()
		nudge(s.nudged)
	})
}

// make decodes deliveries and draws the cards among them. It gives what went
// wrong with each.
func (s *sender) make(ctx context.Context, rows []startedRow) []error {
	failed := make([]error, len(rows))
	draws := false
	for i := range rows {
		if err := rows[i].d.Decode(); err != nil {
			failed[i] = bot.Permanent(err)
		}
		draws = draws || rows[i].d.Draws
	}
	if !draws {
		return failed
	}
	err := s.e.store.View(context.WithoutCancel(ctx), func(v bot.View) error {
		for i := range rows {
			if failed[i] == nil {
				failed[i] = bot.Draw(v, &rows[i].d)
			}
			if errors.Is(failed[i], bot.ErrNotFound) {
				failed[i] = bot.Permanent(failed[i])
			}
		}
		return nil
	})
	for i := range rows {
		if err != nil && failed[i] == nil && rows[i].d.Draws {
			failed[i] = err
		}
	}
	return failed
}

// deliverInTime does one delivery. One that has begun is not broken off by a
// shutdown.
func (s *sender) deliverInTime(ctx context.Context, row startedRow) (r bot.Receipt, doubt bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
	defer cancel()
	return s.deliver(ctx, row)
}

// holdsLane reports whether a result keeps those behind it waiting.
func holdsLane(err error) bool {
	return err != nil && !errors.Is(err, bot.ErrUnsupported) && !bot.IsPermanent(err) && !bot.IsHeld(err)
}
