package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"meridian/bot"
	"meridian/storage"
)

// export prints what the store keeps.
type export struct {
	Out string `placeholder:"FILE" help:"Write to this file instead; it appears when it is whole."`
}

// exportPage is how many rows are read at once: the store is not held while
// they are written.
const exportPage = 500

// Run prints requests with their comments, then deliveries, events, alerts and
// the audit log.
func (x *export) Run(ctx context.Context, c *call) error {
	return c.reading(ctx, func(s *storage.Store) error {
		if x.Out == "" {
			return exportTo(ctx, s, c.Stdout)
		}
		return whole(x.Out, func(w io.Writer) error { return exportTo(ctx, s, w) })
	})
}

// whole writes a file that only its owner can read, and puts it in its place
// when all of it is there.
func whole(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".meridian-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	err = write(f)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

func exportTo(ctx context.Context, s *storage.Store, w io.Writer) error {
	buffer := bufio.NewWriter(w)
	out := json.NewEncoder(buffer)
	out.SetEscapeHTML(false)
	steps := []func(bot.View, *cursor) ([]any, error){requestLines, deliveryLines, eventLines, alertLines, auditLines}
	for _, step := range steps {
		for at := (&cursor{}); !at.end; {
			var lines []any
			err := s.View(ctx, func(v bot.View) (err error) {
				lines, err = step(v, at)
				return err
			})
			if err != nil {
				return fmt.Errorf("export: %w", err)
			}
			for _, l := range lines {
				if err := out.Encode(l); err != nil {
					return fmt.Errorf("export: write: %w", err)
				}
			}
		}
	}
	return buffer.Flush()
}

// cursor is how far a list has been read.
type cursor struct {
	id   int64
	name string
	end  bool
}

// turned notes that a page was read: a short one is the last.
func (c *cursor) turned(rows int) { c.end = rows < exportPage }

// head begins every line.
type head struct {
	Type string `json:"type"`
	V    int    `json:"v"`
}

type requestLine struct {
	head
	Number    string    `json:"number"`
	Title     string    `json:"title"`
	State     bot.State `json:"state"`
	Level     int       `json:"level"`
	Kind      bot.Kind  `json:"kind"`
	Class     bot.Class `json:"class"`
	Source    string    `json:"source"`
	Requester *string   `json:"requester"`
	Assignee  *string   `json:"assignee"`
	Client    *string   `json:"client"`
	Returns   int       `json:"returns"`
	Private   bool      `json:"private,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

type commentLine struct {
	head
	Request    string         `json:"request"`
	Author     *string        `json:"author"`
	Text       string         `json:"text"`
	Visibility bot.Visibility `json:"visibility"`
	At         time.Time      `json:"at"`
}

type deliveryLine struct {
	head
	Key      string            `json:"key"`
	Op       bot.Op            `json:"op"`
	Place    *string           `json:"place"`
	State    bot.DeliveryState `json:"state"`
	Attempts int               `json:"attempts"`
}

type eventLine struct {
	head
	Key   string `json:"key"`
	Kind  string `json:"kind"`
	State string `json:"state"`
}

type alertLine struct {
	head
	Fingerprint  string          `json:"fingerprint"`
	Status       bot.AlertStatus `json:"status"`
	Title        string          `json:"title"`
	Acknowledged bool            `json:"acknowledged"`
}

type auditLine struct {
	head
	At      time.Time   `json:"at"`
	Who     *string     `json:"who"`
	Surface bot.Surface `json:"surface"`
	Action  string      `json:"action"`
	Object  string      `json:"object"`
	Why     *string     `json:"why"`
}

// orNull is nil for nobody and nothing.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// requestLines are requests, each followed by its comments.
func requestLines(v bot.View, at *cursor) ([]any, error) {
	requests, err := v.Requests(bot.RequestQuery{After: at.id, Limit: exportPage})
	if err != nil {
		return nil, err
	}
	at.turned(len(requests))
	var lines []any
	for _, r := range requests {
		at.id = r.Number
		lines = append(lines, requestLine{
			head: head{"request", 1}, Number: r.ID(), Title: r.Title, State: r.State, Level: r.Level, Kind: r.Kind, Class: r.Class,
			Source: r.Source, Requester: orNull(r.Requester), Assignee: orNull(r.Assignee), Client: orNull(r.Client), Returns: r.Returns,
			Private: r.Private, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		})
		comments, err := v.Comments(r.Number)
		if err != nil {
			return nil, err
		}
		for _, c := range comments {
			unsent, err := bot.Unsent(v, c)
			if err != nil {
				return nil, err
			}
			if unsent {
				c.Visibility = bot.ForInternal
			}
			if !c.Deleted {
				lines = append(lines, commentLine{head{"comment", 1}, r.ID(), orNull(c.Author), c.Text, c.Visibility, c.At.UTC()})
			}
		}
	}
	return lines, nil
}

func deliveryLines(v bot.View, at *cursor) ([]any, error) {
	deliveries, err := v.Deliveries(bot.DeliveryQuery{After: at.id, Limit: exportPage})
	at.turned(len(deliveries))
	var lines []any
	for _, d := range deliveries {
		at.id = d.ID
		lines = append(lines, deliveryLine{head{"delivery", 1}, d.Key, d.Op, orNull(d.To.String()), d.State, d.Attempt})
	}
	return lines, err
}

func eventLines(v bot.View, at *cursor) ([]any, error) {
	events, err := v.EventLines(at.id, exportPage)
	at.turned(len(events))
	var lines []any
	for _, e := range events {
		at.id = e.ID
		lines = append(lines, eventLine{head{"event", 1}, e.Key, e.Kind, e.State})
	}
	return lines, err
}

func alertLines(v bot.View, at *cursor) ([]any, error) {
	alerts, err := v.Alerts(at.name, exportPage)
	if err != nil {
		return nil, err
	}
	at.turned(len(alerts))
	var lines []any
	for _, a := range alerts {
		at.name = a.Hook + " " + a.Fingerprint
		g, err := v.AlertGroup(a.Hook, a.Group)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return nil, err
		}
		held := g.Holder != "" && a.Status == bot.Firing
		lines = append(lines, alertLine{head{"alert", 1}, a.Fingerprint, a.Status, a.Title, held})
	}
	return lines, nil
}

func auditLines(v bot.View, at *cursor) ([]any, error) {
	audit, err := v.Audit("", at.id, exportPage)
	at.turned(len(audit))
	var lines []any
	for _, l := range audit {
		at.id = l.ID
		lines = append(lines, auditLine{head{"audit", 1}, l.At.UTC(), orNull(l.Who), l.Surface, l.Action, l.Object, orNull(l.Why)})
	}
	return lines, err
}
