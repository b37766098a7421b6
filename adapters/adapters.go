// Package adapters lists the outside: one folder each. What a configuration
// file says of them is declared here; how they are made is below.
package adapters

import "meridian/bot"

// Config are the sections of the configuration that belong to adapters. A part
// that is not there is off, but for the web desk, which is on.
type Config struct {
	Web      Web       `yaml:"web"`
	Email    *Email    `yaml:"email"`
	Webhooks []Webhook `yaml:"webhooks"`
}

// Web is the web desk, the messenger that is built in.
type Web struct {
	Enabled bool `yaml:"enabled"`
}

// Email is the desk's mailbox.
type Email struct {
	Listen    string     `yaml:"listen"`    // host:port for SMTP; empty: no mail comes in
	Address   string     `yaml:"address"`   // the desk's own address
	Channel   string     `yaml:"channel"`   // name of the channel for cards of mailed requests
	Hostname  string     `yaml:"hostname"`  // what the listener calls itself
	Smarthost string     `yaml:"smarthost"` // host:port that takes mail out; empty: mail is held and shown
	Limits    MailLimits `yaml:"limits"`
}

// MailLimits hold floods back. Zero is no limit.
type MailLimits struct {
	PerSenderHour int `yaml:"per_sender_hour"`
	PerDomainHour int `yaml:"per_domain_hour"`
}

// Webhook is one hook that a monitoring system calls.
type Webhook struct {
	Name    string       `yaml:"name"`   // it answers at /hooks/NAME
	Kind    string       `yaml:"kind"`   // whose bodies it takes, see Kinds
	Secret  []bot.Secret `yaml:"secret"` // any of them opens it
	Channel string       `yaml:"channel"`
}

// Messengers are the adapters that have channels and people of their own.
func Messengers() []string { return []string{"web"} }

// Kinds are the kinds of webhook.
func Kinds() []string { return []string{"alertmanager"} }
