package cli

import (
	"errors"
	"fmt"

	"meridian/bot/say"
	"meridian/commands"
)

// manifest prints what a messenger makes the desk's app of.
type manifest struct {
	Messenger string `arg:"" enum:"slack" help:"The messenger: slack."`
}

// Run prints the manifest of the configured app. Without a slack section it is
// that of a new one, which listens by Socket Mode.
func (m *manifest) Run(c *call) error {
	config, err := c.config(false)
	if err != nil {
		return err
	}
	words, err := say.New()
	if err != nil {
		return err
	}
	section := config.Adapters.SlackOrNew()
	out, err := section.Manifest(config.Settings, words, commands.All(), config.PublicURL)
	if err != nil {
		return fmt.Errorf("%s: %w", config.Where("slack"), err)
	}
	if section.AppToken == "" && section.SigningSecret != "" && config.PublicURL == "" {
		return errors.New("http.public_url: is missing; Slack must know where the desk is reached by HTTP")
	}
	_, err = c.Stdout.Write(out)
	return err
}
