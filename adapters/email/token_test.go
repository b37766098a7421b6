package email

import (
	"fmt"
	"net/mail"
	"strings"
	"testing"

	"meridian/adapters/adaptertest"
	"meridian/bot"
)

// signing is a mailbox with a secret, whose answers go to plus-addresses.
func signing(t *testing.T, c Config, d bot.Desk) *Adapter {
	t.Helper()
	c.Plus = true
	return newAdapter(t, c, d, Options{Secret: "secret of the store"})
}

// readBack is what the desk makes of a mail that was sent to an address.
func readBack(t *testing.T, a *Adapter, to, raw string) bot.Mail {
	t.Helper()
	e := event(raw, "anna@shop.example")
	body := e.Body.(bot.Mailed)
	body.EnvelopeTo = []string{to}
	e.Body = body
	got, err := a.Read(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return got[0].Body.(bot.Mailed).Mail
}

func TestAnAnswerIsKnownByItsTokens(t *testing.T) {
	s := &smarthost{}
	a := signing(t, Config{Smarthost: s.start(t)}, adaptertest.NewDesk())
	d := answer()
	d.Request = 12
	receipt, err := a.Deliver(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := mail.ReadMessage(strings.NewReader(s.mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	reply := strings.Trim(sent.Header.Get("Reply-To"), "<>")
	if !strings.HasPrefix(reply, "support+12.") || !isAddress(reply) || sent.Header.Get("From") != `"Desk" <support@desk.example>` {
		t.Errorf("from %q, answers to %q", sent.Header.Get("From"), reply)
	}
	if lines := strings.Join(s.lines, "|"); !strings.Contains(lines, "MAIL FROM:<"+reply+">") {
		t.Errorf("a bounce would not name the request: %s", lines)
	}
	plain := "From: anna@shop.example\r\nSubject: Re: Hello\r\n"
	for what, c := range map[string]struct {
		to, raw string
		want    int64
	}{
		"the address":              {reply, plain, 12},
		"in capitals":              {strings.ToUpper(reply), plain, 12},
		"in To":                    {"support@desk.example", plain + "To: Support <" + reply + ">\r\n", 12},
		"the id":                   {"support@desk.example", plain + "In-Reply-To: <" + receipt.Message + ">\r\n", 12},
		"an id further back":       {"support@desk.example", plain + "References: <" + receipt.Message + "> <1@other.example>\r\nIn-Reply-To: <1@other.example>\r\n", 12},
		"the address before an id": {reply, plain + "In-Reply-To: <" + a.messageID("reply:8", 13) + ">\r\n", 12},
		"the nearest id":           {"support@desk.example", plain + "References: <" + receipt.Message + "> <" + a.messageID("reply:8", 13) + ">\r\n", 13},
		"nothing":                  {"support@desk.example", plain, 0},
		"a mail about no request":  {"support@desk.example", plain + "In-Reply-To: <" + a.messageID("digest:1", 0) + ">\r\n", 0},
		"another's domain":         {strings.Replace(reply, "@desk.example", "@desk.example.other.example", 1), plain, 0},
		"another number":           {strings.Replace(reply, "+12.", "+13.", 1), plain, 0},
		"another number in an id":  {"support@desk.example", plain + "In-Reply-To: <" + strings.Replace(receipt.Message, ".12.", ".13.", 1) + ">\r\n", 0},
	} {
		if got := readBack(t, a, c.to, c.raw+"\r\nWords.\r\n").Answers; got != c.want {
			t.Errorf("%s: request %d, want %d", what, got, c.want)
		}
	}
	other := newAdapter(t, Config{Plus: true}, adaptertest.NewDesk(), Options{Secret: "of another store"})
	none := newAdapter(t, Config{Plus: true}, adaptertest.NewDesk(), Options{})
	for _, b := range []*Adapter{other, none} {
		if got := readBack(t, b, reply, plain+"In-Reply-To: <"+receipt.Message+">\r\n\r\nWords.\r\n").Answers; got != 0 {
			t.Errorf("a token of another store opens request %d", got)
		}
	}
	if none.replyAddress(12) != "" || none.messageID("a", 12) != none.messageID("a", 13) {
		t.Error("a mailbox without a secret gives tokens")
	}
}

func TestNoGuessedTokenIsBelieved(t *testing.T) {
	a := signing(t, Config{}, adaptertest.NewDesk())
	good := a.token(12)
	for i := range 10_000 {
		guess := a.signer.token("guess", fmt.Sprint(i))
		if guess == good {
			continue
		}
		for _, address := range []string{"support+12." + guess + "@desk.example", fmt.Sprintf("support+%d.%s@desk.example", i, good)} {
			if n := a.requestOfAddress(address); n != 0 && address != "support+12."+good+"@desk.example" {
				t.Fatalf("%s opens request %d", address, n)
			}
		}
		if n := a.requestOfID(fmt.Sprintf("%032x.12.%s.meridian@desk.example", i, guess)); n != 0 {
			t.Fatalf("a guessed id opens request %d", n)
		}
	}
	for _, bad := range []string{"", "@", "support", "support+@desk.example", "support+12@desk.example", "support+12.@desk.example", "support+.x@desk.example", "support+-1." + good + "@desk.example", "support+99999999999999999999." + good + "@desk.example", "support+12." + good + ".x@desk.example"} {
		if a.requestOfAddress(bad) != 0 || a.requestOfID(bad) != 0 {
			t.Errorf("%q is believed", bad)
		}
	}
}

// token is the right one for a request.
func (a *Adapter) token(request int64) string { return a.signer.token("address", fmt.Sprint(request)) }

func TestABounceNamesItsRequest(t *testing.T) {
	a := signing(t, Config{}, adaptertest.NewDesk())
	id := a.messageID("reply:7", 12)
	report := "From: MAILER-DAEMON@isp.example\r\nSubject: failure notice\r\n\r\n<anna@shop.example>: 550 5.1.1 no such user\r\n\r\nMessage-ID: <" + id + ">\r\n"
	if m := readBack(t, a, "support@desk.example", report); m.Kind != bot.MailBounce || m.Answers != 12 || m.Bounce.Message != id {
		t.Errorf("%s about request %d, %+v", m.Kind, m.Answers, m.Bounce)
	}
	if m := readBack(t, a, a.replyAddress(12), strings.Replace(report, id, "rewritten@isp.example", 1)); m.Answers != 12 {
		t.Errorf("by its address: request %d", m.Answers)
	}
}

func TestAnAddressThatIsTooLongStaysAsItIs(t *testing.T) {
	a := newAdapter(t, Config{Address: strings.Repeat("s", 45) + "@desk.example", Plus: true}, adaptertest.NewDesk(), Options{Secret: "x"})
	if got := a.replyAddress(12); got != "" {
		t.Errorf("%q", got)
	}
	if a.requestOfID(a.messageID("k", 12)) != 12 {
		t.Error("the id carries no token")
	}
}

func TestOnlyTheOwnMailServersFindingsAreBelieved(t *testing.T) {
	const own = "Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom=shop.example; dkim=pass header.d=shop.example; dmarc=pass (p=REJECT) header.from=shop.example\r\n"
	for head, want := range map[string]bool{
		own + "From: Anna <anna@shop.example>":                                                        true,
		own + "From: Anna <anna@SHOP.example>":                                                        true,
		strings.Replace(own, "mx.desk.example;", "MX.Desk.example 1;", 1) + "From: anna@shop.example": true,
		"From: anna@shop.example":                                                                     false,
		// what others say
		strings.Replace(own, "mx.desk", "mx.evil", 1) + "From: anna@shop.example":                          false,
		strings.Replace(own, "mx.desk.example;", "evil (mx.desk.example);", 1) + "From: anna@shop.example": false,
		strings.Replace(own, "mx.desk.example;", "x.mx.desk.example;", 1) + "From: anna@shop.example":      false,
		strings.Replace(own, "dmarc=pass", "dmarc=fail", 1) + own + "From: anna@shop.example":              false,
		"Authentication-Results: mx.desk.example; none\r\n" + own + "From: anna@shop.example":              false,
		"X-" + own + "From: anna@shop.example":                                                             false,
		"ARC-" + own + "From: anna@shop.example":                                                           false,
		// another sender than the proven one
		own + "From: boss@desk.example":                                   false,
		own + "From: anna@mail.shop.example":                              false,
		own + "From: anna@shop.example.evil.example":                      false,
		own + "From: anna@sh0p.example":                                   false,
		own + "From: anna@shop.example, boss@desk.example":                false,
		own + "From: boss@desk.example, anna@shop.example":                false,
		own + "From: boss@desk.example <anna@shop.example>":               false,
		own + "From: anna@shop.example\r\nFrom: boss@desk.example":        false,
		own + "From: =?utf-8?q?boss=40desk.example?= <boss@desk.example>": false,
		own + "From: =?utf-8?q?anna=40shop.example?=":                     false,
		own + "From: \"anna@shop.example\" <boss@desk.example>":           false,
		own + "From: ": false,
		own + "X: y":   false,
		// findings that say less
		strings.Replace(own, "dmarc=pass", "dmarc=none", 1) + "From: anna@shop.example":                                                                                  false,
		strings.Replace(own, "dmarc=pass", "x-dmarc=pass", 1) + "From: anna@shop.example":                                                                                false,
		strings.Replace(own, " header.from=shop.example", "", 1) + "From: anna@shop.example":                                                                             false,
		strings.Replace(own, "header.from=shop.example", "header.from=shop.example.evil", 1) + "From: anna@shop.example":                                                 false,
		strings.Replace(own, "(p=REJECT)", "(dmarc=pass; header.from=shop.example", 1) + "From: anna@shop.example":                                                       false,
		"Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom=\"a; dmarc=pass header.from=shop.example\"@evil.example; dmarc=fail\r\nFrom: anna@shop.example": false,
		"Authentication-Results: mx.desk.example; spf=pass reason=\"dmarc=pass\" smtp.mailfrom=x\r\nFrom: anna@shop.example":                                             false,
	} {
		h, _, _ := readHeader([]byte(head + "\r\n\r\n"))
		if got := proven(h, "mx.desk.example"); got != want {
			t.Errorf("%q is proven: %v", head, got)
		}
		if proven(h, "") {
			t.Errorf("%q is proven by nobody", head)
		}
	}
}
