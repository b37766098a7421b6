package cli

import (
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
)

// door is a listener whose connections come from where the test says.
type door struct{ coming chan net.Conn }

func (d *door) Accept() (net.Conn, error) {
	c, ok := <-d.coming
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (d *door) Close() error   { close(d.coming); return nil }
func (d *door) Addr() net.Addr { return &net.TCPAddr{} }

// caller is a connection from an address.
type caller struct {
	net.Conn
	from   string
	closed bool
}

func (c *caller) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(c.from), 1))
}
func (c *caller) Close() error { c.closed = true; return nil }

// enter lets n callers in from an address and gives those who got in.
func enter(g *gate, d *door, n int, from string) (in []net.Conn, refused int) {
	for range n {
		c := &caller{from: from}
		accepted := make(chan net.Conn)
		d.coming <- c
		go func() { accepted <- <-got(g) }()
		synctest.Wait()
		if c.closed {
			refused++
			d.coming <- &caller{from: "127.0.0.1"} // so that the one who waits gets somebody
			(<-accepted).Close()                   //nolint:errcheck // it never fails
			continue
		}
		in = append(in, <-accepted)
	}
	return in, refused
}

func got(g *gate) <-chan net.Conn {
	out := make(chan net.Conn, 1)
	c, _ := g.Accept()
	out <- c
	return out
}

func TestOneAddressCannotTakeAllConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &door{make(chan net.Conn, 1)}
		g := newGate(d)
		in, refused := enter(g, d, maxConnsFrom+5, "192.0.2.1")
		if len(in) != maxConnsFrom || refused != 5 {
			t.Errorf("%d got in and %d were refused", len(in), refused)
		}
		if _, refused = enter(g, d, 1, "192.0.2.2"); refused != 0 {
			t.Error("another address was refused")
		}
		if _, refused = enter(g, d, maxConnsFrom+5, "127.0.0.1"); refused != 0 {
			t.Errorf("%d from this machine were refused", refused)
		}
		for range 2 { // closing twice makes room once
			if err := in[0].Close(); err != nil {
				t.Error(err)
			}
		}
		if in, refused = enter(g, d, 2, "::ffff:192.0.2.1"); len(in) != 1 || refused != 1 {
			t.Errorf("after one had left, %d got in and %d were refused", len(in), refused)
		}
	})
}

func TestTheServerHasOnlySoManyConnectionsAndEndsWhileFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &door{make(chan net.Conn, 1)}
		g := newGate(d)
		in, _ := enter(g, d, maxConns, "127.0.0.1")
		next := make(chan error, 1)
		go func() { _, err := g.Accept(); next <- err }()
		synctest.Wait()
		select {
		case err := <-next:
			t.Fatalf("one more got in: %v", err)
		default:
		}
		if err := in[7].Close(); err != nil {
			t.Fatal(err)
		}
		d.coming <- &caller{from: "127.0.0.1"}
		if err := <-next; err != nil {
			t.Fatalf("after one had left: %v", err)
		}
		go func() { _, err := g.Accept(); next <- err }()
		synctest.Wait()
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-next; err == nil {
			t.Error("a closed server takes connections")
		}
	})
}
