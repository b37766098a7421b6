package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"meridian/bot"
	"meridian/commands"
	"meridian/storage"
)

// check tells whether the server could start with this configuration. It calls
// the store, the smarthost and the mailbox unless it is told to stay offline.
type check struct {
	Offline bool `help:"Call nothing over the network."`
}

// callTime is how long check waits for somebody else to answer.
const callTime = 10 * time.Second

// Run reads the configuration and tries what it names.
func (k *check) Run(ctx context.Context, c *call) error {
	config, err := c.config(false)
	if err != nil {
		return err
	}
	if _, err := bot.NewRouter(commands.All(), commands.Unasked()); err != nil {
		return fmt.Errorf("the commands contradict each other: %w", err)
	}
	store, err := k.store(ctx, config)
	if err != nil {
		return err
	}
	if err := k.mail(ctx, config); err != nil {
		return err
	}
	if err := k.slack(ctx, config); err != nil {
		return err
	}
	s := config.Settings
	name := config.File
	if name == "" {
		name = "The built-in default"
	}
	return c.say("%s is in order: %d channels, %d people, %d clients, %d webhooks; %s%s",
		name, len(s.Channels), len(s.People), len(s.Clients), len(s.Hooks), store, config.Kept.told())
}

// told says where the tokens of Slack are, where the configuration does not.
func (k Kept) told() string {
	switch {
	case k.App != nil:
		return "; Slack's tokens are in " + k.File + ", which only its owner can read"
	case k.Unused != "":
		return "; Slack's tokens in " + k.Unused + " are not used, since the configuration has a section slack"
	}
	return ""
}

// store opens the store as it is. One that is not there yet is in order.
func (k *check) store(ctx context.Context, config Config) (string, error) {
	if k.Offline && !strings.HasPrefix(config.Storage.Reveal(), "sqlite:") {
		return "the store was not asked", nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	settings := func() *bot.Settings { return config.Settings }
	store, err := storage.OpenExisting(ctx, config.Storage.Reveal(), storage.Options{Settings: settings})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "the store will be made at the first start", nil
	case err != nil:
		return "", openError(config, err)
	}
	if err := store.View(ctx, func(v bot.View) error { _, err := v.CountRequests(bot.RequestQuery{}); return err }); err != nil {
		return "", errors.Join(openError(config, err), store.Close())
	}
	return "the store can be read", store.Close()
}

// mail asks the smarthost whether it takes mail from the desk, and the mailbox
// whether it opens.
func (k *check) mail(ctx context.Context, config Config) error {
	if k.Offline || config.Adapters.Email == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if err := config.Adapters.Email.Ask(ctx); err != nil {
		key, _, _ := strings.Cut(err.Error(), ": ")
		return fmt.Errorf("%s: %w", config.Where(key), err)
	}
	return nil
}

// slack asks Slack whether the tokens are good, and whether the app was granted
// what it needs.
func (k *check) slack(ctx context.Context, config Config) error {
	if k.Offline || config.Adapters.Slack == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if err := config.Adapters.Slack.Ask(ctx, config.Settings); err != nil {
		key, _, _ := strings.Cut(err.Error(), ": ")
		return fmt.Errorf("%s: %w", config.Where(key), err)
	}
	return nil
}
