package phrase_test

import (
	"errors"
	"strings"
	"testing"

	"meridian/bot/phrase"
)

// checkSentences reads lines of a sentence, what is meant, and the rest. Where
// nothing is meant the rest is the words in question.
func checkSentences(t *testing.T, lang string, find func(string) (phrase.Result, string, error), table string) {
	t.Helper()
	n := 0
	for line := range strings.Lines(table) {
		parts := strings.Split(strings.TrimSpace(line), " => ")
		if len(parts) != 3 {
			continue
		}
		n++
		r, rest, err := find(parts[0])
		got := meant(r, err)
		var e *phrase.Error
		if errors.As(err, &e) {
			rest = e.Phrase
		}
		if got != parts[1] || rest != parts[2] {
			t.Errorf("%s: %q is %s and %q, want %s and %q", lang, parts[0], got, rest, parts[1], parts[2])
		}
	}
	if n < 5 {
		t.Errorf("only %d sentences were looked at", n)
	}
}

func TestATimeIsFoundAtEitherEndOfASentence(t *testing.T) {
	now := minsk(t)
	for _, lang := range []string{"en", "ru"} {
		find := func(text string) (phrase.Result, string, error) { return phrase.Find(text, lang, now.Location(), now) }
		checkSentences(t, lang, find, `
			call Harbor tomorrow at 10 => Wed 2026-03-04 10:00 => call Harbor
			Call Harbor, tomorrow, 10:00. => Wed 2026-03-04 10:00 => Call Harbor
			call Harbor - tomorrow at 10 => Wed 2026-03-04 10:00 => call Harbor
			tomorrow at 10 call Harbor => Wed 2026-03-04 10:00 => call Harbor
			tomorrow at 10: call Harbor => Wed 2026-03-04 10:00 => call Harbor
			tomorrow call Harbor at 10 => Wed 2026-03-04 10:00 => call Harbor
			at 10 call Harbor tomorrow => Wed 2026-03-04 10:00 => call Harbor
			позвонить в Harbor завтра в 10 => Wed 2026-03-04 10:00 => позвонить в Harbor
			завтра в 10 позвонить в Harbor => Wed 2026-03-04 10:00 => позвонить в Harbor
			завтра позвонить в Harbor в 10 => Wed 2026-03-04 10:00 => позвонить в Harbor
			Завтра, в 10: отчёт Ёлкину => Wed 2026-03-04 10:00 => отчёт Ёлкину
			check the backup in 2 hours => Tue 2026-03-03 13:40:20 => check the backup
			in 2 hours check the backup => Tue 2026-03-03 13:40:20 => check the backup
			через полчаса проверить бэкап => Tue 2026-03-03 12:10:20 => проверить бэкап
			send the report every Monday at 9:30 => cron 30 9 * * 1 => send the report
			каждый понедельник в 9:30 отправить отчёт => cron 30 9 * * 1 => отправить отчёт
			проверить бэкап по будням в 9:00 => cron 0 9 * * 1-5 => проверить бэкап
			call 5 clients tomorrow at 9 => Wed 2026-03-04 09:00 => call 5 clients
			R-12 tomorrow => Wed 2026-03-04 00:00 day => R-12
			room 5 at 15:00 => Tue 2026-03-03 15:00 => room 5
			discuss the 10:00 call tomorrow at 12:00 => Wed 2026-03-04 12:00 => discuss the 10:00 call
			review Monday report tomorrow at 10 => Wed 2026-03-04 10:00 => review Monday report
			on Monday standup notes => Mon 2026-03-09 00:00 day => standup notes
			call Harbor pfdnhf d 10 => Wed 2026-03-04 10:00 => call Harbor
			tomorrow at 10 => Wed 2026-03-04 10:00 => 
		`)
		checkSentences(t, lang, find, `
			call Harbor => missing => call Harbor
			call Harbor soon => unclear => soon
			sit in the sun => missing => sit in the sun
			what may => missing => what may
			update to 5.6 => missing => update to 5.6
			call R-12 => missing => call R-12
			Monday standup notes => missing => Monday standup notes
			10 March sales report => missing => 10 March sales report
			review the docs => missing => review the docs
			call Harbor yesterday => past => yesterday
			call Harbor in 0 seconds => past => in 0 seconds
			call Harbor in 100 years => far => in 100 years
			call Harbor on 31 February at 10 => never => on 31 February at 10
			call Harbor next Friday at 10 => either => next Friday at 10
			call Harbor on 5/6 at 10 => either => on 5/6 at 10
			call Harbor tomorrow at 3 => either => tomorrow at 3
			call Harbor this evening => unclear => this evening
			prepare a report for Monday => unclear => for Monday
			ask Dina about tomorrow => unclear => about tomorrow
			not before tomorrow => unclear => before tomorrow
			call Monday or Tuesday => unclear => or Tuesday
			call between 10:00 and 11:00 => unclear => and 11:00
			call 9:30 - 11:00 => unclear => - 11:00
			позвонить через 2 или 3 дня в 15:00 => unclear => 3 дня в 15:00
			discuss the 10:00 call tomorrow => unclear => discuss the 10:00 call tomorrow
			tomorrow discuss the 10:00 call => unclear => tomorrow discuss the 10:00 call
			Monday report at 15:00 => unclear => Monday report at 15:00
			call every other Friday at 9:00 => unclear => other Friday at 9:00
			звонить каждую вторую пятницу в 9:00 => unclear => вторую пятницу в 9:00
			tomorrow call Harbor on Friday at 10 => unclear => tomorrow call Harbor on Friday at 10
		`)
	}
}

func TestATimeAtTheEndMayBeUntilWhen(t *testing.T) {
	now := minsk(t)
	tail := func(text string) (phrase.Result, string, error) { return phrase.Tail(text, "ru", now.Location(), now) }
	checkSentences(t, "ru", tail, `
		R-12 till Monday => Mon 2026-03-09 00:00 day => R-12
		R-12 until tomorrow at 10 => Wed 2026-03-04 10:00 => R-12
		R-12 до понедельника => Mon 2026-03-09 00:00 day => R-12
		R-12 до 5 марта => Thu 2026-03-05 00:00 day => R-12
		R-12 tomorrow => Wed 2026-03-04 00:00 day => R-12
		R-12 by Monday => unclear => by Monday
		9:30 till 11:00 => unclear => 9:30 till 11:00
		tomorrow R-12 => missing => tomorrow R-12
	`)
	lead := func(text string) (phrase.Result, string, error) { return phrase.Lead(text, "ru", now.Location(), now) }
	checkSentences(t, "ru", lead, `
		tomorrow R-12 => Wed 2026-03-04 00:00 day => R-12
		tomorrow, R-12 => Wed 2026-03-04 00:00 day => R-12
		завтра в 10 - R-12 => Wed 2026-03-04 10:00 => R-12
		in 2 hours: R-12 => Tue 2026-03-03 13:40:20 => R-12
		R-12 tomorrow => missing => R-12 tomorrow
		Monday morning R-12 => missing => Monday morning R-12
		в понедельник утром R-12 => unclear => в понедельник утром
	`)
}

func TestAnEmptyOrAnEndlessSentenceIsRefused(t *testing.T) {
	now := minsk(t)
	for text, want := range map[string]phrase.Reason{
		"": phrase.Empty, " \n": phrase.Empty, strings.Repeat("a ", 5120) + "tomorrow": phrase.Long,
		"!!!": phrase.Missing, strings.Repeat("10 ", 1000): phrase.Missing,
	} {
		for name, find := range finders() {
			_, rest, err := find(text, "en", now.Location(), now)
			if got := meant(phrase.Result{}, err); got != string(want) || rest != "" {
				t.Errorf("%s of %.20q is %s and %q, want %s", name, text, got, rest, want)
			}
		}
	}
}
