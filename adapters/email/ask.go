package email

import (
	"context"
	"fmt"
)

// Ask tries what the configuration names: whether the smarthost takes mail from
// the desk, with and without its name, and whether the mailbox opens. Nothing
// is sent or changed. Errors begin with the key that is to be looked at.
func (a *Adapter) Ask(ctx context.Context) error {
	if a.relay.addr != "" {
		if err := a.askRelay(ctx); err != nil {
			return err
		}
	}
	if a.mailbox.addr == "" {
		return nil
	}
	f := &fetcher{a: a, news: make(chan struct{}, 1)}
	end, err := f.signIn(ctx)
	if err != nil {
		return fmt.Errorf("email.imap.url: %w", err)
	}
	defer end()
	if _, err := f.c.Select(a.mailbox.folder, nil).Wait(); err != nil {
		return fmt.Errorf("email.imap.folder: %s cannot be opened: %w", a.mailbox.folder, err)
	}
	return nil
}

func (a *Adapter) askRelay(ctx context.Context) error {
	c, err := a.connect(ctx)
	if err != nil {
		return fmt.Errorf("email.smarthost: nobody answers as it should: %w", err)
	}
	defer c.Close()
	if err := c.Mail(a.config.Address); err != nil {
		return fmt.Errorf("email.smarthost: it takes no mail from %s: %w", a.config.Address, err)
	}
	if err := c.Reset(); err != nil {
		return fmt.Errorf("email.smarthost: %w", err)
	}
	if !a.config.NamedSender {
		if err := c.Mail(""); err != nil {
			return fmt.Errorf("email.null_sender: the smarthost takes no mail from <>, set it to false: %w", err)
		}
	}
	_ = c.Quit() // it has answered what was asked
	return nil
}
