package browser

import (
	"net/smtp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// forward brings what Grace forwards to the desk, as Gmail writes it.
func (d *desk) forward(id, above string) {
	d.t.Helper()
	mail := strings.ReplaceAll(`From: Grace <grace@harbor.example>
To: support@localhost
Cc: owen@harbor.example
Subject: Fwd: Checkout is broken on the spring catalogue
Message-ID: <`+id+`@harbor.example>
Date: Sun, 22 Nov 2026 09:12:00 -0500
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

`+above+`

---------- Forwarded message ---------
From: Helen Park <helen@toys.example>
Date: Sun, Nov 22, 2026 at 8:40 AM
Subject: Checkout is broken
To: Grace <grace@harbor.example>


Since this afternoon nobody can pay at shop.copperfield.example.
`, "\n", "\r\n")
	if err := smtp.SendMail(d.mail, nil, "grace@harbor.example", []string{"support@localhost"}, []byte(mail)); err != nil {
		d.t.Fatalf("the mail was not taken: %v", err)
	}
}

func TestAForwardedMailIsAnsweredToWhoForwardedIt(t *testing.T) {
	t.Parallel()
	d := open(t, always("webhooks:", "undo: {reply: 3s}\n\nwebhooks:", "\nemail:\n", "  - {name: Copperfield Toys, domains: [toys.example]}\n\nemail:\n")...)
	c := browse(t, d)
	dina := c.as("Dina", "/c/desk")
	d.forward("fwd-1", "They are furious again, please look before 9.")
	filed := card("R-1")
	dina.sees(1, filed.with("by mail from Grace, forwarded from Helen Park (Copperfield Toys)", "nobody can pay"))
	dina.sees(0, filed.with("furious"))
	dina.keep("scene-forward-card")

	dina.click(filed.in("[data-testid=reply-in-thread]"))
	facts := messages("thread").with("Forwarded by Grace", "furious again", "Helen Park <helen@toys.example>", "Taken as the sender: Helen Park")
	dina.sees(1, facts.in("[data-testid=act]").with("Wrong"))
	dina.keep("scene-forward-thread")

	dina.open("/c/desk")
	dina.press(filed, "Reply")
	dialog := one("dialog[open]")
	dina.sees(1, dialog.with("Reply to R-1", "To Grace <grace@harbor.example>", "owen@harbor.example", "Helen Park"))
	dina.keep("scene-forward-form")
	dina.do("type", chromedp.SendKeys(chromedp.CSS("dialog textarea[data-field=text]"), "We see it too. PayPal works meanwhile."))
	dina.click(dialog.in("[data-testid=submit]"))
	dina.sees(1, whispers().with("R-1: goes to Grace <grace@harbor.example>"))
	dina.click(whispers().in("[data-testid=act]").with("Undo"))
	dina.sees(1, whispers().with("R-1: your answer was taken back, nobody has seen it."))
	dina.press(filed, "Reply")
	dina.do("type", chromedp.SendKeys(chromedp.CSS("dialog textarea[data-field=text]"), "We see it too. Pay by PayPal meanwhile."))
	dina.click(dialog.in("[data-testid=submit]"))
	dina.sees(0, dialog)

	d.forward("fwd-2", "Did you get this?")
	dina.click(filed.in("[data-testid=reply-in-thread]"))
	dina.sees(1, messages("thread").with("Did you get this?"))
	dina.open("/mail")
	out := one("[data-testid=mail][data-out=true]")
	dina.sees(2, out) // a receipt and an answer: nothing for the second forward
	answer := elements("(" + string(out) + ").slice(0, 1)")
	dina.click(answer.in("summary .subject"))
	dina.sees(1, answer.in("[data-testid=mail-text]").with("Pay by PayPal meanwhile."))
	dina.sees(0, out.with("helen@toys.example"))
	dina.sees(0, out.with("furious"))
	dina.sees(0, one("[data-testid=mail][data-out=true] summary").with("Helen"))
	dina.keep("scene-forward-mail")
}
