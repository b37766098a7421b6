package engine

import (
	"context"
	"sync"
	"time"

	"meridian/bot"
)

const (
	maxWaiting = 10_000 // ids of waiting events kept in memory
	maxLooks   = 32     // Reads and Looks under way at once
	maxBatch   = 128    // events that share one Update
	maxFresh   = 128    // waiting ids above which rows are not read anew at every sign of new ones
	rescanGap  = 200 * time.Millisecond
	batchTime  = 40 * time.Millisecond // after which an Update takes no further event
)

// inbox keeps the ids of waiting events in their lanes and hands them to Read,
// Look and Do. Its maps belong to the one goroutine of run; add and look may
// be called by anybody.
type inbox struct {
	e      *Engine
	nudged chan struct{}

	mu     sync.Mutex
	fresh  []bot.WaitingEvent // accepted here, not in a lane yet
	rescan bool               // rows may be there that we do not know
	looked []*work            // Read and Look have ended

	lanes   map[string]*lane
	order   []*lane // lanes with waiting events, oldest first
	known   map[int64]struct{}
	looking int
	token   int64
	full    bool // the store had more rows than memory takes
	scanned time.Time
}

// lane is one line of events. While its head is being looked at, or is put
// off, nothing of it is handled.
type lane struct {
	name    string
	ids     []int64
	busy    bool
	waits   time.Time // the head is put off until then
	ready   *work     // the head, read and looked at
	ordered bool      // it stands in order
	looks   bool      // its events want a Read or a Look
}

func newInbox(e *Engine) *inbox {
	return &inbox{e: e, nudged: make(chan struct{}, 1)}
}

// add takes in events that were accepted by this replica. ids are those of the
// store; zero stands for a known key.
func (b *inbox) add(ids []int64, events []bot.Event) {
	b.mu.Lock()
	if len(b.fresh) > maxWaiting {
		b.rescan = true
	} else {
		for i, id := range ids {
			if id != 0 {
				b.fresh = append(b.fresh, bot.WaitingEvent{ID: id, Lane: events[i].Lane()})
			}
		}
	}
	b.mu.Unlock()
	nudge(b.nudged)
}

// look says that there may be rows which another replica, or this one's own
// transactions, have written.
func (b *inbox) look() {
	b.mu.Lock()
	b.rescan = true
	b.mu.Unlock()
	nudge(b.nudged)
}

// run works while the duty is held.
func (b *inbox) run(ctx context.Context, token int64) error {
	b.lanes, b.order, b.known = map[string]*lane{}, nil, map[int64]struct{}{}
	b.token, b.looking, b.full, b.scanned = token, 0, false, time.Time{}
	b.mu.Lock()
	b.fresh, b.looked, b.rescan = nil, nil, true
	b.mu.Unlock()
	poll := time.NewTimer(b.e.poll)
	defer poll.Stop()
	defer b.drain()
	for ctx.Err() == nil {
		if err := b.fill(ctx); err != nil {
			return err
		}
		batch, err := b.pick(ctx)
		if err != nil {
			return err
		}
		if len(batch) > 0 {
			if err := b.handle(ctx, batch); err != nil {
				return err
			}
			continue
		}
		poll.Reset(b.sleepFor(b.e.now()))
		select {
		case <-ctx.Done():
		case <-b.nudged:
		case <-poll.C:
			b.mu.Lock()
			b.rescan = true
			b.mu.Unlock()
		}
	}
	return nil
}

// drain waits for what Looks are under way: they must not write into a run
// that comes later. What woke the loop last may have been one that has ended.
func (b *inbox) drain() {
	for b.takeLooked(); b.looking > 0; b.takeLooked() {
		<-b.nudged
	}
}

// sleepFor is the time until a lane that is put off may go on, at most a poll.
func (b *inbox) sleepFor(now time.Time) time.Duration {
	d := b.e.poll
	b.mu.Lock()
	if b.rescan {
		d = min(d, rescanGap)
	}
	b.mu.Unlock()
	for _, l := range b.order {
		if !l.busy && l.waits.After(now) {
			d = min(d, l.waits.Sub(now))
		}
	}
	return max(d, time.Millisecond)
}

// fill puts what is new into lanes.
func (b *inbox) fill(ctx context.Context) error {
	b.mu.Lock()
	fresh, rescan := b.fresh, b.rescan
	b.fresh, b.rescan = nil, false
	b.mu.Unlock()
	if b.full && len(fresh) > 0 { // older rows of their lanes may not be here yet
		fresh, rescan = nil, true
	}
	for _, w := range fresh {
		b.wait(w)
	}
	if b.full && len(b.known) < maxWaiting/2 {
		rescan = true
	}
	if !rescan {
		return nil
	}
	if len(b.known) > maxFresh && time.Since(b.scanned) < rescanGap {
		b.mu.Lock()
		b.rescan = true // there is enough to do; later
		b.mu.Unlock()
		return nil
	}
	b.scanned = time.Now()
	var rows []bot.WaitingEvent
	err := b.e.store.View(ctx, func(v bot.View) (err error) {
		b.e.observe(v.Now())
		rows, err = v.WaitingEvents(maxWaiting)
		return err
	})
	if err != nil {
		return err
	}
	b.full = len(rows) == maxWaiting
	for _, w := range rows {
		b.wait(w)
	}
	return nil
}

func (b *inbox) wait(w bot.WaitingEvent) {
	if _, ok := b.known[w.ID]; ok {
		return
	}
	b.known[w.ID] = struct{}{}
	l := b.lanes[w.Lane]
	if l == nil {
		l = &lane{name: w.Lane}
		b.lanes[w.Lane] = l
	}
	at := len(l.ids)
	for at > 0 && l.ids[at-1] > w.ID { // two replicas may commit out of order
		at--
	}
	l.ids = append(l.ids, 0)
	copy(l.ids[at+1:], l.ids[at:])
	l.ids[at] = w.ID
	if at == 0 {
		l.waits, l.ready = w.NotBefore, nil
	}
	if !l.ordered {
		l.ordered = true
		b.order = append(b.order, l)
	}
}

// takeLooked gives lanes their heads back once Read and Look have ended.
func (b *inbox) takeLooked() {
	b.mu.Lock()
	looked := b.looked
	b.looked = nil
	b.mu.Unlock()
	for _, w := range looked {
		b.looking--
		w.lane.busy = false
		if len(w.lane.ids) > 0 && w.lane.ids[0] == w.event.ID {
			w.lane.ready = w
		}
	}
}

// candidate is the head of a lane, or what stands behind it.
type candidate struct {
	id   int64
	lane *lane
}

// pick chooses the events of the next Update. Of one lane it takes the first
// that has a Read or a Look, or several that have none.
func (b *inbox) pick(ctx context.Context) ([]*work, error) {
	b.takeLooked()
	now := b.e.now()
	var batch []*work
	var load []candidate
	for _, l := range b.order {
		switch {
		case l.busy || l.waits.After(now) || l.looks && l.ready == nil && b.looking >= maxLooks:
		case l.ready != nil:
			batch = append(batch, l.ready)
		default:
			most := min(len(l.ids), maxBatch-len(load))
			if l.looks {
				most = min(most, 1)
			}
			for _, id := range l.ids[:most] {
				load = append(load, candidate{id, l})
			}
		}
		if len(batch) >= maxBatch || len(load) >= maxBatch {
			break
		}
	}
	if len(batch) == 0 && len(load) == 0 {
		return nil, nil
	}
	loaded, err := b.load(ctx, load)
	return append(batch, loaded...), err
}

// load reads events and starts the Looks of those that want one.
func (b *inbox) load(ctx context.Context, want []candidate) ([]*work, error) {
	if len(want) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(want))
	for i, c := range want {
		ids[i] = c.id
	}
	found := map[int64]bot.Event{}
	err := b.e.store.View(ctx, func(v bot.View) error {
		events, err := v.Events(ids...)
		for _, e := range events {
			found[e.ID] = e
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var batch []*work
	stopped := map[*lane]bool{}
	for _, c := range want {
		ev, ok := found[c.id]
		switch {
		case stopped[c.lane]:
		case !ok: // handled already, or dead
			b.forget(c.lane, c.id)
		case ev.Err != nil:
			stopped[c.lane] = true
			batch = append(batch, &work{event: ev, lane: c.lane, err: ev.Err})
		case b.e.wantsLook(ev):
			stopped[c.lane], c.lane.looks = true, true
			if c.lane.ids[0] == c.id {
				b.start(ctx, c.lane, ev)
			}
		default:
			batch = append(batch, &work{event: ev, lane: c.lane, parts: []part{{event: ev, handlers: b.e.route(ev)}}})
		}
	}
	b.tidy(nil)
	return batch, nil
}

// start reads and looks at the head of a lane beside everything else.
func (b *inbox) start(ctx context.Context, l *lane, ev bot.Event) {
	if b.looking >= maxLooks {
		return
	}
	b.looking++
	l.busy = true
	go func() {
		w := b.e.prepare(ctx, ev)
		w.lane = l
		b.mu.Lock()
		b.looked = append(b.looked, w)
		b.mu.Unlock()
		nudge(b.nudged)
	}()
}

// forget takes an event out of its lane.
func (b *inbox) forget(l *lane, id int64) {
	delete(b.known, id)
	for i, have := range l.ids {
		if have == id {
			l.ids = append(l.ids[:i], l.ids[i+1:]...)
			break
		}
	}
	l.ready, l.waits = nil, time.Time{}
	if len(l.ids) == 0 && !l.busy {
		l.ordered = false
		delete(b.lanes, l.name)
	}
}

// tidy drops empty lanes and moves those that were served behind the others.
func (b *inbox) tidy(served map[*lane]bool) {
	kept, last := b.order[:0], []*lane(nil)
	for _, l := range b.order {
		switch {
		case !l.ordered:
		case served[l]:
			last = append(last, l)
		default:
			kept = append(kept, l)
		}
	}
	b.order = append(kept, last...)
}
