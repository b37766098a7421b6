package email

import (
	"bytes"
	"regexp"
	"strings"

	"meridian/bot"
)

// LoopHeader marks every mail that the desk sends. One that comes back with it
// was answered by a machine, or by the desk itself.
const LoopHeader = "X-Meridian-Loop"

// classify fills in who wrote a mail, and what follows of that: whether anything
// automatic may answer it, and what a bounce reports.
func classify(mail *bot.Mail, root *part, text string, e Envelope) {
	m := readSigns(root, text, e)
	mail.Kind = m.kind()
	mail.Quiet = mail.Kind != bot.MailHuman || m.asksQuiet() || m.fromHost() || mail.From.Address == Unknown
	mail.Absent = mail.Kind == bot.MailAuto && (m.isVacation() || m.isAbsenceRule())
	if mail.Kind == bot.MailBounce {
		mail.Bounce = readBounce(root, text)
	}
}

func readSigns(root *part, text string, e Envelope) *signs {
	m := &signs{root: root, h: root.header, from: strings.ToLower(sender(root.header).Address), text: text, own: strings.ToLower(e.Own), host: e.Host}
	m.subject = strings.ToLower(cleanLine(decodeWords(cutBytes(m.h.get("subject"), maxFieldBytes)), maxSubjectBytes))
	m.null = e.Known && e.From == "" || strings.TrimSpace(m.h.get("return-path")) == "<>"
	submitted, _, _ := strings.Cut(strings.ToLower(stripComments(m.h.get("auto-submitted"))), ";")
	m.submitted = strings.TrimSpace(submitted)
	m.in = strings.TrimSpace(m.h.get("in-reply-to"))
	m.precedence = strings.ToLower(strings.TrimSpace(m.h.get("precedence")))
	return m
}

// kind is the first that holds of bounce, auto, list and human.
func (m *signs) kind() bot.MailKind {
	switch {
	case m.isBounce():
		return bot.MailBounce
	case m.isAuto():
		return bot.MailAuto
	case m.isList():
		return bot.MailList
	}
	return bot.MailHuman
}

// signs are what a mail shows of its author.
type signs struct {
	root       *part
	h          header
	from       string
	subject    string
	text       string
	own        string
	host       string
	submitted  string
	precedence string
	in         string // In-Reply-To
	null       bool   // the envelope sender is empty
}

// isBounce holds for reports that a mail of ours was not delivered. Vacation
// mails, read receipts and complaints about spam are none.
func (m *signs) isBounce() bool {
	report := strings.ToLower(m.root.params["report-type"])
	if report == "disposition-notification" || m.isComplaint() || m.isVacation() {
		return false
	}
	if report == "delivery-status" || m.h.has("x-failed-recipients") {
		return !m.wasDelivered()
	}
	if p := m.part("message/delivery-status"); p != nil && (m.null || m.fromSystem() || m.saysBounced()) {
		return !m.wasDelivered()
	}
	local, _, _ := strings.Cut(m.from, "@")
	if local == "mailer-daemon" || local == "mail-daemon" || local == "maildaemon" {
		return true
	}
	if m.fromSystem() || m.null {
		return m.saysBounced()
	}
	// From what looks like a person's address much more is asked: people write
	// of mail that came back, and forward it.
	if m.subjectBounced() {
		return m.hasPart("message/rfc822") || m.hasPart("text/rfc822-headers") || m.byMachine()
	}
	return m.in == "" && m.bodyBounced() && m.byMachine()
}

// byMachine reports whether something beside the words says that no person wrote
// the mail.
func (m *signs) byMachine() bool {
	return m.submitted != "" && m.submitted != "no" || m.isRobot() && m.hasPart("message/rfc822") || m.showsReport()
}

// isComplaint holds for a mail provider's report that a reader called a mail of
// ours spam.
func (m *signs) isComplaint() bool {
	if strings.EqualFold(m.root.params["report-type"], "feedback-report") || m.hasPart("message/feedback-report") {
		return true
	}
	if p := m.part("message/rfc822"); p != nil {
		h, _, _ := readHeader(p.body)
		return h.has("x-hmxmroriginalrecipient")
	}
	return false
}

// showsReport holds for a text with what mail systems write and people do not:
// a reply of SMTP, or the header of the mail that came back.
func (m *signs) showsReport() bool {
	return smtpReply.MatchString(cutBytes(m.text, 20_000)) || returnedHeader.MatchString(m.text)
}

var (
	smtpReply      = regexp.MustCompile(`(?m)\b[45]\d\d[ -][45]\.\d{1,2}\.\d{1,3}\b|\b[45]\d\d <[^>\s]+@|^(?i:diagnostic-code|final-recipient|reporting-mta|action|remote-mta):`)
	returnedHeader = regexp.MustCompile(`(?mi)^[ >|]{0,6}received: (?:from|by) `)
)

// wasDelivered reports whether every action in the report is a success.
func (m *signs) wasDelivered() bool {
	p := m.part("message/delivery-status")
	if p == nil {
		return false
	}
	seen := false
	for rest := decodeTransfer(p.header.get("content-transfer-encoding"), p.body); len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		name, value, ok := cutField(line)
		if !ok || name != "action" {
			continue
		}
		switch strings.ToLower(string(bytes.TrimSpace(value))) {
		case "delivered", "relayed", "expanded":
			seen = true
		default:
			return false
		}
	}
	return seen
}

func (m *signs) part(typ string) *part {
	for _, p := range m.root.leaves() {
		if p.typ == typ {
			return p
		}
	}
	return nil
}

func (m *signs) hasPart(typ string) bool { return m.part(typ) != nil }

// fromSystem reports whether the sender is a mail system rather than a person.
func (m *signs) fromSystem() bool {
	local, _, _ := strings.Cut(m.from, "@")
	name := strings.ToLower(cleanLine(decodeWords(cutBytes(m.h.get("from"), maxFieldBytes)), maxNameBytes))
	for _, s := range systemSenders {
		if strings.Contains(local, s) || strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// isRobot holds for addresses that nobody reads.
func (m *signs) isRobot() bool {
	local, _, _ := strings.Cut(m.from, "@")
	local = strings.NewReplacer("-", "", "_", "", ".", "").Replace(local)
	return strings.HasPrefix(local, "noreply") || strings.HasPrefix(local, "donotreply")
}

func (m *signs) saysBounced() bool { return m.subjectBounced() || m.bodyBounced() }

func (m *signs) subjectBounced() bool {
	for _, s := range bounceSubjects {
		if strings.HasPrefix(m.subject, s) {
			return true
		}
	}
	return false
}

func (m *signs) bodyBounced() bool {
	head := strings.ToLower(cutBytes(m.text, 4000))
	for _, s := range bouncePhrases {
		if strings.Contains(head, s) {
			return true
		}
	}
	return false
}

// isVacation holds for the answers of absent people, which many systems send
// with an empty envelope sender as if they were bounces.
func (m *signs) isVacation() bool {
	if m.h.has("x-autoreply", "x-autorespond", "x-autoresponder", "x-mail-autoreply", "x-autoreply-from") {
		return true
	}
	for _, s := range vacationSubjects {
		if strings.HasPrefix(m.subject, s) {
			return true
		}
	}
	return strings.HasPrefix(m.submitted, "auto-replied") && !m.hasPart("message/delivery-status") && !m.fromSystem() && !m.saysBounced()
}

// isAuto holds for what no person sent. X-Auto-Response-Suppress alone is no
// sign: people's mail programs set it too. "Auto-Submitted: no" says that a
// person did, and outweighs everything but a loop.
func (m *signs) isAuto() bool {
	if m.h.has(strings.ToLower(LoopHeader)) || m.h.has("x-loop") || m.isOwn() || m.isOurs() {
		return true
	}
	if m.submitted == "no" {
		return false
	}
	if m.submitted != "" || m.isVacation() || m.null || m.fromMachine() {
		return true
	}
	if m.h.has("x-autogenerated", "x-fc-machinegenerated", "x-cron-env", "x-amz-sns-message-id") || strings.HasPrefix(m.root.typ, "multipart/report") {
		return true
	}
	if m.isAbsenceRule() {
		return true
	}
	switch m.precedence {
	case "auto_reply", "auto-reply":
		return true
	case "bulk", "junk":
		return !m.isList()
	}
	return m.isComplaint() || m.hasPart("message/disposition-notification")
}

// isAbsenceRule holds for what Exchange sends for somebody who is away.
func (m *signs) isAbsenceRule() bool {
	return m.h.has("x-auto-response-suppress") && m.h.has("x-ms-exchange-inbox-rules-loop")
}

// asksQuiet holds for a mail that asks for no automatic answer. That says
// nothing of its author.
func (m *signs) asksQuiet() bool {
	suppress := strings.ToLower(m.h.get("x-auto-response-suppress"))
	return containsAny(suppress, []string{"all", "autoreply", "oof"})
}

// fromHost holds for an id that the desk's own host gave to a mail of somebody
// else: a program there passed it on.
func (m *signs) fromHost() bool {
	id := messageID(cutBytes(m.h.get("message-id"), maxFieldBytes))
	host := "@" + strings.ToLower(m.host)
	return m.host != "" && strings.HasSuffix(strings.ToLower(id), host) && !strings.HasSuffix(m.from, host)
}

// isOwn reports whether the sender is the desk's own address, or one of its
// plus-addresses.
func (m *signs) isOwn() bool {
	local, domain, ok := strings.Cut(m.own, "@")
	sender, host, _ := strings.Cut(m.from, "@")
	return ok && host == domain && (sender == local || strings.HasPrefix(sender, local+"+"))
}

// isOurs reports whether the desk gave the mail its id.
func (m *signs) isOurs() bool {
	return m.host != "" && strings.HasSuffix(messageID(cutBytes(m.h.get("message-id"), maxFieldBytes)), ownID(m.host))
}

// ownID ends every message id that the desk gives.
func ownID(host string) string { return ".meridian@" + host }

// fromMachine reports whether the address belongs to a mail system.
func (m *signs) fromMachine() bool {
	local, _, _ := strings.Cut(m.from, "@")
	return local == "mailer-daemon" || local == "postmaster"
}

func (m *signs) isList() bool {
	return m.precedence == "list" || m.h.has("list-id", "list-unsubscribe", "list-post", "list-help", "list-owner", "mailing-list", "x-mailing-list")
}
