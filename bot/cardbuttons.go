package bot

import "slices"

// cardButtons are at most three buttons, the likely one first, and the rest.
func cardButtons(s *Settings, r Request) (buttons, more []Button) {
	for _, e := range firstButtons(s, r) {
		buttons = append(buttons, PressButton(e.label, e.act, r.ID()))
		if e.act == "wake" {
			buttons[len(buttons)-1].Label = Say(e.label, "Person", nameOf(s, r.Assignee))
		}
	}
	for _, e := range overflow(r) {
		if !slices.ContainsFunc(buttons, func(b Button) bool { return b.Act == e.act }) {
			more = append(more, PressButton(e.label, e.act, r.ID()))
		}
	}
	if b, ok := r.TogetherButton(); ok {
		more = append([]Button{b}, more...)
	}
	return buttons, more
}

// entry is one thing to press: the catalogue's label and the command.
type entry struct{ label, act string }

func firstButtons(s *Settings, r Request) []entry {
	take, reply, solve := entry{"button.take", "take"}, entry{"button.reply", "reply"}, entry{"button.solve", "solve"}
	escalate := entry{"button.escalate", "escalate"}
	switch {
	case r.State == Closed, r.State == Solved && r.Confirmed:
		return nil
	case r.State == Solved:
		return []entry{{"button.take_back", "undo"}, reply}
	case r.WaitsForClient():
		return []entry{reply, {"button.they_confirmed", "confirmed"}, solve}
	case r.Silence != nil:
		return []entry{{"button.remind", "remind"}, {"button.they_confirmed", "confirmed"}, solve}
	case r.State == Waiting:
		return []entry{reply, solve}
	case r.AsksSame():
		return []entry{{"button.came_back", "same"}, {"button.new_question", "newquestion"}, take}
	case r.Assignee == "" && suggested(r):
		return []entry{take, reply, {"button.drop_everything", "class"}}
	case r.Assignee == "" && r.Level >= MaxLevel:
		return []entry{take, reply, solve}
	case r.Assignee == "":
		return []entry{take, reply, escalate}
	}
	if _, sleeps := s.startsLater(s.Person(Actor{ID: r.Assignee}), r); sleeps {
		return []entry{reply, {"button.wake", "wake"}, solve}
	}
	if r.Level >= MaxLevel {
		return []entry{reply, solve}
	}
	return []entry{reply, escalate, solve}
}

// overflow is what can be done beside the buttons, in the order in which people
// look for it.
func overflow(r Request) []entry {
	note := entry{"button.note", "note"}
	switch {
	case r.State == Closed:
		return []entry{{"button.reopen", "reopen"}, note}
	case r.State == Solved:
		return []entry{{"button.reopen", "reopen"}, note, {"button.close", "close"}}
	}
	entries := []entry{{"button.escalate", "escalate"}}
	if r.Level >= MaxLevel {
		entries = nil
	}
	entries = append(entries, note)
	if r.State == New {
		return append(entries, entry{"button.no_request", "close"})
	}
	return append(entries, entry{"button.close", "close"})
}
