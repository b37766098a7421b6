package browser

import "testing"

func TestARequestLivesFromAMentionToItsUndoAcrossRestarts(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := browse(t, d)
	owen, inga, timur := c.as("Owen", "/c/support"), c.as("Inga", "/c/desk"), c.as("Timur", "/c/desk")
	all := []*tab{owen, inga, timur}
	for _, b := range all {
		b.endures()
	}
	owen.say("main", "@desk Checkout fails for gift cards")
	asked := messages("main").with("Checkout fails for gift cards")
	owen.sees(1, asked)
	d.cut() // the message is taken; whatever follows from it may not have happened yet
	owen.click(asked.in("[data-testid=open-thread]"))
	owen.sees(1, messages("thread").with("R-1 is filed."))

	filed := card("R-1")
	inga.sees(1, filed.with("Checkout fails for gift cards", "🆕 Nobody yet", "L1"))
	id := inga.string(filed.attribute("data-message"))

	inga.react(filed, "eyes")
	for _, b := range all[1:] {
		b.sees(1, filed.with("👀 Inga", "L1"))
	}
	d.cut()
	inga.react(filed, "rotating_light")
	for _, b := range all[1:] {
		b.sees(1, filed.with("🚨 L3"))
	}
	d.cut()
	inga.react(filed, "white_check_mark")
	for _, b := range all[1:] {
		b.sees(1, filed.with("✅ Solved by Inga"))
	}
	d.cut()
	inga.click(filed.in("[data-testid=reaction][data-emoji=white_check_mark]"))
	for _, b := range all[1:] {
		b.sees(1, filed.with("🚨 L3"))
	}
	inga.sees(1, whispers().with("R-1 is open again, as before."))
	d.cut()
	for _, b := range all[1:] {
		b.open("/c/desk")
		b.sees(1, filed.with("🚨 L3"))
		b.sees(1, one("[data-testid=list-main] [data-card]"))
		if now := b.string(filed.attribute("data-message")); now != id {
			t.Errorf("%s sees the card as message %s, it was posted as %s", b.who, now, id)
		}
	}
	inga.sees(1, whispers())
	timur.sees(0, whispers())
	owen.sees(0, whispers())
	owen.sees(0, one("[data-channel='web:desk']"))
	owen.open("/c/support")
	owen.sees(1, messages("main"))
	owen.sees(0, one("[data-card]"))
	owen.click(asked.in("[data-testid=open-thread]"))
	owen.sees(2, messages("thread")) // the question and its receipt, nothing of the card's life
	owen.sees(0, one("[data-card]"))
}
