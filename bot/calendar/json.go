package calendar

import (
	"encoding/json"
	"fmt"
	"time"
)

// MarshalText writes hours as String does, so that they can be stored.
func (h Hours) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText wrote, and whatever ParseHours reads.
func (h *Hours) UnmarshalText(text []byte) (err error) {
	*h, err = ParseHours(string(text))
	return err
}

// storedHolidays is how holidays are stored: days by number, and what comes
// every year.
type storedHolidays struct {
	Dates map[int]string `json:"dates,omitempty"`
	Rules []storedYearly `json:"rules,omitempty"`
}

type storedYearly struct {
	Name     string       `json:"name"`
	Month    int          `json:"month"`
	Day      int          `json:"day,omitempty"`
	Weekday  int          `json:"weekday,omitempty"`
	Nth      int          `json:"nth,omitempty"`
	Length   int          `json:"length"`
	Interval int          `json:"interval"`
	First    int          `json:"first"`
	Last     int          `json:"last"`
	Except   map[int]bool `json:"except,omitempty"`
}

// MarshalJSON writes holidays so that they can be stored.
func (h Holidays) MarshalJSON() ([]byte, error) {
	kept := storedHolidays{Dates: h.dates}
	for _, r := range h.rules {
		kept.Rules = append(kept.Rules, storedYearly{
			Name: r.name, Month: int(r.month), Day: r.day, Weekday: int(r.weekday), Nth: r.nth, Length: r.length, Interval: r.interval,
			First: r.first, Last: r.last, Except: r.except,
		})
	}
	return json.Marshal(kept)
}

// UnmarshalJSON reads what MarshalJSON wrote. A rule that could not have been
// parsed is an error.
func (h *Holidays) UnmarshalJSON(data []byte) error {
	var kept storedHolidays
	if err := json.Unmarshal(data, &kept); err != nil {
		return fmt.Errorf("holidays: %w", err)
	}
	*h = Holidays{dates: kept.Dates}
	for _, r := range kept.Rules {
		if r.Month < 1 || r.Month > 12 || r.Day < 0 || r.Day > 31 || r.Weekday < 0 || r.Weekday > 6 || r.Nth < -5 || r.Nth > 5 ||
			r.Length < 1 || r.Interval < 1 || r.Day == 0 && r.Nth == 0 {
			return fmt.Errorf("holidays: there is no such day every year: %q", r.Name)
		}
		h.rules = append(h.rules, yearly{
			name: r.Name, month: time.Month(r.Month), day: r.Day, weekday: time.Weekday(r.Weekday), nth: r.Nth, length: r.Length,
			interval: r.Interval, first: r.First, last: r.Last, except: r.Except,
		})
	}
	return nil
}
