package cli

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"meridian/adapters"
	"meridian/bot"
)

// hookCmd groups what can be done with webhooks.
type hookCmd struct {
	Test hookTest `cmd:"" help:"Say what a hook would make of a body."`
}

// hookTest reads one body as a configured hook would. It needs no secret, no
// store and no server.
type hookTest struct {
	Name   string   `arg:"" help:"The hook's name in the configuration, or a kind of hook."`
	File   string   `required:"" placeholder:"FILE" help:"The body as it was sent, or - for standard input."`
	Header []string `placeholder:"'K: V'" sep:"none" help:"A header it was sent with. May be repeated."`
}

// maxHookBody is the size in bytes up to which a body is read. A hook itself
// takes less, and says so.
const maxHookBody = 25 << 20

// Run prints one line a finding.
func (h *hookTest) Run(c *call) error {
	config, err := c.config(false)
	if err != nil {
		return err
	}
	kind, err := kindOf(config.Settings.Hooks, h.Name)
	if err != nil {
		return err
	}
	header := http.Header{}
	for _, line := range h.Header {
		key, value, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(key) == "" {
			return &UsageError{fmt.Errorf("%q is not a header; write 'Key: value'", line)}
		}
		header.Add(strings.TrimSpace(key), strings.TrimSpace(value))
	}
	body, err := c.read(h.File, maxHookBody)
	if err != nil {
		return err
	}
	lines, err := adapters.TestHook(kind, body, header)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := c.say("%s", l); err != nil {
			return err
		}
	}
	return nil
}

// kindOf finds the kind of a hook by the hook's name, or takes the name of a
// kind itself.
func kindOf(hooks []bot.Hook, name string) (string, error) {
	for _, h := range hooks {
		if h.Name == name {
			return h.Kind, nil
		}
	}
	if slices.Contains(adapters.Kinds(), name) {
		return name, nil
	}
	return "", fmt.Errorf("%q is neither a hook of the configuration nor a kind; the kinds are %s", name, strings.Join(adapters.Kinds(), ", "))
}
