package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"meridian/bot"
)

// ownSubject is the subject that the forwarder of a mail wrote themselves; empty:
// it is that of the forwarded mail, with the mark of a forward or of none.
func ownSubject(m bot.Mail) string {
	written := strings.Join(strings.Fields(subjectTag.ReplaceAllString(m.Subject, "")), " ")
	title := bot.TitleOfSubject(written)
	if m.Forwarded == nil || !strings.HasPrefix(written, title) || strings.EqualFold(title, bot.TitleOfSubject(m.Forwarded.Subject)) {
		return ""
	}
	return title
}

// aboveOf is what the sender of a mail wrote themselves above what they pass on,
// which is for the team alone.
func aboveOf(m bot.Mail) string {
	if m.Forwarded == nil {
		return ""
	}
	return strings.TrimSpace(ownSubject(m) + "\n" + strings.TrimSpace(m.Text))
}

// keepAbove keeps what stands above a forward as a comment of the team's alone.
// It leaves the desk by no way.
func keepAbove(tx bot.Tx, e bot.Event, number int64, m bot.Mail) (c bot.Comment, err error) {
	who := tx.Settings().Person(e.Actor)
	c = bot.Comment{Request: number, Author: who.ID, Name: who.Name, Text: aboveOf(m), Visibility: bot.ForInternal,
		Place: e.Place, Message: bot.AboveMessage(m.MessageID), At: e.At}
	if c.Text == "" {
		return c, nil
	}
	return c, tx.SaveComment(&c)
}

// showPassed shows the team what a mail passes on that was said on a request:
// below the words that it became or, with what stood above it, on a new one that
// began with it.
func showPassed(tx bot.Tx, e bot.Event, r bot.Request, number int64, m bot.Mail, above bot.Comment) error {
	if m.Forwarded == nil {
		return nil
	}
	if number == r.Number {
		t := bot.ForwardHead(tx.Settings(), r, tx.Settings().Person(e.Actor).Name, m, above.Text, tx.Now())
		return bot.ToDesk(tx, r, bot.Delivery{Key: fmt.Sprintf("passed:%s:%d", r.ID(), e.ID), Urgency: bot.UrgentReply, Message: bot.MessageOf(t)})
	}
	filed, err := tx.Request(number)
	if err == nil && above.ID != 0 {
		err = tx.MoveComments(number, []bot.Comment{above})
	}
	if err != nil {
		return err
	}
	return bot.ShowForward(tx, filed)
}

// nobody is what people choose where the sender of a forward is unknown.
const nobody = "nobody"

// original puts right who wrote a mail that was forwarded.
func original() bot.Command {
	return bot.Command{
		Name: "original", Words: words([]string{"sender"}, []string{"отправитель"}), Slash: "request",
		Action: bot.ActNote, Args: append(one(), bot.Arg{Name: "who", Kind: bot.ArgWords}),
		Usage: "usage.original", Help: "help.original", Form: originalForm,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			if r.Passed == nil {
				return bot.Refuse("refuse.no_forward", "Request", r.Part())
			}
			given := strings.TrimSpace(e.Call.Args["other"])
			field := "other"
			if given == "" {
				given, field = strings.TrimSpace(e.Call.Args["who"]), "who"
			}
			from, refused := senderNamed(tx.Settings(), *r.Passed, given)
			if refused != nil {
				return refused.In(field)
			}
			before, passed := r, *r.Passed
			if passed.From = from; passed.From == r.Passed.From {
				return bot.Refuse("refuse.same_sender", "Request", r.Part()).In(field)
			}
			r.Passed = &passed
			if err := bot.Change(tx, e, before, &r, ""); err != nil {
				return err
			}
			if from == (bot.Address{}) {
				return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.sender_nobody", "Request", r.Part())))
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.sender", "Request", r.Part(), "Original", mailbox(from))))
		}},
	}
}

// senderNamed is the address that a person names: one that the mail shows, one
// that they type, or nobody's.
func senderNamed(s *bot.Settings, p bot.Passed, given string) (bot.Address, *bot.Error) {
	if slices.Contains([]string{nobody, "никто", "неизвестен"}, strings.ToLower(given)) {
		return bot.Address{}, nil
	}
	a := parseMailbox(given)
	if i := slices.IndexFunc(p.Found, func(o bot.Address) bool { return strings.EqualFold(o.Address, a.Address) }); i >= 0 && a.Name == "" {
		return p.Found[i], nil
	}
	switch {
	case !bot.IsMailAddress(a.Address):
		return a, bot.Refuse("refuse.bad_address", "Words", firstOf(given, 80))
	case s.Ours(a.Address):
		return a, bot.Refuse("refuse.our_address", "Words", a.Address)
	}
	return a, nil
}

// parseMailbox reads "Helen Park <helen@shop.example>", or an address alone.
func parseMailbox(given string) bot.Address {
	if name, rest, ok := strings.Cut(given, "<"); ok {
		return bot.Address{Name: firstOf(strings.Trim(strings.Join(strings.Fields(name), " "), `"' `), 80), Address: strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), ">"))}
	}
	return bot.Address{Address: strings.TrimSpace(given)}
}

func mailbox(a bot.Address) string {
	if a.Name == "" || a.Address == "" {
		return a.Name + a.Address
	}
	return fmt.Sprintf("%s <%s>", a.Name, a.Address)
}

func originalForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := request(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	if r.Passed == nil {
		return bot.Form{}, bot.Refuse("refuse.no_forward", "Request", r.Part())
	}
	choices := []bot.Choice{{Value: nobody, Label: "form.original.nobody"}}
	for _, a := range r.Passed.Found {
		if a != r.Passed.From {
			choices = append(choices, bot.Choice{Value: a.Address, Label: mailbox(a)})
		}
	}
	return bot.Form{
		Act: "original", Value: r.ID(), Title: bot.Say("form.original", "Request", r.Part()), Submit: bot.Say("button.correct"),
		Note: bot.Say("form.original.note", "Name", r.Name),
		Fields: []bot.Field{{Name: "who", Label: bot.Say("form.original.who"), Value: nobody, Choices: choices},
			{Name: "other", Label: bot.Say("form.original.other"), Optional: true, Hint: bot.Say("form.original.hint")}},
	}, nil
}

// sender is the field that chooses whom an answer goes to: the one who forwarded
// the mail, or the one who wrote it. Nobody writes to a stranger by accident: it
// says why that one is left out.
func (d draft) sender() []bot.Field {
	r := d.request
	if r.Passed == nil || len(r.AddressesOf(bot.ToBoth)) < 2 {
		return nil
	}
	shown := bot.Field{Name: "sender", Hidden: true, Value: r.Passed.From.Address}
	field := bot.Field{Name: "to", Label: bot.Say("form.reply.whom"), Value: string(d.s.AnswersGoTo(r)), Choices: []bot.Choice{
		{Value: string(bot.ToForwarder), Label: r.Name}, {Value: string(bot.ToBoth), Label: r.Name + ", " + mailbox(r.Passed.From)}, {Value: string(bot.ToOriginal), Label: mailbox(r.Passed.From)}}}
	if d.s.AnswersGoTo(r) != bot.ToForwarder {
		return []bot.Field{shown, field}
	}
	if _, known := d.s.ClientNamed(r.Client); known {
		field.Hint = bot.Say("form.reply.sender_rule", "Original", r.Original(), "Client", r.Client)
	} else {
		field.Hint = bot.Say("form.reply.sender_guess", "Original", r.Original())
	}
	return []bot.Field{shown, field}
}

// to is whom an answer goes to by the client's rule, where that is not the client
// alone.
func (d draft) to() []bot.Address {
	if to := d.s.AnswersGoTo(d.request); to != bot.ToForwarder {
		return d.request.AddressesOf(to)
	}
	return nil
}

// recipients are whom an answer goes to by mail, where that is not the client
// alone: by what a person chose, or else by the client's rule.
func recipients(s *bot.Settings, r bot.Request, c *bot.Call) ([]bot.Address, *bot.Error) {
	to := s.AnswersGoTo(r)
	switch chosen := c.Args["to"]; bot.Whom(chosen) {
	case "":
	case bot.ToForwarder, bot.ToOriginal, bot.ToBoth:
		to = bot.Whom(chosen)
	default:
		return nil, bot.Refuse("refuse.whom", "Words", firstOf(chosen, 40)).In("to")
	}
	if r.Home.Adapter != "email" || to == bot.ToForwarder || r.Passed == nil {
		return nil, nil
	}
	if shown, ok := c.Args["sender"]; ok && shown != r.Passed.From.Address { // somebody has put it right meanwhile
		return nil, bot.Refuse("refuse.sender_changed", "Request", r.Part(), "Original", mailbox(r.Passed.From)).In("to")
	}
	all := r.AddressesOf(to)
	if len(all) == 1 && all[0] == r.MailAddress() {
		return nil, nil
	}
	return all, nil
}

// strange says which of the addresses that an answer goes to are of another
// company than the client.
func strange(s *bot.Settings, r bot.Request, a answer) []bot.Part {
	if r.Home.Adapter != "email" {
		return nil
	}
	found := s.Strangers(r, slices.Concat(a.to, a.cc))
	if len(found) == 0 {
		return nil
	}
	return []bot.Part{bot.Quote(" "), notOf(r, found)}
}

// notOf says that addresses are not of a request's client.
func notOf(r bot.Request, found []string) bot.Part {
	if r.Client == "" {
		return bot.Words("form.reply.cc_elsewhere", "List", strings.Join(found, ", "))
	}
	return bot.Words("form.reply.cc_strange", "Client", r.Client, "List", strings.Join(found, ", "))
}

// without are copies without those whom a mail goes to anyway.
func without(copies, to []bot.Address) []bot.Address {
	return slices.DeleteFunc(slices.Clone(copies), func(a bot.Address) bool {
		return slices.ContainsFunc(to, func(o bot.Address) bool { return strings.EqualFold(o.Address, a.Address) })
	})
}

// answerClient says who is answered when the people of a company forward a mail.
func answerClient(tx bot.Tx, e bot.Event, given string) error {
	if err := mayEditClients(e); err != nil {
		return err
	}
	name, rule, _ := cutLastWord(given)
	c, ok := tx.Settings().ClientNamed(name)
	if !ok {
		return noClient(tx.Settings(), e.Call.Person, name)
	}
	if c.Answer = bot.Whom(strings.ToLower(rule)); !slices.Contains([]bot.Whom{bot.ToForwarder, bot.ToOriginal, bot.ToBoth}, c.Answer) {
		return bot.Refuse("refuse.usage", "Usage", bot.Code("client forwards "+c.Name+" forwarder|original|both"))
	}
	return saveClient(tx, e, c)
}

// cutLastWord splits off the last word.
func cutLastWord(s string) (before, last string, ok bool) {
	s = strings.TrimSpace(s)
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return s, "", false
	}
	return strings.TrimSpace(s[:i]), s[i+1:], true
}
