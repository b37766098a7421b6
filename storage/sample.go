package storage

import "meridian/bot"

// sampleShown are the messages that belong to requests of the sample day, or
// that deliveries of it posted.
const sampleShown = `SELECT adapter, channel, message FROM links WHERE request < 0
	UNION SELECT adapter, channel, receipt_message FROM outbox WHERE request < 0 AND receipt_message <> ''
	UNION SELECT adapter, channel, id FROM messages WHERE id LIKE '` + bot.SampleMessage + `%'`

// DropSample implements bot.RequestTx. What is below zero has no place anywhere
// else, so that nothing but rows goes away. What is being sent stays until it has
// been.
func (t *tx) DropSample() error {
	channels, err := list(&t.view, func(r row) (c [2]string, err error) {
		err = r.Scan(&c[0], &c[1])
		return c, err
	}, `SELECT DISTINCT adapter, channel FROM (`+sampleShown+`) shown`)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		`DELETE FROM reactions WHERE (adapter, channel, message) IN (` + sampleShown + `) OR (adapter, channel, message) IN
			(SELECT adapter, channel, id FROM messages WHERE (adapter, channel, thread) IN (` + sampleShown + `))`,
		`DELETE FROM messages WHERE (adapter, channel, thread) IN (` + sampleShown + `)`,
		`DELETE FROM messages WHERE (adapter, channel, id) IN (` + sampleShown + `)`,
		`DELETE FROM comments WHERE request < 0`,
		`DELETE FROM links WHERE request < 0`,
		`DELETE FROM acts WHERE request < 0`,
		`DELETE FROM mails WHERE request < 0`,
		`DELETE FROM outbox WHERE request < 0 AND state NOT IN ('sending', 'unknown')`,
		`DELETE FROM alerts WHERE hook = '` + bot.SampleHook + `'`,
		`DELETE FROM suggestions WHERE article < 0`,
		`DELETE FROM articles WHERE number < 0`,
		`DELETE FROM alert_groups WHERE number < 0`,
		`DELETE FROM requests WHERE number < 0`,
	} {
		if _, err := t.exec(statement); err != nil {
			return err
		}
	}
	for _, c := range channels {
		if err := t.shown(bot.Place{Adapter: c[0], Channel: c[1]}); err != nil {
			return err
		}
	}
	return nil
}
