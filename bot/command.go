package bot

import "context"

// Handler deals with one event. Look is optional: it searches, counts, draws
// and renders, reads only, and may take 10 seconds. Do re-checks what Look saw
// and writes; its goal is 10 ms. Do returns ErrPass when the event is not its.
type Handler struct {
	Name string
	Look func(ctx context.Context, v View, e Event) (any, error)
	Do   func(ctx context.Context, tx Tx, e Event, seen any) error
}

// ArgKind says what may stand at an argument's place.
type ArgKind string

// The kinds of argument. A request may be left out where the message stands in
// a request's thread; an object is one word that names what the command is
// about, and that no form asks for; words take the rest of the line.
const (
	ArgRequest ArgKind = "request"
	ArgPerson  ArgKind = "person"
	ArgObject  ArgKind = "object"
	ArgWords   ArgKind = "words"
)

// Arg is one argument of a command.
type Arg struct {
	Name     string
	Kind     ArgKind
	Optional bool
}

// Command is one thing people can say. One definition serves slash, mention,
// button, emoji, web, mail, help and manifests.
type Command struct {
	Name   string                // "take"; also the Act of buttons and forms
	Words  map[Language][]string // what people type for it, beside Name
	Slash  string                // the slash command it lives under, such as "request"; /desk and mentions reach all
	Action Action
	Emoji  []string // default short names; the configuration may map others
	// Casual are those of its emoji that people put for other reasons too: a
	// refusal of them is not told.
	Casual []string
	Args   []Arg
	Usage  string // catalogue id of what is typed, such as "take R-12", or those words themselves
	Help   string // catalogue id of one line
	// InThread says that words may follow at once where the desk is addressed in
	// the thread of a request: "@desk reply Hello".
	InThread bool
	// Wordy says that any number of words may follow it where the desk is
	// addressed. Do gives ErrPass for what was no command after all; so does the
	// router for who may not give it: then the message is what it would be without.
	Wordy bool
	// Whole says that everything behind its own slash name belongs to it: "/faq
	// close my account" is a question, and not the command close.
	Whole bool
	// Else names the command that is meant where the words behind this one do not
	// fit it: "remind R-12", and "remind me to call Harbor".
	Else string

	Form func(v View, e Event) (Form, error) // optional
	// FormAt says that the form opens too where the command is chosen by name at a
	// message, see [Reacted]; of others the message is all that they need.
	FormAt bool
	// Opened is optional: it takes the Pressed event that an adapter accepts after
	// it has shown the form of this command. Where it is nil the event does nothing.
	Opened  func(ctx context.Context, tx Tx, e Event) error
	Choices func(v View, q Query) ([]Choice, error) // optional
	Handler
}

// Call is an event understood as a command.
type Call struct {
	Command string
	Surface Surface
	Person  Person
	Request int64             // the request it is about; 0: none
	Root    bool              // an emoji: it stands on the card or the first message
	Face    Face              // the side of the request it was given on
	Args    map[string]string // by Arg.Name; words under their own name
	Undo    bool              // an emoji was taken back
	Emoji   string
}

// Unasked are the handlers of events that are no command, in order: the first
// to claim an event ends it.
type Unasked struct {
	Said     []Handler
	Edited   []Handler
	Deleted  []Handler
	Reacted  []Handler
	Opened   []Handler
	Mailed   []Handler
	Alerted  []Handler
	Due      []Handler
	Answered []Handler
	Failed   []Handler
	Joined   []Handler
	Changed  []Handler
	// Plan sets the timers that the configuration asks for, such as those of
	// digests: when somebody begins to fire timers, and whenever the configuration
	// is another. What has been planned already must stay as it is.
	Plan []func(tx Tx) error
}
