package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// fakeDesk keeps in memory what the web desk reads, and records what it
// accepts. It drops events with a key that it knows, as the inbox does.
type fakeDesk struct {
	mu       sync.Mutex
	settings bot.Settings
	shown    []bot.ShownMessage
	changes  map[string]int64
	requests []bot.Request
	comments []bot.Comment
	audit    []bot.AuditLine
	mails    []bot.MailLine
	events   []bot.Event
	keys     map[string]bool
	form     func(bot.Event) (bot.Form, bool, error)
	try      func(bot.Event) error
	accept   func(bot.Event) error
	choices  func(bot.Query) []bot.Choice
	rehearse func(bot.Event) []bot.Event
	watchers map[chan struct{}]bool
	ailing   string // the mark of what the web desk's own place suffers from, as the store keeps it
	waiting  []bot.WaitingDelivery
}

func newFakeDesk() *fakeDesk {
	minsk, novosibirsk, boston := time.FixedZone("Europe/Minsk", 3*3600), time.FixedZone("Asia/Novosibirsk", 7*3600), time.FixedZone("America/New_York", -5*3600)
	person := func(id, name string, role bot.Role, zone *time.Location) bot.Person {
		return bot.Person{ID: id, IDs: []string{id}, Name: name, Role: role, Zone: zone}
	}
	inga := person("email:inga@desk.example", "Inga", bot.Agent, minsk)
	inga.IDs = append(inga.IDs, "web:inga")
	channel := func(name string, audience bot.Audience) bot.Channel {
		return bot.Channel{Name: name, Place: bot.Place{Adapter: "web", Channel: name}, Audience: audience}
	}
	return &fakeDesk{
		settings: bot.Settings{
			Team: bot.Team{Name: "Meridian", Zone: minsk, Language: say.English},
			People: []bot.Person{
				person("web:owen", "Owen", bot.Requester, boston), person("web:dina", "Dina", bot.Agent, novosibirsk), inga,
				person("web:vera", "Vera", bot.Lead, minsk), person("email:priya@brightwell.example", "Priya", bot.Requester, nil),
			},
			Channels: []bot.Channel{channel("support", bot.ForClients), channel("desk", bot.Inside), channel("alerts", bot.Inside), channel("team", bot.Inside)},
		},
		changes: map[string]int64{}, keys: map[string]bool{}, watchers: map[chan struct{}]bool{},
	}
}

func (d *fakeDesk) Accept(_ context.Context, events ...bot.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range events {
		if d.accept != nil {
			if err := d.accept(e); err != nil {
				return err
			}
		}
		if e.Key != "" && d.keys[e.Key] {
			continue
		}
		d.keys[e.Key] = true
		d.events = append(d.events, e)
	}
	return nil
}

func (d *fakeDesk) Form(_ context.Context, e bot.Event) (bot.Form, bool, error) {
	if d.form == nil {
		return bot.Form{}, false, nil
	}
	return d.form(e)
}

func (d *fakeDesk) Try(_ context.Context, e bot.Event) error {
	if d.try == nil {
		return nil
	}
	return d.try(e)
}

func (d *fakeDesk) Choices(_ context.Context, q bot.Query) ([]bot.Choice, error) {
	if d.choices == nil {
		return nil, nil
	}
	return d.choices(q), nil
}

func (d *fakeDesk) View(_ context.Context, who string, fn func(bot.Pages) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return fn(bot.PagesFor(fakeView{desk: d}, who))
}

// Rehearse reads what stands in the fake as if the event had been handled.
func (d *fakeDesk) Rehearse(_ context.Context, e bot.Event, who string, fn func(bot.Pages, []bot.Event) error) error {
	if d.rehearse == nil {
		return bot.ErrNotFound
	}
	read := d.rehearse(e)
	d.mu.Lock()
	defer d.mu.Unlock()
	return fn(bot.PagesFor(fakeView{desk: d}, who), read)
}

func (d *fakeDesk) Watch(ctx context.Context) <-chan struct{} {
	in, out := make(chan struct{}, 1), make(chan struct{}, 1)
	d.mu.Lock()
	d.watchers[in] = true
	d.mu.Unlock()
	go func() {
		defer close(out)
		for {
			select {
			case <-ctx.Done():
				d.mu.Lock()
				delete(d.watchers, in)
				d.mu.Unlock()
				return
			case <-in:
				select {
				case out <- struct{}{}:
				default:
				}
			}
		}
	}()
	return out
}

func (d *fakeDesk) PutBlob(context.Context, string, io.Reader, int64) (bot.Blob, error) {
	return bot.Blob{}, bot.ErrUnsupported
}

func (d *fakeDesk) OpenBlob(context.Context, bot.Blob) (io.ReadCloser, error) {
	return nil, bot.ErrNotFound
}

// commit changes what is kept and tells the watchers.
func (d *fakeDesk) commit(fn func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fn()
	for w := range d.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// post shows a message and counts the change of its channel.
func (d *fakeDesk) post(m bot.ShownMessage) {
	d.commit(func() {
		d.shown = append(d.shown, m)
		d.changes[m.Place.Channel]++
	})
}

func (d *fakeDesk) accepted() []bot.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.events)
}

// fakeView is the part of a view that pages read. Everything else panics.
type fakeView struct {
	bot.View
	desk *fakeDesk
}

func (v fakeView) Settings() *bot.Settings { return &v.desk.settings }

func (v fakeView) Mark(string) (string, error) { return v.desk.ailing, nil }

func (v fakeView) WaitingDeliveries(string, int64, int) ([]bot.WaitingDelivery, error) {
	return v.desk.waiting, nil
}

func (v fakeView) ShownMessages(p bot.Place, limit int) ([]bot.ShownMessage, error) {
	var out []bot.ShownMessage
	for _, m := range v.desk.shown {
		if m.Place == p {
			m.Replies = 0
			for _, other := range v.desk.shown {
				if other.Place == p.In(m.ID) {
					m.Replies++
				}
			}
			m.Reactions = slices.Clone(m.Reactions)
			out = append(out, m)
		}
	}
	return out[max(0, len(out)-limit):], nil
}

func (v fakeView) ShownMessage(p bot.Place, id string) (bot.ShownMessage, error) {
	for _, m := range v.desk.shown {
		if m.Place == p && m.ID == id {
			return m, nil
		}
	}
	return bot.ShownMessage{}, bot.ErrNotFound
}

func (v fakeView) LastShown(string) (map[string]int64, error) {
	out := map[string]int64{}
	for c, n := range v.desk.changes {
		out[c] = n
	}
	return out, nil
}

func (v fakeView) Request(number int64) (bot.Request, error) {
	for _, r := range v.desk.requests {
		if r.Number == number {
			return r, nil
		}
	}
	return bot.Request{}, bot.ErrNotFound
}

func (v fakeView) Requests(q bot.RequestQuery) ([]bot.Request, error) {
	var out []bot.Request
	for _, r := range v.desk.requests {
		if len(q.States) == 0 || slices.Contains(q.States, r.State) {
			out = append(out, r)
		}
	}
	return out, nil
}

func (v fakeView) RequestAt(p bot.Place, message string) (bot.Request, bot.Face, bool, error) {
	for _, r := range v.desk.requests {
		if r.Home.Thread == message || r.Desk.Thread == message {
			return r, bot.FaceHome, true, nil
		}
	}
	return bot.Request{}, "", false, bot.ErrNotFound
}

func (v fakeView) Comments(request int64) ([]bot.Comment, error) {
	var out []bot.Comment
	for _, c := range v.desk.comments {
		if c.Request == request {
			out = append(out, c)
		}
	}
	return out, nil
}

func (v fakeView) Audit(_ string, after int64, limit int) (out []bot.AuditLine, err error) {
	for _, l := range v.desk.audit {
		if l.ID > after && len(out) < limit {
			out = append(out, l)
		}
	}
	return out, nil
}

func (v fakeView) Mails(int) ([]bot.MailLine, error) { return slices.Clone(v.desk.mails), nil }

// browser is somebody at the web desk: it keeps cookies and sends what a
// browser sends.
type browser struct {
	t       *testing.T
	server  http.Handler
	cookies []*http.Cookie
	target  string // the id of what the answer is for, as htmx says it; empty: it has none
}

func catalogue(t testing.TB) *say.Catalogue {
	t.Helper()
	c, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newAdapter(t testing.TB, d bot.Desk) *Adapter {
	t.Helper()
	return New(d, Options{Catalogue: catalogue(t), Log: slog.New(slog.DiscardHandler)})
}

// open is a browser acting as a person.
func openAs(t *testing.T, d bot.Desk, who string) *browser {
	t.Helper()
	return &browser{t: t, server: newAdapter(t, d).Handler(), cookies: []*http.Cookie{{Name: cookiePerson, Value: who}}}
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	b.t.Helper()
	r.Host = "localhost:8080"
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.server.ServeHTTP(w, r)
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do(request("GET", path, nil))
}

// post sends a form as htmx does.
func (b *browser) post(path string, pairs ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := request("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("HX-Request", "true")
	if b.target != "" {
		r.Header.Set("HX-Target", b.target)
	}
	return b.do(r)
}

var nonceField = regexp.MustCompile(`name="nonce" value="([a-z0-9]+)"`)

// nonceIn is the first one-time id of a page.
func nonceIn(t *testing.T, body string) string {
	t.Helper()
	m := nonceField.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no one-time id in %.400s", body)
	}
	return m[1]
}

// request is a request from this machine, as the server gets it.
func request(method, target string, body io.Reader) *http.Request {
	r := httptest.NewRequest(method, target, body)
	r.RemoteAddr = "127.0.0.1:40000"
	return r
}

func (v fakeView) CommentAt(p bot.Place, message string) (bot.Comment, error) {
	for _, c := range v.desk.comments {
		if c.Place == p && c.Message == message {
			return c, nil
		}
	}
	return bot.Comment{}, bot.ErrNotFound
}

func (v fakeView) Delivery(string) (bot.Delivery, bot.Receipt, error) {
	return bot.Delivery{}, bot.Receipt{}, bot.ErrNotFound
}

func (v fakeView) FindArticles(bot.ArticleQuery) ([]bot.FoundArticle, error) { return nil, nil }

func (v fakeView) Now() time.Time { return time.Now() }
