package slack

import "meridian/bot"

// mostWatchers is how many people the home names as being there.
const mostWatchers = 10

// reminders are those that were said and are not done, and those that are still
// to come, each with what can be done about it.
func (w *homeWriter) reminders(all []bot.Reminder) {
	if len(all) == 0 {
		return
	}
	text := bolded(w.say("slack.home.reminders"))
	for _, r := range all {
		line := bot.Text{Parts: []bot.Part{bot.At(r.NextAt)}}
		if r.State == bot.ReminderFired {
			line = bot.Say("nudge.since", "Since", bot.At(r.FiredAt))
		} else if r.Spec != "" {
			line = bot.Text{Parts: []bot.Part{bot.SpecWords(r.Spec), bot.Quote(", "), bot.At(r.NextAt)}}
		}
		line = line.Plus(bot.Quote("  " + r.Text))
		if len(text) > 0 {
			text = append(text, piece{kind: pieceBreak})
		}
		w.add(append(text, w.p.pieces(line.For(w.lang))...))
		w.buttons(reminderButtons(r)...)
		text = nil
	}
}

// reminderButtons are what a person may do about one of their reminders.
func reminderButtons(r bot.Reminder) []bot.Button {
	done := bot.Button{Label: bot.Say("button.done"), Act: "nudge", Value: "done " + r.ID()}
	later := bot.Button{Label: bot.Say("slack.home.later"), Act: "nudgechange", Value: r.ID()}
	cancel := bot.Button{Label: bot.Say("button.cancel"), Act: "nudge", Value: "cancel " + r.ID()}
	if r.Spec != "" { // what comes again is not done with once
		return []bot.Button{later, cancel}
	}
	return []bot.Button{done, later, cancel}
}

// duty is who is there now, by level.
func (w *homeWriter) duty(all []bot.Watcher) {
	if len(all) == 0 {
		return
	}
	text := bolded(w.say("slack.home.duty"))
	for _, d := range all[:min(len(all), mostWatchers)] {
		line := w.say("slack.home.on_duty", "Level", d.Level, "Person", d.Person.Part())
		switch {
		case !d.From.IsZero():
			line = w.say("slack.home.on_duty_from", "Level", d.Level, "Person", d.Person.Part(), "When", bot.At(d.From))
		case !d.Until.IsZero():
			line = w.say("slack.home.on_duty_until", "Level", d.Level, "Person", d.Person.Part(), "Until", bot.At(d.Until))
		}
		text = append(append(text, piece{kind: pieceBreak}), line...)
	}
	w.add(text)
}
