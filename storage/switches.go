package storage

import "meridian/bot"

// switchesRow is the name of the one row that the table has.
const switchesRow = "unasked"

type switchesBody struct {
	V int `json:"v"`
	bot.Switches
}

func scanSwitches(r row) (bot.Switches, error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return bot.Switches{}, err
	}
	var b switchesBody
	err := decode("switches", body, &b, &b.V)
	return b.Switches, err
}

// Switches implements bot.DirectoryView.
func (v *view) Switches() (bot.Switches, error) {
	w, err := one(v, scanSwitches, `SELECT body FROM switches WHERE name = ?`, switchesRow)
	if isMissing(err) {
		return bot.Switches{}, nil
	}
	return w, err
}

// SaveSwitches implements bot.DirectoryTx.
func (t *tx) SaveSwitches(w bot.Switches) error {
	body, err := encode("switches", switchesBody{bodyVersion, w})
	if err != nil {
		return err
	}
	if err := t.later(`INSERT INTO switches (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body`, switchesRow, body); err != nil {
		return err
	}
	return t.ownChanged()
}
