package commands_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

func TestWhatIsSaidOnAMergedRequestIsSaidOnTheOther(t *testing.T) {
	d := newDesk(t)
	d.must(mailed("grace@harbor.example", "<a@x>", "Nobody can pay"))
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(addressed("grace", "m2", "Nobody can pay"))
	for _, n := range []int64{1, 2, 3} {
		d.change(func(tx bot.Tx) error {
			return tx.LinkMessage(channel("desk"), fmt.Sprint("card", n), n, bot.FaceDesk, bot.CardKey(n))
		})
	}
	d.must(slashed("inga", "merge R-1 R-2"))
	d.must(slashed("inga", "merge R-2 R-3")) // in a row
	d.must(mailed("grace@harbor.example", "<b@x>", "by mail", "<a@x>"))
	d.must(said("owen", "m1", "m3", "in the thread"))
	d.must(bot.Event{Place: channel("desk").In("card1"), Message: "m4", Actor: actor("inga"), Body: bot.Said{Text: "among us"}})
	var texts []string
	for _, c := range d.conversation(3) {
		texts = append(texts, fmt.Sprintf("%s for the %s", c.Text, c.Visibility))
	}
	if want := []string{"Nobody can pay for the client", "by mail for the client", "in the thread for the client", "among us for the internal"}; !slices.Equal(texts, want) {
		t.Errorf("R-3 has %q", texts)
	}
	if len(d.requests()) != 3 || d.request(1).State != bot.Closed || d.request(2).State != bot.Closed {
		t.Errorf("%d requests", len(d.requests()))
	}
	d.must(bot.Event{Place: channel("support").In("m1"), Message: "m5", Actor: actor("inga"), Body: bot.Said{Text: "solve", Mentioned: true}})
	if d.request(3).State != bot.Solved {
		t.Error("a command in the thread does nothing")
	}
	d.must(bot.Event{Place: channel("support"), Message: "m1", Actor: actor("owen"), Body: bot.Reacted{Emoji: "white_check_mark"}})
	if !d.request(3).Confirmed {
		t.Error("the one who asked first cannot confirm")
	}
	d.must(said("owen", "m1", "m6", "It fails again"))
	if r := d.request(3); r.State != bot.Open || len(d.requests()) != 3 {
		t.Errorf("what he says then leaves R-3 %s, %d requests", r.State, len(d.requests()))
	}
}

func TestAMergedMailIsAnsweredInItsOwnThread(t *testing.T) {
	d := newDesk(t)
	d.must(mailed("grace@harbor.example", "<a@x>", "Nobody can pay"))
	d.must(mailed("bob@harbor.example", "<b@x>", "Mine fails too"))
	d.must(slashed("inga", "merge R-1 R-2"))
	d.must(mailed("grace@harbor.example", "<c@x>", "Any news?", "<a@x>"))
	d.must(slashed("inga", "reply R-2 We look"))
	refs := map[string][]string{}
	for _, o := range d.outbox() {
		if bot.IsReply(o.Key) {
			refs[o.Mail.To[0].Address] = o.Mail.References
		}
	}
	if !slices.Equal(refs["grace@harbor.example"], []string{"<a@x>", "<c@x>"}) || !slices.Equal(refs["bob@harbor.example"], []string{"<b@x>"}) || len(refs) != 2 {
		t.Errorf("the answers go on with %v", refs)
	}
	waiting := len(d.replies())
	d.must(slashed("inga", "undo R-2"))
	if n := len(d.replies()); waiting != 2 || n != 0 {
		t.Errorf("%d waited, and %d still do", waiting, n)
	}
}

func TestBothWhoAskedHearHowItEndsOrNeither(t *testing.T) {
	notices := func(d *desk) (to []int64) {
		for _, o := range d.outbox() {
			if strings.HasPrefix(o.Key, "solved:") {
				to = append(to, o.Request)
			}
		}
		return to
	}
	for _, solve := range []bot.Event{slashed("inga", "solve R-2"), form("inga", "reply", "R-2", map[string]string{"text": "Done", "then": "solved", "also": ""})} {
		d := newDesk(t)
		d.must(addressed("owen", "m1", "Checkout fails"))
		d.must(mailed("grace@harbor.example", "<a@x>", "Nobody can pay"))
		d.must(slashed("inga", "merge R-1 R-2"))
		d.must(solve)
		if got := notices(d); !slices.Contains(got, 1) {
			t.Errorf("%T: told on %v", solve.Body, got)
		}
		d.must(slashed("inga", "undo R-2"))
		if got := notices(d); len(got) != 0 || d.request(2).State == bot.Solved {
			t.Errorf("%T: taken back, and told on %v", solve.Body, got)
		}
		d.must(solve)
		d.must(mailed("grace@harbor.example", "<b@x>", "still broken", "<a@x>"))
		if got := notices(d); len(got) != 0 || d.request(2).Returns != 0 {
			t.Errorf("%T: before it was told it came back, told on %v, returns %d", solve.Body, got, d.request(2).Returns)
		}
	}
}

func TestMergesAreTakenBackWhatEverHappenedToTheOther(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(addressed("grace", "m2", "Nobody can pay"))
	d.must(slashed("inga", "solve R-1"))
	before := d.request(1)
	d.must(slashed("inga", "merge R-1 R-2"))
	d.must(slashed("timur", "escalate R-2"))
	d.must(said("owen", "m1", "m3", "It is urgent"))
	d.must(slashed("inga", "undo R-1"))
	one, other := d.request(1), d.request(2)
	if one.State != bot.Solved || one.MergedInto != 0 || !one.SolvedAt.Equal(before.SolvedAt) || len(other.Merged)+len(other.With) != 0 || other.Level != 2 {
		t.Errorf("R-1 is %+v, R-2 %+v", one, other)
	}
	told := false
	for _, o := range d.outbox() {
		told = told || o.Key == bot.SolvedKey(one)
	}
	if !told {
		t.Error("Owen does not hear any more that R-1 was solved")
	}
	d.must(slashed("inga", "merge R-1 R-2"))
	d.later = 11 * time.Minute
	if _, err := d.do(slashed("inga", "undo R-1")); d.refusal(err) != "refused: refuse.too_late" || d.request(1).MergedInto != 2 {
		t.Errorf("after eleven minutes: %v", err)
	}
}

func TestMoreThanAFewDoNotGoOnInOne(t *testing.T) {
	d := newDesk(t)
	for i := range bot.MaxMerged + 2 {
		d.must(mailed(fmt.Sprintf("p%d@harbor.example", i), fmt.Sprintf("<%d@x>", i), fmt.Sprint("Matter ", i)))
	}
	affords := func(e bot.Event) error {
		n, err := d.do(e)
		if n > affordable {
			t.Errorf("%+v took %d statements", e.Body, n)
		}
		return err
	}
	all := ""
	for n := 2; n <= bot.MaxMerged+2; n++ {
		err := affords(slashed("inga", fmt.Sprintf("merge R-%d R-1", n)))
		if got := d.refusal(err); (got != "") != (n == bot.MaxMerged+2) {
			t.Errorf("R-%d: %q", n, got)
		} else if got == "" {
			all += fmt.Sprintf("R-%d ", n)
		}
	}
	for _, e := range []bot.Event{
		slashed("vera", "reply R-1 We look"), slashed("vera", "solve R-1"), slashed("vera", "reopen R-1"),
		form("vera", "reply", "R-1", map[string]string{"text": "hi", "also": all, "then": "solved", "seen": "9999"}), slashed("vera", "reopen R-1"),
		form("vera", "reply", "R-1", map[string]string{"text": "hi", "also": "", "then": "solved", "seen": "9999"}), slashed("vera", "undo R-1"),
		mailed("p3@harbor.example", "<last@x>", "Any news?", "<3@x>"),
	} {
		if err := affords(e); d.refusal(err) != "" {
			t.Errorf("%+v: %v", e.Body, err)
		}
	}
}

func TestASplitTakesTheConversationFromAMessageOn(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(said("owen", "m1", "m2", "And the logo is wrong"))
	d.must(slashed("timur", "note R-1 which logo?"))
	d.must(said("timur", "m1", "m3", "Which logo?"))
	d.must(said("owen", "m1", "m4", "That of the mails"))
	n, err := d.do(slashed("inga", "split R-1 LOGO IS"))
	if err != nil || n > affordable {
		t.Fatalf("%d statements, %v", n, err)
	}
	old, filed := d.request(1), d.request(2)
	if len(d.conversation(1)) != 1 || len(d.conversation(2)) != 4 || filed.Words != "And the logo is wrong" || filed.Requester != "web:owen" {
		t.Errorf("R-1 keeps %d, R-2 has %d: %+v", len(d.conversation(1)), len(d.conversation(2)), filed)
	}
	if !slices.Equal(old.Links, []int64{2}) || !slices.Equal(filed.Links, []int64{1}) || filed.LinkedTo != 1 || !old.AnsweredAt.IsZero() || filed.AnsweredAt.IsZero() {
		t.Errorf("R-1 %+v, R-2 %+v", old, filed)
	}
	if filed.Home.Thread != "" || filed.Home != channel("support") {
		t.Errorf("R-2 is at home in %s", filed.Home)
	}
	d.must(bot.Event{Place: channel("support").In("m1"), Message: "m2", Actor: actor("owen"), At: time.Now().Add(time.Minute), Body: bot.Edited{Text: "The logo is blurred"}})
	if got := d.request(2); got.Words != "The logo is blurred" || d.request(1).Words != "Checkout fails" {
		t.Errorf("edited, R-2 says %q", got.Words)
	}
	d.must(said("owen", "m1", "m5", "Any news of the checkout?"))
	if n := len(d.conversation(1)); n != 2 {
		t.Errorf("R-1 has %d messages", n)
	}
}

func TestWhatCannotBeSplitStaysWhole(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	for i := range 15 {
		d.must(said("owen", "m1", fmt.Sprint("n", i), fmt.Sprint("more ", i)))
	}
	before := d.conversation(1)
	for words, want := range map[string]string{"checkout": "refuse.split_words", "dance": "refuse.split_words", "more 2": "refuse.split_many", "\x00": "refuse.split_words"} {
		_, err := d.do(slashed("inga", "split R-1 "+words))
		if got := strings.TrimPrefix(d.refusal(err), "refused: "); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
	for from, want := range map[string]string{"1": "refuse.split_words", "999": "refuse.split_words", "dance": "refuse.split_words"} {
		_, err := d.do(form("inga", "split", "R-1", map[string]string{"from": from}))
		if got := strings.TrimPrefix(d.refusal(err), "refused: "); got != want {
			t.Errorf("from %q: %q, want %q", from, got, want)
		}
	}
	if after := d.conversation(1); len(after) != len(before) || len(d.requests()) != 1 {
		t.Errorf("%d messages, %d requests", len(after), len(d.requests()))
	}
	choices := field(d.opens(pressedBy("inga", "split", "R-1")), "from").Choices
	if len(choices) != 10 || choices[9].Label != "Owen: more 14" {
		t.Errorf("the form offers %+v", choices)
	}
	n, err := d.do(slashed("inga", "split R-1 more 3"))
	if err != nil || n > affordable || len(d.conversation(2)) != 12 {
		t.Errorf("twelve messages: %d statements, %v", n, err)
	}
}

func TestASplitOfWhatIsPrivateIsPrivate(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Timur was rude"))
	d.must(slashed("vera", "private R-1"))
	d.must(said("owen", "m1", "m2", "And the salary list is public"))
	d.must(slashed("vera", "split R-1"))
	if r := d.request(2); !r.Private {
		t.Errorf("R-2 is %+v", r)
	}
	for _, o := range d.outbox() {
		if o.TeamSide && o.To.Top() == channel("desk") && o.Request == 2 && strings.Contains(fmt.Sprintf("%+v", o.Message), "salary") {
			t.Errorf("%s tells everybody in #desk: %+v", o.Key, o.Message.Text)
		}
	}
}
