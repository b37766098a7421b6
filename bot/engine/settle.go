package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"meridian/bot"
)

// settlement is what becomes of a lane once a result is committed.
type settlement struct {
	r      result
	again  time.Time     // when the row goes again; zero: it is done with
	hold   time.Duration // the lane is held back
	aside  bool          // the row steps aside and does not hold its lane
	events bool          // events came of it
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
	if r.d.Op == bot.OpMail && r.d.Attempt == lateTries {
		st.events = true
		if err := s.late(tx, r.d, r.err.Error()); err != nil {
			return st, err
		}
	}
	return st, tx.PutOffDelivery(r.d.ID, r.state(), r.d.Attempt, st.again, r.err.Error())
}

// holdingTries is how many tries fit into the time a failing delivery holds
// its lane: 1, 2, 4 ... 32 seconds, then a minute each.
const holdingTries = 15

// lateTries is how many tries of a mail take an hour, which is when people are
// told: ten minutes in its lane, and one in five minutes from then on.
const lateTries = holdingTries + 10

// late tells the rules that a mail has failed for an hour.
func (s *sender) late(tx bot.Tx, d bot.Delivery, why string) error {
	_, err := tx.PutEvent(bot.Event{
		Source: "outbox", Key: fmt.Sprintf("late:%d", d.ID), At: tx.Now(), Place: d.To,
		Body: bot.Failed{Delivery: d.Key, Op: d.Op, To: d.To, Request: d.Request, Trying: true, Why: why},
	})
	return err
}

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
	if r.instead != "" {
		if err := tx.AdoptDelivery(r.instead, r.receipt); err != nil {
			return err
		}
	}
	for _, ev := range r.receipt.Events {
		if _, err := tx.PutEvent(ev); err != nil {
			return err
		}
	}
	return s.e.keepSent(tx, r.d, r.receipt)
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
		Source: "outbox", Key: fmt.Sprintf("failed:%d:%d", d.ID, tx.Now().UnixMilli()), At: tx.Now(), Place: d.To,
		Body: bot.Failed{Delivery: d.Key, Op: d.Op, To: d.To, Request: d.Request, Expired: expired, Why: why},
	})
	return err
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
	case bot.OpUpload: // what cannot be shown is named
		named := d
		named.Key, named.Op, named.Files, named.Stored = d.Key+":named", bot.OpPost, nil, nil
		if len(named.Message.Text.Parts) == 0 {
			named.Message = bot.MessageOf(bot.Text{Parts: []bot.Part{bot.Quote(bot.FileNames(d.Files))}})
		}
		if err := tx.PutDelivery(named); err != nil {
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
	return bot.TellOps(tx, fmt.Sprintf("held:%d:%d", r.d.ID, tx.Now().UnixMilli()), bot.Say("stuck.held", "Id", bot.Code(fmt.Sprint(r.d.ID)), "Request", bot.Code(bot.RequestID(r.d.Request))))
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
	w := bot.WaitingDelivery{ID: st.r.d.ID, Lane: l.name, Channel: l.channel, Op: st.r.d.Op, Urgency: l.urgency, State: st.r.state(), After: st.r.d.After}
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
