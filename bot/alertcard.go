package bot

import (
	"fmt"
	"strings"
)

// namedAlerts is how many alerts of a group its card names.
const namedAlerts = 5

// AlertCard is one group of alerts as one message that is edited in place: the
// mark, what fires, since when, who has it.
func AlertCard(s *Settings, g AlertGroup, alerts []Alert) Message {
	t := alertHead(s, g)
	if sev := severity(alerts); sev != "" && g.Firing > 0 {
		t = t.Plus(Quote("  " + sev))
	}
	if g.Firing+g.Resolved > 1 || g.Truncated > 0 {
		t = t.Plus(Break(), Words("alert.counts", "Firing", g.Firing, "Total", g.Firing+g.Resolved))
		if names := firingNames(alerts); names != "" {
			t = t.Plus(Quote(": " + names))
		}
	}
	if g.Truncated > 0 {
		t = t.Plus(Break(), Words("alert.truncated", "Count", g.Truncated))
	}
	if g.Rounds > 1 && g.Firing > 0 {
		t = t.Plus(Break(), Words("alert.again", "Count", g.Rounds))
	}
	if len(alerts) > 0 && strings.HasPrefix(alerts[0].URL, "http") {
		t = t.Plus(Quote(" · "), Link(alerts[0].URL, "↗"))
	}
	m := Message{Text: t, Preview: Say("alert.preview", "Title", shorten(g.Title, 80)), Card: true}
	if g.Firing > 0 && g.Holder == "" {
		m.Buttons = []Button{PressButton("button.have_it", "alert", fmt.Sprintf("take %d", g.Number))}
	}
	return m
}

func alertHead(s *Settings, g AlertGroup) Text {
	title := Quote(g.Title)
	switch {
	case g.Firing == 0:
		return Say("alert.recovered", "Title", title, "When", At(g.EndedAt), "Duration", Quote(Duration(g.EndedAt.Sub(g.StartedAt))))
	case g.Holder != "":
		return Say("alert.held", "Title", title, "Since", At(g.StartedAt), "Person", nameOf(s, g.Holder), "When", At(g.HeldAt))
	}
	return Say("alert.firing", "Title", title, "Since", At(g.StartedAt))
}

func severity(alerts []Alert) string {
	for _, a := range alerts {
		if a.Status == Firing && a.Severity != "" {
			return a.Severity
		}
	}
	return ""
}

func firingNames(alerts []Alert) string {
	var names []string
	n := 0
	for _, a := range alerts {
		if a.Status != Firing {
			continue
		}
		if n++; n <= namedAlerts {
			names = append(names, shorten(a.Title, 60))
		}
	}
	if n > namedAlerts {
		names = append(names, fmt.Sprintf("+%d", n-namedAlerts))
	}
	return strings.Join(names, ", ")
}
