package bot

import (
	"errors"
	"fmt"
	"time"
)

// Error is the one kind of error people see: a sentence of the catalogue that
// says what to do. Every other error is logged once, at the top.
type Error struct {
	Text  Text
	Field string // name of the form's field it belongs to, if any
	// Denied says that the role table refused it: another command of the same
	// emoji may still be allowed.
	Denied bool
}

// Error gives the catalogue id: the words depend on who reads them.
func (e *Error) Error() string {
	if len(e.Text.Parts) > 0 {
		return "refused: " + e.Text.Parts[0].ID
	}
	return "refused"
}

// Refuse makes an *Error of a catalogue sentence. Its arguments are pairs of
// name and value, as in [Say].
//
//go:noinline
func Refuse(id string, args ...any) *Error { return &Error{Text: Say(id, args...)} }

// In ties the error to a field of a form.
func (e *Error) In(field string) *Error {
	e.Field = field
	return e
}

var (
	// ErrNotFound is returned by the store for what is not there.
	ErrNotFound = errors.New("not found")
	// ErrPass is returned by a handler in an ordered list: this event is not
	// mine, ask the next.
	ErrPass = errors.New("not mine")
	// ErrUnsupported is an adapter's answer to a delivery its messenger has no
	// means for. The engine falls back: a whisper becomes a direct message, a
	// reaction nothing.
	ErrUnsupported = errors.New("unsupported by this adapter")
	// ErrFenced is returned when a duty is no longer held: another replica has
	// taken over, and what this one wanted to write must not be written.
	ErrFenced = errors.New("duty held by another replica")
	// ErrBusy is returned by Accept when too many callers wait already. The
	// adapter answers 503 or 451, and the sender comes again.
	ErrBusy = errors.New("too many callers wait")
	// ErrTooLarge is returned by PutBlob when there are more bytes than allowed.
	ErrTooLarge = errors.New("too many bytes")
)

type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// Permanent marks an error that trying again cannot mend.
func Permanent(err error) error { return &permanentError{err} }

// IsPermanent reports whether trying again cannot mend err.
func IsPermanent(err error) bool {
	var p *permanentError
	return errors.As(err, &p)
}

type retryAfterError struct{ after time.Duration }

func (e *retryAfterError) Error() string { return fmt.Sprintf("try again after %s", e.after) }

// RetryAfter is an adapter's answer when the outside named the time to wait.
// It holds the lane and is not counted as an attempt.
func RetryAfter(d time.Duration) error { return &retryAfterError{d} }

// RetryDelay is the time that err asks to wait, if it is of [RetryAfter].
func RetryDelay(err error) (time.Duration, bool) {
	var r *retryAfterError
	if errors.As(err, &r) {
		return r.after, true
	}
	return 0, false
}

type unknownError struct{ err error }

func (e *unknownError) Error() string { return "outcome unknown: " + e.err.Error() }
func (e *unknownError) Unwrap() error { return e.err }

// Unknown marks an error after which the effect may or may not have happened:
// a connection dropped after the request was written, a 500, a time-out.
func Unknown(err error) error { return &unknownError{err} }

// IsUnknown reports whether the effect may have happened in spite of err.
func IsUnknown(err error) bool {
	var u *unknownError
	return errors.As(err, &u)
}

type heldError struct{ err error }

func (e *heldError) Error() string { return "held: " + e.err.Error() }
func (e *heldError) Unwrap() error { return e.err }

// Held is an adapter's answer when it has no way to send now and none will
// come by itself, as a mail without a smarthost: the delivery is kept and
// shown, and expires at its Until.
func Held(err error) error { return &heldError{err} }

// IsHeld reports whether err is of [Held].
func IsHeld(err error) bool {
	var h *heldError
	return errors.As(err, &h)
}
