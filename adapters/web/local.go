package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"golang.org/x/text/language"

	"meridian/bot"
	"meridian/bot/say"
)

// Local reports whether a request may act without sign-in: its Host is a
// loopback name (localhost, 127.0.0.0/8 or [::1], any port), it did not come
// through a proxy that says so, and the desk has no public address. A name that
// only resolves to this machine is not enough: a page elsewhere could have
// such a name. Neither is the Host header alone, which anybody can write: the
// connection itself must come from this machine.
func Local(publicURL string, r *http.Request) bool {
	if publicURL != "" || !loopback(r.Host) || !fromHere(r) {
		return false
	}
	for header := range r.Header {
		if header == "Forwarded" || strings.HasPrefix(header, "X-Forwarded-") {
			return false
		}
	}
	return true
}

// fromHere reports whether the connection comes from this machine and from no
// proxy of the kind that speaks HTTP/1.0, as nginx does unless told otherwise.
func fromHere(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback() && r.ProtoAtLeast(1, 1)
}

func loopback(host string) bool {
	if h, port, err := net.SplitHostPort(host); err == nil {
		if !digits(port) {
			return false
		}
		if strings.Contains(h, ":") != strings.HasPrefix(host, "[") {
			return false
		}
		host = h
	} else if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	} else if strings.Contains(host, ":") {
		return false
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Zone() == "" && !ip.Is4In6() && ip.IsLoopback()
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// LocalOnly passes on requests that [Local] allows and answers 403 with a
// sentence to all others.
func LocalOnly(words *say.Catalogue, publicURL string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if Local(publicURL, r) {
			next.ServeHTTP(w, r)
			return
		}
		secure(w.Header())
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(bot.Say("web.not_local").For(asked(r)).Plain(words, nil) + "\n"))
	})
}

// asked is the language that a browser asks for, of those the catalogue has.
func asked(r *http.Request) say.Language {
	if l := say.Language(r.Header.Get(headerLanguage)); l == say.Russian || l == say.English {
		return l
	}
	if c, err := r.Cookie(cookieLanguage); err == nil {
		if c.Value == string(say.Russian) || c.Value == string(say.English) {
			return say.Language(c.Value)
		}
	}
	accepted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err == nil && len(accepted) > 0 {
		if base, _ := accepted[0].Base(); base.String() == string(say.Russian) {
			return say.Russian
		}
	}
	return say.English
}
