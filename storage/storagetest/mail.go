package storagetest

import (
	"testing"
	"time"

	"meridian/bot"
)

func mailsFiled(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	at := time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)
	update(t, s, func(tx bot.Tx) error {
		for i, m := range []bot.MailLine{
			{From: "grace@Harbor.example", Filed: true, At: at},
			{From: "owen@harbor.example", Filed: true, At: at.Add(time.Minute)},
			{From: "owen@harbor.example", At: at.Add(2 * time.Minute)},                   // an answer
			{From: "x@eu.harbor.example", Filed: true, At: at.Add(3 * time.Minute)},      // another domain
			{From: "harbor.example", Filed: true, At: at.Add(4 * time.Minute)},           // no address
			{From: "old@harbor.example", Filed: true, At: at.Add(-time.Hour)},            // before
			{From: "Support desk", Out: true, Key: "receipt:R-1", At: at.Add(time.Hour)}, // ours
		} {
			m.Request = int64(i + 1)
			if err := tx.SaveMail(m); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(v bot.View) error {
		for _, c := range []struct {
			address string
			since   time.Time
			count   int
			newest  int64
		}{
			{"any@HARBOR.example", at.Add(-time.Second), 3, 5},
			{"any@harbor.example", at, 2, 5},
			{"any@harbor.example", at.Add(-2 * time.Hour), 4, 6},
			{"any@eu.harbor.example", at.Add(-time.Second), 1, 4},
			{"any@other.example", at.Add(-time.Second), 0, 0},
		} {
			n, newest, err := v.MailsFiled(c.address, c.since)
			if err != nil {
				return err
			}
			same(t, "mails of "+c.address, n, c.count)
			same(t, "the newest request of "+c.address, newest, c.newest)
		}
		return nil
	})
}

func becameMail(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	to := bot.Place{Adapter: "email", Channel: "grace@harbor.example"}
	for key, id := range map[string]string{"reply:R-1:1": "<a@desk.example>", "reply:R-1:2": "b@desk.example"} {
		update(t, s, func(tx bot.Tx) error {
			if err := tx.PutDelivery(bot.Delivery{Key: key, To: to, Op: bot.OpMail, Request: 1, Mail: &bot.Mail{}}); err != nil {
				return err
			}
			d, _, err := tx.Delivery(key)
			if err != nil {
				return err
			}
			return tx.FinishDelivery(d, bot.Receipt{Message: id})
		})
	}
	view(t, s, func(v bot.View) error {
		for id, want := range map[string]string{"<a@desk.example>": "reply:R-1:1", "a@desk.example": "reply:R-1:1", "<b@desk.example>": "reply:R-1:2", "b@desk.example": "reply:R-1:2", "c@desk.example": ""} {
			all, err := v.Deliveries(bot.DeliveryQuery{Request: 1, Message: id})
			if err != nil {
				return err
			}
			key := ""
			for _, d := range all {
				key += d.Key
			}
			same(t, "the delivery that became "+id, key, want)
		}
		return nil
	})
}

func preferences(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	for _, want := range []bot.ReachWish{bot.ReachQuiet, bot.ReachEverything, bot.ReachNormal} {
		update(t, s, func(tx bot.Tx) error { return tx.SavePreference("web:pavel", bot.Preference{Reach: want}) })
		view(t, s, func(v bot.View) error {
			p, err := v.Preference("web:pavel")
			same(t, "what Pavel wants", p.Reach, want)
			if err != nil {
				return err
			}
			p, err = v.Preference("web:dina")
			same(t, "what Dina wants, who said nothing", p.Reach, "")
			return err
		})
	}
}
