package email

import (
	"regexp"
	"slices"
	"strings"

	"meridian/bot"
)

// maxBounced is how many addresses of one report are kept.
const maxBounced = 50

// readBounce reads what a report says of the mail that was not delivered: from
// the part made for machines where there is one, else from the words.
func readBounce(root *part, text string) *bot.Bounce {
	r := report{}
	for _, p := range root.leaves() {
		switch p.typ {
		case "message/delivery-status", "message/global-delivery-status":
			r.status(decodeTransfer(p.header.get("content-transfer-encoding"), p.body[:min(len(p.body), maxTextBytes)]))
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			h, _, _ := readHeader(decodeTransfer(p.header.get("content-transfer-encoding"), p.body))
			r.out.Message = messageID(cutBytes(h.get("message-id"), maxFieldBytes))
		}
	}
	for _, a := range parseAddresses(root.header.get("x-failed-recipients")) {
		r.to(a.Address)
	}
	r.words(cutBytes(text, 200_000))
	r.out.Permanent = r.out.Permanent || strings.HasPrefix(r.out.Status, "5")
	return &r.out
}

// report is what has been read of one so far.
type report struct{ out bot.Bounce }

func (r *report) to(address string) {
	address = strings.Trim(address, "<> \t")
	if isAddress(address) && len(r.out.To) < maxBounced && !slices.Contains(r.out.To, address) {
		r.out.To = append(r.out.To, address)
	}
}

// status reads the groups of a message/delivery-status part: one of the report,
// then one for each recipient. Those that were reached are left out.
func (r *report) status(data []byte) {
	for _, group := range strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n\n") {
		h, _, _ := readHeader([]byte(group))
		action := strings.ToLower(strings.TrimSpace(h.get("action")))
		if action == "" || action == "delivered" || action == "relayed" || action == "expanded" {
			continue
		}
		for _, name := range []string{"original-recipient", "final-recipient"} {
			if _, address, ok := strings.Cut(h.get(name), ";"); ok && isAddress(strings.Trim(address, "<> \t")) {
				r.to(address)
				break
			}
		}
		if r.out.Status == "" || action == "failed" {
			r.out.Status = enhanced.FindString(h.get("status"))
			_, why, _ := strings.Cut(h.get("diagnostic-code"), ";")
			r.out.Why = cleanLine(decodeWords(cutBytes(why, 2000)), 300)
		}
		r.out.Permanent = r.out.Permanent || action == "failed"
	}
}

var (
	enhanced    = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	returnedID  = regexp.MustCompile(`(?mi)^[ \t>|]*message-id:\s*<([^<>\s]+)>`)
	refusedLine = regexp.MustCompile(`(?m)^.*\b(?:[45]\d\d[ -](?:[45]\.\d|[A-Za-z#])|[45]\.\d{1,2}\.\d{1,3}\b).*$`)
	bouncedTo   = regexp.MustCompile(`(?m)^[ \t]*(?:<([^<>\s]+@[^<>\s]+)>|(?i:rcpt to|to|recipient)\W{1,3}([^<>\s@]+@[^<>\s:]+)):?`)
)

// words reads a report that is written for people: the first line that looks
// like what a server said, and the header of the mail that came back.
func (r *report) words(text string) {
	if r.out.Message == "" {
		if m := returnedID.FindStringSubmatch(text); m != nil {
			r.out.Message = cleanID(m[1])
		}
	}
	line := refusedLine.FindString(text)
	if r.out.Why == "" {
		r.out.Why = cleanLine(line, 300)
	}
	if r.out.Status == "" {
		if r.out.Status = enhanced.FindString(line); r.out.Status == "" {
			r.out.Permanent = r.out.Permanent || permanentReply.MatchString(line)
		}
	}
	if len(r.out.To) == 0 {
		if m := bouncedTo.FindStringSubmatch(text); m != nil {
			r.to(m[1] + m[2])
		}
	}
}

var permanentReply = regexp.MustCompile(`\b5\d\d[ -]`)
