package commands

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// Whom an answer on a cause goes to, and when an answer leaves.
const (
	toOne     = "one"
	toAll     = "all"
	whenNow   = "now"
	whenLater = "later"
)

// replyForm is the form that answers the client: whom it reaches, the words, and
// what follows.
func replyForm(v bot.View, e bot.Event) (bot.Form, error) {
	d, err := draftOf(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	fields := slices.Concat(d.seen(), d.whom(toOne), d.sender(), d.copies(), d.family(), d.words(d.request), d.attach(), d.then(), d.when())
	return bot.Form{Act: "reply", Value: d.request.ID(), Title: bot.Say("form.reply", "Request", d.request.Part()),
		Submit: bot.Say("button.send"), Note: d.note(d.to()), Fields: fields}, nil
}

// askForm is the form that asks the client: what follows is their turn.
func askForm(v bot.View, e bot.Event) (bot.Form, error) {
	d, err := draftOf(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	if over := d.request.Over(); over != nil {
		return bot.Form{}, over
	}
	fields := slices.Concat(d.seen(), d.sender(), d.copies(), d.family(), d.words(d.request), d.when())
	return bot.Form{Act: "ask", Value: d.request.ID(), Title: bot.Say("form.ask", "Request", d.request.Part()),
		Submit: bot.Say("button.send"), Note: d.note(d.to()), Fields: fields}, nil
}

// replyAllForm is the form that answers a cause and all that wait for it.
func replyAllForm(v bot.View, e bot.Event) (bot.Form, error) {
	d, err := draftOf(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	if len(d.followers) == 0 {
		return bot.Form{}, bot.Refuse("refuse.no_followers", "Request", d.request.Part(), "Usage", bot.UsageOn("usage.cause", d.request))
	}
	fields := slices.Concat(d.seen(), d.agreed(), d.words(bot.Request{}), d.then())
	return bot.Form{Act: "replyall", Value: d.request.ID(), Title: bot.Say("form.reply_all", "Count", len(d.followers)+1),
		Submit: bot.Say("button.send"), Note: d.everybody(), Fields: fields}, nil
}

// draft is what the forms of answers are made of.
type draft struct {
	s         *bot.Settings
	now       time.Time
	who       bot.Person
	request   bot.Request
	comments  []bot.Comment
	relatives []bot.Request // that go on in the request
	followers []bot.Request // that wait for its answer
	reach     map[int64][]bot.Request
}

func draftOf(v bot.View, e bot.Event) (d draft, err error) {
	d = draft{s: v.Settings(), now: v.Now(), who: e.Call.Person}
	if d.request, err = request(v, e); err != nil {
		return d, err
	}
	if d.request.MergedInto != 0 {
		return d, d.request.Over()
	}
	if d.comments, err = v.Comments(d.request.Number); err != nil {
		return d, err
	}
	if d.relatives, err = bot.Family(v, d.request); err != nil {
		return d, err
	}
	if d.followers, err = bot.Followers(v, d.request, d.who, bot.ActReply); err != nil {
		return d, err
	}
	d.reach = map[int64][]bot.Request{d.request.Number: d.relatives}
	for _, f := range d.followers {
		if d.reach[f.Number], err = bot.Family(v, f); err != nil {
			return d, err
		}
	}
	return d, nil
}

// note is the preview of whom an answer reaches, and who else writes one.
func (d draft) note(to []bot.Address) bot.Text {
	a := answer{to: to, cc: without(copiesOf(d.request), to), also: others(d.s, d.request, d.relatives)}
	t := bot.Say("form.reply.to", "To", bot.Quote(addresses(d.s, d.request, a)))
	return d.rival(t)
}

// rival adds who is writing to the client already.
func (d draft) rival(t bot.Text) bot.Text {
	if other := d.request.AnsweringAt(d.now); other != "" && !d.who.Is(other) {
		return t.Plus(bot.Break(), bot.Words("form.reply.rival", "Person", d.s.Person(bot.Actor{ID: other}).Part()))
	}
	return t
}

// everybody is the preview of an answer to all: each request with its addresses.
func (d draft) everybody() bot.Text {
	t := bot.Say("form.reply_all.to", "Count", len(d.followers)+1)
	for _, r := range append([]bot.Request{d.request}, d.followers...) {
		a := answer{cc: copiesOf(r), also: others(d.s, r, d.reach[r.Number])}
		t = t.Plus(bot.Break(), r.Part(), bot.Quote(" "+addresses(d.s, r, a)))
	}
	return d.rival(t)
}

// seen says up to which message the person has read.
func (d draft) seen() []bot.Field {
	last := int64(0)
	for _, c := range d.comments {
		last = max(last, c.ID)
	}
	return []bot.Field{{Name: "seen", Hidden: true, Value: strconv.FormatInt(last, 10)}}
}

// whom offers to answer all that wait for this request's answer too.
func (d draft) whom(value string) []bot.Field {
	if len(d.followers) == 0 {
		return nil
	}
	n := len(d.followers) + 1
	return append(d.agreed(), bot.Field{Name: "whom", Label: bot.Say("form.reply.whom"), Value: value, Hint: d.everybody(), Choices: []bot.Choice{
		{Value: toOne, Words: bot.Say("form.reply.one", "Name", d.request.Name)}, {Value: toAll, Words: bot.Say("form.reply.all", "Count", n)}}})
}

// agreed are the requests whose addresses the person has been shown.
func (d draft) agreed() []bot.Field {
	return []bot.Field{{Name: "agreed", Hidden: true, Value: numbersOf(d.followers)}}
}

// copies are those who were in copy, to be taken out for this answer.
func (d draft) copies() []bot.Field {
	if d.request.Home.Adapter != "email" || len(d.request.Cc) == 0 {
		return nil
	}
	var all []string
	for _, c := range d.request.Cc {
		all = append(all, c.Address)
	}
	hint := bot.Say("form.reply.cc_hint")
	if strangers := d.s.Strangers(d.request, d.request.Cc); len(strangers) > 0 {
		hint = hint.Plus(bot.Quote(" "), notOf(d.request, strangers))
	}
	return []bot.Field{{Name: "cc", Label: bot.Say("form.reply.cc"), Value: strings.Join(all, ", "), Optional: true, Hint: hint}}
}

// attach offers the files of the conversation, none of which goes by itself.
func (d draft) attach() []bot.Field {
	files := filesOn(d.comments)
	if len(files) == 0 {
		return nil
	}
	return []bot.Field{{Name: "attach", Label: bot.Say("form.reply.attach"), Optional: true, Hint: bot.Say("form.reply.attach_hint", "List", bot.FileNames(files))}}
}

// family are the requests that go on in this one, to be answered there too.
func (d draft) family() []bot.Field {
	if len(d.relatives) == 0 {
		return nil
	}
	hint := bot.Say("form.reply.also_hint")
	for i, r := range d.relatives {
		between := " · "
		if i == 0 {
			between = " "
		}
		hint = hint.Plus(bot.Quote(between + r.ID() + " " + addressOf(d.s, r)))
	}
	return []bot.Field{{Name: "also", Label: bot.Say("form.reply.also"), Value: numbersOf(others(d.s, d.request, d.relatives)), Optional: true, Hint: hint}}
}

// words are the text, and the canned answers that can be put into it. For the
// answer to several the placeholders stay.
func (d draft) words(r bot.Request) []bot.Field {
	text := bot.Field{Name: "text", Label: bot.Say("form.reply.text"), Long: true}
	if len(d.s.Answers) == 0 {
		return []bot.Field{text}
	}
	text.Optional = true // a canned answer may stand for it
	canned := bot.Field{Name: "canned", Label: bot.Say("form.reply.canned"), Optional: true, Fills: map[string]string{}, FillsField: "text"}
	for _, a := range d.s.Answers {
		full := a.In(d.s.ClientLanguage(d.request))
		if r.Number != 0 {
			full = r.FillIn(full)
		}
		canned.Choices = append(canned.Choices, bot.Choice{Value: a.Name, Label: a.Name})
		canned.Fills[a.Name] = full
	}
	if r.Number == 0 {
		canned.Hint = bot.Say("form.reply_all.names", "Text", bot.Code(strings.Join(bot.Placeholders(), " ")))
	}
	return []bot.Field{canned, text}
}

// then is who owes the next step after the answer.
func (d draft) then() []bot.Field {
	r := d.request
	if r.Ended() {
		return nil
	}
	value := thenOwe
	choices := []bot.Choice{{Value: thenOwe, Words: bot.Say("form.reply.owe")}}
	if d.who.May(bot.ActAsk, r) {
		choices = append(choices, bot.Choice{Value: thenTurn, Words: bot.Say("form.reply.turn")})
		if r.WaitsForClient() {
			value = thenTurn
		}
	}
	if d.who.May(bot.ActSolve, r) {
		choices = append(choices, bot.Choice{Value: thenSolved, Words: bot.Say("form.reply.solved")})
	}
	return []bot.Field{{Name: "then", Label: bot.Say("form.reply.then"), Value: value, Choices: choices}}
}

// awakeFor is how long after their last word a client is taken to be there,
// whatever the hour.
const awakeFor = time.Hour

// when offers to send in the client's morning what is written in their night.
// By mail it goes now, unless the person wants otherwise: it rings nowhere. So
// does what answers a client who has just written.
func (d draft) when() []bot.Field {
	begins, zone, ok := d.s.ClientDay(d.request, d.now)
	if !ok {
		return nil
	}
	value := whenLater
	theirs, _ := d.s.LastWords(d.request, d.comments)
	if d.request.Home.Adapter == "email" || d.now.Sub(theirs.At) < awakeFor {
		value = whenNow
	}
	style := say.DayClock
	if begins.Sub(d.now) < 24*time.Hour {
		style = say.Clock
	}
	return []bot.Field{{Name: "when", Label: bot.Say("form.reply.when"), Value: value, Choices: []bot.Choice{
		{Value: whenNow, Words: bot.Say("form.reply.now", "When", d.s.There(d.now, zone, say.Clock))},
		{Value: whenLater, Words: bot.Say("form.reply.later", "When", d.s.There(begins, zone, style))}}}}
}

// copiesOf are those who get the answers to a request by mail too.
func copiesOf(r bot.Request) []bot.Address {
	if r.Home.Adapter != "email" {
		return nil
	}
	return r.Cc
}

// chosenCopies reads whom a person has left in copy. Nobody can be added: an
// address that is mistyped would read what is not theirs.
func chosenCopies(r bot.Request, list string) (left []bot.Address, refused *bot.Error) {
	for _, address := range fieldsOf(list) {
		i := slices.IndexFunc(copiesOf(r), func(a bot.Address) bool { return strings.EqualFold(a.Address, address) })
		if i < 0 {
			return nil, bot.Refuse("refuse.cc", "Words", firstOf(address, 80), "Request", r.Part()).In("cc")
		}
		if !slices.Contains(left, r.Cc[i]) {
			left = append(left, r.Cc[i])
		}
	}
	return left, nil
}

// others are the requests that go on in this one and are of other people: they
// are answered too, unless they are taken out. The same person by another way
// is answered once, and what is private goes to nobody else by itself.
func others(s *bot.Settings, r bot.Request, family []bot.Request) (out []bot.Request) {
	if r.Private {
		return nil
	}
	told := []bot.Person{s.Person(bot.Actor{ID: r.Requester})}
	for _, m := range family {
		if !slices.ContainsFunc(told, func(p bot.Person) bool { return p.Is(m.Requester) }) {
			out, told = append(out, m), append(told, s.Person(bot.Actor{ID: m.Requester}))
		}
	}
	return out
}

// chosenOthers reads which of the requests that go on in this one are answered
// too.
func chosenOthers(family []bot.Request, list string) (out []bot.Request, refused *bot.Error) {
	for _, word := range fieldsOf(list) {
		n, ok := bot.ParseRequestID(word)
		i := slices.IndexFunc(family, func(m bot.Request) bool { return ok && m.Number == n })
		if i < 0 {
			return nil, bot.Refuse("refuse.also", "Words", firstOf(word, 40), "List", numbersOf(family)).In("also")
		}
		if !slices.ContainsFunc(out, func(m bot.Request) bool { return m.Number == n }) {
			out = append(out, family[i])
		}
	}
	return out, nil
}

// fieldsOf are the words of a list: with commas, blanks or both between them.
func fieldsOf(list string) []string {
	return strings.FieldsFunc(list, func(c rune) bool { return c == ',' || c == ';' || c == ' ' || c == '\n' || c == '\t' || c == '\u00a0' })
}

// numbersOf are requests as they are written in a list.
func numbersOf(requests []bot.Request) string {
	ids := make([]string, len(requests))
	for i, r := range requests {
		ids[i] = r.ID()
	}
	return strings.Join(ids, ", ")
}
