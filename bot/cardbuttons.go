package bot

import "slices"

// cardButtons are at most three buttons, the likely one first, and the rest.
func cardButtons(s *Settings, r Request) (buttons, more []Button) {
	for _, e := range firstButtons(s, r) {
		buttons = append(buttons, e.button(s, r))
	}
	for _, e := range overflow(r) {
		if e.act == "close" && s.Gifts.Limit > 0 {
			more = append(more, PressButton("button.gift", "gift", r.ID()))
		}
		if !slices.ContainsFunc(buttons, func(b Button) bool { return b.Act == e.act }) {
			more = append(more, e.button(s, r))
		}
	}
	if b, ok := r.TogetherButton(); ok {
		more = append([]Button{b}, more...)
	}
	return buttons, more
}

// entry is one thing to press: the catalogue's label and the command.
type entry struct{ label, act string }

func (e entry) button(s *Settings, r Request) Button {
	b := PressButton(e.label, e.act, r.ID())
	switch e.act {
	case "wake":
		b.Label = Say(e.label, "Person", nameOf(s, r.Assignee))
	case "class":
		b.Value += " " + string(Expedite)
	case "client":
		b.Value = r.Client
	}
	return b
}

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
	if _, sleeps := s.BriefAt(r); sleeps {
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
	case r.MergedInto != 0:
		return []entry{note}
	case r.Unfiled:
		return []entry{{"button.refile", "reopen"}, note}
	case r.State == Closed:
		return []entry{{"button.reopen", "reopen"}, note}
	case r.State == Solved:
		return aside(r, []entry{{"button.reopen", "reopen"}, note}, entry{"button.close", "close"})
	}
	entries := []entry{{"button.give", "give"}}
	if r.Level < MaxLevel {
		entries = append(entries, entry{"button.escalate", "escalate"})
	}
	if !r.WaitsForClient() {
		entries = append(entries, entry{"button.ask", "ask"})
	}
	entries = append(entries, entry{"button.hold_vendor", "hold"}, entry{"button.pause", "pause"}, note)
	if len(r.CauseOf) == 0 { // what others wait for goes on by itself
		entries = append(entries, entry{"button.merge", "merge"})
	}
	entries = append(entries, entry{"button.split", "split"})
	if r.Kind != KindComplaint {
		entries = append(entries, entry{"button.convert", "convert"})
	}
	end := entry{"button.close", "close"}
	if r.State == New && r.Returns == 0 {
		end = entry{"button.no_request", "close"}
	}
	return aside(r, entries, end)
}

// aside adds what is not about the work: the company, if there is one, that it
// is a complaint, unless it is known to be, and the end.
func aside(r Request, entries []entry, end entry) []entry {
	if r.Client != "" {
		entries = append(entries, entry{"button.client", "client"})
	}
	if r.Kind != KindComplaint {
		entries = append(entries, entry{"button.complain", "complaint"})
	}
	return append(entries, end)
}
