package slack

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// tongue are the words by which a conversation about shortcuts is told, in one
// language.
type tongue struct {
	who    string    // an agent who speaks it
	fresh  [2]string // title and submit of the form of a new request
	note   [2]string // of that of an article
	filed  string    // how the receipt begins
	sends  string    // what the agent is told who sends something to the client
	saved  string    // what the agent is told whose article is kept
	wrong  string    // what they are told who send what cannot be sent
	denied string    // what a client, who reads English, is told who wants to write an article
}

func tongues() map[string]tongue {
	return map[string]tongue{
		"en": {"U0VERA", [2]string{"New request", "File it"}, [2]string{"New article", "Save"}, "R-1 is filed.", "R-1: goes to Owen", "`A-1` is written, for the team: How do I pay by invoice?",
			"📤 sends what a colleague wrote", "`article` is for the support team only."},
		"ru": {"U0KIRILL", [2]string{"Новая заявка", "Подать"}, [2]string{"Новая статья", "Сохранить"}, "R-1", "R-1: ", "`A-1`", "📤 ", "`article` is for the support team only."},
	}
}

// speaking is a desk with somebody who speaks the language, and whose clients
// do.
func speaking(t *testing.T, c Config, language string) *whole {
	w := newWhole(t, c, slacktest.Options{}, 2*time.Second)
	w.change(func(s *bot.Settings) {
		s.People = append(slices.Clone(s.People), bot.Person{ID: "slack:U0KIRILL", IDs: []string{"slack:U0KIRILL"}, Name: "Кирилл", Role: bot.Agent, Language: "ru"})
		s.Team.Language = bot.Language(language)
	})
	time.Sleep(2 * time.Second)
	return w
}

// last is the newest thing that the app did of a kind.
func (w *whole) last(kind string) slacktest.Entry {
	for _, e := range slices.Backward(w.slack.Log()) {
		if e.Kind == kind {
			return e
		}
	}
	return slacktest.Entry{}
}

func inTongues(t *testing.T, fn func(t *testing.T, w *whole, l tongue)) {
	for language, l := range tongues() {
		for way, c := range map[string]Config{"HTTP": {SigningSecret: signing}, "sockets": {AppToken: appToken}} {
			t.Run(language+" over "+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := speaking(t, c, language)
					defer w.stop()
					fn(t, w, l)
				})
			})
		}
	}
}

func TestTheShortcutNewRequestOpensAFormThatFiles(t *testing.T) {
	inTongues(t, func(t *testing.T, w *whole, l tongue) {
		if ack := w.slack.Shortcut(l.who, "act:file", "", ""); !ack.Taken {
			t.Fatal("not taken")
		}
		v, ok := w.slack.Modal(l.who)
		if !ok || v.Title != l.fresh[0] || v.Submit != l.fresh[1] {
			t.Fatalf("opened %q [%s]", v.Title, v.Submit)
		}
		if _, err := w.slack.Submit(l.who, map[string]string{"text": "the printer is on fire", "goal": "to print"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		r := w.request(1)
		if r.Title != "the printer is on fire" || r.Fields["goal"] != "to print" || !strings.Contains(logOf(w, "C0DESK"), "R-1 · the printer is on fire") {
			t.Errorf("filed %+v, posted %q", r, logOf(w, "C0DESK"))
		}
	})
}

// request reads a request.
func (w *whole) request(number int64) (r bot.Request) {
	w.t.Helper()
	if err := w.store.View(w.t.Context(), func(v bot.View) (err error) { r, err = v.Request(number); return err }); err != nil {
		w.t.Error(err)
	}
	return r
}

func TestTheShortcutFileARequestMakesOneOfTheMessage(t *testing.T) {
	inTongues(t, func(t *testing.T, w *whole, l tongue) {
		ts := w.slack.Say("U0OWEN", "C0SUPPORT", "", "the logo is blurred")
		time.Sleep(time.Second)
		for range 3 { // pressed again and again it is one
			w.slack.Shortcut(l.who, "emoji:ticket", "C0SUPPORT", ts)
			time.Sleep(2 * time.Second)
		}
		if r := w.request(1); r.Title != "the logo is blurred" || r.Requester != "slack:T0HARBOR/U0OWEN" || r.Home.Thread != ts {
			t.Errorf("filed %+v", r)
		}
		if got := logOf(w, "C0SUPPORT"); !strings.HasPrefix(got, l.filed) || strings.Contains(got, "R-2") {
			t.Errorf("the client reads %q", got)
		}
	})
}

func TestTheShortcutSendToTheClientSendsAColleaguesWords(t *testing.T) {
	inTongues(t, func(t *testing.T, w *whole, l tongue) {
		home := w.slack.Say("U0OWEN", "C0SUPPORT", "", "<@"+slacktest.BotUser+"> the logo is blurred")
		time.Sleep(2 * time.Second)
		card := w.slack.Messages("C0DESK")[0]
		note := w.slack.Say("U0INGA", "C0DESK", card.TS, "Please upload it as SVG.")
		time.Sleep(2 * time.Second)
		w.slack.Shortcut(l.who, "emoji:outbox_tray", "C0DESK", note)
		time.Sleep(2 * time.Second)
		if got := w.last("whisper"); got.User != l.who || !strings.HasPrefix(got.Text, l.sends) {
			t.Errorf("whispered %+v", got)
		}
		time.Sleep(40 * time.Second)
		if got := w.last("post"); got.Channel != "C0SUPPORT" || got.Thread != home || !strings.Contains(got.Text, "Please upload it as SVG.") {
			t.Errorf("posted %+v", got)
		}
		other := w.slack.Say("U0INGA", "C0INSIDE", "", "lunch?")
		time.Sleep(2 * time.Second)
		w.slack.Shortcut(l.who, "emoji:outbox_tray", "C0INSIDE", other)
		time.Sleep(2 * time.Second)
		if got := w.last("whisper"); !strings.HasPrefix(got.Text, l.wrong) {
			t.Errorf("of what is no answer: %+v", got)
		}
	})
}

func TestTheShortcutMakeAnFAQDraftOpensAFormThatWritesTheArticle(t *testing.T) {
	inTongues(t, func(t *testing.T, w *whole, l tongue) {
		ts := w.slack.Say("U0OWEN", "C0SUPPORT", "", "<@"+slacktest.BotUser+"> How do I pay by invoice?")
		time.Sleep(2 * time.Second)
		w.slack.Slash("U0INGA", "C0DESK", "/request", "reply R-1 Under Billing, choose Invoice.")
		time.Sleep(40 * time.Second)
		if ack := w.slack.Shortcut(l.who, "emoji:books", "C0SUPPORT", ts); !ack.Taken {
			t.Fatal("not taken")
		}
		v, ok := w.slack.Modal(l.who)
		if !ok || v.Title != l.note[0] || v.Submit != l.note[1] {
			t.Fatalf("opened %q [%s]", v.Title, v.Submit)
		}
		if _, err := w.slack.Submit(l.who, map[string]string{"title": ""}); err == nil {
			t.Error("an article without a title was taken")
		}
		if _, err := w.slack.Submit(l.who, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		if a := w.article(1); a.Title != "How do I pay by invoice?" || a.Body != "Under Billing, choose Invoice." || a.Audience != bot.InternalArticle {
			t.Errorf("written %+v", a)
		}
		if got := w.last("whisper"); !strings.HasPrefix(got.Text, l.saved) {
			t.Errorf("told %+v", got)
		}
	})
}

// article reads an article.
func (w *whole) article(number int64) (a bot.Article) {
	w.t.Helper()
	if err := w.store.View(w.t.Context(), func(v bot.View) (err error) { a, err = v.Article(number); return err }); err != nil {
		w.t.Error(err)
	}
	return a
}

func TestAnFAQDraftIsMadeOfAnyMessageTheAppReadsAndByTheTeamAlone(t *testing.T) {
	inTongues(t, func(t *testing.T, w *whole, l tongue) {
		ts := w.slack.Say("U0INGA", "C0INSIDE", "", "How we restart the printer\nHold the button for ten seconds.")
		time.Sleep(2 * time.Second)
		w.slack.Shortcut(l.who, "emoji:books", "C0INSIDE", ts)
		if _, err := w.slack.Submit(l.who, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		if a := w.article(1); a.Title != "How we restart the printer" || a.Body != "Hold the button for ten seconds." {
			t.Errorf("written %+v", a)
		}
		mine := w.slack.Say("U0OWEN", "C0SUPPORT", "", "the logo is blurred")
		w.slack.Shortcut("U0OWEN", "emoji:books", "C0SUPPORT", mine)
		time.Sleep(3 * time.Second)
		if got := w.last("whisper"); got.User != "U0OWEN" || !strings.HasPrefix(got.Text, l.denied) {
			t.Errorf("a client is told %+v", got)
		}
		if _, ok := w.slack.Modal("U0OWEN"); ok {
			t.Error("a client got the form")
		}
		w.slack.React("U0OWEN", "C0SUPPORT", mine, "books")
		n := len(w.slack.Log())
		time.Sleep(3 * time.Second)
		if more := w.slack.Since(n); len(more) > 0 {
			t.Errorf("the emoji on what is no request is answered: %+v", more)
		}
	})
}
