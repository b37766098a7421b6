package email

import (
	"testing"

	"meridian/adapters/adaptertest"
	"meridian/bot"
)

func TestTheAddressForComplaintsIsTakenAndHasNoPlusAddresses(t *testing.T) {
	k := dial(t, listenWith(t, Config{Complaints: "complaints@other.example"}, adaptertest.NewDesk()))
	k.say("EHLO client.example", "250")
	k.say("MAIL FROM:<anna@shop.example>", "250")
	k.say("RCPT TO:<Complaints@other.example>", "250")
	k.say("RCPT TO:<support@desk.example>", "250")
	k.say("RCPT TO:<complaints+12.abc@other.example>", "550")
	k.say("RCPT TO:<complaints@desk.example>", "550")
}

// A sending server may split the hidden copy off into a transaction of its own.
// Both must reach the desk, and each of them once however often it is sent.
func TestAHiddenCopyForComplaintsIsNewsOfAMailThatTheDeskHas(t *testing.T) {
	for _, order := range [][]string{{"support@desk.example", "Complaints@Desk.example"}, {"complaints@desk.example", "support@desk.example"}} {
		d := adaptertest.NewDesk()
		addr := listenWith(t, Config{Complaints: "complaints@desk.example"}, d)
		keys := map[string]bool{}
		for range 2 { // and all of it again, as after a lost answer
			for _, to := range order {
				k := dial(t, addr)
				k.say("EHLO client.example", "250")
				k.say("MAIL FROM:<anna@shop.example>", "250")
				k.say("RCPT TO:<"+to+">", "250")
				k.say("DATA", "354")
				k.say(plainMail+".", "250")
				all := d.Events()
				e := all[len(all)-1]
				keys[e.Key] = true
				if got := e.Body.(bot.Mailed).EnvelopeTo; len(got) != 1 || got[0] != to || e.Message != "1@shop.example" {
					t.Errorf("%s: %q, %v", to, e.Message, got)
				}
			}
		}
		if len(keys) != 2 {
			t.Errorf("%v: %d keys", order, len(keys))
		}
	}
}
