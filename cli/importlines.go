package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"meridian/bot"
	"meridian/storage"
)

// item is a line of an export that can be written into a store.
type item interface {
	// check says what is wrong with it, and counts it.
	check(s *summary) error
	write(w *storage.ImportTx) error
}

// errDamaged is a line that no export printed.
var errDamaged = errors.New("this is no line of an export: it is damaged or was cut off")

// parseLine reads one line. Nothing in it is guessed: a field that is not known
// may be one that a newer program needs.
func parseLine(line []byte) (item, error) {
	if !utf8.Valid(line) {
		return nil, errDamaged
	}
	var h head
	if err := json.Unmarshal(line, &h); err != nil {
		return nil, errDamaged
	}
	if h.V != 1 && h.Type != "" {
		return nil, fmt.Errorf("version %d of the line is not known; a newer meridian may know it", h.V)
	}
	var it item
	switch h.Type {
	case "request":
		it = &requestItem{}
	case "comment":
		it = &commentItem{}
	case "client":
		it = &clientItem{}
	case "contact":
		it = &contactItem{}
	case "preference":
		it = &preferenceItem{}
	case "article":
		it = &articleItem{}
	case "reminder":
		it = &reminderItem{}
	case "mail":
		it = &mailItem{}
	case "audit":
		it = &auditItem{}
	case "event":
		it = &eventItem{line: string(line)}
	case "delivery":
		it = &pastItem{kind: h.Type, line: string(line), into: &deliveryLine{}}
	case "alert":
		it = &pastItem{kind: h.Type, line: string(line), into: &alertLine{}}
	case "":
		return nil, errDamaged
	default:
		return nil, fmt.Errorf("lines of type %q are not known; a newer meridian may know them", h.Type)
	}
	return it, strictly(line, it)
}

// strictly decodes all of a line and nothing else.
func strictly(line []byte, it item) error {
	var into any = it
	if p, ok := it.(*pastItem); ok {
		into = p.into
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the line does not fit its type: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errDamaged
	}
	return nil
}

type requestItem struct{ requestLine }

// request is the request that the line tells of.
func (i *requestItem) request() (bot.Request, error) {
	var r bot.Request
	if err := i.Record.fill(&r); err != nil {
		return r, fmt.Errorf("its record does not fit: %w", err)
	}
	n, ok := bot.ParseRequestID(i.Number)
	if !ok {
		return r, fmt.Errorf("%q is no number of a request", i.Number)
	}
	r.Number, r.Title, r.State, r.Level, r.Kind, r.Class = n, i.Title, i.State, i.Level, i.Kind, i.Class
	r.Source, r.Requester, r.Assignee, r.Client = i.Source, orEmpty(i.Requester), orEmpty(i.Assignee), orEmpty(i.Client)
	r.Returns, r.Private, r.CreatedAt, r.UpdatedAt = i.Returns, i.Private, i.CreatedAt, i.UpdatedAt
	r.Version = max(r.Version, 1)
	return r, nil
}

func (i *requestItem) check(s *summary) error {
	r, err := i.request()
	states := []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed, bot.Solved, bot.Closed}
	switch {
	case err != nil:
		return err
	case !slices.Contains(states, r.State):
		return fmt.Errorf("%q is no state of a request", r.State)
	case r.Level < 1 || r.Level > bot.MaxLevel:
		return fmt.Errorf("%d is no level", r.Level)
	case r.CreatedAt.IsZero() || r.UpdatedAt.IsZero():
		return errors.New("it does not say when it was created and updated")
	case s.numbers[r.Number]:
		return fmt.Errorf("%s stands in the file twice", r.ID())
	}
	s.request(r)
	return nil
}

func (i *requestItem) write(w *storage.ImportTx) error {
	r, err := i.request()
	if err == nil {
		err = w.Request(r)
	}
	if errors.Is(err, storage.ErrThere) {
		return thereAlready(r.Number)
	}
	return err
}

type commentItem struct{ commentLine }

func (i *commentItem) comment() (bot.Comment, error) {
	var c bot.Comment
	if err := i.Record.fill(&c); err != nil {
		return c, fmt.Errorf("its record does not fit: %w", err)
	}
	n, ok := bot.ParseRequestID(i.Request)
	if !ok {
		return c, fmt.Errorf("%q is no number of a request", i.Request)
	}
	c.Request, c.Author, c.Text, c.Visibility, c.At = n, orEmpty(i.Author), i.Text, i.Visibility, i.At
	return c, nil
}

func (i *commentItem) check(s *summary) error {
	c, err := i.comment()
	switch {
	case err != nil:
		return err
	case !slices.Contains([]bot.Visibility{bot.ForClient, bot.ForPartner, bot.ForInternal}, c.Visibility):
		return fmt.Errorf("%q is no visibility", c.Visibility)
	case !s.numbers[c.Request]:
		return fmt.Errorf("its request %s does not stand before it", i.Request)
	}
	s.comments++
	s.files += len(c.Files)
	return nil
}

func (i *commentItem) write(w *storage.ImportTx) error {
	c, err := i.comment()
	if err != nil {
		return err
	}
	return w.Comment(c)
}

type auditItem struct{ auditLine }

func (i *auditItem) check(s *summary) error {
	if i.At.IsZero() || i.Action == "" {
		return errors.New("the audit line does not say what was done and when")
	}
	s.audit++
	return nil
}

func (i *auditItem) write(w *storage.ImportTx) error {
	return w.Audit(bot.AuditLine{At: i.At, Who: orEmpty(i.Who), Surface: i.Surface, Action: i.Action, Object: i.Object,
		Why: orEmpty(i.Why), Before: i.Before, After: i.After})
}

type eventItem struct {
	eventLine
	line string
}

func (i *eventItem) check(s *summary) error {
	if i.Kind == "" || i.State == "" {
		return errDamaged
	}
	s.past++
	return nil
}

func (i *eventItem) write(w *storage.ImportTx) error {
	return w.Event(bot.EventLine{Source: i.Source, Key: i.Key, Kind: i.Kind, State: i.State}, i.line)
}

// pastItem is history: a delivery or an alert of the other store.
type pastItem struct {
	kind, line string
	into       any
}

func (i *pastItem) check(s *summary) error {
	s.past++
	return nil
}

func (i *pastItem) write(w *storage.ImportTx) error { return w.Past(i.kind, i.line) }
