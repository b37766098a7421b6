package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"meridian/bot"
)

// The lines of an export, one type each. What stands in no field of a line but
// is needed to import it again is in "record", by the names of the program's own
// fields: it may have more of them in a later version.

// head begins every line.
type head struct {
	Type string `json:"type"`
	V    int    `json:"v"`
}

// record is what else is kept of something.
type record map[string]json.RawMessage

type requestLine struct {
	head
	Number    string    `json:"number"`
	Title     string    `json:"title"`
	State     bot.State `json:"state"`
	Level     int       `json:"level"`
	Kind      bot.Kind  `json:"kind"`
	Class     bot.Class `json:"class"`
	Source    string    `json:"source"`
	Requester *string   `json:"requester"`
	Assignee  *string   `json:"assignee"`
	Client    *string   `json:"client"`
	Returns   int       `json:"returns"`
	Private   bool      `json:"private,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Record    record    `json:"record,omitempty"`
}

type commentLine struct {
	head
	Request    string         `json:"request"`
	Author     *string        `json:"author"`
	Text       string         `json:"text"`
	Visibility bot.Visibility `json:"visibility"`
	At         time.Time      `json:"at"`
	Record     record         `json:"record,omitempty"`
}

type deliveryLine struct {
	head
	Key      string            `json:"key"`
	Op       bot.Op            `json:"op"`
	Place    *string           `json:"place"`
	State    bot.DeliveryState `json:"state"`
	Attempts int               `json:"attempts"`
}

type eventLine struct {
	head
	Source string `json:"source"`
	Key    string `json:"key"`
	Kind   string `json:"kind"`
	State  string `json:"state"`
}

type alertLine struct {
	head
	Fingerprint  string          `json:"fingerprint"`
	Status       bot.AlertStatus `json:"status"`
	Title        string          `json:"title"`
	Acknowledged bool            `json:"acknowledged"`
}

type clientLine struct {
	head
	Name     string   `json:"name"`
	Tier     *string  `json:"tier"`
	Timezone *string  `json:"timezone"`
	Domains  []string `json:"domains"`
	Sites    []string `json:"sites"`
	Notes    *string  `json:"notes"`
	Locked   bool     `json:"locked,omitempty"` // the configuration file says so
	Record   record   `json:"record,omitempty"`
}

type contactLine struct {
	head
	ID      string    `json:"id"`
	Name    *string   `json:"name"`
	Client  *string   `json:"client"`
	FirstAt time.Time `json:"first_at"`
	LastAt  time.Time `json:"last_at"`
	Quiet   *string   `json:"quiet"` // the complaint that stopped everything automatic to them
	Record  record    `json:"record,omitempty"`
}

type preferenceLine struct {
	head
	Person string `json:"person"`
	Record record `json:"record,omitempty"`
}

type articleLine struct {
	head
	ID       string              `json:"id"`
	Title    string              `json:"title"`
	Language bot.Language        `json:"lang"`
	Audience bot.ArticleAudience `json:"audience"`
	Record   record              `json:"record,omitempty"`
}

type reminderLine struct {
	head
	ID     string     `json:"id"`
	Text   string     `json:"text"`
	Place  string     `json:"place"`
	NextAt *time.Time `json:"next_at"` // null: it has been said, and is not done
	Spec   *string    `json:"spec"`    // null: once
	Zone   string     `json:"zone"`
	Record record     `json:"record,omitempty"`
}

type mailLine struct {
	head
	Request *string           `json:"request"`
	Message string            `json:"message_id"`
	Out     bool              `json:"out"`
	At      time.Time         `json:"at"`
	State   bot.DeliveryState `json:"state,omitempty"` // of one that goes out
	Record  record            `json:"record,omitempty"`
}

type auditLine struct {
	head
	At      time.Time   `json:"at"`
	Who     *string     `json:"who"`
	Surface bot.Surface `json:"surface"`
	Action  string      `json:"action"`
	Object  string      `json:"object"`
	Why     *string     `json:"why"`
	Before  string      `json:"before,omitempty"`
	After   string      `json:"after,omitempty"`
}

// orNull is nil for nobody and nothing.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// orEmpty is nobody and nothing for nil.
func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// requestOrNull writes the number of a request, if there is one.
func requestOrNull(n int64) *string {
	if n == 0 {
		return nil
	}
	return orNull(bot.RequestID(n))
}

// empty are the values of fields that say nothing.
var empty = []string{`null`, `""`, `0`, `false`, `[]`, `{}`, `"0001-01-01T00:00:00Z"`}

// rest is what of x stands in no field of its line: said are the names of those
// that do, or that mean nothing elsewhere.
func rest(x any, said ...string) (record, error) {
	b, err := json.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	var all record
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	for name, value := range all {
		if slices.Contains(said, name) || slices.Contains(empty, string(value)) {
			delete(all, name)
		}
	}
	return all, nil
}

// fill sets the fields of x that a record says.
func (r record) fill(x any) error {
	if len(r) == 0 {
		return nil
	}
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, x)
}
