package commands_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"meridian/bot"
)

func clientOf(who, text string) bot.Event {
	return bot.Event{Place: channel("desk"), Actor: actor(who), Body: bot.Commanded{Slash: "client", Text: text}}
}

// card is the newest whisper to a person as JSON.
func (d *desk) card(who string) string {
	d.t.Helper()
	text := ""
	for _, o := range d.outbox() {
		if o.Op == bot.OpWhisper && o.Person == "web:"+who {
			b, err := json.Marshal(o.Message)
			if err != nil {
				d.t.Fatal(err)
			}
			text = string(b)
		}
	}
	return text
}

func TestAPartnerSeesOnlyTheirOwnCompanies(t *testing.T) {
	d := newDesk(t)
	d.partner()
	d.settings.Clients = append(d.settings.Clients, bot.Client{Name: "Larkspur Media", Notes: "they pay late"})
	d.settings.Clients[0].Notes = "they like to be called"
	d.must(clientOf("pat", "Harbor"))
	if got := d.card("pat"); !strings.Contains(got, "Harbor") || strings.Contains(got, "called") {
		t.Errorf("Pat reads %s", got)
	}
	_, err := d.do(clientOf("pat", "Larkspur Media"))
	var told *bot.Error
	if !errors.As(err, &told) || strings.Contains(told.Text.Parts[0].Args["List"].Text, "Larkspur") {
		t.Errorf("Pat hears %+v", told)
	}
	err = d.store.View(t.Context(), func(v bot.View) error {
		choices, err := d.router.Choices(v, bot.Query{Actor: actor("pat"), Text: "/client client "})
		if len(choices) != 1 || choices[0].Value != "Harbor" {
			t.Errorf("completion offers %v", choices)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d.must(clientOf("inga", "lark"))
	if got := d.card("inga"); !strings.Contains(got, "pay late") {
		t.Errorf("Inga reads %s", got)
	}
}

func TestTheCardOfACompanyShowsNothingPrivate(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", secret))
	d.must(slashed("inga", "complaint R-1"))
	d.must(clientOf("dina", "Harbor"))
	if got := d.card("dina"); strings.Contains(got, secret) || strings.Contains(got, "client.hushed") {
		t.Errorf("Dina reads %s", got)
	}
	d.must(clientOf("vera", "Harbor"))
	if got := d.card("vera"); !strings.Contains(got, secret) || !strings.Contains(got, "client.hushed") {
		t.Errorf("Vera reads %s", got)
	}
}

func TestACompanyIsFoundByWhatIsItsAlone(t *testing.T) {
	d := newDesk(t)
	d.settings.Clients = []bot.Client{{Name: "Harbor & Co", Domains: []string{"harbor.example"}, Sites: []string{"copperfield.example"}}, {Name: "Harbinger"}, {Name: "Larkspur"}}
	for given, want := range map[string]string{
		"Harbor & Co": "Harbor & Co", "harbor": "Harbor & Co", "HARBI": "Harbinger", "harb": "refuse.no_client", "harbor.example": "Harbor & Co", "copperfield.example": "Harbor & Co",
		"": "refuse.which_client", "  ": "refuse.which_client", "nobody": "refuse.no_client", strings.Repeat("x", 10_000): "refuse.no_client", "\x00": "refuse.no_client", "l.": "Larkspur",
	} {
		_, err := d.do(clientOf("inga", given))
		got := strings.TrimPrefix(d.refusal(err), "refused: ")
		if got == "" {
			got = want
			if !strings.Contains(d.card("inga"), strings.ReplaceAll(want, "&", "\\u0026")) {
				got = d.card("inga")
			}
		}
		if got != want {
			t.Errorf("%.20q: %s, want %s", given, got, want)
		}
	}
}

func TestOnlyLeadsWriteCompaniesAndNotThoseOfTheFile(t *testing.T) {
	d := newDesk(t)
	d.settings.Clients = []bot.Client{{Name: "Harbor", Domains: []string{"harbor.example"}, Locked: true}, {Name: "Larkspur Media"}, {Name: "Larkspur"}}
	for _, tt := range []struct{ who, text, want string }{
		{"inga", "add Brightwell", "refuse.denied_all"},
		{"inga", "notes Larkspur x", "refuse.denied_all"},
		{"vera", "add Brightwell brightwell.example", ""},
		{"vera", "add", "refuse.usage"},
		{"vera", "add brightwell.example", "refuse.usage"},
		{"vera", "add Other harbor.example", "refuse.domain_taken"},
		{"vera", "add Harbor x.example", "refuse.client_locked"},
		{"vera", "notes Larkspur Media: they write at night", ""},
		{"vera", "notes Harbor x", "refuse.client_locked"},
		{"vera", "notes Nobody x", "refuse.no_client"},
	} {
		_, err := d.do(clientOf(tt.who, tt.text))
		if got := strings.TrimPrefix(d.refusal(err), "refused: "); got != tt.want {
			t.Errorf("%s: %s says %q, want %q", tt.who, tt.text, got, tt.want)
		}
	}
}
