package email

import (
	"testing"

	"meridian/adapters/adaptertest"
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
