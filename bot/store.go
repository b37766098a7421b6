package bot

import (
	"context"
	"io"
	"time"
)

// Store keeps what must not be lost. Updates run one at a time, on all
// replicas together; a View sees one moment and cannot write.
type Store interface {
	Accepter
	Update(ctx context.Context, fn func(Tx) error) error
	View(ctx context.Context, fn func(View) error) error
	Blobs
	// Watch fires after every commit, those of other replicas included. It is
	// closed when ctx ends. Commits close to each other may fire once.
	Watch(ctx context.Context) <-chan struct{}
	Close() error
}

// Accepter takes events in: all or none, durable when the error is nil. The
// ids come back in order; zero stands for an event whose key is known.
// Concurrent callers share a commit. ErrBusy: too many of them wait.
type Accepter interface {
	Accept(ctx context.Context, events ...Event) (ids []int64, err error)
}

// Blobs keeps bytes that are too large for a row.
type Blobs interface {
	PutBlob(ctx context.Context, kind string, r io.Reader, limit int64) (Blob, error)
	OpenBlob(ctx context.Context, b Blob) (io.ReadCloser, error)
}

// View is what can be read. It carries the context it was begun with.
type View interface {
	Now() time.Time      // the only clock in rules; the same for the whole transaction
	Settings() *Settings // the configuration as of this event
	RequestView
	TalkView
	AlertView
	InboxView
	OutboxView
	DutyView
	MessageView
	AuditView
	SearchView
	DirectoryView
	TallyView
	ArticleView
	SuggestionView
	ReminderView
	QueueView
	DigestView
}

// Tx is a View that can write.
type Tx interface {
	View
	// Savepoint runs fn; if it fails, what fn wrote is undone and the error is
	// returned, and the transaction goes on.
	Savepoint(fn func() error) error
	RequestTx
	TalkTx
	AlertTx
	InboxTx
	OutboxTx
	DutyTx
	MessageTx
	AuditTx
	DirectoryTx
	TallyTx
	ArticleTx
	SuggestionTx
	ReminderTx
	DigestTx
}

// RequestQuery chooses requests. Zero fields choose all.
type RequestQuery struct {
	States    []State // any of these
	Assignee  string
	Requester string
	Client    string
	Clients   []string // any of these
	Cause     int64    // those that wait for this one's answer
	Unowned   bool     // nobody has it
	After     int64    // only numbers above, for paging in ascending order
	Newest    bool     // newest first instead of ascending
	Limit     int      // default 100
}

// For narrows a query to what a person may see, so that a limit counts only
// that: a partner's clients, anybody else's own. What is private among it must
// still be left out.
func (q RequestQuery) For(who Person) RequestQuery {
	switch {
	case who.Team():
	case Rights(who.Role, ActShow) == Clients && len(who.Companies()) > 0:
		q.Clients = who.Companies()
	case q.Requester == "":
		q.Requester = who.ID
	}
	return q
}

// ActQuery chooses the acts of a person: on a request, by an emoji on a
// message, or the one that queued a delivery. Zero fields choose all.
type ActQuery struct {
	Request int64
	Place   Place // top level
	Message string
	Emoji   string
	Sends   string // key of a delivery that the act queued
}

// RequestView reads requests.
type RequestView interface {
	Request(number int64) (Request, error) // ErrNotFound
	Requests(q RequestQuery) ([]Request, error)
	CountRequests(q RequestQuery) (int, error)
	// RequestAt finds the request that a message belongs to: the message is its
	// card, its first message, or stands in one of its threads. Face says which
	// side it was found on; root whether the message is itself the card or the
	// first message.
	RequestAt(p Place, message string) (r Request, face Face, root bool, err error)
	LastAct(who string, q ActQuery) (Act, error) // the newest one not undone; ErrNotFound
}

// RequestTx writes requests.
type RequestTx interface {
	// SaveRequest writes r. Number 0 is a new one and gets the next number; one of
	// the sample day is new at version 0 and brings its number, which is below
	// zero. It raises Version and sets UpdatedAt.
	SaveRequest(r *Request) error
	// LinkMessage says that a message shows a face of a request, so that a
	// reaction or a reply finds it. key names the delivery that posted it, if any.
	LinkMessage(p Place, message string, request int64, f Face, key string) error
	// LinkFirst says that a message is the first of a request's conversation,
	// wherever it stands: a request may begin in a thread.
	LinkFirst(p Place, message string, request int64) error
	SaveAct(a *Act) error
	// DropSample removes the sample day: its requests with all that belongs to
	// them, its alerts, and what its channels show of it.
	DropSample() error
}

// FindQuery chooses requests by words. Requests are indexed by their titles and
// words, the names in them and what was said on them, as [Tokens] cuts them.
type FindQuery struct {
	Text      string
	Internal  bool     // what the team says among itself counts too
	Clients   []string // only requests of these; empty: of all
	Requester string   // only this person's
	States    []State  // any of these; empty: all
	// Like asks for requests that have some of the words, those with the rarest
	// first, instead of those that have all of them, newest first. It looks among
	// the newest thousands, and what only the team said does not count.
	Like   bool
	Except int64 // not this one
	Limit  int   // default 10
}

// SearchView finds requests, and what fires while one is filed.
type SearchView interface {
	FindRequests(q FindQuery) ([]Request, error)
	FiringAlerts(limit int) ([]Alert, error)  // those that fire now, in no order
	FiringTitles(limit int) ([]string, error) // of those, one for each alert
	// Recovered counts the groups of alerts that recovered after an instant, and
	// gives the one that had fired for longest.
	Recovered(since time.Time) (count int, longest AlertGroup, err error)
}

// Contact is a person outside of the team, as the desk got to know them.
type Contact struct {
	ID     string // "email:a@b.example", "slack:U7"
	Name   string
	Client string
	First  time.Time // when they were first heard of
	Last   time.Time
	Quiet  int64 // the complaint that stopped everything automatic to them; 0: none
}

// DirectoryView reads the clients and people that the desk got to know. Clients
// of the configuration file are in [Settings], and those kept here too.
type DirectoryView interface {
	Contact(id string) (Contact, error)                     // ErrNotFound
	Contacts(client string, limit int) ([]Contact, error)   // those of a company, the latest first; empty: of any
	FindContacts(text string, limit int) ([]Contact, error) // whose name or id begins like this, in any case
	Preference(person string) (Preference, error)           // the zero value where they never said
	Switches() (Switches, error)                            // what people have switched; [View.Settings] has it already
}

// DirectoryTx writes them.
type DirectoryTx interface {
	SaveClient(c Client) error // by its name, whatever the case
	DropClient(name string) error
	SaveContact(c Contact) error
	SavePreference(person string, p Preference) error
	SaveSwitches(w Switches) error
}

// TalkView reads conversations.
type TalkView interface {
	Comments(request int64) ([]Comment, error)
	CommentAt(p Place, message string) (Comment, error)         // ErrNotFound
	MailRequest(messageIDs ...string) (number int64, err error) // the request that one of these Message-IDs belongs to; ErrNotFound
	Mails(limit int) ([]MailLine, error)                        // in and out, newest first
	WereCalled(number string) ([]int64, error)                  // the requests that had this number at a desk they came over from, the newest first
	// MailsFiled counts the mails that became requests since an instant, of all
	// senders in the domain of an address, and gives the newest of those requests.
	MailsFiled(address string, since time.Time) (count int, newest int64, err error)
	LastComment(request int64, v Visibility) (Comment, error) // ErrNotFound
}

// TalkTx writes conversations.
type TalkTx interface {
	SaveComment(c *Comment) error // ID 0 is a new one
	// MoveComments makes comments, as they were read, those of another request.
	MoveComments(to int64, comments []Comment) error
	SaveMail(m MailLine) error // an incoming mail, or the Message-ID of one that goes out
}

// AlertView reads alerts.
type AlertView interface {
	// AlertsByFingerprint gives those of a hook's alerts that have one of these
	// fingerprints, in whatever group they are, in no order.
	AlertsByFingerprint(hook string, fingerprints []string) ([]Alert, error)
	AlertGroup(hook, key string) (AlertGroup, error) // ErrNotFound
	AlertGroupByNumber(n int64) (AlertGroup, error)  // ErrNotFound
	GroupAlerts(hook, key string) ([]Alert, error)   // firing ones first, then by title
	Alerts(after string, limit int) ([]Alert, error) // all, by hook and fingerprint, each once, for the export; after is "hook fingerprint"
}

// AlertTx writes alerts.
type AlertTx interface {
	// SaveAlerts writes alerts; of several with one hook, fingerprint and group
	// the last counts.
	SaveAlerts(alerts []Alert) error
	SaveAlertGroup(g *AlertGroup) error // Number 0 is a new one; below zero: of the sample day
}

// WaitingEvent is an event that waits to be handled.
type WaitingEvent struct {
	ID        int64
	Lane      string
	NotBefore time.Time // zero: now
}

// StuckItem is an event or a delivery that was given up, or is held.
type StuckItem struct {
	ID    int64
	What  string // "event" or "delivery"
	Kind  string // the event's kind or the delivery's op
	Key   string
	State string
	Why   string
	At    time.Time
	Tries int
}

// EventLine is an event as the export prints it.
type EventLine struct {
	ID     int64
	Source string // the adapter or hook that accepted it
	Key    string
	Kind   string
	State  string // waiting, done, dead
}

// InboxView reads the inbox.
type InboxView interface {
	WaitingEvents(limit int) ([]WaitingEvent, error) // oldest first
	Events(ids ...int64) ([]Event, error)            // in the order of ids; those that wait no longer are left out
	Stuck() ([]StuckItem, error)
	EventLines(after int64, limit int) ([]EventLine, error)
}

// InboxTx writes the inbox.
type InboxTx interface {
	PutEvent(e Event) (id int64, err error)     // 0: the key is known
	PutHandled(e Event) (fresh bool, err error) // a key that a Read brought and that is handled at once; false: it was known
	// Foresee says which events the transaction is going to handle, so that the
	// store can read at once what each of them would ask for. It changes nothing
	// that is read.
	Foresee(events ...Event) error
	FinishEvents(ids ...int64) error
	PutOffEvent(id int64, attempt int, at time.Time, why string) error // zero at: it is dead
	// Replay lets a dead event or a dead, unknown or held delivery be tried again.
	Replay(what string, id int64) error // ErrNotFound
}

// WaitingDelivery is a delivery that its adapter's sender must look at.
type WaitingDelivery struct {
	ID        int64
	Lane      string
	Channel   string // of its place, for the rates
	Op        Op
	State     DeliveryState // waiting, sending or unknown
	After     string
	NotBefore time.Time
	Urgency   Urgency
}

// DeliveryQuery chooses deliveries. Zero fields choose all.
type DeliveryQuery struct {
	Op      Op
	States  []DeliveryState
	Request int64
	Message string // what its receipt says it became outside: a Message-ID, with or without brackets
	After   int64  // ids above, ascending
	Limit   int    // default 100
}

// OutboxView reads the outbox.
type OutboxView interface {
	Delivery(key string) (Delivery, Receipt, error) // ErrNotFound
	Deliveries(q DeliveryQuery) ([]Delivery, error)
	// WaitingDeliveries gives the rows of an adapter that are to be sent, with
	// ids above after, oldest first; rows whose NotBefore lies ahead included.
	WaitingDeliveries(adapter string, after int64, limit int) ([]WaitingDelivery, error)
}

// OutboxTx writes the outbox.
type OutboxTx interface {
	// PutDelivery stores d. A known key changes nothing. If d has a Card, a
	// waiting Edit or Home with that card is replaced by d instead.
	PutDelivery(d Delivery) error
	// DropDelivery removes a delivery that still waits; false: it has gone.
	DropDelivery(key string) (bool, error)
	// StartDeliveries marks waiting, sending or unknown rows as sending, counts
	// the attempt and returns them, not decoded yet; rows that wait no longer
	// are left out.
	StartDeliveries(ids ...int64) ([]Delivery, error)
	// FinishDelivery records that d was done and what came back. A post that
	// shows a face of a request links its message, and gives that face its
	// thread if it has none yet.
	FinishDelivery(d Delivery, r Receipt) error
	// AdoptDelivery says that what a dead post was to show stands in the message
	// of r after all: what follows it goes there.
	AdoptDelivery(key string, r Receipt) error
	// PutOffDelivery sets a delivery to a state other than done. at is when it
	// may be tried again, for waiting and unknown.
	PutOffDelivery(id int64, s DeliveryState, attempt int, at time.Time, why string) error
}

// DutyView reads timers, duties and how far adapters have been heard.
type DutyView interface {
	DueTimers(limit int) ([]Timer, error) // those whose time has come and, if they presume silence, has been heard
	NextTimer() (time.Time, error)        // zero: none
	HeardUntil(adapter string) (time.Time, error)
	Mark(adapter string) (string, error) // where it goes on reading; empty: it never said
	Duty(name string) (holder string, until time.Time, err error)
}

// DutyTx writes timers and duties.
type DutyTx interface {
	SetTimer(t Timer) error
	DropTimer(key string) error
	// HoldDuty takes or renews a duty for a while. ok is false while another
	// holder has it. token grows by one each time the holder changes.
	HoldDuty(name, holder string, d time.Duration) (token int64, ok bool, err error)
	// CheckDuty returns ErrFenced unless the duty is held under this token.
	CheckDuty(name string, token int64) error
	SaveHeard(adapter string, until time.Time) error
	SaveMark(adapter, mark string) error
}

// ShownMessage is one message of the web desk.
type ShownMessage struct {
	Place     Place
	ID        string
	Author    string // a person; empty: the bot
	Name      string
	For       string  // the person who alone sees it; empty: everybody in the channel
	Said      string  // what a person wrote
	Message   Message // what the bot says
	Files     []File  // what stands below it
	At        time.Time
	Edited    bool
	Deleted   bool
	Reactions []Reaction
	Replies   int // messages in its thread, for top-level ones
}

// Reaction is one emoji on a message with those who put it.
type Reaction struct {
	Emoji string
	Who   []string
}

// MessageView reads the messages of an adapter that has no messenger behind it.
type MessageView interface {
	// ShownMessages gives the newest messages of a channel or thread, oldest
	// first. The caller filters whispers.
	ShownMessages(p Place, limit int) ([]ShownMessage, error)
	ShownMessage(p Place, id string) (ShownMessage, error) // ErrNotFound
	// LastShown counts what a reader of the place could have seen, so that a
	// page knows whether anything is new.
	LastShown(adapter string) (map[string]int64, error) // channel -> number of its last change
}

// MessageTx writes the messages of an adapter that has no messenger behind it.
type MessageTx interface {
	SaveShown(m ShownMessage) error // inserts, or replaces text and marks
	SaveReaction(p Place, message, emoji, who string, on bool) error
}

// AuditView reads the audit log.
type AuditView interface {
	Audit(object string, after int64, limit int) ([]AuditLine, error) // empty object: all
	// VerifyAudit walks the hash chain and returns the first broken line's id, 0 if none.
	VerifyAudit() (lines int64, broken int64, err error)
}

// AuditTx writes the audit log.
type AuditTx interface {
	AddAudit(l AuditLine) error
}

// Neighbour is optional: a store that can tell the commits of other replicas
// from this one's own.
type Neighbour interface {
	WatchOthers(ctx context.Context) <-chan struct{}
}

// Sweeper is optional: stores that throw away what is past its retention in
// small steps. It reports whether there is more.
type Sweeper interface {
	Sweep(ctx context.Context, now time.Time) (more bool, err error)
}
