package webhook

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"meridian/bot"
)

// alertmanager reads version 4 of Alertmanager's webhook, and what others send
// in its shape: a list of alerts, or one alert, without the envelope.
func alertmanager() kind { return kind{"alertmanager", fitsAlertmanager, readAlertmanager} }

// amReport is the envelope. Identity of the card is receiver and group key.
type amReport struct {
	Receiver          text            `json:"receiver"`
	Status            text            `json:"status"`
	GroupKey          text            `json:"groupKey"`
	GroupLabels       map[string]text `json:"groupLabels"`
	CommonLabels      map[string]text `json:"commonLabels"`
	CommonAnnotations map[string]text `json:"commonAnnotations"`
	TruncatedAlerts   text            `json:"truncatedAlerts"`
	Alerts            []*amAlert      `json:"alerts"`
}

type amAlert struct {
	Status       text            `json:"status"`
	Labels       map[string]text `json:"labels"`
	Annotations  map[string]text `json:"annotations"`
	StartsAt     text            `json:"startsAt"`
	EndsAt       text            `json:"endsAt"`
	GeneratorURL text            `json:"generatorURL"`
	Fingerprint  text            `json:"fingerprint"`
	Summary      text            `json:"summary"` // of some that imitate Alertmanager
}

// text takes any JSON value as its text, so that one number among the labels
// does not cost the whole report.
type text string

// UnmarshalJSON keeps a string as it is, null as nothing, all else as written.
func (t *text) UnmarshalJSON(data []byte) error {
	switch {
	case data[0] == '"' && bytes.IndexByte(data, '\\') < 0 && utf8.Valid(data):
		*t = text(data[1 : len(data)-1]) // most are plain, and this is ten times as fast
	case data[0] == '"':
		return json.Unmarshal(data, (*string)(t))
	case !bytes.Equal(data, []byte("null")):
		*t = text(data)
	}
	return nil
}

var errNoAlerts = errors.New(`the body is no report of Alertmanager: it has no list "alerts"`)

// fitsAlertmanager looks for the list of alerts.
func fitsAlertmanager(body []byte) error {
	body = bytes.TrimSpace(body)
	fits := objects(body)
	if body[0] == '{' {
		members(body, func(key string, rest []byte) {
			switch {
			case strings.EqualFold(key, "alerts"):
				fits = fits || objects(rest)
			case strings.EqualFold(key, "labels"), strings.EqualFold(key, "annotations"):
				fits = fits || rest[0] == '{'
			}
		})
	}
	if !fits {
		return errNoAlerts
	}
	return nil
}

func readAlertmanager(body []byte, at time.Time) ([]bot.AlertReport, error) {
	in, err := decodeReport(body)
	if err != nil {
		return nil, err
	}
	report := bot.AlertReport{Group: in.group(), Alerts: make([]bot.Alert, 0, len(in.Alerts))}
	if n, err := strconv.Atoi(string(in.TruncatedAlerts)); err == nil && n > 0 {
		report.Truncated = n
	}
	for _, a := range in.Alerts {
		if a != nil {
			report.Alerts = append(report.Alerts, in.alert(*a, at))
		}
	}
	return []bot.AlertReport{report}, nil
}

// decodeReport reads the three shapes.
func decodeReport(body []byte) (amReport, error) {
	var in amReport
	if trimmed := bytes.TrimSpace(body); trimmed[0] == '[' {
		if json.Unmarshal(body, &in.Alerts) != nil {
			return amReport{}, errNoAlerts
		}
		return in, nil
	}
	if json.Unmarshal(body, &in) != nil {
		return amReport{}, errNoAlerts
	}
	if in.Alerts != nil {
		return in, nil
	}
	var one amAlert
	if json.Unmarshal(body, &one) != nil || one.Labels == nil && one.Annotations == nil {
		return amReport{}, errNoAlerts
	}
	in.Alerts = []*amAlert{&one}
	return in, nil
}

// group names the card. Without a group key the group's labels serve.
func (in amReport) group() string {
	key := string(in.GroupKey)
	if key == "" && len(in.GroupLabels) > 0 {
		key = hashLabels(strs(in.GroupLabels))
	}
	if in.Receiver == "" {
		return named(key)
	}
	return named(string(in.Receiver) + " " + key)
}

func (in amReport) alert(a amAlert, at time.Time) bot.Alert {
	labels := strs(a.Labels)
	start, end := instant(a.StartsAt), instant(a.EndsAt)
	if start.IsZero() {
		start = at
	}
	out := bot.Alert{
		Fingerprint: named(string(a.Fingerprint)),
		Status:      status(cmp.Or(a.Status, in.Status), end, at),
		Severity:    cmp.Or(labels["severity"], labels["priority"], storable(string(in.CommonLabels["severity"]))),
		Labels:      labels,
		URL:         webLink(string(a.GeneratorURL)),
		StartsAt:    start,
	}
	if out.Status == bot.Resolved {
		out.EndsAt = end
	}
	out.Title = in.title(a, labels)
	if out.Fingerprint == "" && len(labels) > 0 {
		out.Fingerprint = hashLabels(labels)
	} else if out.Fingerprint == "" {
		out.Fingerprint = hash(out.Title)
	}
	return out
}

// title is what people called the alert, else its name, else what is known of it.
func (in amReport) title(a amAlert, labels map[string]string) string {
	note := func(name string) string {
		return string(cmp.Or(a.Annotations[name], in.CommonAnnotations[name]))
	}
	t := firstTitle(note("summary"), string(a.Summary), note("title"),
		labels["alertname"], string(in.CommonLabels["alertname"]), string(in.GroupLabels["alertname"]),
		note("message"), note("description"))
	if t != "" {
		return t
	}
	for _, from := range []map[string]string{labels, strs(a.Annotations), strs(in.GroupLabels)} {
		if t := firstTitle(listed(from)); t != "" {
			return t
		}
	}
	return firstTitle(string(a.Fingerprint), string(in.GroupKey), "Alertmanager")
}

// listed are labels in one line, in order.
func listed(labels map[string]string) string {
	var parts []string
	for k, v := range labels {
		parts = append(parts, k+"="+strings.Join(strings.Fields(v), " "))
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// status is what the alert says of itself; if it does not, whether it has ended.
func status(said text, end, at time.Time) bot.AlertStatus {
	switch strings.ToLower(string(said)) {
	case string(bot.Resolved):
		return bot.Resolved
	case string(bot.Firing):
		return bot.Firing
	}
	if !end.IsZero() && !end.After(at) {
		return bot.Resolved
	}
	return bot.Firing
}

// instant reads a time; Alertmanager writes the year 1 for none.
func instant(t text) time.Time {
	at, err := time.Parse(time.RFC3339, string(t))
	if err != nil || at.Year() < 1970 || at.Year() > 9999 {
		return time.Time{}
	}
	return at.UTC()
}

// strs are labels as the desk keeps them.
func strs(in map[string]text) map[string]string {
	out := make(map[string]string, len(in))
	for k, v := range in {
		out[storable(k)] = storable(string(v))
	}
	return out
}
