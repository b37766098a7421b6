package bot

import (
	"errors"
	"slices"
	"strings"
)

// Seclude makes the request private: from now on its words are for leads, for
// whoever has it, and for the readers. Of a private one it adds readers.
func (r *Request) Seclude(readers []Person) *Error {
	added := slices.Clone(r.Readers)
	for _, p := range readers {
		if !slices.ContainsFunc(added, p.Is) {
			added = append(added, p.ID)
		}
	}
	if r.Private && len(added) == len(r.Readers) {
		return Refuse("refuse.private_already", "Request", r.Part())
	}
	slices.Sort(added)
	r.Private, r.Readers = true, added
	return nil
}

// Complain makes the request a complaint, which is private. It is the keeper's:
// not that of the person whom it may be about.
func (r *Request) Complain(keeper Person) *Error {
	if r.Kind == KindComplaint && r.Private {
		return Refuse("refuse.complaint_already", "Request", r.Part())
	}
	r.Kind, r.Private = KindComplaint, true
	r.Assignee = keeper.ID
	if r.State == New {
		r.State = Open
	}
	return nil
}

// Publish ends that the request is private.
func (r *Request) Publish() *Error {
	if !r.Private {
		return Refuse("refuse.not_private", "Request", r.Part())
	}
	r.Private, r.Readers = false, nil
	return nil
}

// Leads are the people who read everything: leads, or where there are none the
// admins.
func (s *Settings) Leads() []Person {
	for _, role := range []Role{Lead, Admin} {
		var found []Person
		for _, p := range s.People {
			if p.Role == role {
				found = append(found, p)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// Keeper is the lead whose a private request becomes: the one who has it, the
// one who makes it private, or the first.
func (s *Settings) Keeper(r Request, by Person) (Person, bool) {
	leads := s.Leads()
	for _, p := range leads {
		if p.Is(r.Assignee) {
			return p, true
		}
	}
	if by.Role == Lead || by.Role == Admin {
		return by, true
	}
	if len(leads) == 0 {
		return Person{}, false
	}
	return leads[0], true
}

// Confidants are who carries on the conversation of a private request: whoever
// has it and its readers, or where there is nobody the leads.
func (s *Settings) Confidants(r Request) []Person {
	var found []Person
	for _, id := range append([]string{r.Assignee}, r.Readers...) {
		p := s.Person(Actor{ID: id})
		if p.Team() && !slices.ContainsFunc(found, func(o Person) bool { return o.ID == p.ID }) {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		return s.Leads()
	}
	return found
}

// ToDesk shows the team something of a request: in the thread of its card, or
// of a private one to each of its confidants by direct message. d has the key,
// the message and, where it is not a post, the operation; then After is the key
// under which the post was shown.
func ToDesk(tx Tx, r Request, d Delivery) error {
	if d.Op == "" {
		d.Op = OpPost
	}
	d.Request, d.TeamSide, d.Face = r.Number, true, FaceDesk
	if r.Private {
		return toConfidants(tx, r, d)
	}
	if r.OneFace() {
		d.Face = FaceHome
	}
	if fresh, err := r.unseen(tx); err != nil || fresh {
		if err = errors.Join(err, putCard(tx, r, true)); err != nil {
			return err
		}
	}
	if d.After == "" {
		d.After = CardKey(r.Number)
	}
	d.To = r.Desk.Top()
	Localize(&d.Message, tx.Settings().LanguageFor(d.To, Person{}))
	return tx.PutDelivery(d)
}

// toConfidants gives each confidant a delivery of their own. Who did not get the
// post has nothing to be edited.
func toConfidants(tx Tx, r Request, d Delivery) error {
	s := tx.Settings()
	for _, who := range s.Confidants(r) {
		id := chatID(who)
		if id == "" {
			continue
		}
		own := d
		own.Key, own.To = d.Key+":"+who.ID, Direct(id)
		if d.Op != OpPost {
			own.After = d.After + ":" + who.ID
			if own.Card != "" {
				own.Card += ":" + who.ID
			}
			if _, _, err := tx.Delivery(own.After); errors.Is(err, ErrNotFound) {
				continue
			} else if err != nil {
				return err
			}
		}
		own.Message.Buttons = slices.Clone(d.Message.Buttons)
		Localize(&own.Message, s.LanguageFor(own.To, who))
		if err := tx.PutDelivery(own); err != nil {
			return err
		}
	}
	return nil
}

// inherit makes a request that continues a private one as private. A complaint is
// private already, and not for those who carry the other on: it may be about them.
func inherit(v View, r *Request) error {
	if r.LinkedTo == 0 || r.Private {
		return nil
	}
	old, err := v.Request(r.LinkedTo)
	if errors.Is(err, ErrNotFound) || err == nil && !old.Private {
		return nil
	}
	if err != nil {
		return err
	}
	r.Private, r.Readers = true, slices.Clone(old.Readers)
	keeper, ok := v.Settings().Keeper(old, Person{})
	if r.Assignee = old.Assignee; r.Assignee == "" && ok {
		r.Assignee = keeper.ID
	}
	if r.Assignee != "" {
		r.State = Open
	}
	return nil
}

// tellInherited gives the words of a request that is private from the start to
// those who carry it on. Of a complaint they are told otherwise.
func (f Filing) tellInherited(tx Tx, r Request) error {
	if !r.Private || f.Complaint {
		return nil
	}
	return ToDesk(tx, r, Delivery{Key: "filed:" + r.ID(), Message: PrivateWords(tx.Settings(), r)})
}

// PrivateWords are a private request as those who carry it on get it.
func PrivateWords(s *Settings, r Request) Message {
	var names []string
	for _, p := range s.Confidants(r) {
		names = append(names, p.Name)
	}
	t := Say("told.private", "Request", r.Part(), "Title", Quote(r.Title), "Name", r.Name, "List", strings.Join(names, ", "))
	if words := shorten(strings.TrimSpace(r.Words), maxPrivateWords); words != "" && words != r.Title {
		t = t.Plus(Break(), BlockQuote(words))
	}
	return MessageOf(t, PressButton("button.reply", "reply", r.ID()), PressButton("button.give", "give", r.ID()))
}

// maxPrivateWords is how much of a private request's first message is sent, in
// characters: the rest is on its page.
const maxPrivateWords = 1000

// ClientPlace is where the client of a request is answered. What is private is
// not said in a thread that all colleagues read.
func ClientPlace(s *Settings, r Request) Place {
	if id := chatID(s.Person(Actor{ID: r.Requester})); r.Private && r.OneFace() && id != "" {
		return Direct(id)
	}
	return r.Home
}

// LeaveDesk takes back what the desk itself has posted of a request in the
// team's channel, but for the card. It is done when the request becomes private.
func LeaveDesk(tx Tx, r Request) error {
	if r.OneFace() {
		return nil // what stands there was said to the client
	}
	for _, op := range []Op{OpEdit, OpPost, OpUpload} {
		all, err := tx.Deliveries(DeliveryQuery{Op: op, Request: r.Number, Limit: 1000})
		if err != nil {
			return err
		}
		for _, d := range all {
			if d.Key == CardKey(r.Number) || d.Card == CardKey(r.Number) || d.To.Top() != r.Desk.Top() {
				continue
			}
			if err := takeDown(tx, r, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeDown drops what waits, and deletes what was posted.
func takeDown(tx Tx, r Request, d Delivery) error {
	if d.State == DeliveryWaiting {
		if dropped, err := tx.DropDelivery(d.Key); err != nil || dropped {
			return err
		}
	}
	if d.Op != OpPost && d.Op != OpUpload || d.State == DeliveryDead || d.State == DeliveryExpired {
		return nil
	}
	return tx.PutDelivery(Delivery{Key: d.Key + ":gone", After: d.Key, Op: OpDelete, To: r.Desk.Top(), Request: r.Number, Face: FaceDesk, TeamSide: true})
}

// Hushed is the number of the complaint that stopped everything automatic to a
// person; 0: none did.
func Hushed(v View, who Person) (int64, error) {
	ids := who.IDs
	if !slices.Contains(ids, who.ID) {
		ids = append([]string{who.ID}, ids...)
	}
	for _, id := range ids {
		c, err := v.Contact(id)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return 0, err
		}
		if err == nil && c.Quiet != 0 {
			return c.Quiet, nil
		}
	}
	return 0, nil
}

// Hush stops everything automatic to the requester of a complaint. Lifting it
// is Unhush.
func Hush(tx Tx, r Request) error {
	who := tx.Settings().Person(Actor{ID: r.Requester, Name: r.Name})
	c, err := tx.Contact(who.ID)
	if errors.Is(err, ErrNotFound) {
		c, err = Contact{ID: who.ID, Name: r.Name, Client: r.Client, First: tx.Now(), Last: tx.Now()}, nil
	}
	if err != nil {
		return err
	}
	c.Quiet = r.Number
	return tx.SaveContact(c)
}

// Unhush lets the desk write by itself again to a person whom a complaint had
// stopped it for.
func Unhush(tx Tx, who Person) error {
	for _, id := range append([]string{who.ID}, who.IDs...) {
		c, err := tx.Contact(id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if c.Quiet == 0 {
			continue
		}
		c.Quiet = 0
		if err := tx.SaveContact(c); err != nil {
			return err
		}
	}
	return nil
}
