package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

const (
	// maxConns is how many connections may be open at once: further ones wait.
	maxConns = 256
	// maxConnsFrom is how many of them one address may have: further ones are
	// closed. This machine itself, and a proxy on it, may have them all.
	maxConnsFrom = 32
)

// listen binds host:port. The error names the key that says so.
func listen(ctx context.Context, where, key, address string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", where, key, err)
	}
	return l, nil
}

// lasting is a listener that outlives the servers that use it, one after the
// other: who calls between two of them waits. It is open for one address at a
// time.
type lasting struct {
	*net.TCPListener
	address string
}

// open makes the listener ready for the next server.
func (l *lasting) open(ctx context.Context, c Config) error {
	if l.TCPListener != nil && (l.address == c.Listen || l.Addr().String() == c.Listen) {
		return l.SetDeadline(time.Time{})
	}
	if err := l.shut(); err != nil {
		return err
	}
	made, err := listen(ctx, c.Where("http.listen"), "http.listen", c.Listen)
	if err != nil {
		return err
	}
	tcp, ok := made.(*net.TCPListener)
	if !ok {
		return fmt.Errorf("http.listen: a %T is no listener for TCP", made)
	}
	l.TCPListener, l.address = tcp, c.Listen
	return nil
}

// Close leaves those who come from now on to the next server.
func (l *lasting) Close() error { return l.SetDeadline(time.Now()) }

// shut closes the listener for good.
func (l *lasting) shut() error {
	if l.TCPListener == nil {
		return nil
	}
	open := l.TCPListener
	l.TCPListener = nil
	return open.Close()
}

// gate lets in a limited number of connections, so that one sender cannot take
// all of the server.
type gate struct {
	net.Listener
	slots  chan struct{}
	closed chan struct{}
	close  sync.Once
	mu     sync.Mutex
	from   map[netip.Addr]int
}

func newGate(l net.Listener) *gate {
	return &gate{Listener: l, slots: make(chan struct{}, maxConns), closed: make(chan struct{}), from: map[netip.Addr]int{}}
}

// Accept waits for a connection that may come in.
func (g *gate) Accept() (net.Conn, error) {
	for {
		select {
		case g.slots <- struct{}{}:
		case <-g.closed:
			return nil, net.ErrClosed
		}
		c, err := g.Listener.Accept()
		if err != nil {
			<-g.slots
			if errors.Is(err, os.ErrDeadlineExceeded) { // it is for the next server
				<-g.closed
			}
			return nil, err
		}
		from := addressOf(c)
		if g.enter(from) {
			return &gated{Conn: c, leave: func() { g.leave(from) }}, nil
		}
		<-g.slots
		_ = c.Close() // it has too many already
	}
}

// Close ends Accept, also one that waits for others to leave.
func (g *gate) Close() error {
	g.close.Do(func() { close(g.closed) })
	return g.Listener.Close()
}

func (g *gate) enter(from netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.from[from] >= maxConnsFrom && !from.IsLoopback() {
		return false
	}
	g.from[from]++
	return true
}

func (g *gate) leave(from netip.Addr) {
	g.mu.Lock()
	if g.from[from]--; g.from[from] <= 0 {
		delete(g.from, from)
	}
	g.mu.Unlock()
	<-g.slots
}

// addressOf is where a connection comes from, without the port.
func addressOf(c net.Conn) netip.Addr {
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

// gated is a connection that tells the gate when it ends.
type gated struct {
	net.Conn
	once  sync.Once
	leave func()
}

// Close ends the connection.
func (c *gated) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.leave)
	return err
}
