package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

// mailComplaint takes what a person writes to the address for complaints. It is
// private from the start, a lead's, and about the request that the mail answers,
// if it answers one of its sender's own. What else they write there goes into
// the same complaint until it is over. So it is where a machine sends it: the
// form of a website, or a mailing list. What only answers a mail by itself is no
// complaint.
func mailComplaint() bot.Handler {
	return bot.Handler{Name: "mail.complaint", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		b := e.Body.(bot.Mailed)
		if !complains(tx.Settings(), b) {
			return bot.ErrPass
		}
		going, about, err := complainsOf(tx, e, b.Mail)
		if err != nil {
			return err
		}
		if going.Number != 0 {
			return mailSays(tx, e, going, b.Mail)
		}
		return fileComplaint(tx, e, b, about)
	}}
}

// complains reports whether a mail that came to the address for complaints is one.
func complains(s *bot.Settings, b bot.Mailed) bool {
	return s.Complains(b) && b.Mail.Kind != bot.MailBounce && !answersItself(b.Mail)
}

// theirsAlone reports whether a request is somebody's own and no other's. Whoever
// only takes part in it does not hide it from those whose it is, or from the team.
func theirsAlone(who bot.Person, r bot.Request) bool {
	return who.Is(r.Requester) && !slices.ContainsFunc(r.With, func(id string) bool { return !who.Is(id) })
}

// becomesComplaint makes a request one because a mail in its conversation has come
// to the address for complaints as well, in a transaction of its own. What the
// desk has posted of it leaves the team's channel, as where a lead says so.
func becomesComplaint(tx bot.Tx, e bot.Event, r bot.Request, said bot.Comment) (bot.Request, error) {
	if r.Kind == bot.KindComplaint && r.Private {
		return r, nil
	}
	before, s := r, tx.Settings()
	keeper, ok := s.Keeper(bot.Request{}, bot.Person{}) // not who has it: it may be about them
	if refused := r.Complain(keeper); refused != nil {
		return r, refused
	}
	if !ok {
		r.State = before.State // nobody has it until there is a lead
	}
	b := e.Body.(bot.Mailed)
	if b.Mail.Kind == bot.MailHuman && !s.Person(e.Actor).Team() && !colleague(s, e.Actor) {
		if err := errors.Join(bot.Hush(tx, r), askSettled(tx, r)); err != nil {
			return r, err
		}
	}
	if !before.Private {
		if err := bot.LeaveDesk(tx, before); err != nil {
			return r, err
		}
	}
	if err := bot.Change(tx, e, before, &r, "complaint"); err != nil || b.Old {
		return r, err
	}
	if err := tellComplaint(tx, e, r); err != nil || strings.Contains(r.Words, said.Text) {
		return r, err
	}
	return r, relay(tx, r, said)
}

// complainsOf finds the complaint of the sender that goes on still, or the
// request of theirs that they complain about.
func complainsOf(v bot.View, e bot.Event, m bot.Mail) (going bot.Request, about int64, err error) {
	who := v.Settings().Person(e.Actor)
	r, err := mailRequest(v, e, m)
	if err == nil {
		r, err = bot.GoesOn(v, r)
	}
	switch {
	case errors.Is(err, bot.ErrNotFound):
	case err != nil:
		return going, 0, err
	case r.Kind == bot.KindComplaint && r.Private && !r.Ended() && r.TakesPart(who):
		return r, 0, nil
	case r.Kind != bot.KindComplaint && who.Owns(r):
		about = r.Number
	}
	if !complainsFor(v.Settings(), e, m) {
		return going, about, nil
	}
	mine, err := v.Requests(bot.RequestQuery{Requester: who.ID, States: []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed}, Newest: true, Limit: mostEarlier})
	if err != nil {
		return going, 0, err
	}
	for _, r := range mine {
		if r.Kind == bot.KindComplaint && r.Private && r.Home == e.Place {
			return r, 0, nil
		}
	}
	return going, about, nil
}

// complainsFor reports whether the sender of a mail complains for themselves.
// Where a machine or a colleague passes complaints on, or a mail is forwarded,
// each is somebody else's: none of them goes into another.
func complainsFor(s *bot.Settings, e bot.Event, m bot.Mail) bool {
	return m.Kind == bot.MailHuman && m.Forwarded == nil && !s.Person(e.Actor).Team() && !colleague(s, e.Actor)
}

// fileComplaint files a mail as a complaint. Its sender gets one receipt, and
// from then on nothing automatic. A colleague who passes a complaint on gets
// neither, and no more does a machine.
func fileComplaint(tx bot.Tx, e bot.Event, b bot.Mailed, about int64) error {
	m, ours := b.Mail, tx.Settings().Person(e.Actor).Team() || colleague(tx.Settings(), e.Actor)
	before, err := earlier(tx, e)
	if err != nil {
		return err
	}
	named := m
	switch _, err := tx.CommentAt(e.Place, m.MessageID); {
	case err == nil:
		named.MessageID = "" // those who answer it mean the request that it was said in
	case !errors.Is(err, bot.ErrNotFound):
		return err
	}
	r, err := bot.FileRequest(tx, e, bot.Filing{
		Who: e.Actor, Words: mailWords(m), Title: mailTitle(m), Source: "email", Home: e.Place, Message: m.MessageID, Mail: &m, LinkedTo: about,
		Silent: m.Kind != bot.MailHuman || m.Quiet || b.Old || ours || m.From.Address == "", Language: before.language(m), Complaint: true, Unseen: b.Old,
	})
	if err != nil {
		return err
	}
	if err := saveMail(tx, named, r.Number, true); err != nil {
		return err
	}
	if m.Forwarded != nil {
		if _, err := keepAbove(tx, e, r.Number, m); err != nil {
			return err
		}
	}
	if b.Old {
		return nil
	}
	if !ours && m.Kind == bot.MailHuman {
		if err := errors.Join(bot.Hush(tx, r), askSettled(tx, r)); err != nil {
			return err
		}
	}
	return tellByMail(tx, e, r)
}

// Of complaints that come by mail, the leads are told of so many an hour one by
// one: of each sender, and in all.
const (
	complaintsOfOne = 3
	complaintsOfAll = 12
	// complaintsAmong is how many of the keeper's newest requests are looked through.
	complaintsAmong = 100
)

// tellByMail tells the leads of a complaint. Where a machine sends one after
// another they get a line that counts them instead: a flood must not become one of
// messages. Each of them is filed all the same.
func tellByMail(tx bot.Tx, e bot.Event, r bot.Request) error {
	recent, err := tx.Requests(bot.RequestQuery{Assignee: r.Assignee, Newest: true, Limit: complaintsAmong})
	if err != nil || r.Assignee == "" {
		return errors.Join(err, tellComplaint(tx, e, r))
	}
	count, told, of := 0, 0, map[string]int{}
	for _, o := range recent {
		if o.Kind != bot.KindComplaint || o.Source != "email" || tx.Now().Sub(o.CreatedAt) >= time.Hour {
			continue
		}
		count++
		if of[o.Requester]++; of[o.Requester] <= complaintsOfOne {
			told++
		}
	}
	if of[r.Requester] <= complaintsOfOne && told <= complaintsOfAll {
		return tellComplaint(tx, e, r)
	}
	return countComplaints(tx, r, count)
}

// countComplaints says to the leads how many complaints there were: one message an
// hour, which is edited.
func countComplaints(tx bot.Tx, r bot.Request, count int) error {
	s := tx.Settings()
	t := bot.Say("told.complaints_many", "Number", count, "Request", r.Part(), "Name", bot.Quote(r.Name),
		"Usage", bot.Code("list "+s.Person(bot.Actor{ID: r.Assignee}).Name))
	for _, who := range s.Leads() {
		key := fmt.Sprintf("complaints:%d:%s", tx.Now().Unix()/3600, who.ID)
		d := bot.Delivery{Key: key}
		_, _, err := tx.Delivery(key)
		if err == nil {
			d = bot.Delivery{Key: key + ":" + r.ID(), Op: bot.OpEdit, Card: key, After: key}
		} else if !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		if err := bot.DirectAt(tx, d, who, bot.MessageOf(t)); err != nil {
			return err
		}
	}
	return nil
}
