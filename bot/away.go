package bot

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	// longestAbsence is how far ahead the end of an absence can lie: a date after
	// that is about something else.
	longestAbsence = 200 * 24 * time.Hour
	// noticeRead is how much of an automatic reply is read, in bytes: below stand
	// signatures and what is quoted.
	noticeRead = 2000
)

// AwayUntil reads from an automatic reply, in English or Russian, when its
// sender is back: the midnight that begins the day it names, in the zone of
// now. Of several days that still come it is the latest behind a word such as
// "until" or "вернусь", or else the latest. It is false where there is none.
func AwayUntil(notice string, now time.Time) (time.Time, bool) {
	notice = strings.ToLower(notice[:min(len(notice), noticeRead)])
	var named, any time.Time
	for _, m := range absenceDate.FindAllStringSubmatchIndex(notice, -1) {
		day, ok := dateIn(notice, m, now)
		if !ok || !day.After(now) || day.Sub(now) > longestAbsence {
			continue
		}
		if day.After(any) {
			any = day
		}
		if endWord.MatchString(notice[max(0, m[0]-40):m[0]]) && day.After(named) {
			named = day
		}
	}
	if !named.IsZero() {
		return named, true
	}
	return any, !any.IsZero()
}

// endWord ends what stands before the last day of an absence, or the first one
// after it.
var endWord = regexp.MustCompile(`(?:^|[^\pL])(?:until|till|til|through|thru|to|back|return|returning|returns|available|including|по|до|вернусь|выйду|буду|снова|доступен|доступна)[^\pL\pN]*(?:(?:on|the|at|in|office|work|again|from|с|на|работу|работе|числа|в|во|офисе|включительно|` + dayWords + `)[^\pL\pN]+)*$`)

const dayWords = `mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|понедельника?|вторника?|сред[аыу]|четверга?|пятниц[аыу]|суббот[аыу]|воскресень[яе]`

// absenceDate is a date as people write it: 2026-03-16, 16.03.2026, 16.03,
// 3/16/2026, 3/16, 16 March, 16th of March, March 16, 16 марта.
var absenceDate = regexp.MustCompile(`(\d{4})-(\d{1,2})-(\d{1,2})` +
	`|(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2}))?` +
	`|(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?` +
	`|(\d{1,2})(?:st|nd|rd|th)?(?:-?го)?(?: of)? (` + monthWord + `)` +
	`|(` + monthWord + `)\.? (\d{1,2})`)

const monthWord = `(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\pL*`

// dateIn is the day of one match of absenceDate. Without a year it is the next
// such day.
func dateIn(text string, m []int, now time.Time) (time.Time, bool) {
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:m[2*i+1]]
	}
	var year, month, day string
	switch {
	case group(1) != "":
		year, month, day = group(1), group(2), group(3)
	case group(4) != "":
		day, month, year = group(4), group(5), group(6)
	case group(7) != "":
		month, day, year = group(7), group(8), group(9)
		if n, _ := strconv.Atoi(month); n > 12 || !monthFirst(now.Location()) {
			month, day = day, month
		}
	case group(10) != "":
		day, month = group(10), group(11)
	default:
		month, day = group(12), group(13)
	}
	return dayOf(year, month, day, now)
}

// monthFirst reports whether 3/4 is the fourth of March where a zone is.
func monthFirst(zone *time.Location) bool { return strings.HasPrefix(zone.String(), "America/") }

func dayOf(year, month, day string, now time.Time) (time.Time, bool) {
	d, err := strconv.Atoi(day)
	if err != nil {
		return time.Time{}, false
	}
	mo, ok := monthNumber(month)
	if !ok {
		return time.Time{}, false
	}
	y := now.Year()
	if year != "" {
		if y, err = strconv.Atoi(year); err != nil {
			return time.Time{}, false
		}
		if y < 100 {
			y += 2000
		}
	}
	at := time.Date(y, mo, d, 0, 0, 0, 0, now.Location())
	if year == "" && at.Before(now.AddDate(0, -6, 0)) {
		at = time.Date(y+1, mo, d, 0, 0, 0, 0, now.Location()) // in December people are away until January
	}
	return at, at.Day() == d && at.Month() == mo
}

func monthNumber(s string) (time.Month, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return time.Month(n), n >= 1 && n <= 12
	}
	for i, names := range [...][3]string{
		{"january", "января", "январь"}, {"february", "февраля", "февраль"}, {"march", "марта", "март"}, {"april", "апреля", "апрель"},
		{"may", "мая", "май"}, {"june", "июня", "июнь"}, {"july", "июля", "июль"}, {"august", "августа", "август"},
		{"september", "сентября", "сентябрь"}, {"october", "октября", "октябрь"}, {"november", "ноября", "ноябрь"}, {"december", "декабря", "декабрь"},
	} {
		for _, name := range names {
			if strings.HasPrefix(name, s) { // or its abbreviation
				return time.Month(i + 1), true
			}
		}
	}
	return 0, false
}
