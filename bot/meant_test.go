package bot

import (
	"context"
	"testing"
)

// named is a command that does nothing.
func named(name string, change func(c *Command)) Command {
	c := Command{Name: name, Handler: Handler{Do: func(context.Context, Tx, Event, any) error { return nil }}}
	change(&c)
	return c
}

// first is the name of the first handler of an event.
func first(t *testing.T, r *Router, b Body) string {
	t.Helper()
	all := r.Route(&Settings{}, Event{Body: b})
	if len(all) == 0 {
		return ""
	}
	return all[0].Name
}

func TestWordsThatDoNotFitACommandAreLeftToTheOneThatItNames(t *testing.T) {
	request := []Arg{{Name: "request", Kind: ArgRequest}}
	r, err := NewRouter([]Command{
		named("remind", func(c *Command) { c.Args, c.Else, c.Slash = request, "nudge", "request" }),
		named("nudge", func(c *Command) { c.Args, c.Wordy, c.Whole = []Arg{{Name: "words", Kind: ArgWords}}, true, true }),
		named("close", func(c *Command) { c.Args, c.Slash = request, "request" }),
	}, Unasked{Said: []Handler{{Name: "intake"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		body Body
		want string
	}{
		{Said{Text: "remind R-12", Mentioned: true}, "remind"},
		{Said{Text: "remind me to call Harbor", Mentioned: true}, "nudge"},
		{Said{Text: "close the door", Mentioned: true}, "intake"},
		{Said{Text: "remind me to call Harbor"}, "intake"},
		{Commanded{Slash: "desk", Text: "remind me to call Harbor"}, "nudge"},
		{Commanded{Slash: "desk", Text: "remind R-12"}, "remind"},
		{Commanded{Slash: "desk", Text: "close the door"}, "close"},
		{Commanded{Slash: "request", Text: "remind me to call Harbor"}, "nudge"},
		{Commanded{Slash: "request", Text: "close the door"}, "refuse"},
		{Commanded{Slash: "nudge", Text: "close the door at 10"}, "nudge"},
		{Commanded{Slash: "nudge"}, "nudge"},
	} {
		if got := first(t, r, tt.body); got != tt.want {
			t.Errorf("%+v is %q, want %q", tt.body, got, tt.want)
		}
	}
}

func TestAButtonThatNamesAnObjectOpensTheFormOfItsCommand(t *testing.T) {
	c := named("article", func(c *Command) {
		c.Args = []Arg{{Name: "article", Kind: ArgObject}}
		c.Form = func(View, Event) (Form, error) { return Form{}, nil }
	})
	call := Call{Args: map[string]string{}}
	if err := parseArgs(c, "A-3", &call, true); err != nil || call.Args["article"] != "A-3" || !opensForm(c, call) {
		t.Errorf("got %v, %+v, opens %v", err, call.Args, opensForm(c, call))
	}
	if err := parseArgs(c, "A-3 and more", &call, true); err == nil {
		t.Error("more than one word names an object")
	}
	if err := parseArgs(c, "", &call, false); err == nil {
		t.Error("nothing names an object")
	}
	call = Call{Args: map[string]string{}}
	if err := submitted(Submitted{Act: "article", Value: "12", Fields: map[string]string{"title": "x"}}, &call, c); err != nil || call.Args["article"] != "12" || call.Request != 0 {
		t.Errorf("a form gives %v, %+v", err, call)
	}
}
