package bot

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"meridian/bot/say"
)

const (
	// maxCardWords is how much of the first message a card shows, in characters.
	maxCardWords = 280
	// maxPreview is the length of the sentence that a phone shows of a new card,
	// in characters.
	maxPreview = 120
)

// Card is the team's side of a request as one message of five lines: number,
// title and state; whose it is and how it came; the words; what helps; what is
// due. Below them stand who answers at this moment and which requests belong
// to it. Where card and conversation are one thread, what stands above it
// already is left out. It offers all that the request itself allows, see [CardOf].
func Card(s *Settings, r Request) Message {
	lines := [][]Part{cardHead(s, r)}
	if !r.OneFace() {
		lines = append(lines, cardWhose(s, r), cardWords(s, r), cardClues(s, r))
	}
	lines = append(lines, cardDue(s, r), cardAnswering(s, r), cardFolded(r), r.Together())
	buttons, more := cardButtons(s, r)
	return Message{Text: inLines(lines), Preview: preview(s, r), Buttons: buttons, More: more, Card: true}
}

// PrivateCard is all that those who may not read a private request see of it.
func PrivateCard(s *Settings, r Request) Message {
	return Message{Text: Say("card.private", "Request", r.Part(), "Person", nameOf(s, r.Assignee)), Card: true}
}

// preview is what people read of a new card on the phone at night: one
// sentence, the number first.
func preview(s *Settings, r Request) Text {
	client := shorten(clientOr(r), 30)
	id, args := "card.preview", []any{"Request", r.Part(), "Client", Quote(client)}
	room := maxPreview - len("R-: ") - len(r.ID()) - utf8.RuneCountInString(client)
	due, ok := s.FirstAnswerBy(r)
	if ok && r.AnsweredAt.IsZero() && !r.Ended() && due.After(r.UpdatedAt) {
		id, args = "card.preview_due", append(args, "When", At(due))
		room -= dueRoom
	}
	return Say(id, append(args, "Title", Quote(shorten(r.Title, room)))...)
}

// dueRoom is how much room the longest sentence about the first answer takes in
// a preview, with a date in it: ". First answer by Wed 23 September 12:40.".
const dueRoom = 44

// inLines puts each line that says something below the other.
func inLines(lines [][]Part) (t Text) {
	for _, line := range lines {
		if len(line) == 0 {
			continue
		}
		if len(t.Parts) > 0 {
			t = t.Plus(Break())
		}
		t = t.Plus(line...)
	}
	return t
}

// between puts a dot between what stands in one line.
func between(groups ...[]Part) (line []Part) {
	for _, g := range groups {
		if len(g) == 0 {
			continue
		}
		if len(line) > 0 {
			line = append(line, Quote(" · "))
		}
		line = append(line, g...)
	}
	return line
}

func cardHead(s *Settings, r Request) []Part {
	groups := [][]Part{cardState(s, r)}
	if showsLevel(r) {
		groups = append(groups, []Part{Quote("L" + itoa(int64(r.Level)))})
	}
	if r.Class != Standard && r.Class != "" && (r.State == New || r.State == Open) && !wasBack(r) {
		groups = append(groups, []Part{ClassWords(r.Class)})
	}
	return append([]Part{r.Part(), Quote(" · "), Quote(r.Title), Quote("  ")}, between(groups...)...)
}

// showsLevel reports whether the level stands behind the state: an escalated
// request names it within, and who waits for somebody else or has it back does
// not ask for it.
func showsLevel(r Request) bool {
	if r.State == Waiting || r.Ended() {
		return false
	}
	return r.Level == 1 && !wasBack(r) && r.State != Snoozed || r.Level > 1 && wasBack(r)
}

// wasBack reports whether a request came back and is ours again.
func wasBack(r Request) bool { return r.Returns > 0 && (r.State == Open || r.State == New) }

// cardState is the state as the card shows it: a mark, who owes the next step,
// and since when.
func cardState(s *Settings, r Request) []Part {
	who := s.heldBy(r)
	switch {
	case r.State == Closed:
		return []Part{closedWords(s, r)}
	case r.State == Solved && r.Confirmed:
		return between([]Part{Words("state.confirmed_at", "Person", confirmerOf(s, r), "When", s.AtClient(r.ConfirmedAt, r, say.DayClock))}, confirmedEnd(s))
	case r.State == Solved:
		return []Part{Words("state.solved_at", "Person", nameOf(s, cmp.Or(r.Solver, r.Assignee)), "When", At(r.SolvedAt))}
	case r.State == Waiting:
		return between([]Part{waitsFor(s, r)}, who)
	case r.State == Snoozed:
		return between([]Part{Words("state.snoozed", "Until", At(r.Until))}, who)
	case r.Returns > 0:
		return between([]Part{Words("state.back", "Number", nth(r.Returns))}, s.orNobody(r))
	}
	return []Part{stateWords(s, r)}
}

// stateWords are the state in a few words, as a list shows it.
func stateWords(s *Settings, r Request) Part {
	who := nameOf(s, r.Assignee)
	switch {
	case r.State == Closed:
		return Words("state.closed")
	case r.State == Solved && r.Confirmed:
		return Words("state.confirmed", "Person", confirmerOf(s, r))
	case r.State == Solved:
		return Words("state.solved")
	case r.State == Waiting:
		return waitsFor(s, r)
	case r.State == Snoozed:
		return Words("state.snoozed", "Until", At(r.Until))
	case r.Returns > 0 && r.Assignee == "":
		return Words("state.came_back")
	case r.Returns > 0:
		return Words("state.came_back_to", "Person", who)
	case r.Level > 1 && r.Assignee == "":
		return Words("state.escalated_nobody", "Level", r.Level)
	case r.Level > 1:
		return escalatedTo(s, r)
	case r.Assignee != "":
		return Words("state.open", "Person", who)
	}
	return Words("state.new")
}

// waitsFor says who owes the next step, and since when.
func waitsFor(s *Settings, r Request) Part {
	switch {
	case r.WaitingFor != "":
		return Words("state.waiting_for", "Name", r.WaitingFor, "Since", s.sinceDay(r))
	case r.Away.After(r.UpdatedAt):
		return Words("state.away", "Name", r.Name, "Until", s.dayAtClient(r.Away, r))
	case r.Since.IsZero():
		return Words("state.waiting", "Name", r.Name)
	}
	return Words("state.waiting_since", "Name", r.Name, "Since", s.Both(r.Since, r))
}

// escalatedTo names who a request was escalated to, and from when they are
// there, if their day has not begun.
func escalatedTo(s *Settings, r Request) Part {
	who := s.Person(Actor{ID: r.Assignee})
	if from, comes := s.BriefAt(r); comes {
		return Words("state.escalated_from", "Level", r.Level, "Person", nameOf(s, r.Assignee), "When", s.There(from, s.ZoneOf(who), near(from, r.UpdatedAt, s.ZoneOf(who))))
	}
	return Words("state.escalated", "Level", r.Level, "Person", nameOf(s, r.Assignee))
}

// closedWords say how a request was closed, and what an answer does now.
func closedWords(s *Settings, r Request) Part {
	zone := s.ZoneOf(Person{})
	if own := s.ClientZone(r); own != nil {
		zone = own
	}
	day := ClockIn(r.ClosedAt, zone, say.Date)
	switch {
	case r.Unfiled:
		return Words("state.unfiled", "When", day, "Emoji", EmojiPart("ticket"))
	case r.ClosedAt.IsZero() || r.MergedInto != 0:
		return Words("state.closed")
	case r.EndedBy == "" && r.SolvedAt.IsZero() && r.Silence != nil && !r.Silence.Sent.IsZero():
		return Words("state.closed_silent", "When", day, "Name", r.Name,
			"Since", ClockIn(r.Silence.Asked, zone, say.DayNumber), "Until", ClockIn(r.Silence.Sent, zone, say.DayNumber))
	case r.EndedBy != "" && r.Outcome != "":
		return Words("state.closed_why", "When", day, "Person", nameOf(s, r.EndedBy), "Reason", shorten(r.Outcome, maxReason))
	case r.Confirmed:
		return Words("state.closed_confirmed", "When", day, "Person", confirmerOf(s, r))
	case !r.SolvedAt.IsZero():
		return Words("state.closed_solved", "When", day, "Name", r.Name)
	}
	return Words("state.closed")
}

// maxReason is how much of a reason a card's first line shows, in characters.
const maxReason = 120

// nth is "1st", "2nd" in the language of the text.
func nth(n int) Part {
	if n > 3 {
		return Words("nth.n", "Number", n)
	}
	return Words("nth." + itoa(int64(n)))
}

func nameOf(s *Settings, id string) Part {
	p := s.Person(Actor{ID: id})
	return Part{Kind: PartPerson, Person: p.ID, Text: p.Name}
}

// confirmerOf is who said that a request is solved: its requester, by the name
// they wrote under, or somebody else whose request it is too.
func confirmerOf(s *Settings, r Request) Part {
	if r.ConfirmedBy.ID != "" {
		return s.Person(r.ConfirmedBy).Part()
	}
	return s.Person(Actor{ID: r.Requester, Name: r.Name}).Part()
}

// heldBy is who has the request; no parts: nobody.
func (s *Settings) heldBy(r Request) []Part {
	if r.Assignee == "" {
		return nil
	}
	return []Part{nameOf(s, r.Assignee)}
}

func (s *Settings) orNobody(r Request) []Part {
	if who := s.heldBy(r); who != nil {
		return who
	}
	return []Part{Words("state.nobody")}
}

func clientOr(r Request) string {
	if r.Client != "" {
		return r.Client
	}
	return r.Name
}

// RequestLine is a request in a list: number, company, title, state.
func RequestLine(s *Settings, r Request) []Part {
	return []Part{r.Part(), Quote(" · " + clientOr(r) + " · " + shorten(r.Title, 80) + "  "), stateWords(s, r)}
}

// ClientLine is a request as its client reads it: no state words, no levels,
// only what happens next.
func ClientLine(s *Settings, r Request) Text {
	return Text{Parts: []Part{r.Part(), Quote(" · " + r.Title + "  "), clientWords(s, r)}}
}

func clientWords(s *Settings, r Request) Part {
	switch {
	case r.State == Closed:
		return Words("client.closed")
	case r.State == Solved:
		return Words("client.done")
	case r.WaitsForClient() && r.Asked != "":
		return Words("client.your_turn_asked", "Words", shorten(strings.Join(strings.Fields(r.Asked), " "), 200))
	case r.WaitsForClient():
		return Words("client.your_turn")
	case r.State == Waiting:
		return Words("client.others", "Name", r.WaitingFor)
	case r.State == Snoozed && !r.Until.IsZero():
		return Words("client.later", "When", s.onDay(s.theirDay(r), r, r.UpdatedAt))
	case r.Returns > 0:
		return Words("client.looking_again")
	case r.Level == MaxLevel && r.Assignee != "":
		return Words("client.developer")
	case r.Assignee != "":
		return Words("client.on_it", "Person", nameOf(s, r.Assignee))
	}
	return Words("client.we_have_it")
}

// CardKey is the key of the delivery that posts a request's card.
func CardKey(number int64) string { return "card:" + RequestID(number) }

// PutCard posts the card of a new request, or edits it in place. Edits that
// wait are replaced by newer ones. The card is drawn when it leaves, see [Draw].
// What came over from another desk and has ended gets none: nobody must act.
func PutCard(tx Tx, r Request) error {
	fresh, err := r.unseen(tx)
	if err != nil || fresh && r.Ended() {
		return err
	}
	return putCard(tx, r, fresh)
}

// putCard is PutCard for a request of which is known whether its card has never
// been posted though it is not new.
func putCard(tx Tx, r Request, fresh bool) error {
	d := Delivery{Key: CardKey(r.Number), To: r.Desk, Op: OpPost, Urgency: UrgentPost, Request: r.Number, Face: FaceDesk, Draws: true, TeamSide: true}
	if r.OneFace() {
		d.Face = FaceHome
	}
	if r.Version > 1 && !fresh {
		d.Op, d.Card, d.After = OpEdit, CardKey(r.Number), CardKey(r.Number)
		d.Key = CardKey(r.Number) + ":v" + itoa(int64(r.Version))
		if tx.Settings().NoEdits {
			return nil
		}
	}
	if !r.OneFace() {
		d.To = r.Desk.Top()
	} else if r.Home.Thread == "" && d.Op == OpPost {
		d.After = rootKey(r.Number)
	}
	return tx.PutDelivery(d)
}

// Draw makes the message of a delivery that shows a card: the request as it is
// when the delivery leaves, so that nobody sees what is over by then, nor what
// has become private meanwhile. It does nothing for other deliveries.
func Draw(v View, d *Delivery) error {
	if !d.Draws {
		return nil
	}
	r, err := v.Request(d.Request)
	if err != nil {
		return fmt.Errorf("draw %s: %w", RequestID(d.Request), err)
	}
	s := v.Settings()
	if d.Message, err = CardOf(v, r); err != nil {
		return fmt.Errorf("draw %s: %w", r.ID(), err)
	}
	if r.Private {
		d.Message = PrivateCard(s, r)
	}
	Localize(&d.Message, s.LanguageFor(r.Desk, Person{}))
	return nil
}

// EnsureCard posts the card of a request that never had one, since it was filed
// when nobody was to be told.
func EnsureCard(tx Tx, r Request) error {
	if r.Desk.Thread != "" {
		return nil
	}
	if _, _, err := tx.Delivery(CardKey(r.Number)); !errors.Is(err, ErrNotFound) {
		return err
	}
	r.Version = 1
	return PutCard(tx, r)
}

// suggested reports whether a new request should be asked about: its words say
// that nothing goes any more, and nobody has said how urgent it is.
func suggested(r Request) bool {
	return r.State == New && r.Clues != nil && r.Clues.Urgent && slices.Contains([]Class{Standard, ""}, r.Class)
}
