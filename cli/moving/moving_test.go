package moving

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// outline is a desk in a few lines.
func outline(d *Desk) string {
	var b strings.Builder
	for _, t := range d.Tickets {
		fmt.Fprintf(&b, "%s|%s|%s=%s|%s|%s|%s|%s\n", t.Number, t.Title, t.Status, t.State, t.Requester.Key(), t.Requester.Company, t.Owner.Key(), t.Skip)
		for _, e := range t.Entries {
			who := "client"
			if e.Team {
				who = "team"
			}
			if e.Internal {
				who = "note"
			}
			fmt.Fprintf(&b, "  %s %s %q %s", who, e.Author.Key(), e.Text, e.At.Format(time.DateOnly))
			for _, f := range e.Files {
				fmt.Fprintf(&b, " [%s %s %d]", f.Name, f.Type, f.Size)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func TestADeskIsReadFromWhatItGivesOut(t *testing.T) {
	for _, tt := range []struct{ name, format, file, text, want string }{
		{"Zammad, expanded, articles within", "zammad", "tickets.json", `[{"id":7,"number":"20260312","title":"Logo  is blurred","state":"open","group":"Users","priority":"2 normal","customer":"mia@shop.example","owner":"-","organization":"Copperfield","created_at":"2026-03-12T09:00:00.000Z","updated_at":"2026-03-12T09:00:00.000Z",
			"articles":[{"ticket_id":7,"from":"Mia Stone <mia@shop.example>","sender":"Customer","content_type":"text/html","body":"<div>See <i>below</i>.</div>","internal":false,"created_at":"2026-03-12T09:00:00Z","attachments":[{"filename":"logo.png","size":"4096","preferences":{"Mime-Type":"image/png"}}]},
			{"ticket_id":7,"from":"Vera","sender":"Agent","type":"note","body":"Ask design.","internal":true,"created_by":"vera@desk.example","created_at":"2026-03-12T10:00:00Z"}]}]`,
			"20260312|Logo is blurred|open=open|mia@shop.example|Copperfield||\n  client mia@shop.example \"See below.\" 2026-03-12 [logo.png image/png 4096]\n  note vera@desk.example \"Ask design.\" 2026-03-12\n"},
		{"Zammad, as lines", "zammad", "all.jsonl", `{"id":1,"number":"1","title":"A","state":"closed","customer":"a@b.example","created_at":"2026-03-12T09:00:00Z"}` + "\n" +
			`{"id":9,"ticket_id":1,"from":"a@b.example","sender":"Customer","body":"Words","created_at":"2026-03-12T09:00:00Z"}` + "\n",
			"1|A|closed=closed|a@b.example|||\n  client a@b.example \"Words\" 2026-03-12\n"},
		{"Freshdesk, the account's export", "freshdesk", "Tickets0.json", `[{"helpdesk_ticket":{"id":500,"display_id":31,"subject":"Refund twice","description":"Twice!","status":2,"status_name":"Open","priority_name":"Urgent","requester_id":9,"requester_name":"Priya","responder_name":"Inga","created_at":"2026-03-01T10:00:00+03:00","updated_at":"2026-03-02T10:00:00+03:00",
			"helpdesk_notes":[{"body":"We look.","incoming":false,"private":false,"user_id":4,"created_at":"2026-03-01T11:00:00+03:00"},{"body":"call them","incoming":false,"private":true,"user_id":4,"created_at":"2026-03-01T12:00:00+03:00"}]}},
			{"user":{"id":9,"name":"Priya Shah","email":"Priya@Brightwell.example","customer_id":2}},{"user":{"id":4,"name":"Inga","email":"inga@desk.example"}},{"company":{"id":2,"name":"Brightwell","domains":"brightwell.example,gmail.com"}}]`,
			"31|Refund twice|open=open|priya@brightwell.example|Brightwell|Inga|\n  client priya@brightwell.example \"Twice!\" 2026-03-01\n  team inga@desk.example \"We look.\" 2026-03-01\n  note inga@desk.example \"call them\" 2026-03-01\n"},
		{"Freshdesk, its API", "freshdesk", "tickets.json", `[{"id":8,"subject":"Hello","description_text":"One","status":6,"priority":1,"requester":{"id":1,"name":"Ann","email":"ann@x.example"},"created_at":"2026-03-01T10:00:00Z","updated_at":"2026-03-01T10:00:00Z",
			"conversations":[{"body_text":"Two","incoming":true,"private":false,"user_id":1,"created_at":"2026-03-02T10:00:00Z"}]},{"id":9,"subject":"Buy","description_text":"x","status":2,"spam":true,"created_at":"2026-03-01T10:00:00Z"}]`,
			"8|Hello|waiting on customer=waiting|ann@x.example|||\n  client ann@x.example \"One\" 2026-03-01\n  client ann@x.example \"Two\" 2026-03-02\n9|Buy|open=new||||spam\n  client  \"x\" 2026-03-01\n"},
		{"Freshdesk, the account's export as XML", "freshdesk", "Tickets0.xml", `<?xml version="1.0" encoding="UTF-8"?>
<helpdesk-tickets type="array">
  <helpdesk-ticket>
    <display-id type="integer">31</display-id><id type="integer">500</id>
    <subject>Refund twice</subject><description>Twice &amp; late!</description><description-html>&lt;div&gt;Twice&lt;/div&gt;</description-html>
    <status type="integer">3</status><status-name>Pending</status-name><priority-name>Urgent</priority-name><spam type="boolean">false</spam><deleted type="boolean">false</deleted>
    <requester-id type="integer">9</requester-id><requester-name>Priya</requester-name><responder-name>Inga</responder-name><group-id type="integer" nil="true"/>
    <created-at type="datetime">2026-03-01T10:00:00+03:00</created-at><updated-at type="datetime">2026-03-02T10:00:00+03:00</updated-at>
    <helpdesk-notes type="array">
      <helpdesk-note><body>We look.</body><incoming type="boolean">false</incoming><private type="boolean">false</private><user-id type="integer">4</user-id><created-at type="datetime">2026-03-01T11:00:00+03:00</created-at>
        <attachments type="array"><attachment><content-content-type>image/png</content-content-type><content-file-name>a.png</content-file-name><content-file-size type="integer">77</content-file-size></attachment></attachments></helpdesk-note>
      <helpdesk-note><body>It came.</body><incoming type="boolean">true</incoming><private type="boolean">false</private><user-id type="integer">9</user-id><created-at type="datetime">2026-03-01T12:00:00+03:00</created-at></helpdesk-note>
    </helpdesk-notes>
    <requester><name>Priya Shah</name><email>Priya@Brightwell.example</email></requester>
  </helpdesk-ticket>
  <helpdesk-ticket><display-id type="integer">32</display-id><subject>Buy</subject><description>x</description><status type="integer">2</status><spam type="boolean">true</spam><created-at type="datetime">2026-03-01T10:00:00Z</created-at></helpdesk-ticket>
</helpdesk-tickets>`,
			"31|Refund twice|pending=|priya@brightwell.example||Inga|\n  client priya@brightwell.example \"Twice\" 2026-03-01\n  team  \"We look.\" 2026-03-01 [a.png image/png 77]\n  client priya@brightwell.example \"It came.\" 2026-03-01\n" +
				"32|Buy|open=new||||spam\n  client  \"x\" 2026-03-01\n"},
		{"a table", "csv", "t.csv", "\ufeffNumber;Subject;Description;Status;E-mail;Company;Assignee;Created at;Tags\n77;Printer;\"It smokes,\nbadly\";Закрыта;Grace <grace@harbor.example>;Harbor;Inga;14.03.2026 10:40;a,b\n77;;Really;;inga@desk.example;;;2026-03-15;\n",
			"77|Printer|закрыта=closed|grace@harbor.example|Harbor|Inga|\n  client grace@harbor.example \"It smokes,\\nbadly\" 2026-03-14\n  team inga@desk.example \"Really\" 2026-03-15\n"},
		{"a table of Freshdesk", "csv", "tickets.csv", "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Last update time,Tags,Full name,Email,Company Name\n101,Logo is blurred,Waiting on Customer,Low,Email,Question,Inga,Support,2026-03-12 09:00:00,2026-03-13 09:00:00,2026-03-12 10:00:00,\"logo,print\",Mia Stone,mia@shop.example,Copperfield\n",
			"101|Logo is blurred|waiting on customer=waiting|mia@shop.example|Copperfield|Inga|\n"},
		{"a table of Zendesk", "csv", "tickets.csv", "Id,Requester,Requester email,Assignee,Subject,Tags,Status,Priority,Created at,Updated at,Organization\n35,Mia Stone,mia@shop.example,Inga,Logo is blurred,logo print,Pending,High,2026-03-12 09:00,2026-03-12 10:00,Copperfield\n",
			"35|Logo is blurred|pending=|mia@shop.example|Copperfield|Inga|\n"},
		{"Zammad, as its search gives it", "zammad", "search.json", `{"tickets":[7],"tickets_count":1,"assets":{"Ticket":{"7":{"id":7,"number":"20260312","title":"Logo is blurred","state_id":4,"group_id":2,"customer_id":11,"owner_id":1,"organization_id":3,"created_at":"2026-03-12T09:00:00Z","updated_at":"2026-03-12T09:00:00Z"}},
			"User":{"11":{"id":11,"login":"mia@shop.example","firstname":"Mia","lastname":"Stone","email":"mia@shop.example"}},"Group":{"2":{"id":2,"name":"Users"}},"Organization":{"3":{"id":3,"name":"Copperfield"}}}}`,
			"20260312|Logo is blurred|closed=closed|mia@shop.example|Copperfield||\n"},
		{"a mailbox", "mbox", "inbox", "From a@b Thu Mar 12 10:00:00 2026\r\nFrom: Ann <ann@x.example>\r\nSubject: Re: Broken\r\nMessage-ID: <1@x>\r\nDate: Thu, 12 Mar 2026 10:00:00 +0000\r\n\r\nIt is\r\n>From the start.\r\n\r\n" +
			"From s@d Thu Mar 12 11:00:00 2026\nFrom: support@desk.example\nSubject: Re: Broken\nMessage-ID: <2@d>\nIn-Reply-To: <1@x>\nDate: Thu, 12 Mar 2026 11:00:00 +0000\n\nWe look.\n\n" +
			"From l@l Thu Mar 12 12:00:00 2026\nFrom: news@l.example\nList-Id: <news>\nSubject: News\nMessage-ID: <3@l>\nDate: Thu, 12 Mar 2026 12:00:00 +0000\n\nBuy.\n",
			"|Broken|=closed|ann@x.example|||\n  client ann@x.example \"It is\\nFrom the start.\" 2026-03-12\n  team support@desk.example \"We look.\" 2026-03-12\n|News|=new|news@l.example|||spam\n  client news@l.example \"Buy.\" 2026-03-12\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Read(file(t, tt.file, tt.text), tt.format, Options{Own: "support@desk.example"})
			if err != nil {
				t.Fatal(err)
			}
			if got := outline(d); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestACompanyKeepsItsOwnDomainsAlone(t *testing.T) {
	d, err := Read(file(t, "t.json", `[{"id":8,"subject":"Hello","description_text":"One","status":2,"requester":{"email":"ann@x.example"},"created_at":"2026-03-01T10:00:00Z"},{"company":{"id":2,"name":"Brightwell","domains":["brightwell.example","gmail.com"]}}]`), "freshdesk", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Companies) != 1 || fmt.Sprint(d.Companies[0].Domains) != "[brightwell.example]" {
		t.Errorf("the companies are %+v", d.Companies)
	}
}

func TestWhatNoDeskGaveOutIsRefused(t *testing.T) {
	bomb := filepath.Join(t.TempDir(), "bomb.zip")
	f, err := os.Create(bomb)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	w, err := z.Create("tickets.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(strings.Repeat("[", 200_000))); err != nil { // deeper than anybody nests
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, format, file, want string }{
		{"no such file", "zammad", filepath.Join(t.TempDir(), "none.json"), "no such file"},
		{"a folder", "zammad", t.TempDir(), "is a folder"},
		{"empty", "csv", file(t, "a.csv", ""), "is empty"},
		{"half of it", "zammad", file(t, "a.json", `[{"number":"1","title":"x"`), "damaged or was cut off"},
		{"nothing of it", "zammad", file(t, "a.json", `{"a":[1,2,{"b":null}]}`), "holds no requests of the kind that Zammad gives out"},
		{"half a document", "freshdesk", file(t, "a.xml", "<tickets type=\"array\"><ticket><subject>x"), "a.xml: it is damaged"},
		{"a document that swells", "freshdesk", file(t, "a.xml", `<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><tickets type="array"><helpdesk-ticket><subject>&b;</subject></helpdesk-ticket></tickets>`), "a.xml: it is damaged"},
		{"no zip", "freshdesk", file(t, "a.zip", "PK\x03\x04no"), "damaged"},
		{"brackets alone", "freshdesk", bomb, "damaged"},
		{"a table without names", "csv", file(t, "a.csv", "1,2\n3,4\n"), "must name the columns"},
		{"a table in another charset", "csv", file(t, "a.csv", "title\n\xcf\xf0\xe8\n"), "not written in UTF-8"},
		{"a date that is none", "csv", file(t, "a.csv", "title,created\nx,yesterday\n"), `a.csv:2: "yesterday" is no date`},
		{"a mailbox that is none", "mbox", file(t, "a", "Subject: x\n\ny"), "is no mbox"},
		{"twice the same number", "zammad", file(t, "a.json", `[{"number":"1","title":"x","created_at":"2026-03-01T10:00:00Z"},{"number":"1","title":"y","created_at":"2026-03-01T10:00:00Z"}]`), "number 1 stands in the file twice"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(tt.file, tt.format, Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// Whatever stands in a file, reading it ends, and does not fail in any other way
// than by saying so.
func FuzzRead(f *testing.F) {
	for _, format := range Formats() {
		f.Add(format, "From a\nFrom: x@y.example\n\nz\n")
		f.Add(format, `[{"number":"1","title":"x","created_at":"2026-03-01T10:00:00Z","articles":[{"body":"<p>y"}]}]`)
		f.Add(format, `<helpdesk-tickets type="array"><helpdesk-ticket><display-id>1</display-id><subject>x</subject><status>2</status><created-at>2026-03-01T10:00:00Z</created-at></helpdesk-ticket></helpdesk-tickets>`)
		f.Add(format, "title,created\nx,2026-03-01\n")
	}
	f.Fuzz(func(t *testing.T, format, text string) {
		d, err := Read(file(t, "in", text), format, Options{Own: "a@b.example"})
		if err == nil && len(d.Tickets) == 0 {
			t.Error("nothing, and no error")
		}
		if err == nil {
			for _, ticket := range d.Tickets {
				for _, e := range ticket.Entries {
					for _, a := range e.Files {
						if a.Open != nil {
							_, _ = a.Open()
						}
					}
				}
			}
		}
	})
}

// letters makes a mailbox of mails, each with a few lines of header.
func letters(all ...string) string {
	var b strings.Builder
	for _, m := range all {
		b.WriteString("From a@b Thu Mar 12 10:00:00 2026\nDate: " + m + "\n\n")
	}
	return b.String()
}

func TestAMailboxIsReadInWhateverOrderItStands(t *testing.T) {
	const own = "From: support@desk.example\n"
	d, err := Read(file(t, "inbox", letters(
		"Thu, 12 Mar 2026 12:00:00 +0000\nFrom: ann@x.example\nSubject: Re: Broken\nMessage-ID: <3@x>\nReferences: <1@x> <2@d>\n\nStill.",
		"Thu, 12 Mar 2026 10:00:00 +0000\nFrom: ann@x.example\nSubject: Broken\nMessage-ID: <1@x>\n\nIt is.",
		"Thu, 12 Mar 2026 11:00:00 +0000\n"+own+"Subject: Re: Broken\nMessage-ID: <2@d>\nIn-Reply-To: <1@x>\n\nWe look.",
		// the team began it
		"Thu, 12 Mar 2026 10:01:00 +0000\n"+own+"To: bob@x.example\nSubject: Your account\nMessage-ID: <4@d>\n\nIs it all right?",
		"Thu, 12 Mar 2026 10:02:00 +0000\nFrom: bob@x.example\nSubject: Re: Your account\nMessage-ID: <5@x>\nIn-Reply-To: <4@d>\n\nNo.",
		// a machine began it, and somebody answered
		"Thu, 12 Mar 2026 10:03:00 +0000\nFrom: shop@x.example\nAuto-Submitted: auto-generated\nSubject: Order 7\nMessage-ID: <6@x>\n\nIt is sent.",
		"Thu, 12 Mar 2026 10:04:00 +0000\nFrom: cid@x.example\nSubject: Re: Order 7\nMessage-ID: <7@x>\nIn-Reply-To: <6@x>\n\nIt never came.",
		// two answers to a mail that is not here, and a thread that only the provider knows
		"Thu, 12 Mar 2026 10:05:00 +0000\nFrom: dan@x.example\nSubject: Re: Old\nMessage-ID: <8@x>\nIn-Reply-To: <gone@x>\n\nOne.",
		"Thu, 12 Mar 2026 10:06:00 +0000\nFrom: dan@x.example\nSubject: Re: Old\nMessage-ID: <9@x>\nIn-Reply-To: <gone@x>\n\nTwo.",
		"Thu, 12 Mar 2026 10:07:00 +0000\nX-GM-THRID: 17\nFrom: eva@x.example\nSubject: Logo\nMessage-ID: <10@x>\n\nThree.",
		"Thu, 12 Mar 2026 10:08:00 +0000\nX-GM-THRID: 17\nX-Gmail-Labels: =?UTF-8?Q?=D0=92=D1=85=D0=BE=D0=B4=D1=8F=D1=89=D0=B8=D0=B5?=,Opened\nFrom: eva@x.example\nSubject: Logo again\nMessage-ID: <11@x>\n\nFour.",
		// the client's clock is two hours ahead
		"Thu, 12 Mar 2026 13:30:00 +0000\nFrom: fay@x.example\nSubject: Late\nMessage-ID: <14@x>\n\nAsked.",
		"Thu, 12 Mar 2026 11:31:00 +0000\n"+own+"Subject: Re: Late\nMessage-ID: <15@d>\nIn-Reply-To: <14@x>\n\nAnswered.",
		// what is left out
		"Thu, 12 Mar 2026 10:09:00 +0000\nX-Gmail-Labels: =?UTF-8?Q?=D0=A1=D0=BF=D0=B0=D0=BC?=,Opened\nFrom: x@x.example\nSubject: Buy\nMessage-ID: <12@x>\n\nNow.",
		"Thu, 12 Mar 2026 10:10:00 +0000\n"+own+"Subject: To nobody\nMessage-ID: <13@d>\n\nHello.",
	)), "mbox", Options{Own: "support@desk.example"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, one := range d.Tickets {
		var said []string
		for _, e := range one.Entries {
			said = append(said, e.Text)
		}
		got = append(got, fmt.Sprintf("%s of %s: %s %s%s", one.Title, one.Requester.Key(), strings.Join(said, " "), one.State, one.Skip))
	}
	want := []string{
		"Broken of ann@x.example: It is. We look. Still. new", "Your account of bob@x.example: Is it all right? No. new", "Order 7 of cid@x.example: It is sent. It never came. new",
		"Old of dan@x.example: One. Two. new", "Logo of eva@x.example: Three. Four. new", "Buy of x@x.example: Now. newspam", "To nobody of : Hello. closedours alone",
		"Late of fay@x.example: Answered. Asked. new",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAFileOfAMailIsReadAgain(t *testing.T) {
	d, err := Read(file(t, "inbox", "From a@b Thu Mar 12 10:00:00 2026\nFrom: ann@x.example\nSubject: Log\nDate: Thu, 12 Mar 2026 10:00:00 +0000\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee it.\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=\"../a.log\"\n\none\n\n>From two\n--b--\n"), "mbox", Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := d.Tickets[0].Entries[0].Files[0]
	data, err := f.Open()
	if err != nil || f.Name != "a.log" || string(data) != "one\n\nFrom two" || d.Tickets[0].State != bot.New {
		t.Errorf("%s holds %q, %v", f.Name, data, err)
	}
}
