package slackbench

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// rounds are run of each program by turns; the figures are the medians.
const (
	rounds = 5
	each   = 3 * time.Second
)

type figures struct {
	perSecond float64
	p50, p99  time.Duration
}

// post sends a signed request.
func post(c *http.Client, to, kind string, body []byte) error {
	r, err := http.NewRequest(http.MethodPost, to, bytes.NewReader(body)) //nolint:noctx // the client has a timeout
	if err != nil {
		return err
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(signingSecret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	res, err := c.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", res.StatusCode)
	}
	return nil
}

var number atomic.Int64

// next is a number that no other event has.
func next() string { return fmt.Sprintf("%d%06d", time.Now().UnixNano(), number.Add(1)%1e6) }

// load sends events over some connections for a while.
func load(b *testing.B, base string, connections int, d time.Duration) figures {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	began := time.Now()
	for range connections {
		wg.Go(func() {
			var took []time.Duration
			for time.Since(began) < d {
				start := time.Now()
				if err := post(client, base+"/slack/events", "application/json", event(next())); err != nil {
					b.Error(err)
					return
				}
				took = append(took, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	wg.Wait()
	return figuresOf(b, all, time.Since(began))
}

func figuresOf(b *testing.B, all []time.Duration, took time.Duration) figures {
	if len(all) == 0 {
		b.Fatal("nothing was answered")
	}
	slices.Sort(all)
	return figures{float64(len(all)) / took.Seconds(), all[len(all)/2], all[len(all)*99/100]}
}

func median(all []figures) figures {
	at := func(of func(figures) float64) float64 {
		var v []float64
		for _, f := range all {
			v = append(v, of(f))
		}
		slices.Sort(v)
		return v[len(v)/2]
	}
	return figures{
		at(func(f figures) float64 { return f.perSecond }),
		time.Duration(at(func(f figures) float64 { return float64(f.p50) })),
		time.Duration(at(func(f figures) float64 { return float64(f.p99) })),
	}
}

func report(b *testing.B, who string, f figures) {
	b.ReportMetric(f.perSecond, who+"/s")
	b.ReportMetric(float64(f.p99.Microseconds())/1000, who+"-p99-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkSignedEvents posts signed events, each answered when it is stored,
// beside Bolt, which stores nothing. Wanted: at least 1.4 of Bolt at 16
// connections and 1.8 at 64, and a p99 below Bolt's.
func BenchmarkSignedEvents(b *testing.B) {
	wanted(b)
	for _, connections := range []int{16, 64} {
		b.Run(fmt.Sprint(connections, "-connections"), func(b *testing.B) {
			w := newWorkspace(b)
			bolt, desk := startBolt(b), startDesk(b, w, "signing_secret: "+signingSecret)
			load(b, bolt, connections, each)
			load(b, desk, connections, each)
			var theirs, ours []figures
			for range rounds {
				theirs = append(theirs, load(b, bolt, connections, each))
				ours = append(ours, load(b, desk, connections, each))
			}
			report(b, "bolt", median(theirs))
			report(b, "desk", median(ours))
			b.ReportMetric(median(ours).perSecond/median(theirs).perSecond, "ratio")
		})
	}
}

// connected waits until an app has so many connections.
func (w *workspace) connected(b *testing.B, who string, n int) {
	b.Helper()
	for range n {
		select {
		case <-w.ready:
		case <-time.After(20 * time.Second):
			b.Fatalf("%s has not connected", who)
		}
	}
}

// sockets sends envelopes over the connections of an app for a while.
func (w *workspace) sockets(b *testing.B, who string, d time.Duration) figures {
	sent := map[string]time.Time{}
	var all []time.Duration
	put := func() {
		id := next()
		sent[id] = time.Now()
		w.tasks <- id
	}
	began := time.Now()
	for range inFlight {
		put()
	}
	for time.Since(began) < d || len(sent) > 0 {
		select {
		case id := <-w.acks:
			at, ok := sent[id]
			if !ok {
				b.Fatalf("%s was acknowledged twice", id)
			}
			all = append(all, time.Since(at))
			delete(sent, id)
		case <-time.After(10 * time.Second):
			b.Fatalf("%s has acknowledged %d envelopes, and %d are left", who, len(all), len(sent))
		}
		if time.Since(began) < d {
			put()
		}
	}
	return figuresOf(b, all, time.Since(began))
}

// BenchmarkSocketMode sends events over Socket Mode, 16 at once, each
// acknowledged when it is stored, beside slack-go, which only acknowledges.
// Wanted: at least 0.8 of it.
func BenchmarkSocketMode(b *testing.B) {
	wanted(b)
	theirs, ours := newWorkspace(b), newWorkspace(b)
	start(b, b.TempDir(), []string{"API_URL=" + theirs.base + "/api/"}, build(b, "meridian/bench/slack/testdata/ackonly"))
	startDesk(b, ours, "app_token: xapp-bench")
	theirs.connected(b, "slack-go", 1)
	ours.connected(b, "the desk", 2)
	theirs.sockets(b, "slack-go", each)
	ours.sockets(b, "the desk", each)
	var t, o []figures
	for range rounds {
		t = append(t, theirs.sockets(b, "slack-go", each))
		o = append(o, ours.sockets(b, "the desk", each))
	}
	report(b, "slack-go", median(t))
	report(b, "desk", median(o))
	b.ReportMetric(median(o).perSecond/median(t).perSecond, "ratio")
}

// atPace does something 50 times a second for a while, each in its own time.
func atPace(b *testing.B, d time.Duration, do func(n string) (time.Duration, error)) figures {
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / 50)
	defer tick.Stop()
	began := time.Now()
	for time.Since(began) < d {
		<-tick.C
		wg.Go(func() {
			took, err := do(next())
			if err != nil {
				b.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took)
		})
	}
	wg.Wait()
	return figuresOf(b, all, time.Since(began))
}

// waited is the time from a request to what it is answered with.
func waited(c *http.Client, to string, form url.Values, seen <-chan time.Time) (time.Duration, error) {
	began := time.Now()
	if err := post(c, to, "application/x-www-form-urlencoded", []byte(form.Encode())); err != nil {
		return 0, err
	}
	select {
	case at := <-seen:
		return at.Sub(began), nil
	case <-time.After(10 * time.Second):
		return 0, fmt.Errorf("%s was not answered", to)
	}
}

// BenchmarkPeopleWait gives 50 slash commands a second until their answers are
// there to be seen, and presses 50 buttons a second until their windows open.
// Wanted: a p99 below 300 ms, and below 500 ms.
func BenchmarkPeopleWait(b *testing.B) {
	wanted(b)
	w := newWorkspace(b)
	desk := startDesk(b, w, "signing_secret: "+signingSecret)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	var turn atomic.Int64
	slash := func(n string) (time.Duration, error) {
		user := colleague(int(turn.Add(1)) % colleagues) // whoever waits for one answer asks nothing else
		return waited(client, desk+"/slack/commands", url.Values{
			"command": {"/request"}, "text": {"list"}, "user_id": {user}, "user_name": {user}, "team_id": {"T0BENCH"}, "channel_id": {"C0DESK"},
			"trigger_id": {n}, "response_url": {w.base + "/response/" + n},
		}, w.expect(n))
	}
	press := func(n string) (time.Duration, error) {
		payload := fmt.Sprintf(`{"type":"block_actions","user":{"id":"U0VERA","team_id":"T0BENCH"},"trigger_id":%q,"channel":{"id":"C0DESK"},"container":{"message_ts":"1700000000.000100"},"actions":[{"type":"button","action_id":"act:file#0","value":"","action_ts":%q}]}`, n, n)
		return waited(client, desk+"/slack/interactions", url.Values{"payload": {payload}}, w.expect(n))
	}
	atPace(b, 2*time.Second, slash)
	report(b, "answers", atPace(b, 20*time.Second, slash))
	report(b, "windows", atPace(b, 20*time.Second, press))
}
