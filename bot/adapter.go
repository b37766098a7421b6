package bot

import (
	"context"
	"io"
)

// Adapter is one part of the outside: a messenger, mail, webhooks, a model.
type Adapter interface {
	Name() string
	// Run listens until ctx ends. It acknowledges only after the Desk's Accept,
	// given to its constructor, has returned nil.
	Run(ctx context.Context) error
	// Deliver does d outside. It may be called twice with the same d.Key.
	Deliver(ctx context.Context, d Delivery) (Receipt, error)
}

// Reader is optional: it parses the stored bytes of an event, or fetches what
// the event points at. It may return several events: the alerts of one body,
// the root of a thread before a reply. Each has its own key.
type Reader interface {
	Read(ctx context.Context, e Event) ([]Event, error)
}

// Holder is optional: Hold runs only while the duty is held, on one replica.
type Holder interface {
	Duty() string
	Hold(ctx context.Context) error
}

// Finder is optional: it finds out whether a delivery was done after all.
type Finder interface {
	Find(ctx context.Context, d Delivery) (Receipt, bool, error)
}

// Keeper is optional: an adapter without a messenger behind it. The store keeps
// what it shows, written in the transaction of the event or the receipt.
type Keeper interface {
	Keeps() bool
}

// Rates are how fast an adapter may send. Zero is no limit.
type Rates struct {
	ChannelEvery float64 // seconds between two deliveries to one channel, after a burst
	ChannelBurst int
	Total        float64 // deliveries a second in all
	TotalBurst   int
	Parallel     int // deliveries under way at once; default 8
	// Free are the ops that these rates do not count: the outside has others for
	// them, to which the adapter keeps by itself.
	Free []Op
}

// Rated is optional: an adapter that declares its rates.
type Rated interface {
	Rates() Rates
}

// Desk is what an adapter may ask of the desk.
type Desk interface {
	Accept(ctx context.Context, events ...Event) error                // all or none; durable when nil
	Form(ctx context.Context, e Event) (Form, bool, error)            // the form this act opens, if any
	Try(ctx context.Context, e Event) error                           // the handler in an Update that is always rolled back: field errors, dry runs
	Choices(ctx context.Context, q Query) ([]Choice, error)           // completion
	View(ctx context.Context, who string, fn func(Pages) error) error // what a person may read
	Watch(ctx context.Context) <-chan struct{}                        // fires after every commit, on other replicas too
	PutBlob(ctx context.Context, kind string, r io.Reader, limit int64) (Blob, error)
	OpenBlob(ctx context.Context, b Blob) (io.ReadCloser, error)
}

// Rehearser is optional: a Desk that can show what an event would lead to. fn
// reads what would then be there, as a person may, and the event as it was read;
// nothing of it happens.
type Rehearser interface {
	Rehearse(ctx context.Context, e Event, who string, fn func(p Pages, read []Event) error) error
}
