package browser

import (
	"strings"
	"testing"
)

func TestAMailBecomesOneRequestAcrossRestarts(t *testing.T) {
	t.Parallel()
	d := open(t)
	inga := browse(t, d).as("Inga", "/c/desk")
	inga.endures()
	invoice := func() {
		d.send("grace@harbor.example", "invoice-1", "Invoice PDF is empty", "The PDF of invoice 4711 has no pages.\nPlease look.")
	}
	invoice()
	d.cut() // the mail was taken; whatever follows from it may not have happened yet
	filed := card("R-1")
	inga.sees(1, filed.with("Invoice PDF is empty", "by mail from Grace", "The PDF of invoice 4711 has no pages.", "🆕 Nobody yet"))
	inga.click(filed.in("[data-testid=act]").with("Take it"))
	inga.sees(1, filed.with("👀 Inga"))
	invoice() // its sender did not hear that it was taken, and sends it again
	d.cut()
	d.send("owen@harbor.example", "logo-1", "Two shops, one logo", "Can both shops have a logo of their own?")
	inga.sees(1, card("R-2").with("Two shops, one logo", "by mail from Owen"))
	inga.sees(2, one("[data-card]"))
	inga.sees(1, filed.with("👀 Inga"))

	inga.open("/mail")
	in, held := one("[data-testid=mail][data-out=false]"), one("[data-testid=mail][data-out=true][data-state=held]")
	for _, subject := range []string{"Invoice PDF is empty", "Two shops, one logo"} {
		inga.sees(1, in.with(subject))
		inga.sees(1, held.with(subject, "held"))
	}
	inga.sees(4, one("[data-testid=mail]"))
	receipt := held.with("[R-1]")
	inga.click(receipt.in("summary .subject"))
	inga.sees(1, receipt.in("[data-testid=mail-text]").with("Hello Grace,", "R-1 is filed: “Invoice PDF is empty”."))
}

func TestAnAlertIsOneCardUntilItsRecoveryAcrossRestarts(t *testing.T) {
	t.Parallel()
	d := open(t)
	inga := browse(t, d).as("Inga", "/c/alerts")
	inga.endures()
	d.alert("billing-db disk 91%", "f1", "firing")
	d.cut()
	disk := messages("main").with("billing-db disk 91%")
	inga.sees(1, disk.with("🔴"))
	id, text := inga.string(disk.attribute("data-message")), inga.string(disk.in(".body").text())

	d.alert("billing-db disk 91%", "f1", "firing")
	d.cut()
	d.alert("queue of mails stands still", "f2", "firing")
	inga.sees(1, messages("main").with("🔴 queue of mails stands still"))
	inga.sees(1, disk)
	if now := inga.string(disk.in(".body").text()); now != text {
		t.Errorf("a repeat made the card say %q, it said %q", now, text)
	}
	inga.click(disk.in("[data-testid=act]").with("I have it"))
	inga.sees(1, disk.with("🟠", "Inga has it"))

	d.alert("billing-db disk 91%", "f1", "resolved")
	d.cut()
	inga.sees(1, disk.with("🟢", "recovered"))
	inga.sees(2, messages("main"))
	if now := inga.string(disk.attribute("data-message")); now != id {
		t.Errorf("the recovery is message %s, the alert was %s", now, id)
	}
	if all := d.export(); strings.Count(all, `"fingerprint":"f1"`) != 1 || !strings.Contains(all, `"fingerprint":"f1","status":"resolved"`) {
		t.Errorf("the export says %s", all)
	}
}
