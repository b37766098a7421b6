package storage

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// fill makes a store with many handled events, ended deliveries and closed
// requests, and few of those that matter.
func fill(t testing.TB, s *Store, requests int) {
	t.Helper()
	err := s.Update(t.Context(), func(x bot.Tx) error {
		for i := range requests {
			r := bot.Request{
				Title: fmt.Sprintf("request %d", i), Words: strings.Repeat("words ", 40), State: bot.Closed, Level: 1,
				Requester: fmt.Sprintf("web:person%d", i%300), Client: fmt.Sprintf("client %d", i%40), Assignee: fmt.Sprintf("web:agent%d", i%12),
				Home: bot.Place{Adapter: "web", Channel: "support", Thread: fmt.Sprintf("h%d", i)},
				Desk: bot.Place{Adapter: "web", Channel: "desk", Thread: fmt.Sprintf("d%d", i)},
			}
			if i%33 == 0 {
				r.State = []bot.State{bot.New, bot.Open, bot.Waiting, bot.Solved}[i/33%4]
			}
			if err := x.SaveRequest(&r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// recorder notes the plan of every statement that a view runs.
func plans(t *testing.T, s *Store, fn func(v bot.View) error) (out []string) {
	t.Helper()
	ctx := context.Background()
	q, err := s.engine.session(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	defer s.engine.release(q, false, nil)
	var queries []string
	bind := q.bind
	q.bind = func(query string) string { queries = append(queries, query); return bind(query) }
	defer func() { q.bind = bind }()
	v := &view{ctx: ctx, bound: ctx, q: q, now: time.Now(), settings: &bot.Settings{}}
	if err := fn(v); err != nil {
		t.Fatal(err)
	}
	for _, query := range queries {
		args := make([]any, strings.Count(query, "?"))
		rows, err := q.conn.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			out = append(out, detail)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestListsAreReadFromAnIndex(t *testing.T) {
	s := openFor(t, "sqlite:"+filepath.Join(t.TempDir(), "meridian.db"), Options{})
	defer s.Close()
	fill(t, s, 2000)
	open := []bot.State{bot.New, bot.Open}
	list := func(q bot.RequestQuery) func(v bot.View) error {
		return func(v bot.View) error { _, err := v.Requests(q); return err }
	}
	count := func(q bot.RequestQuery) func(v bot.View) error {
		return func(v bot.View) error { _, err := v.CountRequests(q); return err }
	}
	ignore := func(err error) error {
		if isMissing(err) {
			return nil
		}
		return err
	}
	for _, tt := range []struct {
		name string
		read func(v bot.View) error
		want string // an index that must serve it
	}{
		{"the queue, oldest first", list(bot.RequestQuery{States: open, Limit: 50}), "requests_open"},
		{"the queue, newest first", list(bot.RequestQuery{States: open, Newest: true, Limit: 50}), "requests_open"},
		{"what nobody has", list(bot.RequestQuery{States: open, Unowned: true}), "requests_"},
		{"an assignee's", list(bot.RequestQuery{States: open, Assignee: "web:agent1", Limit: 50}), "requests_assignee"},
		{"a requester's", list(bot.RequestQuery{Requester: "web:person1", Newest: true, Limit: 50}), "requests_requester"},
		{"a client's last", list(bot.RequestQuery{Client: "client 1", Newest: true, Limit: 20}), "requests_client"},
		{"all, by page", list(bot.RequestQuery{After: 500, Limit: 50}), "PRIMARY KEY"},
		{"how many are new", count(bot.RequestQuery{States: []bot.State{bot.New}}), "COVERING INDEX requests_"},
		{"how many an assignee has", count(bot.RequestQuery{States: open, Assignee: "web:agent1"}), "requests_assignee"},
		{"the request of a message", func(v bot.View) error {
			_, _, _, err := v.RequestAt(bot.Place{Adapter: "web", Channel: "desk", Thread: "d7"}, "m")
			return err
		}, "requests_desk"},
		{"waiting events", func(v bot.View) error { _, err := v.WaitingEvents(100); return err }, "COVERING INDEX inbox_waiting"},
		{"events", func(v bot.View) error { _, err := v.Events(1, 2, 3); return err }, "PRIMARY KEY"},
		{"what is stuck", func(v bot.View) error { _, err := v.Stuck(); return err }, "inbox_dead"},
		{"event lines", func(v bot.View) error { _, err := v.EventLines(7, 100); return err }, "PRIMARY KEY"},
		{"waiting deliveries", func(v bot.View) error { _, err := v.WaitingDeliveries("web", 0, 100); return err }, "outbox_active"},
		{"held deliveries", func(v bot.View) error {
			_, err := v.Deliveries(bot.DeliveryQuery{States: []bot.DeliveryState{bot.DeliveryHeld}})
			return err
		}, "outbox_stuck"},
		{"a request's deliveries", func(v bot.View) error { _, err := v.Deliveries(bot.DeliveryQuery{Request: 1}); return err }, "outbox_request"},
		{"a delivery", func(v bot.View) error { _, _, err := v.Delivery("k"); return ignore(err) }, "outbox"},
		{"due timers", func(v bot.View) error { _, err := v.DueTimers(10); return err }, "timers_due"},
		{"comments", func(v bot.View) error { _, err := v.Comments(1); return err }, "comments_request"},
		{"the comment of a message", func(v bot.View) error {
			_, err := v.CommentAt(bot.Place{Adapter: "web", Channel: "c"}, "m")
			return ignore(err)
		}, "comments_message"},
		{"the request of a mail", func(v bot.View) error { _, err := v.MailRequest("<a@b>", "<c@d>"); return ignore(err) }, "mails_message"},
		{"how many mails of a domain were filed", func(v bot.View) error {
			_, _, err := v.MailsFiled("a@harbor.example", time.UnixMilli(1))
			return err
		}, "COVERING INDEX mails_filed"},
		{"the delivery that became a mail", func(v bot.View) error {
			_, err := v.Deliveries(bot.DeliveryQuery{Request: 1, Message: "<a@b>"})
			return err
		}, "outbox_request"},
		{"what a person wants", func(v bot.View) error { _, err := v.Preference("web:anna"); return err }, "preferences"},
		{"the last act by emoji", func(v bot.View) error {
			_, err := v.LastAct("web:anna", bot.ActQuery{Place: bot.Place{Adapter: "web", Channel: "c"}, Message: "m", Emoji: "eyes"})
			return ignore(err)
		}, "acts_"},
		{"messages", func(v bot.View) error {
			_, err := v.ShownMessages(bot.Place{Adapter: "web", Channel: "c"}, 50)
			return err
		}, "messages_place"},
		{"an object's audit lines", func(v bot.View) error { _, err := v.Audit("R-1", 0, 100); return err }, "audit_object"},
		{"alerts by fingerprint", func(v bot.View) error { _, err := v.AlertsByFingerprint("am", []string{"a", "b"}); return err }, "fingerprint=?"},
		{"alerts that fire", func(v bot.View) error { _, err := v.FiringAlerts(100); return err }, "alerts_firing"},
		{"a group's alerts", func(v bot.View) error { _, err := v.GroupAlerts("am", "g"); return err }, "alerts_group"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all := plans(t, s, tt.read)
			plan := strings.Join(all, "\n")
			if !strings.Contains(plan, tt.want) {
				t.Errorf("it does not use %s:\n%s", tt.want, plan)
			}
			for _, step := range all {
				if strings.HasPrefix(step, "SCAN ") && !strings.Contains(step, "USING") && !strings.Contains(step, "found") {
					t.Errorf("a whole table is read: %s", step)
				}
			}
		})
	}
}
