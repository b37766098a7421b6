package webhook

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

// generic reads any JSON object, or a list of them, of systems that have no kind
// of their own: it looks for fields that commonly hold a title, a state, a name
// and a link.
func generic() kind {
	return kind{"generic", func([]byte) error { return nil }, readGeneric}
}

// Limits of what is looked at, so that a large body costs little.
const (
	maxReports = 100   // objects of a list
	maxLabels  = 50    // values of the top level that are kept
	maxLabel   = 1_000 // bytes of each
)

func readGeneric(body []byte, at time.Time) ([]bot.AlertReport, error) {
	// A list is read into a new slice: json would write over body in an old one.
	var objects []json.RawMessage
	if bytes.TrimSpace(body)[0] != '[' {
		objects = []json.RawMessage{body}
	} else if err := json.Unmarshal(body, &objects); err != nil {
		return nil, err // cannot be: the JSON is valid
	}
	var reports []bot.AlertReport
	for _, object := range objects[:min(len(objects), maxReports)] {
		if a, ok := genericAlert(leavesOf(object), at); ok {
			reports = append(reports, bot.AlertReport{Group: a.Fingerprint, Alerts: []bot.Alert{a}})
		}
	}
	if len(reports) == 0 {
		return nil, errMeaningless
	}
	if left := len(objects) - maxReports; left > 0 {
		reports[len(reports)-1].Truncated = left
	}
	return reports, nil
}

// genericAlert makes an alert of what an object holds. It is false for one
// that holds nothing.
func genericAlert(leaves []leaf, at time.Time) (bot.Alert, bool) {
	title := genericTitle(leaves)
	if title == "" {
		return bot.Alert{}, false
	}
	a := bot.Alert{
		Title:    title,
		Status:   genericStatus(leaves),
		Severity: storable(find(leaves, 3, "severity", "priority", "level", "urgency")),
		URL:      genericLink(leaves),
		Labels:   map[string]string{},
		StartsAt: at,
	}
	// An id that stays the same when the alert is over; plain "id" is often that
	// of the message.
	if id := find(leaves, 3, "fingerprint", "alertuid", "dedupkey", "deduplicationkey", "incidentkey", "incidentid", "alertid", "alertcycleid", "eventkey"); id != "" {
		a.Fingerprint = named(id)
	} else {
		a.Fingerprint = hash(title)
	}
	if a.Status == bot.Resolved {
		a.EndsAt = at
	}
	for _, l := range leaves {
		if l.depth == 1 && len(a.Labels) < maxLabels && len(l.value) <= maxLabel {
			a.Labels[storable(l.name)] = storable(l.value)
		}
	}
	return a, true
}

// titleKeys are fields that hold a title, the surest first, in groups. A field
// of a later group wins over one that lies three levels deeper.
func titleKeys() [][]string {
	return [][]string{
		{"title", "alerttitle", "eventtitle", "messagetitle", "alertname", "rulename", "alarmname", "checkname", "monitorname", "headline", "subject", "summary", "problem"},
		{"message", "text", "description", "reason", "body", "messagebody", "msg", "details", "content", "error", "output", "conditionname", "policyname"},
		{"name", "displayname", "service", "host", "event", "eventtype", "type"},
	}
}

// genericTitle is the likeliest title, else the first text, else the first value
// with its name. It is empty only if the object holds no value that shows.
func genericTitle(leaves []leaf) string {
	type candidate struct {
		title string
		score int
	}
	var best []candidate
	for group, keys := range titleKeys() {
		for i, key := range keys {
			for _, l := range leaves {
				if l.key != key || !l.text || isLink(l.value) {
					continue
				}
				if t := firstTitle(l.value); t != "" {
					best = append(best, candidate{t, (5*group+2*l.depth)*100 + i})
				}
			}
		}
	}
	if len(best) > 0 {
		return slices.MinFunc(best, func(a, b candidate) int { return a.score - b.score }).title
	}
	for _, l := range leaves {
		if l.text && !isLink(l.value) && visible(l.value) {
			return firstTitle(l.value)
		}
	}
	for _, l := range leaves {
		if t := firstTitle(l.name + ": " + l.value); t != "" && visible(l.value) {
			return t
		}
	}
	return ""
}

// genericStatus is resolved if a field of state near the top says so, or the
// severity has become none. What says nothing of a state is taken for firing:
// rather shown than lost.
func genericStatus(leaves []leaf) bot.AlertStatus {
	said := find(leaves, 3, "status", "state", "alertstatus", "alertstate", "newstate", "newstatevalue", "currentstate",
		"alerttransition", "transition", "eventaction", "action", "alerttype", "eventtype")
	if isOver(said) || isOver(find(leaves, 2, "severity", "level")) || find(leaves, 2, "resolved", "isresolved", "recovered") == "true" {
		return bot.Resolved
	}
	return bot.Firing
}

// isOver reports whether this word is said of an alert that has ended.
func isOver(word string) bool {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "resolved", "resolve", "recovered", "recovery", "ok", "okay", "normal", "closed", "close", "cleared", "clear",
		"up", "healthy", "success", "succeeded", "inactive", "passed", "green", "good", "alert.resolved", "fixed", "done":
		return true
	}
	return false
}

func genericLink(leaves []leaf) string {
	for _, key := range []string{"url", "link", "alerturl", "eventurl", "incidenturl", "weburl", "htmlurl", "permalink", "linktoupstreamdetails", "generatorurl", "detectorurl", "ruleurl"} {
		for _, l := range leaves {
			if l.key == key && l.depth <= 3 && isLink(l.value) {
				return webLink(l.value)
			}
		}
	}
	return ""
}

// find is the value of the first of these keys that stands no deeper.
func find(leaves []leaf, depth int, keys ...string) string {
	for _, key := range keys {
		for _, l := range leaves {
			if l.key == key && l.depth <= depth && visible(l.value) {
				return l.value
			}
		}
	}
	return ""
}

func isLink(s string) bool { return webLink(strings.TrimSpace(s)) != "" }
