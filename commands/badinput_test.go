package commands_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"meridian/bot"
	"meridian/bot/say"
	"meridian/commands"
)

// unbearable stands in the private request of the desk of [troubled] alone.
const unbearable = "Xyzzy was unbearable"

// troubled is a desk with a request in each state: R-1 open, R-2 private and a
// complaint, R-3 closed, R-4 goes on in solved, R-6 with the client,
// R-7 waits for R-1, its cause.
func troubled(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	for i, who := range []string{"owen", "grace", "ann", "bob", "eve", "joe", "kim"} {
		if i > 1 {
			d.settings.People = append(d.settings.People, bot.Person{ID: "web:" + who, IDs: []string{"web:" + who}, Name: who, Role: bot.Requester, Client: "Harbor"})
		}
		words := "Checkout fails"
		if i == 1 {
			words = unbearable
		}
		d.must(addressed(who, fmt.Sprint("m", i), words))
	}
	for _, text := range []string{"take R-1", "complaint R-2", "close R-3 spam", "merge R-4 R-1", "solve R-5", "ask R-6 Does it work?", "cause R-1 R-7"} {
		d.must(slashed("vera", text))
	}
	return d
}

// badWords are what people and attackers put behind a command's word.
func badWords(c bot.Command) []string {
	long := strings.Repeat("x", 10_000)
	words := []string{"", " ", "\x00", "\x07\x1b[31m", "\u202etxt", "\ufeff", "\xff\xfe", "<!channel> @everyone", "{{.Person}} %s %!d(x)", "${jndi:ldap://x}", "'; DROP TABLE requests;--",
		"99999999999999999999", "-1", "0", "2147483648", "9999-12-31", "in 0 seconds", "31 April", long}
	out := append([]string(nil), words...)
	if len(c.Args) == 0 || c.Args[0].Kind != bot.ArgRequest && c.Name != "undo" {
		return append(out, "R-2", "R-1 R-2")
	}
	for _, number := range []string{"R-0", "R--1", "R-999", "R-99999999999999999999", "R-2", "R-3", "R-4", "R-1"} {
		out = append(out, number)
		for _, behind := range []string{long, "\x00\x07", "R-1", "R-2", "R-4", "R-0 R--1", "until", "to nobody"} {
			out = append(out, number+" "+behind)
		}
	}
	return out
}

// attempts are the ways in which words can be given to a command.
func attempts(c bot.Command, words string) map[string]bot.Body {
	number, rest, _ := strings.Cut(words, " ")
	fields := map[string]string{}
	for _, name := range []string{"text", "name", "until", "reason", "kind", "then", "to", "others", "words", "why", "class", "level", "tags", "cc", "seen", "when", "amount", "what", "also"} {
		fields[name] = rest
	}
	for _, a := range c.Args {
		fields[a.Name] = rest
	}
	return map[string]bot.Body{
		"command": bot.Commanded{Slash: "desk", Text: c.Name + " " + words},
		"button":  bot.Pressed{Act: c.Name, Value: words},
		"form":    bot.Submitted{Act: c.Name, Value: number, Fields: fields},
	}
}

// Every command, with whatever stands behind it, by every surface, of a lead, an
// agent, a client and a stranger: it is done, or refused with one sentence, in
// both languages. Nobody but a lead is told a word of what is private, whatever
// they try.
func TestEveryCommandMeetsEveryBadInput(t *testing.T) {
	d := troubled(t)
	catalogue, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, who := range []string{"vera", "inga", "owen", "stranger"} {
		for _, c := range commands.All() {
			for _, words := range badWords(c) {
				for surface, body := range attempts(c, words) {
					if surface != "command" && who != "vera" {
						continue // the role table has its own test
					}
					n++
					what := fmt.Sprintf("%s: %s %.40q by %s", who, c.Name, words, surface)
					d.attempt(what, catalogue, bot.Event{ID: int64(1_000_000 + n), Key: fmt.Sprint("a", n), Source: "web", At: time.Now(), Place: channel("inside"), Message: fmt.Sprint("a", n), Actor: actor(who), Body: body})
				}
			}
		}
	}
	t.Logf("%d attempts", n)
}

// attempt gives an event to the desk and takes what it did back.
func (d *desk) attempt(what string, catalogue *say.Catalogue, e bot.Event) {
	d.t.Helper()
	back := errors.New("taken back")
	err := d.store.Update(d.t.Context(), func(tx bot.Tx) error {
		_, _, refused := d.router.Form(tx, e)
		if refused == nil {
			refused = d.handle(tx, e)
		}
		var told *bot.Error
		switch {
		case errors.As(refused, &told):
			checkSentence(d.t, what, catalogue, told, e.Actor.Name)
		case refused != nil && !errors.Is(refused, bot.ErrPass):
			d.t.Errorf("%s: %v", what, refused)
		case e.Actor.Name != "vera" || strings.Contains(what, "R-2"):
			d.checkSent(tx, what, catalogue, e)
		}
		return back
	})
	if !errors.Is(err, back) {
		d.t.Fatalf("%s: %v", what, err)
	}
}

// checkSentence fails for what is no sentence in one of the languages, is too
// long to be read, or tells what is private.
func checkSentence(t testing.TB, what string, catalogue *say.Catalogue, told *bot.Error, who string) {
	t.Helper()
	for _, l := range []say.Language{say.English, say.Russian} {
		s := told.Text.For(l).Plain(catalogue, time.UTC)
		first, _ := utf8.DecodeRuneInString(s)
		switch {
		case s == "" || utf8.RuneCountInString(s) > 700:
			t.Errorf("%s: %d characters: %.300s", what, utf8.RuneCountInString(s), s)
		case strings.Contains(s, "refuse.") || strings.Contains(s, "<no value>") || strings.Contains(s, "usage."):
			t.Errorf("%s: it is told %q", what, s)
		case unicode.IsLower(first) && !told.Denied: // which begins with the command
			t.Errorf("%s: %q does not begin a sentence", what, s)
		case who != "vera" && strings.Contains(s, unbearable):
			t.Errorf("%s: it is told %q", what, s)
		}
	}
}

// checkSent fails where an act tells anybody but leads, and whose it is, what is
// private.
func (d *desk) checkSent(tx bot.Tx, what string, catalogue *say.Catalogue, e bot.Event) {
	d.t.Helper()
	all, err := tx.Deliveries(bot.DeliveryQuery{Limit: 1000})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, o := range all {
		if o.To.Top() == bot.Direct("web:vera") || o.To.Top() == bot.Direct("web:grace") || o.Op == bot.OpWhisper && e.Actor.Name == "vera" || o.Request == 2 && o.Face == bot.FaceHome {
			continue
		}
		if err := bot.Draw(tx, &o); err != nil {
			d.t.Fatal(err)
		}
		if s := o.Message.Text.For(say.English).Plain(catalogue, time.UTC); strings.Contains(s, unbearable) && !strings.Contains(o.Key, "root:") {
			d.t.Errorf("%s: %s to %s says %q", what, o.Key, o.To, s)
		}
	}
}

// What is refused leaves nothing behind, and so does what fails: the desk is
// what it was.
func TestWhatIsRefusedLeavesTheDeskAsItWas(t *testing.T) {
	d := troubled(t)
	before := d.everything()
	refusals := map[string]bool{}
	for _, c := range commands.All() {
		for _, words := range badWords(c) {
			if !strings.HasPrefix(words, "R-") || len(words) > 1000 {
				continue
			}
			_, err := d.do(bot.Event{Place: channel("inside"), Message: fmt.Sprint("m", d.n), Actor: actor("stranger"), Body: bot.Commanded{Slash: "desk", Text: c.Name + " " + words}})
			refused := d.refusal(err)
			if refused == "" {
				if c.Name != "file" && c.Name != "undo" && !reflect.DeepEqual(d.everything().requests, before.requests) {
					t.Fatalf("a stranger did %s %q", c.Name, words)
				}
				before = d.everything()
				continue
			}
			refusals[refused] = true
		}
		if after := d.everything(); !reflect.DeepEqual(after, before) {
			t.Fatalf("%s was refused, and the desk is another:\n%+v\n%+v", c.Name, before, after)
		}
	}
	if len(refusals) < 5 {
		t.Errorf("only %v", refusals)
	}
}

// contents are what an export prints of a desk.
type contents struct {
	requests []bot.Request
	comments map[int64][]bot.Comment
	audit    map[int64][]bot.AuditLine
	outbox   int
}

func (d *desk) everything() (all contents) {
	d.t.Helper()
	all = contents{requests: d.requests(), comments: map[int64][]bot.Comment{}, audit: map[int64][]bot.AuditLine{}, outbox: len(d.outbox())}
	for _, r := range all.requests {
		all.comments[r.Number], all.audit[r.Number] = d.conversation(r.Number), d.audit(r)
	}
	return all
}
