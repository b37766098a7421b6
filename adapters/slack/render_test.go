package slack

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

func newPainter(t testing.TB) painter {
	return painter{words: catalogue(t), zone: time.FixedZone("Europe/Minsk", 3*3600), names: func(id string) string {
		return map[string]string{"slack:U0VERA": "Vera"}[id]
	}}
}

// hostile are words that would be markup, a mention or a link, if they were
// written where Slack reads markup.
func hostile() []string {
	return []string{
		"<!channel>", "<!here|here>", "<!everyone>", "<!subteam^S1|@all>", "<@U0VERA>", "<#C0DESK|desk>", "<https://evil.example|https://good.example>",
		"&lt;!here&gt;", "@everyone", "@here", "<@&123>", "`code`", "```\nfence\n```", ">>> quote", "> quote", "*bold* _it_ ~st~", "<!date^1^{date}|x>",
		"https://auto.example", "mailto:a@b.example", "\u202Eevil\u202C", "a\x00b", "\xff\xfe", "\u200b", "<", ">", "&", "|", "\\", "\"", "'", "{{.Title}}", "$(rm -rf)",
	}
}

// meaning is what of blocks is more than words: links, mentions, styles.
func meaning(t *testing.T, blocks string) (links []string, words string) {
	t.Helper()
	var tree any
	if err := json.Unmarshal([]byte(blocks), &tree); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			switch v["type"] {
			case "text", "plain_text":
				words += v["text"].(string)
			case "link", "user", "broadcast", "usergroup", "channel", "mrkdwn", "emoji":
				raw, err := json.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				links = append(links, string(raw))
			}
			for _, k := range []string{"elements", "text", "fields", "accessory", "element", "options"} {
				walk(v[k])
			}
		}
	}
	walk(tree)
	return links, words
}

func TestAQuoteIsNeverMarkupAMentionOrALink(t *testing.T) {
	p := newPainter(t)
	for _, s := range hostile() {
		m := bot.Message{Card: true, Text: bot.Say("card.preview", "Request", bot.Code(s), "Client", bot.Quote(s), "Title", bot.Quote(s)).Plus(
			bot.Break(), bot.BlockQuote(s), bot.Part{Kind: bot.PartPerson, Person: "x", Text: s}, bot.Link("javascript:"+s, s))}
		c, err := p.content(m, s, nil)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if problems := slacktest.CheckBlocks(json.RawMessage(c.blocks), "message"); len(problems) > 0 {
			t.Errorf("%q: %v", s, problems)
		}
		if links, _ := meaning(t, c.blocks); len(links) > 0 {
			t.Errorf("%q became %v", s, links)
		}
		if strings.ContainsAny(c.notice, "<>") || strings.Contains(strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "").Replace(c.notice), "&") {
			t.Errorf("%q stands in the notice as markup: %q", s, c.notice)
		}
	}
}

func TestWhateverIsQuotedIsShownAsItIsAndNothingElse(t *testing.T) {
	p := newPainter(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.String().Draw(rt, "quote")
		c, err := p.content(bot.Message{Text: bot.Text{Parts: []bot.Part{bot.Quote("a"), bot.Quote(s), bot.Quote("b")}}}, "", nil)
		if err != nil {
			rt.Fatal(err)
		}
		links, words := meaning(t, c.blocks)
		if len(links) > 0 || words != "a"+p.shown(s)+"b" {
			rt.Errorf("%q became %q with %v", s, words, links)
		}
	})
}

func TestOnlyTheDesksOwnLinksAreLinks(t *testing.T) {
	p := newPainter(t)
	p.base = "https://desk.example"
	text := bot.Say("client.filed", "Request", bot.Request{Number: 12}.Part()).Plus(bot.Link("https://x.example/a?b=1&c=<2>", "the <page>"), bot.Link("http://", "no"), bot.Link("ftp://x.example", "no"))
	c, err := p.content(bot.Message{Text: text}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	links, _ := meaning(t, c.blocks)
	want := []string{`{"style":{"bold":true},"text":"R-12","type":"link","url":"https://desk.example/r/12"}`, `{"text":"the \u003cpage\u003e","type":"link","url":"https://x.example/a?b=1&c=<2>"}`}
	for i := range want {
		want[i] = strings.NewReplacer("&", `\u0026`, "<2>", `\u003c2\u003e`).Replace(want[i])
	}
	if !slices.Equal(links, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(links, "\n"), strings.Join(want, "\n"))
	}
}

// sizes draws texts of every length, of every kind of writing.
func sizes(rt *rapid.T, label string) string {
	one := rapid.SampledFrom([]string{"a", "ш", "漢", "🙂", "👩‍👩‍👧‍👦", "e\u0301", "\u0301", "שלום ", "\n", " ", "<&>", "word ", "\"", "\\", "🇧🇾", "```\n"}).Draw(rt, label+" of")
	n := rapid.SampledFrom([]int{0, 1, 2, 10, 74, 75, 76, 119, 121, 149, 151, 300, 1999, 2999, 3001, 9000, 9001, 12500, 40001}).Draw(rt, label+" times")
	return strings.Repeat(one, n)
}

func TestNothingIsEverTooLongForSlack(t *testing.T) {
	p := newPainter(t)
	p.base = "https://desk.example"
	rapid.Check(t, func(rt *rapid.T) {
		button := func(label string) bot.Button {
			return bot.Button{Label: bot.Text{Parts: []bot.Part{bot.Quote(sizes(rt, label))}}, Act: "take", Value: rapid.StringMatching(`[a-z0-9]{0,300}`).Draw(rt, label+" value"), Emoji: "🙂"}
		}
		m := bot.Message{Card: rapid.Bool().Draw(rt, "card"), Text: bot.Text{Parts: []bot.Part{
			bot.Quote(sizes(rt, "title")), bot.Break(), bot.BlockQuote(sizes(rt, "quote")), bot.Break(), bot.Code(sizes(rt, "code")), bot.At(time.Unix(1700000000, 0)),
			bot.Link("https://x.example", sizes(rt, "label")), {Kind: bot.PartPerson, Person: "x", Text: sizes(rt, "name")}, bot.Quote(sizes(rt, "end")),
		}}}
		m.Buttons = append(m.Buttons, button("first"), button("second"))
		for range rapid.IntRange(0, 12).Draw(rt, "more") {
			m.More = append(m.More, bot.PressButton("button.take", "take", rapid.StringMatching(`[a-z0-9]{1,200}`).Draw(rt, "value")))
		}
		c, err := p.content(m, sizes(rt, "author"), p.rest(bot.Delivery{Request: 12}))
		if err != nil {
			rt.Fatal(err)
		}
		if problems := slacktest.CheckBlocks(json.RawMessage(c.blocks), "message"); len(problems) > 0 {
			rt.Errorf("%v", problems)
		}
		if len(c.blocks) > maxJSON {
			rt.Errorf("%d bytes of blocks", len(c.blocks))
		}
		if n := len([]rune(strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(c.notice))); n == 0 || n > maxNotice {
			rt.Errorf("a notice of %d characters", n)
		}
		form := bot.Form{Act: "reply", Value: "R-1", Title: m.Text, Note: m.Text, Submit: m.Text, Fields: []bot.Field{
			{Name: "text", Label: m.Text, Long: true, Value: sizes(rt, "value"), Hint: m.Text}, {Name: "then", Label: bot.Say("form.reply.then"), Choices: many(rapid.IntRange(1, 150).Draw(rt, "choices"), sizes(rt, "choice"))},
		}}
		view, err := p.modal(form, memo{}, nil, bot.Refuse("refuse.bad_number", "Words", sizes(rt, "wrong")))
		if err != nil {
			rt.Fatal(err)
		}
		raw, err := marshal(view)
		if err != nil {
			rt.Fatal(err)
		}
		if problems := slacktest.CheckView([]byte(raw), "modal"); len(problems) > 0 {
			rt.Errorf("modal: %v", problems)
		}
	})
}

func many(n int, label string) (out []bot.Choice) {
	for i := range n {
		out = append(out, bot.Choice{Value: strings.Repeat("v", i%160) + string(rune('a'+i%26)), Label: label})
	}
	return out
}

func TestALongMessageSaysWhereTheRestIs(t *testing.T) {
	p := newPainter(t)
	d := bot.Delivery{Request: 12, Message: bot.Message{Text: bot.Text{Parts: []bot.Part{bot.BlockQuote(strings.Repeat("line of a log\n", 5000))}}}}
	c, err := p.content(d.Message, "", p.rest(d))
	if err != nil {
		t.Fatal(err)
	}
	shown := slacktest.Plain(json.RawMessage(c.blocks))
	if !strings.HasSuffix(shown, "… The rest: `@desk show R-12`") || !strings.HasPrefix(shown, "> line of a log\n> line") || len(shown) < 8000 {
		t.Errorf("%d bytes, which end with %q", len(shown), shown[len(shown)-80:])
	}
	d.ToClient = true
	if rest := p.rest(d); len(rest) > 0 {
		t.Errorf("a client is led to %v", rest)
	}
}

func TestALogKeepsItsLinesAndFences(t *testing.T) {
	p := newPainter(t)
	log := "see:\n```\nerror:\n\tat a.go:1  <x>\n\n  two  spaces\n```\nthat is all"
	c, err := p.content(bot.Message{Text: bot.Text{Parts: []bot.Part{bot.BlockQuote(log)}}}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "> see:\n```\nerror:\n\tat a.go:1  <x>\n\n  two  spaces\n```\n> \n> that is all"
	if got := slacktest.Plain(json.RawMessage(c.blocks)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAPersonInAQuoteIsShownByName(t *testing.T) {
	p := newPainter(t)
	c, err := p.content(bot.Message{Text: bot.Text{Parts: []bot.Part{bot.Quote("ask slack:U0VERA, not xslack:U0VERA or slack:lower")}}}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := slacktest.Plain(json.RawMessage(c.blocks)); got != "ask @Vera, not xslack:U0VERA or slack:lower" {
		t.Errorf("got %q", got)
	}
}
