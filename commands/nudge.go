package commands

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"meridian/bot"
	"meridian/bot/calendar"
	"meridian/bot/phrase"
)

const (
	nudgesListed = 15 // reminders that a list names
	nextRuns     = 3  // runs that the answer to a schedule names
)

// nudge reminds a person, or a channel, at a time or again and again.
func nudge() bot.Command {
	return bot.Command{
		Name: "nudge", Words: words([]string{"reminder", "reminders", "nudges"}, []string{"напомни", "напоминание", "напоминания"}), Slash: "nudge", Whole: true, Wordy: true,
		Action: bot.ActNudge,
		Args:   []bot.Arg{{Name: "words", Kind: bot.ArgWords, Optional: true}},
		Usage:  "usage.nudge", Help: "help.nudge", Choices: nudgeChoices,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			text := strings.TrimSpace(e.Call.Args["words"])
			act, rest := cutFirst(text)
			if slipped(act) {
				text = phrase.OtherLayout(text)
			}
			if text == "" || among(strings.ToLower(act), "list", "список") && rest == "" {
				return listNudges(tx, e)
			}
			id, rest := cutFirst(rest)
			if n, ok := bot.ParseReminderID(id); ok {
				if do, ok := nudgeActs()[strings.ToLower(act)]; ok {
					return actOnNudge(tx, e, n, rest, do)
				}
			}
			return setNudge(tx, e, text)
		}},
	}
}

// nudgeAct is something that is done with a reminder. rest are the words behind
// its number.
type nudgeAct func(tx bot.Tx, e bot.Event, r bot.Reminder, rest string) error

// nudgeActs are what people type or press on a reminder.
func nudgeActs() map[string]nudgeAct {
	return map[string]nudgeAct{
		"done": doneNudge, "готово": doneNudge,
		"cancel": cancelNudge, "отменить": cancelNudge, "отмени": cancelNudge,
		"change": changeNudge, "изменить": changeNudge, "измени": changeNudge,
		"again": laterNudge,
	}
}

// wanted is a reminder that somebody asks for, as they said it.
type wanted struct {
	place bot.Place
	text  string
	at    time.Time
	spec  string
}

// setNudge understands and keeps a reminder, and says what was understood.
func setNudge(tx bot.Tx, e bot.Event, text string) error {
	s, who := tx.Settings(), e.Call.Person
	w, refused := wished(s, e, text, tx.Now())
	if refused != nil {
		if mayBeAnother(e, refused) {
			return bot.ErrPass
		}
		return refused
	}
	mine, err := tx.CountReminders(bot.ReminderQuery{Owner: who.ID, States: []bot.ReminderState{bot.ReminderActive}})
	if err != nil {
		return err
	}
	if mine >= bot.MaxReminders {
		return bot.Refuse("refuse.many_nudges", "Limit", bot.MaxReminders, "Usage", bot.Code("/nudge list"))
	}
	r := bot.Reminder{Owner: who.ID, Place: w.place, Text: w.text, Spec: w.spec, Zone: s.ZoneOf(who).String(), NextAt: w.at,
		Missed: bot.MissedOnce, State: bot.ReminderActive}
	if err := aboutNudge(tx, e, &r); err != nil {
		return err
	}
	if err := saveNudge(tx, e, &r); err != nil {
		return err
	}
	if err := announce(tx, r, who); err != nil {
		return err
	}
	return echoNudge(tx, e, r)
}

// mayBeAnother reports whether what was said to the desk was no reminder after
// all: it has neither a time nor whom to remind.
func mayBeAnother(e bot.Event, refused *bot.Error) bool {
	said, ok := e.Body.(bot.Said)
	if !ok || !said.Mentioned {
		return false
	}
	first, rest := cutFirst(said.Text)
	command := strings.ToLower(strings.Trim(first, ".,:!"))
	target, _ := cutFirst(rest)
	_, named := targetOf(target)
	if !named && !slipped(target) && (e.Call.Request != 0 || !among(command, "nudge", "напомни")) {
		return true // "remind Owen of the invoice"
	}
	return !e.Call.Person.Team() && refused.Field == "when"
}

// Targets of a reminder.
const (
	targetMe = "me"
	targetUs = "us"
)

// targetOf understands whom to remind: me, us, or #channel.
func targetOf(word string) (string, bool) {
	switch w := strings.ToLower(strings.TrimRight(word, ",:")); {
	case among(w, "me", "myself", "мне", "меня", "себе"):
		return targetMe, true
	case among(w, "us", "here", "everybody", "нам", "нас", "здесь", "сюда", "всем"):
		return targetUs, true
	case strings.HasPrefix(w, "#") && len(w) > 1, strings.HasPrefix(w, "<#"):
		return strings.TrimRight(word, ",:"), true
	}
	return "", false
}

// slipped reports whether a word names whom to remind once it is read as typed
// with the other keyboard layout.
func slipped(word string) bool {
	_, named := targetOf(word)
	_, slip := targetOf(phrase.OtherLayout(word))
	return slip && !named
}

// wished understands a reminder: whom, what and when, in this order, or when
// before what.
func wished(s *bot.Settings, e bot.Event, text string, now time.Time) (w wanted, refused *bot.Error) {
	first, rest := cutFirst(text)
	target, named := targetOf(first)
	if !named {
		target, rest = targetMe, text
		if strings.HasPrefix(first, "@") || strings.HasPrefix(first, "slack:") {
			return w, bot.Refuse("refuse.nudge_whom", "Usage", bot.Usage("usage.nudge_me"))
		}
	}
	if w.place, refused = nudgePlace(s, e, target); refused != nil {
		return w, refused
	}
	t, refused := timeOf(s, e.Call.Person, rest, now)
	if refused != nil {
		return w, refused
	}
	w.at, w.spec = t.at, t.spec
	w.text, refused = reminding(withoutTo(t.words))
	return w, refused
}

// withoutTo drops the word that leads to what is to be done: "to call Harbor".
func withoutTo(words string) string {
	if word, behind := cutFirst(words); among(strings.ToLower(word), "to", "that", "что") && behind != "" {
		return behind
	}
	return words
}

// nudgePlace is where a reminder is said. Channels are for the team.
func nudgePlace(s *bot.Settings, e bot.Event, target string) (bot.Place, *bot.Error) {
	direct := bot.Direct(e.Actor.ID)
	if target == targetMe || target == targetUs && e.Place.IsDirect() {
		return direct, nil
	}
	if !e.Call.Person.Team() {
		return direct, bot.Refuse("refuse.nudge_team")
	}
	if target == targetUs {
		if c, ok := s.Channel(e.Place); ok {
			return c.Place, nil
		}
		return direct, bot.Refuse("refuse.no_channel", "Words", e.Place.Channel)
	}
	name := strings.Trim(target, "#<>")
	id, label, _ := strings.Cut(name, "|") // as a messenger may write a channel
	for _, c := range s.Channels {
		if strings.EqualFold(c.Name, name) || c.Place.Channel == id || label != "" && strings.EqualFold(c.Name, label) {
			return c.Place, nil
		}
	}
	return direct, bot.Refuse("refuse.no_channel", "Words", firstOf(name, 40))
}

// cronWords finds a schedule as machines write it, behind the words.
var cronWords = regexp.MustCompile(`(?is)^(.*?)[\s,]*\bcron\s+[` + "`" + `"'“«]?(.+?)[` + "`" + `"'”»]?\s*$`)

// timed is a text with a time in it.
type timed struct {
	words   string    // what stands beside the time
	at      time.Time // the first or only one
	spec    string    // of what comes again; empty: once
	missing bool      // there is no time in it, which is refused
}

// timeOf finds the time in a text. A day without an hour is its morning.
func timeOf(s *bot.Settings, who bot.Person, text string, now time.Time) (t timed, refused *bot.Error) {
	if m := cronWords.FindStringSubmatch(firstOf(text, 4000)); m != nil {
		t.words, t.spec = m[1], m[2]
		if refused := cronOf(&t.spec); refused != nil {
			return t, refused
		}
	} else {
		found, rest, err := phrase.Find(text, string(s.LanguageFor(bot.Place{}, who)), s.ZoneOf(who), now)
		var wrong *phrase.Error
		if errors.As(err, &wrong) {
			t.missing = wrong.Reason == phrase.Empty || wrong.Reason == phrase.Missing
			return t, noNudgeTime(wrong)
		}
		t = timed{words: rest, at: found.At, spec: found.Spec}
		switch {
		case found.Whole && t.spec != "":
			fields := strings.Fields(t.spec)
			fields[1] = strconv.Itoa(s.Morning(who, now, 0).Hour())
			t.spec = strings.Join(fields, " ")
		case found.Whole:
			t.at = s.Morning(who, t.at, 0)
		}
	}
	t.words = strings.TrimSpace(t.words)
	if t.spec != "" {
		t.at, refused = firstRun(t.spec, s.ZoneOf(who), now)
	}
	return t, refused
}

// reminding checks the words of a reminder.
func reminding(words string) (string, *bot.Error) {
	words = strings.TrimSpace(visibleWords(words))
	switch {
	case words == "":
		return "", bot.Refuse("refuse.nudge_what", "Usage", bot.Usage("usage.nudge_call")).In("text")
	case len([]rune(words)) > bot.MaxReminder:
		return "", bot.Refuse("refuse.nudge_long", "Limit", bot.MaxReminder).In("text")
	}
	return words, nil
}

// visibleWords drops what cannot be seen.
func visibleWords(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return -1
		}
		return c
	}, s)
}

// cronOf checks a schedule as machines write it.
func cronOf(spec *string) *bot.Error {
	parsed, err := calendar.Parse(*spec)
	var wrong *calendar.Error
	if errors.As(err, &wrong) {
		id := "refuse.cron"
		switch wrong.Code {
		case calendar.SpecZone:
			id = "refuse.cron_zone"
		case calendar.SpecNever:
			id = "refuse.cron_never"
		}
		return bot.Refuse(id, "Words", firstOf(strings.Join(strings.Fields(visibleWords(*spec)), " "), 60), "Usage", bot.Code("cron 30 9 * * 1-5")).In("when")
	}
	*spec = parsed.String()
	return nil
}

// firstRun is when a schedule comes first. One that comes all the time is
// refused: nobody reads it any more.
func firstRun(spec string, zone *time.Location, now time.Time) (time.Time, *bot.Error) {
	parsed, err := calendar.Parse(spec)
	if err != nil {
		return time.Time{}, bot.Refuse("refuse.cron", "Words", firstOf(spec, 60), "Usage", bot.Code("cron 30 9 * * 1-5")).In("when")
	}
	first, ok := parsed.Next(now, zone)
	if !ok {
		return first, bot.Refuse("refuse.cron_never", "Words", firstOf(spec, 60), "Usage", bot.Code("cron 30 9 * * 1-5")).In("when")
	}
	for run, n := first, 0; n < 10; n++ {
		next, ok := parsed.Next(run, zone)
		if ok && next.Sub(run) < bot.OftenReminder {
			return first, bot.Refuse("refuse.nudge_often", "Duration", bot.Length(next.Sub(run)), "Limit", bot.Length(bot.OftenReminder)).In("when")
		}
		run = next
	}
	return first, nil
}

// noNudgeTime says what is wrong with the time of a reminder.
func noNudgeTime(wrong *phrase.Error) *bot.Error {
	words := firstOf(wrong.Phrase, 60)
	switch wrong.Reason {
	case phrase.Empty, phrase.Missing:
		return bot.Refuse("refuse.nudge_missing").In("when")
	case phrase.Unclear:
		return bot.Refuse("refuse.nudge_when", "Words", words).In("when")
	case phrase.Far:
		return bot.Refuse("refuse.nudge_far", "Words", words).In("when")
	case phrase.Long:
		return bot.Refuse("refuse.nudge_long", "Limit", bot.MaxReminder).In("text")
	}
	return noTime(wrong).In("when")
}

// aboutNudge ties a reminder to the request in whose thread it is set, or that
// its words name, if the person may see it.
func aboutNudge(v bot.View, e bot.Event, r *bot.Reminder) error {
	r.Request, r.Client = v.Settings().About(r.Text)
	if r.Request == 0 {
		r.Request = e.Call.Request
	}
	if r.Request == 0 {
		return nil
	}
	about, err := bot.Visible(v, e.Call.Person, r.Request)
	var hidden *bot.Error
	if errors.As(err, &hidden) {
		r.Request = 0
		return nil
	}
	if err == nil && about.Client != "" {
		r.Client = about.Client
	}
	return err
}

// saveNudge keeps a reminder with its timer.
func saveNudge(tx bot.Tx, e bot.Event, r *bot.Reminder) error {
	if err := tx.SaveReminder(r); err != nil {
		return err
	}
	line := bot.AuditLine{At: tx.Now(), Who: e.Call.Person.ID, Surface: e.Call.Surface, Action: "nudge", Object: r.ID(), After: string(r.State), Event: e.ID}
	if err := tx.AddAudit(line); err != nil {
		return err
	}
	if r.State != bot.ReminderActive {
		return tx.DropTimer(r.Timer().Key)
	}
	return tx.SetTimer(r.Timer())
}

// announce tells a channel that it is reminded again and again from now on.
func announce(tx bot.Tx, r bot.Reminder, who bot.Person) error {
	if r.Spec == "" || r.Place.IsDirect() {
		return nil
	}
	t := bot.Say("nudge.public", "Person", who.Part(), "What", bot.SpecWords(r.Spec), "When", onDay(r), "Text", nudgeWords(r.Text))
	return bot.PostAt(tx, bot.Delivery{Key: "nudge:public:" + r.ID(), To: r.Place, Urgency: bot.UrgentPost, TeamSide: tx.Settings().Inside(r.Place), Message: bot.MessageOf(t)})
}

// echoNudge says privately what was understood, with what can be done about it.
func echoNudge(tx bot.Tx, e bot.Event, r bot.Reminder) error {
	t := nudgeSet(tx.Settings(), r, tx.Now())
	return bot.Whisper(tx, e, bot.MessageOf(t, bot.PressButton("button.change", "nudgechange", r.ID()), bot.PressButton("button.cancel", "nudge", "cancel "+r.ID())))
}

// listNudges names the reminders of a person, and in a channel those of the
// channel.
func listNudges(tx bot.Tx, e bot.Event) error {
	open := []bot.ReminderState{bot.ReminderActive, bot.ReminderFired}
	mine, err := bot.PagesFor(tx, e.Call.Person.ID).Reminders(nudgesListed)
	if err != nil {
		return err
	}
	total, err := tx.CountReminders(bot.ReminderQuery{Owner: e.Call.Person.ID, States: open})
	if err != nil {
		return err
	}
	total = max(total, len(mine))
	if e.Call.Person.Team() && !e.Place.IsDirect() {
		here, err := tx.Reminders(bot.ReminderQuery{Place: e.Place.Top(), States: open[:1], Limit: nudgesListed})
		if err != nil {
			return err
		}
		for _, r := range here {
			if !slices.ContainsFunc(mine, func(m bot.Reminder) bool { return m.Number == r.Number }) {
				mine, total = append(mine, r), total+1
			}
		}
	}
	if len(mine) == 0 {
		return bot.Whisper(tx, e, bot.MessageOf(bot.Say("nudge.none", "Usage", bot.Usage("usage.nudge_call"))))
	}
	var t bot.Text
	mine = mine[:min(len(mine), nudgesListed)]
	for i, r := range mine {
		if i > 0 {
			t = t.Plus(bot.Break())
		}
		t = t.Plus(nudgeLine(tx.Settings(), r)...)
	}
	if more := total - len(mine); more > 0 {
		t = t.Plus(bot.Break(), bot.Words("list.more", "Count", more))
	}
	return bot.Whisper(tx, e, bot.MessageOf(t))
}
