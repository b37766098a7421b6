package commands_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"meridian/bot"
)

// whispered are the requests that the newest whisper to a person names, and
// its first sentence.
func (d *desk) whispered(who string) (numbers []string, first string) {
	d.t.Helper()
	all := d.outbox()
	slices.Reverse(all)
	for _, o := range all {
		if o.Op != bot.OpWhisper || o.Person != "web:"+who {
			continue
		}
		for i, p := range o.Message.Text.Parts {
			if p.Kind == bot.PartRequest {
				numbers = append(numbers, p.Text)
			}
			if i == 0 {
				first = p.ID
			}
		}
		return numbers, first
	}
	d.t.Fatalf("nobody told %s anything", who)
	return nil, ""
}

// partner is Pat, the first line of Harbor.
func (d *desk) partner() {
	d.settings.People = append(d.settings.People, bot.Person{ID: "web:pat", IDs: []string{"web:pat"}, Name: "Pat", Role: bot.Partner, Client: "Harbor"})
}

func TestEachFindsOnlyWhatTheyMaySee(t *testing.T) {
	d := newDesk(t)
	d.partner()
	d.must(addressed("owen", "m1", "the lighthouse is dark"))     // R-1, Harbor
	d.must(addressed("stranger", "m2", "the lighthouse is loud")) // R-2, of no company
	d.must(slashed("inga", "note R-1 the keeper sleeps"))
	d.must(addressed("grace", "m3", "the lighthouse is mine")) // R-3, Harbor, private
	d.must(slashed("vera", "private R-3"))
	d.must(slashed("inga", "give R-2 Timur"))
	d.must(slashed("vera", "close R-2 no light of ours"))
	for _, tt := range []struct {
		who, words string
		want       []string
	}{
		{"inga", "lighthouse", []string{"R-2", "R-1"}},
		{"vera", "lighthouse", []string{"R-3", "R-2", "R-1"}},
		{"pat", "lighthouse", []string{"R-1"}},
		{"owen", "lighthouse", []string{"R-1"}},
		{"grace", "lighthouse", []string{"R-3"}},
		{"stranger", "lighthouse", []string{"R-2"}},
		{"inga", "keeper", []string{"R-1"}},
		{"pat", "keeper", nil},
		{"owen", "keeper", nil},
		{"inga", "R-1", []string{"R-1"}},
		{"inga", "1", []string{"R-1"}},
		{"inga", "#1", []string{"R-1"}},
		{"inga", "3", nil},
		{"grace", "3", []string{"R-3"}},
		{"owen", "2", nil},
		{"pat", "R-2", nil},
		{"inga", "99", nil},
		{"inga", "LIGHTHOUSE dark", []string{"R-1"}},
		{"inga", "\x00\x07", nil},
		{"inga", strings.Repeat("lighthouse ", 1000), []string{"R-2", "R-1"}},
		{"inga", "'; DROP TABLE requests;--", nil},
		{"inga", "* OR 1=1", nil},
		{"inga", "\"", nil},
	} {
		d.must(slashed(tt.who, "find "+tt.words))
		if got, first := d.whispered(tt.who); !slices.Equal(got, tt.want) || len(got) == 0 && first != "find.none" {
			t.Errorf("%s finds %v by %.20q (%s), want %v", tt.who, got, tt.words, first, tt.want)
		}
	}
}

func TestALongAnswerSaysThatThereIsMore(t *testing.T) {
	d := newDesk(t)
	for i := range 12 {
		d.must(addressed(fmt.Sprint("guest", i), fmt.Sprint("m", i), "the harbour is full"))
	}
	d.must(slashed("inga", "find harbour"))
	got, _ := d.whispered("inga")
	if len(got) != 10 || got[0] != "R-12" {
		t.Errorf("%v", got)
	}
	for _, o := range d.outbox() {
		if text, _ := json.Marshal(o); o.Op == bot.OpWhisper && strings.Contains(string(text), "find.more") {
			return
		}
	}
	t.Error("nothing says that there is more")
}

// Words that begin with a command's name are only that command where they make
// sense.
func TestAMentionWithManyWordsFindsAndLosesNothing(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "the lighthouse is dark since the storm"))
	d.must(bot.Event{Place: channel("desk"), Message: "m2", Actor: actor("inga"), Body: bot.Said{Text: "find lighthouse dark since storm", Mentioned: true}})
	if got, _ := d.whispered("inga"); !slices.Equal(got, []string{"R-1"}) {
		t.Errorf("found %v", got)
	}
	for _, who := range []string{"guest", "inga"} {
		n := len(d.requests())
		d.must(addressed(who, "client-"+who, "client area of the shop is broken"))
		if all := d.requests(); len(all) != n+1 || all[n].Words != "client area of the shop is broken" {
			t.Errorf("%s: %d requests of %d", who, len(all), n)
		}
	}
}
