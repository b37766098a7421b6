package slack

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"meridian/bot"
)

const (
	mostTogether = 64       // events of a connection accepted in one commit
	mostAsked    = 64       // interactions of a connection under way at once
	maxAnswer    = 20 << 10 // bytes from which Slack drops an answer without a word
)

// wire is what comes over a connection.
type wire struct {
	Type     string          `json:"type"`
	Reason   string          `json:"reason"`
	Envelope string          `json:"envelope_id"`
	Payload  json.RawMessage `json:"payload"`
}

// serveSocket reads a connection until it ends. replace is closed when another
// is to take its place.
func (a *Adapter) serveSocket(ctx context.Context, k *socket, replace chan struct{}) {
	stop := context.AfterFunc(ctx, k.close)
	queue := make(chan wire, mostTogether)
	var wg sync.WaitGroup
	wg.Go(func() { a.acceptWires(ctx, k, queue) })
	a.readWires(ctx, k, queue, sync.OnceFunc(func() { close(replace) }))
	a.lives.remove()
	close(queue)
	wg.Wait()
	stop()
	k.close()
	close(k.done)
}

// readWires sorts what comes: events wait in a queue, in their order; whoever
// waits for an answer is answered beside them.
func (a *Adapter) readWires(ctx context.Context, k *socket, queue chan<- wire, replace func()) {
	defer replace()
	asked := make(chan struct{}, mostAsked)
	for {
		_, data, err := k.conn.ReadMessage()
		if err != nil {
			return
		}
		k.alive()
		var w wire
		if json.Unmarshal(data, &w) != nil {
			a.log.Warn("slack: a word on a socket that cannot be read", "bytes", len(data))
			continue
		}
		switch w.Type {
		case "events_api":
			queue <- w
		case "slash_commands", "interactive":
			asked <- struct{}{}
			go func() {
				defer func() { <-asked }()
				a.answerWire(ctx, k, w)
			}()
		case "disconnect":
			a.log.Info("slack: a connection ends", "reason", w.Reason)
			replace()
			if w.Reason == "link_disabled" {
				a.log.Error("slack: Socket Mode was switched off in the app's settings")
			}
		case "hello":
		default:
			a.log.Warn("slack: an envelope of an unknown type", "type", w.Type)
			queue <- w
		}
	}
}

// acceptWires accepts the events of a connection, as many as there are in one
// commit, and acknowledges them when they are stored. What is not stored is not
// acknowledged, and comes again.
func (a *Adapter) acceptWires(ctx context.Context, k *socket, queue <-chan wire) {
	for w := range queue {
		batch := []wire{w}
		for len(batch) < mostTogether && len(queue) > 0 {
			batch = append(batch, <-queue)
		}
		a.acceptTogether(ctx, k, batch)
	}
}

func (a *Adapter) acceptTogether(ctx context.Context, k *socket, batch []wire) {
	var events []bot.Event
	for _, w := range batch {
		d := a.decode(w.Payload)
		if d.dead != "" {
			a.health.ail(d.dead)
		}
		if !d.ignore {
			events = append(events, d.event)
		}
	}
	if len(events) == 0 || a.store(ctx, events...) {
		a.overheard.note(events)
		for _, w := range batch {
			k.acknowledge(w.Envelope, nil)
		}
		return
	}
	if len(batch) == 1 {
		return
	}
	for _, w := range batch { // one of them may be to blame
		a.acceptTogether(ctx, k, []wire{w})
	}
}

// answerWire takes a command or an interaction, and acknowledges it with what
// the window is to show.
func (a *Adapter) answerWire(ctx context.Context, k *socket, w wire) {
	var answer []byte
	var ok bool
	if w.Type == "slash_commands" {
		var c slashCommand
		if json.Unmarshal(w.Payload, &c) != nil {
			ok = a.store(ctx, a.unknown(envelope{}, w.Payload))
		} else {
			ok = a.command(ctx, c)
		}
	} else {
		answer, ok = a.interact(ctx, w.Payload)
	}
	if !ok {
		return
	}
	if len(answer) >= maxAnswer-200 {
		a.log.Error("slack: an answer too long for a socket", "bytes", len(answer))
		answer = nil
	}
	k.acknowledge(w.Envelope, answer)
}

// acknowledge tells Slack that an envelope was taken. If it cannot be told, the
// envelope comes again, and is known.
func (k *socket) acknowledge(envelope string, payload []byte) {
	ack := struct {
		Envelope string          `json:"envelope_id"`
		Payload  json.RawMessage `json:"payload,omitempty"`
	}{envelope, payload}
	data, err := json.Marshal(ack)
	if err != nil {
		return
	}
	k.wmu.Lock()
	defer k.wmu.Unlock()
	_ = k.conn.SetWriteDeadline(time.Now().Add(dialTime))
	_ = k.conn.WriteMessage(websocket.TextMessage, data)
}
