package slack

import (
	"context"
	"net/url"

	"meridian/bot"
)

// shortcutKey begins the keys of what was chosen in Slack's own menus.
const shortcutKey = "shortcut:"

// absent tells somebody who chose a shortcut at a message that the app is not in
// that channel: it can neither read the message nor answer there.
func (a *Adapter) absent(ctx context.Context, e bot.Event) {
	told := bot.Say("slack.absent", "Usage", bot.Code("/invite "+mention)).For(a.languageOf(ctx, e))
	d := bot.Delivery{Op: bot.OpWhisper, To: e.Place, Person: e.Actor.ID, Message: bot.MessageOf(told)}
	if _, err := a.whisper(ctx, d); err != nil {
		a.log.Warn("slack: a person was not told that the app is not in a channel", "error", err)
	}
}

// readCommanded moves a command that was given where the app is not into the
// direct messages with the person: nothing can be posted there. What is answered
// privately is still answered where it was given.
func (a *Adapter) readCommanded(ctx context.Context, e bot.Event) ([]bot.Event, error) {
	if e.Place.IsDirect() {
		return []bot.Event{e}, nil
	}
	known := false
	if err := a.desk.View(ctx, "", func(p bot.Pages) error {
		_, known = p.Settings().Channel(e.Place)
		return nil
	}); err != nil || known {
		return []bot.Event{e}, err
	}
	var out struct {
		Channel channelJSON `json:"channel"`
	}
	err := a.api.brief(ctx, "conversations.info", url.Values{"channel": {e.Place.Channel}}, &out)
	switch {
	case err != nil && !refused(err):
		return nil, err
	case err == nil && out.Channel.Member:
		return []bot.Event{e}, nil
	}
	to := bot.Direct(e.Actor.ID)
	a.responses.also(e.Actor.ID, e.Place, to)
	e.Place = to
	return []bot.Event{e}, nil
}
