package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"meridian/bot"
)

// newRound is the time after which an alert that fires again gets a card of
// its own. Within it the old card is edited.
const newRound = 24 * time.Hour

// alerted compares what a monitoring system reports with what is stored. A
// report that changes nothing does nothing: Alertmanager repeats itself.
func alerted() bot.Handler {
	return bot.Handler{Name: "alerted", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		report := e.Body.(bot.Alerted).Report
		hook := e.Body.(bot.Alerted).Hook
		changed, err := saveAlerts(tx, hook, report)
		if err != nil {
			return err
		}
		g, err := tx.AlertGroup(hook, report.Group)
		known := !errors.Is(err, bot.ErrNotFound)
		if err != nil && known {
			return err
		}
		if !changed && (!known || g.Truncated == report.Truncated) {
			return nil
		}
		g.Hook, g.Key, g.Place, g.Truncated = hook, report.Group, e.Place, report.Truncated
		return showGroup(tx, g, known)
	}}
}

// saveAlerts stores the alerts of a report about which anything is new, and
// says whether there was any. However many they are, it takes few statements:
// a monitoring system may report ten thousand at once.
func saveAlerts(tx bot.Tx, hook string, report bot.AlertReport) (bool, error) {
	fingerprints := make([]string, len(report.Alerts))
	for i, a := range report.Alerts {
		fingerprints[i] = asStored(a.Fingerprint)
	}
	stored, err := tx.AlertsByFingerprint(hook, fingerprints)
	if err != nil {
		return false, err
	}
	known := make(map[string]bot.Alert, len(stored))
	for _, a := range stored {
		known[a.Fingerprint] = a
	}
	var changed []bot.Alert
	for _, a := range report.Alerts {
		a.Hook, a.Group, a.Fingerprint = hook, report.Group, asStored(a.Fingerprint)
		old, ok := known[a.Fingerprint]
		if ok && !isNews(a, old) {
			continue
		}
		a = following(a, old, tx.Now())
		known[a.Fingerprint] = a
		changed = append(changed, a)
	}
	return len(changed) > 0, tx.SaveAlerts(changed)
}

// asStored is a fingerprint as the store gives it back.
func asStored(fingerprint string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(fingerprint, "\uFFFD"), "\x00", "\uFFFD")
}

// isNews reports whether an alert says anything that is not known. What is
// older than the alert we know changes nothing.
func isNews(a, old bot.Alert) bool {
	if a.StartsAt.Before(old.StartsAt) {
		return false
	}
	return old.Status != a.Status || old.Title != a.Title || old.Severity != a.Severity || old.Group != a.Group
}

// following is an alert as it is stored after the one we knew; old is zero for
// a new one.
func following(a, old bot.Alert, now time.Time) bot.Alert {
	a.SeenAt, a.Times = now, old.Times
	if a.Status == bot.Firing && old.Status != bot.Firing {
		a.Times++
	}
	if a.Status == bot.Firing {
		a.EndsAt = time.Time{}
	} else if a.EndsAt.IsZero() || a.EndsAt.After(now) {
		a.EndsAt = now
	}
	return a
}

// showGroup counts a group anew and posts or edits its one card.
func showGroup(tx bot.Tx, g bot.AlertGroup, known bool) error {
	alerts, err := tx.GroupAlerts(g.Hook, g.Key)
	if err != nil {
		return err
	}
	was := g.Firing
	g.Firing, g.Resolved = 0, 0
	for _, a := range alerts {
		if a.Status == bot.Firing {
			g.Firing++
		} else {
			g.Resolved++
		}
	}
	if g.Firing == 0 && !known {
		return nil // a recovery of what we never showed
	}
	if len(alerts) > 0 { // all may have moved to another group
		g.Title = alerts[0].Title
	}
	now := tx.Now()
	switch {
	case g.Firing > 0 && was == 0:
		if g.Rounds == 0 || now.Sub(g.EndedAt) > newRound {
			g.Cards++
		}
		g.Rounds++
		g.StartedAt, g.EndedAt, g.Holder, g.HeldAt = startOf(alerts, now), time.Time{}, "", time.Time{}
	case g.Firing == 0 && was > 0:
		g.EndedAt = now
	}
	if err := tx.SaveAlertGroup(&g); err != nil {
		return err
	}
	return putAlertCard(tx, g, alerts)
}

// startOf is when the oldest alert that fires began.
func startOf(alerts []bot.Alert, now time.Time) time.Time {
	start := now
	for _, a := range alerts {
		if a.Status == bot.Firing && !a.StartsAt.IsZero() && a.StartsAt.Before(start) {
			start = a.StartsAt
		}
	}
	return start
}

func putAlertCard(tx bot.Tx, g bot.AlertGroup, alerts []bot.Alert) error {
	m := bot.AlertCard(tx.Settings(), g, alerts)
	bot.Localize(&m, tx.Settings().LanguageFor(g.Place, bot.Person{}))
	key := fmt.Sprintf("alert:%d:%d", g.Number, g.Cards)
	if _, _, err := tx.Delivery(key); errors.Is(err, bot.ErrNotFound) {
		return tx.PutDelivery(bot.Delivery{Key: key, To: g.Place, Op: bot.OpPost, Urgency: bot.UrgentPost, TeamSide: true, Message: m})
	} else if err != nil {
		return err
	}
	return tx.PutDelivery(bot.Delivery{
		Key: fmt.Sprintf("%s:v%d", key, g.Version), To: g.Place, Op: bot.OpEdit, Card: key, After: key, Urgency: bot.UrgentPost, TeamSide: true, Message: m,
	})
}

// alert is what people do about an alert: the first button of its card.
func alert() bot.Command {
	return bot.Command{
		Name: "alert", Words: words([]string{"alerts"}, []string{"алерт"}), Slash: "alert",
		Action: bot.ActAlert,
		Args:   []bot.Arg{{Name: "what", Kind: bot.ArgWords, Optional: true}},
		Usage:  "alert take 3", Help: "help.alert",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			var act string
			var number int64
			if n, _ := fmt.Sscanf(e.Call.Args["what"], "%s %d", &act, &number); n != 2 || act != "take" && act != "взять" || number <= 0 {
				return bot.Refuse("refuse.usage", "Usage", bot.Code("alert take 3"))
			}
			g, err := tx.AlertGroupByNumber(number)
			if errors.Is(err, bot.ErrNotFound) {
				return bot.Refuse("refuse.no_alert")
			}
			if err != nil {
				return err
			}
			return holdAlert(tx, e, g)
		}},
	}
}

func holdAlert(tx bot.Tx, e bot.Event, g bot.AlertGroup) error {
	who := e.Call.Person
	switch {
	case g.Firing == 0:
		return bot.Refuse("refuse.alert_over")
	case g.Holder == who.ID:
		return bot.Refuse("refuse.alert_yours")
	case g.Holder != "":
		holder := tx.Settings().Person(bot.Actor{ID: g.Holder})
		return bot.Refuse("refuse.alert_taken", "Person", holder.Part(), "Since", bot.At(g.HeldAt))
	}
	g.Holder, g.HeldAt = who.ID, tx.Now()
	if err := tx.SaveAlertGroup(&g); err != nil {
		return err
	}
	if err := tx.AddAudit(bot.AuditLine{At: tx.Now(), Who: who.ID, Surface: e.Call.Surface, Action: "alert.take", Object: fmt.Sprintf("A-%d", g.Number), Event: e.ID}); err != nil {
		return err
	}
	alerts, err := tx.GroupAlerts(g.Hook, g.Key)
	if err != nil {
		return err
	}
	return putAlertCard(tx, g, alerts)
}
