package web

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"meridian/bot"
	"meridian/bot/say"
)

// hostile is what people paste, by accident or not.
func hostile() []string {
	return []string{
		"plain", "", "<script>alert(1)</script>", `<img src=x onerror="alert(1)">`, `"><b>bold</b>`, "</div></article></body>", "<!-- comment",
		"&lt;!here&gt; &amp; &#60;", "<!channel> <@U1> <http://x|text> @everyone <@&role>", "`code` ```block``` >>> quote", "{{.Me}} ${x} {% y %}",
		"line\nline\n\n\ttab  two spaces ", "\nfirst line is empty", "only emoji 🎫👨‍👩‍👧‍👦", "Z" + strings.Repeat("\u0301", 1000), "\u202egnirts desrever\u202c",
		"\u2066\u2067unclosed isolates", "null\x00byte", "javascript:alert(1)", strings.Repeat("<", 40_001), "]]>", "<plaintext>", "<textarea></textarea>", "<svg/onload=alert(1)>",
		"\u2028\u2029", "a\u00a0b", "\ufeffbom", "hx-get=/x hx-trigger=load", `' onmouseover='x`,
	}
}

// shownAs is the text of a page's first element with this test id, and how many
// elements the page has.
func shownAs(t testing.TB, page, id string) (string, int) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var found *html.Node
	elements := 0
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			elements++
			if found == nil && attribute(n, "data-testid") == id {
				found = n
			}
		}
	}
	if found == nil {
		t.Fatalf("no element %q in %.600s", id, page)
	}
	return textOf(found), elements
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// storable is a text as the store keeps it: NUL and what is no UTF-8 have
// become U+FFFD.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func page(t testing.TB, a *Adapter, d *fakeDesk, text string) string {
	t.Helper()
	d.shown = []bot.ShownMessage{{Place: support, ID: "m1", Author: "web:owen", Name: text, Said: "x" + text, At: time.Unix(0, 0)}}
	var l list
	err := d.View(t.Context(), "web:dina", func(p bot.Pages) error {
		var err error
		l, err = a.list(p, reader{ID: "web:dina", Person: p.Who(), Zone: time.UTC, Language: say.English}, support, 10)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := a.pages[say.English].t.ExecuteTemplate(&b, "list", l); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhatPeopleWriteIsShownAsTheyWroteItAndAddsNoElement(t *testing.T) {
	d := newFakeDesk()
	a := newAdapter(t, d)
	_, usual := shownAs(t, page(t, a, d, "plain"), "said")
	check := func(t testing.TB, text string) {
		text = storable(text)
		got, elements := shownAs(t, page(t, a, d, text), "said")
		want := "x" + strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
		if got != want {
			t.Errorf("%.80q is shown as %.80q", want, got)
		}
		if elements != usual {
			t.Errorf("%.80q makes %d elements of %d", text, elements, usual)
		}
	}
	for _, text := range hostile() {
		check(t, text)
	}
	rapid.Check(t, func(r *rapid.T) {
		pieces := rapid.SliceOf(rapid.OneOf(rapid.SampledFrom(hostile()[:19]), rapid.String())).Draw(r, "pieces")
		check(t, strings.Join(pieces, ""))
	})
}

func TestWhatTheBotQuotesIsNeverMarkup(t *testing.T) {
	a := newAdapter(t, newFakeDesk())
	me := reader{Zone: time.UTC, Language: say.English}
	elements := func(fragment string) (string, []string) {
		var names []string
		root, err := html.Parse(strings.NewReader("<body><div>" + fragment + "</div>"))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Type == html.ElementNode {
				names = append(names, n.Data)
			}
		}
		return textOf(root), names
	}
	for _, text := range hostile() {
		text = storable(text)
		if utf8.RuneCountInString(text) > 2000 {
			text = text[:2000]
		}
		parts := []bot.Part{
			bot.Quote("x" + text), bot.Break(), bot.BlockQuote("y" + text), bot.Break(), bot.Code("z" + text),
			{Kind: bot.PartPerson, Person: text, Text: "p" + text}, {Kind: bot.PartRequest, Text: "r" + text}, bot.Link(text, "l"+text), bot.Link("https://desk.example/?"+text, "k"+text),
		}
		got, names := elements(string(a.html(bot.Text{Parts: parts}, me)))
		for _, letter := range "xyzprlk" {
			if !strings.Contains(got, string(letter)+text) {
				t.Errorf("%.40q after %c is shown as %.200q", text, letter, got)
			}
		}
		if want := "html head body div bdi blockquote code bdi bdi"; !strings.HasPrefix(strings.Join(names, " "), want) || len(names) > 12 {
			t.Errorf("%.40q makes %v", text, names)
		}
	}
}

func TestOnlyLinksToHTTPAreLinks(t *testing.T) {
	for address, want := range map[string]bool{
		"https://desk.example/x?a=1&b=2": true, "http://desk.example": true, "HTTPS://desk.example": true,
		"javascript:alert(1)": false, "data:text/html,x": false, "//desk.example": false, "/r/1": false, "https:desk.example": false,
		"": false, "ftp://desk.example": false, " https://desk.example": false, "https://": false, "http://[::1": false,
	} {
		got := link(address, "label")
		if strings.HasPrefix(got, "<a ") != want {
			t.Errorf("%q: %s", address, got)
		}
		if want && !strings.Contains(got, `rel="noopener noreferrer nofollow"`) {
			t.Errorf("%q: %s", address, got)
		}
	}
}

func TestTimesAreInTheReadersZoneWithTheExactInstant(t *testing.T) {
	a := newAdapter(t, newFakeDesk())
	at := time.Date(2026, 3, 3, 22, 12, 0, 0, time.UTC)
	me := reader{Zone: time.FixedZone("Europe/Minsk", 3*3600), Language: say.English}
	got := string(a.html(bot.Text{Language: say.Russian, Parts: []bot.Part{bot.At(at)}}, me))
	if want := `<time datetime="2026-03-03T22:12:00Z" title="2026-03-03T22:12:00Z">ср, 4 марта 01:12</time>`; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestACardHasItsFirstLineSetOff(t *testing.T) {
	a := newAdapter(t, newFakeDesk())
	me := reader{Zone: time.UTC, Language: say.English}
	text := bot.Text{Parts: []bot.Part{{Kind: bot.PartRequest, Text: "R-12"}, bot.Quote(" · "), bot.Quote("Broken"), bot.Break(), bot.Quote("Harbor"), bot.Break(), bot.BlockQuote("words"), bot.Break(), bot.Quote("due")}}
	head, rest := cardParts(text)
	if got := a.html(head, me); got != `<a class="request" href="/r/12">R-12</a> · <bdi>Broken</bdi>` {
		t.Errorf("head %s", got)
	}
	if got := a.html(rest, me); got != `<bdi>Harbor</bdi><blockquote dir="auto">words</blockquote><bdi>due</bdi>` {
		t.Errorf("rest %s", got)
	}
}

func TestEveryWordOfThePagesIsInBothLanguages(t *testing.T) {
	c := catalogue(t)
	en, ru := map[string]bool{}, map[string]bool{}
	for _, id := range c.IDs(say.English) {
		en[id] = true
	}
	for _, id := range c.IDs(say.Russian) {
		ru[id] = true
	}
	for id := range en {
		if strings.HasPrefix(id, "web.") && !ru[id] {
			t.Errorf("%s is not in Russian", id)
		}
	}
	for id := range ru {
		if strings.HasPrefix(id, "web.") && !en[id] {
			t.Errorf("%s is not in English", id)
		}
	}
	for _, id := range wordsUsed(t) {
		if !en[id] {
			t.Errorf("%s is used and not in the catalogue", id)
		}
	}
}
