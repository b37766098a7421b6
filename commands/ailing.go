package commands

import (
	"context"
	"errors"
	"strings"
	"time"

	"meridian/bot"
)

// ailmentUntil is how long it is worth telling that a messenger is silent.
const ailmentUntil = 7 * 24 * time.Hour

// ailing tells by other ways that the outside refuses an adapter: once, and again
// when it is well. Whoever leads the team hears of it by mail and in every other
// messenger.
func ailing() bot.Handler {
	return bot.Handler{Name: "ailing", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		b := e.Body.(bot.Changed)
		if b.What != bot.WhatAdapter {
			return bot.ErrPass
		}
		was, err := bot.AilmentOf(tx, e.Source)
		if err != nil || was.Why == b.Ailing {
			return err
		}
		now := bot.Ailment{Adapter: e.Source, Why: b.Ailing, Since: e.At}
		if err := bot.SaveAilment(tx, now); err != nil {
			return err
		}
		if now.Why == "" {
			return well(tx, was)
		}
		waiting, err := bot.WaitingFor(tx, now.Adapter)
		if err != nil {
			return err
		}
		return tellOtherwise(tx, now, now.Key(), bot.Say("mail.subject_ailing", "Place", bot.Quote(bot.AdapterName(now.Adapter))), now.Text(waiting))
	}}
}

// well tells that an adapter is taken again: those who were told that it was not,
// and the team in its own channel, since what waited comes late.
func well(tx bot.Tx, was bot.Ailment) error {
	place := bot.Quote(bot.AdapterName(was.Adapter))
	t := bot.Say("ailing.well", "Place", place, "Since", bot.At(was.Since), "Duration", bot.Length(tx.Now().Sub(was.Since)))
	err := tellOtherwise(tx, bot.Ailment{Adapter: was.Adapter}, was.Key(), bot.Say("mail.subject_well", "Place", place), t)
	return errors.Join(err, bot.TellOps(tx, was.Key()+":well", t))
}

// tellOtherwise tells whoever leads the team of an adapter, in every other way
// that there is. Of one that is well only those hear who were told that it was
// not; what has not been sent yet need not be sent any more.
func tellOtherwise(tx bot.Tx, a bot.Ailment, key string, subject, t bot.Text) error {
	if to := tx.Settings().TeamCards; a.Why != "" && to.Adapter != a.Adapter {
		if err := bot.TellOps(tx, key, t); err != nil {
			return err
		}
	}
	for _, who := range leaders(tx.Settings()) {
		for _, id := range who.IDs {
			adapter, address, _ := strings.Cut(id, ":")
			if adapter == a.Adapter || adapter == "email" && tx.Settings().MailFrom == "" {
				continue
			}
			d := bot.Delivery{Key: key + ":" + id, Until: tx.Now().Add(ailmentUntil)}
			if a.Why == "" {
				told, err := wasTold(tx, d.Key)
				if err != nil {
					return err
				}
				if !told {
					continue
				}
				d.Key += ":well"
			}
			if err := tellAt(tx, d, who, adapter, address, subject, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// wasTold reports whether a message has gone out. One that still waits is dropped.
func wasTold(tx bot.Tx, key string) (bool, error) {
	d, _, err := tx.Delivery(key)
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	if err != nil || d.State == bot.DeliveryDone {
		return err == nil, err
	}
	dropped, err := tx.DropDelivery(key)
	return !dropped && d.State == bot.DeliverySending, err
}

// tellAt tells a person under one of their names.
func tellAt(tx bot.Tx, d bot.Delivery, who bot.Person, adapter, address string, subject, t bot.Text) error {
	language := tx.Settings().LanguageFor(bot.Place{}, who)
	if adapter != "email" {
		d.To, d.Op, d.Urgency, d.Message = bot.Direct(adapter+":"+address), bot.OpPost, bot.UrgentReply, bot.MessageOf(t.For(language))
		return tx.PutDelivery(d)
	}
	d.To, d.Op = bot.Place{Adapter: adapter, Channel: address}, bot.OpMail
	d.Mail = &bot.Mail{To: []bot.Address{{Name: who.Name, Address: address}}, SubjectText: subject.For(language), Body: t.For(language), Auto: true}
	if err := tx.SaveMail(bot.OutLine(tx.Settings(), d, tx.Now(), bot.DeliveryWaiting, "")); err != nil {
		return err
	}
	return tx.PutDelivery(d)
}

// leaders are the admins and leads of the team, or where there are none
// everybody of it.
func leaders(s *bot.Settings) (out []bot.Person) {
	var team []bot.Person
	for _, p := range s.People {
		switch p.Role {
		case bot.Admin, bot.Lead:
			out = append(out, p)
		case bot.Agent:
			team = append(team, p)
		}
	}
	if len(out) == 0 {
		return team
	}
	return out
}
