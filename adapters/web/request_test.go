package web

import (
	"strings"
	"testing"

	"meridian/bot"
)

func TestTheTeamReadsEverythingThatIsKnownOfARequest(t *testing.T) {
	d := fullDesk()
	r := &d.requests[1]
	r.Kind, r.Class, r.Tags = bot.KindBug, bot.Expedite, []string{"checkout", "payments"}
	r.Fields = map[string]string{"steps": "1. Open the <b>cart</b>\n2. Press Pay", "expected": "  ", "role": "not of a bug"}
	r.Cc, r.Needed, r.Links = []bot.Address{{Address: "owen@harbor.example"}}, "accept 3 decimals", []int64{13}
	d.comments = append(d.comments, bot.Comment{Request: 12, Name: "Grace", Text: "Screens attached.", Visibility: bot.ForClient,
		Files: []bot.File{{Name: "screens<1>.zip", Size: 48_211}}})
	team := openAs(t, d, "web:vera").get("/r/12").Body.String()
	for _, want := range []string{
		"<dt>Kind</dt><dd>a bug</dd>", "<dd>Drop everything</dd>", "checkout, payments", "how to repeat it", `data-testid="field-value"><bdi>1. Open the &lt;b&gt;cart`,
		"owen@harbor.example", "accept 3 decimals", `href="/r/13">R-13</a>`, "screens&lt;1&gt;.zip</bdi> <small>48 kB",
	} {
		if !strings.Contains(team, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	if strings.Contains(team, "not of a bug") || strings.Contains(team, "what was expected") {
		t.Error("the page shows a field of another kind, or an empty one")
	}
	client := openAs(t, d, "web:owen").get("/r/12").Body.String()
	for _, hidden := range []string{"facts", "Drop everything", "checkout, payments", "accept 3 decimals", "Open the"} {
		if strings.Contains(client, hidden) {
			t.Errorf("a client reads %q", hidden)
		}
	}
}

func TestTheHistoryOfARequestIsWhole(t *testing.T) {
	d := fullDesk()
	line := d.audit[0]
	d.audit = nil
	for i := range 2300 {
		line.ID = int64(i + 1)
		d.audit = append(d.audit, line)
	}
	body := openAs(t, d, "web:vera").get("/r/12").Body.String()
	if n := strings.Count(body, `data-testid="audit"`); n != 2300 {
		t.Errorf("%d of 2300 lines are shown", n)
	}
}
