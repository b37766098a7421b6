package bot

import (
	"cmp"
	"errors"
	"strings"
	"time"
)

// contactFresh is how long a contact is not written again when nothing about
// them is new.
const contactFresh = 24 * time.Hour

// Learn keeps who somebody outside of the team is: from what they write, by chat
// or mail. Machines and the team are no contacts.
func Learn(tx Tx, a Actor) (Contact, error) {
	who := tx.Settings().Person(a)
	if _, name, _ := strings.Cut(who.ID, ":"); name == "" || who.Team() || a.Bot {
		return Contact{}, nil
	}
	known, err := tx.Contact(who.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return known, err
	}
	now, fresh := known, err != nil
	now.ID, now.Name, now.Client = who.ID, cmp.Or(contactName(who, a), known.Name, who.Name), cmp.Or(who.Client, known.Client)
	if fresh {
		now.First = tx.Now()
	}
	if !fresh && now == known && tx.Now().Sub(known.Last) < contactFresh {
		return known, nil
	}
	now.Last = tx.Now()
	return now, tx.SaveContact(now)
}

// contactName is what a person is called: as the configuration says, else as
// they write it themselves.
func contactName(who Person, a Actor) string {
	if who.Role != Outsider {
		return who.Name
	}
	return strings.TrimSpace(a.Name)
}

// sortNew finds out whose a new request is and what it is, by the person, the
// contact, the keyword rules and the sites that it names. It gives the rules
// that had a say.
func sortNew(tx Tx, r *Request, f Filing) ([]Rule, error) {
	s := tx.Settings()
	if len(f.Moved) == 0 && (f.Mail == nil || f.Mail.Kind == MailHuman) {
		contact, err := Learn(tx, f.Who)
		if err != nil {
			return nil, err
		}
		r.Client = cmp.Or(r.Client, contact.Client)
	}
	rules := s.applyRules(r)
	if r.Client == "" && !s.Person(f.Who).Team() {
		r.Client = s.ClientBySite(r.Title + "\n" + r.Words)
	}
	return rules, nil
}

// ClientBySite names the company of whose sites a text names one; empty: none,
// or those of several.
func (s *Settings) ClientBySite(text string) (client string) {
	hosts := hostsIn(text[:min(len(text), clueWords)])
	for _, c := range s.Clients {
		if siteAmong(hosts, c.Sites) == "" {
			continue
		}
		if client != "" {
			return ""
		}
		client = c.Name
	}
	return client
}
