package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"meridian/bot"
)

// interaction is something that a person pressed, chose or sent.
type interaction struct {
	Type     string `json:"type"`
	Trigger  string `json:"trigger_id"`
	Callback string `json:"callback_id"`
	Response string `json:"response_url"`
	At       string `json:"action_ts"`
	TS       string `json:"message_ts"`
	User     struct {
		ID   string `json:"id"`
		Name string `json:"name"`
		Team string `json:"team_id"`
	} `json:"user"`
	Channel   ident `json:"channel"`
	Container struct {
		TS     string `json:"message_ts"`
		Thread string `json:"thread_ts"`
		View   string `json:"view_id"`
	} `json:"container"`
	Message *message   `json:"message"`
	View    *viewState `json:"view"`
	Actions []struct {
		Type     string `json:"type"`
		ID       string `json:"action_id"`
		Block    string `json:"block_id"`
		Value    string `json:"value"`
		At       string `json:"action_ts"`
		Selected *struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	} `json:"actions"`
	Typed string `json:"value"`    // of a suggestion
	Block string `json:"block_id"` // of a suggestion
}

// interact takes an interaction. answer is what the window is to show, if
// anything; ok is false when it could not be stored.
func (a *Adapter) interact(ctx context.Context, payload []byte) (answer []byte, ok bool) {
	var in interaction
	if err := json.Unmarshal(payload, &in); err != nil || in.User.ID == "" {
		return nil, a.store(ctx, a.unknown(envelope{}, payload))
	}
	switch in.Type {
	case "block_actions":
		return nil, a.pressed(ctx, in)
	case "view_submission":
		return a.submitted(ctx, in)
	case "block_suggestion":
		return a.suggest(ctx, in), true
	case "shortcut", "message_action":
		return nil, a.shortcut(ctx, in)
	}
	return nil, true // a window that was closed, and kinds that we never ask for
}

// origin is who did it and where.
func (a *Adapter) origin(in interaction) (origin, bot.Place) {
	me := a.self()
	o := origin{team: me.Team, self: me.User}
	if in.Channel == "" {
		return o, bot.Direct(o.person(in.User.ID, in.User.Team))
	}
	place := o.place(string(in.Channel), in.User.ID, in.User.Team)
	thread := in.Container.Thread
	if thread == "" && in.Message != nil {
		thread = in.Message.Thread
	}
	if thread != "" && thread != in.Container.TS {
		place.Thread = thread
	}
	return o, place
}

// event is an interaction as the desk takes it.
func (a *Adapter) event(in interaction, key, message string, body bot.Body) bot.Event {
	o, place := a.origin(in)
	e := o.event(key, place, in.User.ID, in.User.Team, in.At, body)
	e.Message = message
	e.Actor.Name = a.people.nameOr(e.Actor.ID, in.User.Name)
	a.responses.put(e.Actor.ID, place, in.Response, time.Now())
	return e
}

// pressed is a button, or an entry of a menu.
func (a *Adapter) pressed(ctx context.Context, in interaction) bool {
	ok := true
	for _, act := range in.Actions {
		if in.View != nil && in.View.Type == "modal" {
			a.fill(ctx, in, act.Block)
			continue
		}
		chosen := ""
		if act.Selected != nil {
			chosen = act.Selected.Value
		}
		what, about, known := actOf(act.ID, act.Value, chosen)
		if !known {
			continue
		}
		if act.At != "" {
			in.At = act.At
		}
		key := strings.Join([]string{"pressed:" + in.User.ID, in.Container.TS + in.Container.View, act.ID, in.At}, "/")
		e := a.event(in, key, in.Container.TS, bot.Pressed{Act: what, Value: about})
		ok = a.press(ctx, in, e) && ok
	}
	return ok
}

// press opens the form of an act, if it has one, and lets the desk hear of it.
// A refusal is left to the desk: it answers where the person acted.
func (a *Adapter) press(ctx context.Context, in interaction, e bot.Event) bool {
	form, opens, err := a.form(ctx, e)
	if err != nil {
		a.log.Error("slack: the form of a button cannot be made", "error", err)
		return false
	}
	if opens {
		b := e.Body.(bot.Pressed)
		m := memo{Open: b.Act, OpenFor: b.Value, Channel: e.Place.Channel, Thread: e.Place.Thread, Message: e.Message}
		if err := a.openForm(ctx, in.Trigger, e, form, m); err != nil {
			a.log.Warn("slack: a form could not be opened", "error", err)
			a.pressAgain(ctx, e)
			return true
		}
	}
	return a.store(ctx, e)
}

// form asks the desk for the form that an act opens.
func (a *Adapter) form(ctx context.Context, e bot.Event) (bot.Form, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	form, opens, err := a.desk.Form(ctx, e)
	var told *bot.Error
	if errors.As(err, &told) {
		return bot.Form{}, false, nil
	}
	return form, opens, err
}

func (a *Adapter) openForm(ctx context.Context, trigger string, e bot.Event, f bot.Form, m memo) error {
	view, err := a.painter(ctx, e.Place, e.Actor.ID, false).modal(f, m, nil, nil)
	if err != nil {
		return err
	}
	raw, err := marshal(view)
	if err != nil {
		return err
	}
	return a.api.call(ctx, "views.open", url.Values{"trigger_id": {trigger}, "view": {raw}}, nil)
}

// pressAgain tells a person that nothing has happened. It is no answer of the
// desk and may be lost.
func (a *Adapter) pressAgain(ctx context.Context, e bot.Event) {
	d := bot.Delivery{Op: bot.OpWhisper, To: e.Place, Person: e.Actor.ID, Message: bot.MessageOf(bot.Say("slack.press_again").For(a.languageOf(ctx, e)))}
	if _, err := a.whisper(ctx, d); err != nil {
		a.log.Warn("slack: a person was not told to press again", "error", err)
	}
}

func (a *Adapter) languageOf(ctx context.Context, e bot.Event) (l bot.Language) {
	err := a.desk.View(ctx, e.Actor.ID, func(p bot.Pages) error {
		l = p.Settings().LanguageFor(e.Place, p.Who())
		return nil
	})
	if err != nil {
		return ""
	}
	return l
}

// shortcut is an entry of Slack's own menus: a global one presses a button that
// stands nowhere, one of a message puts an emoji on it.
func (a *Adapter) shortcut(ctx context.Context, in interaction) bool {
	if act, ok := strings.CutPrefix(in.Callback, actPrefix); ok {
		e := a.event(in, shortcutKey+in.User.ID+"/"+in.Callback+"/"+in.At, "", bot.Pressed{Act: act})
		return a.press(ctx, in, e)
	}
	emoji, ok := strings.CutPrefix(in.Callback, emojiPrefix)
	if !ok || !isStamp(in.TS) {
		return true
	}
	key := shortcutKey + string(in.Channel) + "/" + in.TS + "/" + in.User.ID + "/" + in.Callback + "/" + in.At
	return a.choose(ctx, in, a.event(in, key, in.TS, bot.Reacted{Emoji: emoji, Chosen: true}))
}

// choose opens the form of what was chosen at a message, if it has one, with what
// the message says. Otherwise the desk hears of it, as it does where the form
// cannot be had: it says why.
func (a *Adapter) choose(ctx context.Context, in interaction, e bot.Event) bool {
	b := e.Body.(bot.Reacted)
	asked := b
	if m := in.Message; m != nil && !a.mine(*m) {
		asked.Text, _ = addressed(m.Text, a.self().User)
	}
	with := e
	with.Body = asked
	form, opens, err := a.form(ctx, with)
	if err != nil {
		a.log.Error("slack: the form of a shortcut cannot be made", "error", err)
		return false
	}
	if !opens {
		return a.store(ctx, e)
	}
	m := memo{Open: form.Act, OpenFor: form.Value, Channel: e.Place.Channel, Thread: e.Place.Thread, Message: e.Message}
	if err := a.openForm(ctx, in.Trigger, e, form, m); err != nil {
		a.log.Warn("slack: a form could not be opened", "error", err)
		a.pressAgain(ctx, e)
	}
	return true
}

// emojiPrefix begins the names of shortcuts that stand for an emoji.
const emojiPrefix = "emoji:"
