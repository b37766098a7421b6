package bottest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"meridian/bot"
)

var (
	saysLine    = regexp.MustCompile(`^([a-z]+)(?: in ([^:]+))?: (.*)$`)
	reactsLine  = regexp.MustCompile(`^([a-z]+) (reacts|removes) :([a-z0-9_+-]+): (?:to|from) (.+)$`)
	pressesLine = regexp.MustCompile(`^([a-z]+) presses \[([^\]]+)\](?: on (.+?))?(?: with (.*))?$`)
	sendsLine   = regexp.MustCompile(`^([a-z]+) sends (.*)$`)
	editsLine   = regexp.MustCompile(`^([a-z]+) (edits|deletes) ([a-z]+#[0-9]+)(?:: (.*))?$`)
	alertLine   = regexp.MustCompile(`^alert ([^:]+): (.*)$`)
)

// do turns one line into what it says.
func (p *player) do(text, body string) error {
	ctx := p.t.Context()
	p.steps++
	switch {
	case text == "cut":
		p.cut()
		return nil
	case strings.HasPrefix(text, "off "):
		d, err := time.ParseDuration(strings.TrimPrefix(text, "off "))
		p.off(d)
		return err
	case strings.HasPrefix(text, "card "):
		return p.shown(strings.TrimSuffix(text, ":"))
	case strings.HasPrefix(text, "wait until "):
		return p.waitUntil(strings.TrimPrefix(text, "wait until "))
	case strings.HasPrefix(text, "wait "):
		d, err := time.ParseDuration(strings.TrimPrefix(text, "wait "))
		time.Sleep(d)
		return err
	}
	switch text {
	case "deaf web", "deaf email":
		return p.listen(strings.TrimPrefix(text, "deaf "), true)
	case "hears web", "hears email":
		return p.listen(strings.TrimPrefix(text, "hears "), false)
	case "mail fails", "mail waits", "mail works":
		p.mu.Lock()
		defer p.mu.Unlock()
		p.mailDead, p.mailWaits = text == "mail fails", text == "mail waits"
		return nil
	}
	if m := alertLine.FindStringSubmatch(text); m != nil {
		return p.alert(ctx, m[1], m[2])
	}
	if m := copyLine.FindStringSubmatch(text); m != nil {
		return p.mailCopy(ctx, m[1])
	}
	if m := mailLine.FindStringSubmatch(text); m != nil {
		return p.mail(ctx, m, body)
	}
	if m := reactsLine.FindStringSubmatch(text); m != nil {
		return p.react(ctx, m[1], m[3], m[2] == "removes", m[4])
	}
	if m := pressesLine.FindStringSubmatch(text); m != nil {
		return p.press(ctx, m[1], m[2], m[3], m[4])
	}
	if m := sendsLine.FindStringSubmatch(text); m != nil {
		return p.sends(ctx, m[1], m[2])
	}
	if m := editsLine.FindStringSubmatch(text); m != nil {
		return p.change(ctx, m[1], m[2], m[3], m[4])
	}
	if m := saysLine.FindStringSubmatch(text); m != nil {
		return p.says(ctx, m[1], m[2], m[3])
	}
	return errors.New("no line of a conversation")
}

func (p *player) event(who string, place bot.Place, message, key string, body bot.Body) bot.Event {
	person := p.m.person(who)
	adapter, _, _ := strings.Cut(person, ":")
	return bot.Event{
		Source: adapter, Key: fmt.Sprintf("%s/%d", key, p.steps), Place: place, Message: message, At: time.Now(),
		Actor: bot.Actor{ID: person, Name: strings.ToUpper(who[:1]) + who[1:]}, Body: body,
	}
}

// place reads "#support", "#support/owen#1", "thread of R-1", "card R-1" or "@desk".
func (p *player) place(who, s string) (bot.Place, error) {
	switch {
	case s == "":
		return p.m.channel("support"), nil
	case s == "@desk":
		return bot.Direct(p.m.person(who)), nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if id, ok := p.messages[s]; ok && strings.HasPrefix(s, "card ") {
		if to := p.places[id]; to.Thread != "" {
			return to, nil
		}
		return p.places[id].In(id), nil
	}
	channel, thread, threaded := strings.Cut(strings.TrimPrefix(s, "#"), "/")
	to := p.m.channel(channel)
	if threaded {
		id, ok := p.messages[thread]
		if !ok {
			return to, fmt.Errorf("there is no message %q", thread)
		}
		to.Thread = id
	}
	return to, nil
}

func (p *player) says(ctx context.Context, who, where, text string) error {
	to, err := p.place(who, where)
	if err != nil {
		return err
	}
	if slash, ok := strings.CutPrefix(text, "/"); ok {
		name, rest, _ := strings.Cut(slash, " ")
		return p.m.commands(ctx, who, to, name, rest)
	}
	return p.m.says(ctx, who, to, text)
}

// said gives a message of a person its name. It holds the lock from before the
// message can be heard, so that no answer to it comes without one.
func (p *player) said(who string, to bot.Place, send func(name string) (id string)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[who]++
	name := fmt.Sprintf("%s#%d", who, p.counts[who])
	id := send(name)
	p.name(name, id)
	p.places[id] = to
}

// message finds a message by "card R-1", "owen#1" or "desk#2".
func (p *player) message(s string) (string, bot.Place, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, ok := p.messages[s]
	if !ok {
		return "", bot.Place{}, fmt.Errorf("there is no message %q", s)
	}
	return id, p.places[id], nil
}

func (p *player) react(ctx context.Context, who, emoji string, removed bool, what string) error {
	id, to, err := p.message(what)
	if err != nil {
		return err
	}
	return p.m.reacts(ctx, who, to, id, emoji, removed)
}

// press presses the newest button with a label, or the one of a message, or
// the newest of a direct message: "on @inga". A form
// that it opens is written down; what follows "with" fills it at once:
// "text=Hello; then=solved".
func (p *player) press(ctx context.Context, who, label, on, with string) error {
	p.mu.Lock()
	var b shownButton
	found := false
	for _, have := range p.buttons {
		if have.label == label && (on == "" || have.card == on || have.message == p.messages[on] || have.place.IsDirect() && p.direct(have.place) == on) {
			b, found = have, true
		}
	}
	p.mu.Unlock()
	if !found {
		return fmt.Errorf("there is no button %q", label)
	}
	return p.pressed(ctx, who, b, with)
}

func (p *player) change(ctx context.Context, who, what, name, text string) error {
	id, to, err := p.message(name)
	if err != nil {
		return err
	}
	if what == "deletes" {
		return p.m.deletes(ctx, who, to, id)
	}
	return p.m.edits(ctx, who, to, id, text)
}

// alert reports "title firing, other resolved" for a group.
func (p *player) alert(ctx context.Context, group, what string) error {
	report := bot.AlertReport{Group: group}
	for item := range strings.SplitSeq(what, ", ") {
		title, status, ok := cutLast(item, " ")
		if !ok {
			return errors.New("say alert GROUP: TITLE firing, TITLE resolved")
		}
		a := bot.Alert{Fingerprint: title, Title: title, Status: bot.AlertStatus(status), StartsAt: p.began(group+title, status)}
		if a.Status == bot.Resolved {
			a.EndsAt = time.Now()
		}
		report.Alerts = append(report.Alerts, a)
	}
	raw, err := json.Marshal(report)
	if err != nil {
		return err
	}
	return p.life.desk.Accept(ctx, bot.Event{
		Source: "webhook", Place: p.m.channel("alerts"), At: time.Now(), Raw: raw, Body: bot.Alerted{Hook: "prod"},
	})
}

// began keeps the start of an alert from its first report to its recovery.
func (p *player) began(alert, status string) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, firing := p.starts[alert]
	if status == "firing" && (!firing || at.over) {
		at = span{from: time.Now()}
	} else if !firing {
		at.from = time.Now()
	}
	at.over = status == "resolved"
	p.starts[alert] = at
	return at.from
}

// span is the time of an alert from its first report on.
type span struct {
	from time.Time
	over bool
}
