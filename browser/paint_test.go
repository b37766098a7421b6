package browser

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// BenchmarkPaint measures how long the page takes until its first words are
// painted, for somebody whose browser runs and has never been at the desk: each
// time with a new profile, on a sample day. Beside it, in turns, stands its
// floor: a server that has the same bytes ready. Wanted: below 300 ms.
func BenchmarkPaint(b *testing.B) {
	const rounds, limit = 20, 300.0
	d := open(b, "    intake: manual\n", "")
	c := browse(b, d)
	inga := c.as("Inga", "/c/desk")
	inga.say("main", "/desk sample")
	inga.sees(3, one("[data-card]").with("S-"))
	floor := ready(b, d.base)
	var desk, bare []float64
	for range rounds {
		desk = append(desk, c.firstPaint(b, d.base+"/"))
		bare = append(bare, c.firstPaint(b, floor+"/"))
	}
	reportPaint(b, desk, bare, limit)
}

// BenchmarkPaintMail measures how long it takes from the press of "Show me"
// until the first words about a pasted mail are painted. Wanted: below a second.
func BenchmarkPaintMail(b *testing.B) {
	const rounds, limit = 10, 1000.0
	d := open(b)
	inga := browse(b, d).as("Inga", "/try")
	var took []float64
	for i := range rounds {
		inga.open("/try")
		inga.do("paste a mail", chromedp.SetValue(chromedp.CSS("[data-testid=paste-text]"), fmt.Sprintf("X-Round: %d\n", i)+mailOfToday))
		inga.click(one("[data-testid=show-me]"))
		inga.sees(1, one("[data-testid=becomes]"))
		took = append(took, inga.firstPaint())
	}
	reportPaint(b, took, nil, limit)
}

func reportPaint(b *testing.B, took, floor []float64, limit float64) {
	b.Helper()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(at(took, 50), "p50-ms")
	b.ReportMetric(at(took, 95), "p95-ms")
	b.ReportMetric(limit, "limit-ms")
	if floor != nil {
		b.ReportMetric(at(floor, 50), "floor-p50-ms")
		b.ReportMetric(at(floor, 95), "floor-p95-ms")
		b.ReportMetric(at(took, 50)/cmp.Or(at(floor, 50), 1), "of-floor")
	}
}

// at is the value below which so many of a hundred lie.
func at(all []float64, percent int) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}

// rest is how long a new tab is left alone before it goes to a page, as by
// somebody who types the address: the browser still tidies up until then.
const rest = 700 * time.Millisecond

// firstPaint opens a page with a profile of its own and is what its first paint
// took, in milliseconds.
func (c *chromium) firstPaint(t testing.TB, url string) float64 {
	t.Helper()
	ctx, stop := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	defer stop()
	b := &tab{t: t, ctx: ctx, d: c.d, who: "somebody new", others: func() []*tab { return nil }}
	b.do("open a tab", chromedp.EmulateViewport(1280, 800))
	<-time.After(rest)
	b.do("open "+url, chromedp.Navigate(url))
	return b.firstPaint()
}

// firstPaint is how long the page that is shown took until its first words, in
// milliseconds, from the act that led to it.
func (b *tab) firstPaint() float64 {
	b.t.Helper()
	b.until("something is painted", "performance.getEntriesByName('first-contentful-paint').length === 1")
	took, err := strconv.ParseFloat(b.string("String(performance.getEntriesByName('first-contentful-paint')[0].startTime)"), 64)
	if err != nil {
		b.t.Fatal(err)
	}
	return took
}

// ready is the address of a server that has the desk's first page and what it
// refers to in memory, and holds the live connection open as the desk does.
func ready(b *testing.B, base string) string {
	kept := map[string]*answer{}
	for _, path := range append(regexp.MustCompile(`/static/[^"]+`).FindAllString(string(fetch(b, base+"/").body), -1), "/") {
		kept[path] = fetch(b, base+path)
	}
	ended, end := context.WithCancel(context.Background())
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := kept[r.URL.Path]
		if !ok {
			<-ended.Done()
			return
		}
		for name, values := range a.head {
			w.Header()[name] = values
		}
		_, _ = w.Write(a.body)
	}))
	b.Cleanup(s.Close)
	b.Cleanup(end)
	return s.URL
}

type answer struct {
	head http.Header
	body []byte
}

func fetch(b *testing.B, url string) *answer {
	b.Helper()
	client := http.Client{Timeout: 10 * time.Second}
	got, err := client.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s, %v", url, got.Status, err)
	}
	return &answer{got.Header, body}
}
