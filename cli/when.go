package cli

import (
	"fmt"
	"strings"
	"time"

	"meridian/bot/calendar"
	"meridian/bot/phrase"
)

// when prints what a phrase means.
type when struct {
	Phrase []string  `arg:"" help:"When, in English or Russian, such as \"tomorrow at 10\"."`
	Lang   string    `default:"en" enum:"en,ru" help:"The language of whoever wrote it, en or ru. It decides what figures alone do not. Default: en."`
	Zone   string    `default:"UTC" placeholder:"ZONE" help:"A zone of the IANA database, such as Europe/Minsk. Default: UTC."`
	Now    time.Time `placeholder:"TIME" help:"The instant at which it is said, in RFC 3339. Default: now."`
}

// Run prints one instant in the zone's offset, or a schedule after "cron".
func (w *when) Run(c *call) error {
	zone, err := calendar.Zone(w.Zone)
	if err != nil {
		return err
	}
	now := w.Now
	if now.IsZero() {
		now = time.Now()
	}
	r, err := phrase.Parse(strings.Join(w.Phrase, " "), w.Lang, zone, now)
	if err != nil {
		return err
	}
	line := r.At.Format(time.RFC3339)
	if r.Spec != "" {
		line = "cron " + r.Spec
	}
	_, err = fmt.Fprintln(c.Stdout, line)
	return err
}
