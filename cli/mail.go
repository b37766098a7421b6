package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"meridian/adapters/email"
)

// mailCmd groups what can be done with mail.
type mailCmd struct {
	Parse mailParse `cmd:"" help:"Read a mail as the desk would."`
}

// mailParse reads one mail from a file, without a store or a server.
type mailParse struct {
	File string `arg:"" help:"The mail as it came, or - for standard input."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// maxMail is the size in bytes above which a mail is refused, as at the door.
const maxMail = 25 << 20

// Run prints who wrote the mail, whether a person did, and what is new in it.
func (m *mailParse) Run(c *call) error {
	raw, err := c.read(m.File, maxMail)
	if err != nil {
		return err
	}
	own, host, err := c.mailbox()
	if err != nil {
		return err
	}
	d := email.Describe(raw, own, host)
	if m.JSON {
		out := json.NewEncoder(c.Stdout)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(d)
	}
	if d.Unreadable != "" {
		return fmt.Errorf("%s is no mail that can be read: %s", m.File, d.Unreadable)
	}
	if err := c.say("kind: %s\nfrom: %s <%s>\nsubject: %s\n\n%s", d.Kind, d.From.Name, d.From.Address, d.Subject, d.Text); err != nil {
		return err
	}
	if f := d.Forwarded; f != nil {
		return c.say("\nforwarded from: %s <%s>\ndate: %s\nsubject: %s\n\n%s", f.From.Name, f.From.Address, f.Date, f.Subject, f.Text)
	}
	return nil
}

// mailbox is the desk's address and what it calls itself, if a configuration is
// named that says so: mails of the desk's own are known by them.
func (c *call) mailbox() (address, host string, err error) {
	if c.file == "" {
		return "", "", nil
	}
	config, err := c.config(false)
	if err != nil || config.Adapters.Email == nil {
		return "", "", err
	}
	address = config.Adapters.Email.Address
	if host = config.Adapters.Email.Hostname; host == "" {
		host = address[strings.LastIndexByte(address, '@')+1:]
	}
	return address, host, nil
}

// read gives a whole file, or standard input for "-", up to a limit in bytes.
func (c *call) read(file string, limit int64) ([]byte, error) {
	in := c.Stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("the file cannot be read: %w", err)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", file, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s is larger than %d MiB", file, limit>>20)
	}
	return data, nil
}
