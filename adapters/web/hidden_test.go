package web

import (
	"net/http"
	"strings"
	"testing"

	"meridian/bot"
)

// hiddenPage is a page of the team's or of somebody else's, and one like it
// that is not there.
type hiddenPage struct{ hidden, missing string }

func TestWhatOwenAndGraceMayNotReadAnswersLikeWhatIsMissing(t *testing.T) {
	d := fullDesk()
	d.settings.People = append(d.settings.People, bot.Person{ID: "web:grace", IDs: []string{"web:grace"}, Name: "Grace", Role: bot.Requester})
	d.mails[0].Request, d.mails[1].Request = 12, 13
	pages := []hiddenPage{
		{"/c/desk", "/c/nowhere"}, {"/c/alerts", "/c/nowhere"}, {"/c/team", "/c/nowhere"}, {"/c/desk/t/b1", "/c/nowhere/t/b1"}, {"/c/support/t/b1", "/c/support/t/nothing"},
		{"/c/@dina", "/c/nowhere"}, {"/mail", "/nowhere"}, {"/r/13", "/r/99"}, {"/r/R-13", "/r/R-99"},
		{"/part/list?place=web:desk", "/part/list?place=web:nowhere"}, {"/part/list?place=web:desk/b1", "/part/list?place=web:nowhere/b1"},
		{"/part/list?place=web:@dina", "/part/list?place=web:@nobody"},
		{"/pick?place=web:desk&message=b1", "/pick?place=web:nowhere&message=b1"}, {"/pick?place=web:support&message=w1", "/pick?place=web:support&message=nothing"},
		{"/menu?place=web:desk&message=b1", "/menu?place=web:nowhere&message=b1"}, {"/choices?place=web:desk&text=/re", "/choices?place=web:nowhere&text=/re"},
	}
	for _, path := range []string{"/c/desk", "/c/alerts", "/c/team", "/c/desk/t/b1", "/mail", "/r/13", "/part/list?place=web:desk", "/pick?place=web:desk&message=b1"} {
		if w := openAs(t, d, "web:dina").get(path); w.Code != http.StatusOK {
			t.Errorf("%s answers an agent %d", path, w.Code)
		}
	}
	for _, who := range []string{"web:owen", "web:grace"} {
		b, others := openAs(t, d, who), pages
		if who == "web:grace" { // Owen's own is not hers
			others = append(others[:len(others):len(others)], hiddenPage{"/r/12", "/r/99"})
		}
		for _, p := range others {
			hidden, missing := b.get(p.hidden), b.get(p.missing)
			if hidden.Code != http.StatusNotFound || missing.Code != http.StatusNotFound || hidden.Body.String() != missing.Body.String() {
				t.Errorf("%s: %s answers %d, %s answers %d, the same words: %v", who, p.hidden, hidden.Code, p.missing, missing.Code, hidden.Body.String() == missing.Body.String())
			}
		}
		for _, path := range []string{"/say", "/press", "/react", "/submit", "/edit", "/delete"} {
			send := func(place string) (int, string) {
				w := b.post(path, "place", place, "message", "b1", "nonce", "n", "text", "x", "act", "solve", "value", "R-12", "emoji", "eyes")
				return w.Code, w.Body.String()
			}
			status, body := send("web:desk")
			none, words := send("web:nowhere")
			if status != http.StatusNotFound || none != http.StatusNotFound || body != words {
				t.Errorf("%s: posting to %s answers %d in #desk and %d in a channel that is not there", who, path, status, none)
			}
		}
	}
	if n := len(d.accepted()); n != 0 {
		t.Errorf("%d events were accepted", n)
	}
}

func TestAClientIsNotToldWhatClientsRead(t *testing.T) {
	d := fullDesk()
	for path, warning := range map[string]string{"/c/support": "Clients read this channel", "/requests": `class="shared"`, "/r/12": "client reads this"} {
		if strings.Contains(openAs(t, d, "web:owen").get(path).Body.String(), warning) {
			t.Errorf("%s warns a client: %s", path, warning)
		}
		if !strings.Contains(openAs(t, d, "web:dina").get(path).Body.String(), warning) {
			t.Errorf("%s does not warn an agent: %s", path, warning)
		}
	}
}
