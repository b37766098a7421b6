package bot

import (
	"strings"
	"testing"
	"time"

	"meridian/bot/say"
)

func TestALinkIsGoodForWhatItSaysAndUntilItsDay(t *testing.T) {
	now := time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)
	p := NewMailPasses("s3cret")
	pass := MailPass{Act: PassDone, Request: 12, Who: "email:grace@harbor.example", Until: now.Add(time.Hour)}
	token := p.Write(pass)
	if got, refused := p.Read(token, now); refused != nil || got.Act != pass.Act || got.Request != 12 || got.Who != pass.Who || !got.Until.Equal(pass.Until) {
		t.Errorf("reads %+v, %v", got, refused)
	}
	if _, refused := p.Read(token, now.Add(time.Hour)); refused == nil || refused.Text.Parts[0].ID != "refuse.pass_expired" {
		t.Errorf("an hour later: %v", refused)
	}
	other := p.Write(MailPass{Act: PassDone, Request: 13, Who: pass.Who, Until: pass.Until})
	payload, _, _ := strings.Cut(other, ".")
	_, signature, _ := strings.Cut(token, ".")
	forged := []string{"", ".", token[1:], token[:len(token)-1], payload + "." + signature, payload, payload + ".", strings.ToUpper(token),
		NewMailPasses("other").Write(pass), MailPasses{}.Write(pass), token + "=", token + ".x"}
	for i := range token {
		changed := []byte(token)
		if changed[i] = 'A'; token[i] == 'A' {
			changed[i] = 'B'
		}
		// The last letter of a base64 text has bits that say nothing.
		if i != len(token)-1 {
			forged = append(forged, string(changed))
		}
	}
	for _, f := range forged {
		if _, refused := p.Read(f, now); refused == nil || refused.Text.Parts[0].ID != "refuse.pass_forged" {
			t.Errorf("%q is good: %v", f, refused)
		}
	}
	if _, refused := (MailPasses{}).Read(MailPasses{}.Write(pass), now); refused == nil {
		t.Error("without a secret a link is good")
	}
}

func TestALinkIsSignedWhereItLeavesAndNowhereElse(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)
	s := &Settings{PublicURL: "https://desk.example"}
	r := Request{Number: 12, Requester: "email:grace@harbor.example", Home: Place{Adapter: "email", Channel: "grace@harbor.example"}}
	text := withPass(s, r, Say("client.solved", "Request", r.Part()))
	p := NewMailPasses("s3cret")
	plain, signed := text.Plain(words, time.UTC), p.Signed(text, now).Plain(words, time.UTC)
	if strings.Contains(plain, "/l/"+p.Write(MailPass{})[:4]) || !strings.Contains(plain, "https://desk.example/l/…") {
		t.Errorf("unsigned it is %q", plain)
	}
	_, token, ok := strings.Cut(signed, "https://desk.example/l/")
	if pass, refused := p.Read(strings.TrimSpace(token), now); !ok || refused != nil || pass.Request != 12 || pass.Who != r.Requester {
		t.Errorf("signed it is %q: %+v, %v", signed, pass, refused)
	}
	for _, elsewhere := range []Request{{Number: 12, Home: Place{Adapter: "slack"}}, {Number: 12}} {
		if t2 := withPass(s, elsewhere, Say("client.solved")); len(t2.Parts) != 1 {
			t.Errorf("a link where nobody reads mail: %+v", t2)
		}
	}
	if t2 := withPass(&Settings{}, r, Say("client.solved")); len(t2.Parts) != 1 {
		t.Error("a link to no page")
	}
}
