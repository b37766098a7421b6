package bottest

import (
	"context"
	"fmt"
	"time"

	"meridian/bot"
)

// heardEvery is how often the messenger and the mailbox report that they have
// caught up, at the full hour.
const heardEvery = time.Hour

// hears reports that an adapter has caught up: at once, and then every hour,
// unless it is deaf.
func (p *player) hears(ctx context.Context, l *life, adapter string) error {
	for {
		p.mu.Lock()
		deaf := p.deaf[adapter]
		p.mu.Unlock()
		if !deaf {
			if err := p.report(ctx, l, adapter); err != nil {
				return err
			}
		}
		next := time.NewTimer(time.Until(time.Now().Truncate(heardEvery).Add(heardEvery)))
		select {
		case <-ctx.Done():
			next.Stop()
			return nil
		case <-next.C:
		}
	}
}

// report says that an adapter has caught up.
func (p *player) report(ctx context.Context, l *life, adapter string) error {
	err := l.desk.Accept(ctx, bot.Event{Source: adapter, At: time.Now(), Body: bot.Heard{Until: time.Now()}})
	if ctx.Err() != nil || l.dead.Load() {
		return nil
	}
	return err
}

// listen makes an adapter deaf, as while it is cut off, or lets it hear again.
func (p *player) listen(adapter string, deaf bool) error {
	if adapter != "web" && adapter != "email" {
		return fmt.Errorf("there is no adapter %q", adapter)
	}
	p.mu.Lock()
	p.deaf[adapter] = deaf
	p.mu.Unlock()
	if deaf {
		return nil
	}
	return p.report(p.t.Context(), p.life, adapter)
}
