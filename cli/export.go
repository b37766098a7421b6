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
	"slices"
	"strings"

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

// Run prints requests with their comments, then deliveries, events, alerts,
// clients, contacts, what people want for themselves,
// articles, reminders that are still to come or not done, mails and the audit log.
func (x *export) Run(ctx context.Context, c *call) error {
	return c.reading(ctx, func(s *storage.Store) error {
		if x.Out == "" {
			bar := &progress{}
			if !isTerminal(c.Stdout) { // else the lines themselves show that it goes on
				bar = newProgress(c.Stderr, "export")
			}
			return exportTo(ctx, s, c.Stdout, bar)
		}
		return whole(x.Out, func(w io.Writer) error { return exportTo(ctx, s, w, newProgress(c.Stderr, "export")) })
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

// step reads one page of one kind of lines.
type step func(v bot.View, at *cursor) ([]any, error)

func exportTo(ctx context.Context, s *storage.Store, w io.Writer, bar *progress) error {
	defer bar.end()
	buffer := bufio.NewWriter(w)
	out := json.NewEncoder(buffer)
	out.SetEscapeHTML(false)
	var all, done int64
	if err := s.View(ctx, func(v bot.View) (err error) { all, err = storage.Rows(v); return err }); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	for _, step := range []step{
		requestLines, past("delivery"), deliveryLines, past("event"), eventLines, past("alert"), alertLines,
		clientLines, contactLines, preferenceLines, articleLines, reminderLines, mailLines, auditLines,
	} {
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
			done += int64(len(lines))
			bar.at(done, all, "lines")
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
		l, err := requestOf(r)
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
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
			if c.Deleted {
				continue
			}
			other, err := rest(c, "ID", "Request", "Author", "Text", "Visibility", "At")
			if err != nil {
				return nil, err
			}
			lines = append(lines, commentLine{head{"comment", 1}, r.ID(), orNull(c.Author), c.Text, c.Visibility, c.At.UTC(), other})
		}
	}
	return lines, nil
}

func requestOf(r bot.Request) (requestLine, error) {
	other, err := rest(r, "Number", "Title", "State", "Level", "Kind", "Class", "Source", "Requester", "Assignee", "Client",
		"Returns", "Private", "CreatedAt", "UpdatedAt")
	return requestLine{
		head: head{"request", 1}, Number: r.ID(), Title: r.Title, State: r.State, Level: r.Level, Kind: r.Kind, Class: r.Class,
		Source: r.Source, Requester: orNull(r.Requester), Assignee: orNull(r.Assignee), Client: orNull(r.Client), Returns: r.Returns,
		Private: r.Private, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Record: other,
	}, err
}

// past are lines that came with an import, as they were.
func past(kind string) step {
	return func(v bot.View, at *cursor) ([]any, error) {
		kept, err := storage.PastAfter(v, kind, at.id, exportPage)
		at.turned(len(kept))
		var lines []any
		for _, l := range kept {
			at.id = l.ID
			lines = append(lines, json.RawMessage(l.Line))
		}
		return lines, err
	}
}

func deliveryLines(v bot.View, at *cursor) ([]any, error) {
	deliveries, err := v.Deliveries(bot.DeliveryQuery{After: at.id, Limit: exportPage})
	at.turned(len(deliveries))
	var lines []any
	for _, d := range deliveries {
		at.id = d.ID
		if d.Request < 0 || strings.HasPrefix(d.Key, "alert:-") { // of the sample day
			continue
		}
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
		lines = append(lines, eventLine{head{"event", 1}, e.Source, e.Key, e.Kind, e.State})
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
		if a.Hook == bot.SampleHook {
			continue
		}
		g, err := v.AlertGroup(a.Hook, a.Group)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return nil, err
		}
		held := g.Holder != "" && a.Status == bot.Firing
		lines = append(lines, alertLine{head{"alert", 1}, a.Fingerprint, a.Status, a.Title, held})
	}
	return lines, nil
}

// clientLines are the companies of the configuration and of the store.
func clientLines(v bot.View, at *cursor) ([]any, error) {
	at.end = true
	kept, err := storage.Clients(v)
	var lines []any
	for _, c := range v.Settings().Clients {
		said := []string{"Name", "Tier", "Zone", "Domains", "Sites", "Notes", "Locked"}
		if c.Hours.Always() {
			said = append(said, "Hours")
		}
		other, err := rest(c, said...)
		if err != nil {
			return nil, err
		}
		zone := ""
		if c.Zone != nil {
			zone = c.Zone.String()
		}
		locked := !slices.ContainsFunc(kept, func(k bot.Client) bool { return k.Name == c.Name })
		lines = append(lines, clientLine{head{"client", 1}, c.Name, orNull(c.Tier), orNull(zone), c.Domains, c.Sites, orNull(c.Notes), locked, other})
	}
	return lines, err
}

func contactLines(v bot.View, at *cursor) ([]any, error) {
	contacts, err := storage.ContactsAfter(v, at.name, exportPage)
	at.turned(len(contacts))
	var lines []any
	for _, c := range contacts {
		at.name = c.ID
		other, err := rest(c, "ID", "Name", "Client", "First", "Last", "Quiet")
		if err != nil {
			return nil, err
		}
		lines = append(lines, contactLine{head{"contact", 1}, c.ID, orNull(c.Name), orNull(c.Client), c.First.UTC(), c.Last.UTC(), requestOrNull(c.Quiet), other})
	}
	return lines, err
}

func preferenceLines(v bot.View, at *cursor) ([]any, error) {
	wishes, err := storage.WishesAfter(v, at.name, exportPage)
	at.turned(len(wishes))
	var lines []any
	for _, w := range wishes {
		at.name = w.Person
		w.SignIn, w.Sessions = nil, nil // nobody comes in by what was exported
		all, err := rest(w.Preference)
		if err != nil {
			return nil, err
		}
		lines = append(lines, preferenceLine{head{"preference", 1}, w.Person, all})
	}
	return lines, err
}

func articleLines(v bot.View, at *cursor) ([]any, error) {
	articles, err := v.Articles(at.id, exportPage)
	at.turned(len(articles))
	var lines []any
	for _, a := range articles {
		at.id = a.Number
		other, err := rest(a, "Number", "Title", "Language", "Audience")
		if err != nil {
			return nil, err
		}
		lines = append(lines, articleLine{head{"article", 1}, a.ID(), a.Title, a.Language, a.Audience, other})
	}
	return lines, err
}

func reminderLines(v bot.View, at *cursor) ([]any, error) {
	if at.id == 0 {
		at.id = -1 // else they come in the order of time
	}
	reminders, err := v.Reminders(bot.ReminderQuery{States: []bot.ReminderState{bot.ReminderActive, bot.ReminderFired}, After: at.id, Limit: exportPage})
	at.turned(len(reminders))
	var lines []any
	for _, r := range reminders {
		at.id = r.Number
		other, err := rest(r, "Number", "Text", "Place", "NextAt", "Spec", "Zone")
		if err != nil {
			return nil, err
		}
		line := reminderLine{head{"reminder", 1}, r.ID(), r.Text, r.Place.String(), nil, orNull(r.Spec), r.Zone, other}
		if !r.NextAt.IsZero() {
			at := r.NextAt.UTC()
			line.NextAt = &at
		}
		lines = append(lines, line)
	}
	return lines, err
}

func mailLines(v bot.View, at *cursor) ([]any, error) {
	mails, err := storage.MailsAfter(v, at.id, exportPage)
	at.turned(len(mails))
	var lines []any
	for _, m := range mails {
		at.id = m.ID
		if m.Request < 0 {
			continue
		}
		other, err := rest(m, "ID", "Key", "Request", "Message", "Out", "At", "State")
		if err != nil {
			return nil, err
		}
		lines = append(lines, mailLine{head{"mail", 1}, requestOrNull(m.Request), m.Message, m.Out, m.At.UTC(), m.State, other})
	}
	return lines, err
}

func auditLines(v bot.View, at *cursor) ([]any, error) {
	audit, err := v.Audit("", at.id, exportPage)
	at.turned(len(audit))
	var lines []any
	for _, l := range audit {
		at.id = l.ID
		lines = append(lines, auditLine{head{"audit", 1}, l.At.UTC(), orNull(l.Who), l.Surface, l.Action, l.Object, orNull(l.Why), l.Before, l.After})
	}
	return lines, err
}
