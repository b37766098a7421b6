package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"meridian/bot"
)

// escalate raises a request's level at once, whatever the hour, and gives it to
// who is there for that level, with a brief. Age and class stay as they are.
// Whose day has not begun is told when it does: nothing rings at night.
func escalate() bot.Command {
	return bot.Command{
		Name: "escalate", Words: words([]string{"raise"}, []string{"эскалировать", "поднять"}), Slash: "request",
		Action: bot.ActEscalate, Emoji: []string{"rotating_light"},
		Args:  append(one(), bot.Arg{Name: "needed", Kind: bot.ArgWords, Optional: true}),
		Usage: "usage.escalate", Help: "help.escalate",
		Form: escalateForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			comments, err := tx.Comments(r.Number)
			if err != nil {
				return err
			}
			s, before := tx.Settings(), r
			level, to := s.NextLevel(r, tx.Now())
			if refused := r.EscalateTo(level, to, tx.Now()); refused != nil {
				return refused
			}
			r.Needed, r.NeededBy, r.Tried = strings.TrimSpace(e.Call.Args["needed"]), e.Call.Person.ID, s.TriedSoFar(comments)
			if _, later := s.BriefAt(r); !later {
				if err := brief(tx, r, e.Call.Person, comments, false); err != nil {
					return err
				}
			}
			return bot.Change(tx, e, before, &r, r.Needed)
		}},
	}
}

// brief tells who has an escalated request what it is about. Who escalated it to
// themselves knows. A page comes whatever the hour.
func brief(tx bot.Tx, r bot.Request, by bot.Person, comments []bot.Comment, page bool) error {
	s := tx.Settings()
	to := s.Person(bot.Actor{ID: r.EscalatedTo})
	if to.ID == "" || to.Is(by.ID) {
		return nil
	}
	d := bot.Delivery{Key: bot.BriefKey(r), Page: page}
	if page {
		d.Urgency = bot.UrgentPage
	}
	return bot.DirectAt(tx, d, to, bot.BriefMessage(s, r, to, comments, tx.Now()))
}

// briefDue tells whom a request was escalated to in the night, now that their
// day begins: with what is known by now.
func briefDue() bot.Handler {
	return dueAbout("brief.due", bot.TimerBrief, func(tx bot.Tx, e bot.Event, r bot.Request) error {
		if r.Ended() || r.EscalatedTo == "" || r.Assignee != r.EscalatedTo || r.Woken {
			return nil
		}
		comments, err := tx.Comments(r.Number)
		if err != nil {
			return err
		}
		if err := brief(tx, r, bot.Person{}, comments, false); err != nil {
			return err
		}
		return bot.Mark(tx, &r)
	})
}

// escalateForm asks what is needed, and says to whom it goes and from when they
// are there.
func escalateForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := request(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	again := r
	if refused := again.Escalate(); refused != nil {
		return bot.Form{}, refused
	}
	s := v.Settings()
	level, to := s.NextLevel(r, v.Now())
	f := bot.Form{
		Act: "escalate", Value: r.ID(), Title: bot.Say("form.escalate", "Request", r.Part(), "Level", level), Submit: bot.Say("button.escalate"),
		Note:   bot.Say("form.escalate.nobody"),
		Fields: []bot.Field{{Name: "needed", Label: bot.Say("form.escalate.needed"), Optional: true, Hint: bot.Say("form.escalate.hint")}},
	}
	if to.ID == "" {
		return f, nil
	}
	f.Note = bot.Say("form.escalate.now", "Person", to.Part())
	if starts, later := s.Starts(to, v.Now()); later {
		f.Note = bot.Say("form.escalate.later", "Person", to.Part(), "When", starts)
	}
	return f, nil
}

// wake tells the person whom a request was escalated to at once, whatever the
// hour: it is a page.
func wake() bot.Command {
	return bot.Command{
		Name: "wake", Words: words(nil, []string{"разбудить"}), Slash: "request",
		Action: bot.ActEscalate, Args: one(), Usage: "usage.wake", Help: "help.wake",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			if over := r.Over(); over != nil {
				return over
			}
			if _, later := tx.Settings().BriefAt(r); !later {
				return bot.Refuse("refuse.nobody_to_wake", "Request", r.Part())
			}
			comments, err := tx.Comments(r.Number)
			if err != nil {
				return err
			}
			before := r
			r.Woken = true
			if err := brief(tx, r, bot.Person{}, comments, true); err != nil {
				return err
			}
			if err := bot.Change(tx, e, before, &r, ""); err != nil {
				return err
			}
			who := tx.Settings().Person(bot.Actor{ID: r.EscalatedTo})
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.waking", "Request", r.Part(), "Person", who.Part())))
		}},
	}
}

// urge is what 🚨 means when a client puts it: whoever has the request is told
// that it is urgent, once. What is done about it is a person's decision.
func urge() bot.Command {
	return bot.Command{
		Name: "urge", Words: words(nil, []string{"поторопить"}), Slash: "request",
		Action: bot.ActComment, Emoji: []string{"rotating_light"},
		Args: one(), Usage: "usage.urge", Help: "help.urge",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			if over := r.Over(); over != nil {
				return over
			}
			who := e.Call.Person
			key := fmt.Sprintf("urge:%s:%s:%s", r.ID(), who.ID, tx.Now().UTC().Format(time.DateOnly))
			m := bot.MessageOf(bot.Say("told.urged", "Request", r.Part(), "Title", bot.Quote(r.Title), "Name", who.Name),
				bot.PressButton("button.reply", "reply", r.ID()))
			if r.Level < bot.MaxLevel {
				m.Buttons = append(m.Buttons, bot.PressButton("button.escalate", "escalate", r.ID()))
			}
			to := tx.Settings().Person(bot.Actor{ID: r.Assignee})
			if told, err := hears(tx, to); err != nil {
				return err
			} else if !told {
				return bot.ToDesk(tx, r, bot.Delivery{Key: key, Message: m})
			}
			return bot.DirectUnasked(tx, bot.Delivery{Key: key, NotBefore: bot.InHours(tx, to)}, to, m)
		}},
	}
}
