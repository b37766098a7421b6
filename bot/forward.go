package bot

// Whom says who gets the answers to a mail that was forwarded.
type Whom string

// Who is answered: the one who forwarded it, the one who wrote it first, as far
// as the mail shows, or both. What the desk sends by itself goes to the
// forwarder alone.
const (
	ToForwarder Whom = "forwarder"
	ToOriginal  Whom = "original"
	ToBoth      Whom = "both"
)
