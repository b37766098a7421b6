package browser

import "encoding/json"

// elements is a JavaScript expression: an array of elements of the page.
type elements string

// quote is a text as JavaScript writes it.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string can always be written
	}
	return string(b)
}

// one are the elements of a CSS selector, of which a test mostly wants one.
func one(css string) elements {
	return elements(`[...document.querySelectorAll(` + quote(css) + `)]`)
}

// in are elements below these.
func (e elements) in(css string) elements {
	return elements(`(` + string(e) + `).flatMap(e => [...e.querySelectorAll(` + quote(css) + `)])`)
}

// with are those of the elements whose text has all of the words.
func (e elements) with(words ...string) elements {
	for _, w := range words {
		e = elements(`(` + string(e) + `).filter(e => e.innerText.includes(` + quote(w) + `))`)
	}
	return e
}

// text is the text of the first element, or none.
func (e elements) text() string { return `((` + string(e) + `)[0]?.textContent ?? '').trim()` }

// attribute is an attribute of the first element, or none.
func (e elements) attribute(name string) string {
	return `((` + string(e) + `)[0]?.getAttribute(` + quote(name) + `) ?? '')`
}

// messages are those of a pane, "main" or "thread".
func messages(pane string) elements {
	return one("[data-testid=list-" + pane + "] [data-testid=message]")
}

// card is the card of a request in the open channel.
func card(request string) elements {
	return one("[data-testid=list-main] [data-card]").with(request + " ·")
}

// whispers are what only this person sees.
func whispers() elements { return one("[data-testid=message][data-whisper]") }
