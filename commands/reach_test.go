package commands_test

import (
	"fmt"
	"slices"
	"testing"

	"meridian/bot"
)

// listed are the requests of one page of a person's.
func (d *desk) listed(who string, limit int) (ids []string) {
	d.t.Helper()
	err := d.store.View(d.t.Context(), func(v bot.View) error {
		found, err := bot.PagesFor(v, "web:"+who).Requests(bot.RequestQuery{Newest: true, Limit: limit})
		for _, r := range found {
			ids = append(ids, r.ID())
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return ids
}

func TestAListIsFilledWithWhatItsReaderMaySee(t *testing.T) {
	d := newDesk(t)
	d.settings.People = append(d.settings.People, bot.Person{ID: "web:pat", IDs: []string{"web:pat"}, Name: "Pat", Role: bot.Partner, Client: "Harbor"})
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(addressed("grace", "m2", "Invoice is wrong"))
	for i := range 5 {
		d.must(addressed(fmt.Sprintf("stranger%d", i), fmt.Sprintf("s%d", i), "Another"))
	}
	for who, want := range map[string][]string{"owen": {"R-1"}, "grace": {"R-2"}, "pat": {"R-2", "R-1"}, "inga": {"R-7", "R-6"}} {
		if got := d.listed(who, 2); !slices.Equal(got, want) {
			t.Errorf("%s reads %v, want %v", who, got, want)
		}
	}
}

func TestAPartnersListShowsTheClientsRequests(t *testing.T) {
	d := newDesk(t)
	d.settings.People = append(d.settings.People, bot.Person{ID: "web:pat", IDs: []string{"web:pat"}, Name: "Pat", Role: bot.Partner, Client: "Harbor"})
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(slashed("pat", "list"))
	for _, o := range d.outbox() {
		if o.Op == bot.OpWhisper {
			if id := o.Message.Text.Parts[0].ID; id == "list.empty" {
				t.Error("the list is empty")
			}
			return
		}
	}
	t.Error("there is no answer")
}
