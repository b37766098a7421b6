package storagetest

import (
	"testing"
	"time"

	"meridian/bot"
)

// overheard is a message that was heard at #shop.
func overheard(message, who string, v bot.Verdict, doubtful bool) bot.Overheard {
	return bot.Overheard{
		Place: bot.Place{Adapter: "web", Channel: "shop"}, Message: message, Who: who, Name: "Owen", Text: "words of " + message,
		At: time.Date(2026, 3, 2, 8, 59, 0, 0, time.UTC), Verdict: v, Doubtful: doubtful,
	}
}

func tallies(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	first, twice := overheard("m1", "web:owen", bot.WouldFile, true), overheard("m1", "web:owen", bot.WouldIdle, false)
	idle, offered := overheard("m2", "web:owen", bot.WouldIdle, false), overheard("m3", "web:grace", bot.WasOffered, false)
	update(t, s, func(tx bot.Tx) error {
		for _, o := range []*bot.Overheard{&first, &twice, &idle, &offered} {
			if err := tx.SaveOverheard(o); err != nil {
				return err
			}
		}
		return nil
	})
	if first.ID == 0 || twice.ID != 0 {
		t.Errorf("the ids are %d and %d", first.ID, twice.ID)
	}
	list := func(q bot.OverheardQuery) (messages []string) {
		view(t, s, func(v bot.View) error {
			all, err := v.OverheardList(q)
			for _, o := range all {
				messages = append(messages, o.Message)
			}
			return err
		})
		return messages
	}
	sameList(t, "not told", list(bot.OverheardQuery{}), []string{"m1", "m2", "m3"})
	sameList(t, "of a person", list(bot.OverheardQuery{Any: true, Who: "web:grace"}), []string{"m3"})
	sameList(t, "offered", list(bot.OverheardQuery{Any: true, Verdict: bot.WasOffered}), []string{"m3"})
	sameList(t, "the newest", list(bot.OverheardQuery{Newest: true, Limit: 1}), []string{"m3"})
	view(t, s, func(v bot.View) error {
		got, err := v.Overheard(first.ID)
		same(t, "the first", got, first)
		if err != nil {
			return err
		}
		got, err = v.OverheardAt(first.Place.In("thread"), "m1")
		same(t, "by its message", got, first)
		return err
	})

	report := c.now().Add(time.Hour)
	c.advance(time.Hour)
	update(t, s, func(tx bot.Tx) error { return tx.TellOverheard(report) })
	sameList(t, "not told after the report", list(bot.OverheardQuery{}), []string{"m3"})
	sameList(t, "doubtful", list(bot.OverheardQuery{Told: report, Doubtful: true}), []string{"m1"})
	first.Judged, first.Told, first.Request = bot.JudgedWrong, report, 7
	update(t, s, func(tx bot.Tx) error { return tx.SaveOverheard(&first) })
	sameList(t, "doubtful once judged", list(bot.OverheardQuery{Told: report, Doubtful: true}), nil)
	view(t, s, func(v bot.View) error {
		got, err := v.Tallies(report, false)
		shop, heard := bot.Place{Adapter: "web", Channel: "shop"}, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		sameList(t, "tallies", got, []bot.Tally{
			{Channel: shop, Verdict: bot.WouldFile, Doubtful: true, Judged: bot.JudgedWrong, Count: 1, First: heard},
			{Channel: shop, Verdict: bot.WouldIdle, Count: 1, First: heard},
		})
		if err != nil {
			return err
		}
		all, err := v.Tallies(time.Time{}, true)
		same(t, "tallies of all", len(all), 3)
		return err
	})

	c.advance(6 * day)
	sweepAll(t, s, c.now())
	same(t, "after 6 days", len(list(bot.OverheardQuery{Any: true})), 3)
	c.advance(day)
	sweepAll(t, s, c.now())
	same(t, "after 7 days", len(list(bot.OverheardQuery{Any: true})), 0)
}
