package commands_test

import (
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/say"
	"meridian/commands"
)

// What a refusal, the help and a completion tell somebody to type is understood,
// in the language in which it is told: it begins with a word of that command in
// that language.
func TestWhatPeopleAreToldToTypeIsUnderstood(t *testing.T) {
	catalogue, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	router, err := bot.NewRouter(commands.All(), commands.Unasked())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range commands.All() {
		if c.Help == "" || c.Whole || c.Slash == "nudge" {
			continue
		}
		if !strings.HasPrefix(c.Usage, "usage.") && c.Usage != c.Name {
			t.Errorf("%s: its usage %q is in no catalogue", c.Name, c.Usage)
		}
		for _, l := range []say.Language{say.English, say.Russian} {
			usage := bot.Text{Parts: []bot.Part{bot.Usage(c.Usage)}}.For(l).Plain(catalogue, time.UTC)
			word, _, _ := strings.Cut(usage, " ")
			if got, ok := router.Command(word); !ok || got.Name != c.Name {
				t.Errorf("%s in %s: %q is understood as %q", c.Name, l, usage, got.Name)
			}
			if l == say.Russian && len(c.Words[l]) > 0 && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz-") == "" {
				t.Errorf("%s: a Russian reader is told %q, and there is %q", c.Name, usage, c.Words[l])
			}
		}
	}
}

// The examples for a request are done as they stand, in both languages.
func TestEveryUsageOnARequestIsDoneAsItStands(t *testing.T) {
	catalogue, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("NAMES", "Timur", "ИМЕНА", "Timur", "NAME", "Timur", "ИМЯ", "Timur", "КОГО", "хостинг", "R-12", "R-1", "R-13", "R-2", "R-14", "R-3")
	for _, c := range commands.All() {
		if c.Help == "" || len(c.Args) == 0 || c.Args[0].Kind != bot.ArgRequest {
			continue
		}
		for _, l := range []say.Language{say.English, say.Russian} {
			d := newDesk(t)
			for range 3 {
				d.in(bot.Open, 0)
			}
			usage := bot.Text{Parts: []bot.Part{bot.Usage(c.Usage)}}.For(l).Plain(catalogue, time.UTC)
			_, err := d.do(slashed("vera", fill.Replace(usage)))
			for _, wrong := range []string{"refuse.usage", "refuse.which", "refuse.unknown", "refuse.bad_number", "refuse.no_request", "refuse.no_such_person", "refuse.until", "refuse.unclear", "refuse.no_class", "refuse.no_level", "refuse.bad_kind", "refuse.empty"} {
				if strings.HasSuffix(d.refusal(err), wrong) {
					t.Errorf("%q is refused: %v", usage, err)
				}
			}
		}
	}
}

// Whoever gets a request is named as people write names: in any case of letters,
// behind "to", and as Russian declines them, as long as it can be only one.
func TestAPersonIsNamedAsPeopleWriteNames(t *testing.T) {
	for words, want := range map[string]string{
		"Инга": "web:i", "Инге": "web:i", "инге": "web:i", "Инге, пожалуйста": "web:i", "на Ингу": "web:i", "@Инга": "web:i",
		"Тимуру": "web:t", "Игорю": "web:g", "to Grace": "web:p", "grace": "web:p", "Grace Lin": "web:p", "web:p": "web:p",
		"Ан": "", "Анне": "", "Инги Петровой": "", "Gracie": "", "to": "", "": "", "не": "", "ь": "",
	} {
		d := newDesk(t)
		d.settings.People = append(d.settings.People, bot.Person{ID: "web:i", IDs: []string{"web:i"}, Name: "Инга", Role: bot.Agent},
			bot.Person{ID: "web:t", IDs: []string{"web:t"}, Name: "Тимур", Role: bot.Agent}, bot.Person{ID: "web:g", IDs: []string{"web:g"}, Name: "Игорь Ли", Role: bot.Agent},
			bot.Person{ID: "web:a1", IDs: []string{"web:a1"}, Name: "Анна К", Role: bot.Agent}, bot.Person{ID: "web:a2", IDs: []string{"web:a2"}, Name: "Анна Л", Role: bot.Agent},
			bot.Person{ID: "web:p", IDs: []string{"web:p"}, Name: "Grace Lin", Role: bot.Agent})
		d.settings.People = d.settings.People[len(d.settings.People)-6:]
		d.settings.People = append(d.settings.People, bot.Person{ID: "web:vera", IDs: []string{"web:vera"}, Name: "Vera", Role: bot.Lead})
		r := d.in(bot.Open, 0)
		_, err := d.do(slashed("vera", strings.TrimSpace("give R-1 "+words)))
		if got := d.request(r.Number).Assignee; got != want || (d.refusal(err) == "") != (want != "") {
			t.Errorf("%q: %q, %v, want %q", words, got, err, want)
		}
	}
}
