package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// always is a team that is at work whatever the hour of the test.
func always(changes ...string) []string {
	return append([]string{"  hours: Mon-Fri 09:00-18:00\n", ""}, changes...)
}

// press presses a button of a card, behind its menu if need be.
func (b *tab) press(what elements, label string) {
	b.t.Helper()
	act := what.in("[data-testid=act]").with(label)
	b.sees(1, elements(`(`+string(what.in("[data-testid=act]"))+`).filter(e => e.textContent.trim() === `+quote(label)+`)`))
	if b.is(`(` + string(act.in("*")) + `).length < 0 || (` + string(what.in("details.more [data-testid=act]")) + `).some(e => e.textContent.trim() === ` + quote(label) + `)`) {
		b.click(what.in("[data-testid=more]"))
		b.click(elements(`(` + string(what.in("details.more [data-testid=act]")) + `).filter(e => e.textContent.trim() === ` + quote(label) + `)`))
		return
	}
	b.click(elements(`(` + string(act) + `).filter(e => e.textContent.trim() === ` + quote(label) + `)`))
}

// fill types into a field of the open form.
func (b *tab) fill(field, text string) {
	b.t.Helper()
	css := "dialog [data-field=" + field + "]"
	b.sees(1, one(css))
	b.do("type", chromedp.SendKeys(chromedp.CSS(css), text))
}

func TestAClientWhoOnlySaysThanks(t *testing.T) {
	t.Parallel()
	d := open(t, always("webhooks:", "undo: {state: 2s, reply: 1s}\n\nwebhooks:")...)
	c := browse(t, d)
	owen, inga := c.as("Owen", "/c/support"), c.as("Inga", "/c/desk")
	owen.say("main", "@desk Checkout fails for gift cards")
	asked := messages("main").with("Checkout fails for gift cards")
	inga.press(card("R-1"), "Take it")
	inga.sees(1, card("R-1").with("👀 Inga"))
	inga.press(card("R-1"), "Solve")
	inga.sees(1, card("R-1").with("✅ Solved by Inga", "not confirmed"))
	owen.click(asked.in("[data-testid=open-thread]"))
	owen.sees(1, messages("thread").with("R-1 is done"))
	before := owen.string(`String((` + string(messages("thread")) + `).length)`)
	owen.say("thread", "Спасибо, всё работает")
	inga.sees(1, card("R-1").with("✅ Confirmed by Owen"))
	thanks := messages("thread").with("Спасибо, всё работает")
	owen.sees(1, thanks.in("[data-testid=reaction][data-emoji=pray]"))
	owen.until("nothing is said to the client", `(`+string(messages("thread"))+`).length === `+before+`+1`)
	inga.keep("scene-thanks")

	owen.open("/c/support")
	owen.say("main", "@desk Invoice PDF is empty")
	invoice := messages("main").with("Invoice PDF is empty")
	inga.press(card("R-2"), "Take it")
	inga.sees(1, card("R-2").with("👀 Inga"))
	inga.press(card("R-2"), "Solve")
	owen.click(invoice.in("[data-testid=open-thread]"))
	owen.sees(1, messages("thread").with("R-2 is done"))
	owen.say("thread", "Спасибо! Но отчёт всё ещё пустой")
	inga.sees(1, card("R-2").with("🔁 Came back"))
	inga.keep("scene-came-back")
	inga.press(card("R-2"), "New question")
	inga.sees(1, card("R-3").with("отчёт всё ещё пустой"))
	owen.sees(1, one("[data-testid=message]").with("R-3 is filed from your answer to R-2."))
	inga.keep("scene-new-question")
}

func TestAComplaintIsPrivateAtOnce(t *testing.T) {
	t.Parallel()
	d := open(t, always()...)
	c := browse(t, d)
	inga, timur, vera := c.as("Inga", "/c/desk"), c.as("Timur", "/c/desk"), c.as("Vera", "/c/desk")
	d.send("grace@harbor.example", "tone-1", "Your answer", "“As I already told you” is not an answer. I do not want to deal with this person again.")
	inga.sees(1, card("R-1").with("is not an answer"))
	inga.press(card("R-1"), "Complaint, private")
	for _, b := range []*tab{inga, timur, vera} {
		b.sees(1, card("R-1").with("private"))
		b.sees(0, one("[data-testid=list-main]").with("is not an answer"))
	}
	timur.sees(0, card("R-1").in("[data-testid=act]"))
	timur.keep("scene-complaint-timur")
	vera.click(one(".side a.entry").with("Meridian"))
	vera.sees(1, messages("main").with("R-1", "complaint", "Grace"))
	vera.keep("scene-complaint-vera")
	timur.open("/requests?all=1")
	timur.sees(0, one("body").with("is not an answer"))
	if out := d.page("/r/1", "web:timur"); strings.Contains(out, "is not an answer") {
		t.Errorf("Timur's page of the request says %s", out)
	}
	timur.open("/mail")
	timur.sees(0, one("body").with("is not an answer"))
	vera.open("/r/1")
	vera.sees(1, one("body").with("is not an answer"))
	vera.keep("scene-complaint-page")
}

func TestADeveloperWhoHatesBotsAnswersInPlainWords(t *testing.T) {
	t.Parallel()
	d := open(t, always()...)
	c := browse(t, d)
	dina, pavel := c.as("Dina", "/c/desk"), c.as("Pavel", "/c/desk")
	d.send("grace@harbor.example", "feed-1", "Feed import stops at 10,000 rows", "Since Monday the import ends in the middle.")
	dina.react(card("R-1"), "eyes")
	dina.sees(1, card("R-1").with("👀 Dina"))
	dina.press(card("R-1"), "Escalate")
	dina.fill("needed", "raise the limit of the import")
	dina.click(one("dialog [data-testid=submit]"))
	dina.sees(1, card("R-1").with("🚨 L3"))
	dina.keep("scene-developer-card")
	pavel.click(card("R-1").in("[data-testid=reply-in-thread]"))
	pavel.say("thread", "Лимит в конфиге, подниму после обеда")
	dina.sees(1, card("R-1").with("🚨 L3 Pavel", "Needed: raise the limit of the import"))
	before := dina.string(`String((` + string(messages("main")) + `).length)`)
	pavel.say("thread", "опять этот бот")
	dina.until("the bot does not react to talk about it", `(`+string(messages("main"))+`).length === `+before)
}
