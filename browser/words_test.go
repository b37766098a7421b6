package browser

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestAReplyIsWrittenInAFormAndCanBeTakenBack(t *testing.T) {
	t.Parallel()
	d := open(t, "webhooks:", "undo: {reply: 8s}\n\nwebhooks:")
	c := browse(t, d)
	owen, inga, timur := c.as("Owen", "/c/support"), c.as("Inga", "/c/desk"), c.as("Timur", "/c/desk")
	for _, b := range []*tab{owen, inga, timur} {
		b.endures()
	}
	owen.say("main", "@desk How do I change the sender address?")
	asked := messages("main").with("sender address")
	filed := card("R-1")

	dialog := one("dialog[open]")
	reply := func(text string) {
		t.Helper()
		inga.click(filed.in("[data-testid=act]").with("Reply"))
		inga.sees(1, dialog.with("Reply to R-1", "Owen"))
		inga.do("type", chromedp.SendKeys(chromedp.CSS("dialog textarea[data-field=text]"), text))
		inga.click(dialog.in("[data-testid=submit]"))
	}
	reply(" ")
	inga.sees(1, dialog.in("[data-testid=field-error][data-field=text]").with("There are no words in it."))
	inga.do("type", chromedp.SendKeys(chromedp.CSS("dialog textarea[data-field=text]"), "Shop settings, then Mail."))
	inga.click(dialog.in("[data-testid=submit]"))
	inga.sees(0, dialog)
	inga.sees(1, filed.with("👀 Inga"))
	inga.sees(1, whispers().with("R-1: goes to Owen"))
	inga.click(whispers().in("[data-testid=act]").with("Undo"))
	inga.sees(1, filed.with("🆕 Nobody yet"))
	inga.sees(1, whispers().with("R-1: your answer was taken back, nobody has seen it."))

	reply("Shop settings, then Mail, then Sender.")
	inga.sees(0, dialog)
	timur.sees(1, filed.with("👀 Inga"))
	d.cut() // the answer waits to leave
	owen.click(asked.in("[data-testid=open-thread]"))
	owen.sees(1, messages("thread").with("Inga", "Shop settings, then Mail, then Sender."))
	owen.sees(3, messages("thread")) // the question, its receipt, one answer
	timur.open("/c/desk")
	timur.sees(1, filed.with("👀 Inga"))
	timur.sees(0, whispers())
	owen.sees(0, whispers())
}

func TestWhatPeopleWriteIsTextAndWhispersArePrivate(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := browse(t, d)
	owen, inga, timur := c.as("Owen", "/c/support"), c.as("Inga", "/c/desk"), c.as("Timur", "/c/desk")
	evil := `<script>alert(1)</script><img src=x onerror=alert(2)> "quoted" & 'so'`
	owen.say("main", "@desk "+evil)
	owen.sees(1, messages("main").with(evil))
	inga.sees(1, card("R-1").with(evil))
	for _, b := range []*tab{owen, inga} {
		b.sees(0, one("main script, main img"))
	}
	inga.do("type", chromedp.SendKeys(chromedp.CSS("[data-testid=text-main]"), "/request li"))
	inga.sees(1, one("[data-testid=choices] [data-testid=choice]").with("list [mine]"))
	inga.do("type on", chromedp.SendKeys(chromedp.CSS("[data-testid=text-main]"), "\t"), enter)
	inga.sees(1, whispers().with("R-1", evil, "only you see this"))
	timur.say("main", "Good morning")
	inga.sees(1, messages("main").with("Good morning"))
	timur.sees(1, messages("main").with("Good morning"))
	timur.sees(0, whispers())
	inga.open("/r/1")
	inga.sees(1, one("[data-testid=words]").with(evil))
	inga.refuses(`document.body.append(Object.assign(document.createElement('script'), {textContent: 'document.title = "broken"'}))`)
	inga.until("the script did not run", `document.title !== 'broken'`)
}

// refuses does what the content security policy forbids, and waits until the
// browser has complained of it: a test that hears nothing would prove nothing.
func (b *tab) refuses(script string) {
	b.t.Helper()
	b.do("break the policy", chromedp.Evaluate[chromedp.Void](script))
	heard := eventually(func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		before := len(b.wrong)
		b.wrong = slices.DeleteFunc(b.wrong, func(said string) bool { return strings.Contains(said, "Content Security Policy") })
		return len(b.wrong) < before
	})
	if !heard {
		b.t.Error("the browser did not complain of a script that the policy forbids")
	}
}
