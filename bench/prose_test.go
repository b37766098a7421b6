package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"meridian/bot"
)

// prose gives texts whose words are about as unevenly frequent as those of real
// ones, always the same.
type prose struct {
	zipf *rand.Zipf
	n    int
}

func newProse() *prose {
	return &prose{zipf: rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.1, 4, 30_000)}
}

// say is a text of so many words.
func (p *prose) say(words int) string {
	var b strings.Builder
	for range words {
		b.WriteString(nthWord(p.zipf.Uint64()) + " ")
	}
	return b.String()
}

// nthWord is the n-th most frequent word: syllables, without an ending that
// means something.
func nthWord(n uint64) string {
	const syllables = "babocadodufagogulamonopurarotuvazo"
	var b strings.Builder
	for n += 17; n > 0; n /= 17 {
		i := n % 17 * 2
		b.WriteString(syllables[i : i+2])
	}
	return b.String() + "k"
}

// file stores a request with its first comment, and sometimes a note of the
// team. Every one says "checkout"; one in two says "left", the others "right".
func (p *prose) file(x bot.Tx) error {
	i := p.n
	p.n++
	person := fmt.Sprintf("person%d@client%d.example", i%2000, i%400)
	r := bot.Request{
		Title: "Checkout " + p.say(6), Words: p.say(38) + []string{"left ", "right "}[i%2] + fmt.Sprintf("order %d", 100_000+i),
		State: bot.Closed, Level: 1, Class: bot.Standard, Kind: bot.KindBug, Requester: "email:" + person, Name: fmt.Sprintf("Grace %s", nthWord(uint64(i%2000))),
		Client: fmt.Sprintf("Client %d", i%400), Source: "email", Home: bot.Place{Adapter: "email", Channel: person},
		Desk: bot.Place{Adapter: "web", Channel: "desk", Thread: fmt.Sprint("t", i)},
	}
	if i%40 == 0 {
		r.State = []bot.State{bot.New, bot.Open, bot.Waiting}[i/40%3]
	}
	if i%20 == 1 {
		r.State = bot.Solved
	}
	if err := x.SaveRequest(&r); err != nil {
		return err
	}
	c := bot.Comment{Request: r.Number, Author: r.Requester, Text: r.Words, Visibility: bot.ForClient, Place: r.Home, Message: fmt.Sprint(i), At: x.Now()}
	if err := x.SaveComment(&c); err != nil {
		return err
	}
	if i%3 > 0 {
		return nil
	}
	return x.SaveComment(&bot.Comment{Request: r.Number, Author: "web:inga", Text: p.say(12), Visibility: bot.ForInternal, Place: r.Desk, At: x.Now()})
}
