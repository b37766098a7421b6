package slacktest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
)

// Transport answers every call in place, whatever its host: no socket is
// opened.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ s *Server }

// errDropped is what a call sees whose connection ends without an answer.
var errDropped = errors.New("connection reset by peer")

// RoundTrip calls the server as a function.
func (t transport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	body := r.Body
	if body == nil {
		body = http.NoBody
	}
	defer body.Close() //nolint:errcheck // it was read
	type result struct {
		resp *http.Response
		err  error
	}
	done := make(chan result, 1)
	in := r.Clone(r.Context())
	in.Body = body
	go func() {
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				done <- result{err: errDropped}
			}
		}()
		w := httptest.NewRecorder()
		t.s.ServeHTTP(w, in)
		done <- result{resp: w.Result()}
	}()
	select {
	case out := <-done:
		if out.resp != nil {
			out.resp.Request = r
		}
		return out.resp, out.err
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// Dial gives one end of a pipe whose other end speaks HTTP with the server, for
// the WebSockets of Socket Mode.
func (s *Server) Dial(_ context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	go func() {
		in := bufio.NewReader(ours)
		r, err := http.ReadRequest(in)
		if err != nil {
			_ = ours.Close()
			return
		}
		s.ServeHTTP(&hijacked{conn: ours, in: in, header: http.Header{}}, r)
	}()
	return theirs, nil
}

// hijacked is a response whose connection can be taken over.
type hijacked struct {
	conn   net.Conn
	in     *bufio.Reader
	header http.Header
}

// Header implements http.ResponseWriter.
func (h *hijacked) Header() http.Header { return h.header }

// WriteHeader implements http.ResponseWriter: what is no WebSocket is refused.
func (h *hijacked) WriteHeader(status int) {
	_, _ = fmt.Fprintf(h.conn, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status, http.StatusText(status))
}

// Write implements http.ResponseWriter.
func (h *hijacked) Write(b []byte) (int, error) { return len(b), nil }

// Hijack implements http.Hijacker.
func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(h.in, bufio.NewWriter(h.conn)), nil
}
