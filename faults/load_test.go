package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"meridian/bot"
)

// The kinds of input.
const (
	filed     = "filed"     // a slash command that files a request
	mentioned = "mentioned" // a message to the desk that files one, or joins the one before
	noted     = "noted"     // a slash command that notes something on a request
	lived     = "lived"     // a slash command that does something with a request which nobody else touches
	mailed    = "mailed"    // a mail
	fired     = "fired"     // an alert of a group of its own
	recovered = "recovered" // the recovery of such a group
)

// input is one thing that somebody outside did.
type input struct {
	kind  string
	id    string // unique; it stands in the text
	life  *life  // what is done, if it is a verb
	tries int    // how often it was sent, each time the same
	acked bool   // the program said that it has it
}

// text is what an input says to the desk.
func (in *input) text() string { return "Printer " + in.id + " is out of paper" }

// sender is who sent it, if it is a mail: everybody gets one receipt.
func (in *input) sender() string { return in.id + "@sender.example" }

// book is what was sent and what was acknowledged.
type book struct {
	mu  sync.Mutex
	all []*input
}

func (b *book) add(in *input) *input {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all, in)
	return in
}

// figures counts inputs, those acknowledged, and those sent more than once.
func (b *book) figures() string {
	sent, acked, again := map[string]int{}, map[string]int{}, 0
	for _, in := range b.all {
		sent[in.kind]++
		if in.acked {
			acked[in.kind]++
		}
		if in.tries > 1 {
			again++
		}
	}
	s, total := "", 0
	for _, k := range []string{filed, mentioned, noted, lived, mailed, fired, recovered} {
		s += fmt.Sprintf(" %s %d/%d,", k, acked[k], sent[k])
		total += acked[k]
	}
	return fmt.Sprintf("acknowledged/sent:%s %d acknowledged in all, %d inputs sent more than once", s, total, again)
}

// How often one worker does something. Replicas spend much of their time without
// anybody who handles events, so that these must not pile up.
const (
	often = 15 * time.Millisecond
	rare  = 60 * time.Millisecond
)

// noteOn is how many requests there are before the load begins, for notes.
// Those after them are for lives.
const noteOn = 5

// load is people and machines that go on whatever happens to the program.
type load struct {
	t     *testing.T
	book  *book
	to    []*process
	web   *http.Client
	pace  time.Duration
	lives *lives
	stop  context.CancelFunc
	ended sync.WaitGroup
}

// newLoad begins the load: four people, two mail servers, one Alertmanager.
func newLoad(t *testing.T, seed uint64, pace time.Duration, b *book, to []*process) *load {
	ctx, cancel := context.WithCancel(context.Background())
	l := &load{t: t, book: b, to: to, pace: pace, stop: cancel, web: newClient(), lives: &lives{}}
	for i, kinds := range [][]string{{filed, noted}, {mentioned, noted}, {filed, mentioned}, {mailed}, {mailed}, {fired}, {lived}} {
		l.ended.Go(func() { l.work(ctx, rand.New(rand.NewPCG(seed, uint64(i))), i, kinds) })
	}
	t.Cleanup(l.end)
	return l
}

// newClient waits for no answer longer than people do: a paused program gives
// none.
func newClient() *http.Client {
	return &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
}

// end stops the load. What is under way is cut off or answered.
func (l *load) end() {
	l.stop()
	l.ended.Wait()
	l.web.CloseIdleConnections()
}

func (l *load) work(ctx context.Context, r *rand.Rand, worker int, kinds []string) {
	tick := time.NewTicker(l.pace)
	defer tick.Stop()
	for n := 0; ctx.Err() == nil; n++ {
		in := &input{kind: kinds[r.IntN(len(kinds))], id: fmt.Sprintf("w%dn%d", worker, n)}
		if in.kind == lived {
			if in.life = l.lives.next(); in.life == nil {
				in.kind = noted // every request has had its life
			}
		}
		l.book.add(in)
		l.insist(ctx, r, tick.C, in)
		if in.kind == fired && in.acked && in.tries == 1 && r.IntN(2) == 0 {
			// A report that was answered once only cannot come late and undo this.
			l.insist(ctx, r, tick.C, l.book.add(&input{kind: recovered, id: in.id}))
		}
	}
}

// insist sends an input until it is acknowledged, or gives it up after a
// failure. Now and then it sends it again although it was acknowledged, as a
// sender does that has not heard the answer.
func (l *load) insist(ctx context.Context, r *rand.Rand, tick <-chan time.Time, in *input) {
	for {
		select {
		case <-tick:
		case <-ctx.Done():
			return
		}
		to := l.to[r.IntN(len(l.to))]
		reached, err := l.send(ctx, to, in)
		if reached {
			in.tries++
		}
		var wrong *wrongAnswer
		switch {
		case err == nil:
			in.acked = true
			if in.kind == fired || r.IntN(20) > 0 {
				return
			}
		case errors.As(err, &wrong):
			l.t.Errorf("%s %s: %v", in.kind, in.id, err)
			return
		case reached && r.IntN(3) == 0:
			return
		}
	}
}

// wrongAnswer is one that the program should not give.
type wrongAnswer struct{ what string }

func (w *wrongAnswer) Error() string { return w.what }

// send does what an input is. reached says that the program may have it.
func (l *load) send(ctx context.Context, to *process, in *input) (reached bool, err error) {
	switch in.kind {
	case filed:
		return l.say(ctx, to, in, "web:grace", "/request "+in.text())
	case mentioned:
		return l.say(ctx, to, in, "web:owen", "@desk "+in.text())
	case noted:
		return l.say(ctx, to, in, "web:timur", "/request note "+in.noteOn()+" "+in.text())
	case lived:
		return l.say(ctx, to, in, "web:vera", "/request "+in.life.words(in.text()))
	case mailed:
		return sendMail(ctx, to.mail, in)
	}
	return l.alert(ctx, to, in)
}

// noteOn is the request that a note is about: one of the first.
func (in *input) noteOn() string {
	return fmt.Sprintf("R-%d", 1+int(in.id[len(in.id)-1]-'0')%noteOn)
}

// say types something in #support, as the page does it.
func (l *load) say(ctx context.Context, to *process, in *input, who, text string) (bool, error) {
	return l.sayAt(ctx, to, in, bot.Place{Adapter: "web", Channel: "support"}, who, text)
}

func (l *load) sayAt(ctx context.Context, to *process, in *input, at bot.Place, who, text string) (bool, error) {
	form := url.Values{"place": {at.String()}, "nonce": {in.kind + in.id}, "text": {text}}.Encode()
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Hx-Request": {"true"}, "Meridian-As": {who}}
	return l.post(ctx, "http://"+to.http+"/say", h, form, http.StatusOK)
}

// alert reports one alert, alone in its group, as Alertmanager does.
func (l *load) alert(ctx context.Context, to *process, in *input) (bool, error) {
	status, ends := "firing", "0001-01-01T00:00:00Z"
	if in.kind == recovered {
		status, ends = "resolved", "2026-01-02T04:04:05Z"
	}
	body := fmt.Sprintf(`{"version":"4","groupKey":%[1]q,"status":%[2]q,"receiver":"desk","groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://x",
		"alerts":[{"status":%[2]q,"labels":{"alertname":%[3]q},"annotations":{},"startsAt":"2026-01-02T03:04:05Z","endsAt":%[4]q,"generatorURL":"http://x","fingerprint":%[1]q}]}`,
		in.id, status, in.text(), ends)
	h := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer s3cret"}}
	return l.post(ctx, "http://"+to.http+"/hooks/prom", h, body, http.StatusAccepted)
}

func (l *load) post(ctx context.Context, to string, h http.Header, body string, want int) (reached bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(body))
	if err != nil {
		return false, &wrongAnswer{err.Error()}
	}
	r.Header = h
	answer, err := l.web.Do(r)
	if err != nil {
		var op *net.OpError
		return !errors.As(err, &op) || op.Op != "dial", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	switch {
	case answer.StatusCode == want:
		return true, nil // its first line is the acknowledgement
	case answer.StatusCode < 500:
		return true, &wrongAnswer{fmt.Sprintf("%s answers %s %.200s", to, answer.Status, text)}
	}
	return true, errors.Join(err, errors.New(answer.Status))
}

// sendMail hands over a mail as a mail server does.
func sendMail(ctx context.Context, to string, in *input) (reached bool, err error) {
	var d net.Dialer
	nc, err := d.DialContext(ctx, "tcp", to)
	if err != nil {
		return false, err
	}
	defer nc.Close()
	defer context.AfterFunc(ctx, func() { nc.Close() })()
	if err := nc.SetDeadline(time.Now().Add(3 * time.Second)); err != nil {
		return false, err
	}
	c, err := smtp.NewClient(nc, "desk.example")
	if err != nil {
		return false, err
	}
	err = errors.Join(c.Mail(in.sender()), c.Rcpt("support@desk.example"))
	if err != nil {
		return false, unlessWrong(err)
	}
	w, err := c.Data()
	if err != nil {
		return false, unlessWrong(err)
	}
	_, err = fmt.Fprintf(w, "From: %[1]s\r\nTo: support@desk.example\r\nSubject: %[2]s\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\nMessage-ID: <%[1]s>\r\n\r\n%[2]s, and nobody is here.\r\n", in.sender(), in.text())
	if err := errors.Join(err, w.Close()); err != nil {
		return true, unlessWrong(err)
	}
	_ = c.Quit() // the mail is taken
	return true, nil
}

// unlessWrong tells a refusal for good, which must not be, from a failure.
func unlessWrong(err error) error {
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code >= 500 {
		return &wrongAnswer{err.Error()}
	}
	return err
}
