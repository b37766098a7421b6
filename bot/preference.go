package bot

// Preference is what a person wants of the desk for themselves.
type Preference struct {
	Reach    ReachWish `json:",omitempty"`
	SignIn   *Pass     `json:",omitempty"` // the link by which they can sign in to the web desk, until it is used
	Sessions []Pass    `json:",omitempty"` // the browsers that they are signed in with, the oldest first
}

// ReachWish says what of all that the desk sends by itself reaches a person by
// direct message, see [DirectUnasked].
type ReachWish string

// The wishes. Normal, which is also the empty one: what is theirs to do, in their
// hours. Quiet: only pages, and what names them, such as a request that is given
// or escalated to them, or a colleague's question. Everything: also outside of
// their hours.
const (
	ReachNormal     ReachWish = "normal"
	ReachQuiet      ReachWish = "quiet"
	ReachEverything ReachWish = "all"
)
