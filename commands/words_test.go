package commands_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"meridian/bot"
)

// outcome is what came of an event: the command or rule that it was for, the
// sentence of its refusal, and the words of what it filed.
func (d *desk) outcome(e bot.Event) string {
	d.t.Helper()
	before := len(d.requests())
	got := ""
	for _, h := range d.router.Route(d.settings, e) {
		if got = h.Name; got != "asked" { // which claims nothing
			break
		}
	}
	_, err := d.do(e)
	if told := d.refusal(err); told != "" {
		got += " " + told
	}
	if all := d.requests(); len(all) > before {
		got += " files " + all[len(all)-1].Words
		if len(all) > before+1 {
			d.t.Errorf("%+v filed %d requests", e.Body, len(all)-before)
		}
	}
	return strings.ReplaceAll(got, "refused: refuse.", "refused: ")
}

const long = "My printer is on fire. "

func TestWhatPeopleTypeBecomesTheCommandTheyMeantOrARequest(t *testing.T) {
	ten := strings.Repeat(long, 450)
	for _, tt := range []struct {
		how, text, want string
	}{
		// The name of the list is the only word that needs nothing behind it.
		{"request", "", "list"},
		{"request", "list", "list"},
		{"request", "LIST", "list"},
		{"request", "список", "list"},
		{"request", "дшые", "list"},
		{"request", "cgbcjr", "list"},
		{"request", "list all my printers", "refuse refused: which"},
		{"request", "take R-1", "take"},
		{"request", "Take r1", "take"},
		{"request", "take\u00a0R-1", "take"},
		{"request", "take  \t R-1  ", "take"},
		{"request", "ефлу R-1", "take"},
		{"request", "взять 1", "take"},
		{"request", "dpznm 1", "take"},
		{"request", "take R-99", "take refused: no_request"},
		{"request", "take R-99999999999999999999", "take refused: bad_number"},
		{"request", "take #1", "take"},
		{"request", "R-1", "show"},
		{"request", "R-1 take", "take"},
		{"request", "r1 взять", "take"},
		{"request", "R-1: take, please", "take"},
		{"request", "take R-1 please", "take"},
		{"request", "взять R-1, пожалуйста", "take"},
		{"request", "R-1 give inga", "give"},
		{"request", "give Timur R-1", "give"},
		{"request", "give R-1 to timur", "give"},
		{"request", "give R-1 to Timur, please.", "give"},
		{"request", "give R-1 to TIMUR", "give"},
		{"request", "give R-1 to", "give refused: no_such_person"},
		{"request", "give R-1 to the manager", "give refused: no_such_person"},
		{"request", "give to timur", "refuse refused: which"},
		{"request", "R-1 reply is missing", "refuse refused: which"},
		{"request", "R-1 take a look", "refuse refused: which"},
		{"request", "R-1 is broken again", "file files R-1 is broken again"},
		{"request", "1 take", "file files 1 take"},
		{"mention", "R-1 take", "take"},
		{"mention", "R-1", "show"},
		{"mention", "R-1 done!", "solve"},
		{"mention", "R-1 reply is missing", "comment files R-1 reply is missing"},
		{"mention", "R-1 take a look please", "comment files R-1 take a look please"},
		{"mention", "give it to Inga", "comment files give it to Inga"},
		{"direct", "R-1 take", "take"},
		{"request", "take -1", "take refused: bad_number"},
		{"request", "take 0", "take refused: bad_number"},
		{"request", "close R-1 R-2 R-3", "close refused: denied"},
		{"request", "take R-1 R-2", "take refused: usage"},
		{"request", "take", "take refused: usage"},
		{"request", "take the shop down", "refuse refused: which"},
		{"request", "reply soon please", "refuse refused: which"},
		{"request", "New laptop", "file files New laptop"},
		{"request", "undo what Bob did", "refuse refused: which"},
		{"request", "help", "help"},
		{"request", "help me with the printer", "refuse refused: which"},
		{"request", "file take x", "file files take x"},
		{"request", "file take R-1", "file files take R-1"},
		{"request", "file a complaint", "file files file a complaint"},
		{"request", "file", "file refused: empty"},
		{"request", "$(reboot)", "file files $(reboot)"},
		{"request", "'; DROP TABLE requests;--", "file files '; DROP TABLE requests;--"},
		{"request", "🔥🔥🔥", "file files 🔥🔥🔥"},
		{"request", ten, "file files " + strings.TrimSpace(ten)},
		{"request", "line one\nline two", "file files line one\nline two"},
		{"desk", "", "help"},
		{"desk", "list", "list"},
		{"desk", "take R-1", "take"},
		{"desk", "dance", "refuse refused: unknown"},
		{"desk", "New laptop", "refuse refused: unknown"},
		{"desk", "stuck", "stuck refused: denied_all"},
		{"desk", ten, "refuse refused: unknown"},
		{"desk", "file New laptop", "file files New laptop"},
		{"alert", "take 7", "take refused: no_request"},
		{"alert", "", "help"},
		{"dance", "now", "refuse refused: unknown"},

		{"mention", "take R-1", "take"},
		{"mention", "TAKE R-1!", "take"},
		{"mention", "take: R-1", "take"},
		{"mention", "help.", "help"},
		{"mention", "Take a look at the shop", "comment files Take a look at the shop"},
		{"mention", "show me how to log in", "comment files show me how to log in"},
		{"mention", "Help! The shop is down", "comment files Help! The shop is down"},
		{"mention", "reply to the customer is missing", "comment files reply to the customer is missing"},
		{"mention", "close the shop for today", "comment files close the shop for today"},
		{"mention", "list", "list"},
		{"mention", "list of prices is empty", "comment files list of prices is empty"},
		{"mention", "alert fires every night", "comment files alert fires every night"},
		{"mention", "retry of the export fails", "comment files retry of the export fails"},
		{"mention", "undo R-1", "undo refused: nothing_to_undo"},
		{"mention", "alert take 7", "alert refused: no_alert"},
		{"mention", "file take x", "file files take x"},
		{"mention", "file is missing", "comment files file is missing"},
		{"mention", "решение не работает", "comment files решение не работает"},
		{"mention", "", "comment refused: empty"},
		{"mention", " \n\t ", "comment refused: empty"},
		{"mention", "👋", "comment files 👋"},
		{"mention", "thanks", "comment"},
		{"mention", "\u202etxt.exe", "comment files \u202etxt.exe"},
		{"mention", "e\u0301\u0301\u0301\u0301", "comment files e\u0301\u0301\u0301\u0301"},
		{"mention", "a\x00b", "comment files a\uFFFDb"},
		{"mention", "a\xffb", "comment files a\uFFFDb"},
		{"mention", "a\x07\x1b[31mb", "comment files a\x07\x1b[31mb"},
		{"mention", ten, "comment files " + ten},

		{"thread", "take", "take"},
		{"thread", "solve", "solve"},
		{"thread", "взять", "take"},
		{"thread", ",the", "take"},
		{"thread", "escalate the checkout is down", "escalate"},
		{"thread", "reply Hello Owen", "reply"},
		{"thread", "close it please", "close"},
		{"thread", "take a look at it", "comment"},
		{"thread", "any news?", "comment"},

		{"said", "take R-1", "comment"},
		{"said", "We deploy at noon", "comment"},
		{"direct", "My invoice is wrong", "comment files My invoice is wrong"},
		{"direct", "list", "list"},
	} {
		t.Run(fmt.Sprintf("%s %.30q", tt.how, tt.text), func(t *testing.T) {
			d := newDesk(t)
			r := d.threaded()
			if got := d.outcome(typed(tt.how, tt.text, r.Home)); got != tt.want {
				t.Errorf("got  %.200q\nwant %.200q", got, tt.want)
			}
		})
	}
}

// threaded is R-1, of which both threads are known.
func (d *desk) threaded() bot.Request {
	d.t.Helper()
	r := bot.Request{
		Title: "t", Words: "w", State: bot.New, Level: 1, Requester: "web:owen", Name: "Owen", Client: "Harbor",
		Home: channel("support").In("root"), Desk: channel("desk").In("card"),
	}
	d.change(func(tx bot.Tx) error {
		return errors.Join(tx.SaveRequest(&r), tx.LinkMessage(channel("support"), "root", r.Number, bot.FaceHome, ""), tx.LinkMessage(channel("desk"), "card", r.Number, bot.FaceDesk, ""))
	})
	return d.request(r.Number)
}

// typed is what Inga types: a slash command, a mention, a message.
func typed(how, text string, thread bot.Place) bot.Event {
	e := bot.Event{Place: channel("inside"), Message: "m1", Actor: actor("inga")}
	switch how {
	case "mention":
		e.Body = bot.Said{Text: text, Mentioned: true}
	case "thread":
		e.Place, e.Body = thread, bot.Said{Text: text, Mentioned: true}
	case "said":
		e.Body = bot.Said{Text: text}
	case "direct":
		e.Place, e.Body = bot.Direct("web:inga"), bot.Said{Text: text, Mentioned: true}
	case "button":
		e.Body = bot.Pressed{Act: "undo", Value: text}
	default:
		e.Message, e.Body = "", bot.Commanded{Slash: how, Text: text}
	}
	return e
}

// Whatever somebody types, it panics nowhere, files one request at most, and
// what it files is what was typed.
func FuzzCommandText(f *testing.F) {
	for _, s := range []string{
		"", " ", "list", "take R-1", "take the shop down", "New laptop", "file take x", "file", "close R-1 because", "undo R-1", "alert take 1", "replay event 1", "reply R-1 hi",
		"close 99999999999999999999", "close -1", "close 1 2 3", "Robert'); DROP TABLE requests;--", "${jndi:ldap://x}", "{{.Person}}", "🔥👩‍👩‍👧", "\x00", "\xff\xfe",
		"\u202egpj.exe", "e\u0301\u0301", "куыщдму R-1", strings.Repeat("a", 10_000), strings.Repeat("R-1 ", 500), "<!channel> @everyone", "\ufeffx", "\u2028", "take\vR-1",
	} {
		for how := range byte(7) {
			f.Add(how, s)
		}
	}
	d := newDesk(f)
	d.threaded()
	f.Fuzz(func(t *testing.T, how byte, text string) {
		d.t = t
		kind := []string{"request", "desk", "mention", "thread", "direct", "button", "alert"}[how%7]
		before := d.newest()
		e := typed(kind, text, channel("support").In("root"))
		e.Message = fmt.Sprint(e.Message, d.n)
		_, err := d.do(e)
		d.refusal(err)
		r := d.newest()
		if r.Number == before.Number {
			return
		}
		if r.Number != before.Number+1 {
			t.Errorf("%s %q filed %d requests", kind, text, r.Number-before.Number)
		}
		want, got := asWritten(text), asWritten(r.Words)
		if _, behind, _ := strings.Cut(want, " "); got != want && got != asWritten(behind) && !strings.HasSuffix(want, got) {
			t.Errorf("%s %q filed %q", kind, text, r.Words)
		}
		if r.Title == "" || !utf8.ValidString(r.Title) || !utf8.ValidString(r.Words) || strings.ContainsRune(r.Words, 0) {
			t.Errorf("%s %q has the title %q", kind, text, r.Title)
		}
	})
}

// asWritten is a text as it is stored, without the blanks around it.
func asWritten(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	for strings.Contains(s, "\uFFFD\uFFFD") {
		s = strings.ReplaceAll(s, "\uFFFD\uFFFD", "\uFFFD")
	}
	return strings.TrimSpace(s)
}

func (d *desk) newest() (r bot.Request) {
	d.t.Helper()
	err := d.store.View(context.Background(), func(v bot.View) error {
		all, err := v.Requests(bot.RequestQuery{Newest: true, Limit: 1})
		if len(all) > 0 {
			r = all[0]
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}
