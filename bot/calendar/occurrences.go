package calendar

import (
	"strconv"
	"time"
)

// maxCount is how many occurrences may be asked for at once.
const maxCount = 10_000

// Occurrences are the next count occurrences of a spec in a zone, strictly
// after from, in that zone's offset. There are fewer when the year 10000 comes
// first. The error is always an *Error: a spec or a zone that Parse and Zone
// refuse, a count outside 1 to 10,000, or nothing left to come.
func Occurrences(spec, zone string, from time.Time, count int) ([]time.Time, error) {
	s, err := Parse(spec)
	if err != nil {
		return nil, err
	}
	location, err := Zone(zone)
	if err != nil {
		return nil, err
	}
	if count < 1 || count > maxCount {
		return nil, &Error{Code: CountRange, Arg: strconv.Itoa(count)}
	}
	if y := from.UTC().Year(); y < 1970 || y > lastYear {
		return nil, &Error{Code: FromRange, Arg: from.Format(time.RFC3339)}
	}
	times := make([]time.Time, 0, count)
	for at := from; len(times) < count; {
		next, ok := s.Next(at, location)
		if !ok {
			break
		}
		times = append(times, next)
		at = next
	}
	if len(times) == 0 {
		return nil, &Error{Code: EndOfTime, Arg: short(s.text)}
	}
	return times, nil
}
