package email

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"meridian/bot"
)

// Limits of the listener.
const (
	maxMail       = 25 << 20 // bytes of one mail, told to senders as SIZE
	maxRecipients = 20
	maxLine       = 16 << 10 // bytes of one line
	maxReceived   = 50       // hops before a mail is taken to go in circles
	idleTime      = 5 * time.Minute
	dataTime      = 10 * time.Minute // for one whole mail
)

// The answers of the listener that are not the library's own.
var (
	replyRelay   = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Only mail for the desk's own address is taken here"}
	replyHops    = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 4, 6}, Message: "Too many hops, this mail goes in circles"}
	replyBare    = &smtp.SMTPError{Code: 500, EnhancedCode: smtp.EnhancedCode{5, 5, 2}, Message: "A line must end with CR LF; closing connection"}
	replyLine    = &smtp.SMTPError{Code: 500, EnhancedCode: smtp.EnhancedCode{5, 5, 2}, Message: "Too long line"}
	replyBusy    = &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "Too busy, try again later"}
	replyStore   = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The mail could not be stored, try again later"}
	replyReading = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 4, 2}, Message: "The mail did not arrive whole, try again"}
)

// server makes the SMTP server. ctx bounds the storing of mails, not the
// listening.
func (a *Adapter) server(ctx context.Context) *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		in, ok := c.Conn().(*conn)
		if !ok {
			return nil, fmt.Errorf("connection of type %T did not come by the gate", c.Conn())
		}
		return &session{a: a, ctx: ctx, conn: in}, nil
	}))
	s.Domain = a.config.Hostname
	s.MaxRecipients = maxRecipients
	s.MaxMessageBytes = maxMail
	s.MaxLineLength = maxLine
	s.ReadTimeout = idleTime
	s.WriteTimeout = time.Minute
	s.EnableSMTPUTF8 = true
	s.ErrorLog = errorLog{a}
	return s
}

// errorLog takes what the SMTP library has to say of broken connections.
type errorLog struct{ a *Adapter }

// Printf logs one error.
func (l errorLog) Printf(format string, v ...any) {
	l.a.o.Log.Warn("smtp connection failed", "error", fmt.Sprintf(format, v...))
}

// Println logs one error.
func (l errorLog) Println(v ...any) { l.Printf("%s", fmt.Sprintln(v...)) }

// session is one conversation with a sending server.
type session struct {
	a    *Adapter
	ctx  context.Context
	conn *conn
	from string
	to   []string
}

// Reset forgets the mail that was begun.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the conversation.
func (s *session) Logout() error { return nil }

// Mail begins a mail.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from, s.to = cleanLine(from, 320), nil
	return nil
}

// Rcpt takes the desk's own address and its plus-addresses.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	at := strings.LastIndexByte(to, '@')
	if at < 0 {
		return replyRelay
	}
	local, domain := strings.ToLower(to[:at]), strings.ToLower(to[at+1:])
	if strings.EqualFold(to, s.a.config.Complaints) {
		s.to = append(s.to, cleanLine(to, 320))
		return nil
	}
	if domain != s.a.domain || local != s.a.local && !strings.HasPrefix(local, s.a.local+"+") {
		return replyRelay
	}
	s.to = append(s.to, cleanLine(to, 320))
	return nil
}

// Data stores the mail. It returns nil, which the sender hears as 250, only
// after the desk has it durably.
func (s *session) Data(r io.Reader) error {
	s.conn.busy.Store(true)
	defer s.conn.busy.Store(false)
	e, err := s.receive(r)
	if errors.Is(err, errBareLine) || s.conn.bareCR.Load() {
		s.conn.ending.Store(true)
		return replyBare
	}
	if err == nil {
		err = s.a.desk.Accept(s.ctx, e)
	}
	var reply *smtp.SMTPError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &reply):
		return reply
	case errors.Is(err, smtp.ErrTooLongLine):
		return replyLine
	case errors.Is(err, bot.ErrBusy):
		return replyBusy
	case errors.Is(err, errReading):
		return replyReading
	}
	s.a.o.Log.Error("mail was not stored", "error", err)
	return replyStore
}

var (
	errBareLine = errors.New("a bare CR or LF in a mail")
	errReading  = errors.New("read mail")
)

// receive reads a mail into an event.
func (s *session) receive(r io.Reader) (bot.Event, error) {
	in := &strictReader{r: r, conn: s.conn, end: time.Now().Add(dataTime)}
	k, err := s.a.keep(s.ctx, in, func(h header) error {
		if h.count("received") > maxReceived {
			return replyHops
		}
		return nil
	})
	if in.err != nil {
		err = in.err
	}
	if err != nil {
		return bot.Event{}, err
	}
	return s.a.event(k, s.a.o.Now(), bot.Mailed{EnvelopeFrom: s.from, EnvelopeTo: s.to}), nil
}

// kept are the bytes of a mail: a small one in raw, a larger one in a blob.
type kept struct {
	raw  []byte
	blob bot.Blob
	head header
	key  string
}

// keep reads a mail, however it comes. check, if there is one, may refuse it by
// its header before more is read.
func (a *Adapter) keep(ctx context.Context, r io.Reader, check func(header) error) (k kept, err error) {
	k.raw, err = io.ReadAll(io.LimitReader(r, bot.InlineLimit+1))
	if err != nil {
		return kept{}, err
	}
	var body []byte
	k.head, body, _ = readHeader(k.raw)
	if check != nil {
		if err := check(k.head); err != nil {
			return kept{}, err
		}
	}
	sum := keyHash(k.head, body)
	if len(k.raw) > bot.InlineLimit {
		k.blob, err = a.desk.PutBlob(ctx, "mail", io.MultiReader(bytes.NewReader(k.raw), io.TeeReader(r, sum)), maxMail)
		k.raw = nil
	}
	k.key = "mailed:" + hex.EncodeToString(sum.Sum(nil)[:16])
	return k, err
}

// event is what is known of a mail that came to one of our addresses. That it was
// written to the one for complaints is news even of a mail that we have: a hidden
// copy may come in a transaction of its own.
func (a *Adapter) event(k kept, at time.Time, body bot.Mailed) bot.Event {
	is := func(to string) bool { return strings.EqualFold(to, a.config.Complaints) }
	if a.config.Complaints != "" && slices.ContainsFunc(body.EnvelopeTo, is) {
		k.key += ":complaint"
	}
	return k.event(at, body)
}

// event is what is known of a mail before it is read.
func (k kept) event(at time.Time, body bot.Mailed) bot.Event {
	e := bot.Event{Source: Source, Key: k.key, Raw: k.raw, Blob: k.blob, Message: messageID(cutBytes(k.head.get("message-id"), maxFieldBytes)), At: at, Body: body}
	name(&e, sender(k.head), body.EnvelopeFrom)
	return e
}

// keyHash begins the hash that names a mail: its id and its body, so that the
// same mail sent twice is one event, whichever way it came. Without an id the
// sender and the date stand for it.
func keyHash(h header, body []byte) hash.Hash {
	sum := sha256.New()
	if id := messageID(cutBytes(h.get("message-id"), maxFieldBytes)); id != "" {
		fmt.Fprintf(sum, "id %s\n", id)
	} else {
		fmt.Fprintf(sum, "from %s\ndate %s\n", h.get("from"), h.get("date"))
	}
	sum.Write(body)
	return sum
}

// name says who sent the mail and where they are answered: the address of
// From, else that of the envelope.
func name(e *bot.Event, from bot.Address, envelope string) bot.Address {
	if from.Address == Unknown && isAddress(envelope) {
		from.Address = envelope
	}
	address := strings.ToLower(from.Address)
	e.Actor = bot.Actor{ID: Source + ":" + address, Name: from.Name}
	e.Place = bot.Place{Adapter: Source, Channel: address}
	return from
}

// strictReader passes a mail on, refuses a line that ends with LF alone or
// holds a CR alone, and bounds the time that a sender may take.
type strictReader struct {
	r    io.Reader
	conn *conn
	end  time.Time
	last byte
	err  error // the first error other than the end of the mail
}

// Read gives the bytes of the mail with their line ends checked.
func (s *strictReader) Read(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	deadline := time.Now().Add(idleTime)
	if s.end.Before(deadline) {
		deadline = s.end
	}
	_ = s.conn.SetReadDeadline(deadline) // a connection that is gone says so when it is read
	n, err := s.r.Read(b)
	for _, c := range b[:n] {
		if (c == '\n') != (s.last == '\r') {
			s.err = errBareLine
			return 0, s.err
		}
		s.last = c
	}
	if err == io.EOF && s.last == '\r' {
		err = errBareLine
	}
	if err != nil && err != io.EOF {
		s.err = wrapReading(err)
		return n, s.err
	}
	return n, err
}

// wrapReading tells errors of the connection from those of the store, but
// keeps those that have an answer of their own.
func wrapReading(err error) error {
	var reply *smtp.SMTPError
	if errors.As(err, &reply) || errors.Is(err, smtp.ErrTooLongLine) || errors.Is(err, errBareLine) {
		return err
	}
	return fmt.Errorf("%w: %w", errReading, err)
}
