package email

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// conn is one connection. It watches for a CR that no LF follows, which the
// SMTP library hides in one place, and ends itself after the answer to a mail
// that was refused for its line ends: what follows such a mail may be another
// one that somebody hid in it.
//
// It does STARTTLS itself, below the library: the watch must see what is said
// and not its encryption.
type conn struct {
	net.Conn               // the connection itself, for deadlines and its end
	stream   io.ReadWriter // what is said over it: Conn, or TLS over it; used by Read and Write alone
	secure   bool
	gate     *gate
	ip       string
	busy     atomic.Bool // a mail is being received
	bareCR   atomic.Bool
	ending   atomic.Bool // the next answer is the last
	ended    atomic.Bool
	last     byte // the last byte read; 0 before the first; used by Read alone
}

// Read passes bytes on and remembers whether a bare CR was among them.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.stream.Read(b)
	for c.gate.tls != nil && !c.secure && err == nil && !c.busy.Load() && (c.last == 0 || c.last == '\n') && mayStartTLS(b[:n]) {
		if bytes.HasSuffix(b[:n], []byte("\n")) {
			if err = c.startTLS(); err != nil {
				return 0, err
			}
			n = 0
		}
		var more int
		more, err = c.stream.Read(b[n:])
		n += more
	}
	for _, ch := range b[:n] {
		if c.last == '\r' && ch != '\n' {
			c.bareCR.Store(true)
		}
		c.last = ch
	}
	return n, err
}

// startCommand is said alone: what follows it unencrypted in one piece may be
// from somebody else, and is left to the library, which knows no such command.
const startCommand = "STARTTLS\r\n"

// mayStartTLS reports whether b is the command, or the beginning of it.
func mayStartTLS(b []byte) bool {
	return len(b) > 0 && len(b) <= len(startCommand) && bytes.EqualFold(b, []byte(startCommand[:len(b)]))
}

// handshakeTime is how long a peer may take to agree on the encryption.
const handshakeTime = 30 * time.Second

// startTLS answers the command and goes over to TLS. What was said before
// counts no more once the peer greets again.
func (c *conn) startTLS() error {
	if _, err := io.WriteString(c.Conn, "220 2.0.0 Ready to start TLS\r\n"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
	defer cancel()
	t := tls.Server(c.Conn, c.gate.tls)
	if err := t.HandshakeContext(ctx); err != nil {
		return err
	}
	c.stream, c.secure, c.last = t, true, 0
	return nil
}

// greeted is the line of the library's greeting behind which STARTTLS is told.
const greeted = "250-PIPELINING\r\n"

// Write tells of STARTTLS, and ends the connection after the last answer.
func (c *conn) Write(b []byte) (int, error) {
	n, err := c.stream.Write(b)
	if err == nil && c.gate.tls != nil && !c.secure && string(b) == greeted {
		_, err = io.WriteString(c.stream, "250-STARTTLS\r\n")
	}
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
