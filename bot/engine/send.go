package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"meridian/bot"
)

// flight is what was started of one lane, in its order.
type flight struct {
	lane *sendLane
	rows []startedRow
}

// startedRow is a delivery that was started.
type startedRow struct {
	d     bot.Delivery
	doubt bool // it was under way before: it may have been done
}

// settlement is what becomes of a lane once a result is committed.
type settlement struct {
	r      result
	again  time.Time     // when the row goes again; zero: it is done with
	hold   time.Duration // the lane is held back
	aside  bool          // the row steps aside and does not hold its lane
	events bool          // events came of it
}

// following takes the chosen rows out of their lanes and parks those that wait
// for a delivery which is not done yet.
func (s *sender) following(ctx context.Context, picks []picked) ([]picked, error) {
	if len(picks) == 0 {
		return nil, nil
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
		if p.gone {
			d = withoutFirst(d)
		} else {
			d = follow(d, p.first)
		}
		why, expired := s.unsendable(tx, d, p.gone)
		if why == "" {
			f := byLane[p.lane]
			if f == nil {
				f = &flight{lane: p.lane}
				byLane[p.lane], out = f, append(out, f)
			}
			f.rows = append(f.rows, startedRow{d: d, doubt: p.row.State != bot.DeliveryWaiting})
			continue
		}
		if err := s.bury(tx, d, expired, why); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *sender) takeHead(p picked) {
	for i, w := range p.lane.rows {
		if w.ID == p.row.ID {
			p.lane.rows = append(p.lane.rows[:i], p.lane.rows[i+1:]...)
			return
		}
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
		if d.To.Thread == "" {
			d.To.Thread = first.Message
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
// edit becomes a post, and anything else dies with it.
func withoutFirst(d bot.Delivery) bot.Delivery {
	if d.Op == bot.OpEdit {
		d.Op, d.After, d.Target = bot.OpPost, "", ""
	}
	return d
}

// unsendable says why a delivery must not go out, if so.
func (s *sender) unsendable(tx bot.Tx, d bot.Delivery, firstGone bool) (why string, expired bool) {
	switch {
	case firstGone && d.Op != bot.OpPost:
		return "the delivery before it is dead", false
	case !d.Until.IsZero() && !tx.Now().Before(d.Until):
		return "its time has passed", true
	case d.TeamSide && (d.Op == bot.OpPost || d.Op == bot.OpEdit) && !tx.Settings().Inside(d.To):
		return "somebody from outside reads " + d.To.Top().String(), false
	}
	return "", false
}

// bury ends a delivery that was not done, and tells the rules.
func (s *sender) bury(tx bot.Tx, d bot.Delivery, expired bool, why string) error {
	state := bot.DeliveryDead
	if expired {
		state = bot.DeliveryExpired
	}
	s.e.stats.Dead.Add(1)
	s.e.log.Warn("delivery given up", "id", d.ID, "op", string(d.Op), "adapter", d.To.Adapter, "state", string(state))
	if err := tx.PutOffDelivery(d.ID, state, d.Attempt, time.Time{}, why); err != nil {
		return err
	}
	_, err := tx.PutEvent(bot.Event{
		Source: "outbox", Key: fmt.Sprintf("failed:%d:%d", d.ID, d.Attempt), At: tx.Now(), Place: d.To,
		Body: bot.Failed{Delivery: d.Key, Op: d.Op, To: d.To, Request: d.Request, Expired: expired, Why: why},
	})
	return err
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
	if row.doubt && !s.e.keeps(s.adapter.Name()) {
		r, done, err := s.resolve(ctx, row.d)
		if done || err != nil {
			return r, true, err
		}
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

// state is what a delivery that is not done goes back to.
func (r result) state() bot.DeliveryState {
	if r.doubt {
		return bot.DeliveryUnknown
	}
	return bot.DeliveryWaiting
}

// settleAll records results.
func (s *sender) settleAll(tx bot.Tx, results []result) ([]settlement, error) {
	var out []settlement
	for _, r := range results {
		st, err := s.settle(tx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, st)
	}
	return out, nil
}

func (s *sender) settle(tx bot.Tx, r result) (settlement, error) {
	st := settlement{r: r}
	wait, ratedOut := bot.RetryDelay(r.err)
	switch {
	case r.skipped:
		st.again = tx.Now()
		return st, tx.PutOffDelivery(r.d.ID, r.state(), r.d.Attempt-1, time.Time{}, "")
	case r.err == nil:
		st.events = len(r.receipt.Events) > 0
		return st, s.finish(tx, r)
	case errors.Is(r.err, bot.ErrUnsupported):
		st.events = true
		s.dirty.Store(true)
		return st, s.fallBack(tx, r)
	case bot.IsPermanent(r.err):
		st.events = true
		return st, s.bury(tx, r.d, false, r.err.Error())
	case bot.IsHeld(r.err):
		s.dirty.Store(true)
		return st, s.holdBack(tx, r)
	case ratedOut:
		st.again, st.hold = tx.Now().Add(wait), wait
		return st, tx.PutOffDelivery(r.d.ID, r.state(), r.d.Attempt-1, st.again, r.err.Error())
	}
	s.e.stats.Retried.Add(1)
	s.e.log.Warn("delivery failed", "id", r.d.ID, "op", string(r.d.Op), "adapter", r.d.To.Adapter, "attempt", r.d.Attempt, "err", r.err)
	st.hold = backoff(r.d.Attempt)
	st.again = tx.Now().Add(st.hold)
	st.aside = r.d.Attempt > holdingTries
	return st, tx.PutOffDelivery(r.d.ID, r.state(), r.d.Attempt, st.again, r.err.Error())
}

// holdingTries is how many tries fit into the time a failing delivery holds
// its lane: 1, 2, 4 ... 32 seconds, then a minute each.
const holdingTries = 15

// backoff is the time before another try. Once the row has stepped aside it is
// 5 minutes.
func backoff(attempt int) time.Duration {
	switch {
	case attempt > holdingTries:
		return 5 * time.Minute
	case attempt > 6:
		return time.Minute
	}
	return time.Second << max(attempt-1, 0)
}

func (s *sender) finish(tx bot.Tx, r result) error {
	s.e.stats.Sent.Add(1)
	if err := tx.FinishDelivery(r.d, r.receipt); err != nil {
		return err
	}
	for _, ev := range r.receipt.Events {
		if _, err := tx.PutEvent(ev); err != nil {
			return err
		}
	}
	return s.e.keepSent(tx, r.d, r.receipt)
}

// fallBack does in another way what a messenger has no means for.
func (s *sender) fallBack(tx bot.Tx, r result) error {
	d := r.d
	switch d.Op {
	case bot.OpReact, bot.OpUnreact:
		return tx.FinishDelivery(d, bot.Receipt{})
	case bot.OpWhisper:
		direct := bot.Delivery{Key: d.Key + ":direct", To: bot.Direct(d.Person), Op: bot.OpPost, Message: d.Message, Request: d.Request}
		if err := tx.PutDelivery(direct); err != nil {
			return err
		}
		return tx.FinishDelivery(d, bot.Receipt{})
	}
	return s.bury(tx, d, false, r.err.Error())
}

// holdBack keeps a delivery until a person decides, or a way to send is there.
func (s *sender) holdBack(tx bot.Tx, r result) error {
	if err := tx.PutOffDelivery(r.d.ID, bot.DeliveryHeld, r.d.Attempt, time.Time{}, r.err.Error()); err != nil {
		return err
	}
	if !errors.Is(r.err, errMayBeDone) {
		return nil
	}
	return bot.TellOps(tx, fmt.Sprintf("held:%d", r.d.ID), bot.Say("stuck.held", "Id", bot.Code(fmt.Sprint(r.d.ID)), "Request", bot.Code(bot.RequestID(r.d.Request))))
}

// apply brings the lane in step with what was committed.
func (s *sender) apply(st settlement) {
	l := st.r.lane
	if st.r.last {
		s.flying--
		l.busy = false
	}
	if st.again.IsZero() {
		delete(s.known, st.r.d.ID)
		return
	}
	w := bot.WaitingDelivery{ID: st.r.d.ID, Lane: l.name, Channel: l.channel, Urgency: l.urgency, State: st.r.state(), After: st.r.d.After}
	if st.aside {
		w.NotBefore = st.again
		s.place(w)
		return
	}
	if st.hold > 0 {
		l.until = s.e.now().Add(st.hold)
	}
	s.lanes[l.name] = l
	s.place(w)
}

// expireHeld ends held deliveries whose time has passed.
func (s *sender) expireHeld(ctx context.Context) error {
	var old []bot.Delivery
	err := s.e.store.View(ctx, func(v bot.View) error {
		held, err := v.Deliveries(bot.DeliveryQuery{States: []bot.DeliveryState{bot.DeliveryHeld}, Limit: 1000})
		for _, d := range held {
			if d.To.Adapter == s.adapter.Name() && !d.Until.IsZero() && !v.Now().Before(d.Until) {
				old = append(old, d)
			}
		}
		return err
	})
	if err != nil || len(old) == 0 {
		return err
	}
	return s.e.store.Update(ctx, func(tx bot.Tx) error {
		if err := tx.CheckDuty(s.duty, s.token); err != nil {
			return err
		}
		for _, d := range old {
			if err := s.bury(tx, d, true, "its time has passed"); err != nil {
				return err
			}
		}
		s.e.inbox.look()
		return nil
	})
}
