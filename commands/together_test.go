package commands_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// due handles the timers that are due by now, as the engine does, until there
// are none, and says how many statements the dearest event took.
func (d *desk) due() (dearest int) {
	d.t.Helper()
	for range 50 {
		var timers []bot.Timer
		err := d.store.View(d.t.Context(), func(v bot.View) (err error) {
			timers, err = v.DueTimers(50)
			return err
		})
		if err != nil {
			d.t.Fatal(err)
		}
		if len(timers) == 0 {
			return dearest
		}
		for _, timer := range timers {
			d.change(func(tx bot.Tx) error { return tx.DropTimer(timer.Key) })
			n, err := d.do(bot.Event{Place: timer.Place, Body: bot.Due{Timer: timer.Key, What: timer.What, Object: timer.Object, At: timer.At}})
			if err != nil {
				d.t.Fatal(err)
			}
			dearest = max(dearest, n)
		}
	}
	d.t.Fatal("timers without end")
	return 0
}

// affordable is how many statements one event may take.
const affordable = 64

// outage files one request and as many others as one answer goes to, by mail and
// by message, and makes the first their cause.
func (d *desk) outage(others int) {
	d.t.Helper()
	d.must(addressed("owen", "m1", "All checkouts fail"))
	for i := range others {
		if i%2 == 0 {
			d.must(mailed(fmt.Sprintf("p%d@shop%d.example", i, i), fmt.Sprintf("<%d@x>", i), "Nobody can pay"))
		} else {
			d.must(addressed(fmt.Sprintf("client%d", i), fmt.Sprintf("n%d", i), "Nobody can pay"))
		}
	}
	for n := 2; n < others+2; n += 5 {
		var list []string
		for m := n; m < min(n+5, others+2); m++ {
			list = append(list, bot.RequestID(int64(m)))
		}
		statements, err := d.do(slashed("inga", "cause R-1 "+strings.Join(list, " ")))
		if err != nil || statements > affordable {
			d.t.Fatalf("cause R-1 %v: %d statements, %v", list, statements, err)
		}
	}
}

func TestOneAnswerReachesTwentyInAffordableSteps(t *testing.T) {
	d := newDesk(t)
	d.outage(19)
	agreed := field(d.opens(pressedBy("inga", "replyall", "R-1")), "agreed").Value
	n, err := d.do(form("inga", "replyall", "R-1", map[string]string{"text": "Hello {name}, it works again.", "then": "solved", "agreed": agreed}))
	if err != nil || n > affordable {
		t.Fatalf("the answer took %d statements, %v", n, err)
	}
	if got := d.replies(); len(got) != 1 {
		t.Fatalf("%d answers wait before the first leaves", len(got))
	}
	d.later = 31 * time.Second
	if n := d.due(); n > affordable {
		t.Errorf("a step took %d statements", n)
	}
	to := map[int64]string{}
	for _, o := range d.outbox() {
		if bot.IsReply(o.Key) {
			if _, twice := to[o.Request]; twice {
				t.Errorf("R-%d is answered twice", o.Request)
			}
			text := o.Message.Text
			if o.Mail != nil {
				text = o.Mail.Body
			}
			to[o.Request] = text.Parts[0].Text
		}
	}
	for i, r := range d.requests() {
		if want := "Hello " + r.Name + ", it works again."; to[r.Number] != want {
			t.Errorf("%s is told %q, want %q", r.ID(), to[r.Number], want)
		}
		if r.State != bot.Solved || r.SolvedBy == "" || i > 0 && r.Cause != 1 {
			t.Errorf("%s is %s by %q", r.ID(), r.State, r.SolvedBy)
		}
		all := d.conversation(r.Number)
		if last := all[len(all)-1]; last.Author != "web:inga" || last.Text != to[r.Number] {
			t.Errorf("%s keeps %+v", r.ID(), last)
		}
	}
}

func TestMoreThanOneAnswerCanReachAreNotTied(t *testing.T) {
	d := newDesk(t)
	d.outage(19)
	d.must(addressed("late", "m99", "Nobody can pay"))
	before := d.requests()
	_, err := d.do(slashed("inga", "cause R-1 R-21"))
	if got := d.refusal(err); got != "refused: refuse.cause_of_many" || !reflect.DeepEqual(d.requests(), before) {
		t.Errorf("%q", got)
	}
}

func TestAllThatWaitForACauseAreSolvedInAffordableSteps(t *testing.T) {
	d := newDesk(t)
	d.outage(19)
	d.must(slashed("inga", "solve R-1 the gateway was down"))
	n, err := d.do(slashed("inga", "solveall R-1"))
	if err != nil || n > affordable {
		t.Fatalf("%d statements, %v", n, err)
	}
	if n := d.due(); n > affordable {
		t.Errorf("a step took %d statements", n)
	}
	for _, r := range d.requests() {
		if r.State != bot.Solved || r.Outcome != "the gateway was down" || r.Assignee != "web:inga" {
			t.Errorf("%s is %s of %s: %q", r.ID(), r.State, r.Assignee, r.Outcome)
		}
	}
	d.must(slashed("inga", "undo R-5"))
	if r := d.request(5); r.State == bot.Solved || r.Cause != 1 {
		t.Errorf("taken back, R-5 is %+v", r)
	}
}

func TestAnAnswerToSeveralIsTakenBackWholeOrNotAtAll(t *testing.T) {
	for _, undo := range []func(key string) bot.Event{
		func(key string) bot.Event { return pressedBy("inga", "undo", key) },
		func(string) bot.Event { return slashed("inga", "undo R-1") },
	} {
		d := newDesk(t)
		d.outage(4)
		d.must(slashed("inga", "replyall R-1 It works again"))
		key := d.replies()[0]
		d.must(undo(key))
		d.later = time.Hour
		d.due()
		if got := d.replies(); len(got) != 0 {
			t.Errorf("taken back, and %v wait", got)
		}
		for _, r := range d.requests() {
			if r.State != bot.New || !r.AnsweredAt.IsZero() {
				t.Errorf("%s is %s", r.ID(), r.State)
			}
		}
		d.must(slashed("inga", "replyall R-1 It works now"))
		d.later = time.Hour + 31*time.Second
		d.due()
		before := d.replies()
		if _, err := d.do(undo(before[0])); !slices.Equal(d.replies(), before) || len(before) != 5 {
			t.Errorf("after it has left: %v, %v", err, d.replies())
		}
	}
}

// What happens between the answer and its leaving: who is done, taken out or
// private by then is left out, and the person is told.
func TestWhoIsNotMeantAnyMoreIsLeftOut(t *testing.T) {
	d := newDesk(t)
	d.outage(5)
	d.must(slashed("inga", "replyall R-1 It works again"))
	d.must(slashed("timur", "solve R-2"))
	d.must(slashed("timur", "unlink R-1 R-3"))
	d.must(slashed("vera", "private R-5"))
	d.must(slashed("vera", "close R-6 spam"))
	d.later = 31 * time.Second
	d.due()
	var to []int64
	for _, o := range d.outbox() {
		if bot.IsReply(o.Key) {
			to = append(to, o.Request)
		}
	}
	if !slices.Equal(to, []int64{1, 4}) {
		t.Errorf("it goes to %v", to)
	}
	left := ""
	for _, o := range d.outbox() {
		if len(o.Message.Text.Parts) > 0 && o.Message.Text.Parts[0].ID == "told.left_out" && o.To == bot.Direct("web:inga") {
			left += o.Message.Text.Parts[0].Args["List"].Text + " "
		}
	}
	if strings.ReplaceAll(left, ",", "") != "R-2 R-3 R-5 R-6 " {
		t.Errorf("she is told of %q", left)
	}
}

func TestAFollowerThatWasNotShownIsNotAnswered(t *testing.T) {
	d := newDesk(t)
	d.outage(2)
	d.must(addressed("late", "m9", "Nobody can pay"))
	agreed := field(d.opens(pressedBy("inga", "replyall", "R-1")), "agreed").Value
	d.must(slashed("timur", "cause R-1 R-4"))
	for _, act := range []string{"reply", "replyall"} {
		_, err := d.do(form("inga", act, "R-1", map[string]string{"text": "hi", "whom": "all", "agreed": agreed}))
		if got := d.refusal(err); got != "refused: refuse.others_changed" || len(d.replies()) != 0 {
			t.Errorf("%s: %q", act, got)
		}
	}
	d.must(slashed("inga", "replyall R-1 It works"))
	d.must(slashed("timur", "unlink R-1 R-4"))
	d.must(addressed("later", "m10", "Nobody can pay"))
	d.must(slashed("timur", "cause R-1 R-5"))
	d.later = 31 * time.Second
	d.due()
	for _, o := range d.outbox() {
		if bot.IsReply(o.Key) && o.Request > 3 {
			t.Errorf("R-%d is answered", o.Request)
		}
	}
}

// A number that is hidden from a person answers like one that is missing, in
// each place of a command.
func TestHiddenNumbersAreMissingInEveryPlace(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(addressed("grace", "m2", "Somebody was rude"))
	d.must(slashed("vera", "private R-2"))
	before := d.requests()
	for _, format := range []string{"link R-1 %s", "link %s R-1", "cause R-1 %s", "cause %s R-1", "unlink R-1 %s", "merge R-1 %s", "merge %s R-1", "split %s", "replyall %s x", "ask %s x", "solveall %s"} {
		refused := func(id string) string {
			_, err := d.do(slashed("inga", fmt.Sprintf(format, id)))
			var told *bot.Error
			if !errors.As(err, &told) {
				t.Fatalf("%s of %s: %v", format, id, err)
			}
			return strings.ReplaceAll(fmt.Sprintf("%+v", told.Text), id, "R-x")
		}
		if hidden, missing := refused("R-2"), refused("R-99"); hidden != missing {
			t.Errorf("%s: %s and %s", format, hidden, missing)
		}
	}
	if !reflect.DeepEqual(d.requests(), before) {
		t.Error("something was changed")
	}
	if _, err := d.do(slashed("vera", "link R-1 R-2")); d.refusal(err) != "refused: refuse.private_with" {
		t.Errorf("a lead links it: %v", err)
	}
	if _, err := d.do(slashed("vera", "merge R-2 R-1")); d.refusal(err) != "refused: refuse.merge_private" {
		t.Errorf("a lead merges it: %v", err)
	}
}

func TestBadNumbersTieNothing(t *testing.T) {
	d := newDesk(t)
	for i := range 7 {
		d.must(addressed(fmt.Sprint("client", i), fmt.Sprint("m", i), "Checkout fails"))
	}
	before := d.requests()
	for words, want := range map[string]string{
		"": "refuse.usage", "R-1": "refuse.itself", "R-2 R-2": "refuse.itself", "R-2 R-1": "refuse.itself", "R-0": "refuse.bad_number", "dance": "refuse.bad_number",
		"R-2 dance": "refuse.bad_number", "R-99999999999999999999": "refuse.bad_number", "-1": "refuse.bad_number", "R-2,R-99": "refuse.no_request",
		"R-2 R-3 R-4 R-5 R-6 R-7": "refuse.many_at_once", strings.Repeat("R-2 ", 5000): "refuse.many_at_once", "and": "refuse.usage",
	} {
		for _, command := range []string{"link", "cause"} {
			_, err := d.do(slashed("inga", strings.TrimSpace(command+" R-1 "+words)))
			if got := strings.TrimPrefix(d.refusal(err), "refused: "); got != want {
				t.Errorf("%s R-1 %.20q: %q, want %q", command, words, got, want)
			}
		}
	}
	if !reflect.DeepEqual(d.requests(), before) {
		t.Error("something was tied")
	}
}

// Where each that waits for a cause goes on for others, they are counted, shown
// and answered by their own names.
func TestWhoGoesOnInAFollowerIsAnsweredTooAndCounted(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "All checkouts fail"))
	for i := range 20 {
		d.must(mailed(fmt.Sprintf("p%d@harbor.example", i), fmt.Sprintf("<%d@x>", i), "Nobody can pay"))
	}
	for n := 2; n <= 19; n += 2 {
		d.must(slashed("inga", fmt.Sprintf("merge R-%d R-%d", n+1, n)))
		d.must(slashed("inga", fmt.Sprintf("cause R-1 R-%d", n)))
	}
	n, err := d.do(slashed("inga", "replyall R-1 Hello {name}"))
	if err != nil || n > affordable {
		t.Fatalf("%d statements, %v", n, err)
	}
	d.later = 31 * time.Second
	if n := d.due(); n > affordable {
		t.Errorf("a step took %d statements", n)
	}
	told := map[string]string{}
	for _, o := range d.outbox() {
		if bot.IsReply(o.Key) && o.Mail != nil {
			told[o.Mail.To[0].Address] = o.Mail.Body.Parts[0].Text
		}
	}
	if len(told) != 18 || told["p1@harbor.example"] != "Hello p1@harbor.example" {
		t.Errorf("%d are told: %v", len(told), told)
	}
	d.must(slashed("inga", "cause R-1 R-20 R-21"))
	before := len(d.replies())
	if _, err := d.do(slashed("inga", "replyall R-1 Hello again")); d.refusal(err) != "refused: refuse.too_many" || len(d.replies()) != before {
		t.Errorf("more than one answer can reach: %v", err)
	}
}
