package phrase_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"meridian/bot/phrase"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// minsk is Tuesday 3 March 2026, 11:40.
func minsk(t testing.TB) time.Time {
	return time.Date(2026, 3, 3, 11, 40, 20, 0, zone(t, "Europe/Minsk"))
}

// meant writes what a phrase means: an instant, with "day" if the hour is open,
// or a schedule, or the reason why it is refused.
func meant(r phrase.Result, err error) string {
	var e *phrase.Error
	switch {
	case errors.As(err, &e):
		return string(e.Reason)
	case err != nil:
		return err.Error()
	case r.Spec != "" && r.Whole:
		return "cron " + r.Spec + " day"
	case r.Spec != "":
		return "cron " + r.Spec
	case r.Whole:
		return r.At.Format("Mon 2006-01-02 15:04") + " day"
	case r.At.Second() != 0:
		return r.At.Format("Mon 2006-01-02 15:04:05")
	}
	return r.At.Format("Mon 2006-01-02 15:04")
}

// table is phrases, each followed by what it means. Phrases of one meaning are
// written with a bar between.
func checkTable(t *testing.T, lang string, now time.Time, table string) {
	t.Helper()
	n := 0
	for line := range strings.Lines(table) {
		phrases, want, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if !ok {
			continue
		}
		for text := range strings.SplitSeq(phrases, " | ") {
			n++
			if got := meant(phrase.Parse(text, lang, now.Location(), now)); got != want {
				t.Errorf("%q is %s, want %s", text, got, want)
			}
		}
	}
	if n < 5 {
		t.Errorf("only %d phrases were looked at", n)
	}
}

func TestEnglishPhrasesAreUnderstood(t *testing.T) {
	checkTable(t, "en", minsk(t), `
		tomorrow at 10 | tomorrow 10:00 | Tomorrow, at 10 am. | at 10 tomorrow | 10am tomorrow | tomorrow morning at 10 => Wed 2026-03-04 10:00
		10:00 tomorrow | tomorrow at ten | tomorrow at ten o'clock | tomorrow at 10 sharp | 10 in the morning tomorrow => Wed 2026-03-04 10:00
		tomorrow at half past nine | tomorrow at 9 30 | 9:30 tomorrow | tomorrow at 9.30 am | tomorrow at nine thirty => Wed 2026-03-04 09:30
		tomorrow | tmrw => Wed 2026-03-04 00:00 day
		the day after tomorrow | day after tomorrow | Thursday | on thu. | this Thursday | 5 March | 5th of March | the 5th of march | March 5 | march 5th | march fifth | on Mar 5, 2026 | 2026-03-05 | 05.03.2026 | 5-Mar-2026 | Thursday, 5 March 2026 => Thu 2026-03-05 00:00 day
		Monday | on Monday | monday next week | next week on Monday | coming Monday | next week => Mon 2026-03-09 00:00 day
		next Monday at 9:30 | Monday at 9:30 | monday 9:30am | at 9:30 on Monday => Mon 2026-03-09 09:30
		Friday next week | friday of next week => Fri 2026-03-13 00:00 day
		Tuesday | tuesday next week => Tue 2026-03-10 00:00 day
		2 Tuesdays from now => Tue 2026-03-17 00:00 day
		in 2 hours | in two hours | 2 hours from now | in 120 minutes | 2h from now | in 2h | now + 2 hours | in a couple of hours | in 1 hour and 60 minutes | in about 2 hours => Tue 2026-03-03 13:40:20
		in half an hour | in a half hour | in 30 min | in 1/2 h | in 0.5 hours => Tue 2026-03-03 12:10:20
		in an hour and a half | in 1.5 hours | in one hour and a half | in 1 and a half hours | in one and a half hours => Tue 2026-03-03 13:10:20
		in three quarters of an hour | in 3/4 h | in 45m => Tue 2026-03-03 12:25:20
		in a day | in 1 day | in 24 hours => Wed 2026-03-04 11:40:20
		in a week | in 7 days | a week hence | 1 week later => Tue 2026-03-10 11:40:20
		in a fortnight | in 2 weeks => Tue 2026-03-17 11:40:20
		in 2 months | in 1 month and 1 month => Sun 2026-05-03 11:40:20
		in a year | in half a year and 6 months => Wed 2027-03-03 11:40:20
		in 3 days at 10 | in 3 days, 10:00 => Fri 2026-03-06 10:00
		a week from tomorrow => Wed 2026-03-11 00:00 day
		today at 15:00 | today at 3 pm | at 3 | 3 pm | 3pm | 3 p.m. | 03:00 pm | at 3 in the afternoon | this afternoon at 3 | 15:00 | 15h00 => Tue 2026-03-03 15:00
		today at 9 | tonight at 9 | 9 tonight | at 9 this evening | 9pm => Tue 2026-03-03 21:00
		noon | at noon | midday | the midday | 12pm | at 12 => Tue 2026-03-03 12:00
		midnight | at midnight | 12am | 0:00 => Wed 2026-03-04 00:00
		quarter to noon | a quarter to 12 | 11:45 am => Tue 2026-03-03 11:45
		20 past 3pm | 20 minutes past 3 pm | 15:20 => Tue 2026-03-03 15:20
		15:23:24 => Tue 2026-03-03 15:23:24
		in March 2027 | March 2027 => Mon 2027-03-01 00:00 day
		next month | in April => Wed 2026-04-01 00:00 day
		next year | January 2027 => Fri 2027-01-01 00:00 day
		next quarter => Wed 2026-04-01 00:00 day
		the 24th | on the 24th | on 24th | the 24 => Tue 2026-03-24 00:00 day
		on the 2nd | the 2nd of next month => Thu 2026-04-02 00:00 day
		last day of the month | the last day of March => Tue 2026-03-31 00:00 day
		first Monday of April | the first Monday of next month => Mon 2026-04-06 00:00 day
		last Friday in May at 10 => Fri 2026-05-29 10:00
		2 March => Tue 2027-03-02 00:00 day
		29 February => Tue 2028-02-29 00:00 day
		15/3 | 3/15 | 3/15/2026 | 15/03/2026 => Sun 2026-03-15 00:00 day
		3/3/2027 => Wed 2027-03-03 00:00 day
		Thursday 8:00 gmt | thursday 8:00 UTC => Thu 2026-03-05 11:00
		2026-03-05 10:00 +0100 | 2026-03-05T10:00:00+01:00 => Thu 2026-03-05 12:00
		Thu Mar 5 12:00:00 2026 => Thu 2026-03-05 12:00
	`)
}

func TestRussianPhrasesAreUnderstood(t *testing.T) {
	checkTable(t, "ru", minsk(t), `
		завтра в 10 | Завтра, в 10:00. | завтра в 10 утра | в 10 завтра | завтра в десять | завтра в десять часов | завтра утром в 10 | в 10 утра | завтра 10:00 | tomorrow в 10 => Wed 2026-03-04 10:00
		завтра в полдесятого | завтра в половине десятого | завтра в 9 30 | завтра в 9:30 | завтра в девять тридцать | завтра в 9.30 | завтра в 9-30 | завтра в 9.30 утра => Wed 2026-03-04 09:30
		завтра без четверти десять | завтра без пятнадцати десять | завтра без 15 минут десять => Wed 2026-03-04 09:45
		завтра в четверть десятого => Wed 2026-03-04 09:15
		послезавтра | в четверг | четверг | чт | в этот четверг | 5 марта | пятого марта | 5-го марта | 5-е марта | 05.03.2026 | 5 марта 2026 г. | чт, 5 марта | к четвергу | на четверг => Thu 2026-03-05 00:00 day
		послезавтра в 18:30 | послезавтра в половине седьмого вечера | в 18:30 в четверг | в четверг вечером в 6:30 => Thu 2026-03-05 18:30
		в понедельник | в следующий понедельник | на следующей неделе | в понедельник на следующей неделе | на следующей неделе в понедельник | ближайший понедельник => Mon 2026-03-09 00:00 day
		в следующий вторник в 14:00 | вторник на следующей неделе в 2 часа дня => Tue 2026-03-10 14:00
		в пятницу на следующей неделе => Fri 2026-03-13 00:00 day
		через 2 часа | через два часа | через 120 минут | через 2 ч => Tue 2026-03-03 13:40:20
		через полчаса | через 30 мин | через 0,5 часа => Tue 2026-03-03 12:10:20
		через полтора часа | через час с половиной | через час и 30 минут | через 1,5 часа | через 1ч 30м | через час тридцать минут => Tue 2026-03-03 13:10:20
		через минуту => Tue 2026-03-03 11:41:20
		через день | через сутки | через 24 часа => Wed 2026-03-04 11:40:20
		через неделю | через 7 дней | через 1 неделю => Tue 2026-03-10 11:40:20
		через неделю во вторник => Tue 2026-03-10 00:00 day
		через месяц => Fri 2026-04-03 11:40:20
		через полгода => Thu 2026-09-03 11:40:20
		через год => Wed 2027-03-03 11:40:20
		через 3 дня в 10 | через три дня в 10:00 => Fri 2026-03-06 10:00
		через неделю в 10 => Tue 2026-03-10 10:00
		сегодня в 15:00 | в 15:00 | в 15 часов | в 3 часа дня | в 3 | в три | сегодня днём в 3 | в 15 | 15ч00 => Tue 2026-03-03 15:00
		сегодня в 9 | сегодня вечером в 9 | в 9 вечера | в девять вечера => Tue 2026-03-03 21:00
		в час дня | в час | в 13:00 => Tue 2026-03-03 13:00
		в полдень | полдень | в 12 | в 12 дня => Tue 2026-03-03 12:00
		в полночь => Wed 2026-03-04 00:00
		в 2 часа ночи | в 2 ночи => Wed 2026-03-04 02:00
		24-го числа | 24 числа | 24-го | 24-го этого месяца => Tue 2026-03-24 00:00 day
		20-го следующего месяца | 20 числа следующего месяца => Mon 2026-04-20 00:00 day
		в последний день месяца | последний день марта => Tue 2026-03-31 00:00 day
		в первый понедельник апреля в 10 => Mon 2026-04-06 10:00
		последняя пятница мая => Fri 2026-05-29 00:00 day
		в следующем месяце | в апреле => Wed 2026-04-01 00:00 day
		в следующем году => Fri 2027-01-01 00:00 day
		тридцать первого мая 2027 | 31-го мая 2027 => Mon 2027-05-31 00:00 day
		двадцать четвёртого марта => Tue 2026-03-24 00:00 day
		на 5.6 | 5.6, пт | 05.06.26 => Fri 2026-06-05 00:00 day
		5.6 в 10 => Fri 2026-06-05 10:00
		1:30 ночи сб, 7 мар. => Sat 2026-03-07 01:30
		29 февраля => Tue 2028-02-29 00:00 day
		позавчера | вчера в 10 | в прошлую среду | час назад | 1 марта 2026 => past
	`)
}

func TestSchedulesAreUnderstood(t *testing.T) {
	table := `
		every Monday at 9:30 | each monday 9:30 | at 9:30 every Monday | on Mondays at 9:30 | Mondays at 9:30 am | weekly on Monday at 9:30 | every week on Monday at 9:30 | каждый понедельник в 9:30 | по понедельникам в 9:30 | в 9:30 по понедельникам | каждую неделю в понедельник в 9:30 | каждый понедельник утром в 9:30 => cron 30 9 * * 1
		every weekday at 9 | every workday at 9am | on weekdays at 9 | weekdays at 9 | every business day at 9 | каждый будний день в 9 | по будням в 9 | по рабочим дням в 9 | каждый рабочий день в 9 утра | в будни в 9 => cron 0 9 * * 1-5
		every day at 9 | daily at 9 | every morning at 9 | at 9 every day | каждый день в 9 | ежедневно в 9 | каждое утро в 9 | по утрам в 9 | каждый день в девять => cron 0 9 * * *
		every evening at 9 | по вечерам в 9 | каждый вечер в 9 | каждый день в 21:00 => cron 0 21 * * *
		every Mon, Wed and Fri at 10:15 | every Monday, every Wednesday and every Friday at 10:15 | по понедельникам, средам и пятницам в 10:15 | каждую пятницу, понедельник и среду в 10:15 => cron 15 10 * * 1,3,5
		every Sunday at 10 | по воскресеньям в 10 => cron 0 10 * * 0
		every weekend at 10 | on weekends at 10 | по выходным в 10 | every Saturday and Sunday at 10 => cron 0 10 * * 0,6
		every Monday, Tuesday, Wednesday, Thursday and Friday at 8 => cron 0 8 * * 1-5
		каждое 1-е число в 10 | каждого 1-го числа в 10 | 1-го числа каждого месяца в 10 | каждый месяц 1-го числа в 10 | ежемесячно 1 числа в 10 | every month on the 1st at 10 | on the 1st of every month at 10 | monthly on the 1st at 10 | every 1st of the month at 10 | каждое первое число в 10 => cron 0 10 1 * *
		1 и 15 числа каждого месяца в 10 | каждое 15-е и 1-е число в 10 | on the 1st and 15th of every month at 10 | monthly on the 15th and the 1st at 10 => cron 0 10 1,15 * *
		every 5 March at 10 | every year on March 5 at 10 | каждый год 5 марта в 10 | каждое 5 марта в 10 | ежегодно 5 марта в 10 | yearly on the 5th of March at 10 => cron 0 10 5 3 *
		every 29 February at 10 => cron 0 10 29 2 *
		every hour | hourly | каждый час | ежечасно => cron 0 * * * *
		every 15 minutes | каждые 15 минут | every fifteen minutes => cron */15 * * * *
		every half hour | каждые полчаса | every 30 minutes => cron */30 * * * *
		every 2 hours | каждые 2 часа => cron 0 */2 * * *
		every day at 9 and 15 | каждый день в 15 и в 9 => cron 0 9,15 * * *
		every Monday | по понедельникам => cron 0 0 * * 1 day
		every Monday at 25:00 | every second Monday | every other day | every second | every 2nd | every fifth at 10 | every second day | 2018q4 | every 2 weeks | every 7 minutes | every 2 days | через день по понедельникам | every morning | каждое утро | every last Friday | every hour at 9 | every Monday tomorrow | каждый | every | every 0 minutes | every day at 9:15 and 10 | every Monday every day | every day at 9 utc => unclear
		every day at 6 | каждый день в 5 => either
		every 30 February at 10 | каждое 31 февраля | every 31 June | каждое 32-е число | on the 35th of every month => never
	`
	for _, lang := range []string{"en", "ru"} {
		checkTable(t, lang, minsk(t), table)
	}
}

func TestWhatIsNoOneTimeIsRefusedWithTheReason(t *testing.T) {
	table := `
		soon | later | скоро | потом | as soon as possible | 1.2.3 | 1.2.3.4 | when you can | some day | как-нибудь | asdf | ? | 10 | 7 | ten | 25 | 3 30 | two three | 4a | R-12 | v5.6 | ☃ => unclear
		25:00 | 24:00 | 24:10 | 12:61 | 9:5 | 13 pm | 15:00 pm | at 25 | в 25 | в 25:00 | 12:00:60 | at 10.11 | завтра в 10.5 | 99999999999999999999 | in 99999999999999999999 hours => unclear
		this evening | tonight | tomorrow evening | tomorrow morning | сегодня вечером | завтра утром | к вечеру | после обеда | завтра после обеда | this weekend | на выходных => unclear
		end of the month | by the end of the month | в конце месяца | EOM | this week | на этой неделе | in 2027 | next March | march | may | февраль | лето => unclear
		by 15:00 | after 2 pm | before 11 am | since Monday | until Friday | до пятницы | после 14:00 | к 15:00 | within 2 hours | за 5 минут | в течение часа => unclear
		9:30 - 11:00 | 9-11am | from 3 to 6 pm | 3 to 6 pm | 10 to 6 pm | 13-15 July | July 13-15 | 8 Aug - 12 Aug | с 13 по 15 июля | 14. - 15.10 | next 3 days | следующие 3 дня | Mon-Fri => unclear
		today | сегодня | 3 March | 3 марта => unclear
		Thursday 8:00 pst | 16:00 CET | 10:00 MSK | 10:00 Boston | в 10 по Бостону => unclear
		Friday, 5 March | пт, 5 марта | tomorrow, Friday => unclear
		Friday at midnight | завтра в полночь => unclear
		2 hours | 3 days | 1 year 2 months | in a few hours | через пару часов | через несколько дней | in half a day | in 1.5 months | через полдня => unclear
		tomorrow tomorrow | at 10 at 11 | завтра в 10 в 11 | in 2 hours at 10 | next week at 10 | in May at 10 | in 2 years at 10 | tomorrow 10 => unclear
		5/6 | 5/6/2026 | 05-06-2026 => either
		next Friday | next Friday at 10 | next Sunday | следующая пятница | в следующую среду | this Tuesday | в этот понедельник => either
		at 10 | at 9 | tomorrow at 3 | tomorrow at 6:30 | Friday at 5 | в 5 часов в пятницу | Tuesday at 15:00 | во вторник в 15:00 => either
		31 February | February 31 | 30 февраля | 31 апреля | 31 Apr at 10 | 2026-02-30 | 29.02.2027 | 31.04.2026 в 10 | 2026-04-31 10:00 | 0 March | 32 March => never
		yesterday | вчера | the day before yesterday | 5 minutes ago | 5 минут назад | last Monday | past Tuesday | last week | 2 March 2026 | 2026-03-02 | 1.1.2020 | now | right now | сейчас | today at 11:00 | today at 11:00 am | сегодня в 11:00 | 2026-03-03T08:00:00Z => past
		in 0 seconds | in 0 minutes | через 0 секунд | через ноль минут | 11:40 | at 11:35 | в 11:31 => past
		in 100 years | in 21 years | через 100 лет | in 1000 years | in 999999 hours | 1 January 2126 | 2126-01-01 | 9999-12-31 | in 5000 months | in 100 decades => far
	`
	for _, lang := range []string{"en", "ru"} {
		checkTable(t, lang, minsk(t), table)
	}
	for text, want := range map[string]phrase.Reason{
		"": phrase.Empty, " \t\n": phrase.Empty, strings.Repeat("завтра ", 100): phrase.Long, strings.Repeat("a", 10240): phrase.Long,
		"...": phrase.Unclear, "\x00": phrase.Unclear, "tomorrow\x00": phrase.Unclear, "\xff\xfe": phrase.Unclear, "завтра в 1\u06600": phrase.Unclear,
	} {
		if got := meant(phrase.Parse(text, "ru", minsk(t).Location(), minsk(t))); got != string(want) {
			t.Errorf("%.20q is %s, want %s", text, got, want)
		}
	}
}

func TestALanguageDecidesOnlyWhatFiguresDoNot(t *testing.T) {
	now := minsk(t)
	for text, want := range map[string][2]string{ // en, ru
		"5.6 at 10":     {"unclear", "Fri 2026-06-05 10:00"},
		"05.06.26":      {"unclear", "Fri 2026-06-05 00:00 day"},
		"5.6":           {"unclear", "unclear"},
		"05.06.2026":    {"Fri 2026-06-05 00:00 day", "Fri 2026-06-05 00:00 day"},
		"9:30":          {"either", "Wed 2026-03-04 09:30"},
		"tomorrow 9:30": {"Wed 2026-03-04 09:30", "Wed 2026-03-04 09:30"},
		"next Monday":   {"either", "Mon 2026-03-09 00:00 day"},
	} {
		for i, lang := range []string{"en", "ru"} {
			if got := meant(phrase.Parse(text, lang, now.Location(), now)); got != want[i] {
				t.Errorf("%q in %s is %s, want %s", text, lang, got, want[i])
			}
		}
	}
}

func TestWhatIsReadInTwoWaysIsRefusedWithBoth(t *testing.T) {
	now := minsk(t)
	for text, want := range map[string]string{
		"5/6":               "2026-06-05 2026-05-06",
		"next Friday":       "2026-03-06 2026-03-13",
		"в пятницу в 5":     "05:00 17:00",
		"Tuesday at 15:00":  "2026-03-03 15:00 2026-03-10 15:00",
		"tomorrow at 6:30":  "06:30 18:30",
		"в 10":              "10:00 22:00",
		"this Tuesday":      "2026-03-10",
		"every day at 6:30": "06:30 18:30",
	} {
		_, err := phrase.Parse(text, "ru", now.Location(), now)
		var e *phrase.Error
		if !errors.As(err, &e) || strings.Join(e.Try, " ") != want || !strings.Contains(e.Error(), " or ") && len(e.Try) > 1 {
			t.Errorf("%q: %v, want to be told of %s", text, err, want)
			continue
		}
		for _, way := range e.Try {
			if r, err := phrase.Parse(way, "ru", now.Location(), now); err != nil {
				t.Errorf("%q: %q is advised, but %v", text, way, err)
			} else if !r.At.After(now) {
				t.Errorf("%q: %q has passed", text, way)
			}
		}
	}
	_, err := phrase.Parse("at 10", "en", now.Location(), now)
	var e *phrase.Error
	if !errors.As(err, &e) || strings.Join(e.Try, ", ") != "10:00 am, 10:00 pm" {
		t.Errorf("in English: %v", err)
	}
}

func TestEveryRefusalIsOneSentenceWithTheWords(t *testing.T) {
	now := minsk(t)
	for _, text := range []string{"", "soon", "вчера", "5/6", "31 February", "in 100 years", strings.Repeat("x", 9999), "line one\nline two\x1b[31m", strings.Repeat("long ", 50)} {
		_, err := phrase.Parse(text, "en", now.Location(), now)
		if err == nil {
			t.Fatalf("%q is understood", text)
		}
		if s := err.Error(); len(s) < 20 || len(s) > 250 || strings.ContainsAny(s, "\n\r\t\x1b") || len(text) > 0 && len(text) < 20 && !strings.Contains(s, text) {
			t.Errorf("no sentence for people: %q", s)
		}
	}
}

func TestTheOtherKeyboardLayoutIsUnderstood(t *testing.T) {
	checkTable(t, "ru", minsk(t), `
		pfdnhf d 10 | ещьщккщц фе 10 | PFDNHF D 10 => Wed 2026-03-04 10:00
		xthtp 2 xfcf | шт 2 рщгкы => Tue 2026-03-03 13:40:20
		rf;lsq ,elybq ltym d 9 | gj ,elyzv d 9 | умукн цуулвфн фе 9 => cron 0 9 * * 1-5
		dxthf | нуыеуквфн => past
		31 atdhfkz => never
		cjjy | ыщщт => unclear
	`)
}

// 8 March 2026: New York goes from 02:00 to 03:00. 1 November: from 02:00 back
// to 01:00.
func TestWhenClocksChange(t *testing.T) {
	boston := zone(t, "America/New_York")
	for _, x := range []struct{ now, text, want string }{
		{"2026-03-07T12:00:00-05:00", "tomorrow at 02:30", "2026-03-08T03:00:00-04:00"},
		{"2026-03-07T12:00:00-05:00", "02:30", "2026-03-08T03:00:00-04:00"},
		{"2026-03-07T12:00:00-05:00", "2026-03-08 02:00", "2026-03-08T03:00:00-04:00"},
		{"2026-03-07T12:00:00-05:00", "tomorrow at 03:00", "2026-03-08T03:00:00-04:00"},
		{"2026-03-07T02:30:00-05:00", "in 1 day", "2026-03-08T03:00:00-04:00"},
		{"2026-03-07T02:30:00-05:00", "in 24 hours", "2026-03-08T03:30:00-04:00"},
		{"2026-03-07T12:00:00-05:00", "in 2 days", "2026-03-09T12:00:00-04:00"},
		{"2026-10-31T12:00:00-04:00", "tomorrow at 01:30", "2026-11-01T01:30:00-04:00"},
		{"2026-11-01T01:45:00-04:00", "in 1 hour", "2026-11-01T01:45:00-05:00"},
		{"2026-11-01T01:15:00-05:00", "01:30", "2026-11-02T01:30:00-05:00"},
		{"2026-10-31T12:00:00-04:00", "tomorrow", "2026-11-01T00:00:00-04:00"},
	} {
		now, err := time.Parse(time.RFC3339, x.now)
		if err != nil {
			t.Fatal(err)
		}
		r, err := phrase.Parse(x.text, "en", boston, now)
		if err != nil || r.At.Format(time.RFC3339) != x.want {
			t.Errorf("%q at %s is %s, %v, want %s", x.text, x.now, r.At.Format(time.RFC3339), err, x.want)
		}
	}
	// Midnight does not exist where clocks change at it, nor a whole day in Samoa.
	for _, x := range []struct{ zone, now, text, want string }{
		{"America/Havana", "2026-03-07T12:00:00-05:00", "tomorrow", "2026-03-08T01:00:00-04:00"},
		{"Pacific/Apia", "2011-12-29T12:00:00-10:00", "30.12.2011 10:00", "2011-12-31T00:00:00+14:00"},
	} {
		now, err := time.Parse(time.RFC3339, x.now)
		if err != nil {
			t.Fatal(err)
		}
		r, err := phrase.Parse(x.text, "en", zone(t, x.zone), now)
		if err != nil || r.At.Format(time.RFC3339) != x.want {
			t.Errorf("%q at %s is %s, %v, want %s", x.text, x.now, r.At.Format(time.RFC3339), err, x.want)
		}
	}
}
