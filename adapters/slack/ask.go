package slack

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"meridian/bot"
)

// Groups are the user groups among the people of a configuration: they are
// listed like people, by an id that begins with S.
func Groups(people []bot.Person) (out []string) {
	for _, p := range people {
		for _, id := range p.IDs {
			if g := userOf(id); groupForm.MatchString(g) && !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	return out
}

// Ask asks Slack whether the tokens are good, and whether the app may do all
// that the desk does. Nothing is changed. The error begins with the key that is
// to be set.
func Ask(ctx context.Context, c Config, o Options) error {
	if err := c.check(); err != nil {
		return err
	}
	granted := ""
	api := newClient(c, o, slog.New(slog.DiscardHandler), func(string) {})
	api.scopes = func(s string) { granted = s }
	var me identity
	if err := api.call(ctx, "auth.test", nil, &me); err != nil {
		return fmt.Errorf("slack.bot_token: %w", err)
	}
	if missing := Missing(granted, len(c.Groups) > 0); len(missing) > 0 && granted != "" {
		return fmt.Errorf("slack.bot_token: the app may not do everything it needs; add the scopes %s and install it again", strings.Join(missing, ", "))
	}
	if c.AppToken == "" {
		return nil
	}
	if err := api.call(ctx, "apps.connections.open", url.Values{}, nil); err != nil {
		return fmt.Errorf("slack.app_token: %w", err)
	}
	return nil
}
