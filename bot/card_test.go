package bot_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/bot/say"
)

var update = flag.Bool("update", false, "write the cards as they are now into testdata")

// drawn is a card in one of its states, read on somebody's clock.
type drawn struct {
	name   string
	reader string // zone
	r      bot.Request
}

// harbor is the team of the drawn cards: that of the conversations, with two
// developers, a person who forwards mails, and alerts that are watched.
func harbor(t testing.TB) *bot.Settings {
	s := bottest.Team(t)
	s.Clients[0].Name = "Harbor & Co"
	s.Hooks = []bot.Hook{{Name: "prod"}}
	s.Clients = append(s.Clients, bot.Client{Name: "Copperfield Toys", Domains: []string{"copperfield.example"}})
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	s.People = append(s.People,
		bot.Person{ID: "web:pavel", IDs: []string{"web:pavel"}, Name: "Pavel", Role: bot.Agent, Zone: zone("Europe/Minsk"), Level: 3},
		bot.Person{ID: "email:lin@harbor.example", IDs: []string{"email:lin@harbor.example"}, Name: "Grace Lin", Role: bot.Requester, Zone: zone("America/New_York"), Client: "Harbor & Co"})
	return s
}

// checkout is the request of all drawn cards: a mail forwarded on Tuesday 3
// March 2026 at 23:40 in Boston, when Minsk sleeps and Novosibirsk works.
func checkout() bot.Request {
	filed := time.Date(2026, time.March, 4, 4, 40, 0, 0, time.UTC)
	return bot.Request{
		Number: 1284, Title: "Checkout is broken on the spring catalogue", State: bot.New, Level: 1, Class: bot.Standard, Version: 1,
		Words:     "Since this afternoon nobody can pay. The Place order button does nothing. Screens attached.",
		Requester: "email:lin@harbor.example", Name: "Grace Lin", Client: "Harbor & Co", Source: "email", Passed: &bot.Passed{From: bot.Address{Name: "Helen Park", Address: "helen@copperfield.example"}},
		Home: bot.Place{Adapter: "email", Channel: "lin@harbor.example"}, Desk: bot.Place{Adapter: "web", Channel: "desk"},
		CreatedAt: filed, UpdatedAt: filed,
		Clues: &bot.Clues{Site: "shop.copperfield.example", Files: 2, Urgent: true,
			Similar: []bot.Similar{{Number: 1102, SolvedAt: time.Date(2025, time.November, 20, 12, 0, 0, 0, time.UTC)}}},
	}
}

// drawings are the eight states of a card, and those between them.
func drawings() []drawn {
	const novosibirsk, minsk = "Asia/Novosibirsk", "Europe/Minsk"
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, time.March, day, hour, minute, 0, 0, time.UTC)
	}
	a := checkout()

	b := a
	b.State, b.Assignee, b.UpdatedAt = bot.Open, "web:dina", at(4, 4, 46)

	c := b
	c.Level, c.Class, c.Assignee, c.LevelSince, c.UpdatedAt = 3, bot.Expedite, "web:pavel", at(4, 5, 20), at(4, 5, 20)
	c.EscalatedTo = c.Assignee
	c.Needed, c.NeededBy = "accept prices with 3 decimals", "web:dina"
	c.Tried = "cache, browser, order 88121. Workaround: PayPal works"
	c.AnsweredAt, c.OwedSince = at(4, 4, 58), at(4, 8, 0)

	d := c
	d.State, d.Since, d.UpdatedAt = bot.Waiting, at(4, 8, 40), at(4, 8, 40)
	d.Asked = "It is fixed on our side. Could you place a test order?"

	others := d
	others.WaitingFor, others.Until, others.UpdatedAt = "the payment gateway, case 55-2210", at(9, 7, 0), at(6, 12, 0)
	others.Since, others.Assignee = at(5, 9, 0), "web:inga"

	away := d
	away.Away = time.Date(2026, time.March, 16, 4, 0, 0, 0, time.UTC)

	silent := d
	silent.State, silent.Since, silent.UpdatedAt = bot.Open, time.Time{}, at(6, 14, 0)
	silent.Silence = &bot.Silence{Asked: d.Since, Back: at(6, 14, 0)}

	reminded := d
	reminded.UpdatedAt = at(6, 14, 10)
	reminded.Silence = &bot.Silence{Asked: d.Since, Back: at(6, 14, 0), Sent: at(6, 14, 10), Reminder: "reply:R-1284:9"}

	e := c
	e.State, e.SolvedAt, e.UpdatedAt = bot.Solved, at(4, 8, 40), at(4, 8, 40)
	e.Outcome = "prices with 3 decimals. Release 2026.9.1. Article: none."

	f := e
	f.Confirmed, f.ConfirmedAt, f.UpdatedAt = true, at(4, 14, 20), at(4, 14, 20)

	g := b
	g.State, g.Class, g.Returns, g.BackAt, g.OwedSince, g.UpdatedAt = bot.Open, bot.Expedite, 1, at(5, 15, 5), at(5, 15, 5), at(5, 15, 5)
	g.BackWords, g.AnsweredAt = "It is back, but only for gift cards.", at(4, 4, 58)

	settled := g
	settled.BackSettled, settled.Returns = true, 4

	h := reminded
	h.State, h.ClosedAt, h.UpdatedAt = bot.Closed, at(10, 22, 0), at(10, 22, 0)

	closed := b
	closed.State, closed.ClosedAt, closed.EndedBy, closed.Outcome = bot.Closed, at(4, 9, 0), "web:vera", "duplicate of R-1280"

	paused := b
	paused.State, paused.Until = bot.Snoozed, at(5, 3, 0)

	night := a
	night.CreatedAt, night.UpdatedAt, night.Clues = at(6, 16, 12), at(6, 16, 12), nil

	answering := b
	answering.Answering = &bot.Answering{Who: "web:dina", Until: b.UpdatedAt.Add(5 * time.Minute)}
	answering.Links, answering.Cause = []int64{1291}, 1280

	inside := b
	inside.Source, inside.Requester, inside.Name, inside.Client, inside.Passed = "web", "web:timur", "Timur", "", nil
	inside.Home = bot.Place{Adapter: "web", Channel: "inside", Thread: "timur#1"}
	inside.Desk = inside.Home

	return []drawn{
		{"a-new", novosibirsk, a}, {"a-nobody-at-work", minsk, night},
		{"b-taken", novosibirsk, b}, {"b-answering", novosibirsk, answering}, {"b-paused", novosibirsk, paused},
		{"c-escalated", minsk, c},
		{"d-with-the-client", minsk, d}, {"d-with-others", minsk, others}, {"d-away", minsk, away}, {"d-silent", minsk, silent}, {"d-reminded", minsk, reminded},
		{"e-solved", minsk, e}, {"f-confirmed", minsk, f},
		{"g-came-back", minsk, g}, {"g-came-back-indeed", minsk, settled},
		{"h-closed-by-silence", minsk, h}, {"h-closed", minsk, closed},
		{"inside", minsk, inside},
	}
}

// draw writes a message plainly, as a messenger shows it to who reads it there.
func draw(t *testing.T, words *say.Catalogue, d drawn, m bot.Message, l bot.Language) string {
	t.Helper()
	zone, err := time.LoadLocation(d.reader)
	if err != nil {
		t.Fatal(err)
	}
	text := func(x bot.Text) string {
		return x.For(l).Render(words, bot.Markup{
			Time: func(at time.Time, l bot.Language) string {
				at, now := at.In(zone), d.r.UpdatedAt.In(zone)
				if at.YearDay() == now.YearDay() {
					return at.Format("15:04")
				}
				return words.Time(l, at)
			},
			Quote: func(s string, block bool) string {
				if block {
					return "> " + strings.ReplaceAll(s, "\n", "\n> ")
				}
				return s
			},
		})
	}
	out := text(m.Text) + "\n"
	for _, b := range m.Buttons {
		out += "[" + text(b.Label) + "] "
	}
	if len(m.More) > 0 {
		var more []string
		for _, b := range m.More {
			more = append(more, text(b.Label))
		}
		out += "⋯ " + strings.Join(more, " · ")
	}
	out = strings.TrimRight(out, " ") + "\n"
	if len(m.Preview.Parts) > 0 {
		out += "push: " + text(m.Preview) + "\n"
	}
	return out
}

func TestACardSaysInEachStateWhatItsReadersNeed(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	s := harbor(t)
	for _, l := range say.Languages() {
		for _, d := range drawings() {
			t.Run(d.name+"."+string(l), func(t *testing.T) {
				golden(t, filepath.Join("testdata", "cards", d.name+"."+string(l)+".txt"), draw(t, words, d, bot.Card(s, d.r), l))
			})
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestACardHasAtMostThreeButtonsAndSaysNoActTwice(t *testing.T) {
	s := harbor(t)
	for _, d := range drawings() {
		m := bot.Card(s, d.r)
		if len(m.Buttons) > 3 {
			t.Errorf("%s has %d buttons", d.name, len(m.Buttons))
		}
		seen := map[string]bool{}
		for _, b := range append(m.Buttons, m.More...) {
			if seen[b.Act] {
				t.Errorf("%s offers %s twice", d.name, b.Act)
			}
			seen[b.Act] = true
		}
	}
}

// What a phone shows is read at night: it must be a whole sentence.
func TestThePushSentenceIsNeverCutOff(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	s := harbor(t)
	for _, number := range []int64{1, 1284, 999_999_999} {
		for _, client := range []string{"", "Harbor & Co", strings.Repeat("Harbor and Sons ", 20)} {
			for _, title := range []string{"x", strings.Repeat("Витрина не открывается ", 20)} {
				r := checkout()
				r.Number, r.Client, r.Title = number, client, title
				r.UpdatedAt = time.Date(2026, time.September, 23, 16, 0, 0, 0, time.UTC)
				r.CreatedAt = r.UpdatedAt
				for _, l := range say.Languages() {
					got := bot.Card(s, r).Preview.For(l).Render(words, bot.Markup{Time: func(at time.Time, l bot.Language) string { return words.Time(l, at) }})
					if n := utf8.RuneCountInString(got); n > 120 || !strings.HasPrefix(got, r.ID()+" ") || !strings.HasSuffix(got, ".") {
						t.Errorf("%d characters: %s", n, got)
					}
				}
			}
		}
	}
}

func TestAPrivateCardNamesItsNumberAndItsKeeperAndNothingElse(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	r := checkout()
	r.Number, r.Assignee, r.Private = 1320, "web:vera", true
	m := bot.PrivateCard(harbor(t), r)
	if got := m.Text.For("en").Render(words, bot.Markup{}); got != "R-1320 · private · Vera" || len(m.Buttons)+len(m.More) > 0 {
		t.Errorf("it says %q with %d buttons", got, len(m.Buttons)+len(m.More))
	}
}

// A list shows the state in few words; a client reads only what happens next.
func TestListsSayTheStateInFewWordsAndClientsWhatHappensNext(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	s := harbor(t)
	for _, l := range say.Languages() {
		var b strings.Builder
		for _, d := range drawings() {
			d.r.Title = "Checkout"
			for _, text := range []bot.Text{{Parts: bot.RequestLine(s, d.r)}, bot.ClientLine(s, d.r)} {
				line, _, _ := strings.Cut(draw(t, words, d, bot.Message{Text: text}, l), "\n")
				b.WriteString(line + "\n")
			}
		}
		golden(t, filepath.Join("testdata", "cards", "lines."+string(l)+".txt"), b.String())
	}
}

func TestWhatAClientReadsHasNoWordOfTheDesk(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	s := harbor(t)
	for _, d := range drawings() {
		for _, l := range say.Languages() {
			line := draw(t, words, d, bot.Message{Text: bot.ClientLine(s, d.r)}, l)
			for _, word := range []string{"L1", "L2", "L3", "Drop everything", "Бросить всё", "ticket", "🚨", "👀", "⏳", "🆕"} {
				if strings.Contains(line, word) {
					t.Errorf("%s tells the client %q: %s", d.name, word, line)
				}
			}
		}
	}
}
