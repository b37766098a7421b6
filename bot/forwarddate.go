package bot

import (
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// writtenAt reads the date of a forwarded mail as mail programs write it. One
// without a zone is on the clock of whoever forwarded it. What is not sure is
// not read: then the date is shown as it stands.
func writtenAt(date string, zone *time.Location, now time.Time) (time.Time, bool) {
	date = strings.Join(strings.Fields(strings.ReplaceAll(date, "\u202f", " ")), " ")
	if at, err := mail.ParseDate(date); err == nil {
		return at, true
	}
	if zone == nil {
		return time.Time{}, false
	}
	low := strings.ToLower(date)
	if offset.MatchString(low) {
		return time.Time{}, false
	}
	clock := clockTime.FindStringSubmatch(low)
	day := absenceDate.FindStringSubmatchIndex(clockTime.ReplaceAllString(low, " "))
	if clock == nil || day == nil {
		return time.Time{}, false
	}
	on, ok := dateIn(clockTime.ReplaceAllString(low, " "), day, now.In(zone))
	if year := fourDigits.FindString(low); !ok || year != "" && year != strconv.Itoa(on.Year()) {
		return time.Time{}, false
	}
	hour, minute := atoi(clock[1]), atoi(clock[2])
	switch half := clock[3]; {
	case half != "" && (hour < 1 || hour > 12):
		return time.Time{}, false
	case half == "pm" && hour < 12:
		hour += 12
	case half == "am" && hour == 12:
		hour = 0
	}
	if hour > 23 || minute > 59 {
		return time.Time{}, false
	}
	y, m, d := on.Date()
	at := time.Date(y, m, d, hour, minute, 0, 0, zone)
	name, _ := at.Zone()
	mark := zoneName.FindString(date)
	return at, (mark == "" || mark == name) && !at.After(now.Add(24*time.Hour))
}

var (
	clockTime  = regexp.MustCompile(`\b(\d{1,2}):(\d{2})(?::\d{2})?(?: ?(am|pm)\b)?`)
	fourDigits = regexp.MustCompile(`\b(?:19|20)\d{2}\b`)
	// A zone that is named need not be the forwarder's.
	offset   = regexp.MustCompile(`[+-]\d{2}:?\d{2}\b|\b(?:utc|gmt)[+-]?\d*|\dz\b`)
	zoneName = regexp.MustCompile(`\b(?:[A-Z]{1,3}[SD]T|[A-Z]{1,3}EST|MSK|CET|EET)\b`)
)

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
