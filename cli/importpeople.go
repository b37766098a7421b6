package cli

import (
	"errors"
	"fmt"
	"time"

	"meridian/bot"
	"meridian/storage"
)

type clientItem struct{ clientLine }

func (i *clientItem) client() (bot.Client, error) {
	var c bot.Client
	if err := i.Record.fill(&c); err != nil {
		return c, fmt.Errorf("its record does not fit: %w", err)
	}
	c.Name, c.Tier, c.Domains, c.Sites, c.Notes = i.Name, orEmpty(i.Tier), i.Domains, i.Sites, orEmpty(i.Notes)
	if i.Timezone != nil {
		zone, err := time.LoadLocation(*i.Timezone)
		if err != nil {
			return c, fmt.Errorf("%q is no time zone", *i.Timezone)
		}
		c.Zone = zone
	}
	return c, nil
}

func (i *clientItem) check(s *summary) error {
	_, err := i.client()
	if err == nil && i.Name == "" {
		err = errors.New("the client has no name")
	}
	s.clients++
	return err
}

func (i *clientItem) write(w *storage.ImportTx) error {
	c, err := i.client()
	if err != nil {
		return err
	}
	return w.Client(c)
}

type contactItem struct{ contactLine }

func (i *contactItem) contact() (bot.Contact, error) {
	var c bot.Contact
	if err := i.Record.fill(&c); err != nil {
		return c, fmt.Errorf("its record does not fit: %w", err)
	}
	c.ID, c.Name, c.Client, c.First, c.Last = i.ID, orEmpty(i.Name), orEmpty(i.Client), i.FirstAt, i.LastAt
	n, err := numberOrNone(i.Quiet)
	c.Quiet = n
	return c, err
}

// numberOrNone reads a number that may be null.
func numberOrNone(s *string) (int64, error) {
	if s == nil {
		return 0, nil
	}
	n, ok := bot.ParseRequestID(*s)
	if !ok {
		return 0, fmt.Errorf("%q is no number of a request", *s)
	}
	return n, nil
}

func (i *contactItem) check(s *summary) error {
	_, err := i.contact()
	if err == nil && i.ID == "" {
		err = errors.New("the contact has no id")
	}
	s.contacts++
	return err
}

func (i *contactItem) write(w *storage.ImportTx) error {
	c, err := i.contact()
	if err != nil {
		return err
	}
	return w.Contact(c)
}

type preferenceItem struct{ preferenceLine }

func (i *preferenceItem) wish() (storage.Wish, error) {
	w := storage.Wish{Person: i.Person}
	if err := i.Record.fill(&w.Preference); err != nil {
		return w, fmt.Errorf("its record does not fit: %w", err)
	}
	if w.Person == "" {
		return w, errors.New("the preference is of nobody")
	}
	return w, nil
}

func (i *preferenceItem) check(*summary) error {
	_, err := i.wish()
	return err
}

func (i *preferenceItem) write(w *storage.ImportTx) error {
	p, err := i.wish()
	if err != nil {
		return err
	}
	return w.Wish(p)
}

type mailItem struct{ mailLine }

func (i *mailItem) mail() (bot.MailLine, error) {
	var m bot.MailLine
	if err := i.Record.fill(&m); err != nil {
		return m, fmt.Errorf("its record does not fit: %w", err)
	}
	n, err := numberOrNone(i.Request)
	m.Request, m.Message, m.Out, m.At, m.State = n, i.Message, i.Out, i.At, i.State
	return m, err
}

func (i *mailItem) check(s *summary) error {
	_, err := i.mail()
	s.mails++
	return err
}

func (i *mailItem) write(w *storage.ImportTx) error {
	m, err := i.mail()
	if err != nil {
		return err
	}
	return w.Mail(m)
}
