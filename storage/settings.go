package storage

import (
	"strings"

	"meridian/bot"
)

// merged is the configuration together with the clients and switches that the
// store keeps.
type merged struct {
	base     *bot.Settings // what the configuration said
	changes  int64         // how often those had changed
	settings *bot.Settings
}

// Settings implements bot.View: the configuration, with the clients and switches
// that are kept here. They are read again only if they have changed since, which one counter
// tells, and only for those who ask.
func (v *view) Settings() *bot.Settings {
	if v.merged == nil {
		v.merged = v.merge()
	}
	return v.merged
}

// merge joins both. If it fails the transaction has failed, and the
// configuration alone stands in until its end.
func (v *view) merge() *bot.Settings {
	var changes int64
	if !v.own {
		known, err := v.changes()
		if err != nil || known.clients == 0 {
			return v.settings
		}
		changes = known.clients
		if m := v.store.merged.Load(); m != nil && m.base == v.settings && m.changes == changes {
			return m.settings
		}
	}
	kept, err := list(v, scanClient, `SELECT body FROM clients ORDER BY name`)
	if err != nil {
		return v.settings
	}
	switched, err := v.Switches()
	if err != nil {
		return v.settings
	}
	m := &merged{v.settings, changes, withClients(v.settings, kept).With(switched)}
	if !v.own { // what is not committed is nobody else's
		v.store.merged.Store(m)
	}
	return m.settings
}

// versions are how often clients and articles had changed when a transaction
// first asked.
type versions struct{ clients, articles int64 }

// changes reads both at once, since nearly every event asks for both.
func (v *view) changes() (versions, error) {
	if v.versions == nil {
		var n versions
		err := v.get([]any{&n.clients, &n.articles}, `SELECT coalesce(max(CASE WHEN name = ? THEN value END), 0), coalesce(max(CASE WHEN name = ? THEN value END), 0)
			FROM counters WHERE name IN (?, ?)`, clientsCounter, articlesCounter, clientsCounter, articlesCounter)
		if err != nil {
			return n, err
		}
		v.versions = &n
	}
	return *v.versions, nil
}

// withClients adds clients to a configuration; its own win by name.
func withClients(s *bot.Settings, kept []bot.Client) *bot.Settings {
	if len(kept) == 0 {
		return s
	}
	all := *s
	all.Clients = s.Clients[:len(s.Clients):len(s.Clients)]
	named := map[string]bool{}
	for _, c := range s.Clients {
		named[strings.ToLower(strings.TrimSpace(c.Name))] = true
	}
	for _, c := range kept {
		if !named[strings.ToLower(strings.TrimSpace(c.Name))] {
			all.Clients = append(all.Clients, c)
		}
	}
	return &all
}
