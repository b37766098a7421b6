package bot

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// understand turns an event into the call of a command: who, which request,
// which arguments. It refuses what the person may not do, and answers for a
// hidden request as for a missing one.
func understand(v View, e Event, c Command, rest string) (Call, error) {
	call := Call{Command: c.Name, Person: v.Settings().Person(e.Actor), Args: map[string]string{}, Surface: SurfaceOf(e)}
	var about Request
	var err error
	switch b := e.Body.(type) {
	case Reacted:
		call.Emoji, call.Undo = b.Emoji, b.Removed
		about, err = aboutMessage(v, e, &call)
		// A state emoji means something on the card and on the first message
		// only; elsewhere people say something to each other with it.
		if err == nil && wantsRequest(c) && !call.Root {
			err = ErrPass
		}
	default:
		about, err = aboutThread(v, e, &call)
	}
	if err != nil {
		return Call{}, err
	}
	if sub, ok := e.Body.(Submitted); ok {
		err = submitted(sub, &call, c)
	} else if call.Emoji == "" {
		_, pressed := e.Body.(Pressed)
		err = parseArgs(c, rest, &call, pressed && c.Form != nil)
	}
	if err != nil {
		return Call{}, err
	}
	if call.Request != 0 && call.Request != about.Number {
		if about, err = Visible(v, call.Person, call.Request); err != nil {
			return Call{}, err
		}
	}
	if about.Number != 0 && !call.Person.Sees(about) {
		switch {
		case wantsRequest(c):
			return Call{}, noRequest(about.Number)
		case call.Emoji != "":
			return Call{}, ErrPass
		}
		call.Request, call.Face, about = 0, "", Request{} // it only happens to stand in that thread
	}
	if !call.Person.May(c.Action, about) {
		return Call{}, Denied(c.Name, c.Action, call.Person, about)
	}
	return call, nil
}

// SurfaceOf is the way by which an event came.
func SurfaceOf(e Event) Surface {
	switch b := e.Body.(type) {
	case Reacted:
		return ByEmoji
	case Pressed:
		return ByButton
	case Submitted:
		return ByForm
	case Commanded:
		return ByCommand
	case Mailed:
		return ByMail
	case Said:
		if b.Mentioned {
			return ByMention
		}
		return ByMessage
	case Due, Failed, Answered, Alerted:
		return ByDesk
	}
	return ByMessage
}

func wantsRequest(c Command) bool {
	return len(c.Args) > 0 && c.Args[0].Kind == ArgRequest
}

// aboutMessage finds the request whose card or first message an emoji is on.
func aboutMessage(v View, e Event, call *Call) (Request, error) {
	r, face, root, err := v.RequestAt(e.Place, e.Message)
	if errors.Is(err, ErrNotFound) {
		return Request{}, nil
	}
	if err == nil {
		r, err = goesOnFor(v, call.Person, r)
	}
	if err != nil {
		return Request{}, err
	}
	call.Request, call.Face, call.Root = r.Number, face, root
	return r, nil
}

// aboutThread finds the request whose thread an event stands in.
func aboutThread(v View, e Event, call *Call) (Request, error) {
	if e.Place.Thread == "" {
		return Request{}, nil
	}
	r, face, _, err := v.RequestAt(e.Place, e.Message)
	if errors.Is(err, ErrNotFound) {
		return Request{}, nil
	}
	if err == nil {
		r, err = goesOnFor(v, call.Person, r)
	}
	if err != nil {
		return Request{}, err
	}
	call.Request, call.Face = r.Number, face
	return r, nil
}

// goesOnFor is the request in which another one goes on, if the person may see
// that one.
func goesOnFor(v View, who Person, r Request) (Request, error) {
	on, err := GoesOn(v, r)
	if err != nil || !who.Sees(on) {
		return r, err
	}
	return on, nil
}

// Visible reads a request that a person names. One that is hidden from them is
// refused like one that is missing.
func Visible(v View, who Person, number int64) (Request, error) {
	r, err := v.Request(number)
	if errors.Is(err, ErrNotFound) || err == nil && !who.Sees(r) {
		return Request{}, noRequest(number)
	}
	return r, err
}

func noRequest(number int64) *Error {
	return Refuse("refuse.no_request", "Request", Quote(RequestID(number)))
}

// Denied refuses a command that a person's role may not give, and says whose
// may.
func Denied(command string, a Action, who Person, r Request) *Error {
	id := "refuse.denied"
	switch {
	case r.Number != 0 && r.State == Solved && who.May(ActConfirm, r):
		id = "refuse.denied_confirm"
	case r.Number == 0:
		id = "refuse.denied_all"
	}
	err := Refuse(id, "Who", Words(whoMay(a)), "Command", Code(command), "Request", r.Part())
	err.Denied = true
	return err
}

// whoMay names the least role that may do something to any request.
func whoMay(a Action) string {
	switch {
	case Rights(Agent, a) == All:
		return "role.agents"
	case Rights(Requester, a) != None:
		return "role.client"
	}
	return "role.leads"
}

func submitted(b Submitted, call *Call, c Command) error {
	for name, value := range b.Fields {
		call.Args[name] = value
	}
	if len(c.Args) > 0 && c.Args[0].Kind == ArgObject {
		call.Args[c.Args[0].Name] = b.Value
	} else if n, ok := ParseRequestID(b.Value); ok {
		call.Request = n
	} else if b.Value != "" {
		call.Args["value"] = b.Value
	}
	if call.Request == 0 && wantsRequest(c) && !c.Args[0].Optional {
		return Refuse("refuse.bad_number", "Words", shorten(b.Value, 40))
	}
	return nil
}

// parseArgs reads what stands behind a command's word. A button that opens a
// form leaves the words to the form.
func parseArgs(c Command, rest string, call *Call, form bool) error {
	for i, a := range c.Args {
		word, after := cutWord(rest)
		switch {
		case a.Kind == ArgRequest && call.Request != 0 && isBare(word):
			// In the thread of a request "1 licence was added" begins with a word.
			if after == "" && (i+1 == len(c.Args) || c.Args[i+1].Optional) {
				return Refuse("refuse.usage", "Usage", Usage(c.Usage))
			}
		case a.Kind == ArgRequest && looksLikeRequest(word):
			n, ok := ParseRequestID(strings.TrimPrefix(strings.TrimRight(word, sentenceEnd), "#"))
			if !ok {
				return Refuse("refuse.bad_number", "Words", shorten(word, 40))
			}
			call.Request, rest = n, after
		case a.Kind == ArgRequest && call.Request != 0:
		case a.Kind == ArgRequest && !a.Optional:
			return Refuse("refuse.usage", "Usage", Usage(c.Usage))
		case a.Kind == ArgWords || a.Kind == ArgPerson && i == len(c.Args)-1:
			if rest == "" && !a.Optional && !form {
				return Refuse("refuse.usage", "Usage", Usage(c.Usage)).In(a.Name)
			}
			call.Args[a.Name], rest = rest, ""
		case a.Kind == ArgObject && word == "" && !a.Optional:
			return Refuse("refuse.usage", "Usage", Usage(c.Usage))
		case a.Kind == ArgPerson, a.Kind == ArgObject:
			call.Args[a.Name], rest = word, after
		}
	}
	if rest != "" {
		return Refuse("refuse.usage", "Usage", Usage(c.Usage))
	}
	return nil
}

// sentenceEnd is what people put behind a number by habit: "take R-12."
const sentenceEnd = ".,!;:"

// looksLikeRequest reports whether a word was meant as a request's number,
// rightly written or not.
func looksLikeRequest(word string) bool {
	w := strings.ToLower(strings.TrimRight(word, sentenceEnd))
	w = strings.TrimPrefix(w, "#")
	if rest, ok := strings.CutPrefix(w, "r-"); ok {
		w = rest
	} else if rest, ok := strings.CutPrefix(w, "s-"); ok {
		w = rest
	} else if len(w) > 1 && w[0] == 'r' {
		w = w[1:]
	}
	w = strings.TrimPrefix(w, "-")
	return w != "" && strings.Trim(w, "0123456789") == ""
}

// isBare reports whether a word is a number without R- or # in front of it.
func isBare(word string) bool {
	return looksLikeRequest(word) && !strings.ContainsRune("#rRsS", rune(word[0]))
}

// shorten cuts s to at most n characters.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:n-1]) + "…"
}
