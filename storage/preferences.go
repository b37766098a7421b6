package storage

import "meridian/bot"

type preferenceBody struct {
	V int `json:"v"`
	bot.Preference
}

func scanPreference(r row) (bot.Preference, error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return bot.Preference{}, err
	}
	var b preferenceBody
	err := decode("preference", body, &b, &b.V)
	return b.Preference, err
}

// Preference implements bot.DirectoryView.
func (v *view) Preference(person string) (bot.Preference, error) {
	p, err := one(v, scanPreference, `SELECT body FROM preferences WHERE person = ?`, bounded(person))
	if isMissing(err) {
		return bot.Preference{}, nil
	}
	return p, err
}

// SavePreference implements bot.DirectoryTx.
func (t *tx) SavePreference(person string, p bot.Preference) error {
	body, err := encode("preference", preferenceBody{bodyVersion, p})
	if err != nil {
		return err
	}
	return t.later(`INSERT INTO preferences (person, body) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET body = excluded.body`, bounded(person), body)
}
