// Package cli is what the program can be told to do: one file a command.
package cli

import (
	"meridian/adapters"
	"meridian/bot"
)

// Config is what the program works by: a configuration file, or the default
// that stands in when there is none, read and checked as a whole.
type Config struct {
	File         string     // the file's name; empty: the default
	Storage      bot.Secret // URL of the store; it may hold a password
	Listen       string     // host:port for HTTP
	PublicURL    string     // where people reach the web desk from elsewhere; empty: they do not
	MetricsToken bot.Secret // opens /metrics from elsewhere
	Adapters     adapters.Config
	Settings     *bot.Settings
}

// Loader reads and checks the configuration file of a name. An empty name
// stands for the default. Only the server may create what the default lacks:
// the secrets beside the store.
type Loader func(file string, create bool) (Config, error)
