package storage

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"meridian/bot"
)

// foreseen is what is not there of what a transaction's events are about: most
// people who write have never asked before, and most messages belong to no
// request yet. What the transaction itself writes leaves these sets; to leave them
// is never wrong, since then the store is asked.
type foreseen struct {
	newcomers map[string]bool     // ids of people who have no request
	bare      map[messageRef]bool // messages that belong to no request
}

// messageRef is a message in its channel, which may be one that begins a thread.
type messageRef struct{ adapter, channel, id string }

func refTo(p bot.Place, message string) messageRef {
	return messageRef{p.Adapter, p.Channel, bounded(message)}
}

// Foresee implements bot.InboxTx: what each event would ask for by itself is
// read by one statement for all of them.
func (t *tx) Foresee(events ...bot.Event) error {
	people, messages := map[string]string{}, map[messageRef]bool{}
	for _, e := range events {
		if e.Actor.ID != "" {
			id := t.Settings().Person(e.Actor).ID
			people[bounded(id)] = id
		}
		for _, m := range []string{e.Message, e.Place.Thread} {
			if m != "" {
				messages[refTo(e.Place, m)] = true
			}
		}
	}
	if len(people)+len(messages) == 0 {
		return nil
	}
	k := &t.known
	k.prepare()
	for _, id := range people { // unless a row says otherwise
		k.persons[id], k.contacts[id], k.newcomers[id] = 0, knownContact{err: bot.ErrNotFound}, true
	}
	maps.Copy(k.bare, messages)
	query, args := foresight(people, slices.Collect(maps.Keys(messages)))
	return t.rows(query, args, func(r row) error { return k.take(r, people) })
}

// prepare makes the maps that are filled at once.
func (k *known) prepare() {
	k.persons, k.contacts = map[string]int64{}, map[string]knownContact{}
	k.foreseen = foreseen{map[string]bool{}, map[messageRef]bool{}}
}

// take keeps a row of what was foreseen: what it is, the person's id or the
// message's adapter, and what is known of it.
func (k *known) take(r row, people map[string]string) error {
	var what, id, found, rest string
	err := r.Scan(&what, &id, &found, &rest)
	if err != nil {
		return err
	}
	switch what {
	case "number":
		k.persons[people[id]], err = strconv.ParseInt(found, 10, 64)
	case "contact":
		var c bot.Contact
		c, err = decodeContact(found)
		k.contacts[people[id]] = knownContact{contact: c}
	case "asker":
		delete(k.newcomers, id)
	case "message":
		delete(k.bare, messageRef{id, found, rest})
	}
	return err
}

// foresight is the statement for people, whose ids stand behind those that are
// their keys, and for messages. Both engines call the columns of a list of values
// alike. The lists have few lengths, so that few statements are prepared.
func foresight(people map[string]string, messages []messageRef) (query string, args []any) {
	var parts []string
	if len(people) > 0 {
		marks, keys := in(slices.Collect(maps.Keys(people)))
		_, ids := in(slices.Collect(maps.Values(people)))
		args = slices.Concat(keys, keys, ids)
		parts = []string{
			`SELECT 'number' AS what, id AS a, CAST(number AS text) AS b, '' AS c FROM persons WHERE id IN ` + marks,
			`SELECT 'contact', id, body, '' FROM contacts WHERE id IN ` + marks,
			`SELECT 'asker', w.column1, '', '' FROM (VALUES ` + rowsOfMarks(len(ids), "(?)") + `) w
				WHERE EXISTS (SELECT 1 FROM requests WHERE requester = w.column1)`,
		}
	}
	if len(messages) > 0 {
		_, padded := in(messages)
		for _, m := range padded {
			m := m.(messageRef)
			args = append(args, m.adapter, m.channel, m.id)
		}
		parts = append(parts, `SELECT 'message' AS what, m.column1 AS a, m.column2 AS b, m.column3 AS c
			FROM (VALUES `+rowsOfMarks(len(padded), "(?, ?, ?)")+`) m WHERE
			EXISTS (SELECT 1 FROM links WHERE adapter = m.column1 AND channel = m.column2 AND message = m.column3)
			OR EXISTS (SELECT 1 FROM requests WHERE home_adapter = m.column1 AND home_channel = m.column2
				AND home_thread = m.column3 AND home_thread <> '')
			OR EXISTS (SELECT 1 FROM requests WHERE desk_adapter = m.column1 AND desk_channel = m.column2
				AND desk_thread = m.column3 AND desk_thread <> '')`)
	}
	return strings.Join(parts, " UNION ALL "), args
}

func rowsOfMarks(n int, row string) string { return strings.Repeat(row+", ", n-1) + row }

// isBare reports whether neither a message nor the thread that it stands in
// belongs to a request, as far as that was foreseen.
func (k *known) isBare(p bot.Place, message string) bool {
	return k.bare[refTo(p, message)] && (p.Thread == "" || k.bare[refTo(p, p.Thread)])
}

// belongs notes that a message belongs to a request now.
func (k *known) belongs(p bot.Place, message string) { delete(k.bare, refTo(p, message)) }

// filed notes what a request that is written makes otherwise than foreseen.
func (k *known) filed(r bot.Request) {
	delete(k.newcomers, r.Requester)
	k.belongs(r.Home, r.Home.Thread)
	k.belongs(r.Desk, r.Desk.Thread)
	k.listed = nil
}
