package slack

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	mostOpen      = 10               // that Slack allows an app, other copies of it included
	helloTime     = 10 * time.Second // from the handshake to hello
	silenceTime   = 40 * time.Second // without a word, not even a ping: the connection is dead
	lingerTime    = 15 * time.Second // an old connection is read on beside the new one
	closeTime     = time.Second      // until Slack knows that a connection has ended
	socketRetry   = time.Minute      // most seconds between two tries to connect
	disabledRetry = 5 * time.Minute  // Socket Mode is switched off, or the token is dead
)

// errDisabled says that Slack takes no connections of this app.
var errDisabled = errors.New("the Socket Mode is switched off in the app's settings")

// listen keeps connections of Socket Mode until ctx ends. They do not end at the
// same time: the second is renewed half a life after the first, and each is
// replaced before it ends.
func (a *Adapter) listen(ctx context.Context) {
	var wg sync.WaitGroup
	begun := make(chan struct{}) // the second knows from the first how many there are
	wg.Go(func() { a.slot(ctx, false, sync.OnceFunc(func() { close(begun) })) })
	wg.Go(func() {
		select {
		case <-begun:
			a.slot(ctx, true, func() {})
		case <-ctx.Done():
		}
	})
	wg.Wait()
}

// slot keeps one connection. When it is warned of its end, or its own time is
// over, the next is opened first; where Slack would take no more, it is closed
// first, while the other slot has one.
func (a *Adapter) slot(ctx context.Context, early bool, begun func()) {
	var wg sync.WaitGroup
	defer wg.Wait()
	var old *socket
	for tries := 0; ctx.Err() == nil; {
		k, err := a.renew(ctx, old)
		if err != nil {
			if !a.notConnected(ctx, err, tries) {
				return
			}
			tries++
			continue
		}
		begun()
		tries, old = 0, k
		replace := make(chan struct{})
		wg.Go(func() { a.serveSocket(ctx, k, replace) })
		if !a.hold(ctx, k, replace, early && k.life > 0) {
			return
		}
		early = false // only its first life is half as long
	}
}

// errFull says that there are as many connections of the app as Slack takes.
var errFull = errors.New("the app has as many connections as Slack allows")

// renew opens a connection in the place of an old one, if there is one.
func (a *Adapter) renew(ctx context.Context, old *socket) (*socket, error) {
	a.renewing.Lock()
	defer a.renewing.Unlock()
	if a.lives.full() {
		if old == nil || old.over() {
			return nil, errFull
		}
		old.close()
		<-old.done
		if !sleep(ctx, closeTime) {
			return nil, ctx.Err()
		}
	}
	k, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	a.lives.add(k.others)
	if old != nil {
		old.retire()
	}
	return k, nil
}

// notConnected waits until it is time to try again. It reports false when ctx
// ended first.
func (a *Adapter) notConnected(ctx context.Context, err error, tries int) bool {
	if ctx.Err() != nil {
		return false
	}
	a.lives.fail(err)
	wait := backoff(tries, socketRetry)
	if errors.Is(err, errDisabled) || refused(err) {
		wait = jitter(disabledRetry)
		a.log.Error("slack: no connection of Socket Mode", "error", err)
	} else {
		a.log.Warn("slack: no connection of Socket Mode", "error", err)
	}
	return sleep(ctx, wait)
}

// hold waits until a connection is to be replaced.
func (a *Adapter) hold(ctx context.Context, k *socket, replace <-chan struct{}, early bool) bool {
	var half <-chan time.Time
	if early {
		t := time.NewTimer(k.life / 2)
		defer t.Stop()
		half = t.C
	}
	select {
	case <-ctx.Done():
		return false
	case <-replace:
	case <-half:
	}
	return true
}

// socket is one connection.
type socket struct {
	conn   *websocket.Conn
	life   time.Duration // as Slack expects it to be; zero: not said
	others int           // connections of the app, with this one
	done   chan struct{} // closed when it has ended
	mu     sync.Mutex
	wmu    sync.Mutex
	ending bool
}

// over reports whether the connection has ended.
func (k *socket) over() bool {
	select {
	case <-k.done:
		return true
	default:
		return false
	}
}

// retire lets a connection end a while after another has taken its place.
func (k *socket) retire() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.ending {
		k.ending = true
		time.AfterFunc(lingerTime, k.close)
	}
}

func (k *socket) close() { _ = k.conn.Close() } // whoever reads it hears of it

// hello is the first word of a connection.
type hello struct {
	Type   string `json:"type"`
	Reason string `json:"reason"`
	Count  int    `json:"num_connections"`
	Debug  struct {
		Life float64 `json:"approximate_connection_time"`
	} `json:"debug_info"`
}

// connect opens a connection and waits for its hello.
func (a *Adapter) connect(ctx context.Context) (*socket, error) {
	var out struct {
		URL string `json:"url"`
	}
	if err := a.api.call(ctx, "apps.connections.open", url.Values{}, &out); err != nil {
		return nil, err
	}
	d := websocket.Dialer{HandshakeTimeout: dialTime, NetDialContext: a.dial, Proxy: http.ProxyFromEnvironment}
	if a.plainDial {
		d.NetDialTLSContext = a.dial // what it gives is as safe as it needs to be
	}
	conn, resp, err := d.DialContext(ctx, out.URL, nil)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close() // of a refusal; its words do not matter
	}
	if err != nil {
		return nil, errors.New("slack socket: " + reasonOf(err))
	}
	conn.SetReadLimit(maxBody)
	k := &socket{conn: conn, done: make(chan struct{})}
	var h hello
	_ = conn.SetReadDeadline(time.Now().Add(helloTime))
	if err := conn.ReadJSON(&h); err != nil || h.Type != "hello" {
		k.close()
		switch {
		case h.Reason == "link_disabled":
			return nil, errDisabled
		case h.Reason != "":
			return nil, errors.New("slack socket: " + h.Reason)
		}
		return nil, errors.New("slack socket: no hello")
	}
	k.life, k.others = time.Duration(h.Debug.Life*float64(time.Second)), h.Count
	conn.SetPingHandler(func(word string) error {
		k.alive()
		k.wmu.Lock()
		defer k.wmu.Unlock()
		return conn.WriteControl(websocket.PongMessage, []byte(word), time.Now().Add(dialTime))
	})
	k.alive()
	return k, nil
}

// alive puts off the moment at which a silent connection counts as dead.
func (k *socket) alive() { _ = k.conn.SetReadDeadline(time.Now().Add(silenceTime)) }

// reasonOf is an error of the network without the address: its ticket is a
// secret.
func reasonOf(err error) string {
	err = bare(err)
	if errors.Is(err, websocket.ErrBadHandshake) {
		return "refused"
	}
	return err.Error()
}
