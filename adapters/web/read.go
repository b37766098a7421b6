package web

import (
	"html/template"
	"strings"

	"meridian/bot"
	"meridian/bot/say"
)

// readPage is a mail beside what the desk made of it, each part with the piece
// of the mail that it came from.
type readPage struct {
	layout
	Token   string
	Nonce   string
	Place   string
	Becomes string
	Files   bool // it can be filed
	Parts   []mailPart
	Facts   []readFact
	Subject string // of the receipt
	Receipt string
	Card    template.HTML // what the team would see
}

// mailPart is a piece of the mail as it stands in it.
type mailPart struct {
	ID     string // that facts point at
	Label  string
	Text   string
	Header bool
	Folded bool
}

// readFact is one thing that the desk took from the mail.
type readFact struct {
	ID    string
	Name  string
	Value template.HTML
	Plain string // the value without markup
	Piece string // of the mail, in its own words; empty: none alone says so
	Part  string // where that stands: the id of a mailPart
	Why   string // where no piece of the mail says so
}

// maxPiece is how much of a piece stands beside a fact, in characters, and
// maxShown how much of a part of the mail is shown.
const (
	maxPiece = 160
	maxShown = 40_000
)

// fill makes the page of what the desk has made of a mail.
func (page *readPage) fill(a *Adapter, p bot.Pages, me reader, found bot.MailReading) {
	page.Nonce, page.Place = a.nonce(), bot.Direct(me.ID).String()
	page.Becomes = a.plain(becomes(found), me)
	page.Files = found.Becomes == bot.BecomesRequest || found.Becomes == bot.BecomesComment
	page.mailParts(a, me, found.Mail)
	page.facts(a, p, me, found)
	if found.Receipt != nil {
		page.Subject, page.Receipt = a.plain(found.Receipt.SubjectText, me), a.plain(found.Receipt.Body, me)
	}
	if found.Becomes == bot.BecomesRequest {
		card := found.Card.Text
		card.Language = me.Language
		page.Card = a.html(card, me)
	}
}

// becomes says what becomes of the mail.
func becomes(found bot.MailReading) bot.Text {
	switch {
	case found.Becomes == bot.BecomesRequest:
		return bot.Say("web.becomes.request", "Request", found.Request.Part())
	case found.Becomes == bot.BecomesComment && found.Request.Number != 0:
		return bot.Say("web.becomes.comment", "Request", found.Request.Part(), "Title", bot.Quote(found.Request.Title))
	case found.Becomes == bot.BecomesAgain:
		return bot.Say("web.becomes.again")
	case found.Mail.Kind == bot.MailBounce:
		return bot.Say("web.becomes.bounce")
	case found.Mail.Kind == bot.MailAuto:
		return bot.Say("web.becomes.auto")
	}
	return bot.Say("web.becomes.nothing")
}

// mailParts are the mail on the left, cut where the desk cut it.
func (page *readPage) mailParts(a *Adapter, me reader, m bot.Mail) {
	add := func(id string, label bot.Text, text string, header, folded bool) {
		if text = strings.TrimRight(text, "\n "); strings.TrimSpace(text) != "" {
			page.Parts = append(page.Parts, mailPart{ID: id, Label: a.plain(label, me), Text: cut(text, maxShown), Header: header, Folded: folded})
		}
	}
	add("from", bot.Say("web.from"), mailbox(m.From), true, false)
	add("to", bot.Say("web.to"), mailboxes(m.To), true, false)
	add("cc", bot.Say("web.cc"), mailboxes(m.Cc), true, false)
	if !m.Date.IsZero() {
		add("date", bot.Say("web.when"), a.instant(m.Date, me).Full, true, false)
	}
	add("subject", bot.Say("web.subject"), m.Subject, true, false)
	if m.Forwarded == nil {
		add("text", bot.Say("web.part.text"), m.Text, false, false)
		add("quoted", bot.Say("web.part.quoted", "Count", lines(m.Quoted)), m.Quoted, false, true)
	} else {
		add("text", bot.Say("web.part.above"), m.Text, false, false)
		head, rest := forwardHead(m.Quoted)
		add("head", bot.Say("web.part.head"), head, false, false)
		if strings.TrimSpace(rest) == "" {
			rest = m.Forwarded.Text
		}
		add("passed", bot.Say("web.part.passed"), rest, false, false)
	}
	add("signature", bot.Say("web.part.signature"), m.Signature, false, true)
	var names []string
	for _, f := range m.Files {
		names = append(names, f.Name+" ("+size(f.Size)+")")
	}
	add("files", bot.Say("web.part.files"), strings.Join(names, "\n"), false, false)
}

// facts are what the desk took from it, on the right.
func (page *readPage) facts(a *Adapter, p bot.Pages, me reader, found bot.MailReading) {
	m, r, s := found.Mail, found.Request, p.Settings()
	add := func(id string, name, value bot.Text, part, piece string) {
		if len(value.Parts) > 0 {
			page.Facts = append(page.Facts, readFact{ID: id, Name: a.plain(name, me), Value: a.html(value, me), Plain: a.plain(value, me), Part: part, Piece: cut(strings.TrimSpace(piece), maxPiece)})
		}
	}
	why := func(t bot.Text) {
		if n := len(page.Facts); n > 0 {
			page.Facts[n-1].Why = a.plain(t, me)
		}
	}
	if m.Unreadable != "" {
		add("unreadable", bot.Say("web.fact.unreadable"), quoted(m.Unreadable), "text", "")
	}
	sender := bot.Say("web.read.from", "Name", bot.Quote(nameOr(m.From)))
	if m.Forwarded != nil {
		sender = bot.Say("web.read.forwarder", "Name", bot.Quote(nameOr(m.From)))
	}
	add("from", bot.Say("web.from"), sender, "from", mailbox(m.From))
	if r.Client != "" {
		add("client", bot.Say("web.fact.client"), quoted(r.Client), "from", domain(m.From.Address))
		if s.ClientOf("email:"+m.From.Address) != r.Client {
			page.Facts[len(page.Facts)-1].Piece, page.Facts[len(page.Facts)-1].Part = "", ""
			why(bot.Say("web.read.client_why"))
		}
	}
	if m.Forwarded != nil {
		head, _ := forwardHead(m.Quoted)
		add("original", bot.Say("web.fact.original"), quoted(strings.TrimSpace(mailbox(m.Forwarded.From)+", "+m.Forwarded.Date)), "head", head)
	}
	if r.Number == 0 {
		return
	}
	add("title", bot.Say("web.read.title"), quoted(r.Title), page.titlePart(r.Title, m), page.titlePiece(r.Title, m))
	page.wordFacts(add, why, found)
	page.answerFacts(a, s, add, why, found)
	add("kind", bot.Say("web.fact.kind"), bot.Say(bot.KindSay(r.Kind)), "", "")
	why(bot.Say("web.read.kind_why"))
	add("language", bot.Say("web.read.language"), bot.Say("web.read.language."+string(languageOr(r.Language))), "", "")
	page.beside(add, found)
}

// wordFacts are about the words of the mail.
func (page *readPage) wordFacts(add func(id string, name, value bot.Text, part, piece string), why func(bot.Text), found bot.MailReading) {
	m, words := found.Mail, "text"
	if m.Forwarded != nil {
		words = "passed"
	}
	folded := lines(m.Quoted)
	if m.Forwarded != nil {
		folded = lines(m.Signature)
	}
	add("words", bot.Say("web.read.words"), bot.Say("web.read.lines", "Count", lines(found.Request.Words)), words, found.Request.Words)
	if folded > 0 {
		add("folded", bot.Say("web.read.folded"), bot.Say("web.read.folded_lines", "Count", folded), "quoted", "")
	}
	if above := found.Above(); above != "" {
		add("above", bot.Say("web.read.above"), bot.Say("web.read.above_value"), "text", above)
	}
	if found.Urgent != "" {
		add("urgent", bot.Say("web.read.urgent"), bot.Say("web.read.urgent_value"), words, found.Urgent)
	}
	_ = why
}

// answerFacts are about who hears of it.
func (page *readPage) answerFacts(a *Adapter, s *bot.Settings, add func(id string, name, value bot.Text, part, piece string), why func(bot.Text), found bot.MailReading) {
	var to []string
	for _, one := range found.To {
		to = append(to, nameOr(one))
	}
	add("answers", bot.Say("web.read.answers"), quoted(strings.Join(to, ", ")), "", "")
	if found.Mail.Forwarded != nil && found.Mail.Forwarded.From.Address != "" {
		why(bot.Say("web.read.answers_why"))
	}
	add("cc", bot.Say("web.fact.cc"), quoted(addresses(found.Request.Cc)), "cc", mailboxes(found.Mail.Cc))
	if due, ok := s.FirstAnswerBy(found.Request); ok && found.Becomes == bot.BecomesRequest {
		add("due", bot.Say("web.read.due"), bot.Text{}.Plus(bot.At(due)), "", "")
		why(bot.Say("web.read.due_why"))
	}
	if found.Receipt == nil && found.Becomes == bot.BecomesRequest {
		add("receipt", bot.Say("web.read.receipt"), bot.Say("web.read.no_receipt"), "", "")
	}
}

// beside is what else the team would see with it.
func (page *readPage) beside(add func(id string, name, value bot.Text, part, piece string), found bot.MailReading) {
	if c := found.Request.Clues; c != nil {
		var similar []int64
		for _, one := range c.Similar {
			similar = append(similar, one.Number)
		}
		add("similar", bot.Say("web.read.similar"), numbers(similar...), "", "")
		add("site", bot.Say("web.read.site"), quoted(c.Site), "passed", c.Site)
		add("firing", bot.Say("web.read.firing"), quoted(strings.Join(c.Firing, ", ")), "", "")
	}
	var titles []string
	for _, one := range found.Articles {
		titles = append(titles, one.Title)
	}
	add("articles", bot.Say("web.read.articles"), quoted(strings.Join(titles, ", ")), "", "")
}

// titlePart is where the title of the request stands in the mail.
func (page *readPage) titlePart(title string, m bot.Mail) string {
	if m.Forwarded != nil && !strings.Contains(m.Subject, title) && strings.Contains(m.Forwarded.Subject, title) {
		return "head"
	}
	return "subject"
}

func (page *readPage) titlePiece(title string, m bot.Mail) string {
	if page.titlePart(title, m) == "head" {
		return m.Forwarded.Subject
	}
	return m.Subject
}

// forwardHead parts the lines that introduce a forwarded mail from the mail.
func forwardHead(quoted string) (head, rest string) {
	head, rest, ok := strings.Cut(strings.TrimLeft(quoted, "\n"), "\n\n")
	if ok && strings.Count(head, "\n") == 0 { // a line by itself above the header
		more, after, _ := strings.Cut(rest, "\n\n")
		return head + "\n" + more, after
	}
	return head, rest
}

func quoted(s string) (t bot.Text) {
	if strings.TrimSpace(s) != "" {
		t = t.Plus(bot.Quote(s))
	}
	return t
}

func mailbox(m bot.Address) string {
	switch {
	case m.Name == "":
		return m.Address
	case m.Address == "":
		return m.Name
	}
	return m.Name + " <" + m.Address + ">"
}

func mailboxes(all []bot.Address) string {
	var out []string
	for _, m := range all {
		out = append(out, mailbox(m))
	}
	return strings.Join(out, ", ")
}

func nameOr(m bot.Address) string {
	if m.Name != "" {
		return m.Name
	}
	return m.Address
}

func domain(address string) string {
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		return address[i:]
	}
	return ""
}

func lines(s string) int {
	n := 0
	for l := range strings.Lines(s) {
		if strings.TrimSpace(l) != "" {
			n++
		}
	}
	return n
}

func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

func languageOr(l bot.Language) bot.Language {
	if l == say.Russian {
		return l
	}
	return say.English
}
