package email

import (
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
