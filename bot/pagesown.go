package bot

import (
	"slices"
	"sort"
)

// Preference is what the person wants of the desk for themselves.
func (p Pages) Preference() (Preference, error) { return p.v.Preference(p.who.ID) }

// Reminders are the person's own that were said and are not done, the last said
// last, and behind them those that are still to come, the next one first. What
// was said long ago does not push out what comes: then the latest are given.
func (p Pages) Reminders(limit int) ([]Reminder, error) {
	said, err := p.remindersIn(ReminderFired)
	if err != nil {
		return nil, err
	}
	coming, err := p.remindersIn(ReminderActive)
	if err != nil {
		return nil, err
	}
	sort.SliceStable(said, func(i, j int) bool { return said[i].FiredAt.Before(said[j].FiredAt) })
	sort.SliceStable(coming, func(i, j int) bool { return coming[i].NextAt.Before(coming[j].NextAt) })
	said = said[max(0, len(said)-max(limit-len(coming), limit/2)):]
	return append(said, coming[:min(len(coming), limit-len(said))]...), nil
}

// mostOwn is how many reminders of a person are read in each state.
const mostOwn = 1000

// remindersIn are the person's own in a state, in no order.
func (p Pages) remindersIn(state ReminderState) (out []Reminder, err error) {
	ids := append([]string{p.who.ID}, p.who.IDs...)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		all, err := p.v.Reminders(ReminderQuery{Owner: id, States: []ReminderState{state}, Limit: mostOwn})
		if err != nil {
			return nil, err
		}
		out = append(out, all...)
	}
	return out, nil
}
