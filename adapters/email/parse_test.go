package email

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime/quotedprintable"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/text/encoding/htmlindex"

	"meridian/bot"
)

func read(lines ...string) Parsed { return Parse([]byte(strings.Join(lines, "\r\n")), Envelope{}) }

func TestEveryCharsetIsReadInHeadAndBody(t *testing.T) {
	words := map[string]string{
		"koi8-r": "Не работает принтер", "koi8-u": "Не працює принтер, її", "windows-1251": "Не работает принтер", "cp1251": "Заказ", "win-1251": "Заказ",
		"ibm866": "Не работает", "cp866": "Не работает", "iso-8859-5": "Не работает", "x-mac-cyrillic": "Не работает",
		"iso-8859-1": "Drucker läuft nicht", "latin1": "déjà", "iso-8859-2": "łódź", "iso-8859-7": "εκτυπωτής", "iso-8859-8": "מדפסת", "iso-8859-9": "yazıcı", "iso-8859-15": "€ 5",
		"windows-1250": "drukárna ř", "windows-1252": "“quoted”", "windows-1253": "εκτυπωτής", "windows-1254": "yazıcı", "windows-1255": "מדפסת", "windows-1256": "طابعة", "windows-1257": "spausdintuvas ž",
		"gb18030": "打印机坏了", "gb2312": "打印机", "gbk": "打印机", "big5": "印表機", "iso-2022-jp": "プリンタ", "shift_jis": "プリンタ", "euc-jp": "プリンタ", "euc-kr": "프린터",
		"utf-16": "Принтер", "utf-16le": "Принтер", "utf-8": "Принтер 🖨", "UTF8": "Принтер",
	}
	for charset, want := range words {
		label := map[string]string{"cp1251": "windows-1251", "win-1251": "windows-1251", "cp866": "ibm866", "utf-16": "utf-16be", "UTF8": "utf-8"}[charset]
		if label == "" {
			label = charset
		}
		enc, err := htmlindex.Get(label)
		if err != nil {
			t.Fatalf("%s: %v", label, err)
		}
		raw := []byte(want) // the index writes no UTF-16
		switch label {
		case "utf-16be", "utf-16le":
			raw = nil
			for _, r := range want {
				if label == "utf-16be" {
					raw = append(raw, byte(r>>8), byte(r))
				} else {
					raw = append(raw, byte(r), byte(r>>8))
				}
			}
		default:
			if raw, err = enc.NewEncoder().Bytes(raw); err != nil {
				t.Fatalf("%s: %v", charset, err)
			}
		}
		b64 := base64.StdEncoding.EncodeToString(raw)
		p := read("From: =?"+charset+"?B?"+b64+"?= <a@b.example>", "Subject: =?"+charset+"?b?"+b64+"?=",
			"Content-Type: text/plain; charset=\""+charset+"\"", "Content-Transfer-Encoding: base64", "", b64)
		if p.Mail.Subject != want || p.Mail.Text != want || p.Mail.From.Name != strings.Trim(want, `"`) {
			t.Errorf("%s: subject %q, text %q, from %q, want %q", charset, p.Mail.Subject, p.Mail.Text, p.Mail.From.Name, want)
		}
	}
}

func TestAnUnknownOrWrongCharsetIsNoError(t *testing.T) {
	koi, _ := htmlindex.Get("koi8-r")
	cp, _ := htmlindex.Get("windows-1251")
	inKOI, _ := koi.NewEncoder().String("Сломался принтер в офисе")
	inCP, _ := cp.NewEncoder().String("Сломался принтер в офисе")
	for _, c := range []struct{ charset, raw, want string }{
		{"x-unknown", "caf\xe9", "café"}, {"", "caf\xe9", "café"}, {"us-ascii", "caf\xe9", "café"}, {"utf-8", "caf\xe9", "café"},
		{"", inKOI, "Сломался принтер в офисе"}, {"", inCP, "Сломался принтер в офисе"}, {"us-ascii", inCP, "Сломался принтер в офисе"},
		{"x-unknown", "Принтер", "Принтер"}, {"utf-8", "Принтер\xd0", "Принтер\uFFFD"}, {"iso-2022-cn", "caf\xe9", "café"},
		{"utf-7", "Hi +BB8EQAQ4BD0EQgQ1BEA- +-1", "Hi Принтер +1"}, {"utf-7", "broken +!", "broken +!"},
	} {
		p := Parse([]byte("From: a@b.example\r\nSubject: "+c.raw+"\r\nContent-Type: text/plain; charset="+c.charset+"\r\n\r\n"+c.raw), Envelope{})
		if p.Mail.Text != c.want {
			t.Errorf("%q as %q: %q, want %q", c.raw, c.charset, p.Mail.Text, c.want)
		}
		if c.charset == "" && p.Mail.Subject != c.want {
			t.Errorf("subject %q, want %q", p.Mail.Subject, c.want)
		}
	}
}

func TestTheSenderIsAnAddressWhereOneBelongs(t *testing.T) {
	for from, want := range map[string]bot.Address{
		"anna@shop.example":                                   {Address: "anna@shop.example"},
		"Anna Lin <anna@shop.example>":                        {Name: "Anna Lin", Address: "anna@shop.example"},
		`"Lin, Anna" <anna@shop.example>`:                     {Name: "Lin, Anna", Address: "anna@shop.example"},
		"Lin, Anna <anna@shop.example>":                       {Name: "Lin, Anna", Address: "anna@shop.example"},
		"anna@shop.example (Anna Lin)":                        {Name: "Anna Lin", Address: "anna@shop.example"},
		"boss@corp.example <evil@x.example>":                  {Name: "boss@corp.example", Address: "evil@x.example"},
		`"boss@corp.example" <evil@x.example>`:                {Name: "boss@corp.example", Address: "evil@x.example"},
		"=?utf-8?q?boss=40corp.example?= <evil@x.example>":    {Name: "boss@corp.example", Address: "evil@x.example"},
		"=?utf-8?q?boss=40corp.example?=":                     {Name: "boss@corp.example", Address: Unknown},
		"=?utf-8?q?=3Cboss=40corp.example=3E?=":               {Name: "<boss@corp.example>", Address: Unknown},
		"one@a.example, two@b.example":                        {Address: "one@a.example"},
		"Friends: one@a.example, two@b.example;":              {Address: "one@a.example"},
		"Undisclosed recipients:;":                            {Name: "Undisclosed recipients:;", Address: Unknown},
		"":                                                    {Address: Unknown},
		"<>":                                                  {Name: "<>", Address: Unknown},
		"MAILER-DAEMON":                                       {Name: "MAILER-DAEMON", Address: Unknown},
		"a@b@c.example":                                       {Name: "a@b@c.example", Address: Unknown},
		"<@relay.example:anna@shop.example>":                  {Address: "anna@shop.example"},
		"Anna anna@shop.example":                              {Name: "Anna", Address: "anna@shop.example"},
		"John Doe <jdoe@machine(comment). example>":           {Name: "John Doe", Address: "jdoe@machine.example"},
		"=?utf-8?q?a=0D=0ABcc:_x=40y.example?= <a@b.example>": {Name: "a Bcc: x@y.example", Address: "a@b.example"},
		"\"Anna\u202Egpj\" <anna@shop.example>":               {Name: "Annagpj", Address: "anna@shop.example"},
		"Анна <анна@почта.рф>":                                {Name: "Анна", Address: "анна@почта.рф"},
		"anna <a\x00b@shop.example>":                          {Name: "anna <ab@shop.example>", Address: Unknown},
		"Anna <anna@[192.0.2.1]>":                             {Name: "Anna", Address: "anna@[192.0.2.1]"},
		"Anna <anna@shop.example> <evil@x.example>":           {Name: "Anna <anna@shop.example>", Address: "evil@x.example"},
		"=?utf-8?Q?Lin,_Anna?= <anna@shop.example>":           {Name: "Lin, Anna", Address: "anna@shop.example"},
	} {
		if got := read("From: "+from, "", "hi").Mail.From; got != want {
			t.Errorf("From %q is %+v, want %+v", from, got, want)
		}
	}
}

func TestNothingOfAStrangerCanPassForAnotherHeader(t *testing.T) {
	evil := "=?utf-8?q?a=0D=0ABcc:_x=40y.example=00=E2=80=AE=07=C2=85?="
	p := read("From: "+evil+" <a@b.example>", "To: "+evil+" <c@d.example>", "Subject: "+evil, "Message-ID: <x y\tz@b.example>",
		"Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain; name=\""+evil+".txt\"", "Content-Disposition: attachment; filename*=utf-8''a%0D%0Ab%E2%80%AEgpj.exe", "", "x", "--b--")
	all := []string{p.Mail.Subject, p.Mail.From.Name, p.Mail.From.Address, p.Mail.To[0].Name, p.Mail.MessageID, p.Attachments[0].Name, p.Attachments[0].Type}
	for _, s := range all {
		if strings.ContainsAny(s, "\r\n\x00\x07\u0085\u202e") {
			t.Errorf("%q was let through", s)
		}
	}
	if p.Mail.Subject != "a Bcc: x@y.example" {
		t.Errorf("subject %q", p.Mail.Subject)
	}
}

func TestFileNamesAreSafeAnywhere(t *testing.T) {
	for name, want := range map[string]string{
		"../../etc/passwd": "passwd", `..\..\boot.ini`: "boot.ini", "con": "_con", "NUL.txt": "_NUL.txt", "com1.log": "_com1.log", "LPT9": "_LPT9",
		"a\u202Egpj.exe": "agpj.exe", ".htaccess": "htaccess", "": "attachment-3.pdf", "...": "attachment-3.pdf", "/": "attachment-3.pdf", "..": "attachment-3.pdf",
		"a:b|c?.txt": "a_b_c_.txt", "отчёт за март.xlsx": "отчёт за март.xlsx", "x\x00y.png": "xy.png",
		strings.Repeat("n", 300) + ".pdf": strings.Repeat("n", 116) + ".pdf", strings.Repeat("я", 300) + ".pdf": strings.Repeat("я", 58) + ".pdf",
	} {
		if got := fileName(name, "application/pdf", 3); got != want {
			t.Errorf("%q is named %q, want %q", name, got, want)
		}
	}
}

func TestAttachmentsKeepNameTypeAndBytes(t *testing.T) {
	p := read("From: a@b.example", "Content-Type: multipart/mixed; boundary=\"=_b\"", "", "preamble", "--=_b",
		"Content-Type: text/plain", "", "See the files.", "--=_b",
		"Content-Type: application/pdf; name=\"=?koi8-r?B?z9TexdQucGRm?=\"", "Content-Transfer-Encoding: base64", "", "JVBERi0x LjQ!!K", "--=_b",
		"Content-Type: application/octet-stream", "Content-Disposition: attachment;", " filename*0*=windows-1251''%EE%F2;", " filename*1*=%F7%B8%F2.bin", "", "", "--=_b",
		"Content-Type: image/png; name=x.png", "Content-Disposition: inline", "", "MZ\x90not a picture", "--=_b",
		"Content-Type: message/rfc822", "", "From: c@d.example", "", "inner", "--=_b--", "epilogue")
	var got []string
	for _, a := range p.Attachments {
		got = append(got, fmt.Sprintf("%s|%s|%d|%q", a.Name, a.Type, a.Size, a.Data()))
	}
	want := []string{`отчет.pdf|application/pdf|9|"%PDF-1.4\n"`, `отчёт.bin|application/octet-stream|0|""`, `x.png|image/png|16|"MZ\x90not a picture"`,
		`attachment-4.eml|message/rfc822|26|"From: c@d.example\r\n\r\ninner"`}
	if !slices.Equal(got, want) {
		t.Errorf("attachments\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if p.Mail.Text != "See the files." {
		t.Errorf("text %q", p.Mail.Text)
	}
}

// What is attached is kept byte by byte and never opened, be it what a scanner
// would cry about, a bomb, or nothing at all.
func TestWhatIsAttachedIsNeverOpened(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("zeros")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 64<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	eicar := `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-` + "ANTIVIRUS-TEST-FILE!$H+H*" // in two, so that no scanner takes this file for it
	for name, data := range map[string][]byte{"bomb.zip": bomb.Bytes(), "eicar.com": []byte(eicar), "empty.txt": nil, "winmail.dat": []byte("\x78\x9f\x3e\x22garbage"), "junk.bin": []byte("\x00\xff")} {
		p := read("From: a@b.example", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "See it.", "--b", "Content-Type: application/octet-stream; name="+name, "Content-Transfer-Encoding: base64", "",
			base64.StdEncoding.EncodeToString(data), "--b--")
		if len(p.Attachments) != 1 || p.Attachments[0].Name != name || p.Attachments[0].Size != int64(len(data)) || !bytes.Equal(p.Attachments[0].Data(), data) || p.Mail.Text != "See it." {
			t.Errorf("%s: %+v, text %q", name, p.Attachments, p.Mail.Text)
		}
	}
}

func TestDamagedMailsAreReadAsFarAsTheyGo(t *testing.T) {
	for name, c := range map[string]struct{ raw, subject, text string }{
		"no closing boundary":         {"Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello", "s", "hello"},
		"no boundary at all":          {"Subject: s\r\nContent-Type: multipart/mixed\r\n\r\nhello", "s", "hello"},
		"a boundary that never comes": {"Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\nhello", "s", "hello"},
		"a boundary of 10 kB":         {"Subject: s\r\nContent-Type: multipart/mixed; boundary=\"" + strings.Repeat("b", 10_000) + "\"\r\n\r\n--" + strings.Repeat("b", 10_000) + "\r\n\r\nhello", "s", "hello"},
		"base64 with junk":            {"Subject: s\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\r\n!!bG8=\r\n", "s", "hello"},
		"base64 cut short":            {"Subject: s\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG", "s", "hell"},
		"quoted with junk":            {"Subject: s\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nhe=\r\nll=6f =zz =3D=", "s", "hello =zz ="},
		"no header":                   {"hello there\r\nsecond line", "", "hello there\nsecond line"},
		"an mbox line":                {"From anna@shop.example Tue Mar  3\r\nSubject: s\r\n\r\nhello", "s", "hello"},
		"a bad header line":           {"Subject: s\r\nthis is no field\r\nX-Other: 1\r\n\r\nhello", "s", "hello"},
		"no blank line":               {"Subject: s\r\nhello there", "s", "hello there"},
		"bare line feeds":             {"Subject: s\nX: y\n\nhello\nyou", "s", "hello\nyou"},
		"blank lines first":           {"\r\n\r\nSubject: s\r\n\r\nhello", "s", "hello"},
		"folded subject":              {"Subject: one\r\n two\r\n\tthree\r\n\r\nhello", "one two three", "hello"},
		"a word cut in two":           {"Subject: =?utf-8?B?0J/RgNC40LLQtdGC?=\r\n =?utf-8?B?LCDQ?= =?utf-8?B?vNC40YA=?=\r\n\r\nx", "Привет, мир", "x"},
		"words with blanks":           {"Subject: =?utf-8?Q?a b c?= d =?utf-8?Z?x?=\r\n\r\nx", "a b c d =?utf-8?Z?x?=", "x"},
		"empty":                       {"", "", ""},
		"only a header":               {"Subject: s\r\n", "s", ""},
	} {
		p := Parse([]byte(c.raw), Envelope{})
		if p.Mail.Subject != c.subject || p.Mail.Text != c.text || p.Mail.Unreadable != "" {
			t.Errorf("%s: subject %q, text %q, unreadable %q", name, p.Mail.Subject, p.Mail.Text, p.Mail.Unreadable)
		}
	}
}

func TestHTMLBecomesLinesAPersonCanRead(t *testing.T) {
	for source, want := range map[string]string{
		"<p>Hello <b>Dina</b>,</p><p>the shop&nbsp;is&amp;was down.<br>Please look.</p>":             "Hello Dina,\n\nthe shop is&was down.\nPlease look.",
		"<ol><li>one<ul><li>a</li><li>b</li></ul></li><li>two</li></ol>end":                          "1. one\n  - a\n  - b\n2. two\n\nend",
		"<ul><li>one</li><li>two</li></ul>":                                                          "- one\n- two",
		`<a href="https://shop.example/x">the page</a>`:                                              "the page (https://shop.example/x)",
		`<a href="https://shop.example/">shop.example</a>`:                                           "shop.example",
		"<style>p{color:red}</style><script>alert(1)</script><p>words</p>":                           "words",
		"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>":                            "a | b\nc",
		"<div>hi</div><blockquote><p>old</p><p>words</p></blockquote>":                               "hi\n\n> old\n>\n> words",
		"<pre>one\n  two</pre>":                                                                      "one\n  two",
		"<html><head><title>T</title></head><body>x<img src=http://t.example/1.gif alt=logo></body>": "x[logo]",
		"just words": "just words", "1 < 2 &lt; 3": "1 < 2 < 3", "<p>unclosed <b>tags": "unclosed tags",
	} {
		if got := htmlToText(source); got != want {
			t.Errorf("%q\nis   %q\nwant %q", source, got, want)
		}
	}
	p := read("From: a@b.example", "Content-Type: multipart/alternative; boundary=b", "", "--b", "Content-Type: text/html; charset=utf-8", "", "<p>rich</p>", "--b", "Content-Type: text/plain", "", "plain", "--b--")
	if p.Mail.Text != "plain" {
		t.Errorf("the plain version is not preferred: %q", p.Mail.Text)
	}
	p = read("From: a@b.example", "Content-Type: multipart/alternative; boundary=b", "", "--b", "Content-Type: text/plain", "", " ", "--b", "Content-Type: text/html", "", "<p>rich</p>", "--b--")
	if p.Mail.Text != "rich" {
		t.Errorf("an empty plain version hides the other: %q", p.Mail.Text)
	}
}

// hostile are mails made to cost time or memory.
func hostile() map[string][]byte {
	var nested, parts bytes.Buffer
	nested.WriteString("From: a@b.example\r\nSubject: nested\r\n")
	for i := range 20_000 {
		fmt.Fprintf(&nested, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	parts.WriteString("From: a@b.example\r\nSubject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n")
	for range 200_000 {
		parts.WriteString("--b\r\n\r\nx\r\n")
	}
	deep := "From: a@b.example\r\nSubject: deep\r\n"
	for i := range 20 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n", strings.Repeat("b", i+1), strings.Repeat("b", i+1))
	}
	deep += "\r\n"
	head := "From: a@b.example\r\nSubject: "
	big := 24 << 20
	return map[string][]byte{
		"20,000 nested parts":      nested.Bytes(),
		"200,000 parts":            parts.Bytes(),
		"20 levels of near misses": append([]byte(deep), bytes.Repeat([]byte("--"+strings.Repeat("b", 22)+"\r\n"), 900_000)...),
		"500,000 fields":           []byte(head + "fields\r\n" + strings.Repeat("X: y\r\n", 500_000) + "\r\nx"),
		"a header of 20 MB":        []byte(head + "x\r\nX-Big: " + strings.Repeat("y", 20<<20) + "\r\n\r\nx"),
		"a subject of words":       []byte(head + strings.Repeat("=?utf-8?Q?a?= ", 60_000) + "\r\n\r\nx"),
		"words that never end":     []byte(head + strings.Repeat("=?a?Q? ", 120_000) + "\r\n\r\nx"),
		"addresses":                []byte("To: " + strings.Repeat("a@b.example,", 80_000) + "\r\nFrom: " + strings.Repeat("<", 900_000) + "\r\n\r\nx"),
		"names that never end":     []byte("To: " + strings.Repeat("no address,", 80_000) + "\r\nFrom: " + strings.Repeat("(", 900_000) + "\r\n\r\nx"),
		"parameters":               []byte("From: a@b.example\r\nContent-Type: text/plain" + strings.Repeat("; a=b", 150_000) + "\r\n\r\nx"),
		"one line":                 []byte(head + "x\r\n\r\n" + strings.Repeat("x", big)),
		"quotes":                   []byte(head + "x\r\n\r\n" + strings.Repeat("On 1 a wrote:\n> x\n", big/18)),
		"attributions":             []byte(head + "Re: x\r\n\r\n" + strings.Repeat("On 1.1.2026 10:00 a <a@b.c> wrote:\nx\n", big/38)),
		"attributions in halves":   []byte(head + "Re: x\r\n\r\n" + strings.Repeat("On 1.1.2026 10:00 a <a@b.c>\n", big/28)),
		"attributions in between":  []byte(head + "Re: x\r\n\r\n" + strings.Repeat("On 1.1.2026 10:00 a <a@b.c> wrote:\nx\n> y\n", big/42)),
		"dates that end in >":      []byte(head + "x\r\n\r\n" + strings.Repeat("1/1/2026 a <a@b.c>\n\n", big/20)),
		"headers that begin":       []byte(head + "x\r\n\r\n" + strings.Repeat("From: x\n", big/8)),
		"labels":                   []byte(head + "x\r\n\r\n" + strings.Repeat("From: x\nTo: y\n\n", big/16)),
		"forwards that begin":      []byte(head + "Fwd: x\r\n\r\n" + strings.Repeat("> Begin forwarded message:\n\n", big/29)),
		"forwards in forwards":     []byte(head + "Fwd: x\r\n\r\n" + strings.Repeat("--- Forwarded message ---\nFrom: a@b.c\nSubject: x\n\n", big/51)),
		"a joined header":          []byte(head + "Fwd: x\r\n\r\n--- Forwarded message --- " + strings.Repeat("From: a", big/7)),
		"joined headers":           []byte(head + "Fwd: x\r\n\r\n" + strings.Repeat("--- Forwarded message --- "+strings.Repeat("Aaaa:", 350)+"\n", big/1800)),
		"signatures":               []byte(head + "x\r\n\r\n" + strings.Repeat("a\n> b\n-- \nc\n", big/12)),
		"fences":                   []byte(head + "x\r\n\r\n" + strings.Repeat("```\n", big/4)),
		"rules":                    []byte(head + "x\r\n\r\n" + strings.Repeat("-----\n", big/6)),
		"links in a field":         []byte(head + "Fwd: x\r\n\r\n--- Forwarded message ---\nFrom: " + strings.Repeat("<mailto:", 8000) + "\nTo: a\nSubject: x\n"),
		"a bounce of many":         []byte(head + "Undelivered mail\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\n" + strings.Repeat("550 5.1.1 a\r\n", 50_000) + "--b\r\nContent-Type: message/delivery-status\r\n\r\n" + strings.Repeat("Action: failed\r\nFinal-Recipient: rfc822; a@b.example\r\n\r\n", big/80)),
		"quoted-printable":         []byte(head + "x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=3D", big/3)),
		"HTML tags":                []byte(head + "x\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("<div><a href=x>y", big/16)),
		"HTML quotes":              []byte(head + "x\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("<blockquote>y", big/13)),
		"HTML of one tag":          []byte(head + "x\r\nContent-Type: text/html\r\n\r\n<a " + strings.Repeat("b=c ", big/4)),
		"titles":                   []byte(head + "x\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("<title>y</title>", big/16)),
		"a large attachment":       []byte(head + "x\r\nContent-Type: application/zip; name=x.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("QUJDRA==", big/8)),
		"control characters":       []byte(head + "x\r\n\r\n" + strings.Repeat("\x00\x01\x02\x80", big/4)),
		"300 parts of koi8-r":      []byte(head + "x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n"+strings.Repeat("\xd0\xd2", 30_000)+"\r\n", 290)),
	}
}

// cpuTime is what the process has computed so far; unlike a clock it does not
// run while other programs do.
func cpuTime(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestAHostileMailCostsLittle(t *testing.T) {
	for name, raw := range hostile() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := cpuTime(t)
		p := Parse(raw, Envelope{})
		took := cpuTime(t) - start
		runtime.GC()
		runtime.ReadMemStats(&after)
		kept := int64(after.HeapAlloc) - int64(before.HeapAlloc)
		if took > limitOf(time.Second) || kept > 64<<20 {
			t.Errorf("%s (%d bytes): %s, keeps %d bytes", name, len(raw), took, kept)
		}
		t.Logf("%-24s %4d ms, keeps %6d kB, allocated %4d MB, unreadable %q", name, took.Milliseconds(), kept>>10, (after.TotalAlloc-before.TotalAlloc)>>20, p.Mail.Unreadable)
		if p.Mail.Subject == "" && p.Mail.From.Address == Unknown && p.Mail.Text == "" {
			t.Errorf("%s: nothing is left of it", name)
		}
		runtime.KeepAlive(p)
	}
}

func TestAMailBeyondTheCapsIsShownByItsHead(t *testing.T) {
	for _, name := range []string{"20,000 nested parts", "200,000 parts", "500,000 fields"} {
		p := Parse(hostile()[name], Envelope{})
		if p.Mail.Unreadable == "" || p.Mail.From.Address != "a@b.example" || p.Mail.Subject == "" || !strings.HasPrefix(p.Mail.Text, "From: a@b.example\n") {
			t.Errorf("%s: %+v", name, p.Mail)
		}
	}
}

func TestAWellFormedMailIsReadAsAnotherLibraryReadsIt(t *testing.T) {
	var q bytes.Buffer
	w := quotedprintable.NewWriter(&q)
	fmt.Fprint(w, "Привет, мир.\r\nA long line: "+strings.Repeat("слово ", 40)+"\r\n")
	w.Close()
	raw := "From: =?utf-8?q?=D0=90=D0=BD=D0=BD=D0=B0?= <anna@shop.example>\r\nSubject: =?windows-1251?B?z/Do4uXy?=\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=\"out\"\r\n\r\n--out\r\nContent-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + q.String() +
		"\r\n--in\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--in--\r\n--out\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=\"a b.png\"\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--out--\r\n"
	env, err := enmime.ReadEnvelope(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	p := Parse([]byte(raw), Envelope{})
	if want := strings.TrimSpace(strings.ReplaceAll(env.Text, "\r\n", "\n")); strings.TrimSpace(p.Mail.Text) != want {
		t.Errorf("text %q, want %q", p.Mail.Text, want)
	}
	if p.Mail.Subject != env.GetHeader("Subject") || p.Mail.From.Name != "Анна" {
		t.Errorf("subject %q, from %+v", p.Mail.Subject, p.Mail.From)
	}
	if len(p.Attachments) != 1 || !bytes.Equal(p.Attachments[0].Data(), env.Attachments[0].Content) || p.Attachments[0].Name != env.Attachments[0].FileName {
		t.Errorf("attachments %+v", p.Attachments)
	}
}

func TestTheDescriptionHasTheShapeThatItsReadersKnow(t *testing.T) {
	got, err := json.Marshal(Describe([]byte("From: Anna <anna@shop.example>\r\nSubject: Hi\r\n\r\nNew.\r\n\r\n> old\r\n"), "", ""))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"kind":"human","from":{"name":"Anna","address":"anna@shop.example"},"subject":"Hi","text":"New.","quoted":"\u003e old","signature":"","forwarded":null,"attachments":[],"quiet":false,"v":1}`
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(plainMail))
	f.Add([]byte("From: =?koi8-r?B?8NLJ18XU?= <a@b>\r\nContent-Type: multipart/alternative; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>a<blockquote>b\r\n--x--"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Transfer-Encoding: base64\n\nQQ==\n--b--"))
	f.Add([]byte("Subject: =?utf-8?Q?=?= =?a?\r\nTo: a:b@c,;\"x\\\r\nContent-Disposition: x; filename*0*=a'b'%4;filename*9=c\r\n\r\nOn 1 a wrote:\n> b"))
	f.Add([]byte(deliveryReport + "failed\r\n--b--"))
	f.Add([]byte("Content-Type: text/plain; charset=utf-7\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n+AB=\r\n=C3=\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		start := cpuTime(t)
		p := Parse(raw, Envelope{})
		if took := cpuTime(t) - start; took > limitOf(time.Second) {
			t.Errorf("took %s", took)
		}
		for _, s := range []string{p.Mail.Subject, p.Mail.From.Name, p.Mail.From.Address, p.Mail.MessageID} {
			if strings.ContainsAny(s, "\r\n\x00") || !utf8.ValidString(s) {
				t.Errorf("%q was let through", s)
			}
		}
		if !utf8.ValidString(p.Mail.Text) || !utf8.ValidString(p.Mail.Quoted) || strings.Contains(p.Mail.Text, "\x00") {
			t.Error("the text cannot be stored")
		}
		if a := p.Mail.From.Address; a != Unknown && !isAddress(a) {
			t.Errorf("the sender %q is no address", a)
		}
		for _, file := range p.Attachments {
			if file.Name == "" || len(file.Name) > maxFileNameBytes || strings.ContainsAny(file.Name, "/\\\r\n\x00") {
				t.Errorf("a file is named %q", file.Name)
			}
		}
	})
}

func TestATextThatIsTooLongIsKeptAsAFileToo(t *testing.T) {
	long := strings.Repeat("words and ", 200_000)
	for _, typ := range []string{"text/plain", "text/html"} {
		p := read("From: a@b.example", "Content-Type: "+typ, "", long)
		if len(p.Mail.Text) > maxTextBytes || len(p.Mail.Text) < maxTextBytes-100 || len(p.Attachments) != 1 || p.Attachments[0].Size != int64(len(long)) {
			t.Errorf("%s: %d bytes of text, %d files", typ, len(p.Mail.Text), len(p.Attachments))
		}
	}
}
