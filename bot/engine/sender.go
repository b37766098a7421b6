package engine

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"meridian/bot"
)

const (
	sendTime       = 30 * time.Second // for one delivery
	maxStart       = 64               // deliveries started in one Update
	defaultAtOnce  = 8                // deliveries of one adapter under way at once
	sendersReadMax = 1000             // rows read at a time
)

// sender is the outbox of one adapter. Its maps belong to the one goroutine of
// run; nudged may be filled by anybody.
type sender struct {
	e       *Engine
	adapter bot.Adapter
	duty    string
	nudged  chan struct{}
	rates   *rates
	// elsewhere says that another adapter's deliveries have ended, for which
	// some of ours may wait.
	elsewhere atomic.Bool

	mu      sync.Mutex
	results []result // deliveries that have ended, not recorded yet

	token  int64
	lanes  map[string]*sendLane
	last   int64                 // highest id read
	timed  []bot.WaitingDelivery // NotBefore ahead, soonest first
	parked []bot.WaitingDelivery // their After is not done
	flying int
	resync time.Time // when parked and held rows were last looked through
}

// sendLane is one line of deliveries: a place and an urgency.
type sendLane struct {
	name    string
	channel string
	urgency bot.Urgency
	rows    []bot.WaitingDelivery
	busy    bool
	until   time.Time // it is held back until then
}

// result is what came of one delivery.
type result struct {
	d       bot.Delivery
	lane    *sendLane
	receipt bot.Receipt
	err     error
}

func newSender(e *Engine, a bot.Adapter) *sender {
	return &sender{e: e, adapter: a, duty: "send:" + a.Name(), nudged: make(chan struct{}, 1)}
}

// run works while the duty is held. What is under way when ctx ends is waited
// for and recorded: the deed is done.
func (s *sender) run(ctx context.Context, token int64) error {
	s.token, s.lanes, s.last, s.timed, s.parked, s.flying = token, map[string]*sendLane{}, 0, nil, nil, 0
	s.resync = time.Time{}
	s.rates = newRates(s.adapter)
	var flights sync.WaitGroup
	defer flights.Wait()
	wake := time.NewTimer(s.e.poll)
	defer wake.Stop()
	for ctx.Err() == nil {
		if err := s.fill(ctx); err != nil {
			return err
		}
		again, err := s.step(ctx, &flights)
		if err != nil {
			return err
		}
		if again {
			continue
		}
		wake.Reset(s.sleepFor())
		select {
		case <-ctx.Done():
		case <-s.nudged:
		case <-wake.C:
		}
	}
	flights.Wait()
	return s.record(context.WithoutCancel(ctx))
}

// fill reads rows that are new, and moves those whose time has come into lanes.
func (s *sender) fill(ctx context.Context) error {
	for {
		var rows []bot.WaitingDelivery
		err := s.e.store.View(ctx, func(v bot.View) (err error) {
			s.e.observe(v.Now())
			rows, err = v.WaitingDeliveries(s.adapter.Name(), s.last, sendersReadMax)
			return err
		})
		if err != nil {
			return err
		}
		for _, w := range rows {
			s.last = w.ID
			s.place(w)
		}
		if len(rows) < sendersReadMax {
			break
		}
	}
	now := s.e.now()
	for len(s.timed) > 0 && !s.timed[0].NotBefore.After(now) {
		w := s.timed[0]
		s.timed = s.timed[1:]
		w.NotBefore = time.Time{}
		s.place(w)
	}
	return nil
}

func (s *sender) place(w bot.WaitingDelivery) {
	if w.NotBefore.After(s.e.now()) {
		at, _ := slices.BinarySearchFunc(s.timed, w, func(a, b bot.WaitingDelivery) int {
			return cmp.Or(a.NotBefore.Compare(b.NotBefore), cmp.Compare(a.ID, b.ID))
		})
		s.timed = slices.Insert(s.timed, at, w)
		return
	}
	l := s.lanes[w.Lane]
	if l == nil {
		l = &sendLane{name: w.Lane, channel: w.Channel, urgency: w.Urgency}
		s.lanes[w.Lane] = l
	}
	at, _ := slices.BinarySearchFunc(l.rows, w.ID, func(a bot.WaitingDelivery, id int64) int { return cmp.Compare(a.ID, id) })
	l.rows = slices.Insert(l.rows, at, w)
}

// step records what has ended and starts what may start, in one Update. It
// reports whether there may be more to do at once.
func (s *sender) step(ctx context.Context, flights *sync.WaitGroup) (again bool, err error) {
	if time.Since(s.resync) >= s.e.poll {
		s.resync = time.Now()
		s.unpark()
		if err := s.expireHeld(ctx); err != nil {
			return false, err
		}
	}
	if s.elsewhere.Swap(false) {
		s.unpark()
	}
	picked, err := s.following(ctx, s.pick())
	if err != nil {
		return false, err
	}
	results := s.takeResults()
	if len(picked) == 0 && len(results) == 0 {
		return false, nil
	}
	var started []flight
	var settled []settlement
	err = s.e.store.Update(ctx, func(tx bot.Tx) (err error) {
		if err := tx.CheckDuty(s.duty, s.token); err != nil {
			return err
		}
		if settled, err = s.settleAll(tx, results); err != nil {
			return err
		}
		started, err = s.start(tx, picked)
		return err
	})
	if err != nil {
		s.giveResultsBack(results)
		return false, err
	}
	for _, r := range settled {
		s.apply(r)
	}
	for _, f := range started {
		s.fly(ctx, f, flights)
	}
	if len(results) > 0 {
		s.tellOthers()
	}
	return true, nil
}

// tellOthers says that deliveries have ended: rows that wait for them may go,
// and events may have come of them.
func (s *sender) tellOthers() {
	s.unpark()
	s.e.inbox.look()
	for _, other := range s.e.senders {
		if other != s {
			other.elsewhere.Store(true)
			nudge(other.nudged)
		}
	}
}

// record writes down what has ended, when nothing more is to be started.
func (s *sender) record(ctx context.Context) error {
	results := s.takeResults()
	if len(results) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return s.e.store.Update(ctx, func(tx bot.Tx) error {
		if err := tx.CheckDuty(s.duty, s.token); err != nil {
			return err
		}
		_, err := s.settleAll(tx, results)
		return err
	})
}

func (s *sender) takeResults() []result {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.results
	s.results = nil
	return r
}

func (s *sender) giveResultsBack(r []result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.results = append(r, s.results...)
}

// picked is the head of a lane that may go now.
type picked struct {
	row   bot.WaitingDelivery
	lane  *sendLane
	first bot.Receipt // of the delivery that went before
	gone  bool        // the delivery before is dead
}

// pick chooses heads of lanes: the urgent ones first, then the oldest, as many
// as the rates and the adapter's parallelism allow.
func (s *sender) pick() []picked {
	now := s.e.now()
	var heads []picked
	for name, l := range s.lanes {
		if len(l.rows) == 0 && !l.busy {
			delete(s.lanes, name)
			continue
		}
		if !l.busy && !l.until.After(now) {
			heads = append(heads, picked{row: l.rows[0], lane: l})
		}
	}
	slices.SortFunc(heads, func(a, b picked) int {
		return cmp.Or(cmp.Compare(a.lane.urgency, b.lane.urgency), cmp.Compare(a.row.ID, b.row.ID))
	})
	room := min(s.rates.parallel-s.flying, maxStart)
	var out []picked
	for _, h := range heads {
		if len(out) >= room {
			break
		}
		if s.rates.take(h.lane.channel, time.Now()) {
			out = append(out, h)
		}
	}
	return out
}

// sleepFor is the time until something can happen without a nudge.
func (s *sender) sleepFor() time.Duration {
	d := s.e.poll
	now := s.e.now()
	if len(s.timed) > 0 {
		d = min(d, s.timed[0].NotBefore.Sub(now))
	}
	for _, l := range s.lanes {
		if l.busy || len(l.rows) == 0 {
			continue
		}
		if l.until.After(now) {
			d = min(d, l.until.Sub(now))
		} else if s.flying < s.rates.parallel {
			d = min(d, s.rates.wait(l.channel, time.Now()))
		}
	}
	return max(d, time.Millisecond)
}

// fly does one delivery beside everything else.
func (s *sender) fly(ctx context.Context, f flight, flights *sync.WaitGroup) {
	s.flying++
	f.lane.busy = true
	flights.Go(func() {
		// A delivery that has begun is not broken off by a shutdown.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
		defer cancel()
		r := result{d: f.d, lane: f.lane}
		r.receipt, r.err = s.deliver(ctx, f)
		s.mu.Lock()
		s.results = append(s.results, r)
		s.mu.Unlock()
		nudge(s.nudged)
	})
}

// unpark gives rows whose After may be done now another chance.
func (s *sender) unpark() {
	parked := s.parked
	s.parked = nil
	for _, w := range parked {
		s.place(w)
	}
}
