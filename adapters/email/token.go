package email

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strconv"
	"strings"

	"meridian/bot"
)

// A token says that the desk itself gave out an address or a Message-ID, and
// for which request. Who has one was written to, or got it from somebody who
// was; nobody can make one up.
//
// It is 80 bits in small letters and digits, since mail programs change the
// case of addresses.
const tokenBytes = 10

func tokenLetters() *base32.Encoding {
	return base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)
}

// signer makes tokens and checks them.
type signer struct{ key []byte }

// newSigner derives the key for mail from the store's secret. Without a secret
// it signs nothing and trusts nothing.
func newSigner(secret bot.Secret) signer {
	if secret == "" {
		return signer{}
	}
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write([]byte("reply tokens of mail"))
	return signer{mac.Sum(nil)}
}

// token signs what is used for one purpose.
func (s signer) token(purpose, what string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(purpose + "\x00" + what))
	return tokenLetters().EncodeToString(mac.Sum(nil)[:tokenBytes])
}

func (s signer) holds(purpose, what, token string) bool {
	return s.key != nil && hmac.Equal([]byte(s.token(purpose, what)), []byte(strings.ToLower(token)))
}

// maxLocal is the length of the part of an address before the @.
const maxLocal = 64

// replyAddress is the desk's address with the request and its token in it:
// "support+12.k7f3...@desk.example". It is empty where nothing is to be signed.
func (a *Adapter) replyAddress(request int64) string {
	if a.signer.key == nil || request <= 0 || !a.plus {
		return ""
	}
	at := strings.LastIndexByte(a.config.Address, '@')
	number := strconv.FormatInt(request, 10)
	local := a.config.Address[:at] + "+" + number + "." + a.signer.token("address", number)
	if len(local) > maxLocal {
		return ""
	}
	return local + a.config.Address[at:]
}

// requestOfAddress is the request that a reply address names, 0 if it is none of
// the desk's.
func (a *Adapter) requestOfAddress(address string) int64 {
	at := strings.LastIndexByte(address, '@')
	if at < 0 || !strings.EqualFold(address[at+1:], a.domain) {
		return 0
	}
	tag, ok := strings.CutPrefix(strings.ToLower(address[:at]), a.local+"+")
	if !ok {
		return 0
	}
	number, token, ok := strings.Cut(tag, ".")
	if !ok || !a.signer.holds("address", number, token) {
		return 0
	}
	return requestNumber(number)
}

// messageID is the id, without brackets, of the mail that a delivery sends. It
// is made of the delivery's key, so that a second try can be seen as the same
// mail, and names the delivery's request under a token.
func (a *Adapter) messageID(key string, request int64) string {
	sum := sha256.Sum256([]byte(key))
	id := hex.EncodeToString(sum[:16])
	if a.signer.key != nil {
		id += "." + strconv.FormatInt(request, 10)
		id += "." + a.signer.token("id", id)
	}
	return id + ownID(a.config.Hostname)
}

// requestOfID is the request of the mail with this id, 0 if the desk did not
// send it or it was about none.
func (a *Adapter) requestOfID(id string) int64 {
	id, ok := strings.CutSuffix(strings.ToLower(id), strings.ToLower(ownID(a.config.Hostname)))
	if !ok {
		return 0
	}
	i := strings.LastIndexByte(id, '.')
	if i < 0 || !a.signer.holds("id", id[:i], id[i+1:]) {
		return 0
	}
	_, number, _ := strings.Cut(id[:i], ".")
	return requestNumber(number)
}

func requestNumber(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// answers is the request that a mail belongs to by its tokens: that of the
// address it was sent to, else of the nearest of the desk's mails that it names.
func (a *Adapter) answers(m bot.Mail, to []string) int64 {
	if a.signer.key == nil {
		return 0
	}
	for _, list := range [][]bot.Address{m.To, m.Cc} {
		for _, r := range list {
			to = append(to, r.Address)
		}
	}
	for _, address := range to {
		if n := a.requestOfAddress(address); n != 0 {
			return n
		}
	}
	ids := append([]string{m.InReplyTo}, backwards(m.References)...)
	if m.Bounce != nil {
		ids = append([]string{m.Bounce.Message}, ids...)
	}
	for _, id := range ids {
		if n := a.requestOfID(id); n != 0 {
			return n
		}
	}
	return 0
}

func backwards(ids []string) []string {
	out := make([]string, 0, len(ids))
	for i := len(ids) - 1; i >= 0; i-- {
		out = append(out, ids[i])
	}
	return out
}
