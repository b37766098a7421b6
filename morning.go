package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/calendar"
	"meridian/bot/phrase"
)

// channelFAQ is how loud articles are in a channel.
type channelFAQ struct {
	Speak bot.Speak `yaml:"speak"`
}

// faq is when an article is suggested.
type faq struct {
	Score int           `yaml:"score"`
	Gap   int           `yaml:"gap"`
	Wait  time.Duration `yaml:"wait"`
}

// digest is how things stand, told to a channel each morning.
type digest struct {
	Channel  string `yaml:"channel"`
	At       string `yaml:"at"`
	Timezone string `yaml:"timezone"`
}

// schedule is what a channel is reminded of again and again.
type schedule struct {
	Name     string     `yaml:"name"`
	Channel  string     `yaml:"channel"`
	Text     string     `yaml:"text"`
	When     string     `yaml:"when"`
	Timezone string     `yaml:"timezone"`
	Missed   bot.Missed `yaml:"missed"`
}

// usualMorning is when a digest comes that names no time.
const usualMorning = "09:00"

// faq is when articles are suggested, and how loudly.
func (c *checker) faq() {
	f := c.file.FAQ
	for key, n := range map[string]int{"faq.score": f.Score, "faq.gap": f.Gap} {
		if n < 1 || n > 100 {
			c.Problem(key, "must be between 1 and 100, of 100")
		}
	}
	if f.Wait < time.Second || f.Wait > 10*time.Minute {
		c.Problem("faq.wait", "must be between 1s and 10m")
	}
	c.out.FAQ = bot.FAQ{Score: float64(f.Score) / 100, Gap: float64(f.Gap) / 100, Wait: f.Wait}
	for i, ch := range c.file.Channels {
		c.out.Channels[i].Speak, c.out.Channels[i].FixedSpeak = ch.FAQ.Speak, c.fixed(fmt.Sprintf("channels[%d].faq.speak", i))
		if !slices.Contains([]bot.Speak{"", bot.SpeakOff, bot.SpeakAgents, bot.SpeakAsker, bot.SpeakThread}, ch.FAQ.Speak) {
			c.Problem(fmt.Sprintf("channels[%d].faq.speak", i), "must be off, agents, asker or thread")
		}
	}
}

// digests are told in inside channels alone, at most one in each.
func (c *checker) digests() {
	c.out.Fixed.Digest = c.fixed("digests")
	for i, d := range c.file.Digests {
		at := fmt.Sprintf("digests[%d]", i)
		out := bot.Digest{Name: d.Channel, Zone: c.zoneOrTeams(at+".timezone", d.Timezone)}
		if d.At == "" {
			d.At = usualMorning
		}
		clock, err := time.Parse("15:04", d.At)
		if err != nil {
			c.Problem(at+".at", "must be a time such as 09:00")
		}
		out.At = time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute
		switch ch, ok := c.insideChannel(at+".channel", d.Channel); {
		case !ok:
		case slices.ContainsFunc(c.out.Digests, func(o bot.Digest) bool { return o.Name == d.Channel }):
			c.Problem(at+".channel", "%s has a digest above already", d.Channel)
		default:
			out.Place = ch.Place
		}
		c.out.Digests = append(c.out.Digests, out)
	}
}

// zoneOrTeams is a zone, the team's where none is named.
func (c *checker) zoneOrTeams(path, name string) *time.Location {
	if name == "" && !c.Has(path) {
		return c.out.Team.Zone
	}
	return c.zone(path, name)
}

// schedules are what channels are reminded of.
func (c *checker) schedules() {
	for i, x := range c.file.Schedules {
		at := fmt.Sprintf("schedules[%d]", i)
		out := bot.Schedule{Name: x.Name, Text: strings.TrimSpace(x.Text), Missed: x.Missed}
		c.name(at+".name", x.Name, slices.ContainsFunc(c.out.Schedules, func(o bot.Schedule) bool { return o.Name == x.Name }))
		if ch, ok := c.channel(at+".channel", x.Channel); ok {
			out.Place = ch.Place
		}
		switch n := len([]rune(out.Text)); {
		case n == 0:
			c.Problem(at+".text", "is missing; write what is to be said")
		case n > bot.MaxReminder:
			c.Problem(at+".text", "is longer than %d characters", bot.MaxReminder)
		}
		zone := c.zoneOrTeams(at+".timezone", x.Timezone)
		if zone == nil {
			zone = time.UTC
		}
		out.Zone = zone.String()
		out.Spec = c.spec(at+".when", x.When, zone)
		if out.Missed == "" {
			out.Missed = bot.MissedOnce
		}
		if !slices.Contains([]bot.Missed{bot.MissedOnce, bot.MissedSkip, bot.MissedAll}, out.Missed) {
			c.Problem(at+".missed", "must be once, skip or all")
		}
		c.out.Schedules = append(c.out.Schedules, out)
	}
}

// spec reads a schedule: five fields of cron, or a phrase in English or Russian.
func (c *checker) spec(path, when string, zone *time.Location) string {
	when = strings.TrimSpace(when)
	if when == "" {
		c.Problem(path, `is missing; write such as "every weekday at 9:30", or five fields of cron`)
		return ""
	}
	if strings.HasPrefix(when, "@") || len(strings.Fields(when)) == 5 && strings.ContainsAny(when[:1], "*0123456789") {
		if _, err := calendar.Parse(when); err != nil {
			c.Problem(path, "is wrong: %v", err)
		}
		return when
	}
	found, err := phrase.Parse(when, string(c.out.Team.Language), zone, time.Now())
	var wrong *phrase.Error
	switch {
	case errors.As(err, &wrong):
		c.Problem(path, "is wrong: %v", err)
	case found.Spec == "":
		c.Problem(path, `comes once; write such as "every weekday at 9:30"`)
	case found.Whole:
		c.Problem(path, `names no hour; write such as "every weekday at 9:30"`)
	}
	return found.Spec
}
