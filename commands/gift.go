package commands

import (
	"context"
	"strconv"
	"strings"

	"meridian/bot"
)

// giftLedger is the object of the audit lines that are the ledger of gifts, and
// giftsListed how many of them one answer shows.
const (
	giftLedger  = "gifts"
	giftsListed = 20
)

// gift writes into the ledger what the desk gives to a client who was treated
// badly. Up to the limit that needs nobody's permission. The client hears nothing
// of it from the desk.
func gift() bot.Command {
	return bot.Command{
		Name: "gift", Words: words(nil, []string{"подарок"}), Slash: "request", Action: bot.ActNote,
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
			if err := tx.AddAudit(bot.AuditLine{At: tx.Now(), Who: e.Call.Person.ID, Surface: e.Call.Surface, Action: "gift", Object: giftLedger,
				After: strconv.Itoa(amount), Why: r.ID() + " " + what, Event: e.ID}); err != nil {
				return err
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.gift", "Request", r.Part(), "Number", g.Sum(amount), "Name", r.Name, "Words", bot.Quote(what))))
		}},
	}
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

// giftLines are all lines of the ledger, oldest first.
func giftLines(v bot.View) (all []bot.AuditLine, err error) {
	const page = 500
	for after := int64(0); ; {
		lines, err := v.Audit(giftLedger, after, page)
		if err != nil {
			return nil, err
		}
		all = append(all, lines...)
		if len(lines) < page {
			return all, nil
		}
		after = lines[len(lines)-1].ID
	}
}
