package bot

import (
	"slices"
	"strings"
)

// Ours reports whether a mail address is the desk's own, one of those that
// answers to a request go to, or a colleague's: they take part in no
// conversation with a client by mail.
func (s *Settings) Ours(address string) bool {
	address = strings.ToLower(strings.TrimSpace(address))
	own := strings.ToLower(s.MailFrom)
	local, domain, _ := strings.Cut(own, "@")
	if address == "" {
		return false
	}
	if s.Complaints != "" && strings.EqualFold(address, s.Complaints) {
		return true
	}
	if own != "" && (address == own || strings.HasPrefix(address, local+"+") && strings.HasSuffix(address, "@"+domain)) {
		return true
	}
	return slices.ContainsFunc(s.People, func(p Person) bool { return p.Team() && p.Is("email:"+address) })
}

// TakesPart reports whether a person may write into a request by mail: whose it
// is, who is in copy of it, who has the address that its answers go to, and
// whoever is of the same company, as long as it is not private.
func (r Request) TakesPart(who Person) bool {
	address := func(a Address) bool { return who.Is("email:" + strings.ToLower(a.Address)) }
	return who.Owns(r) || slices.ContainsFunc(r.Cc, address) || address(r.MailAddress()) ||
		!r.Private && who.Client != "" && strings.EqualFold(who.Client, r.Client)
}

// Strangers are those of some addresses who are of another company than the
// client of a request. Where that is not known, the domain of the client's
// address stands for it.
func (s *Settings) Strangers(r Request, all []Address) (strange []string) {
	_, home, _ := strings.Cut(strings.ToLower(r.MailAddress().Address), "@")
	for _, a := range all {
		_, domain, _ := strings.Cut(strings.ToLower(a.Address), "@")
		switch {
		case r.Client != "" && strings.EqualFold(s.Person(Actor{ID: "email:" + strings.ToLower(a.Address)}).Client, r.Client):
		case r.Client == "" && domain == home && !IsPublicDomain(domain):
		default:
			strange = append(strange, a.Address)
		}
	}
	return strange
}

// IsPublicDomain reports whether strangers to each other have mail addresses in
// a domain: it says nothing of a company.
func IsPublicDomain(domain string) bool {
	return slices.Contains([]string{
		"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com", "me.com", "aol.com",
		"proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de", "mail.com", "zoho.com",
		"mail.ru", "bk.ru", "list.ru", "inbox.ru", "internet.ru", "yandex.ru", "yandex.com", "ya.ru", "yandex.by", "rambler.ru", "tut.by", "ukr.net",
	}, strings.ToLower(domain))
}
