package faults

import (
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"meridian/bot"
	"meridian/storage/storagetest"
)

// Four replicas share a database. One that is paused for longer than its duties
// last does not know of it when it goes on: what it does late must change
// nothing.
func TestFourReplicasPausedAndResumed(t *testing.T) {
	s := chosenSeed(t)
	r := &replicas{t: t, rand: rand.New(rand.NewPCG(s, 1000)), store: storagetest.Postgres(t)}
	mails := newSink(t, s)
	r.all = newProcesses(t, 4, build(t), r.store, mails.address)
	for _, p := range r.all {
		p.start(t)
	}
	for _, p := range r.all {
		p.up(t)
	}
	b := &book{}
	first(t, b, r.all[0], r.store)
	l := newLoad(t, s, rare, b, r.all)
	for range *pauses {
		r.pauseTheHolder()
		r.pauseAnyone()
		r.killTheHolder()
	}
	l.end()
	finish(t, r.store, r.all)
	t.Log(b.figures())
	check(t, b, readState(t, r.store), mails)
}

// replicas are processes on one database.
type replicas struct {
	t     *testing.T
	rand  *rand.Rand
	store string
	all   []*process
}

// lost is what a replica logs whose duty somebody else has.
var lost = regexp.MustCompile(`msg="duty lost"|` + regexp.QuoteMeta(bot.ErrFenced.Error()))

// pauseTheHolder stops the one who handles events until another has taken that
// over, and lets it go on a moment later.
func (r *replicas) pauseTheHolder() {
	r.t.Helper()
	p := r.holder()
	before, knew := r.duty(), len(lost.FindAllString(p.logged(r.t), -1))
	began := time.Now()
	p.signal(r.t, syscall.SIGSTOP)
	until(r.t, 30*time.Second, "another replica to take over", func() bool { return r.duty() != before })
	took := time.Since(began)
	<-time.After(time.Duration(r.rand.Int64N(int64(time.Second))))
	paused := time.Since(began)
	p.signal(r.t, syscall.SIGCONT)
	until(r.t, 10*time.Second, "the paused replica to learn that it lost its duties", func() bool {
		return len(lost.FindAllString(p.logged(r.t), -1)) > knew
	})
	r.t.Logf("the holder was paused for %v; another took over after %v; the paused one learned it %v after it went on",
		paused.Round(time.Millisecond), took.Round(time.Millisecond), (time.Since(began) - paused).Round(time.Millisecond))
}

// pauseAnyone stops a replica for a time in which duties last.
func (r *replicas) pauseAnyone() {
	r.t.Helper()
	p := r.all[r.rand.IntN(len(r.all))]
	p.signal(r.t, syscall.SIGSTOP)
	<-time.After(time.Duration(r.rand.Int64N(int64(4 * time.Second))))
	p.signal(r.t, syscall.SIGCONT)
}

// killTheHolder kills the one who handles events and starts it again.
func (r *replicas) killTheHolder() {
	r.t.Helper()
	p := r.holder()
	p.kill()
	p.start(r.t)
	p.up(r.t)
}

// duty is who handles events, by the replica's own name.
func (r *replicas) duty() (holder string) {
	r.t.Helper()
	read(r.t, r.store, func(v bot.View) (err error) {
		holder, _, err = v.Duty("inbox")
		return err
	})
	return holder
}

// holder is the replica that handles events, seen by its counter.
func (r *replicas) holder() (found *process) {
	r.t.Helper()
	before := map[*process]int64{}
	for _, p := range r.all {
		before[p] = handled(p)
	}
	until(r.t, 30*time.Second, "events to be handled", func() bool {
		for _, p := range r.all {
			if n := handled(p); n > before[p] {
				found = p
			}
		}
		return found != nil
	})
	return found
}

// handled is how many events a process has handled in this life; -1: it does
// not answer.
func handled(p *process) int64 {
	c := newClient()
	defer c.CloseIdleConnections()
	answer, err := c.Get("http://" + p.http + "/metrics")
	if err != nil {
		return -1
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return -1
	}
	for line := range strings.Lines(string(text)) {
		if n, ok := strings.CutPrefix(line, "meridian_events_handled_total "); ok {
			f, err := strconv.ParseFloat(strings.TrimSpace(n), 64)
			if err == nil {
				return int64(f)
			}
		}
	}
	return -1
}
