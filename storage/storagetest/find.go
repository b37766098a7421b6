package storagetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// numbersOf are the numbers of requests.
func numbersOf(requests []bot.Request) (out []int64) {
	for _, r := range requests {
		out = append(out, r.Number)
	}
	return out
}

func wantFound(t *testing.T, s bot.Store, q bot.FindQuery, want ...int64) {
	t.Helper()
	view(t, s, func(v bot.View) error {
		found, err := v.FindRequests(q)
		sameList(t, fmt.Sprintf("%+v", q), numbersOf(found), want)
		return err
	})
}

func speak(t testing.TB, s bot.Store, c bot.Comment) bot.Comment {
	t.Helper()
	update(t, s, func(tx bot.Tx) error { return tx.SaveComment(&c) })
	return c
}

func find(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	first := newRequest("The printer on floor 3 burns")
	first.Words, first.Name, first.Requester = "Order 48211, see https://www.shop.example/cart", "Priya Shah", "email:priya@brightwell.example"
	first.Client, first.Tags = "Brightwell", []string{"hardware", "паника"}
	first = save(t, s, first)
	second := newRequest("Заявки не приходят с Ёлки")
	second.State = bot.Closed
	second = save(t, s, second)
	speak(t, s, bot.Comment{Request: second.Number, Text: "the printer is innocent", Visibility: bot.ForClient})
	for _, tt := range []struct {
		text string
		want []int64
	}{
		{"printer", []int64{second.Number, first.Number}},
		{"PRINTER burning", []int64{first.Number}},
		{"prin", []int64{second.Number, first.Number}},
		{"pr", nil},
		{"printer unknown", nil},
		{"48211", []int64{first.Number}},
		{"4821", []int64{first.Number}},
		{"www.shop.example", []int64{first.Number}},
		{"shop.example", []int64{first.Number}},
		{"Priya", []int64{first.Number}},
		{"priya@brightwell.example", []int64{first.Number}},
		{"brightwell hardware", []int64{first.Number}},
		{"Паника", []int64{first.Number}},
		{"заявка", []int64{second.Number}},
		{"елка", []int64{second.Number}},
		{first.ID(), []int64{first.Number}},
		{strings.ToLower(second.ID()), []int64{second.Number}},
		{"R-999", nil},
		{"", nil},
		{"%_' OR 1=1 --", nil},
		{"Robert'); DROP TABLE requests", nil},
		{strings.Repeat("x", 10_000), nil},
		{"=r:web:owen", nil},
	} {
		wantFound(t, s, bot.FindQuery{Text: tt.text}, tt.want...)
	}
	printer := bot.FindQuery{Text: "printer"}
	only := func(change func(q *bot.FindQuery), want ...int64) {
		t.Helper()
		q := printer
		change(&q)
		wantFound(t, s, q, want...)
	}
	only(func(q *bot.FindQuery) { q.Requester = "web:owen" }, second.Number)
	only(func(q *bot.FindQuery) { q.Clients = []string{"Acme", "Brightwell"} }, first.Number)
	only(func(q *bot.FindQuery) { q.Clients = []string{"Acme"} })
	only(func(q *bot.FindQuery) { q.States = []bot.State{bot.Closed, bot.Solved} }, second.Number)
	only(func(q *bot.FindQuery) { q.Except = second.Number }, first.Number)
	only(func(q *bot.FindQuery) { q.Limit = 1 }, second.Number)
	wantFound(t, s, bot.FindQuery{Text: first.ID(), Requester: "web:owen"})
	moveWords(t, s, first, second)
}

// moveWords makes what was said on one request the conversation of another: both
// are found by what is said on them now.
func moveWords(t *testing.T, s bot.Store, from, to bot.Request) {
	said := speak(t, s, bot.Comment{Request: from.Number, Text: "zeppelin", Visibility: bot.ForClient, Place: desk.In("t"), Message: "z1"})
	among := speak(t, s, bot.Comment{Request: from.Number, Text: "dirigible", Visibility: bot.ForInternal})
	wantFound(t, s, bot.FindQuery{Text: "zeppelin"}, from.Number)
	update(t, s, func(tx bot.Tx) error { return tx.MoveComments(to.Number, []bot.Comment{said, among}) })
	wantFound(t, s, bot.FindQuery{Text: "zeppelin"}, to.Number)
	wantFound(t, s, bot.FindQuery{Text: "dirigible"})
	wantFound(t, s, bot.FindQuery{Text: "dirigible", Internal: true}, to.Number)
	view(t, s, func(v bot.View) error {
		at, err := v.CommentAt(desk, "z1")
		same(t, "the request of what was moved", at.Request, to.Number)
		left, err2 := v.Comments(from.Number)
		same(t, "what is left", len(left), 0)
		moved, err3 := v.Comments(to.Number)
		same(t, "what was moved is the same", moved[len(moved)-1].ID, among.ID)
		return errors.Join(err, err2, err3)
	})
}

func findFollows(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	r := save(t, s, newRequest("alpha"))
	team := func(text string) bot.FindQuery { return bot.FindQuery{Text: text, Internal: true} }
	all := func(text string) bot.FindQuery { return bot.FindQuery{Text: text} }

	note := speak(t, s, bot.Comment{Request: r.Number, Text: "the culprit is bravo, says alpha", Visibility: bot.ForInternal})
	wantFound(t, s, team("bravo"), r.Number)
	wantFound(t, s, team("bravo alpha"), r.Number)
	wantFound(t, s, all("bravo"))
	wantFound(t, s, all("alpha"), r.Number)
	note.Visibility = bot.ForClient
	note = speak(t, s, note)
	wantFound(t, s, all("bravo"), r.Number)
	note.Text = "the culprit is charlie"
	note = speak(t, s, note)
	wantFound(t, s, team("bravo"))
	wantFound(t, s, all("charlie"), r.Number)
	wantFound(t, s, all("alpha"), r.Number) // the title says so still
	note.Deleted = true
	speak(t, s, note)
	wantFound(t, s, team("charlie"))

	r.Title, r.Words, r.Client = "delta", "delta", "Acme"
	r = save(t, s, r)
	wantFound(t, s, team("alpha"))
	wantFound(t, s, all("delta"), r.Number)
	wantFound(t, s, bot.FindQuery{Text: "delta", Clients: []string{"Acme"}}, r.Number)
	r.Client = "Brightwell"
	r = save(t, s, r)
	wantFound(t, s, bot.FindQuery{Text: "delta", Clients: []string{"Acme"}})

	wantIs(t, s.Update(t.Context(), func(tx bot.Tx) error {
		lost := newRequest("echo")
		if err := tx.SaveRequest(&lost); err != nil {
			return err
		}
		if err := tx.Savepoint(func() error {
			if err := tx.SaveComment(&bot.Comment{Request: r.Number, Text: "foxtrot", Visibility: bot.ForClient}); err != nil {
				return err
			}
			return errWanted
		}); err == nil {
			t.Error("a savepoint that failed gave no error")
		}
		if err := tx.SaveComment(&bot.Comment{Request: r.Number, Text: "foxtrot after all", Visibility: bot.ForClient}); err != nil {
			return err
		}
		if found, err := tx.FindRequests(all("foxtrot")); err != nil || len(found) != 1 {
			t.Errorf("after the savepoint: got %v, %v", numbersOf(found), err)
		}
		return errWanted
	}), errWanted)
	wantFound(t, s, team("echo"))
	wantFound(t, s, team("foxtrot"))
}

// A reply can be taken back until it has left: until then the client finds
// nothing by it.
func findReplies(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	r := save(t, s, newRequest("alpha"))
	key := bot.ReplyKey(r.Number, 7)
	update(t, s, func(tx bot.Tx) error {
		if err := tx.PutDelivery(bot.Delivery{Key: key, Op: bot.OpPost, To: r.Home, Request: r.Number, Face: bot.FaceHome, ToClient: true}); err != nil {
			return err
		}
		return tx.SaveComment(&bot.Comment{Request: r.Number, Text: "turn it off and on", Visibility: bot.ForClient, Place: r.Home, Message: key})
	})
	wantFound(t, s, bot.FindQuery{Text: "turn off"})
	wantFound(t, s, bot.FindQuery{Text: "turn off", Internal: true}, r.Number)
	update(t, s, func(tx bot.Tx) error {
		d, _, err := tx.Delivery(key)
		if err != nil {
			return err
		}
		return tx.FinishDelivery(d, bot.Receipt{Message: "m1"})
	})
	wantFound(t, s, bot.FindQuery{Text: "turn off"}, r.Number)
}

func findLike(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	var all []bot.Request
	for _, title := range []string{
		"Checkout fails with error 502 at pay.shop.example", // 1
		"Where is the invoice for March",                    // 2
		"Checkout is slow at noon",                          // 3
		"The invoice shows the wrong address",               // 4
		"Printer is out of paper",                           // 5
		"Error 502 in the admin panel",                      // 6
	} {
		r := newRequest(title)
		r.State = bot.Solved
		all = append(all, save(t, s, r))
	}
	for i := range 40 {
		save(t, s, newRequest(fmt.Sprintf("the daily report is number%d at noon", i)))
	}
	like := func(text string, limit int, except int64, states ...bot.State) (out []int64) {
		t.Helper()
		view(t, s, func(v bot.View) error {
			found, err := v.FindRequests(bot.FindQuery{Text: text, Like: true, Limit: limit, Except: except, States: states})
			out = numbersOf(found)
			return err
		})
		return out
	}
	sameList(t, "the rarest words first", like("again checkout gives error 502", 2, 0), []int64{1, 6})
	sameList(t, "the same words", like(all[3].Title, 1, 0), []int64{4})
	sameList(t, "not itself", like(all[3].Title, 1, 4), []int64{2})
	sameList(t, "only solved ones", like("the daily report at noon shows checkout", 1, 0, bot.Solved), []int64{3})
	sameList(t, "nothing in common", like("zebra quagga", 5, 0), nil)
	sameList(t, "no words", like("", 5, 0), nil)
}

// findLikeNow looks for what is alike within the transaction that writes it,
// which may be undone.
func findLikeNow(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	like := func(v bot.View, text string) []int64 {
		t.Helper()
		found, err := v.FindRequests(bot.FindQuery{Text: text, Like: true, Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		return numbersOf(found)
	}
	old := save(t, s, newRequest("Printer is out of paper"))
	var second bot.Request
	update(t, s, func(tx bot.Tx) error {
		sameList(t, "what is committed", like(tx, "paper for the printer"), []int64{old.Number})
		second = newRequest("Scanner eats pages")
		if err := tx.SaveRequest(&second); err != nil {
			return err
		}
		sameList(t, "what was just filed", like(tx, "pages in the scanner"), []int64{second.Number})
		undone := errors.New("undone")
		if err := tx.Savepoint(func() error {
			lost := newRequest("Telephone is mute")
			if err := tx.SaveRequest(&lost); err != nil {
				return err
			}
			sameList(t, "within a savepoint", like(tx, "the mute telephone"), []int64{lost.Number})
			return undone
		}); !errors.Is(err, undone) {
			t.Errorf("the savepoint gave %v", err)
		}
		sameList(t, "what was undone", like(tx, "the mute telephone"), nil)
		old.Title, old.Words = "Plotter is out of ink", ""
		if err := tx.SaveRequest(&old); err != nil {
			return err
		}
		sameList(t, "by its new title", like(tx, "ink for the plotter"), []int64{old.Number})
		sameList(t, "no more by its old one", like(tx, "paper for the printer"), nil)
		return nil
	})
	view(t, s, func(v bot.View) error {
		sameList(t, "committed, by its new title", like(v, "ink for the plotter"), []int64{old.Number})
		sameList(t, "committed, no more by its old one", like(v, "paper for the printer"), nil)
		sameList(t, "another one", like(v, "pages in the scanner"), []int64{second.Number})
		return nil
	})
	update(t, s, func(tx bot.Tx) error {
		return tx.SaveComment(&bot.Comment{Request: second.Number, Text: "the guillotine too", Visibility: bot.ForClient, At: time.Now()})
	})
	view(t, s, func(v bot.View) error {
		sameList(t, "by what the client added", like(v, "a guillotine"), []int64{second.Number})
		return nil
	})
}

// findModel compares the index with a plain search through all texts.
func findModel(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	rnd := rand.New(rand.NewPCG(7, 7))
	vocabulary := strings.Fields("printer printing paper заявка заявки ошибка error errors 48211 50299 shop.example anna@shop.example noon slow сайт сайта")
	text := func(n int) string {
		var out []string
		for range n {
			out = append(out, vocabulary[rnd.IntN(len(vocabulary))])
		}
		return strings.Join(out, " ")
	}
	var requests []bot.Request
	comments := map[int64][]*bot.Comment{}
	states := []bot.State{bot.New, bot.Open, bot.Solved, bot.Closed}
	update(t, s, func(tx bot.Tx) error {
		for range 1200 { // more than two blocks
			r := newRequest(text(2))
			r.Words, r.State, r.Client = text(2), states[rnd.IntN(4)], numbered("client", rnd.IntN(3))
			if err := tx.SaveRequest(&r); err != nil {
				return err
			}
			requests = append(requests, r)
		}
		return nil
	})
	change := func() {
		t.Helper()
		update(t, s, func(tx bot.Tx) error {
			r := &requests[rnd.IntN(len(requests))]
			if rnd.IntN(4) == 0 {
				r.Title = text(2)
				return tx.SaveRequest(r)
			}
			c := &bot.Comment{Request: r.Number, At: time.Now()}
			if mine := comments[r.Number]; len(mine) > 0 && rnd.IntN(2) == 0 {
				c = mine[rnd.IntN(len(mine))]
			} else {
				comments[r.Number] = append(mine, c)
			}
			c.Text, c.Visibility, c.Deleted = text(2), []bot.Visibility{bot.ForClient, bot.ForInternal}[rnd.IntN(2)], rnd.IntN(5) == 0
			return tx.SaveComment(c)
		})
	}
	for i := range 400 {
		change()
		if i == 200 { // part of the index is made anew, and changed again
			for more := true; more; {
				var err error
				if more, err = s.(bot.Sweeper).Sweep(t.Context(), time.Now()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for range 200 {
		q := bot.FindQuery{Text: text(1 + rnd.IntN(3)), Internal: rnd.IntN(2) == 0, Limit: 1 + rnd.IntN(50)}
		if rnd.IntN(2) == 0 {
			q.States = []bot.State{states[rnd.IntN(4)]}
		}
		if rnd.IntN(4) == 0 {
			q.Text = q.Text[:min(len(q.Text), 4)] // bytes: it may end within a character
		}
		if rnd.IntN(2) == 0 {
			q.Clients = []string{numbered("client", rnd.IntN(4)), numbered("client", rnd.IntN(3))}
		}
		wantFound(t, s, q, plainFind(q, requests, comments)...)
	}
}

func plainFind(q bot.FindQuery, requests []bot.Request, comments map[int64][]*bot.Comment) (out []int64) {
	tokens, prefix := bot.Sought(q.Text)
	for _, r := range slices.Backward(requests) {
		texts := []string{r.Title, r.Words, r.Name, r.Client}
		for _, c := range comments[r.Number] {
			if !c.Deleted && (q.Internal || c.Visibility == bot.ForClient) {
				texts = append(texts, c.Text)
			}
		}
		var has []string
		for _, text := range texts {
			has = append(has, bot.Tokens(text)...)
		}
		fits := !slices.ContainsFunc(tokens[:len(tokens)-1], func(w string) bool { return !slices.Contains(has, w) })
		fits = fits && slices.ContainsFunc(has, func(w string) bool {
			return w == tokens[len(tokens)-1] || prefix != "" && strings.HasPrefix(w, prefix)
		})
		fits = fits && (len(q.States) == 0 || slices.Contains(q.States, r.State)) && (len(q.Clients) == 0 || slices.Contains(q.Clients, r.Client))
		if fits && len(out) < q.Limit {
			out = append(out, r.Number)
		}
	}
	return out
}
