package email

import (
	"crypto/tls"
	"net"
	"sync"
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
	tls      *tls.Config // nil: no STARTTLS
}

func newGate(l net.Listener, t *tls.Config) *gate {
	return &gate{Listener: l, tls: t, conns: map[*conn]struct{}{}, perIP: map[string]int{}}
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
	in := &conn{Conn: c, stream: c, gate: g, ip: ip}
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
