package commands

import (
	"context"
	"strings"

	"meridian/bot"
)

// Words that stand for what the buttons of a drafted reminder do.
const (
	sendWord = "send"
	skipWord = "skip"
)

// thenRemind follows an answer that reminds the client of a question: the next
// step is theirs, and the second silence begins.
const thenRemind = "remind"

// remind sends a silent client the reminder that was drafted, or other words.
func remind() bot.Command {
	return bot.Command{
		Name: "remind", Words: words(nil, []string{"напомнить"}), Slash: "request",
		Action: bot.ActAsk,
		Args:   append(one(), bot.Arg{Name: "text", Kind: bot.ArgWords, Optional: true}),
		Usage:  "usage.remind", Help: "help.remind",
		Form: remindForm, Opened: opened, InThread: true, Else: "nudge",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			if refused := r.Remindable(); refused != nil {
				return refused
			}
			switch word, date, _ := strings.Cut(strings.TrimSpace(e.Call.Args["text"]), " "); {
			case e.Call.Surface == bot.ByForm:
				return sendReminder(tx, e, r)
			case word == skipWord && date == "":
				return skipReminder(tx, e, r)
			case word == sendWord && date == closingDate(tx.Settings(), r, tx.Now()):
				return sendDraft(tx, e, r)
			case word == "" || word == sendWord:
				return showDraft(tx, e, r)
			}
			return sendReminder(tx, e, r)
		}},
	}
}

// remindForm is the reminder as a form, with the draft in it.
func remindForm(v bot.View, e bot.Event) (bot.Form, error) {
	d, err := draftOf(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	if refused := d.request.Remindable(); refused != nil {
		return bot.Form{}, refused
	}
	fields := append(d.seen(), d.copies()...)
	fields = append(fields, bot.Field{Name: "text", Label: bot.Say("form.reply.text"), Long: true, Draft: d.s.Reminder(d.request, d.who.Name, d.now)})
	return bot.Form{Act: "remind", Value: d.request.ID(), Title: bot.Say("form.remind", "Request", d.request.Part(), "Name", d.request.Name),
		Submit: bot.Say("button.send"), Note: d.note(nil), Fields: append(fields, d.when()...)}, nil
}

// showDraft shows the draft once more, with the day as it is now.
func showDraft(tx bot.Tx, e bot.Event, r bot.Request) error {
	m, err := draftMessage(tx.Settings(), r, e.Call.Person, tx.Now())
	if err != nil {
		return err
	}
	return bot.Whisper(tx, e, m)
}

// sendDraft sends the draft as it was shown.
func sendDraft(tx bot.Tx, e bot.Event, r bot.Request) error {
	s := tx.Settings()
	words, err := s.InWords(s.Reminder(r, e.Call.Person.Name, tx.Now()))
	if err != nil {
		return err
	}
	e.Call.Args["text"] = words
	return sendReminder(tx, e, r)
}

// sendReminder sends a person's words as the reminder: an answer after which
// the next step is the client's again.
func sendReminder(tx bot.Tx, e bot.Event, r bot.Request) error {
	if r.MergedInto != 0 {
		return r.Over()
	}
	a, err := readAnswer(tx, e, r, thenRemind)
	if err != nil {
		return err
	}
	if asked, err := meanwhile(tx, e, r, a); err != nil || asked {
		return err
	}
	return sendAnswer(tx, e, r, a)
}

// skipReminder sends nothing: the request stays with us, and no silence is
// counted.
func skipReminder(tx bot.Tx, e bot.Event, r bot.Request) error {
	before := r
	if r.WaitsForClient() {
		return bot.Refuse("refuse.nothing_to_skip", "Request", r.Part())
	}
	r.Silence = nil
	if err := bot.Change(tx, e, before, &r, skipWord); err != nil {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.skipped", "Request", r.Part())))
}

// confirmed says that the client has confirmed by another way: by phone, or in
// person. They get no word, since they know.
func confirmed() bot.Command {
	return bot.Command{
		Name: "confirmed", Words: words(nil, []string{"подтвердили"}), Slash: "request",
		Action: bot.ActSolve, Args: one(), Usage: "usage.confirmed", Help: "help.confirmed",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			return settle(tx, e, r, e.Call.Person)
		}},
	}
}
