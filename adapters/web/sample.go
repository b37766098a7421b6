package web

import (
	"context"
	_ "embed"
	"net/http"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

// sampleAlert is what Alertmanager posts about one group, with the times left
// open.
//
//go:embed sample_alert.json
var sampleAlert string

// lastStage is when the alert has recovered.
const lastStage = 3

// tryAlert sends the next report of an alert to the real hook, by the way that
// Alertmanager takes: it fires, it gets worse, it recovers.
func (a *Adapter) tryAlert(w http.ResponseWriter, r *http.Request) error {
	t, err := a.begin(r)
	if err != nil {
		return err
	}
	stage, err := strconv.Atoi(r.PostForm.Get("stage"))
	if err != nil || a.try.Hook == nil || len(a.try.Hooks) == 0 || !t.me.Person.Team() || stage < 1 || stage > lastStage {
		return bot.ErrNotFound
	}
	status, err := a.try.Hook(r.Context(), a.try.Hooks[0], []byte(alertBody(stage, time.Now())))
	if err != nil {
		return err
	}
	if status/100 != 2 {
		return bot.Refuse("refuse.hook_refused", "Number", status)
	}
	if !byHTMX(r) {
		return a.back(w, r, "/try")
	}
	page := tryPage{Nonce: a.nonce(), Place: t.place.String(), Hook: a.try.Hooks[0], Stage: stage}
	a.render(w, t.me.Language, http.StatusOK, "try-alert", page)
	return nil
}

// curl is a report as a command for a terminal. The secret stays where it is.
func curl(address, body string) string {
	return "curl " + address + " -H 'Content-Type: application/json' \\\n  -H \"Authorization: Bearer $ALERTMANAGER_SECRET\" \\\n  --data '" + body + "'"
}

// alertBody is a report at a stage. All belong to one group, which has one card.
func alertBody(stage int, now time.Time) string {
	start, status, ends := now.Add(-2*time.Minute).UTC().Format(time.RFC3339), "firing", "0001-01-01T00:00:00Z"
	title := "payments 5xx 8%"
	switch stage {
	case 2:
		title = "payments 5xx 31%"
	case lastStage:
		title, status, ends = "payments 5xx 31%", "resolved", now.UTC().Format(time.RFC3339)
	}
	return strings.NewReplacer("STATUS", status, "TITLE", title, "STARTS", start, "ENDS", ends).Replace(strings.TrimSpace(sampleAlert))
}

// sample shows the sample day, takes it away, or tells its digest: each is a
// command like any other.
func (a *Adapter) sample(w http.ResponseWriter, r *http.Request) error {
	t, err := a.begin(r)
	if err != nil {
		return err
	}
	what := r.PostForm.Get("what")
	e := t.event("commanded", bot.Commanded{Slash: "desk", Text: "sample " + what}, what)
	if err := a.desk.Try(r.Context(), e); err != nil {
		return err
	}
	if err := a.desk.Accept(r.Context(), e); err != nil {
		return err
	}
	if err := a.untilSampled(r, t.me.ID, what != "clear"); err != nil {
		return err
	}
	return a.back(w, r, r.PostForm.Get("back"))
}

// sampleWait is how long a page waits for the sample day to come or to go: it
// must not lead to what is just being taken away.
const sampleWait = 2 * time.Second

// untilSampled waits until the sample day is there, or is not. If that takes
// long, the page is shown as it is.
func (a *Adapter) untilSampled(r *http.Request, who string, there bool) error {
	ctx, cancel := context.WithTimeout(r.Context(), sampleWait)
	defer cancel()
	changed := a.desk.Watch(ctx)
	for {
		var now bool
		err := a.desk.View(r.Context(), who, func(p bot.Pages) (err error) {
			now, err = p.Sampled()
			return err
		})
		if err != nil || now == there {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-changed:
			if !open {
				return nil
			}
		}
	}
}
