package cli

import (
	"fmt"
	"time"

	"meridian/bot/calendar"
)

// next prints when a schedule comes.
type next struct {
	Spec  string    `arg:"" help:"Five fields, such as \"30 9 * * MON-FRI\", or @daily."`
	Zone  string    `default:"UTC" placeholder:"ZONE" help:"A zone of the IANA database, such as Europe/Minsk. Default: UTC."`
	From  time.Time `placeholder:"TIME" help:"The instant after which to look, in RFC 3339. Default: now."`
	Count int       `default:"1" placeholder:"N" help:"How many to print. Default: 1."`
}

// Run prints one instant a line, in the zone's own offset.
func (n *next) Run(c *call) error {
	from := n.From
	if from.IsZero() {
		from = time.Now()
	}
	times, err := calendar.Occurrences(n.Spec, n.Zone, from, n.Count)
	if err != nil {
		return err
	}
	for _, t := range times {
		if _, err := fmt.Fprintln(c.Stdout, t.Format(time.RFC3339)); err != nil {
			return err
		}
	}
	return nil
}
