package storage

import (
	"strings"
	"time"

	"meridian/bot"
)

type clientBody struct {
	V int `json:"v"`
	bot.Client
	Zone string `json:",omitempty"` // its name; that of the struct cannot be written
}

// clientKey is a company's name as names are compared.
func clientKey(name string) string { return bounded(strings.ToLower(strings.TrimSpace(name))) }

func scanClient(r row) (bot.Client, error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return bot.Client{}, err
	}
	var b clientBody
	if err := decode("client", body, &b, &b.V); err != nil {
		return bot.Client{}, err
	}
	c := b.Client
	c.Locked = false
	if b.Zone != "" {
		zone, err := time.LoadLocation(b.Zone)
		if err != nil { // this machine does not know it: better the team's than no client at all
			zone = nil
		}
		c.Zone = zone
	}
	return c, nil
}

// clientJSON writes a client's body.
func clientJSON(c bot.Client) (string, error) {
	b := clientBody{V: bodyVersion, Client: c}
	if c.Zone != nil {
		b.Zone = c.Zone.String()
	}
	b.Client.Zone, b.Client.Locked = nil, false
	return encode("client", b)
}

// SaveClient implements bot.DirectoryTx.
func (t *tx) SaveClient(c bot.Client) error {
	body, err := clientJSON(c)
	if err != nil {
		return err
	}
	if err := t.later(`INSERT INTO clients (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body`,
		clientKey(c.Name), body); err != nil {
		return err
	}
	return t.ownChanged()
}

// DropClient implements bot.DirectoryTx. A name that is not there is no error.
func (t *tx) DropClient(name string) error {
	if n, err := t.exec(`DELETE FROM clients WHERE name = ?`, clientKey(name)); err != nil || n == 0 {
		return err
	}
	return t.ownChanged()
}

// clientsCounter grows with each change of the clients and switches, so that
// transactions see whether the settings they remember are still right.
const clientsCounter = "clients"

func (t *tx) ownChanged() error {
	t.merged, t.own = nil, true
	_, err := t.next(clientsCounter)
	return err
}

type contactBody struct {
	V int `json:"v"`
	bot.Contact
}

func scanContact(r row) (bot.Contact, error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return bot.Contact{}, err
	}
	return decodeContact(body)
}

func decodeContact(body string) (bot.Contact, error) {
	var b contactBody
	err := decode("contact", body, &b, &b.V)
	return b.Contact, err
}

// SaveContact implements bot.DirectoryTx.
func (t *tx) SaveContact(c bot.Contact) error {
	body, err := encode("contact", contactBody{bodyVersion, c})
	if err != nil {
		return err
	}
	_, address, _ := strings.Cut(c.ID, ":")
	t.knowContact(c.ID, c, nil)
	name := bot.Fold(c.Name)
	surname := name[strings.LastIndexByte(name, ' ')+1:]
	return t.later(`INSERT INTO contacts (id, client, name, surname, address, last_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET client = excluded.client, name = excluded.name, surname = excluded.surname,
		address = excluded.address, last_at = excluded.last_at, body = excluded.body`,
		bounded(c.ID), clientKey(c.Client), bounded(name), bounded(surname), bounded(bot.Fold(address)), toMS(c.Last), body)
}

// Contact implements bot.DirectoryView.
func (v *view) Contact(id string) (bot.Contact, error) {
	return one(v, scanContact, `SELECT body FROM contacts WHERE id = ?`, bounded(id))
}

// knownContact is a contact as a transaction has read or written them; err says
// that there is none.
type knownContact struct {
	contact bot.Contact
	err     error
}

func (t *tx) knowContact(id string, c bot.Contact, err error) {
	if t.known.contacts == nil {
		t.known.contacts = map[string]knownContact{}
	}
	t.known.contacts[id] = knownContact{c, err}
}

// Contact implements bot.DirectoryView. Whoever writes a request reads its
// requester several times.
func (t *tx) Contact(id string) (bot.Contact, error) {
	if c, ok := t.known.contacts[id]; ok {
		return c.contact, c.err
	}
	c, err := t.view.Contact(id)
	if err == nil || isMissing(err) {
		t.knowContact(id, c, err)
	}
	return c, err
}

// Contacts implements bot.DirectoryView.
func (v *view) Contacts(client string, limit int) ([]bot.Contact, error) {
	if client == "" {
		return list(v, scanContact, `SELECT body FROM contacts ORDER BY last_at DESC, id LIMIT ?`, limited(limit, 100))
	}
	return list(v, scanContact, `SELECT body FROM contacts WHERE client = ? ORDER BY last_at DESC, id LIMIT ?`,
		clientKey(client), limited(limit, 100))
}

// FindContacts implements bot.DirectoryView. The name, the last of several
// names or the address begins like the text; an id may be written with its
// adapter or without. Those heard of last come first.
func (v *view) FindContacts(text string, limit int) ([]bot.Contact, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	var args []any
	for _, from := range []string{bot.Fold(text), bot.Fold(text), bot.Fold(text), text} {
		args = append(args, from, from+highest)
	}
	return list(v, scanContact, `SELECT body FROM contacts WHERE id IN (
		SELECT id FROM contacts WHERE name >= ? AND name < ?
		UNION SELECT id FROM contacts WHERE surname >= ? AND surname < ?
		UNION SELECT id FROM contacts WHERE address >= ? AND address < ?
		UNION SELECT id FROM contacts WHERE id >= ? AND id < ?) ORDER BY last_at DESC, id LIMIT ?`, append(args, limited(limit, 10))...)
}
