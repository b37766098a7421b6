package bot

import (
	"errors"
	"fmt"
	"strings"
)

// replyPrefix begins the keys of deliveries that carry a person's reply to the
// client. Until such a mail or message has left, its comment has the key as its
// message.
const replyPrefix = "reply:"

// ReplyKey is the key of the reply that an event gives to a request.
func ReplyKey(request, event int64) string {
	return fmt.Sprintf("%s%s:%d", replyPrefix, RequestID(request), event)
}

// IsReply reports whether a delivery's key is a reply's.
func IsReply(key string) bool { return strings.HasPrefix(key, replyPrefix) }

// Unsent reports whether a comment is a reply that the client has not got: it
// waits for the moment in which it can be taken back, or could not be sent.
// Until it leaves it is the team's own.
func Unsent(v View, c Comment) (bool, error) {
	if c.Visibility != ForClient || !IsReply(c.Message) {
		return false, nil
	}
	d, _, err := v.Delivery(c.Message)
	if errors.Is(err, ErrNotFound) { // taken back, or sent so long ago that its row is gone
		return c.Deleted, nil
	}
	return err == nil && d.State != DeliveryDone, err
}

// waits reports whether a delivery has not begun to leave.
func waits(v View, key string) (bool, error) {
	d, _, err := v.Delivery(key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && d.State == DeliveryWaiting, err
}
