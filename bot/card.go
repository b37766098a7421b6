package bot

import (
	"strings"
	"unicode/utf8"
)

// maxCardWords is how much of the first message a card shows, in characters.
const maxCardWords = 280

// Card is the team's side of a request as one message: number, title and
// state; whose it is and how it came; the words; buttons. Where card and
// conversation are one thread the words stand above it already.
func Card(s *Settings, r Request) Message {
	t := cardHead(s, r)
	if !r.OneFace() {
		t = t.Plus(Break()).Plus(cardOrigin(s, r))
		if w := cardWords(r.Words); w != "" && w != r.Title {
			t = t.Plus(Break(), BlockQuote(w))
		}
	}
	if r.Returns > 0 && !r.Ended() {
		t = t.Plus(Break(), Words("card.returns", "Count", r.Returns))
	}
	buttons, more := cardButtons(r)
	return Message{Text: t, Preview: Say("card.preview", "Request", r.Part(), "Client", Quote(clientOr(r)), "Title", Quote(shorten(r.Title, 70))),
		Buttons: buttons, More: more, Card: true}
}

// PrivateCard is all that those who may not read a private request see of it.
func PrivateCard(s *Settings, r Request) Message {
	return Message{Text: Say("card.private", "Request", r.Part(), "Person", nameOf(s, r.Assignee)), Card: true}
}

func cardHead(s *Settings, r Request) Text {
	t := Text{Parts: []Part{r.Part(), Quote(" · "), Quote(r.Title), Quote("  ")}}
	t = t.Plus(stateWords(s, r))
	if showsLevel(r) {
		t = t.Plus(Quote(" · L" + itoa(int64(r.Level))))
	}
	return t
}

// showsLevel reports whether the level stands behind the state: an escalated
// request names it within, and what is done has none.
func showsLevel(r Request) bool {
	return !r.Ended() && (r.Level == 1 || r.Returns > 0 || r.State == Waiting || r.State == Snoozed)
}

// stateWords are the state as people see it: a mark, and who owes the next step.
func stateWords(s *Settings, r Request) Part {
	who := nameOf(s, r.Assignee)
	switch {
	case r.State == Closed:
		return Words("state.closed")
	case r.State == Solved && r.Confirmed:
		return Words("state.confirmed", "Person", nameOf(s, r.Requester))
	case r.State == Solved:
		return Words("state.solved", "Person", nameOf(s, r.Assignee), "When", At(r.SolvedAt))
	case r.Returns > 0 && r.Assignee == "":
		return Words("state.came_back")
	case r.Returns > 0:
		return Words("state.came_back_to", "Person", who)
	case r.State == Waiting:
		return Words("state.waiting")
	case r.State == Snoozed:
		return Words("state.snoozed")
	case r.Level > 1 && r.Assignee == "":
		return Words("state.escalated_nobody", "Level", r.Level)
	case r.Level > 1:
		return Words("state.escalated", "Level", r.Level, "Person", who)
	case r.Assignee != "":
		return Words("state.open", "Person", who)
	}
	return Words("state.new")
}

func nameOf(s *Settings, id string) Part {
	p := s.Person(Actor{ID: id})
	return Part{Kind: PartPerson, Person: p.ID, Text: p.Name}
}

func cardOrigin(s *Settings, r Request) Part {
	requester := Part{Kind: PartPerson, Person: r.Requester, Text: r.Name}
	id := "card.by_chat"
	if r.Source == "email" {
		id = "card.by_mail"
	}
	place := r.Home.Channel
	if c, ok := s.Channel(r.Home); ok {
		place = "#" + c.Name
	} else if r.Home.IsDirect() {
		id = "card.by_direct"
	}
	return Words(id, "Client", Quote(clientOr(r)), "Person", requester, "Place", Quote(place))
}

func clientOr(r Request) string {
	if r.Client != "" {
		return r.Client
	}
	return r.Name
}

// cardWords cuts the words of a request to what a card can hold.
func cardWords(s string) string {
	s = strings.TrimSpace(s)
	lines := strings.SplitN(s, "\n", 5)
	cut := len(lines) > 4
	if cut {
		lines = lines[:4]
	}
	s = strings.Join(lines, "\n")
	if utf8.RuneCountInString(s) > maxCardWords {
		return shorten(s, maxCardWords)
	}
	if cut {
		s += " …"
	}
	return s
}

// cardButtons are at most three buttons, the likely one first, and the rest.
func cardButtons(r Request) (buttons, more []Button) {
	press := func(label, act string) Button { return PressButton(label, act, r.ID()) }
	switch {
	case r.State == Closed:
		return nil, []Button{press("button.reopen", "reopen"), press("button.note", "note")}
	case r.State == Solved && r.Confirmed:
		return nil, []Button{press("button.reopen", "reopen"), press("button.note", "note"), press("button.close", "close")}
	case r.State == Solved:
		return []Button{press("button.take_back", "undo"), press("button.reply", "reply")},
			[]Button{press("button.reopen", "reopen"), press("button.note", "note"), press("button.close", "close")}
	case r.Assignee == "" && r.Level >= MaxLevel:
		return []Button{press("button.take", "take"), press("button.reply", "reply"), press("button.solve", "solve")},
			[]Button{press("button.note", "note"), press("button.close", "close")}
	case r.Assignee == "":
		return []Button{press("button.take", "take"), press("button.reply", "reply"), press("button.escalate", "escalate")},
			[]Button{press("button.solve", "solve"), press("button.note", "note"), press("button.close", "close")}
	}
	buttons = []Button{press("button.reply", "reply"), press("button.escalate", "escalate"), press("button.solve", "solve")}
	if r.Level >= MaxLevel {
		buttons = []Button{press("button.reply", "reply"), press("button.solve", "solve")}
	}
	return buttons, []Button{press("button.take", "take"), press("button.note", "note"), press("button.close", "close")}
}

// RequestLine is a request in a list: number, company, title, state.
func RequestLine(s *Settings, r Request) []Part {
	return []Part{r.Part(), Quote(" · " + clientOr(r) + " · " + shorten(r.Title, 80) + "  "), stateWords(s, r)}
}

// ClientLine is a request as its client reads it: no state words, no levels,
// only what happens next.
func ClientLine(s *Settings, r Request) Text {
	id, who := "client.we_have_it", nameOf(s, r.Assignee)
	switch {
	case r.State == Closed:
		id = "client.closed"
	case r.State == Solved:
		id = "client.done"
	case r.State == Waiting:
		id = "client.your_turn"
	case r.Returns > 0:
		id = "client.looking_again"
	case r.Assignee != "":
		id = "client.on_it"
	}
	return Text{Parts: []Part{r.Part(), Quote(" · " + r.Title + "  "), Words(id, "Person", who)}}
}

// CardKey is the key of the delivery that posts a request's card.
func CardKey(number int64) string { return "card:" + RequestID(number) }

// PutCard posts the card of a new request, or edits it in place. Edits that
// wait are replaced by newer ones.
func PutCard(tx Tx, r Request) error {
	s := tx.Settings()
	m := Card(s, r)
	if r.Private {
		m = PrivateCard(s, r)
	}
	Localize(&m, s.LanguageFor(r.Desk, Person{}))
	d := Delivery{Key: CardKey(r.Number), To: r.Desk, Op: OpPost, Urgency: UrgentPost, Request: r.Number, Face: FaceDesk, Message: m, TeamSide: true}
	if r.OneFace() {
		d.Face = FaceHome
	}
	if r.Version > 1 {
		d.Op, d.Card, d.After = OpEdit, CardKey(r.Number), CardKey(r.Number)
		d.Key = CardKey(r.Number) + ":v" + itoa(int64(r.Version))
	}
	if !r.OneFace() {
		d.To = r.Desk.Top()
	} else if r.Home.Thread == "" && d.Op == OpPost {
		d.After = rootKey(r.Number)
	}
	return tx.PutDelivery(d)
}
