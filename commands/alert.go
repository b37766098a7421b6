package commands

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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
		touched, err := saveAlerts(tx, hook, report)
		if err != nil {
			return err
		}
		if err := showOthers(tx, hook, report.Group, touched); err != nil {
			return err
		}
		changed := touched[report.Group]
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

// alertRow names an alert as one of its groups has it. Where a monitoring
// system sends an alert along several routes, it is in a group of each.
type alertRow struct{ group, fingerprint string }

// saveAlerts stores the alerts of a report about which anything is new, and
// says in which groups there was any. What is resolved in one group is so in
// all that know the alert. However many they are, it takes few statements: a
// monitoring system may report ten thousand at once.
func saveAlerts(tx bot.Tx, hook string, report bot.AlertReport) (touched map[string]bool, err error) {
	fingerprints := make([]string, len(report.Alerts))
	for i, a := range report.Alerts {
		fingerprints[i] = asStored(a.Fingerprint)
	}
	stored, err := tx.AlertsByFingerprint(hook, fingerprints)
	if err != nil {
		return nil, err
	}
	known := make(map[alertRow]bot.Alert, len(stored))
	elsewhere := map[string][]bot.Alert{} // by fingerprint: those of other groups that fire
	for _, a := range stored {
		known[alertRow{a.Group, a.Fingerprint}] = a
		if a.Group != report.Group && a.Status == bot.Firing {
			elsewhere[a.Fingerprint] = append(elsewhere[a.Fingerprint], a)
		}
	}
	var changed []bot.Alert
	touched = map[string]bool{}
	save := func(a, old bot.Alert) {
		a = following(a, old, tx.Now())
		known[alertRow{a.Group, a.Fingerprint}] = a
		changed = append(changed, a)
		touched[a.Group] = true
	}
	for _, a := range report.Alerts {
		a.Hook, a.Group, a.Fingerprint = hook, report.Group, asStored(a.Fingerprint)
		if old, ok := known[alertRow{a.Group, a.Fingerprint}]; !ok || isNews(a, old) {
			save(a, old)
		}
		for _, other := range elsewhere[a.Fingerprint] {
			if a.Status == bot.Resolved && !a.StartsAt.Before(other.StartsAt) {
				over := other
				over.Status, over.EndsAt = bot.Resolved, a.EndsAt
				save(over, other)
			}
		}
	}
	return touched, tx.SaveAlerts(changed)
}

// showOthers brings the cards of other groups up to date that a report touched.
func showOthers(tx bot.Tx, hook, group string, touched map[string]bool) error {
	for _, other := range slices.Sorted(maps.Keys(touched)) {
		if other == group {
			continue
		}
		g, err := tx.AlertGroup(hook, other)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := showGroup(tx, g, true); err != nil {
			return err
		}
	}
	return nil
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
	return old.Status != a.Status || old.Title != a.Title || old.Severity != a.Severity
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
	g.Firing = 0
	for _, a := range alerts {
		if a.Status == bot.Firing {
			g.Firing++
		}
	}
	if g.Firing == 0 && !known {
		return nil // a recovery of what we never showed
	}
	now := tx.Now()
	switch {
	case g.Firing > 0 && was == 0:
		if g.Rounds == 0 || now.Sub(g.EndedAt) > newRound {
			g.Cards++
		}
		g.Rounds++
		g.RoundAt, g.StartedAt, g.EndedAt, g.Holder, g.HeldAt = now, startOf(alerts, now), time.Time{}, "", time.Time{}
	case g.Firing == 0 && was > 0:
		g.EndedAt = now
	}
	alerts = ofRound(g, alerts)
	g.Resolved = len(alerts) - g.Firing
	if len(alerts) > 0 {
		g.Title = alerts[0].Title
	}
	if err := tx.SaveAlertGroup(&g); err != nil {
		return err
	}
	return putAlertCard(tx, g, alerts)
}

// ofRound are the alerts of a group that fire, and those that have recovered
// since the round began; what recovered in an earlier one is forgotten. The one
// that the card is named after comes first: of those that fire, if any does,
// the one that changed last.
func ofRound(g bot.AlertGroup, alerts []bot.Alert) []bot.Alert {
	round := slices.DeleteFunc(alerts, func(a bot.Alert) bool { return a.Status != bot.Firing && a.SeenAt.Before(g.RoundAt) })
	first := 0
	for i, a := range round {
		if lead := round[first]; (a.Status == bot.Firing || lead.Status != bot.Firing) && a.SeenAt.After(lead.SeenAt) {
			first = i
		}
	}
	if first > 0 {
		lead := round[first]
		copy(round[1:], round[:first])
		round[0] = lead
	}
	return round
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
		Usage:  "usage.alert", Help: "help.alert",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			var act string
			var number int64
			if n, _ := fmt.Sscanf(e.Call.Args["what"], "%s %d", &act, &number); n != 2 || act != "take" && act != "взять" || number <= 0 {
				return bot.Refuse("refuse.usage", "Usage", bot.Usage("usage.alert"))
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
	return putAlertCard(tx, g, ofRound(g, alerts))
}
