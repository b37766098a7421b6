package email

import (
	"fmt"
	"mime"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"meridian/bot"
)

// forwarded makes a mail from a partner who forwards something.
func forwarded(subject, body string) Parsed {
	return Parse(fmt.Appendf(nil, "From: Grace Lin <grace@harbor.example>\r\nTo: support@desk.example\r\nSubject: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s",
		mime.QEncoding.Encode("utf-8", subject), body), Envelope{Own: "support@desk.example"})
}

// testdata/forwards.txt holds one mail, as each program and language forwards it.
func TestForwardsOfAllProgramsAndLanguagesAreUnderstood(t *testing.T) {
	raw, err := os.ReadFile("testdata/forwards.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Split("\n"+string(raw), "\n== ")[1:]
	if len(cases) < 130 {
		t.Fatalf("%d forwards", len(cases))
	}
	helen := bot.Address{Name: "Helen Park", Address: "helen@copperfield.example"}
	for _, c := range cases {
		name, rest, _ := strings.Cut(c, "\n")
		subject, body, _ := strings.Cut(strings.TrimPrefix(rest, "Subject: "), "\n\n")
		m := forwarded(subject, strings.TrimSuffix(body, "\n")).Mail
		f := m.Forwarded
		if f == nil {
			t.Errorf("%s: it is not seen", name)
			continue
		}
		if f.From != helen || f.Subject != "Checkout is broken" || f.Text != "Since this afternoon nobody can pay.\n\nThe Place order button does nothing." || f.Attached {
			t.Errorf("%s: from %+v, subject %q, text %q", name, f.From, f.Subject, f.Text)
		}
		if m.Text != "They are furious again." || strings.Contains(m.Quoted, "furious") || !strings.Contains(m.Quoted, "nobody can pay") {
			t.Errorf("%s: the forwarder's own words are %q, and %q is quoted", name, m.Text, m.Quoted)
		}
		if !strings.Contains(f.Date, "3") || strings.ContainsAny(f.Date, "<>@\n") || len(f.Date) > 60 {
			t.Errorf("%s: date %q", name, f.Date)
		}
	}
}

func TestTheSenderOfAForwardIsNamedInManyWays(t *testing.T) {
	for written, want := range map[string]bot.Address{
		"Park, Helen <helen@shop.example>":                           {Name: "Park, Helen", Address: "helen@shop.example"},
		`"Park, Helen" <helen@shop.example>`:                         {Name: "Park, Helen", Address: "helen@shop.example"},
		"'Helen Park' <helen@shop.example>":                          {Name: "Helen Park", Address: "helen@shop.example"},
		"Helen Park (Shop) <helen@shop.example>":                     {Name: "Helen Park (Shop)", Address: "helen@shop.example"},
		"Helen Park (helen@shop.example)":                            {Name: "Helen Park", Address: "helen@shop.example"},
		"Helen Park [mailto:helen@shop.example]":                     {Name: "Helen Park", Address: "helen@shop.example"},
		"Helen Park <helen@shop.example<mailto:helen@shop.example>>": {Name: "Helen Park", Address: "helen@shop.example"},
		"Helen @ Shop <helen@shop.example>":                          {Name: "Helen @ Shop", Address: "helen@shop.example"},
		"helen@shop.example <helen@shop.example>":                    {Address: "helen@shop.example"},
		"helen@shop.example":                                         {Address: "helen@shop.example"},
		"Helen Park":                                                 {Name: "Helen Park"},
		"Helen Park (shop, Boston)":                                  {Name: "Helen Park (shop, Boston)"},
		"O'Neil, Helen (Shop/EU) <helen@shop.example>":               {Name: "O'Neil, Helen (Shop/EU)", Address: "helen@shop.example"},
	} {
		f := forwarded("Fwd: Logs", "See.\n\nFrom: "+written+"\nSent: Friday, March 6, 2026 9:14 AM\nTo: Grace Lin\nSubject: Logs\n\nThey are attached.").Mail.Forwarded
		if f == nil || f.From != want || f.Text != "They are attached." {
			t.Errorf("%s: %+v", written, f)
		}
	}
}

// htmlForward makes a mail of a page alone.
func htmlForward(subject, page string) bot.Mail {
	return Parse(fmt.Appendf(nil, "From: Grace Lin <grace@harbor.example>\r\nTo: support@desk.example\r\nSubject: %s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n%s",
		mime.QEncoding.Encode("utf-8", subject), page), Envelope{}).Mail
}

func TestForwardsInPagesAreUnderstood(t *testing.T) {
	for name, page := range map[string]string{
		"Gmail":                          `<div dir="ltr">They are furious.<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: <strong class="gmail_sendername" dir="auto">Helen Park</strong> <span dir="auto">&lt;<a href="mailto:helen@copperfield.example">helen@copperfield.example</a>&gt;</span><br>Date: Tue, Mar 3, 2026 at 10:12 PM<br>Subject: Checkout is broken<br>To:  &lt;<a href="mailto:orders@harbor.example">orders@harbor.example</a>&gt;<br></div><br><br><div dir="ltr">Nobody can pay.</div></div></div>`,
		"Outlook":                        `<html><body><div class=WordSection1><p class=MsoNormal>They are furious.<o:p></o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'><p class=MsoNormal><b>From:</b> Helen Park &lt;helen@copperfield.example&gt; <br><b>Sent:</b> Tuesday, March 3, 2026 10:12 PM<br><b>To:</b> orders@harbor.example<br><b>Subject:</b> Checkout is broken<o:p></o:p></p></div></div><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>Nobody can pay.<o:p></o:p></p></div></body></html>`,
		"Outlook on the web":             `<div>They are furious.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font><b>От:</b> Helen Park &lt;helen@copperfield.example&gt;<br><b>Отправлено:</b> 3 марта 2026 г. 22:12<br><b>Кому:</b> orders@harbor.example<br><b>Тема:</b> Checkout is broken</font><div>&nbsp;</div></div><div>Nobody can pay.</div>`,
		"Thunderbird":                    `<p>They are furious.</p><div class="moz-forward-container"><br><br>-------- Перенаправленное сообщение --------<table class="moz-email-headers-table"><tbody><tr><th>Тема: </th><td>Checkout is broken</td></tr><tr><th>Дата: </th><td>Tue, 3 Mar 2026 22:12:08 -0500</td></tr><tr><th>От: </th><td>Helen Park <a class="moz-txt-link-rfc2396E" href="mailto:helen@copperfield.example">&lt;helen@copperfield.example&gt;</a></td></tr><tr><th>Кому: </th><td>orders@harbor.example</td></tr></tbody></table><br><br>Nobody can pay.</div>`,
		"Apple Mail":                     `<div>They are furious.<br><div><br><blockquote type="cite"><div>Begin forwarded message:</div><br><div><span><b>From: </b></span><span>Helen Park &lt;<a href="mailto:helen@copperfield.example">helen@copperfield.example</a>&gt;<br></span></div><div><span><b>Subject: </b></span><span><b>Checkout is broken</b><br></span></div><div><span><b>Date: </b></span><span>3 March 2026 at 22:12:08 EST<br></span></div><div><span><b>To: </b></span><span>orders@harbor.example<br></span></div><br><div><div>Nobody can pay.</div></div></blockquote></div></div>`,
		"mail.ru":                        `<div>They are furious.<br><br>-------- Пересылаемое сообщение --------<br>От кого: Helen Park &lt;helen@copperfield.example&gt;<br>Кому: orders@harbor.example<br>Дата: Вторник, 3 марта 2026, 22:12 -05:00<br>Тема: Checkout is broken<br>&nbsp;<blockquote>Nobody can pay.</blockquote></div>`,
		"Yandex":                         `<div>They are furious.</div><div>&nbsp;</div><div>-------- Пересылаемое сообщение --------</div><div>03.03.2026, 22:12, "Helen Park" &lt;<a href="mailto:helen@copperfield.example">helen@copperfield.example</a>&gt;:</div><div>&nbsp;</div><div>Nobody can pay.</div><div>&nbsp;</div><div>-------- Завершение пересылаемого сообщения --------</div>`,
		"Outlook, its header a table":    `<html><body><p>They are furious.</p><hr><table border=0><tr><td><b>From:</b></td><td>Helen Park &lt;helen@copperfield.example&gt;</td></tr><tr><td><b>Sent:</b></td><td>Friday, March 6, 2026 9:14 AM</td></tr><tr><td><b>To:</b></td><td>Grace Lin</td></tr><tr><td><b>Subject:</b></td><td>Checkout is broken</td></tr></table><p>Nobody can pay.</p></body></html>`,
		"Outlook on a phone":             `<html><body><div>They are furious.</div><div id="ms-outlook-mobile-signature"><div>Отправлено из <a href="https://aka.ms/o0ukef">Outlook для iOS</a></div></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000"><b>От:</b> Helen Park &lt;helen@copperfield.example&gt;<br><b>Отправлено:</b> пятница, марта 6, 2026 9:14:02 AM<br><b>Кому:</b> Grace Lin &lt;grace@harbor.example&gt;<br><b>Тема:</b> Checkout is broken</font><div>&nbsp;</div></div><div>Nobody can pay.</div></body></html>`,
		"mail.ru of late":                `<html><body><div class="js-helper js-readmsg-msg"><div>They are furious.</div><div>&nbsp;</div><div>&nbsp;</div><div data-signature-widget="container"></div><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">-------- Пересылаемое сообщение --------<br>От:&nbsp;Helen Park &lt;<a href="mailto:helen@copperfield.example">helen@copperfield.example</a>&gt;<br>Кому:&nbsp;Grace Lin &lt;<a href="mailto:grace@harbor.example">grace@harbor.example</a>&gt;<br>Дата:&nbsp;Пятница, 6 марта 2026, 9:14 +03:00<br>Тема:&nbsp;Checkout is broken<br>&nbsp;<div id=""><p>Nobody can pay.</p></div></blockquote></div></body></html>`,
		"Yandex of late":                 `<div>They are furious.</div><div><br /></div><div>----------------</div><div>Кому: grace@harbor.example (<a href="mailto:grace@harbor.example">grace@harbor.example</a>);</div><div>Тема: Checkout is broken;</div><div>06.03.2026, 09:14, "Helen Park" &lt;<a href="mailto:helen@copperfield.example">helen@copperfield.example</a>&gt;:</div><blockquote><p>Nobody can pay.</p></blockquote>`,
		"Apple Mail on a phone":          `<html><body dir="auto"><div dir="ltr">They are furious.</div><div dir="ltr"><br>Отправлено с iPhone</div><div dir="ltr"><br>Начало переадресованного сообщения:<br><br></div><blockquote type="cite"><div dir="ltr"><b>От:</b> Helen Park &lt;helen@copperfield.example&gt;<br><b>Дата:</b> 6 марта 2026 г. в 09:14:11 GMT+3<br><b>Кому:</b> grace@harbor.example<br><b>Тема:</b> <b>Checkout is broken</b><br><br></div></blockquote><blockquote type="cite"><div dir="ltr">&#xfeff;<p>Nobody can pay.</p></div></blockquote></body></html>`,
		"Outlook, each line a paragraph": `<p>They are furious.</p><p><b>From:</b> Helen Park [mailto:helen@copperfield.example]</p><p><b>Sent:</b> Friday, March 6, 2026 9:14 AM</p><p><b>To:</b> Grace Lin</p><p><b>Subject:</b> Checkout is broken</p><p>&nbsp;</p><p>Nobody can pay.</p>`,
		"Yahoo":                          `<div>They are furious.</div><div><br></div><div class="yahoo_quoted"><div>----- Forwarded Message -----</div><div><b>From:</b> "Helen Park" &lt;helen@copperfield.example&gt;</div><div><b>To:</b> "grace@harbor.example" &lt;grace@harbor.example&gt;</div><div><b>Sent:</b> Friday, March 6, 2026 at 09:14:08 AM GMT+3</div><div><b>Subject:</b> Checkout is broken</div><div><br></div><div><p>Nobody can pay.</p></div></div>`,
	} {
		m := htmlForward("Fwd: Checkout is broken", page)
		if f := m.Forwarded; f == nil || f.From.Address != "helen@copperfield.example" || f.From.Name != "Helen Park" || f.Subject != "Checkout is broken" || f.Text != "Nobody can pay." || m.Text != "They are furious." {
			t.Errorf("%s: %q, %+v, all %q", name, m.Text, f, m.Quoted)
		}
	}
}

func TestAnAnswerIsNoForward(t *testing.T) {
	head := "From: Support <support@desk.example>\nSent: Tuesday, March 3, 2026 10:12 PM\nTo: Grace Lin <grace@harbor.example>\nSubject: Checkout\n\nTry again."
	for name, c := range map[string]struct{ subject, body string }{
		"an answer by Outlook":              {"RE: Checkout", "It works.\n\n________________________________\n" + head},
		"by Outlook with an edited subject": {"Checkout works", "It works.\n\n" + head},
		"by Gmail":                          {"Re: Checkout", "It works.\n\nOn Tue, Mar 3, 2026 at 10:12 PM Support <support@desk.example> wrote:\n\n> Try again.\n"},
		"in Finnish":                        {"VS: Checkout", "Toimii.\n\nLähettäjä: Support <support@desk.example>\nLähetetty: tiistai 3. maaliskuuta 2026 22.12\nVastaanottaja: Grace\nAihe: Checkout\n\nYritä uudelleen."},
		"to a forward":                      {"Re: Fwd: Checkout", "It works.\n\nOn Tue, 3 Mar 2026 at 10:12 PM, Dina <dina@desk.example> wrote:\n\n> Look:\n>\n> Begin forwarded message:\n>\n> From: Helen Park <helen@copperfield.example>\n> Subject: Checkout\n> Date: 3 March 2026\n> To: orders@harbor.example\n>\n> Nobody can pay."},
		"words about forwarding":            {"Fwd: question", "Please forward the message:\nFrom: where should it come?\nThanks."},
		"a header in a log":                 {"Log", "The log says\n```\nFrom: a@b.example\nTo: c@d.example\nDate: today\nSubject: x\n```\nWhat is it?"},
		"a mark in the middle":              {"Question: Fwd: what is it?", "Just words, on 3 March 2026."},
	} {
		m := forwarded(c.subject, c.body).Mail
		if m.Forwarded != nil {
			t.Errorf("%s: %+v", name, m.Forwarded)
		}
		if m.Text == "" || strings.Contains(m.Text, "Try again") {
			t.Errorf("%s: text %q", name, m.Text)
		}
	}
}

func TestAnAttachedMailIsAForward(t *testing.T) {
	const attached = "From: Grace Lin <grace@harbor.example>\r\nSubject: %s\r\n%sContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\n\r\nThey are furious.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: =?utf-8?b?0JXQu9C10L3QsA==?= <helen@copperfield.example>\r\nDate: Tue, 3 Mar 2026 22:12:08 -0500\r\nSubject: Checkout is broken\r\nTo: orders@harbor.example\r\n" +
		"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nNobody can pay.\r\n\r\n> even quoted\r\n--c\r\nContent-Type: image/png; name=screen.png\r\n\r\nx\r\n--c--\r\n--b--\r\n"
	p := read(fmt.Sprintf(attached, "Fwd: see", ""))
	f := p.Mail.Forwarded
	if f == nil || f.From != (bot.Address{Name: "Елена", Address: "helen@copperfield.example"}) || f.Subject != "Checkout is broken" || f.Date != "Tue, 3 Mar 2026 22:12:08 -0500" ||
		f.Text != "Nobody can pay.\n\n> even quoted" || !f.Attached || p.Mail.Text != "They are furious." || len(f.To) != 1 {
		t.Fatalf("%+v of %+v", f, p.Mail)
	}
	if len(p.Attachments) != 2 || p.Attachments[0].Type != "message/rfc822" || p.Attachments[1].Name != "screen.png" {
		t.Errorf("files %+v", p.Attachments)
	}
	for what, raw := range map[string]string{
		"an answer with a mail attached": fmt.Sprintf(attached, "Re: see", "In-Reply-To: <1@desk.example>\r\n"),
		"a report with the mail":         strings.Replace(fmt.Sprintf(attached, "Undelivered mail returned to sender", ""), "grace@harbor.example", "mailer-daemon@harbor.example", 1),
	} {
		if f := read(raw).Mail.Forwarded; f != nil {
			t.Errorf("%s: %+v", what, f)
		}
	}
}

func TestWordsBelowAForwardAreTheForwardersToo(t *testing.T) {
	m := forwarded("Fwd: Checkout", "Look:\n\n> Begin forwarded message:\n>\n> From: Helen Park <helen@copperfield.example>\n> Subject: Checkout\n> Date: 3 March 2026\n> To: orders@harbor.example\n>\n> Nobody can pay.\n\nThey are furious.\n\n-- \nGrace Lin\nHarbor").Mail
	if m.Text != "Look:\n\nThey are furious." || m.Forwarded.Text != "Nobody can pay." || m.Signature != "-- \nGrace Lin\nHarbor" {
		t.Errorf("%q, forwarded %q, signature %q", m.Text, m.Forwarded.Text, m.Signature)
	}
	m = forwarded("Fwd: Checkout", "-- \nGrace Lin\n\n---------- Forwarded message ---------\nFrom: <helen@copperfield.example>\nDate: today\nSubject: Checkout\n\nNobody can pay.").Mail
	if m.Text != "" || m.Signature != "-- \nGrace Lin" {
		t.Errorf("only a card above it: %q, signature %q", m.Text, m.Signature)
	}
}

func TestASubjectLosesTheMarksOfTheForwardAlone(t *testing.T) {
	for subject, want := range map[string]string{
		"Fwd: Logs": "Logs", "FW: Fwd: Logs": "Logs", "Fwd: Re: Logs": "Re: Logs", "[Fwd: Logs]": "Logs", "Пересл: Логи": "Логи", "İLT: Kayıtlar": "Kayıtlar", "Redir.: Jurnale": "Jurnale",
		"WG: AW: Protokolle": "AW: Protokolle", "I: Registri": "Registri", "i: lower": "i: lower", "转发： 日志": "日志", "Fwd[2]: Logs": "Logs", "Logs: Fwd: x": "Logs: Fwd: x", "": "", "Fwd:": "",
	} {
		if got := withoutForward(subject); got != want {
			t.Errorf("%q is %q, want %q", subject, got, want)
		}
	}
}

// FuzzTakeApart: no letter of a text is lost, and nothing in it takes long.
func FuzzTakeApart(f *testing.F) {
	raw, err := os.ReadFile("testdata/forwards.txt")
	if err != nil {
		f.Fatal(err)
	}
	for c := range strings.SplitSeq("\n"+string(raw), "\n== ") {
		_, body, _ := strings.Cut(c, "\n\n")
		f.Add("Fwd: x", body)
		f.Add("Re: x", "On Tue, 3 Mar 2026 at 10:00, Dina wrote:\n> a\n\nb\n-- \nc\n"+body)
	}
	f.Add("", strings.Repeat("On 1.1.2026 10:00 a <a@b.c> wrote:\nx\n> y\n", 50))
	f.Add("Fwd:", "------ forward --From:aTo:bSubject:cDate:d\n_____\nFrom: a\n\nTo: b\nDate: c\n```\n```\n")
	f.Fuzz(func(t *testing.T, subject, body string) {
		body = cleanText(body)
		start := cpuTime(t)
		w := takeApart(body, addressed{subject: subject})
		if took := cpuTime(t) - start; took > limitOf(time.Second) {
			t.Errorf("took %s", took)
		}
		if got, want := letters(w.text+w.quoted+w.signature), letters(body); got != want {
			t.Errorf("%d letters became %d:\n%q\ntext %q\nquoted %q\nsignature %q", want, got, body, w.text, w.quoted, w.signature)
		}
	})
}

func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
