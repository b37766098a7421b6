package cli

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"meridian/adapters"
)

// leaveTime is how long those who are connected are still sent on to the next
// life of the desk, before their connections are closed.
const leaveTime = 300 * time.Millisecond

// keep keeps an app in Slack beside the store, and lets the desk begin anew with
// it. What the configuration says by now is read first: a desk that could not
// start with it goes on as it is, and starts again with the app it had.
func (s *server) keep(c *call, door *lasting, keeping *sync.Mutex) func(adapters.KeptApp) error {
	return func(app adapters.KeptApp) error {
		keeping.Lock()
		defer keeping.Unlock()
		if err := s.config.Kept.Save(app); err != nil {
			return err
		}
		config, err := c.config(true)
		if err != nil && s.config.Kept.App != nil {
			return errors.Join(fmt.Errorf("the desk cannot be started with it: %w", err), s.config.Kept.Save(*s.config.Kept.App))
		}
		if err != nil {
			return fmt.Errorf("it is kept in %s, but the desk cannot be started with it: %w", s.config.Kept.File, err)
		}
		s.log.Info("the desk begins anew, for Slack")
		s.anew.Store(&config)
		_ = door.Close() // the next life answers who comes from now on
		time.AfterFunc(leaveTime, s.end)
		return nil
	}
}
