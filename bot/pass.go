package bot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// MailPass is what a link in a mail lets its reader do: one thing about one request,
// in the name of the person the mail was written to, until an instant. Opening
// the link shows a page; only the page's button acts, since scanners open every
// link of a mail.
type MailPass struct {
	Act     string // PassDone
	Request int64
	Who     string // the person whom the mail was for
	Until   time.Time
}

// PassDone says whether a solved request is solved indeed.
const PassDone = "done"

// PassPath is where such links lead, below the desk's public address.
const PassPath = "/l/"

// passFor is how long a link in a mail is good.
const passFor = 30 * 24 * time.Hour

// MailPasses signs links and reads them.
type MailPasses struct{ key []byte }

// NewMailPasses derives the key from the store's secret. Without one nothing is
// signed, and no link is good.
func NewMailPasses(secret Secret) MailPasses {
	if secret == "" {
		return MailPasses{}
	}
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write([]byte("links in mails"))
	return MailPasses{mac.Sum(nil)}
}

// passBytes is the length of a signature: nobody guesses 16 bytes.
const passBytes = 16

func (p MailPasses) sign(payload string) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(payload))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:passBytes])
}

// Write gives the end of the link.
func (p MailPasses) Write(s MailPass) string {
	fields := strings.Join([]string{s.Act, itoa(s.Request), itoa(s.Until.Unix()), s.Who}, "\x00")
	payload := base64.RawURLEncoding.EncodeToString([]byte(fields))
	return payload + "." + p.sign(payload)
}

// Read checks the end of a link. What nobody has signed, and what is past its
// time, is refused with a sentence.
func (p MailPasses) Read(token string, now time.Time) (MailPass, *Error) {
	payload, signature, ok := strings.Cut(token, ".")
	if !ok || p.key == nil || !hmac.Equal([]byte(signature), []byte(p.sign(payload))) {
		return MailPass{}, Refuse("refuse.pass_forged")
	}
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	fields := strings.SplitN(string(raw), "\x00", 4)
	if err != nil || len(fields) != 4 {
		return MailPass{}, Refuse("refuse.pass_forged")
	}
	number, err1 := strconv.ParseInt(fields[1], 10, 64)
	until, err2 := strconv.ParseInt(fields[2], 10, 64)
	if err1 != nil || err2 != nil {
		return MailPass{}, Refuse("refuse.pass_forged")
	}
	s := MailPass{Act: fields[0], Request: number, Who: fields[3], Until: time.Unix(until, 0)}
	if !now.Before(s.Until) {
		return s, Refuse("refuse.pass_expired", "Request", numberPart(number))
	}
	return s, nil
}

// passPart is a link on which a request's client says whether it is solved.
// Whoever sends the mail signs it; shown anywhere else it opens nothing.
func passPart(s *Settings, r Request) Part {
	return Part{Kind: PartPass, ID: PassDone, Person: r.Requester, Text: r.ID(), URL: s.PublicURL + PassPath}
}

// Signed turns the links of a text that are to be signed into such that are
// good from now on.
func (p MailPasses) Signed(t Text, now time.Time) Text {
	t.Parts = p.signed(t.Parts, now)
	return t
}

func (p MailPasses) signed(parts []Part, now time.Time) []Part {
	out := make([]Part, len(parts))
	for i, part := range parts {
		if number, ok := ParseRequestID(part.Text); ok && part.Kind == PartPass && p.key != nil {
			part = Link(part.URL+p.Write(MailPass{Act: part.ID, Request: number, Who: part.Person, Until: now.Add(passFor)}), "")
		}
		if len(part.Args) > 0 {
			args := make(map[string]Part, len(part.Args))
			for name, arg := range part.Args {
				args[name] = p.signed([]Part{arg}, now)[0]
			}
			part.Args = args
		}
		out[i] = part
	}
	return out
}

// withPass adds to the word that a request is done a link on which the client
// says so too, or that it is not, where there are pages to lead to.
func withPass(s *Settings, r Request, t Text) Text {
	if r.Home.Adapter != "email" || s.PublicURL == "" {
		return t
	}
	return t.Plus(Break(), Words("mail.pass", "Link", passPart(s, r)))
}
