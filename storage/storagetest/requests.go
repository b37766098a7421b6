package storagetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

func requestRoundTrip(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	at := c.now().Add(-time.Hour)
	want := bot.Request{
		Title: "t", Words: "w", State: bot.Solved, Level: 2, Class: bot.Expedite, Kind: bot.KindBug, Private: true, Requester: "web:owen",
		Name: "Owen", Client: "Acme", Assignee: "web:anna", Source: "web", Home: bot.Place{Adapter: "web", Channel: "support", Thread: "1"},
		Desk: bot.Place{Adapter: "web", Channel: "desk", Thread: "2"}, Returns: 3, Confirmed: true, LinkedTo: 4, Language: "ru",
		CreatedAt: at, SolvedAt: at, SolvedBy: "reply:R-1:1", ClosedAt: at,
	}
	fill(reflect.ValueOf(&want).Elem(), at)
	want.Number, want.Version, want.UpdatedAt = 0, 0, time.Time{}
	allSet(t, want, "Number", "Version", "UpdatedAt")
	got := save(t, s, want)
	want.Number, want.Version, want.UpdatedAt = 1, 1, c.now()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("saved %+v\nwant %+v", got, want)
	}
	view(t, s, func(v bot.View) error {
		got, err := v.Request(1)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("read %+v\nwant %+v", got, want)
		}
		_, missing := v.Request(2)
		wantIs(t, missing, bot.ErrNotFound)
		return err
	})
}

// fill gives a value to everything in v that has none, so that fields which
// come later are seen to be kept too.
func fill(v reflect.Value, at time.Time) {
	if !v.CanSet() || !v.IsZero() && v.Kind() != reflect.Struct {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), at)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), at)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, at)
		fill(value, at)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		if t, ok := v.Addr().Interface().(*time.Time); ok {
			if t.IsZero() {
				*t = at
			}
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), at)
		}
	}
}

// allSet makes sure that a test of a round trip covers fields that were added
// after it was written.
func allSet(t testing.TB, x any, except ...string) {
	t.Helper()
	v := reflect.ValueOf(x)
fields:
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		for _, e := range except {
			if e == name {
				continue fields
			}
		}
		if v.Field(i).IsZero() {
			t.Errorf("the test does not set %s.%s", v.Type().Name(), name)
		}
	}
}

func chooseRequests(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	update(t, s, func(tx bot.Tx) error {
		for i, state := range []bot.State{bot.New, bot.Open, bot.Solved, bot.Closed, bot.New, bot.Waiting, bot.Snoozed, bot.Open} {
			r := newRequest(numbered("", i))
			r.State = state
			if i%2 == 1 {
				r.Assignee, r.Client = "web:anna", "Acme"
			}
			if i > 5 {
				r.Requester = "web:mia"
			}
			if err := tx.SaveRequest(&r); err != nil {
				return err
			}
		}
		return nil
	})
	for _, tt := range []struct {
		q    bot.RequestQuery
		want []int64
	}{
		{bot.RequestQuery{}, []int64{1, 2, 3, 4, 5, 6, 7, 8}},
		{bot.RequestQuery{Newest: true, Limit: 3}, []int64{8, 7, 6}},
		{bot.RequestQuery{After: 3, Limit: 2}, []int64{4, 5}},
		{bot.RequestQuery{States: []bot.State{bot.New, bot.Open}}, []int64{1, 2, 5, 8}},
		{bot.RequestQuery{States: []bot.State{bot.New, bot.Open}, Newest: true, Limit: 2}, []int64{8, 5}},
		{bot.RequestQuery{States: []bot.State{bot.Closed, bot.New}}, []int64{1, 4, 5}},
		{bot.RequestQuery{States: []bot.State{"no such state"}}, nil},
		{bot.RequestQuery{Assignee: "web:anna"}, []int64{2, 4, 6, 8}},
		{bot.RequestQuery{Assignee: "web:anna", States: []bot.State{bot.Open}}, []int64{2, 8}},
		{bot.RequestQuery{Requester: "web:mia"}, []int64{7, 8}},
		{bot.RequestQuery{Client: "Acme", After: 4}, []int64{6, 8}},
		{bot.RequestQuery{Unowned: true}, []int64{1, 3, 5, 7}},
		{bot.RequestQuery{Unowned: true, States: []bot.State{bot.New}}, []int64{1, 5}},
	} {
		view(t, s, func(v bot.View) error {
			got, err := v.Requests(tt.q)
			var numbers []int64
			for _, r := range got {
				numbers = append(numbers, r.Number)
			}
			sameList(t, fmt.Sprintf("%+v", tt.q), numbers, tt.want)
			if tt.q.Limit == 0 {
				n, err2 := v.CountRequests(tt.q)
				same(t, fmt.Sprintf("count of %+v", tt.q), n, len(tt.want))
				err = errors.Join(err, err2)
			}
			return err
		})
	}
}

func staleRequest(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	r := save(t, s, newRequest("a"))
	stale := r
	r.Assignee = "web:anna"
	save(t, s, r)
	err := s.Update(t.Context(), func(tx bot.Tx) error { return tx.SaveRequest(&stale) })
	if err == nil {
		t.Error("a change of somebody else was overwritten")
	}
	missing := bot.Request{Number: 99, State: bot.New}
	wantIs(t, s.Update(t.Context(), func(tx bot.Tx) error { return tx.SaveRequest(&missing) }), bot.ErrNotFound)
}

func numbers(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	for range 3 {
		r := newRequest("never")
		wantIs(t, s.Update(t.Context(), func(tx bot.Tx) error { return errors.Join(tx.SaveRequest(&r), errWanted) }), errWanted)
	}
	same(t, "the first number", save(t, s, newRequest("a")).Number, 1)
	same(t, "the second number", save(t, s, newRequest("b")).Number, 2)
}

func requestAt(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	r := newRequest("a")
	r.Home.Thread, r.Desk.Thread = "h1", "d1"
	r = save(t, s, r)
	newer := newRequest("b")
	newer.Home.Thread = "h1"
	newer = save(t, s, newer)
	answer := text("x")
	answer.Card = true
	put(t, s, bot.Delivery{Key: "card", To: r.Home.In("h1"), Op: bot.OpPost, Message: answer})
	update(t, s, func(tx bot.Tx) error {
		return errors.Join(
			tx.LinkMessage(r.Home.Top(), "h1", r.Number, bot.FaceHome, ""),
			tx.LinkMessage(r.Home, "h5", r.Number, bot.FaceHome, ""),
			tx.LinkFirst(r.Home, "h7", newer.Number),
			tx.LinkMessage(r.Home, "h6", r.Number, bot.FaceHome, "card"),
			tx.LinkMessage(r.Desk.Top(), "d9", newer.Number, bot.FaceDesk, "none"))
	})
	home, desk := r.Home.Top(), r.Desk.Top()
	for _, tt := range []struct {
		place   bot.Place
		message string
		number  int64
		face    bot.Face
		root    bool
	}{
		{home, "h1", 1, bot.FaceHome, true},           // linked
		{home.In("h1"), "h1", 1, bot.FaceHome, true},  // the same, seen from within its thread
		{home.In("h1"), "h2", 2, bot.FaceHome, false}, // below it: of two in one thread the newest
		{home.In("h1"), "h5", 1, bot.FaceHome, false}, // linked, but an answer
		{home.In("h1"), "h7", 2, bot.FaceHome, true},  // where another request begins
		{home.In("h1"), "h6", 1, bot.FaceHome, true},  // the card, which is an answer in the thread
		{home.In("h1"), "", 2, bot.FaceHome, false},
		{desk, "d1", 1, bot.FaceDesk, true}, // not linked: the request's own thread
		{desk.In("d1"), "d2", 1, bot.FaceDesk, false},
		{desk, "d9", 2, bot.FaceDesk, true},
		{desk.In("d9"), "d10", 2, bot.FaceDesk, false},
		{desk, "h1", 0, "", false},
		{home, "", 0, "", false},
		{home.In("h5"), "x", 1, bot.FaceHome, false},
	} {
		view(t, s, func(v bot.View) error {
			got, face, root, err := v.RequestAt(tt.place, tt.message)
			if tt.number == 0 {
				wantIs(t, err, bot.ErrNotFound)
				return nil
			}
			if err != nil || got.Number != tt.number || face != tt.face || root != tt.root {
				t.Errorf("%s %s: got R-%d, %s, %v, %v", tt.place, tt.message, got.Number, face, root, err)
			}
			return nil
		})
	}
}

func acts(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	act := func(request int64, emoji, message string, sends ...string) bot.Act {
		return bot.Act{Request: request, Who: "web:anna", Command: "take", Emoji: emoji, Place: desk, Message: message, At: c.now(), Version: 2,
			Before: newRequest("a"), Sends: sends}
	}
	first, second, third := act(1, "eyes", "m1", "k1"), act(1, "", "", "k2"), act(2, "eyes", "m1")
	update(t, s, func(tx bot.Tx) error {
		for _, a := range []*bot.Act{&first, &second, &third} {
			if err := tx.SaveAct(a); err != nil {
				return err
			}
		}
		for range 50 { // far more than one page of them
			a := act(9, "", "", "other")
			if err := tx.SaveAct(&a); err != nil {
				return err
			}
		}
		return nil
	})
	check := func(q bot.ActQuery, want bot.Act) {
		t.Helper()
		view(t, s, func(v bot.View) error {
			got, err := v.LastAct("web:anna", q)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v: got %+v, %v, want %+v", q, got, err, want)
			}
			return nil
		})
	}
	check(bot.ActQuery{Request: 1}, second)
	check(bot.ActQuery{Place: desk, Message: "m1", Emoji: "eyes"}, third)
	check(bot.ActQuery{Sends: "k1"}, first)
	check(bot.ActQuery{Sends: "nobody's"}, bot.Act{})
	third.Undone = true
	update(t, s, func(tx bot.Tx) error { return tx.SaveAct(&third) })
	check(bot.ActQuery{Place: desk, Message: "m1", Emoji: "eyes"}, first)
	view(t, s, func(v bot.View) error {
		_, err := v.LastAct("web:owen", bot.ActQuery{})
		wantIs(t, err, bot.ErrNotFound)
		return nil
	})
}

func comments(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	a := bot.Comment{Request: 1, Author: "web:owen", Name: "Owen", Text: "hi", Visibility: bot.ForClient, Place: desk.In("t"), Message: "m1",
		At: c.now(), EditedAt: c.now(), Deleted: true, Files: []bot.File{{Name: "f", Size: 1}}}
	allSet(t, a, "ID")
	b := bot.Comment{Request: 1, Text: "note", Visibility: bot.ForInternal, At: c.now()}
	other := bot.Comment{Request: 2, Text: "other", Visibility: bot.ForClient, At: c.now()}
	update(t, s, func(tx bot.Tx) error {
		return errors.Join(tx.SaveComment(&a), tx.SaveComment(&b), tx.SaveComment(&other))
	})
	a.Text = "edited"
	update(t, s, func(tx bot.Tx) error { return tx.SaveComment(&a) })
	view(t, s, func(v bot.View) error {
		all, err := v.Comments(1)
		if len(all) != 2 || !reflect.DeepEqual(all[0], a) || !reflect.DeepEqual(all[1], b) {
			t.Errorf("got %+v", all)
		}
		at, err2 := v.CommentAt(desk, "m1")
		same(t, "the comment of a message", at.ID, a.ID)
		last, err3 := v.LastComment(1, bot.ForClient)
		same(t, "the last one for the client", last.ID, a.ID)
		any, err4 := v.LastComment(1, "")
		same(t, "the last one", any.ID, b.ID)
		_, missing := v.CommentAt(desk, "m2")
		wantIs(t, missing, bot.ErrNotFound)
		_, missing = v.CommentAt(bot.Place{}, "")
		wantIs(t, missing, bot.ErrNotFound)
		_, missing = v.LastComment(3, "")
		wantIs(t, missing, bot.ErrNotFound)
		return errors.Join(err, err2, err3, err4)
	})
}

func mails(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	in := bot.MailLine{At: c.now(), From: "a@b.example", To: "support@c.example", Subject: "s", Text: "t", Kind: bot.MailHuman, Request: 1, Message: "<in@b.example>"}
	out := bot.MailLine{Out: true, At: c.now(), To: "a@b.example", Subject: "s", Request: 2, Message: "<out@c.example>", Key: "k", State: bot.DeliveryWaiting}
	put(t, s, bot.Delivery{Key: "k", To: bot.Place{Adapter: "email", Channel: "a@b.example"}, Op: bot.OpMail})
	update(t, s, func(tx bot.Tx) error {
		gone := bot.MailLine{Out: true, At: c.now(), Subject: "taken back", Key: "gone", State: bot.DeliveryWaiting}
		return errors.Join(tx.SaveMail(in), tx.SaveMail(out), tx.SaveMail(in), tx.SaveMail(out), tx.SaveMail(gone))
	})
	d, _ := delivery(t, s, "k")
	update(t, s, func(tx bot.Tx) error {
		return tx.PutOffDelivery(d.ID, bot.DeliveryHeld, 1, time.Time{}, "no smarthost")
	})
	view(t, s, func(v bot.View) error {
		all, err := v.Mails(10)
		if len(all) != 3 || !all[1].Out || all[1].State != bot.DeliveryHeld || all[2].Subject != "s" || all[0].Request != 1 {
			t.Errorf("got %+v", all)
		}
		for _, tt := range []struct {
			ids  []string
			want int64
		}{
			{[]string{"<in@b.example>"}, 1}, {[]string{"in@b.example"}, 1}, {[]string{"<x@y>", "<out@c.example>", "<in@b.example>"}, 2}, {[]string{"<x@y>"}, 0}, {nil, 0}, {[]string{""}, 0},
		} {
			n, err := v.MailRequest(tt.ids...)
			same(t, fmt.Sprint(tt.ids), n, tt.want)
			if tt.want == 0 {
				wantIs(t, err, bot.ErrNotFound)
			}
		}
		return err
	})
}

func alerts(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	a := bot.Alert{Hook: "am", Fingerprint: "f1", Group: "g", Status: bot.Resolved, Title: "a", Severity: "page", Labels: map[string]string{"x": "y"},
		URL: "u", StartsAt: c.now(), EndsAt: c.now(), SeenAt: c.now(), Times: 2}
	allSet(t, a)
	b, other := a, a
	b.Fingerprint, b.Status, b.Title = "f2", bot.Firing, "b"
	old := a
	old.Title = "not the last"
	twin := b
	twin.Group, twin.Status = "a", bot.Resolved
	other.Hook, other.Group = "Z", "other"
	g := bot.AlertGroup{Hook: "am", Key: "g", Place: desk, Title: "t", Firing: 1, Resolved: 1, Holder: "web:anna", HeldAt: c.now(), RoundAt: c.now(), StartedAt: c.now(),
		EndedAt: c.now(), Rounds: 2, Cards: 1, Truncated: 3}
	allSet(t, g, "Number", "Version")
	update(t, s, func(tx bot.Tx) error {
		return errors.Join(tx.SaveAlerts(nil), tx.SaveAlerts([]bot.Alert{b, b, other, twin, b}), tx.SaveAlerts([]bot.Alert{old, a}), tx.SaveAlertGroup(&g), tx.SaveAlertGroup(&g))
	})
	same(t, "the group's number", g.Number, 1)
	same(t, "the group's version", g.Version, 2)
	view(t, s, func(v bot.View) error {
		got, err := v.AlertsByFingerprint("am", []string{"f1", "f1", "f3"})
		if !reflect.DeepEqual(got, []bot.Alert{a}) {
			t.Errorf("got %+v, want %+v", got, a)
		}
		group, err2 := v.AlertGroup("am", "g")
		byNumber, err3 := v.AlertGroupByNumber(1)
		if !reflect.DeepEqual(group, g) || !reflect.DeepEqual(byNumber, g) {
			t.Errorf("got %+v and %+v, want %+v", group, byNumber, g)
		}
		all, err4 := v.GroupAlerts("am", "g")
		if len(all) != 2 || all[0].Fingerprint != "f2" {
			t.Errorf("firing ones come first, got %+v", all)
		}
		twins, err6 := v.GroupAlerts("am", "a")
		if !reflect.DeepEqual(twins, []bot.Alert{twin}) {
			t.Errorf("of an alert in two groups the other has %+v", twins)
		}
		var walked []string
		for after := ""; ; {
			page, err := v.Alerts(after, 1)
			if err != nil || len(page) == 0 {
				break
			}
			after = page[0].Hook + " " + page[0].Fingerprint
			walked = append(walked, after)
			if page[0].Fingerprint == "f2" && page[0].Status != bot.Firing {
				t.Error("an alert that fires in one of its groups is listed as resolved")
			}
		}
		sameList(t, "all alerts", walked, []string{"Z f1", "am f1", "am f2"})
		firing, err7 := v.FiringAlerts(10)
		if !reflect.DeepEqual(firing, []bot.Alert{b}) {
			t.Errorf("those that fire are %+v, want %+v", firing, b)
		}
		none, err5 := v.AlertsByFingerprint("am", nil)
		if len(none) != 0 {
			t.Errorf("of no fingerprint there are %+v", none)
		}
		_, missing := v.AlertGroup("am", "h")
		wantIs(t, missing, bot.ErrNotFound)
		return errors.Join(err, err2, err3, err4, err5, err6, err7)
	})
	manyAlerts(t, s)
}

// manyAlerts writes more alerts than one statement takes, twice, and finds each.
func manyAlerts(t *testing.T, s bot.Store) {
	t.Helper()
	var all []bot.Alert
	var fingerprints []string
	for i := range 1237 {
		a := bot.Alert{Hook: "many", Fingerprint: fmt.Sprintf("%04d", i), Group: "g", Status: bot.Firing, Title: strings.Repeat("t", i%5)}
		all, fingerprints = append(all, a), append(fingerprints, a.Fingerprint)
	}
	for _, status := range []bot.AlertStatus{bot.Firing, bot.Resolved} {
		for i := range all {
			all[i].Status = status
		}
		update(t, s, func(tx bot.Tx) error { return tx.SaveAlerts(all) })
		view(t, s, func(v bot.View) error {
			got, err := v.AlertsByFingerprint("many", fingerprints)
			slices.SortFunc(got, func(a, b bot.Alert) int { return strings.Compare(a.Fingerprint, b.Fingerprint) })
			if !reflect.DeepEqual(got, all) {
				t.Errorf("%d alerts came back as %d", len(all), len(got))
			}
			other, err2 := v.AlertsByFingerprint("other", fingerprints)
			same(t, "alerts of another hook", len(other), 0)
			return errors.Join(err, err2)
		})
	}
}
