package commands

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"meridian/bot"
	"meridian/bot/say"
)

// nudgeWords are the words of a reminder as a sentence.
func nudgeWords(text string) bot.Part {
	text = strings.TrimSpace(text)
	if first, size := utf8.DecodeRuneInString(text); size > 0 {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	return nudgeTyped(text)
}

// nudgeTyped are the words as they were typed, at the end of a sentence.
func nudgeTyped(text string) bot.Part {
	text = strings.TrimSpace(text)
	if last, _ := utf8.DecodeLastRuneInString(text); !strings.ContainsRune(".!?…", last) {
		text += "."
	}
	return bot.Quote(text)
}

// nudgeSet says when a reminder comes: on the clock of whoever set it, with the
// city, and of what comes again the next runs.
func nudgeSet(s *bot.Settings, r bot.Reminder, now time.Time) bot.Text {
	zone := r.Location()
	city, words, date := s.CityOf(zone), nudgeTyped(r.Text), say.LongDate
	if r.NextAt.In(zone).Year() != now.In(zone).Year() {
		date = say.FarDate
	}
	if r.Spec == "" {
		return bot.Say(nudgeDay(r.NextAt, now, zone), "When", bot.ClockIn(r.NextAt, zone, say.Clock), "Other", bot.ClockIn(r.NextAt, zone, date),
			"Place", city, "Text", words, "List", channelWords(s, r))
	}
	t := bot.Say("nudge.set_spec", "What", bot.SpecWords(r.Spec), "Place", city, "Text", words, "List", channelWords(s, r)).Plus(bot.Break(), bot.Words("nudge.next"))
	at, ok := r.NextAt, true
	for i := 0; i < nextRuns && ok; i++ {
		between := ", "
		if i == 0 {
			between = " "
		}
		t = t.Plus(bot.Quote(between), bot.ClockIn(at, zone, say.Moment))
		at, ok = r.After(at)
	}
	return t
}

// nudgeDay is the sentence for a day: today, tomorrow, or its date.
func nudgeDay(at, now time.Time, zone *time.Location) string {
	y, m, d := now.In(zone).Date()
	switch at.In(zone).Format(time.DateOnly) {
	case now.In(zone).Format(time.DateOnly):
		return "nudge.set_today"
	case time.Date(y, m, d+1, 12, 0, 0, 0, zone).Format(time.DateOnly):
		return "nudge.set_tomorrow"
	}
	return "nudge.set_on"
}

// channelWords name the channel of a reminder; nothing for one's own.
func channelWords(s *bot.Settings, r bot.Reminder) bot.Part {
	if r.Place.IsDirect() {
		return bot.Quote("")
	}
	return bot.Quote(", " + channelName(s, r.Place))
}

// onDay is the day of a reminder's next run.
func onDay(r bot.Reminder) bot.Part { return bot.ClockIn(r.NextAt, r.Location(), say.MonthDay) }

// nudgeLine is a reminder in a list.
func nudgeLine(s *bot.Settings, r bot.Reminder) []bot.Part {
	line := []bot.Part{bot.Code(r.ID()), bot.Quote(" · ")}
	switch {
	case r.State == bot.ReminderFired:
		line = append(line, bot.Words("nudge.since", "Since", bot.At(r.FiredAt)))
	case r.Spec != "":
		line = append(line, bot.SpecWords(r.Spec), bot.Quote(" · "), bot.Words("nudge.next"), bot.Quote(" "), bot.At(r.NextAt))
	default:
		line = append(line, bot.At(r.NextAt))
	}
	if !r.Place.IsDirect() {
		line = append(line, bot.Quote(" · "+channelName(s, r.Place)))
	}
	return append(line, bot.Quote(" · "+firstOf(strings.Join(strings.Fields(r.Text), " "), 80)))
}

// nudgeMessage is what is said when a reminder comes: its words, how late it is,
// and whether the client that it is about sleeps.
func nudgeMessage(s *bot.Settings, r bot.Reminder, run, now time.Time) bot.Message {
	t := bot.Text{Parts: []bot.Part{nudgeWords(r.Text)}}
	if late, tell := bot.Late(run, now); tell {
		t = t.Plus(bot.Quote(" "), bot.Words("nudge.late", "Duration", bot.Length(late)))
	}
	id := r.ID() + " " + msOf(run)
	buttons := []bot.Button{bot.PressButton("button.done", "nudge", "done "+id)}
	tomorrow := bot.PressButton("button.tomorrow_short", "nudge", "again "+id)
	if begins, zone, asleep := s.ClientDay(bot.Request{Client: r.Client}, now); asleep && r.Client != "" {
		here := r.Location()
		at := bot.ClockIn(begins, here, nearStyle(begins, now, here))
		t = t.Plus(bot.Quote(" "), bot.Words("nudge.asleep", "When", bot.ClockIn(now, zone, say.Clock), "Place", s.CityOf(zone), "Other", at))
		buttons = append(buttons, bot.Button{Label: bot.Text{Parts: []bot.Part{at}}, Act: "nudge", Value: "again " + id + " " + begins.UTC().Format(time.RFC3339)})
	}
	m := bot.MessageOf(t, append(buttons, tomorrow)...)
	if !r.Place.IsDirect() && !s.Inside(r.Place) {
		m.Buttons, m.Author = nil, r.Owner // clients read it: a person speaks
	}
	return m
}

// nearStyle is the clock of today, and the day too of any other.
func nearStyle(t, now time.Time, zone *time.Location) say.Style {
	if t.In(zone).Format(time.DateOnly) == now.In(zone).Format(time.DateOnly) {
		return say.Clock
	}
	return say.DayClock
}
