package email

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Limits on connections. The limit for one address does not hold for this
// machine's own, behind which a relay may stand for everybody.
const (
	maxConns      = 100
	maxConnsPerIP = 10
)

// gate is a listener that counts connections, turns away those beyond the
// limits, and can be drained.
type gate struct {
	net.Listener
	mu       sync.Mutex
	conns    map[*conn]struct{}
	perIP    map[string]int
	draining bool
	closed   sync.Once
}

func newGate(l net.Listener) *gate {
	return &gate{Listener: l, conns: map[*conn]struct{}{}, perIP: map[string]int{}}
}

// Accept waits for a connection within the limits.
func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if in := g.admit(c); in != nil {
			return in, nil
		}
		go turnAway(c)
	}
}

// Close ends the listening. The SMTP library does it too, but only if it has
// begun to listen.
func (g *gate) Close() (err error) {
	g.closed.Do(func() { err = g.Listener.Close() })
	return err
}

func (g *gate) admit(c net.Conn) *conn {
	ip := remoteIP(c)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.draining || len(g.conns) >= maxConns || ip != "" && g.perIP[ip] >= maxConnsPerIP {
		return nil
	}
	in := &conn{Conn: c, gate: g, ip: ip}
	g.conns[in] = struct{}{}
	if ip != "" {
		g.perIP[ip]++
	}
	return in
}

func turnAway(c net.Conn) {
	_ = c.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = c.Write([]byte("421 4.7.0 Too many connections, try again later\r\n"))
	c.Close()
}

// remoteIP is the address to count by; empty for this machine's own.
func remoteIP(c net.Conn) string {
	host, _, err := net.SplitHostPort(c.RemoteAddr().String())
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsLoopback() {
		return ""
	}
	return host
}

func (g *gate) leave(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.conns[c]; !ok {
		return
	}
	delete(g.conns, c)
	if g.perIP[c.ip]--; g.perIP[c.ip] <= 0 {
		delete(g.perIP, c.ip)
	}
}

// drain ends what is idle. A connection that is sending a mail ends after it.
func (g *gate) drain() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.draining = true
	for c := range g.conns {
		if !c.busy.Load() {
			_ = c.Conn.SetReadDeadline(time.Unix(1, 0))
		}
	}
}

func (g *gate) isDraining() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.draining
}

func (g *gate) closeAll() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.conns {
		c.Conn.Close()
	}
}

// conn is one connection. It watches for a CR that no LF follows, which the
// SMTP library hides in one place, and ends itself after the answer to a mail
// that was refused for its line ends: what follows such a mail may be another
// one that somebody hid in it.
type conn struct {
	net.Conn
	gate    *gate
	ip      string
	busy    atomic.Bool // a mail is being received
	bareCR  atomic.Bool
	ending  atomic.Bool // the next answer is the last
	ended   atomic.Bool
	afterCR bool // used by Read alone
}

// Read passes bytes on and remembers whether a bare CR was among them.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	for _, ch := range b[:n] {
		if c.afterCR && ch != '\n' {
			c.bareCR.Store(true)
		}
		c.afterCR = ch == '\r'
	}
	return n, err
}

// Write ends the connection after the last answer.
func (c *conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if c.ending.Load() {
		c.ended.Store(true)
		c.Close()
	}
	return n, err
}

// SetReadDeadline is what the library calls before each command. A connection
// that is to end gets no further command, not even one that has been read ahead.
func (c *conn) SetReadDeadline(t time.Time) error {
	if c.ended.Load() {
		return net.ErrClosed
	}
	if !c.busy.Load() && c.gate.isDraining() {
		t = time.Unix(1, 0)
	}
	return c.Conn.SetReadDeadline(t)
}

// Close leaves the gate.
func (c *conn) Close() error {
	c.gate.leave(c)
	return c.Conn.Close()
}
