package commands_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// access says what becomes of each command on a request: + it is done or
// refused for its state, - the role may not, ? it is as if the number did not
// exist.
const access = `
                            show take escalate note reply solve confirm close reopen give query hold resume pause tag class level convert fill missing thank private complaint lift ask replyall solveall link unlink cause merge split original address
outsider   own              +    -    -        -    -     -     +       -     +      -    -     -    -      -     -   -     -     -       -    -       -     -       -         -    -   -        -        -    -      -     -     -     -        -
outsider   own private      +    -    -        -    -     -     +       -     +      -    -     -    -      -     -   -     -     -       -    -       -     -       -         -    -   -        -        -    -      -     -     -     -        -
outsider   company          ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
outsider   company private  ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
outsider   other            ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
outsider   other private    ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
requester  own              +    -    -        -    -     -     +       -     +      -    -     -    -      -     -   -     -     -       -    -       -     -       -         -    -   -        -        -    -      -     -     -     -        -
requester  own private      +    -    -        -    -     -     +       -     +      -    -     -    -      -     -   -     -     -       -    -       -     -       -         -    -   -        -        -    -      -     -     -     -        -
requester  company          ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
requester  company private  ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
requester  other            ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
requester  other private    ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
partner    own              +    +    +        -    +     -     +       -     +      -    +     -    -      -     -   -     -     -       -    +       +     -       -         -    +   +        -        -    -      -     -     -     -        +
partner    own private      +    +    +        -    +     -     +       -     +      -    +     -    -      -     -   -     -     -       -    +       +     -       -         -    +   +        -        -    -      -     -     -     -        +
partner    company          +    +    +        -    +     -     +       -     +      -    +     -    -      -     -   -     -     -       -    +       +     -       -         -    +   +        -        -    -      -     -     -     -        +
partner    company private  ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
partner    other            ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
partner    other private    ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
agent      own              +    +    +        +    +     +     -       -     +      +    +     +    +      +     +   +     -     +       +    +       +     +       +         -    +   +        +        +    +      +     +     +     +        +
agent      own private      +    +    +        +    +     +     -       -     +      +    +     +    +      +     +   +     -     +       +    +       +     +       +         -    +   +        +        +    +      +     +     +     +        +
agent      company          +    +    +        +    +     +     -       -     +      +    +     +    +      +     +   +     -     +       +    +       +     +       +         -    +   +        +        +    +      +     +     +     +        +
agent      company private  ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
agent      other            +    +    +        +    +     +     -       -     +      +    +     +    +      +     +   +     -     +       +    +       +     +       +         -    +   +        +        +    +      +     +     +     +        +
agent      other private    ?    ?    ?        ?    ?     ?     ?       ?     ?      ?    ?     ?    ?      ?     ?   ?     ?     ?       ?    ?       ?     ?       ?         ?    ?   ?        ?        ?    ?      ?     ?     ?     ?        ?
lead       own              +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
lead       own private      +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
lead       company          +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
lead       company private  +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
lead       other            +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
lead       other private    +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
admin      own              +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
admin      own private      +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
admin      company          +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
admin      company private  +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
admin      other            +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
admin      other private    +    +    +        +    +     +     +       +     +      +    +     +    +      +     +   +     +     +       +    +       +     +       +         +    +   +        +        +    +      +     +     +     +        +
`

// surfaces are the ways by which a command about a request can be given.
func surfaces() map[bot.Surface]func(command, words string, number int64) bot.Body {
	id := bot.RequestID
	return map[bot.Surface]func(string, string, int64) bot.Body{
		bot.ByCommand: func(c, w string, n int64) bot.Body {
			return bot.Commanded{Slash: "desk", Text: c + " " + id(n) + " " + w}
		},
		bot.ByMention: func(c, w string, n int64) bot.Body { return bot.Said{Text: c + " " + id(n) + " " + w, Mentioned: true} },
		bot.ByButton:  func(c, _ string, n int64) bot.Body { return bot.Pressed{Act: c, Value: id(n)} },
		bot.ByForm: func(c, w string, n int64) bot.Body {
			return bot.Submitted{Act: c, Value: id(n), Fields: map[string]string{fieldOf(c): w}}
		},
	}
}

// Every cell, by every surface. A request that may not be seen answers to the
// letter like a number that is missing, and a refusal changes nothing.
func TestEveryRoleOnEveryRequestByEverySurface(t *testing.T) {
	d := newDesk(t)
	lines := strings.Split(strings.TrimSpace(access), "\n")
	names := strings.Fields(lines[0])
	if want := len(bot.Roles()) * 6; len(lines)-1 != want {
		t.Fatalf("%d lines, want %d", len(lines)-1, want)
	}
	for _, line := range lines[1:] {
		cells := strings.Fields(line[28:])
		role, relation := bot.Role(strings.Fields(line)[0]), strings.TrimSpace(line[11:28])
		d.settings.People = []bot.Person{{ID: "web:who", IDs: []string{"web:who"}, Name: "Who", Role: role, Client: "Harbor"}}
		for i, name := range names {
			for surface, body := range surfaces() {
				what := fmt.Sprintf("%s, %s request, %s by %s", role, relation, name, surface)
				d.checkCell(what, name, cells[i], relation, body)
			}
		}
	}
}

// wordsOf are what a command takes behind the number.
func wordsOf(command string) string {
	return map[string]string{
		"note": "because", "reply": "because", "close": "because", "query": "because", "give": "Who", "hold": "the hosting", "tag": "billing",
		"pause": time.Now().Add(time.Hour).Format(time.RFC3339), "class": "expedite", "level": "2", "convert": "bug", "fill": "steps: because",
		"ask": "because", "replyall": "because", "link": "R-1", "unlink": "R-1", "cause": "R-1", "merge": "R-1", "original": "a@shop.example", "address": "a@shop.example",
	}[command]
}

// fieldOf is the field of a command's form that takes them.
func fieldOf(command string) string {
	if field, ok := map[string]string{
		"close": "reason", "give": "name", "hold": "name", "tag": "tags", "pause": "until", "class": "class", "level": "level", "convert": "kind", "fill": "steps", "link": "others", "unlink": "others", "cause": "others", "merge": "others", "split": "words", "original": "other", "address": "address",
	}[command]; ok {
		return field
	}
	return "text"
}

func (d *desk) checkCell(what, name, want, relation string, body func(string, string, int64) bot.Body) {
	d.t.Helper()
	words := wordsOf(name)
	r := d.filed(relation, name)
	got := d.answer(body(name, words, r.Number))
	missing := d.answer(body(name, words, 999_999))
	if strings.ReplaceAll(got, r.ID(), "R-999999") == missing {
		got = "?"
	} else if strings.HasPrefix(got, "denied") {
		got = "-"
	} else {
		got = "+"
	}
	if got != want {
		d.t.Errorf("%s: %s, want %s", what, got, want)
	}
	if after := d.request(r.Number); got != "+" && !reflect.DeepEqual(after, r) {
		d.t.Errorf("%s: refused, and changed %+v to %+v", what, r, after)
	}
}

// filed stores a request in a state in which the command makes sense.
func (d *desk) filed(relation, command string) (r bot.Request) {
	d.t.Helper()
	r = bot.Request{Title: "t", Words: "w", State: bot.Open, Level: 1, Requester: "web:who", Name: "N", Client: "Harbor", Home: channel("support").In("1"), Desk: channel("desk")}
	switch {
	case strings.HasPrefix(relation, "company"):
		r.Requester = "web:colleague"
	case strings.HasPrefix(relation, "other"):
		r.Requester, r.Client = "web:stranger", "Larkspur"
	}
	r.Private = strings.HasSuffix(relation, "private")
	if command == "confirm" || command == "reopen" {
		r.State, r.Assignee = bot.Solved, "web:nobody"
	}
	d.change(func(tx bot.Tx) error { return tx.SaveRequest(&r) })
	return d.request(r.Number)
}

func (d *desk) request(number int64) (r bot.Request) {
	d.t.Helper()
	err := d.store.View(context.Background(), func(v bot.View) (err error) {
		r, err = v.Request(number)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// answer gives an event of the person of this test and renders the refusal
// with all its arguments.
func (d *desk) answer(b bot.Body) string {
	d.t.Helper()
	_, err := d.do(bot.Event{Place: channel("inside"), Message: fmt.Sprint("m", d.n), Actor: actor("who"), Body: b})
	var told *bot.Error
	if err == nil {
		return "done"
	}
	if !errors.As(err, &told) {
		d.t.Fatal(err)
	}
	answer := fmt.Sprintf("%s %v", told.Error(), told.Text.Parts[0].Args)
	if told.Denied {
		return "denied " + answer
	}
	return answer
}

// Commands that are about no request: one table of who may give them.
func TestEveryRoleAndTheCommandsAboutNoRequest(t *testing.T) {
	const may = `
           file list help alert stuck replay undo find client canned send
outsider   +    +    +    -     -     -      +    +    -      -      -
requester  +    +    +    -     -     -      +    +    -      -      -
partner    +    +    +    -     -     -      +    +    +      +      +
agent      +    +    +    +     -     -      +    +    +      +      +
lead       +    +    +    +     +     +      +    +    +      +      +
admin      +    +    +    +     +     +      +    +    +      +      +
`
	d := newDesk(t)
	lines := strings.Split(strings.TrimSpace(may), "\n")
	names := strings.Fields(lines[0])
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		d.settings.People = []bot.Person{{ID: "web:who", IDs: []string{"web:who"}, Name: "Who", Role: bot.Role(cells[0]), Client: "Harbor"}}
		for i, name := range names {
			got := d.answer(bot.Commanded{Slash: "desk", Text: strings.TrimSpace(name + map[string]string{"file": " words", "alert": " take 99", "replay": " event 99", "undo": " R-999", "find": " words", "client": " Harbor"}[name])})
			if denied := strings.HasPrefix(got, "denied"); denied != (cells[i+1] == "-") {
				t.Errorf("%s, %s: %s", cells[0], name, got)
			}
		}
	}
}

// What cannot be seen cannot be undone either, and nobody learns that it is
// there.
func TestUndoSaysNothingOfWhatIsHidden(t *testing.T) {
	d := newDesk(t)
	r := d.filed("other", "take")
	hidden := d.answer(bot.Commanded{Slash: "desk", Text: "undo " + r.ID()})
	missing := d.answer(bot.Commanded{Slash: "desk", Text: "undo R-999999"})
	if strings.ReplaceAll(hidden, r.ID(), "R-999999") != missing {
		t.Errorf("hidden: %s, missing: %s", hidden, missing)
	}
}

// All emoji of a request's first message, by each role, on one's own and on
// another's request.
func TestEveryRoleByEmoji(t *testing.T) {
	const table = `
                    eyes rotating_light white_check_mark repeat zzz hourglass_flowing_sand bug bulb
outsider   own      -    +              +                +      -   -                       o   o
outsider   other    ?    ?              ?                ?      ?   ?                       o   o
requester  own      -    +              +                +      -   -                       o   o
requester  company  ?    ?              ?                ?      ?   ?                       o   o
partner    company  +    +              +                +      -   +                       o   o
partner    other    ?    ?              ?                ?      ?   ?                       o   o
agent      other    +    +              +                +      +   +                       +   +
lead       other    +    +              +                +      +   +                       +   +
admin      other    +    +              +                +      +   +                       +   +
`
	d := newDesk(t)
	lines := strings.Split(strings.TrimSpace(table), "\n")
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		d.settings.People = []bot.Person{{ID: "web:who", IDs: []string{"web:who"}, Name: "Who", Role: bot.Role(cells[0]), Client: "Harbor"}}
		for i, emoji := range strings.Fields(lines[0]) {
			r := d.filed(cells[1], "take")
			message, sent := fmt.Sprint("first", r.Number), len(d.outbox())
			d.change(func(tx bot.Tx) error { return tx.LinkMessage(channel("support"), message, r.Number, bot.FaceHome, "") })
			_, err := d.do(bot.Event{Place: channel("support"), Message: message, Actor: actor("who"), Body: bot.Reacted{Emoji: emoji}})
			got := "+"
			var told *bot.Error
			switch {
			case err == nil && d.request(r.Number).Version == r.Version && len(d.outbox()) == sent:
				got = "o" // only a sign between people
			case errors.As(err, &told) && told.Denied:
				got = "-"
			case told != nil && told.Error() == "refused: refuse.no_request":
				got = "?"
			}
			if got != cells[i+2] {
				t.Errorf("%s, %s request, %s: %s (%v), want %s", cells[0], cells[1], emoji, got, err, cells[i+2])
			}
		}
	}
}
