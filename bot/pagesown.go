package bot

import "slices"

// Preference is what the person wants of the desk for themselves.
func (p Pages) Preference() (Preference, error) { return p.v.Preference(p.who.ID) }

// Reminders are the person's own that were said and are not done, and behind them
// those that are still to come, the next one first.
func (p Pages) Reminders(limit int) ([]Reminder, error) {
	var out []Reminder
	ids := append([]string{p.who.ID}, p.who.IDs...)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		all, err := p.v.Reminders(ReminderQuery{Owner: id, States: []ReminderState{ReminderActive, ReminderFired}, Limit: limit})
		if err != nil {
			return nil, err
		}
		out = append(out, all...)
	}
	slices.SortStableFunc(out, func(a, b Reminder) int { return a.NextAt.Compare(b.NextAt) })
	return out[:min(len(out), limit)], nil
}
