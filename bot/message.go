package bot

import "slices"

// Message is what a post or a whisper shows: a text, and below it at most three
// buttons, the likely one first, the rest behind an overflow menu.
type Message struct {
	Text    Text     `json:"text,omitzero"`
	Preview Text     `json:"preview,omitzero"` // what a phone shows of a card: one sentence of at most 120 characters; empty: the text
	Table   *Table   `json:"table,omitempty"`  // the same in rows and columns, if that reads better
	Chart   *Chart   `json:"chart,omitempty"`  // a picture below the text, where one can be drawn
	Buttons []Button `json:"buttons,omitempty"`
	More    []Button `json:"more,omitempty"`
	Author  string   `json:"author,omitempty"` // the person in whose name it is said; empty: the bot
	Card    bool     `json:"card,omitempty"`   // the team's side of a request, or an alert's card
}

// Button is an act of a command on a value. Pressing it gives a Pressed event,
// or opens the form that Desk.Form returns for it.
type Button struct {
	Label Text   `json:"label"`
	Act   string `json:"act"`
	Value string `json:"value,omitempty"`
	Emoji string `json:"emoji,omitempty"`
}

// Form is what an act asks before it is done.
type Form struct {
	Act    string  `json:"act"`   // the command that its Submitted names
	Value  string  `json:"value"` // what the act is about, such as "R-12"
	Title  Text    `json:"title"`
	Note   Text    `json:"note,omitzero"` // shown above the fields, such as the preview of all addresses
	Fields []Field `json:"fields"`
	Submit Text    `json:"submit"`
}

// Field is one field of a form.
type Field struct {
	Name     string   `json:"name"`
	Label    Text     `json:"label"`
	Long     bool     `json:"long,omitempty"` // several lines
	Value    string   `json:"value,omitempty"`
	Optional bool     `json:"optional,omitempty"`
	Choices  []Choice `json:"choices,omitempty"` // choose one of these
	Hint     Text     `json:"hint,omitzero"`     // one line below it
	// Hidden is not shown; its value comes back as it is. When a form is shown
	// again because something was wrong in it, hidden fields are made anew: that
	// is how a person agrees to what has been shown to them.
	Hidden bool `json:"hidden,omitempty"`
	// Draft is what stands in it at first where Value is empty: words of the
	// catalogue, which become the person's own when they send them.
	Draft Text `json:"draft,omitzero"`
	// Fills maps the values of Choices to words that choosing one puts into the
	// field named FillsField, where the messenger can do that.
	Fills      map[string]string `json:"fills,omitempty"`
	FillsField string            `json:"fills_field,omitempty"`
	// If names the field, one with choices, on which it depends whether this one
	// is asked for: only while it has one of the values Is. Empty: always.
	If string   `json:"if,omitempty"`
	Is []string `json:"is,omitempty"`
}

// Asked are the fields that a form asks for when these values stand in it; what
// is not among them stands as it does at first.
func (f Form) Asked(values map[string]string) (asked []Field) {
	at := map[string]string{}
	for _, field := range f.Fields {
		at[field.Name] = field.Value
		if v, ok := values[field.Name]; ok {
			at[field.Name] = v
		}
	}
	for _, field := range f.Fields {
		if field.If == "" || slices.Contains(field.Is, at[field.If]) {
			asked = append(asked, field)
		}
	}
	return asked
}

// Decides reports whether it depends on a field which others are asked for.
func (f Form) Decides(name string) bool {
	return slices.ContainsFunc(f.Fields, func(field Field) bool { return field.If == name })
}

// Choice is one answer to a question with few answers.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`          // what people read, or the sentence of the catalogue that it is
	Words Text   `json:"words,omitzero"` // a label with arguments; the desk puts it into Label
}

// Query asks for completion of what a person has typed so far.
type Query struct {
	Actor Actor
	Place Place
	Text  string // everything typed, such as "/request ta"
	Limit int
}
