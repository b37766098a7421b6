package commands

import (
	"errors"
	"regexp"
	"slices"

	"meridian/bot"
)

// subjectTag is the number that we put into subjects.
var subjectTag = regexp.MustCompile(`\[[Rr]-([0-9]{1,15})\]`)

// mailRequest finds the request that a mail belongs to: by the token that we
// gave out for it, by the messages it answers, or by the number in its subject.
// The last two are no secret: they count for those alone who take part in the
// request. Anybody else's mail is a new request.
func mailRequest(v bot.View, e bot.Event, m bot.Mail) (bot.Request, error) {
	if m.Answers != 0 {
		r, err := v.Request(m.Answers)
		if !errors.Is(err, bot.ErrNotFound) {
			return r, err
		}
	}
	numbers, err := namedIn(v, m)
	if err != nil {
		return bot.Request{}, err
	}
	for _, n := range numbers {
		r, err := v.Request(n)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return r, err
		}
		if err == nil && takesPart(v, e, r, m) {
			return r, nil
		}
	}
	return bot.Request{}, bot.ErrNotFound
}

// namedIn are the numbers of the requests that a mail names: by the messages it
// answers, and in its subject. A report that a mail came back quotes the subject
// of that mail: it proves nothing.
func namedIn(v bot.View, m bot.Mail) (numbers []int64, err error) {
	n, err := v.MailRequest(answered(m)...)
	if err == nil {
		numbers = append(numbers, n)
	} else if !errors.Is(err, bot.ErrNotFound) {
		return nil, err
	}
	if m.Kind == bot.MailBounce {
		return numbers, nil
	}
	for _, tag := range subjectTag.FindAllStringSubmatch(m.Subject, maxTags) {
		if n, ok := bot.ParseRequestID(tag[1]); ok {
			numbers = append(numbers, n)
		}
	}
	for _, tag := range oldTag.FindAllStringSubmatch(m.Subject, maxTags) {
		were, err := v.WereCalled(tag[1])
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, were...)
	}
	return numbers, nil
}

// oldTag is the number that another desk put into subjects, such as
// "[Ticket#48211]" or "[#48211]".
var oldTag = regexp.MustCompile(`\[[\pL ]{0,20}[#:№] ?([0-9][0-9A-Za-z-]{0,19})\]`)

// maxTags is how many numbers of a subject are looked at: other desks put theirs
// there too.
const maxTags = 4

// answered are the messages that a mail answers or reports on, the nearest
// first: a thread may have begun with another request.
func answered(m bot.Mail) []string {
	refs := slices.Clone(m.References)
	if m.InReplyTo != "" {
		refs = append(refs, m.InReplyTo)
	}
	if m.Bounce != nil && m.Bounce.Message != "" {
		refs = append(refs, m.Bounce.Message)
	}
	slices.Reverse(refs)
	return refs
}

// takesPart reports whether the sender of a mail may write into a request. A
// report comes from a machine, and names a mail that only we and its reader
// know. Whoever says to be a colleague is believed if our own mail server says
// so too.
func takesPart(v bot.View, e bot.Event, r bot.Request, m bot.Mail) bool {
	s := v.Settings()
	if colleague(s, e.Actor) {
		return m.Proven
	}
	return m.Kind == bot.MailBounce || r.TakesPart(s.Person(e.Actor))
}

// colleague reports whether a mail says to be from somebody of the team.
func colleague(s *bot.Settings, a bot.Actor) bool {
	return slices.ContainsFunc(s.People, func(p bot.Person) bool { return p.Team() && p.Is(a.ID) })
}

// mentioned is the request that a mail names without taking part in it, so that
// the team can look; 0: none.
func mentioned(v bot.View, m bot.Mail) (int64, error) {
	numbers, err := namedIn(v, m)
	if err != nil {
		return 0, err
	}
	for _, n := range numbers {
		if _, err := v.Request(n); !errors.Is(err, bot.ErrNotFound) {
			return n, err
		}
	}
	return 0, nil
}
