package slack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// deadWait is how long a delivery waits before it is tried again while the
// token is dead, and scopeWait while the app lacks a scope.
const (
	deadWait  = time.Minute
	scopeWait = 10 * time.Minute
)

// metadataType is the type under which a message carries its delivery's key.
const metadataType = "meridian_delivery"

// Deliver does d in Slack. Whether it may be done twice is the engine's
// question: its errors say what is known.
func (a *Adapter) Deliver(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	r, err := a.deliver(ctx, d)
	if (d.Message.Table != nil || d.Message.Chart != nil) && refused(err, "invalid_blocks", "invalid_blocks_format", "invalid_attachments", "only_one_table_allowed") {
		a.log.Warn("slack takes no table or chart here; the message goes out as text", "error", err)
		d.Message.Table, d.Message.Chart = nil, nil
		r, err = a.deliver(ctx, d)
	}
	return r, a.outcome(d, err)
}

// deliver does d. Its errors are those of the calls.
func (a *Adapter) deliver(ctx context.Context, d bot.Delivery) (r bot.Receipt, err error) {
	switch d.Op {
	case bot.OpPost:
		r, err = a.post(ctx, d)
	case bot.OpEdit:
		r, err = a.edit(ctx, d)
	case bot.OpDelete:
		err = a.onMessage(ctx, d, "chat.delete", url.Values{"ts": {d.Target}}, "message_not_found")
	case bot.OpReact:
		err = a.onMessage(ctx, d, "reactions.add", url.Values{"timestamp": {d.Target}, "name": {d.Emoji}}, "already_reacted")
	case bot.OpUnreact:
		err = a.onMessage(ctx, d, "reactions.remove", url.Values{"timestamp": {d.Target}, "name": {d.Emoji}}, "no_reaction", "message_not_found")
	case bot.OpWhisper:
		r, err = a.whisper(ctx, d)
	case bot.OpHome:
		err = a.publish(ctx, d.Person, d.Message)
	case bot.OpUpload:
		r, err = a.upload(ctx, d)
	default:
		return bot.Receipt{}, bot.ErrUnsupported
	}
	return r, err
}

// outcome says what the engine is to make of an error.
func (a *Adapter) outcome(d bot.Delivery, err error) error {
	var no *refusal
	switch {
	case err == nil || bot.IsUnknown(err) || bot.IsPermanent(err) || errors.Is(err, bot.ErrUnsupported):
		return err
	case !errors.As(err, &no):
		return yielding(d, err)
	case isDead(no.code):
		return bot.RetryAfter(deadWait)
	case no.code == "missing_scope":
		return bot.RetryAfter(scopeWait)
	}
	return bot.Permanent(no)
}

// yielding lets what is less urgent come back a moment later: of all that waits
// for one rate, the urgent goes first.
func yielding(d bot.Delivery, err error) error {
	if wait, limited := bot.RetryDelay(err); limited && d.Urgency > 0 {
		return bot.RetryAfter(wait + time.Duration(d.Urgency)*200*time.Millisecond)
	}
	return err
}

// painter writes for who reads a place: a person's zone in direct messages, else
// the team's.
func (a *Adapter) painter(ctx context.Context, to bot.Place, who string, client bool) painter {
	p := painter{words: a.words, zone: time.UTC, base: a.publicURL, names: a.nameOf, own: a.conf.Prefix}
	if client {
		p.base = "" // its pages are not theirs
	}
	err := a.desk.View(ctx, who, func(pages bot.Pages) error {
		s := pages.Settings()
		p.zone = s.ZoneOf(bot.Person{})
		if to.IsDirect() && who == "" {
			who = to.Adapter + ":" + to.Channel[len(bot.DirectPrefix):]
		}
		if who != "" {
			p.zone = s.ZoneOf(s.Person(bot.Actor{ID: who}))
		}
		p.names = func(id string) string {
			if n := s.Person(bot.Actor{ID: id}).Name; n != "" && n != userOf(id) {
				return n
			}
			return a.nameOf(id)
		}
		return nil
	})
	if err != nil {
		p.zone = time.UTC
	}
	return p
}

// nameOf is what Slack calls a person, else their id.
func (a *Adapter) nameOf(id string) string { return a.people.nameOr(id, userOf(id)) }

// written is the content of a delivery's message.
func (a *Adapter) written(ctx context.Context, d bot.Delivery) (content, error) {
	p := a.painter(ctx, d.To, d.Person, d.ToClient)
	author := ""
	if d.Message.Author != "" {
		author = p.names(d.Message.Author)
	}
	c, err := p.content(d.Message, author, p.rest(d))
	if err != nil {
		return c, bot.Permanent(err)
	}
	return c, nil
}

// rest says where the rest of a message that was cut can be read.
func (p painter) rest(d bot.Delivery) []piece {
	switch {
	case d.Request == 0 || d.ToClient:
		return nil
	case p.base != "":
		all := p.pieces(bot.Say("slack.rest").For(language(d.Message.Text)))
		for i := range all {
			all[i] = piece{kind: pieceLink, text: all[i].text, url: requestPage(p.base, d.Request)}
		}
		return all
	}
	return p.pieces(bot.Say("slack.rest_shown_by", "Usage", bot.Code(mention+" show "+bot.RequestID(d.Request))).For(language(d.Message.Text)))
}

func language(t bot.Text) bot.Language {
	if t.Language == "" {
		return say.English
	}
	return t.Language
}

// sent is the answer of chat.* methods.
type sent struct {
	TS        string `json:"ts"`
	Ephemeral string `json:"message_ts"`
	Channel   string `json:"channel"`
	Message   struct {
		Thread string `json:"thread_ts"`
	} `json:"message"`
}

// post posts a message. It carries the delivery's key, by which Find knows it.
func (a *Adapter) post(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	channel, err := a.channel(ctx, d.To)
	if err != nil {
		return bot.Receipt{}, err
	}
	c, err := a.written(ctx, d)
	if err != nil {
		return bot.Receipt{}, err
	}
	key, err := marshal(map[string]any{"event_type": metadataType, "event_payload": map[string]string{"key": d.Key}})
	if err != nil {
		return bot.Receipt{}, bot.Permanent(err)
	}
	args := c.args(url.Values{"channel": {channel}, "metadata": {key}, "unfurl_links": {"false"}, "unfurl_media": {"false"}})
	if d.To.Thread != "" {
		args.Set("thread_ts", d.To.Thread)
	}
	var out sent
	began := time.Now()
	err = a.api.call(ctx, "chat.postMessage", args, &out)
	if err == nil && out.TS == "" {
		err = bot.Unknown(errors.New("slack chat.postMessage: no timestamp in the answer"))
	}
	a.finds.note(d.Key, began, bot.IsUnknown(err))
	if err != nil {
		return bot.Receipt{}, err
	}
	a.posted(d.To, out.TS)
	return bot.Receipt{Message: out.TS, Thread: d.To.Thread}, nil
}

// args adds the content to the arguments of a call.
func (c content) args(v url.Values) url.Values {
	v.Set("text", c.notice)
	if c.blocks != "" {
		v.Set("blocks", c.blocks)
	}
	return v
}

// edit changes one of our messages in place.
func (a *Adapter) edit(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	if d.Target == "" {
		return bot.Receipt{}, bot.Permanent(errors.New("slack: edit of no message"))
	}
	channel, err := a.channel(ctx, d.To)
	if err != nil {
		return bot.Receipt{}, err
	}
	c, err := a.written(ctx, d)
	if err != nil {
		return bot.Receipt{}, err
	}
	var out sent
	if err := a.api.call(ctx, "chat.update", c.args(url.Values{"channel": {channel}, "ts": {d.Target}}), &out); err != nil {
		return bot.Receipt{}, err
	}
	if out.TS == "" {
		return bot.Receipt{}, bot.Unknown(errors.New("slack chat.update: no timestamp in the answer"))
	}
	return bot.Receipt{Message: d.Target, Thread: d.To.Thread}, nil
}

// onMessage does something to a message. fine are refusals that say that it was
// done already.
func (a *Adapter) onMessage(ctx context.Context, d bot.Delivery, method string, args url.Values, fine ...string) error {
	if d.Target == "" {
		return bot.Permanent(fmt.Errorf("slack: %s of no message", d.Op))
	}
	channel, err := a.channel(ctx, d.To)
	if err != nil {
		return err
	}
	args.Set("channel", channel)
	err = a.api.call(ctx, method, args, nil)
	if refused(err, fine...) {
		return nil
	}
	return err
}
