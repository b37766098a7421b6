package bottest

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"meridian/bot"
)

// Moved is a request that came over from another desk before a conversation
// begins.
type Moved struct {
	Was       bot.Was
	State     bot.State
	Until     time.Time // of a paused one
	Requester string    // an address of mail
	Assignee  string    // the name of one of the cast in lower case; empty: nobody
	Title     string
}

var (
	movedKey  = regexp.MustCompile(`^([A-Z]\w+) (\d+)$`)
	movedLine = regexp.MustCompile(`^(open|waiting|closed|paused till (\S+)) of ([^ ,]+)(?: by (\w+))?, (.+)$`)
)

// withMoved notes a request that came over.
func (p *player) withMoved(key, value string) (err error) {
	k, v := movedKey.FindStringSubmatch(key), movedLine.FindStringSubmatch(value)
	if v == nil || p.o.MoveIn == nil {
		return fmt.Errorf("nothing can come over like %q", value)
	}
	m := Moved{Was: bot.Was{Desk: k[1], Number: k[2]}, State: bot.State(v[1]), Requester: v[3], Assignee: v[4], Title: v[5]}
	if strings.HasPrefix(v[1], "paused") {
		m.State = bot.Snoozed
		if m.Until, err = time.Parse(time.RFC3339, v[2]); err != nil {
			return err
		}
	}
	p.moved = append(p.moved, m)
	return nil
}
