package bot

import "strings"

// Place is where something is said: an adapter, one of its channels and, below
// a message, that message's thread. Outside of Go it is written
// "adapter:channel" or "adapter:channel/thread".
type Place struct {
	Adapter string `json:"a,omitempty"`
	Channel string `json:"c,omitempty"`
	Thread  string `json:"t,omitempty"` // id of the thread's first message; empty at top level
}

// String writes the place as the export and the configuration do.
func (p Place) String() string {
	if p == (Place{}) {
		return ""
	}
	s := p.Adapter + ":" + p.Channel
	if p.Thread != "" {
		s += "/" + p.Thread
	}
	return s
}

// ParsePlace reads what String wrote. It reports false for anything else.
func ParsePlace(s string) (Place, bool) {
	adapter, rest, ok := strings.Cut(s, ":")
	if !ok || adapter == "" || rest == "" {
		return Place{}, false
	}
	channel, thread, _ := strings.Cut(rest, "/")
	return Place{Adapter: adapter, Channel: channel, Thread: thread}, channel != ""
}

// Top is the channel of the place, without the thread.
func (p Place) Top() Place { return Place{Adapter: p.Adapter, Channel: p.Channel} }

// In is the thread below message in the same channel.
func (p Place) In(message string) Place {
	return Place{Adapter: p.Adapter, Channel: p.Channel, Thread: message}
}

// DirectPrefix begins the channel of a direct message: "@" and the name of the
// person within the adapter. Adapters map it to what their messenger calls it.
const DirectPrefix = "@"

// Direct is the place where the bot talks with one person alone.
// The person is named by where they are: "web:anna".
func Direct(person string) Place {
	adapter, name, _ := strings.Cut(person, ":")
	return Place{Adapter: adapter, Channel: DirectPrefix + name}
}

// IsDirect reports whether the place is a direct message.
func (p Place) IsDirect() bool { return strings.HasPrefix(p.Channel, DirectPrefix) }
