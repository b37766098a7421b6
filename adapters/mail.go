package adapters

import (
	"context"
	"strings"

	"meridian/adapters/email"
	"meridian/bot"
)

// Email is the desk's mailbox.
type Email struct {
	Listen      string     `yaml:"listen"`       // host:port for SMTP; empty: no mail comes in that way
	Address     string     `yaml:"address"`      // the desk's own address
	Complaints  string     `yaml:"complaints"`   // the address for complaints, which are private from the start; empty: there is none
	Channel     string     `yaml:"channel"`      // name of the channel for cards of mailed requests
	Hostname    string     `yaml:"hostname"`     // what the desk calls itself in SMTP
	TLS         email.TLS  `yaml:"tls"`          // the listener's certificate; empty: mail comes unencrypted
	IMAP        IMAP       `yaml:"imap"`         // a mailbox that mail is fetched from; without a URL none
	Smarthost   bot.Secret `yaml:"smarthost"`    // what takes mail out; it may hold a password. Empty: mail is held and shown
	NullSender  bool       `yaml:"null_sender"`  // automatic mail has the envelope sender <>, to which no machine answers; true unless set
	PlusAddress bool       `yaml:"plus_address"` // answers go to support+TOKEN@...; always so where the desk listens itself
	AuthservID  string     `yaml:"authserv_id"`  // the name under which the team's own mail server says whether a sender is proven
	Limits      MailLimits `yaml:"limits"`
}

// IMAP is a mailbox at a provider.
type IMAP struct {
	URL    bot.Secret `yaml:"url"`    // imaps://USER:PASSWORD@HOST or imap://...
	Folder string     `yaml:"folder"` // INBOX unless set
	Failed string     `yaml:"failed"` // folder that gets a copy of what could not be read; "Unreadable" unless set
	From   string     `yaml:"from"`   // which mails of a newly connected mailbox are taken: now, all, or those of some days (14d)
}

// MailLimits are how many mails an hour may become requests; those beyond are
// kept as comments of one. 0 is off.
type MailLimits struct {
	PerSender int `yaml:"per_sender_hour"` // 30 unless set
	PerDomain int `yaml:"per_domain_hour"` // 300 unless set
}

// Default fills in what counts where the file says nothing. has reports whether
// a key, such as "email.null_sender", stands in the file.
func (e *Email) Default(has func(key string) bool) {
	if !has("email.null_sender") {
		e.NullSender = true
	}
	if !has("email.limits.per_sender_hour") {
		e.Limits.PerSender = 30
	}
	if !has("email.limits.per_domain_hour") {
		e.Limits.PerDomain = 300
	}
}

// config is the section as the mailbox takes it.
func (e Email) config() email.Config {
	return email.Config{
		Listen: e.Listen, Address: e.Address, Complaints: e.Complaints, Channel: e.Channel, Hostname: e.Hostname, TLS: e.TLS, Smarthost: e.Smarthost.Reveal(),
		IMAP:        email.IMAP{URL: e.IMAP.URL.Reveal(), Folder: e.IMAP.Folder, Failed: e.IMAP.Failed, From: e.IMAP.From},
		NamedSender: !e.NullSender, AuthservID: e.AuthservID, Plus: e.PlusAddress,
	}
}

// Check says what is wrong with the section, if anything: the key, then why.
func (e Email) Check() (key, why string) {
	_, err := email.New(e.config(), nil, email.Options{})
	if err == nil {
		return "", ""
	}
	key, why, _ = strings.Cut(err.Error(), ": ")
	return key, why
}

// Ask tries the smarthost and the mailbox. Nothing is sent or changed; errors
// begin with the key that is to be looked at.
func (e Email) Ask(ctx context.Context) error {
	a, err := email.New(e.config(), nil, email.Options{})
	if err != nil {
		return err
	}
	return a.Ask(ctx)
}

// build makes the mailbox. Without a listener it takes no mail by SMTP.
func (e Email) build(env Env) (*email.Adapter, error) {
	section := e.config()
	if env.Mail == nil {
		section.Listen = ""
	}
	return email.New(section, env.Desk, email.Options{
		Catalogue: env.Catalogue, Log: env.Log, Listener: env.Mail, Name: env.Settings.Team.Name, Zone: env.Settings.Team.Zone, Secret: env.Secret,
	})
}
