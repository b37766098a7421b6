package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"meridian/bot"
)

// private keeps a request's words to leads, to whoever has it and to the people
// who are named. What the desk itself has posted about it leaves the team's
// channel.
func private() bot.Command {
	return bot.Command{
		Name: "private", Words: words([]string{"secret"}, []string{"личное", "скрыть"}), Slash: "request",
		Action: bot.ActPrivate,
		Args:   append(one(), bot.Arg{Name: "names", Kind: bot.ArgWords, Optional: true}),
		Usage:  "usage.private", Help: "help.private",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			given := strings.TrimSpace(e.Call.Args["names"])
			if slices.Contains([]string{"off", "нет", "открыть"}, strings.ToLower(given)) {
				return publish(tx, e, r)
			}
			readers, refused := readersNamed(tx.Settings(), given)
			if refused != nil {
				return refused
			}
			before := r
			if refused := r.Seclude(readers); refused != nil {
				return refused
			}
			if refused := keep(tx.Settings(), &r, e.Call.Person); refused != nil {
				return refused
			}
			return seclude(tx, e, before, r)
		}},
	}
}

// keep gives a request that became private to a lead, where nobody has it who may
// read it: a partner may not.
func keep(s *bot.Settings, r *bot.Request, by bot.Person) *bot.Error {
	if r.Ended() || r.Assignee != "" && s.Person(bot.Actor{ID: r.Assignee}).Sees(*r) {
		return nil
	}
	keeper, ok := s.Keeper(*r, by)
	if !ok {
		return nil
	}
	return r.Take(keeper)
}

// readersNamed are the people of the team whom somebody lists, by commas or one
// word each.
func readersNamed(s *bot.Settings, given string) (found []bot.Person, refused *bot.Error) {
	if given == "" {
		return nil, nil
	}
	names := strings.Split(given, ",")
	if _, whole := s.Named(given); !whole && len(names) == 1 {
		names = strings.Fields(given)
	}
	for _, name := range names {
		name = strings.TrimSpace(name)
		if name == "" || slices.Contains([]string{"and", "и"}, strings.ToLower(name)) {
			continue
		}
		p, ok := s.Named(name)
		if !ok || !p.Team() {
			return nil, bot.Refuse("refuse.no_such_person", "Words", firstOf(name, 40), "List", peopleNamed(teamOf(s)))
		}
		found = append(found, p)
	}
	return found, nil
}

func teamOf(s *bot.Settings) (found []bot.Person) {
	for _, p := range s.People {
		if p.Team() {
			found = append(found, p)
		}
	}
	return found
}

// seclude stores that a request is private, and lets its conversation go on
// among those who read it.
func seclude(tx bot.Tx, e bot.Event, before, r bot.Request) error {
	if !before.Private {
		if err := bot.LeaveDesk(tx, before); err != nil {
			return err
		}
	}
	if err := bot.Change(tx, e, before, &r, peopleNamed(tx.Settings().Confidants(r))); err != nil {
		return err
	}
	if r.Kind == bot.KindComplaint {
		if err := tellComplaint(tx, e, r); err != nil {
			return err
		}
	} else if err := tellReaders(tx, e, before, r); err != nil {
		return err
	}
	return tellSecluded(tx, e, before, r)
}

// tellReaders gives the words of a request to those who read it from now on.
func tellReaders(tx bot.Tx, e bot.Event, before, r bot.Request) error {
	known := before.Readers
	if before.Private {
		known = append([]string{before.Assignee}, known...)
	}
	for _, who := range tx.Settings().Confidants(r) {
		if slices.ContainsFunc(known, who.Is) {
			continue
		}
		if err := bot.DirectTo(tx, fmt.Sprintf("private:%s:%d:%s", r.ID(), e.ID, who.ID), who, bot.PrivateWords(tx.Settings(), r)); err != nil {
			return err
		}
	}
	return nil
}

// tellSecluded says privately who reads a request now, and what of it stays
// where it was said: people's own messages are theirs.
func tellSecluded(tx bot.Tx, e bot.Event, before, r bot.Request) error {
	s := tx.Settings()
	var others []bot.Person // beside the leads, who read everything
	for _, p := range s.Confidants(r) {
		if p.Role == bot.Agent {
			others = append(others, p)
		}
	}
	t := bot.Say("told.secluded_leads", "Request", r.Part())
	switch keeper := s.Person(bot.Actor{ID: r.Assignee}); {
	case r.Kind == bot.KindComplaint && keeper.Is(e.Call.Person.ID):
		t = bot.Say("told.complaint_yours", "Request", r.Part(), "Name", r.Name)
	case r.Kind == bot.KindComplaint:
		t = bot.Say("told.complaint_kept", "Request", r.Part(), "Person", keeper.Part())
	case len(others) > 0:
		t = bot.Say("told.secluded", "Request", r.Part(), "List", peopleNamed(others))
	}
	if before.Private {
		return bot.Whisper(tx, e, bot.MessageOf(t))
	}
	stay, err := staying(tx, r)
	if err != nil {
		return err
	}
	switch {
	case !r.OneFace():
		t = t.Plus(bot.Quote(" "), bot.Words("told.left_desk"))
	case stay > 0:
		t = t.Plus(bot.Quote(" "), bot.Words("told.answer_directly"))
	}
	if stay > 0 {
		t = t.Plus(bot.Break(), bot.Words("told.stays", "Count", stay))
	}
	return bot.Whisper(tx, e, bot.MessageOf(t))
}

// staying counts what people wrote of a request in the team's channel.
func staying(v bot.View, r bot.Request) (n int, err error) {
	comments, err := v.Comments(r.Number)
	for _, c := range comments {
		if c.Place.Top() == r.Desk.Top() && c.Message != "" && !c.Deleted && !bot.IsReply(c.Message) {
			n++
		}
	}
	return n, err
}

// publish makes a private request everybody's of the team again. Only a lead
// does.
func publish(tx bot.Tx, e bot.Event, r bot.Request) error {
	if !e.Call.Person.May(bot.ActLift, r) {
		return bot.Denied("private off", bot.ActLift, e.Call.Person, r)
	}
	before := r
	if refused := r.Publish(); refused != nil {
		return refused
	}
	return bot.Change(tx, e, before, &r, "off")
}

// complaint makes a request one: private, a lead's, and with everything
// automatic to that person stopped until a lead lifts it.
func complaint() bot.Command {
	return bot.Command{
		Name: "complaint", Words: words(nil, []string{"жалоба"}), Slash: "request",
		Action: bot.ActPrivate, Args: one(), Usage: "usage.complaint", Help: "help.complaint",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			keeper, ok := tx.Settings().Keeper(r, e.Call.Person)
			if !ok {
				return bot.Refuse("refuse.no_lead", "Request", r.Part())
			}
			before := r
			if refused := r.Complain(keeper); refused != nil {
				return refused
			}
			if err := errors.Join(bot.Hush(tx, r), askSettled(tx, r)); err != nil {
				return err
			}
			return seclude(tx, e, before, r)
		}},
	}
}

// tellComplaint tells the leads, who answer it themselves.
func tellComplaint(tx bot.Tx, e bot.Event, r bot.Request) error {
	s := tx.Settings()
	hushed, err := bot.Hushed(tx, s.Person(bot.Actor{ID: r.Requester, Name: r.Name}))
	if err != nil {
		return err
	}
	for _, who := range s.Leads() {
		t := bot.Say("told.complaint", "Request", r.Part(), "Name", r.Name, "Client", whoseOf(s, r))
		if r.LinkedTo != 0 {
			t = bot.Say("told.complaint_about", "Request", r.Part(), "Name", r.Name, "Client", whoseOf(s, r), "Other", bot.Part{Kind: bot.PartRequest, Text: bot.RequestID(r.LinkedTo)})
		}
		if by, ok := s.ComplaintBy(r, tx.Now()); ok {
			t = t.Plus(bot.Quote(" "), bot.Words("told.complaint_by", "When", s.Both(by, r)))
		}
		if hushed != 0 {
			t = t.Plus(bot.Quote(" "), bot.Words("told.hushed"))
		}
		t = t.Plus(bot.Break(), bot.BlockQuote(firstOf(strings.TrimSpace(r.Words), 1000)))
		if err := bot.DirectTo(tx, fmt.Sprintf("complaint:%s:%d:%s", r.ID(), e.ID, who.ID), who, bot.MessageOf(t, complaintButtons(r)...)); err != nil {
			return err
		}
	}
	return nil
}

// whoseOf names the company behind a request and its city, in brackets behind a
// name.
func whoseOf(s *bot.Settings, r bot.Request) bot.Part {
	zone := s.ClientZone(r)
	switch {
	case r.Client == "" && zone == nil:
		return bot.Quote("")
	case zone == nil:
		return bot.Words("told.of_client", "Client", r.Client)
	case r.Client == "":
		return bot.Words("told.of_city", "Place", s.CityOf(zone))
	}
	return bot.Words("told.of_client_in", "Client", r.Client, "Place", s.CityOf(zone))
}

func complaintButtons(r bot.Request) []bot.Button {
	buttons := []bot.Button{bot.PressButton("button.reply", "reply", r.ID())}
	if r.LinkedTo != 0 {
		other := bot.RequestID(r.LinkedTo)
		buttons = append(buttons, bot.Button{Label: bot.Text{Parts: []bot.Part{bot.Quote(other)}}, Act: "show", Value: other})
	}
	if r.Client != "" {
		buttons = append(buttons, bot.PressButton("button.client", "client", r.Client))
	}
	return buttons
}

// lift ends what a complaint stopped: the desk may write to the person by
// itself again. The request stays private.
func lift() bot.Command {
	return bot.Command{
		Name: "lift", Words: words([]string{"settled"}, []string{"улажено"}), Slash: "request",
		Action: bot.ActLift, Args: one(), Usage: "usage.lift", Help: "help.lift",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			who := tx.Settings().Person(bot.Actor{ID: r.Requester, Name: r.Name})
			by, err := bot.Hushed(tx, who)
			if err != nil {
				return err
			}
			if by == 0 {
				return bot.Refuse("refuse.not_hushed", "Name", r.Name)
			}
			if err := errors.Join(bot.Unhush(tx, who), tx.AddAudit(bot.AuditLine{
				At: tx.Now(), Who: e.Call.Person.ID, Surface: e.Call.Surface, Action: "lift", Object: r.ID(), Event: e.ID})); err != nil {
				return err
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.lifted", "Name", r.Name)))
		}},
	}
}
