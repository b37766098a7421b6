package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"meridian/bot"
)

// giftCommand is what a gift is given by, giftLedger is the object of the audit lines that are the ledger of gifts, and
// giftsListed how many of them one answer shows.
const (
	giftCommand = "gift"
	giftLedger  = "gifts"
	giftsListed = 20
)

// gift writes into the ledger what the desk gives to a client who was treated
// badly. Up to the limit that needs nobody's permission. The client hears nothing
// of it from the desk.
func gift() bot.Command {
	return bot.Command{
		Name: giftCommand, Words: words(nil, []string{"подарок"}), Slash: "request", Action: bot.ActNote,
		Args:  append(one(), bot.Arg{Name: "what", Kind: bot.ArgWords}),
		Usage: "usage.gift", Form: giftForm,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			g := tx.Settings().Gifts
			amount, what, refused := giftOf(g, e, r)
			if refused != nil {
				return refused
			}
			if err := tx.AddAudit(bot.AuditLine{At: tx.Now(), Who: e.Call.Person.ID, Surface: e.Call.Surface, Action: giftCommand, Object: giftLedger,
				After: strconv.Itoa(amount), Why: r.ID() + " " + what, Event: e.ID}); err != nil {
				return err
			}
			act := bot.Act{Request: r.Number, Who: e.Call.Person.ID, Command: giftCommand, Place: e.Place.Top(), At: tx.Now(), Version: r.Turn(), Before: r,
				Sends: []string{giftKey(r.ID(), e.ID)}}
			if err := tx.SaveAct(&act); err != nil {
				return err
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.gift", "Request", r.Part(), "Number", g.Sum(amount), "Name", r.Name, "Words", bot.Quote(what)),
				bot.Button{Label: bot.Say("button.undo"), Act: "undo", Value: giftKey(r.ID(), e.ID)}))
		}},
	}
}

// giftKey names a gift, by its request and the event that gave it, so that its
// button takes back this one and nothing else.
func giftKey(request string, event int64) string { return fmt.Sprintf("gift:%s:%d", request, event) }

// giftFor is the request of a gift that such a key names; false: it names none.
func giftFor(key string) (int64, bool) {
	key, named := strings.CutPrefix(key, "gift:")
	number, _, _ := strings.Cut(key, ":")
	n, ok := bot.ParseRequestID(number)
	return n, named && ok
}

// ungive takes a gift out of the ledger again, whatever has become of its request
// meanwhile. The audit log keeps both lines.
func ungive(tx bot.Tx, e bot.Event, act bot.Act, r bot.Request) error {
	given, err := giftLines(tx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(given, func(l bot.AuditLine) bool { return slices.Contains(act.Sends, giftKey(r.ID(), l.Event)) })
	if i < 0 {
		return bot.Refuse("refuse.nothing_to_undo", "Request", bot.Quote(r.ID()))
	}
	l := given[i]
	act.Undone = true
	if err := errors.Join(tx.SaveAct(&act), tx.AddAudit(bot.AuditLine{At: tx.Now(), Who: l.Who, Surface: e.Call.Surface,
		Action: e.Call.Command, Object: giftLedger, Before: l.After, Why: l.Why, Event: e.ID})); err != nil {
		return err
	}
	amount, _ := strconv.Atoi(l.After)
	_, what := cutFirst(l.Why)
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.gift_undone", "Request", r.Part(), "Number", tx.Settings().Gifts.Sum(amount), "Name", r.Name, "Words", bot.Quote(what))))
}

// giftOf reads what is given: an amount in whole units, and what it is.
func giftOf(g bot.Gifts, e bot.Event, r bot.Request) (amount int, what string, refused *bot.Error) {
	if g.Limit == 0 {
		return 0, "", bot.Refuse("refuse.gifts_off", "Usage", bot.Code("gifts.limit"))
	}
	given, what := cutFirst(e.Call.Args["what"])
	if sum, ok := e.Call.Args["amount"]; ok { // of the form
		given, what = strings.TrimSpace(sum), e.Call.Args["what"]
	}
	what = firstOf(strings.Join(strings.Fields(visibleWords(what)), " "), 200)
	amount, err := strconv.Atoi(strings.Trim(given, g.Currency+" "))
	switch {
	case err != nil || amount < 1 || amount > 1_000_000:
		return 0, "", bot.Refuse("refuse.gift_amount", "Usage", bot.UsageOn("usage.gift", r)).In("amount")
	case what == "":
		return 0, "", bot.Refuse("refuse.gift_what", "Usage", bot.UsageOn("usage.gift", r)).In("what")
	case amount > g.Limit && !e.Call.Person.May(bot.ActLift, r):
		return 0, "", bot.Refuse("refuse.gift_limit", "Number", g.Sum(g.Limit)).In("amount")
	}
	return amount, what, nil
}

func giftForm(v bot.View, e bot.Event) (bot.Form, error) {
	g := v.Settings().Gifts
	if g.Limit == 0 {
		return bot.Form{}, bot.Refuse("refuse.gifts_off", "Usage", bot.Code("gifts.limit"))
	}
	r, err := request(v, e)
	return bot.Form{
		Act: "gift", Value: r.ID(), Title: bot.Say("form.gift", "Name", r.Name, "Request", r.Part()), Submit: bot.Say("button.gift"),
		Note: bot.Say("form.gift.note", "Number", g.Sum(g.Limit)),
		Fields: []bot.Field{
			{Name: "amount", Label: bot.Say("form.gift.amount", "Number", g.Currency)},
			{Name: "what", Label: bot.Say("form.gift.what")},
		},
	}, err
}

// gifts lists the ledger to leads: the newest lines first, and what this month
// comes to.
func gifts() bot.Command {
	return bot.Command{
		Name: "gifts", Words: words(nil, []string{"подарки"}), Slash: "desk", Action: bot.ActLift, Usage: "usage.gifts",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			s := tx.Settings()
			all, err := giftLines(tx)
			if err != nil {
				return err
			}
			if len(all) == 0 {
				return bot.Whisper(tx, e, bot.MessageOf(bot.Say("gift.none", "Usage", bot.Usage("usage.gift"))))
			}
			zone := s.ZoneOf(bot.Person{})
			month, sum := tx.Now().In(zone).Format("2006-01"), 0
			for _, l := range all {
				if n, err := strconv.Atoi(l.After); err == nil && l.At.In(zone).Format("2006-01") == month {
					sum += n
				}
			}
			t := bot.Say("gift.month", "Number", s.Gifts.Sum(sum))
			for i := len(all) - 1; i >= max(0, len(all)-giftsListed); i-- {
				t = t.Plus(bot.Break()).Plus(giftLine(s, all[i])...)
			}
			return bot.Whisper(tx, e, bot.MessageOf(t))
		}},
	}
}

// giftLine is one line of the ledger: when, for which request, how much, what,
// and who gave it.
func giftLine(s *bot.Settings, l bot.AuditLine) []bot.Part {
	amount, _ := strconv.Atoi(l.After)
	number, what := cutFirst(l.Why)
	return []bot.Part{bot.At(l.At), bot.Quote(" · "), {Kind: bot.PartRequest, Text: number},
		bot.Quote(" · " + s.Gifts.Sum(amount) + " · " + what + " · "), s.Person(bot.Actor{ID: l.Who}).Part()}
}

// giftLines are the gifts of the ledger, oldest first, without those that were
// taken back.
func giftLines(v bot.View) (all []bot.AuditLine, err error) {
	const page = 500
	for after := int64(0); ; {
		lines, err := v.Audit(giftLedger, after, page)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			all = withGift(all, l)
		}
		if len(lines) < page {
			return all, nil
		}
		after = lines[len(lines)-1].ID
	}
}

// withGift is the ledger with one line more. One that takes a gift back takes the
// newest of its kind out: nobody undoes an older one before.
func withGift(given []bot.AuditLine, l bot.AuditLine) []bot.AuditLine {
	if l.Action == giftCommand {
		return append(given, l)
	}
	for i := len(given) - 1; i >= 0; i-- {
		if given[i].Who == l.Who && given[i].Why == l.Why && given[i].After == l.Before {
			return slices.Delete(given, i, i+1)
		}
	}
	return given
}
