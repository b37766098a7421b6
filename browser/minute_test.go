package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// mailOfToday is what a person pastes: a mail that a client passes on.
const mailOfToday = `From: Grace Lin <grace@harbor.example>
To: support@localhost
Cc: Owen Reed <owen@harbor.example>
Subject: Fwd: Checkout is broken on the spring catalogue
Message-ID: <fwd-1@harbor.example>
Date: Tue, 3 Mar 2026 23:40:00 -0500
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

They are furious again, please look before 9.

---------- Forwarded message ---------
From: Helen Park <helen@copperfield.example>
Date: Tue, 3 Mar 2026 at 22:12
Subject: Checkout is broken on the spring catalogue
To: Grace Lin <grace@harbor.example>

Hello Grace,

since this afternoon nobody can pay. The Place order button on
https://shop.copperfield.example/spring does nothing.

Helen
`

// fact is one line of what the desk made of a mail.
func fact(id string) elements { return one("[data-fact=" + id + "]") }

// The first minute of somebody who wants to know what the desk would do to their
// channels, second by second.
func TestTheFirstMinute(t *testing.T) {
	t.Parallel()
	d := open(t, "    intake: manual\n", "") // what no file says can be switched
	c := browse(t, d)
	inga := c.as("Inga", "/c/desk")
	inga.say("main", "/desk sample")
	inga.sees(3, one("[data-card]").with("S-"))

	// Second 0: a day is there already, and says that it is a sample.
	inga.open("/")
	inga.sees(1, messages("thread").with("this should be it: Change the sender address of order mails"))
	for _, city := range []string{"Minsk", "Novosibirsk", "London", "Boston"} {
		inga.sees(1, one("[data-testid=clock]").with(city))
	}
	inga.sees(1, one("[data-testid=sample]").with("sample data"))
	inga.sees(1, one("[data-testid=welcome] [data-testid=paste-text]"))
	inga.keep("minute-00")
	for channel, want := range map[string]string{"desk": "Came back (1st time) · nobody", "alerts": "recovered", "team": "Needs a person today"} {
		inga.open("/c/" + channel)
		inga.sees(1, messages("main").with(want))
		inga.keep("minute-00-" + channel)
	}
	inga.open("/mail")
	inga.sees(1, one("[data-testid=mail]").with("S-3").with("Fwd:"))
	inga.sees(0, one("[data-testid=mail][data-state=done]"))

	ownMail(inga)
	alertAndDigest(inga)
	switched(c, inga)
	intoSlack(inga)
	cleared(d, inga)
}

// ownMail is second 10 and 25: a mail of one's own is read, filed and taken.
func ownMail(inga *tab) {
	inga.open("/")
	inga.do("paste a mail", chromedp.SetValue(chromedp.CSS("[data-testid=paste-text]"), mailOfToday))
	inga.click(one("[data-testid=show-me]"))
	inga.sees(1, one("[data-testid=becomes]").with("It becomes a new request: R-1"))
	for id, want := range map[string][2]string{
		"from":     {"Grace Lin (passed it on)", "Grace Lin <grace@harbor.example>"},
		"client":   {"Harbor & Co", "@harbor.example"},
		"original": {"Helen Park <helen@copperfield.example>", "From: Helen Park"},
		"title":    {"Checkout is broken on the spring catalogue", "Fwd: Checkout"},
		"words":    {"4 lines", "nobody can pay"},
		"above":    {"never quoted", "They are furious again"},
		"urgent":   {"Drop everything", "nobody can"},
		"answers":  {"Grace", ""},
		"cc":       {"Owen", "owen@harbor.example"},
		"language": {"English", ""},
	} {
		inga.sees(1, fact(id).with(want[0]))
		if want[1] != "" {
			inga.sees(1, fact(id).in("[data-testid=piece]").with(want[1]))
		}
	}
	inga.keep("minute-10")
	// A larger window on as many pixels: the whole mail fits.
	inga.do("resize", chromedp.EmulateViewport(1440, 900, chromedp.EmulateScale(1280./1440)))
	png := inga.picture()
	if len(png) > largest {
		inga.t.Errorf("the picture has %d bytes, at most %d fit in docs", len(png), largest)
	}
	if *picture != "" {
		save(inga.t, *picture, png)
	}
	inga.size(390, 844, false)
	inga.keep("minute-10-phone")
	inga.size(1280, 800, true)
	inga.keep("minute-10-dark")
	inga.size(1280, 800, false)
	inga.sees(0, one("[data-testid=channel].unread"))
	readWrong(inga)

	inga.click(one("[data-testid=file-it]"))
	inga.until("the team's channel is open", "location.pathname === '/c/desk'")
	inga.sees(1, card("R-1").with("🆕 Nobody yet"))
	inga.sees(1, messages("main").with("R-1 ·", "1 reply")) // what was passed on stands below the card: nothing moves any more
	inga.react(card("R-1"), "eyes")
	inga.sees(1, card("R-1").with("👀 Inga"))
	inga.keep("minute-25")
	inga.click(card("R-1").in("[data-testid=reaction][data-emoji=eyes]"))
	inga.sees(1, card("R-1").with("🆕 Nobody yet"))
	inga.open("/mail")
	inga.sees(1, one("[data-testid=mail][data-out=true]").with("[R-1] Checkout is broken"))
}

// readWrong makes a report of what the desk read wrong: it has the shape of the
// mail and none of its words.
func readWrong(inga *tab) {
	inga.do("open it", chromedp.SetAttributeValue(chromedp.CSS("[data-testid=wrong]"), "open", ""))
	inga.click(one("[data-testid=wrong] [value=original]"))
	inga.keep("minute-15-wrong")
	inga.click(one("[data-testid=make-report]"))
	inga.sees(1, one("[data-testid=report]").with("wrong: original").with("---------- Forwarded message ---------").with("From: Xxxxx Xxxx"))
	inga.sees(0, one("[data-testid=report]").with("Helen"))
	inga.keep("minute-15-report")
	inga.open("/")
	inga.do("paste it again", chromedp.SetValue(chromedp.CSS("[data-testid=paste-text]"), mailOfToday))
	inga.click(one("[data-testid=show-me]"))
	inga.sees(1, one("[data-testid=becomes]").with("It becomes a new request: R-1"))
}

// intoSlack is second 55: what to paste, two tokens, three lamps that wait.
func intoSlack(inga *tab) {
	inga.open("/install")
	inga.sees(1, one("[data-testid=slack-form]"))
	inga.click(one(".installing summary"))
	inga.sees(1, one("[data-testid=manifest]").with("chat:write").with("socket_mode_enabled"))
	inga.sees(3, one(".lamps .wait"))
	inga.sees(15, one(".allowed dt"))
	inga.keep("minute-55")
	inga.size(390, 844, true)
	inga.until("nothing is cut off", "document.documentElement.scrollWidth <= innerWidth")
	inga.keep("minute-55-phone-dark")
	inga.size(1280, 800, false)
}

// alertAndDigest is second 35.
func alertAndDigest(inga *tab) {
	inga.open("/try")
	inga.keep("minute-35")
	for stage := 1; stage <= 3; stage++ {
		inga.click(one("[data-testid=alert-next]"))
		inga.sees(1, one(fmt.Sprintf("[data-testid=alert-stage][data-stage='%d']", stage)))
		if stage == 2 {
			inga.open("/c/alerts")
			inga.sees(1, messages("main").with("🔴 payments 5xx 31%"))
			inga.open("/try")
			inga.click(one("[data-testid=alert-next]")) // it fires on: nothing new
			inga.sees(1, one("[data-testid=alert-stage][data-stage='1']"))
			inga.click(one("[data-testid=alert-next]"))
			inga.sees(1, one("[data-testid=alert-stage][data-stage='2']"))
		}
	}
	inga.open("/c/alerts")
	inga.sees(1, messages("main").with("🟢 payments 5xx 31%"))
	inga.sees(1, messages("main").with("payments"))
	inga.keep("minute-35-alert")
	inga.open("/try")
	inga.click(one("[data-testid=try-digest]"))
	inga.until("the digest is told", "location.pathname === '/c/team'")
	inga.sees(2, messages("main").with("Needs a person today"))
	inga.keep("minute-40")
}

// switched is second 45: everything is off but the first two, and a lead can
// switch it.
func switched(c *chromium, inga *tab) {
	inga.open("/does")
	inga.sees(2, one("[data-testid=doing][data-active=true]"))
	inga.sees(6, one("[data-testid=doing][data-active=false]"))
	inga.sees(1, one("[data-testid=only-leads]"))
	inga.keep("minute-45")
	vera, owen := c.as("Vera", "/does"), c.as("Owen", "/c/support")
	vera.do("choose", chromedp.SendKeys(chromedp.CSS("[data-testid=choose][data-channel=support]"), "each"))
	vera.sees(1, one("[data-testid=doing][data-what=intake][data-active=true]"))
	owen.say("main", "Search finds nothing in the shop")
	inga.open("/c/desk")
	inga.sees(1, card("R-2").with("Search finds nothing"))
	vera.click(one("[data-what=shadow] [data-testid=switch]"))
	vera.sees(1, one("[data-testid=doing][data-what=shadow][data-active=true]"))
	vera.sees(1, one("[data-testid=doing][data-what=intake][data-active=false]"))
	vera.keep("minute-45-shadow")
	vera.click(one("[data-testid=lang-ru]"))
	vera.sees(1, one("[data-what=filing]").with("принимает заявки"))
	vera.size(390, 844, true)
	vera.until("nothing is cut off", "document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll('main select')].every(e => e.getBoundingClientRect().right <= innerWidth)")
	vera.keep("minute-45-russian-phone")
}

// cleared takes the sample day away: nothing of it is left, and it was in no
// export.
func cleared(d *desk, inga *tab) {
	before := d.export()
	inga.open("/c/desk")
	inga.click(card("S-1").in("[data-testid=act]").with("Take it"))
	inga.sees(1, card("S-1").with("Inga"))
	inga.click(one("[data-testid=sample-clear]"))
	inga.sees(0, one("[data-testid=sample]"))
	for _, path := range []string{"/c/support", "/c/desk", "/c/alerts", "/c/team", "/mail", "/requests?all=1"} {
		inga.open(path)
		inga.until(path+" shows nothing of it", `!/\bS-[0-9]/.test(document.querySelector('main').innerText)`)
	}
	inga.open("/c/desk")
	inga.sees(1, card("R-1"))
	inga.keep("minute-60")
	for name, export := range map[string]string{"before": before, "after": d.export()} {
		for line := range strings.Lines(export) {
			if strings.Contains(line, `S-1`) || strings.Contains(line, "S-3") || strings.Contains(line, "larkspur") && strings.Contains(line, `"contact"`) || strings.Contains(line, "(sample)") {
				d.t.Errorf("%s it was cleared the export says %s", name, line)
			}
		}
	}
}
