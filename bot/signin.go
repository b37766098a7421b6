package bot

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

const (
	// SignInTime is how long a link to sign in can be used, once.
	SignInTime = 10 * time.Minute
	// SessionTime is how long a browser stays signed in.
	SessionTime = 7 * 24 * time.Hour
	// mostSessions is how many browsers a person is signed in with at once: one
	// more, and the oldest has to ask for a link again.
	mostSessions = 10
)

// Pass is a secret that lets somebody in until a moment. Only its hash is kept.
type Pass struct {
	Hash  string
	Until time.Time
}

// opens reports whether a secret is that of the pass, and its time is not over.
func (p Pass) opens(secret string, now time.Time) bool {
	return p.Hash != "" && now.Before(p.Until) && subtle.ConstantTimeCompare([]byte(p.Hash), []byte(HashSecret(secret))) == 1
}

// HashSecret is what is kept of a secret that a browser brings.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// NewSecret is a secret that nobody can guess.
func NewSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Token joins a person and a secret into one word for a link or a cookie.
func Token(person, secret string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(person)) + "." + secret
}

// ParseToken reads what Token wrote.
func ParseToken(token string) (person, secret string, ok bool) {
	who, secret, ok := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(who)
	return string(raw), secret, ok && err == nil && len(raw) > 0 && len(raw) < 200 && len(secret) >= 40 && len(secret) < 200
}

// Invite makes the link's secret by which the person can sign in once. An older
// one is of no use any more.
func (p *Preference) Invite(now time.Time) (secret string) {
	secret = NewSecret()
	p.SignIn = &Pass{Hash: HashSecret(secret), Until: now.Add(SignInTime)}
	return secret
}

// Invited reports whether a secret is that of a link that can still be used.
func (p Preference) Invited(secret string, now time.Time) bool {
	return p.SignIn != nil && p.SignIn.opens(secret, now)
}

// Admit uses the link up, and lets the browser in whose secret has this hash. It
// reports false, and does nothing, for a link that cannot be used.
func (p *Preference) Admit(secret, session string, now time.Time) bool {
	if !p.Invited(secret, now) || session == "" {
		return false
	}
	p.SignIn = nil
	p.Sessions = slices.DeleteFunc(p.Sessions, func(s Pass) bool { return !now.Before(s.Until) })
	if n := len(p.Sessions); n >= mostSessions {
		p.Sessions = p.Sessions[n-mostSessions+1:]
	}
	p.Sessions = append(p.Sessions, Pass{Hash: session, Until: now.Add(SessionTime)})
	return true
}

// SignedIn reports whether a browser with this secret is let in.
func (p Preference) SignedIn(secret string, now time.Time) bool {
	return slices.ContainsFunc(p.Sessions, func(s Pass) bool { return s.opens(secret, now) })
}
