package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"meridian/bot"
)

const (
	sendTime       = 30 * time.Second // for one delivery
	maxStart       = 256              // deliveries started in one Update
	maxTogether    = 128              // of one lane, where what was not sent can be told from what was
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
	dirty     atomic.Bool  // there may be new rows
	afresh    atomic.Bool  // old rows wait again
	waits     atomic.Int32 // rows that are parked

	mu      sync.Mutex
	results []result // deliveries that have ended, not recorded yet

	token  int64
	lanes  map[string]*sendLane
	known  map[int64]struct{}    // rows in a lane, timed, parked or under way
	last   int64                 // highest id read
	timed  []bot.WaitingDelivery // NotBefore ahead, soonest first
	parked []bot.WaitingDelivery // their After is not done
	flying int
	resync time.Time // when rows were last looked through without being asked to
	batch  int       // deliveries of one lane that may be started together
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
	instead string // key of a dead post that it stands for
	skipped bool   // it was not begun, because one before it failed
	doubt   bool   // it may have been done all the same
	last    bool   // of its flight
}

func newSender(e *Engine, a bot.Adapter) *sender {
	return &sender{e: e, adapter: a, duty: "send:" + a.Name(), nudged: make(chan struct{}, 1)}
}

// run works while the duty is held. What is under way when ctx ends is waited
// for and recorded: the deed is done.
func (s *sender) run(ctx context.Context, token int64) error {
	if err := s.leftover(ctx, token); err != nil {
		return err
	}
	s.batch, s.flying, s.resync = 1, 0, time.Time{}
	s.lanes, s.known, s.last, s.timed, s.parked = map[string]*sendLane{}, map[int64]struct{}{}, 0, nil, nil
	s.waits.Store(0)
	s.rates = newRates(s.adapter)
	if _, finds := s.adapter.(bot.Finder); finds || s.e.keeps(s.adapter.Name()) {
		s.batch = maxTogether
	}
	if err := s.release(ctx); err != nil {
		return err
	}
	var flights sync.WaitGroup
	err := s.work(ctx, &flights)
	flights.Wait()
	if ctx.Err() == nil {
		return err // the results are for the next run
	}
	return s.record(context.WithoutCancel(ctx)) // err only says in the middle of what the end came
}

// work starts and records deliveries until ctx ends.
func (s *sender) work(ctx context.Context, flights *sync.WaitGroup) error {
	wake := time.NewTimer(s.e.poll)
	defer wake.Stop()
	for ctx.Err() == nil {
		if err := s.fill(ctx); err != nil {
			return err
		}
		again, err := s.step(ctx, flights)
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
	return nil
}

// release gives what was held for want of a way to send another chance: the
// configuration may have brought one. What may have been sent already stays
// held, a person decides.
func (s *sender) release(ctx context.Context) error {
	var held []bot.Delivery
	err := s.e.store.View(ctx, func(v bot.View) error {
		all, err := v.Deliveries(bot.DeliveryQuery{States: []bot.DeliveryState{bot.DeliveryHeld}, Limit: sendersReadMax})
		for _, d := range all {
			if d.To.Adapter == s.adapter.Name() && !strings.Contains(d.Error, errMayBeDone.Error()) {
				held = append(held, d)
			}
		}
		return err
	})
	if err != nil || len(held) == 0 {
		return err
	}
	return s.e.store.Update(ctx, func(tx bot.Tx) error {
		if err := tx.CheckDuty(s.duty, s.token); err != nil {
			return err
		}
		for _, d := range held {
			if err := tx.PutOffDelivery(d.ID, bot.DeliveryWaiting, d.Attempt, time.Time{}, d.Error); err != nil {
				return err
			}
		}
		return nil
	})
}

// leftover writes down what ended while the loop was broken off by an error of
// the store. If another has held the duty meanwhile it is dropped: that one has
// dealt with the rows.
func (s *sender) leftover(ctx context.Context, token int64) error {
	if token != s.token {
		s.takeResults()
	}
	s.token = token
	return s.record(ctx)
}

// again says that old rows wait again.
func (s *sender) again() {
	s.afresh.Store(true)
	s.look()
}

// fill reads rows that are new, and moves those whose time has come into lanes.
// Ids grow in the order of commits, so that what is new is behind the last; at
// each poll all rows are looked through, for those that wait again.
func (s *sender) fill(ctx context.Context) error {
	poll := time.Since(s.resync) >= s.e.poll
	if s.afresh.Swap(false) || poll {
		s.last = 0
		s.dirty.Store(true)
	}
	for s.dirty.Swap(false) {
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
			if _, ok := s.known[w.ID]; !ok {
				s.known[w.ID] = struct{}{}
				s.place(w)
			}
		}
		if len(rows) == sendersReadMax {
			s.dirty.Store(true)
		}
	}
	if poll {
		s.resync = time.Now()
		s.unpark()
		if err := s.expireHeld(ctx); err != nil {
			return err
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
	if s.elsewhere.Swap(false) {
		s.unpark()
	}
	ready, err := s.following(ctx, s.pick())
	picked := s.afford(ready)
	if err != nil {
		return false, err
	}
	results := s.takeResults()
	if len(picked) == 0 && len(results) == 0 {
		return false, nil
	}
	var started []*flight
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
	s.forgetUnstarted(picked, started)
	brought := false
	for _, st := range settled {
		s.apply(st)
		brought = brought || st.events
	}
	for _, f := range started {
		s.fly(ctx, f, flights)
	}
	if brought {
		s.e.inbox.look()
	}
	if len(results) > 0 {
		s.tellOthers()
	}
	return true, nil
}

// forgetUnstarted drops rows that were not started: they have been dropped,
// replaced or given up meanwhile.
func (s *sender) forgetUnstarted(picked []picked, started []*flight) {
	flies := map[int64]bool{}
	for _, f := range started {
		for _, row := range f.rows {
			flies[row.d.ID] = true
		}
	}
	for _, p := range picked {
		if !flies[p.row.ID] {
			delete(s.known, p.row.ID)
		}
	}
}

// tellOthers says that deliveries have ended: rows that wait for them may go.
func (s *sender) tellOthers() {
	s.unpark()
	for _, other := range s.e.senders {
		if other != s && other.waits.Load() > 0 {
			other.elsewhere.Store(true)
			nudge(other.nudged)
		}
	}
}

// look says that there may be new rows.
func (s *sender) look() {
	s.dirty.Store(true)
	nudge(s.nudged)
}

// record writes down what has ended, when nothing more is to be started.
func (s *sender) record(ctx context.Context) error {
	results := s.takeResults()
	if len(results) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := s.e.store.Update(ctx, func(tx bot.Tx) error {
		if err := tx.CheckDuty(s.duty, s.token); err != nil {
			return err
		}
		_, err := s.settleAll(tx, results)
		return err
	})
	if err != nil {
		s.giveResultsBack(results)
	}
	return err
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
	slices.SortStableFunc(heads, func(a, b picked) int {
		return cmp.Or(cmp.Compare(a.lane.urgency, b.lane.urgency), cmp.Compare(a.row.ID, b.row.ID))
	})
	room := s.rates.parallel - s.flying
	var out []picked
	for _, h := range heads {
		if room <= 0 || len(out) >= maxStart {
			break
		}
		room--
		if s.rates.wait(h.row.Op, h.lane.channel, time.Now()) > 0 {
			room++
			continue
		}
		for _, row := range h.lane.rows[:min(len(h.lane.rows), s.batch, maxStart-len(out))] {
			out = append(out, picked{row: row, lane: h.lane})
		}
	}
	return out
}

// afford takes a token for each row that may go, and puts back into its lane
// what the rates do not allow yet.
func (s *sender) afford(ready []picked) []picked {
	out := ready[:0]
	short := map[*sendLane]bool{}
	for _, p := range ready {
		if !short[p.lane] && s.rates.take(p.row.Op, p.lane.channel, time.Now()) {
			out = append(out, p)
			continue
		}
		short[p.lane] = true
		s.place(p.row)
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
			d = min(d, s.rates.wait(l.rows[0].Op, l.channel, time.Now()))
		}
	}
	return max(d, time.Millisecond)
}

// unpark gives rows whose After may be done now another chance.
func (s *sender) unpark() {
	parked := s.parked
	s.parked = nil
	s.waits.Store(0)
	for _, w := range parked {
		s.place(w)
	}
}
