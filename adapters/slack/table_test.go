package slack

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// listing are the requests of a list, written twice.
func listing(s *bot.Settings, all ...bot.Request) bot.Message {
	var t bot.Text
	for i, r := range all {
		if i > 0 {
			t = t.Plus(bot.Break())
		}
		t = t.Plus(bot.RequestLine(s, r)...)
	}
	m := bot.MessageOf(t)
	m.Table = bot.RequestTable(s, all)
	bot.Localize(&m, "en")
	return m
}

func TestAListIsATableWithItsHeadAndItsNoticeInWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, 2*time.Second)
		time.Sleep(time.Second)
		for _, words := range []string{"the &lt;printer&gt; &amp; &lt;!channel&gt; is on fire", "second"} {
			w.slack.Slash("U0INGA", "C0INSIDE", "/request", words)
			time.Sleep(3 * time.Second)
		}
		w.slack.Slash("U0VERA", "C0DESK", "/request", "list")
		time.Sleep(3 * time.Second)
		got := w.last("whisper")
		want := "R-1 · Inga · the <printer> & <!channel> is on fire  🆕 Nobody yet\nR-2 · Inga · second  🆕 Nobody yet"
		if got.Text != want || got.Notice != "R-1 · Inga · the &lt;printer&gt; &amp; &lt;!channel&gt; is on fire 🆕 Nobody yet R-2 · Inga · second 🆕 Nobody yet" {
			t.Errorf("got %q, on the phone %q", got.Text, got.Notice)
		}
		m, ok := w.slack.Message("whispers to U0VERA", got.TS)
		if !ok || !strings.Contains(string(m.Blocks), `"type":"table"`) {
			t.Fatalf("it is no table: %s", m.Blocks)
		}
		golden(t, "list-table", m.Text, m.Blocks)
		w.slack.Slash("U0OWEN", "C0SUPPORT", "/request", "list")
		time.Sleep(3 * time.Second)
		if got := w.last("whisper"); got.Text != "Nothing is open." {
			t.Errorf("a client reads %q", got.Text)
		}
		w.stop()
	})
}

func TestATableThatSlackRefusesIsSaidInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{}).run()
		all := states()
		for _, code := range []string{"invalid_blocks", "invalid_attachments"} {
			b.slack.Fail(slacktest.Fault{Method: "chat.postMessage", Error: code})
			sent, err := b.Deliver(t.Context(), bot.Delivery{Key: code, Op: bot.OpPost, To: at("C0DESK"), Message: listing(b.desk.settings, all["a-new"], all["b-taken"])})
			if err != nil {
				t.Fatal(err)
			}
			m, _ := b.slack.Message("C0DESK", sent.Message)
			if strings.Contains(string(m.Blocks), "table") || !strings.Contains(slacktest.Plain(m.Blocks), "R-1284 · Harbor · Checkout is broken") {
				t.Errorf("said %s", m.Blocks)
			}
		}
		b.end()
	})
}

func TestATableTooLargeForSlackIsSaidInLines(t *testing.T) {
	p := painter{words: catalogue(t), zone: time.UTC}
	s := newDesk().settings
	many := func(n int, title string) (all []bot.Request) {
		for i := range n {
			all = append(all, bot.Request{Number: int64(i + 1), Title: title, State: bot.New, Level: 1})
		}
		return all
	}
	for name, c := range map[string]struct {
		all   []bot.Request
		table bool
	}{
		"one line is none":       {many(1, "x"), false},
		"two are one":            {many(2, "x"), true},
		"fifteen long ones":      {many(15, strings.Repeat("щ", 200)), true},
		"as many as a head over": {many(100, "x"), false},
	} {
		content, err := p.content(listing(s, c.all...), "", nil)
		if err != nil {
			t.Fatal(name, err)
		}
		if problems := slacktest.CheckBlocks([]byte(content.blocks), "message"); len(problems) > 0 {
			t.Errorf("%s: %q", name, problems)
		}
		if got := strings.Contains(content.blocks, `"type":"table"`); got != c.table {
			t.Errorf("%s: a table: %v", name, got)
		}
	}
}

func TestTheStandInIsStrictAboutTables(t *testing.T) {
	cell := `{"type":"raw_text","text":"x"}`
	rows := func(n int, row string) string {
		return `[{"type":"table","rows":[` + strings.TrimSuffix(strings.Repeat(row+",", n), ",") + `]}]`
	}
	wide := "[" + strings.TrimSuffix(strings.Repeat(cell+",", 21), ",") + "]"
	for name, c := range map[string]struct{ blocks, where, want string }{
		"101 rows":         {rows(101, "["+cell+"]"), "message", "101 rows"},
		"21 cells":         {rows(1, wide), "message", "21 cells in a row"},
		"two tables":       {strings.TrimSuffix(rows(1, "["+cell+"]"), "]") + "," + strings.TrimPrefix(rows(1, "["+cell+"]"), "["), "message", "a second table in a message"},
		"in a modal":       {rows(1, "["+cell+"]"), "modal", "a table outside of a message"},
		"in a home":        {rows(1, "["+cell+"]"), "home", "a table outside of a message"},
		"an empty cell":    {rows(1, `[{"type":"raw_text","text":""}]`), "message", "an empty cell"},
		"markup":           {rows(1, `[{"type":"mrkdwn","text":"x"}]`), "message", `a cell of type "mrkdwn"`},
		"rows that differ": {`[{"type":"table","rows":[[` + cell + `],[` + cell + `,` + cell + `]]}]`, "message", "a row of 2 cells below a head of 1"},
		"no rows":          {`[{"type":"table","rows":[]}]`, "message", "0 rows"},
		"an alignment":     {`[{"type":"table","rows":[[` + cell + `]],"column_settings":[{"align":"justify"}]}]`, "message", `a column aligned "justify"`},
		"10,001 of text":   {rows(4, `[{"type":"raw_text","text":"`+strings.Repeat("x", 2501)+`"}]`), "message", "a table of 10004 characters"},
		"a loud cell":      {rows(1, `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"broadcast","range":"here"}]}]}]`), "message", "a mention of a whole channel"},
	} {
		got := slacktest.CheckBlocks([]byte(c.blocks), c.where)
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: %s", name, fmt.Sprintf("%q", got))
		}
	}
}
