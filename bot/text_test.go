package bot

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"meridian/bot/say"
	"pgregory.net/rapid"
)

func words(t testing.TB) *say.Catalogue {
	t.Helper()
	c, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fenced is a markup in which all that people wrote stands in ⟦ ⟧, escaped, so
// that a test sees what came from where.
func fenced() Markup {
	fence := func(s string) string { return "⟦" + url.PathEscape(s) + "⟧" }
	return Markup{
		Words:   func(s string) string { return s },
		Quote:   func(s string, _ bool) string { return fence(s) },
		Time:    func(time.Time, Language) string { return "(time)" },
		Person:  func(id, name string) string { return "(person " + fence(id) + fence(name) + ")" },
		Request: func(n string) string { return "(request " + n + ")" },
		Link:    func(u, label string) string { return "(link " + fence(u) + fence(label) + ")" },
		Code:    func(s string) string { return "(code " + fence(s) + ")" },
		Break:   "(break)",
	}
}

var fences = regexp.MustCompile(`⟦([^⟧]*)⟧`)

// hostile draws what somebody writes who wants it to become more than text.
func hostile() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"<!channel>", "<@U1>", "<http://evil.example|click>", "@everyone", "{{.Person}}", "{{.Request}}", "\x02Person\x02", "\x02Request", "`code`", "*bold*",
		"\u202Egpj.exe", "\x00", "\xff\xfe", "${jndi:ldap://x}", "]()", "⟦⟧", "%s%d%!", "",
	}))
}

// Words of a person are passed to the messenger's own quoting and to nothing
// else, wherever they stand in whatever sentence, and the sentence around them
// is the same whatever they are.
func TestAQuoteNeverBecomesMoreThanAQuote(t *testing.T) {
	c := words(t)
	ids := c.IDs(say.English)
	slots := map[string]string{}
	for _, name := range []string{"Request", "Other", "Person", "Name", "Title", "Words", "When", "Until", "Since", "State", "Level", "Command", "Usage",
		"Reason", "Place", "Client", "Text", "Emoji", "From", "To", "Subject", "Who", "Kind", "Id", "Duration", "What"} {
		slots[name] = name
	}
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom(ids).Draw(t, "sentence")
		lang := rapid.SampledFrom(say.Languages()).Draw(t, "language")
		evil := hostile().Draw(t, "evil")
		render := func(s string) string {
			args := []any{"Count", 3}
			for name := range slots {
				args = append(args, name, Quote(s))
			}
			return Say(id, args...).For(lang).Render(c, fenced())
		}
		got, tame := render(evil), render("tame")
		if a, b := fences.ReplaceAllString(got, "·"), fences.ReplaceAllString(tame, "·"); a != b {
			t.Fatalf("%s: %q changes the sentence from %q to %q", id, evil, b, a)
		}
		for _, m := range fences.FindAllStringSubmatch(got, -1) {
			if s, err := url.PathUnescape(m[1]); err != nil || s != evil {
				t.Fatalf("%s: %q came out as %q", id, evil, s)
			}
		}
	})
}

func TestEachPartIsWrittenByItsOwnFunctionAlone(t *testing.T) {
	c := words(t)
	rapid.Check(t, func(t *rapid.T) {
		s := hostile().Draw(t, "evil")
		f := "⟦" + url.PathEscape(s) + "⟧"
		for kind, tt := range map[PartKind]struct {
			part Part
			want string
		}{
			PartQuote:  {Quote(s), f},
			PartPerson: {Part{Kind: PartPerson, Person: s, Text: s}, "(person " + f + f + ")"},
			PartLink:   {Link(s, s), "(link " + f + f + ")"},
			PartCode:   {Code(s), "(code " + f + ")"},
			PartTime:   {At(time.Unix(1, 0)), "(time)"},
			PartBreak:  {Break(), "(break)"},
			PartCity:   {City(s), f},
			"unheard":  {Part{Kind: "unheard", Text: s}, ""},
		} {
			if got := (Text{Parts: []Part{tt.part}}).Render(c, fenced()); got != tt.want {
				t.Fatalf("%s of %q: %q, want %q", kind, s, got, tt.want)
			}
		}
	})
}

func TestWithoutMarkupATextIsPlain(t *testing.T) {
	c := words(t)
	minsk, err := time.LoadLocation("Europe/Minsk")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 3, 7, 0, 0, 0, time.UTC)
	text := Say("told.taken", "Person", Part{Kind: PartPerson, Person: "web:inga", Text: "Inga"}, "Request", Request{Number: 7}.Part(), "Since", At(at)).
		Plus(Break(), Link("https://a.example", "there"), Quote(" "), Code("take R-7"), Break(), BlockQuote("a\nb"))
	for lang, want := range map[Language]string{
		say.English: "Inga has R-7 since Tue 3 March 10:00 Minsk.\nthere https://a.example take R-7\na\nb",
		say.Russian: "R-7 занята с вт, 3 марта 10:00 Минск: Inga.\nthere https://a.example take R-7\na\nb",
	} {
		if got := text.For(lang).Plain(c, minsk); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got, want := text.For(say.English).Render(c, Markup{}), "Inga has R-7 since 2026-03-03 07:00 UTC."; !strings.HasPrefix(got, want) {
		t.Errorf("without any function: %q, want %q in front", got, want)
	}
}

func TestPlusLeavesTheTextItWasGivenAlone(t *testing.T) {
	a := Text{Parts: make([]Part, 0, 10)}.Plus(Quote("a"))
	b, c := a.Plus(Quote("b")), a.Plus(Quote("c"))
	if b.Parts[1].Text != "b" || c.Parts[1].Text != "c" || len(a.Parts) != 1 {
		t.Errorf("%v, %v, %v", a, b, c)
	}
}

func TestAMissingSentenceOrArgumentCostsNobodyAnAnswer(t *testing.T) {
	c := words(t)
	if got := Say("no.such.sentence").Render(c, Markup{}); got != "no.such.sentence" {
		t.Errorf("got %q", got)
	}
	if got := Say("told.undone").Render(c, Markup{}); got != " is as before." {
		t.Errorf("got %q", got)
	}
}

func TestCountsChooseTheForm(t *testing.T) {
	c := words(t)
	for n, want := range map[int]string{1: "решалась 1 раз", 2: "решалась 2 раза", 5: "решалась 5 раз", 11: "решалась 11 раз", 21: "решалась 21 раз", 22: "решалась 22 раза", 111: "решалась 111 раз"} {
		if got := Say("card.solved_times", "Count", n).For(say.Russian).Render(c, Markup{}); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{1: "solved once", 2: "solved 2 times"} {
		if got := Say("card.solved_times", "Count", n).For(say.English).Render(c, Markup{}); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestASecretPrintsAsNothingInEveryFormat(t *testing.T) {
	s := Secret("hunter2")
	for _, format := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(format, struct{ S Secret }{s}); strings.Contains(got, "hunter2") || strings.Contains(got, "68756e74657232") {
			t.Errorf("%s prints %s", format, got)
		}
	}
}

func TestAClockElsewhereReadsTheSameAfterItWasStored(t *testing.T) {
	c := words(t)
	boston, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.March, 4, 5, 40, 0, 0, time.UTC)
	text := Text{Parts: []Part{ClockIn(at, boston, say.Clock), Quote(" "), City("Boston")}}
	data, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	var read Text
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	for l, want := range map[Language]string{"en": "00:40 Boston", "ru": "00:40 Бостон"} {
		if got := read.For(l).Plain(c, time.UTC); got != want {
			t.Errorf("in %s it reads %q, want %q", l, got, want)
		}
	}
}
