package email

import (
	"fmt"
	"strings"
	"testing"

	"meridian/bot"
)

const deliveryReport = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nnot delivered\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: "

func TestTheKindOfAMail(t *testing.T) {
	for header, want := range map[string]bot.MailKind{
		// people
		"From: anna@shop.example":                                                                            bot.MailHuman,
		"From: anna@shop.example\r\nAuto-Submitted: no":                                                      bot.MailHuman,
		"From: anna@shop.example\r\nAuto-Submitted: No (said by hand)":                                       bot.MailHuman,
		"From: anna@shop.example\r\nX-Auto-Response-Suppress: All":                                           bot.MailHuman,
		"From: anna@shop.example\r\nX-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply":                   bot.MailHuman,
		"From: anna@shop.example\r\nX-MS-Exchange-Inbox-Rules-Loop: anna@shop.example":                       bot.MailHuman,
		"From: anna@shop.example\r\nPrecedence: normal":                                                      bot.MailHuman,
		"From: anna@shop.example\r\nPrecedence: first-class":                                                 bot.MailHuman,
		"From: anna@shop.example\r\nSubject: Re: Undelivered parcels":                                        bot.MailHuman,
		"From: anna@shop.example\r\nSubject: Undelivered parcels in Minsk":                                   bot.MailHuman,
		"From: anna@shop.example\r\nSubject: Re: Automatic reply does not work":                              bot.MailHuman,
		"From: anna@shop.example\r\nSubject: Fwd: Mail delivery failed: returning message to sender":         bot.MailHuman,
		"From: anna@shop.example\r\nReturn-Path: <anna@shop.example>":                                        bot.MailHuman,
		"From: anna@shop.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b--": bot.MailHuman,
		"From: ivan@shop.example\r\nSubject: =?koi8-r?B?8NLJ18XU?=":                                          bot.MailHuman,
		"From: postman@shop.example\r\nSubject: Parcels":                                                     bot.MailHuman,
		"From: \"Daemon Jones\" <daemon.jones@shop.example>\r\nSubject: Lunch":                               bot.MailHuman,
		"Subject: no sender at all":                                                                          bot.MailHuman,
		"From: anna@shop.example\r\nX-Mailer: Microsoft Outlook 16.0":                                        bot.MailHuman,
		"From: anna@shop.example\r\nReferences: <1@desk.example>\r\nIn-Reply-To: <1@desk.example>":           bot.MailHuman,
		"From: anna@shop.example\r\nSubject: Vacation booking":                                               bot.MailHuman,
		"From: anna@shop.example\r\nSubject: Bounced check":                                                  bot.MailHuman,
		// machines
		"From: anna@shop.example\r\nAuto-Submitted: auto-replied":                                                    bot.MailAuto,
		"From: anna@shop.example\r\nAuto-Submitted: auto-generated":                                                  bot.MailAuto,
		"From: anna@shop.example\r\nAuto-submitted: auto-replied; owner-email=\"anna@shop.example\"":                 bot.MailAuto,
		"From: anna@shop.example\r\nAUTO-SUBMITTED: AUTO-NOTIFIED":                                                   bot.MailAuto,
		"From: anna@shop.example\r\nAuto-Submitted: auto-replied (vacation)\r\nReturn-Path: <>":                      bot.MailAuto,
		"From: anna@shop.example\r\nPrecedence: bulk":                                                                bot.MailAuto,
		"From: anna@shop.example\r\nPrecedence: Junk":                                                                bot.MailAuto,
		"From: anna@shop.example\r\nPrecedence: auto_reply":                                                          bot.MailAuto,
		"From: anna@shop.example\r\nX-Autoreply: yes":                                                                bot.MailAuto,
		"From: anna@shop.example\r\nX-Autorespond:":                                                                  bot.MailAuto,
		"From: anna@shop.example\r\nX-Autoresponder: v1":                                                             bot.MailAuto,
		"From: anna@shop.example\r\nX-Loop: yes":                                                                     bot.MailAuto,
		"From: anna@shop.example\r\n" + LoopHeader + ": desk.example":                                                bot.MailAuto,
		"From: support@desk.example\r\nSubject: from our own address":                                                bot.MailAuto,
		"From: anna@shop.example\r\nMessage-ID: <00ff.meridian@desk.example>":                                        bot.MailAuto,
		"From: anna@shop.example\r\nReturn-Path: <>\r\nSubject: no sign of a bounce":                                 bot.MailAuto,
		"From: anna@shop.example\r\nSubject: Automatic reply: Printer":                                               bot.MailAuto,
		"From: anna@shop.example\r\nSubject: Out of Office: Printer":                                                 bot.MailAuto,
		"From: anna@shop.example\r\nSubject: =?utf-8?B?0JDQstGC0L7QvtGC0LLQtdGCOiDQv9GA0LjQvdGC0LXRgA==?=":           bot.MailAuto,
		"From: anna@shop.example\r\nSubject: Abwesenheitsnotiz: Drucker":                                             bot.MailAuto,
		"From: anna@shop.example\r\nSubject: =?utf-8?Q?R=C3=A9ponse_automatique_:_imprimante?=":                      bot.MailAuto,
		"From: anna@shop.example\r\nX-Auto-Response-Suppress: All\r\nX-MS-Exchange-Inbox-Rules-Loop: a@shop.example": bot.MailAuto,
		"From: root@host.example\r\nX-Cron-Env: <SHELL=/bin/sh>":                                                     bot.MailAuto,
		"From: abuse@isp.example\r\nReturn-Path: <>\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n--b--": bot.MailAuto,
		"From: anna@shop.example\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n--b\r\n\r\nread\r\n--b--":                                                                    bot.MailAuto,
		"From: postmaster@shop.example\r\nSubject: planned work on Sunday":                               bot.MailAuto,
		"From: mailer-daemon@isp.example\r\nReturn-Path: <>\r\n" + deliveryReport + "delivered\r\n--b--": bot.MailAuto,
		"From: reports@isp.example\r\n" + deliveryReport + "relayed\r\n--b--":                            bot.MailAuto,
		// lists
		"From: anna@shop.example\r\nList-Id: <shop.lists.example>":                                   bot.MailList,
		"From: anna@shop.example\r\nList-Unsubscribe: <mailto:off@lists.example>":                    bot.MailList,
		"From: anna@shop.example\r\nList-Post: <mailto:shop@lists.example>":                          bot.MailList,
		"From: anna@shop.example\r\nPrecedence: list":                                                bot.MailList,
		"From: anna@shop.example\r\nPrecedence: bulk\r\nList-Id: <shop.lists.example>":               bot.MailList,
		"From: anna@shop.example\r\nMailing-List: list shop@groups.example":                          bot.MailList,
		"From: anna@shop.example\r\nAuto-Submitted: no\r\nList-Id: <shop.lists.example>":             bot.MailList,
		"From: anna@shop.example\r\nAuto-Submitted: auto-generated\r\nList-Id: <shop.lists.example>": bot.MailAuto,
		// bounces
		"From: MAILER-DAEMON@isp.example\r\nSubject: failure notice":                                                            bot.MailBounce,
		"From: Mail Delivery System <MAILER-DAEMON>\r\nSubject: Undelivered Mail Returned to Sender":                            bot.MailBounce,
		"From: MAILER-DAEMON <>\r\nSubject: Mail delivery failed":                                                               bot.MailBounce,
		"From: mailer-daemon@isp.example\r\nAuto-Submitted: auto-replied\r\n" + deliveryReport + "failed\r\n--b--":              bot.MailBounce,
		"From: reports@isp.example\r\n" + deliveryReport + "failed\r\n--b--":                                                    bot.MailBounce,
		"From: reports@isp.example\r\n" + deliveryReport + "delayed\r\n--b--":                                                   bot.MailBounce,
		"From: postmaster@isp.example\r\nReturn-Path: <>\r\nSubject: Undeliverable: Printer":                                    bot.MailBounce,
		"From: anna@shop.example\r\nX-Failed-Recipients: bob@shop.example":                                                      bot.MailBounce,
		"From: admin@isp.example\r\nReturn-Path: <>\r\nSubject: Delivery Status Notification (Failure)":                         bot.MailBounce,
		"From: Mail Delivery Subsystem <noreply@isp.example>\r\nSubject: Returned mail: see transcript for details":             bot.MailBounce,
		"From: postmaster@isp.example\r\nSubject: =?utf-8?B?0J3QtdC00L7RgdGC0LDQstC70LXQvdC90L7QtSDRgdC+0L7QsdGJ0LXQvdC40LU=?=": bot.MailBounce,
	} {
		if !strings.Contains(header, "\r\n\r\n") {
			header += "\r\n\r\nHello.\r\n"
		}
		p := Parse([]byte(header), Envelope{Own: "support@desk.example", Host: "desk.example"})
		if p.Mail.Kind != want {
			head, _, _ := strings.Cut(header, "\r\n\r\n")
			t.Errorf("%q is %s, want %s", head, p.Mail.Kind, want)
		}
	}
}

func TestAnEmptyEnvelopeSenderIsNoPerson(t *testing.T) {
	mail := []byte("From: anna@shop.example\r\nSubject: Hello\r\n\r\nHi\r\n")
	if k := Parse(mail, Envelope{Known: true}).Mail.Kind; k != bot.MailAuto {
		t.Errorf("from <> it is %s", k)
	}
	if k := Parse(mail, Envelope{Known: true, From: "anna@shop.example"}).Mail.Kind; k != bot.MailHuman {
		t.Errorf("from a person it is %s", k)
	}
}

func TestPeopleWhoWriteOfMailThatCameBackAreNoBounce(t *testing.T) {
	for _, mail := range []string{
		"From: anna@shop.example\r\nSubject: Undeliverable mail\r\n\r\nHello, my mail to the warehouse could not be delivered. Why?",
		"From: anna@shop.example\r\nSubject: mailbox\r\n\r\nIt says that my mailbox is full and the message was rejected.",
		"From: anna@shop.example\r\nSubject: Returned mail\r\n\r\nWe got the parcel back, the return mail is attached.",
		"From: anna@shop.example\r\nSubject: ticket\r\n\r\nThe login says: unknown user.",
		"From: anna@shop.example\r\nSubject: Re: Undelivered\r\nIn-Reply-To: <1@desk.example>\r\n\r\nYes:\r\n> 550 5.1.1 user unknown, could not be delivered",
		"From: noreply@shop.example\r\nSubject: Order\r\n\r\nYour parcel could not be delivered.",
		"From: anna@shop.example\r\nSubject: Fwd: Undelivered Mail Returned to Sender\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nWhat is this?\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: mailer-daemon@isp.example\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\nuser unknown\r\n--b--",
	} {
		if p := Parse([]byte(mail), Envelope{}); p.Mail.Kind != bot.MailHuman || p.Mail.Bounce != nil {
			t.Errorf("%.90q is %s", mail, p.Mail.Kind)
		}
	}
}

func TestNothingAutomaticAnswersWhatAsksForQuiet(t *testing.T) {
	for head, want := range map[string]struct{ quiet, absent bool }{
		"From: anna@shop.example":                                          {false, false},
		"From: anna@shop.example\r\nX-Auto-Response-Suppress: All":         {true, false},
		"From: anna@shop.example\r\nX-Auto-Response-Suppress: DR, RN, NRN": {false, false},
		"From: anna@shop.example\r\nX-Auto-Response-Suppress: DR, OOF":     {true, false},
		"From: anna@shop.example\r\nMessage-ID: <1@desk.example>":          {true, false},
		"From: dina@desk.example\r\nMessage-ID: <1@desk.example>":          {false, false},
		"From: anna@shop.example\r\nMessage-ID: <1@other.desk.example>":    {false, false},
		"From: anna@shop.example\r\nList-Id: <shop.lists.example>":         {true, false},
		"From: anna@shop.example\r\nAuto-Submitted: auto-generated":        {true, false},
		"From: anna@shop.example\r\nSubject: Automatic reply: Printer":     {true, true},
		"From: anna@shop.example\r\nAuto-Submitted: auto-replied":          {true, true},
		"From: mailer-daemon@isp.example\r\nSubject: Undelivered mail":     {true, false},
		"From: nobody": {true, false},
	} {
		m := Parse([]byte(head+"\r\n\r\nHello.\r\n"), Envelope{Own: "support@desk.example", Host: "desk.example"}).Mail
		if m.Quiet != want.quiet || m.Absent != want.absent {
			t.Errorf("%q: quiet %v, absent %v", head, m.Quiet, m.Absent)
		}
	}
}

func TestABounceSaysWhatCameBack(t *testing.T) {
	postfix := "From: MAILER-DAEMON@isp.example\r\nSubject: Undelivered Mail Returned to Sender\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nI'm sorry.\r\n" +
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; isp.example\r\n\r\nFinal-Recipient: rfc822; anna@shop.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <anna@shop.example>: no such\r\n user\r\n\r\n" +
		"Final-Recipient: rfc822; owen@shop.example\r\nAction: relayed\r\nStatus: 2.0.0\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: support@desk.example\r\nMessage-ID: <12.abc.meridian@desk.example>\r\n--b--\r\n"
	want := &bot.Bounce{Message: "12.abc.meridian@desk.example", To: []string{"anna@shop.example"}, Status: "5.1.1", Permanent: true, Why: "550 5.1.1 <anna@shop.example>: no such user"}
	for name, c := range map[string]struct {
		raw  string
		want *bot.Bounce
	}{
		"of Postfix": {postfix, want},
		"a warning":  {strings.NewReplacer("failed", "delayed", "5.1.1", "4.4.1", "550", "450").Replace(postfix), &bot.Bounce{Message: want.Message, To: want.To, Status: "4.4.1", Why: "450 4.4.1 <anna@shop.example>: no such user"}},
		"of qmail": {"From: MAILER-DAEMON@isp.example\r\nSubject: failure notice\r\n\r\nHi. This is the qmail-send program at isp.example.\r\n\r\n<anna@shop.example>:\r\n192.0.2.1 does not like recipient.\r\nRemote host said: 550 5.1.1 no such user\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nReturn-Path: <support@desk.example>\r\nMessage-ID: <12.abc.meridian@desk.example>\r\nSubject: Hi\r\n",
			&bot.Bounce{Message: want.Message, To: want.To, Status: "5.1.1", Permanent: true, Why: "Remote host said: 550 5.1.1 no such user"}},
		"of Gmail": {"From: mailer-daemon@googlemail.example\r\nSubject: Delivery Status Notification (Failure)\r\nX-Failed-Recipients: anna@shop.example\r\n\r\nAddress not found", &bot.Bounce{To: want.To}},
	} {
		m := Parse([]byte(c.raw), Envelope{}).Mail
		if m.Kind != bot.MailBounce || m.Bounce == nil {
			t.Errorf("%s: kind %s", name, m.Kind)
			continue
		}
		if got, want := fmt.Sprintf("%+v", *m.Bounce), fmt.Sprintf("%+v", *c.want); got != want {
			t.Errorf("%s:\n%s, want\n%s", name, got, want)
		}
	}
}
