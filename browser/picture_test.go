package browser

import (
	"flag"
	"testing"

	"github.com/chromedp/chromedp"
)

var picture = flag.String("picture", "", "the file that gets the picture of a mail that the desk has read")

// largest is how many bytes a picture in docs may have.
const largest = 300_000

// day is a small day at the desk: three requests in different states, and an
// alert. It ends with the card of the first request open beside the channel.
func day(t *testing.T) (d *desk, inga *tab) {
	t.Helper()
	d = open(t, "    secret: ${ALERTMANAGER_SECRET}\n    channel: alerts", "    secret: ${ALERTMANAGER_SECRET}\n    channel: desk")
	c := browse(t, d)
	owen, timur := c.as("Owen", "/c/support"), c.as("Timur", "/c/desk")
	inga = c.as("Inga", "/c/desk")

	owen.say("main", "@desk How do I change the sender address?")
	timur.sees(1, card("R-1"))
	timur.click(card("R-1").in("[data-testid=act]").with("Take it"))
	timur.sees(1, card("R-1").with("👀 Timur"))
	timur.click(card("R-1").in("[data-testid=act]").with("Solve"))
	d.send("grace@harbor.example", "invoice-1", "Invoice PDF is empty", "The PDF of invoice 4711 has no pages. Yesterday's are fine.")
	inga.sees(1, card("R-2").with("🆕 Nobody yet"))
	d.alert("billing-db disk 91%", "f1", "firing")
	inga.sees(1, messages("main").with("🔴 billing-db disk 91%"))
	inga.click(messages("main").with("🔴").in("[data-testid=act]").with("I have it"))
	inga.sees(1, messages("main").with("🟠 billing-db disk 91%"))

	owen.say("main", "@desk Checkout fails for gift cards")
	inga.sees(1, card("R-3"))
	inga.react(card("R-3"), "eyes")
	inga.react(card("R-3"), "rotating_light")
	inga.sees(1, card("R-3").with("🚨 L3"))
	timur.open(timur.string(card("R-3").in("[data-testid=reply-in-thread]").attribute("href")))
	timur.say("thread", "The price cache looks stale since the last deploy.")
	timur.say("thread", "It works when I clear it. We only need to know the shop.")
	inga.sees(1, card("R-1").with("✅ Solved by Timur"))
	inga.click(card("R-3").in("[data-testid=open-thread]"))
	inga.sees(3, messages("thread"))
	return d, inga
}

func TestThePictureOfASmallDay(t *testing.T) {
	t.Parallel()
	_, inga := day(t)
	inga.say("thread", "/request reply R-3 We found it. Which shop is it?")
	inga.sees(1, whispers().with("R-3: goes to Owen"))
	inga.do("look elsewhere", chromedp.MouseClickXY(640, 12))
	// A larger window on as many pixels: the whole day fits.
	inga.do("resize", chromedp.EmulateViewport(1440, 900, chromedp.EmulateScale(1280./1440)))
	inga.keep("desk")
	thread := inga.string("location.pathname")
	inga.size(1280, 800, false)
	inga.tour("wide", map[string]string{"channel": "/c/desk", "support": "/c/support", "mail": "/mail", "requests": "/requests?all=1", "request": "/r/3"})
	inga.dialogs("wide")
	inga.size(1280, 800, true)
	inga.tour("dark", map[string]string{"thread": thread, "request": "/r/3", "mail": "/mail"})
	inga.size(390, 844, false)
	inga.tour("phone", map[string]string{"thread": thread, "support": "/c/support", "mail": "/mail", "requests": "/requests?all=1", "request": "/r/3", "channel": "/c/desk"})
	inga.dialogs("phone")
	inga.size(390, 844, true)
	inga.tour("phone-dark", map[string]string{"channel": "/c/desk"})
}

// tour keeps how pages look. No page may be wider than what it is shown on.
func (b *tab) tour(look string, pages map[string]string) {
	b.t.Helper()
	for name, path := range pages {
		b.open(path)
		b.until("nothing is cut off", "document.documentElement.scrollWidth <= innerWidth")
		b.keep(look + "-" + name)
	}
}

// dialogs keeps how the form for a reply and the choice of emoji look.
func (b *tab) dialogs(look string) {
	b.t.Helper()
	b.open("/c/desk")
	b.click(card("R-2").in("[data-testid=act]").with("Reply"))
	b.sees(1, one("dialog[open]").with("Reply to R-2"))
	b.keep(look + "-dialog")
	b.click(one("dialog [data-testid=cancel]"))
	b.click(card("R-2").in("[data-testid=add-reaction]"))
	b.sees(1, one("dialog[data-testid=picker]"))
	b.keep(look + "-picker")
}

func TestTheDeskSpeaksRussian(t *testing.T) {
	t.Parallel()
	d := open(t)
	inga := browse(t, d).as("Inga", "/c/desk")
	d.send("grace@harbor.example", "invoice-1", "Счёт пуст", "В счёте 4711 нет ни одной страницы.")
	inga.sees(1, card("R-1").with("Nobody yet"))
	inga.click(one("[data-testid=lang-ru]"))
	inga.until("the page is in Russian", "document.documentElement.lang === 'ru'")
	inga.sees(1, one("[data-testid=nav-mail]").with("Почта"))
	inga.until("writing is asked for in Russian", `document.querySelector("[data-testid=text-main]").placeholder.startsWith("Написать в")`)
	inga.keep("russian-channel")
	inga.open("/mail")
	inga.sees(1, one("[data-testid=mail][data-state=held]"))
	inga.keep("russian-mail")
	inga.open("/r/1")
	inga.keep("russian-request")
	inga.click(one("[data-testid=lang-en]"))
	inga.until("the page is in English", "document.documentElement.lang === 'en'")
	inga.sees(1, one("[data-testid=nav-mail]").with("Mail"))
}
