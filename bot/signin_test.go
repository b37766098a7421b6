package bot

import (
	"testing"
	"time"
)

func TestALinkIsUsedOnceAndASessionEnds(t *testing.T) {
	now := time.Date(2026, time.March, 3, 9, 0, 0, 0, time.UTC)
	var p Preference
	link, session := p.Invite(now), NewSecret()
	if p.Admit("wrong", HashSecret(session), now) || p.Admit(link, "", now) || p.Admit(link, HashSecret(session), now.Add(SignInTime)) {
		t.Fatal("let in by what is no link")
	}
	if !p.Admit(link, HashSecret(session), now.Add(SignInTime-time.Second)) || p.Admit(link, HashSecret("other"), now) {
		t.Fatal("a link lets one in, once")
	}
	in := now.Add(SignInTime - time.Second)
	if !p.SignedIn(session, in) || p.SignedIn("other", in) || p.SignedIn("", in) || p.SignedIn(session, in.Add(SessionTime)) {
		t.Error("a session is one browser's, for a week")
	}
	for range 2 * mostSessions {
		link = p.Invite(now)
		if !p.Admit(link, HashSecret(NewSecret()), now) {
			t.Fatal("not let in")
		}
	}
	if len(p.Sessions) != mostSessions || p.SignedIn(session, in) {
		t.Errorf("%d sessions, the oldest still among them: %v", len(p.Sessions), p.SignedIn(session, in))
	}
}

func TestATokenIsReadAsItWasWritten(t *testing.T) {
	secret := NewSecret()
	for _, person := range []string{"slack:U0VERA", "slack:T2/U5", "email:a+b@c.example", "web:анна"} {
		if who, got, ok := ParseToken(Token(person, secret)); !ok || who != person || got != secret {
			t.Errorf("%q became %q", person, who)
		}
	}
	for _, token := range []string{"", ".", "a.b", "!." + secret, "." + secret} {
		if who, _, ok := ParseToken(token); ok {
			t.Errorf("%q is a token of %q", token, who)
		}
	}
}
