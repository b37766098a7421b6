package storagetest

import (
	"testing"

	"meridian/bot"
)

// sample: what is below zero is read by its number alone, changes like any
// other, and goes away with all that belongs to it and nothing else.
func sample(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	kept := save(t, s, newRequest("real"))
	r := newRequest("sample")
	r.Number, r.BackAt = -3, newClock().now()
	update(t, s, func(tx bot.Tx) error { return tx.SaveRequest(&r) })
	same(t, "its version", r.Version, 1)
	r.Title = "sample, changed"
	update(t, s, func(tx bot.Tx) error { return tx.SaveRequest(&r) })
	support, desk := r.Home, r.Desk
	card := bot.Delivery{Key: bot.CardKey(-3), To: desk, Op: bot.OpPost, Request: -3, Face: bot.FaceDesk}
	update(t, s, func(tx bot.Tx) error {
		for _, number := range []int64{-3, kept.Number} {
			if err := tx.SaveComment(&bot.Comment{Request: number, Text: "words", Visibility: bot.ForClient}); err != nil {
				return err
			}
		}
		for _, m := range []bot.ShownMessage{
			{Place: support, ID: bot.SampleMessage + "1", Said: "sample"}, {Place: support.In(bot.SampleMessage + "1"), ID: "m2", Said: "below it"},
			{Place: support, ID: "m3", Said: "real"}, {Place: desk, ID: "b1"}, {Place: desk.In("b1"), ID: "m4", Said: "below the card"},
		} {
			if err := tx.SaveShown(m); err != nil {
				return err
			}
		}
		for _, message := range []string{"b1", "m4"} {
			if err := tx.SaveReaction(desk, message, "eyes", "web:inga", true); err != nil {
				return err
			}
		}
		g := bot.AlertGroup{Hook: bot.SampleHook, Key: "k", Number: -1}
		if err := tx.SaveAlertGroup(&g); err != nil {
			return err
		}
		if err := tx.SaveAlerts([]bot.Alert{{Hook: bot.SampleHook, Fingerprint: "f", Status: bot.Resolved}, {Hook: "prom", Fingerprint: "f", Status: bot.Firing}}); err != nil {
			return err
		}
		if err := tx.PutDelivery(card); err != nil {
			return err
		}
		d, _, err := tx.Delivery(card.Key)
		if err != nil {
			return err
		}
		return tx.FinishDelivery(d, bot.Receipt{Message: "b1"})
	})
	sampleIsApart(t, s, kept.Number)
	update(t, s, func(tx bot.Tx) error { return tx.DropSample() })
	view(t, s, func(v bot.View) error {
		_, gone := v.Request(-3)
		wantIs(t, gone, bot.ErrNotFound)
		_, _, noCard := v.Delivery(card.Key)
		wantIs(t, noCard, bot.ErrNotFound)
		_, noGroup := v.AlertGroupByNumber(-1)
		wantIs(t, noGroup, bot.ErrNotFound)
		for place, want := range map[bot.Place]int{support: 1, support.In(bot.SampleMessage + "1"): 0, desk: 0, desk.In("b1"): 0} {
			shown, err := v.ShownMessages(place, 10)
			if err != nil {
				return err
			}
			same(t, "messages in "+place.String(), len(shown), want)
		}
		comments, err := v.Comments(kept.Number)
		same(t, "comments of a real request", len(comments), 1)
		if err != nil {
			return err
		}
		alerts, err := v.Alerts("", 10)
		same(t, "alerts", len(alerts), 1)
		return err
	})
}

// sampleIsApart checks that nothing that lists or counts sees it.
func sampleIsApart(t *testing.T, s bot.Store, real int64) {
	t.Helper()
	view(t, s, func(v bot.View) error {
		r, err := v.Request(-3)
		same(t, "its title", r.Title, "sample, changed")
		all, err2 := v.Requests(bot.RequestQuery{})
		same(t, "requests", len(all), 1)
		counts, err3 := v.QueueCounts()
		same(t, "groups", len(counts), 1)
		highest, err4 := v.HighestRequest()
		same(t, "the highest", highest, real)
		changes, err5 := v.QueueChanges(bot.ChangesQuery{Lately: newClock().now().AddDate(0, 0, -1)})
		same(t, "came back", changes.BackLately, 0)
		found, err6 := v.FindRequests(bot.FindQuery{Text: "sample"})
		same(t, "found", len(found), 0)
		for _, e := range []error{err, err2, err3, err4, err5} {
			if e != nil {
				return e
			}
		}
		return err6
	})
}
