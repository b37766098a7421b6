package bot

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"meridian/bot/say"
)

// Whom says who gets the answers to a mail that was forwarded.
type Whom string

// Who is answered: the one who forwarded it, the one who wrote it first, as far
// as the mail shows, or both. What the desk sends by itself goes to the
// forwarder alone.
const (
	ToForwarder Whom = "forwarder"
	ToOriginal  Whom = "original"
	ToBoth      Whom = "both"
)

// Passed is the mail that a requester passed on. Who wrote it is a guess: the
// words that say so can be changed by anybody, and people of the team put it
// right. It is a fact on the card, and nobody is written to because of it but by
// the choice of a person or of the client.
type Passed struct {
	From    Address   `json:",omitzero"`  // who wrote it; zero: nobody knows
	Date    string    `json:",omitempty"` // as written there, in whatever language
	Subject string    `json:",omitempty"` // as written there
	Found   []Address `json:",omitempty"` // whom else the mail names, one of whom may have written it
}

const (
	// maxFound is how many addresses of a forward are kept.
	maxFound = 8
	// maxAbove is how much of the forwarder's own words is shown at once, and
	// maxForwarded how much of the forwarded mail, in characters.
	maxAbove     = 1000
	maxForwarded = 1500
)

// abovePrefix begins the message of the comment that keeps what somebody wrote
// above a forward.
const abovePrefix = "above:"

// AboveMessage is the message of the comment that keeps what its sender wrote
// above the mail that they passed on. It is the team's alone.
func AboveMessage(mail string) string { return abovePrefix + mail }

// IsAbove reports whether a comment keeps what somebody wrote above a forward.
func IsAbove(c Comment) bool { return strings.HasPrefix(c.Message, abovePrefix) }

// PassedOn reads of a mail what it passes on; nil: nothing.
func (s *Settings) PassedOn(m *Mail) *Passed {
	if m == nil || m.Forwarded == nil {
		return nil
	}
	f := m.Forwarded
	p := &Passed{From: f.From, Date: f.Date, Subject: f.Subject}
	if s.Ours(p.From.Address) { // a mail of our own that comes back says nothing of who wants something
		p.From = Address{}
	}
	for _, a := range slices.Concat([]Address{p.From}, f.To, f.Cc, addressesIn(f.Text)) {
		known := func(o Address) bool { return strings.EqualFold(o.Address, a.Address) }
		if strings.Contains(a.Address, "@") && !s.Ours(a.Address) && !known(m.From) && !slices.ContainsFunc(p.Found, known) && len(p.Found) < maxFound {
			p.Found = append(p.Found, a)
		}
	}
	return p
}

// addressesIn are the mail addresses that stand in a text.
func addressesIn(text string) (found []Address) {
	for _, w := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" \t\n\r<>()[]\",;:'«»“”", c) }) {
		w = strings.TrimPrefix(strings.Trim(w, ".!?*_"), "mailto:")
		if IsMailAddress(w) && len(found) < maxFound {
			found = append(found, Address{Address: w})
		}
	}
	return found
}

// IsMailAddress reports whether a word has the form of a mail address that can
// be written to.
func IsMailAddress(w string) bool {
	local, domain, ok := strings.Cut(w, "@")
	labels := strings.Split(domain, ".")
	return ok && local != "" && len(w) <= 254 && len(labels) > 1 && !slices.Contains(labels, "") &&
		!strings.ContainsAny(w, " \t\r\n\"<>()[]\\,;:") && !strings.Contains(domain, "@") && strings.IndexFunc(w, func(c rune) bool { return c < ' ' || c == 0x7f }) < 0
}

// Original is what to call whoever wrote the mail that was forwarded; empty: it
// was not, or nobody knows.
func (r Request) Original() string {
	if r.Passed == nil {
		return ""
	}
	return cmp.Or(r.Passed.From.Name, r.Passed.From.Address)
}

// OriginalHome is the company of whoever wrote the mail that was forwarded, by
// the domain of their address: a client's name, or the domain itself; empty: it
// is not known, or says nothing.
func (s *Settings) OriginalHome(r Request) string {
	if r.Passed == nil || r.Passed.From.Address == "" {
		return ""
	}
	address := strings.ToLower(r.Passed.From.Address)
	if client := s.ClientOf("email:" + address); client != "" {
		return client
	}
	domain := address[strings.LastIndexByte(address, '@')+1:]
	if IsPublicDomain(domain) || r.Passed.From.Name == "" {
		return ""
	}
	return domain
}

// originalWords name who wrote a forwarded mail, with their company.
func (s *Settings) originalWords(r Request) string {
	home := s.OriginalHome(r)
	if home == "" || home == r.Client {
		return r.Original()
	}
	return r.Original() + " (" + home + ")"
}

// AnswersGoTo is whom the rule of a request's client names for the answers to
// what its people forward. Where it is not known who wrote it, that is the
// forwarder.
func (s *Settings) AnswersGoTo(r Request) Whom {
	if r.Passed == nil || r.Passed.From.Address == "" || r.Home.Adapter != "email" {
		return ToForwarder
	}
	c, _ := s.ClientNamed(r.Client)
	return cmp.Or(c.Answer, ToForwarder)
}

// AddressesOf are the addresses that a choice of whom to answer stands for.
func (r Request) AddressesOf(to Whom) []Address {
	home := r.MailAddress()
	if r.Passed == nil || r.Passed.From.Address == "" || strings.EqualFold(r.Passed.From.Address, home.Address) {
		return []Address{home}
	}
	switch to {
	case ToOriginal:
		return []Address{r.Passed.From}
	case ToBoth:
		return []Address{home, r.Passed.From}
	}
	return []Address{home}
}

// isToOriginal reports whether who wrote the forwarded mail is among addresses.
func (r Request) isToOriginal(to []Address) bool {
	return r.Passed != nil && r.Passed.From.Address != "" && slices.ContainsFunc(to, func(a Address) bool { return strings.EqualFold(a.Address, r.Passed.From.Address) })
}

// addressTo makes a mail one to others than the client alone. Whoever wrote the
// forwarded mail reads their own subject above it, not the forwarder's.
func (m *Mail) addressTo(r Request, to []Address) {
	if len(to) == 0 {
		return
	}
	m.To = to
	if !r.isToOriginal(to) {
		return
	}
	if subject := TitleOfSubject(r.Passed.Subject); subject != "" {
		m.SubjectText = Say("mail.subject", "Request", Quote(r.ID()), "Title", Quote(subject)).For(m.SubjectText.Language)
	}
	if !slices.Contains(to, r.MailAddress()) { // the forwarder's mail is in nobody else's mailbox
		m.References, m.InReplyTo = nil, ""
	}
}

// ForwardKey is the key of the message that shows the team what was forwarded.
func ForwardKey(number int64) string { return "forward:" + RequestID(number) }

// ShowForward shows the team a mail that was forwarded, below the card: what
// its forwarder wrote above it, which leaves the desk by no way, and the mail.
func ShowForward(tx Tx, r Request) error {
	m, err := forwardMessage(tx, r)
	if err != nil {
		return err
	}
	return ToDesk(tx, r, Delivery{Key: ForwardKey(r.Number), Message: m})
}

// keepForward brings that message up to date where somebody has said who wrote
// the mail, or has taken that back.
func keepForward(tx Tx, before, r Request) error {
	if before.Passed == nil || r.Passed == nil || before.Passed.From == r.Passed.From {
		return nil
	}
	if _, _, err := tx.Delivery(ForwardKey(r.Number)); errors.Is(err, ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	m, err := forwardMessage(tx, r)
	if err != nil {
		return err
	}
	key := ForwardKey(r.Number)
	return ToDesk(tx, r, Delivery{Key: key + ":v" + itoa(int64(r.Version)), Op: OpEdit, Card: key, After: key, Message: m})
}

func forwardMessage(v View, r Request) (Message, error) {
	comments, err := v.Comments(r.Number)
	i := slices.IndexFunc(comments, func(c Comment) bool { return c.Visibility == ForClient })
	if err != nil || i < 0 {
		return Message{}, err
	}
	first, above := comments[i], ""
	for _, c := range comments {
		if c.Message == AboveMessage(first.Message) && !c.Deleted {
			above = c.Text
		}
	}
	s := v.Settings()
	lines := [][]Part{forwardedBy(r.Name, above), s.originalLine(r, v.Now())}
	if words := strings.TrimSpace(first.Text); words != "" {
		lines = append(lines, []Part{BlockQuote(shorten(words, maxForwarded))})
	}
	lines = append(lines, fileLine(first.Files), s.takenLine(r))
	return MessageOf(inLines(lines), PressButton("button.wrong", "original", r.ID())), nil
}

// forwardedBy says who forwarded a mail, and what they wrote above it.
func forwardedBy(name, above string) []Part {
	line := []Part{Words("forward.by", "Name", name)}
	if above = strings.Join(strings.Fields(above), " "); above != "" {
		line = append(line, Quote(" "), Words("forward.above", "Words", shorten(above, maxAbove)))
	}
	return line
}

// ForwardHead says who passes a mail on within the conversation of a request,
// what they wrote above it, and who wrote it.
func ForwardHead(s *Settings, r Request, name string, m Mail, above string, now time.Time) Text {
	r.Passed = s.PassedOn(&m)
	return inLines([][]Part{forwardedBy(name, above), s.originalLine(r, now)})
}

// originalLine is the head of the forwarded mail: who wrote it, when, and under
// which subject.
func (s *Settings) originalLine(r Request, now time.Time) []Part {
	var line []Part
	add := func(p Part) {
		if len(line) > 0 {
			line = append(line, Quote(", "))
		}
		line = append(line, p)
	}
	if p := r.Passed.From; p.Name != "" && p.Address != "" {
		add(Quote(p.Name + " <" + p.Address + ">"))
	} else if r.Original() != "" {
		add(Quote(r.Original()))
	}
	if r.Passed.Date != "" {
		add(s.writtenWhen(r, now))
	}
	if r.Passed.Subject != "" {
		add(Words("forward.subject", "Subject", shorten(r.Passed.Subject, maxTitle)))
	}
	if len(line) == 0 {
		return nil
	}
	return append([]Part{Words("forward.original"), Quote(" ")}, line...)
}

// writtenWhen is when a forwarded mail was written: on the client's clock where
// its date can be read, else as it stands there.
func (s *Settings) writtenWhen(r Request, now time.Time) Part {
	zone := s.ClientZone(r)
	at, ok := writtenAt(r.Passed.Date, zone, now)
	if !ok || now.Year() != at.Year() {
		return Quote(shorten(r.Passed.Date, 80))
	}
	style := say.DayClock
	if now.Sub(at).Abs() >= 6*24*time.Hour {
		style = say.Moment
	}
	if zone == nil {
		return At(at)
	}
	return s.There(at, zone, style)
}

func fileLine(files []File) []Part {
	if len(files) == 0 {
		return nil
	}
	var names []string
	for _, f := range files[:min(len(files), filesNamed)] {
		names = append(names, f.Name)
	}
	if len(files) == 1 {
		return []Part{Quote(names[0])}
	}
	return []Part{Quote(strings.Join(names, ", ") + " ("), Words("card.files", "Count", len(files)), Quote(")")}
}

// takenLine says whom the desk takes for the writer of a forwarded mail, and who
// is answered.
func (s *Settings) takenLine(r Request) []Part {
	taken := Words("forward.taken_nobody")
	switch {
	case r.Original() != "" && r.Passed.From.Address == "":
		taken = Words("forward.taken_nowhere", "Original", r.Original())
	case r.Original() != "":
		taken = Words("forward.taken", "Original", r.Original())
	}
	return []Part{taken, Quote(" "), s.answersLine(r)}
}

// answersLine says whom we answer: by the rule of a client that we know, else
// by the rule for everybody.
func (s *Settings) answersLine(r Request) Part {
	rule := Quote("")
	if _, known := s.ClientNamed(r.Client); known {
		rule = Words("forward.rule", "Client", r.Client)
	}
	switch s.AnswersGoTo(r) {
	case ToOriginal:
		return Words("forward.answers_original", "Name", r.Name, "Original", r.Original(), "What", rule)
	case ToBoth:
		return Words("forward.answers_both", "Name", r.Name, "Original", r.Original(), "What", rule)
	}
	if r.Passed.From.Address == "" {
		return Words("forward.answers_only", "Name", r.Name)
	}
	return Words("forward.answers", "Name", r.Name, "Original", r.Original(), "What", rule)
}
