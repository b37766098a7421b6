package slack

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestWhatSlackWritesBecomesWhatWasSaid(t *testing.T) {
	for in, want := range map[string]string{
		"a &lt;b&gt; &amp;amp; c":              "a <b> &amp; c",
		"<@U0BOT> hi":                          "@desk hi",
		"ask <@U012ABC> or <@W1|wanda>":        "ask slack:U012ABC or slack:W1",
		"in <#C012|support> and <#C013>":       "in #support and #C013",
		"<!here> <!channel> <!everyone>":       "@here @channel @everyone",
		"<!subteam^S1|@night> <!subteam^S2>":   "@night @S2",
		"<!date^1700000000^{date}|14 Nov>":     "14 Nov",
		"<https://x.example>":                  "https://x.example",
		"<https://x.example/a?b=1&amp;c=2|it>": "it (https://x.example/a?b=1&c=2)",
		"<https://x.example/|x.example>":       "https://x.example/",
		"<mailto:a@b.example|a@b.example>":     "a@b.example",
		"<tel:+37517|+375 17>":                 "+375 17 (+37517)",
		"1 < 2":                                "1 < 2",
		"<unended":                             "<unended",
		"<>":                                   "",
		"&lt;!channel&gt;":                     "<!channel>",
		"a\n\tb":                               "a\n\tb",
		"*b* _i_ ~s~ `c` ```\nlog\n```":        "*b* _i_ ~s~ `c` ```\nlog\n```",
		":smile: 🙂":                            ":smile: 🙂",
	} {
		if got := plain(in, "U0BOT"); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestOurOwnNameAtTheBeginningIsTakenOff(t *testing.T) {
	for in, want := range map[string]struct {
		said      string
		mentioned bool
	}{
		"<@U0BOT> take R-1":    {"take R-1", true},
		"<@U0BOT|desk>: hi":    {"hi", true},
		" <@U0BOT>, hi":        {"hi", true},
		"hi <@U0BOT>":          {"hi @desk", true},
		"<@U0BOT>":             {"", true},
		"<@U0OTHER> hi":        {"slack:U0OTHER hi", false},
		"&lt;@U0BOT&gt; hi":    {"<@U0BOT> hi", false},
		"hi":                   {"hi", false},
		"<@U0BOT> <@U0BOT> hi": {"@desk hi", true},
		"<@U0BOT> ,the R-1":    {",the R-1", true}, // "беру", typed with the other layout
	} {
		said, mentioned := addressed(in, "U0BOT")
		if said != want.said || mentioned != want.mentioned {
			t.Errorf("%q became %q, %v", in, said, mentioned)
		}
	}
}

// What a person types is escaped by Slack before it is sent. Whatever it is,
// it comes out as it was.
func TestWhateverIsTypedIsReadAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if got := plain(escape(s), "U0BOT"); got != s {
			t.Errorf("%q became %q", s, got)
		}
	})
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"<@U1>", "<#C1|x>", "<!date^1^{x}|y>", "<a|b|c>", "<<>>", "&amp;lt;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := plain(s, "U1")
		if len(got) > 2*len(s)+20 {
			t.Errorf("%q grew to %d bytes", s, len(got))
		}
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("%q became invalid: %q", s, got)
		}
	})
}

func TestTextIsCutBetweenWhatReadersSeeAsOne(t *testing.T) {
	family := "👩‍👩‍👧‍👦"
	for _, one := range []string{"a", "é", "e\u0301", family, "🇧🇾", "ш", "한"} {
		size := utf8.RuneCountInString(one)
		text := strings.Repeat(one, 50)
		for n := size; n < 4*size; n++ {
			head, tail := split(text, n)
			if head+tail != text || utf8.RuneCountInString(head) > n || strings.Repeat(one, n/size) != head {
				t.Errorf("%q at %d: %q", one, n, head)
			}
		}
	}
	if head, tail := split("e"+strings.Repeat("\u0301", 1000), 100); utf8.RuneCountInString(head) != 100 || utf8.RuneCountInString(tail) != 901 {
		t.Errorf("one letter of 1001 marks was cut at %d", utf8.RuneCountInString(head))
	}
	if s := short("hello world", 8); s != "hello w…" {
		t.Errorf("got %q", s)
	}
}
