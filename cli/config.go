// Package cli is what the program can be told to do: one file a command.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"

	"meridian/adapters"
	"meridian/bot"
)

// Config is what the program works by: a configuration file, or the default
// that stands in when there is none, read and checked as a whole.
type Config struct {
	File         string                  // the file's name; empty: the default
	Where        func(key string) string // where a key stands, such as "config.yaml:12"
	Storage      bot.Secret              // URL of the store; it may hold a password
	Listen       string                  // host:port for HTTP
	PublicURL    string                  // where people reach the web desk from elsewhere; empty: they do not
	MetricsToken bot.Secret              // opens /metrics from elsewhere
	Adapters     adapters.Config
	Settings     *bot.Settings
	Kept         Kept
}

// Kept is what the web desk's page that puts the desk into Slack keeps beside
// the store.
type Kept struct {
	File   string                       // where; empty: the store is no file, and nothing can be kept
	App    *adapters.KeptApp            // the app that counts; nil: none was kept, or the file has a section slack
	Unused string                       // where an app is kept that does not count, since the file has a section slack
	APIURL string                       // where Slack's Web API is; empty: at slack.com
	Save   func(adapters.KeptApp) error // keeps an app
}

// Loader reads and checks the configuration file of a name. An empty name
// stands for the default. Only the server may create what the default lacks:
// the secrets beside the store.
type Loader func(file string, create bool) (Config, error)

// storeName is the store's URL without its password.
func (c Config) storeName() string {
	u, err := url.Parse(c.Storage.Reveal())
	if err != nil {
		return "the store"
	}
	return u.Redacted()
}

// openError says which store could not be opened, and where it is named.
func openError(c Config, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: storage.url: there is no store at %s yet; meridian serve makes it", c.Where("storage.url"), c.storeName())
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: storage.url: %w", c.Where("storage.url"), context.Canceled)
	}
	sentence := oneLine(err)
	if secret := c.Storage.Reveal(); strings.Contains(sentence, secret) {
		sentence = strings.ReplaceAll(sentence, secret, c.storeName())
	}
	return fmt.Errorf("%s: storage.url: %s", c.Where("storage.url"), sentence)
}
