package main

import (
	"fmt"

	"meridian/adapters"
)

// messengers are the sections of messengers outside. A channel of one that has
// no section is nowhere.
func (c *checker) messengers() {
	if s := c.file.Slack; s != nil {
		if key, why := s.Check(); key != "" {
			c.Problem(key, "%s", why)
		}
		for i, name := range s.Commands {
			if err := adapters.CheckSlackCommand(s.Prefix, name); err != nil {
				c.Problem(fmt.Sprintf("slack.commands[%d]", i), "%v", err)
			}
		}
		return
	}
	for i, ch := range c.out.Channels {
		if ch.Place.Adapter == "slack" {
			c.Problem(fmt.Sprintf("channels[%d].place", i), "is in Slack, and there is no section slack")
		}
	}
}
