package bot

import "time"

// AlertStatus is what a monitoring system says of an alert.
type AlertStatus string

// The statuses, as in Alertmanager.
const (
	Firing   AlertStatus = "firing"
	Resolved AlertStatus = "resolved"
)

// Alert is one thing that a monitoring system watches. Its fingerprint is the
// source's own; labels, firing and resolved are Alertmanager's words.
type Alert struct {
	Hook        string
	Fingerprint string
	Group       string // the source's own group, which has one card
	Status      AlertStatus
	Title       string
	Severity    string
	Labels      map[string]string
	URL         string // where the source shows it
	StartsAt    time.Time
	EndsAt      time.Time // zero while it fires
	SeenAt      time.Time
	Times       int // how often it began to fire
}

// AlertReport is one body of a monitoring system.
type AlertReport struct {
	Group     string // the source's own key of the group
	Alerts    []Alert
	Truncated int // how many alerts the source left out
}

// AlertGroup is the card of one group, edited in place.
type AlertGroup struct {
	Hook      string
	Key       string
	Place     Place // the channel of its card
	Number    int64 // ours, for delivery keys and buttons
	Title     string
	Firing    int // exact count
	Resolved  int
	Holder    string    // who has it
	HeldAt    time.Time // since when
	RoundAt   time.Time // when we heard of this round; what recovered before is no part of it
	StartedAt time.Time // of this round, by the source's clock
	EndedAt   time.Time // zero while it fires
	Rounds    int       // how often the group began to fire
	Cards     int       // how many cards it has had: one for each round that began a day after the last
	Version   int
	Truncated int
}
