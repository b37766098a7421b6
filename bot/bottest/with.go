package bottest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/phrase"
)

// with changes the cast or the policies of one conversation, before it begins:
//
//	with followup: auto
//	with clocks: none
//	with timur: level 2
//	with pavel: level 3 in Europe/Minsk
//	with client Brightwell: brightwell.example in Europe/London answer both
//	with mails: 3 of a sender, 5 of a domain
//	with complaints: complaints@desk.example
//	with gifts: up to $50
//	with faq in support: thread
//	with digest in inside: 09:00 Europe/Minsk
//	with schedule report: every weekday at 10:00 in inside, skip
//	with Zammad 48211: open of grace@harbor.example by inga, Checkout is slow
//	with Zammad 48212: paused till 2026-03-17T08:00:00Z of grace@harbor.example, Move the shop
//
// Somebody who is not of the cast joins the team as an agent.
func (p *player) with(text string) error {
	key, value, ok := strings.Cut(text, ": ")
	s := p.o.Settings
	switch {
	case p.begun:
		return errors.New("it has begun already")
	case !ok:
		return errors.New("say with NAME: VALUE")
	case key == "followup" && value == "off":
		s.Followup.Off = true
	case key == "followup":
		s.Followup.Remind = value
	case key == "clocks" && value == "none":
		s.Clocks = bot.Clocks{}
	case strings.HasPrefix(key, "client "):
		return p.withClient(strings.TrimPrefix(key, "client "), strings.Fields(value))
	case key == "mails":
		_, err := fmt.Sscanf(value, "%d of a sender, %d of a domain", &s.MailLimits.PerSender, &s.MailLimits.PerDomain)
		return err
	case key == "gifts":
		_, err := fmt.Sscanf(value, "up to $%d", &s.Gifts.Limit)
		s.Gifts.Currency = "$"
		return err
	case key == "complaints":
		s.Complaints = value
	case strings.HasPrefix(key, "faq in "):
		return p.withChannel(strings.TrimPrefix(key, "faq in "), func(c *bot.Channel) { c.Speak = bot.Speak(value) })
	case strings.HasPrefix(key, "digest in "):
		return p.withDigest(strings.TrimPrefix(key, "digest in "), value)
	case strings.HasPrefix(key, "schedule "):
		return p.withSchedule(strings.TrimPrefix(key, "schedule "), value)
	case movedKey.MatchString(key):
		return p.withMoved(key, value)
	case strings.HasPrefix(value, "level "):
		return p.withLevel(key, strings.TrimPrefix(value, "level "))
	default:
		return fmt.Errorf("there is no %q to be with", text)
	}
	return nil
}

// withChannel changes a channel of the cast.
func (p *player) withChannel(name string, change func(c *bot.Channel)) error {
	s := p.o.Settings
	i := slices.IndexFunc(s.Channels, func(c bot.Channel) bool { return c.Name == name })
	if i < 0 {
		return fmt.Errorf("there is no channel %q", name)
	}
	change(&s.Channels[i])
	return nil
}

// withDigest adds a digest in a channel, in the morning of a zone.
func (p *player) withDigest(channel, value string) error {
	clock, zone, _ := strings.Cut(value, " ")
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return err
	}
	z, err := time.LoadLocation(zone)
	if err != nil {
		return err
	}
	p.o.Settings.Digests = append(p.o.Settings.Digests, bot.Digest{Name: channel, Zone: z, At: time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute})
	return p.withChannel(channel, func(c *bot.Channel) { p.o.Settings.Digests[len(p.o.Settings.Digests)-1].Place = c.Place })
}

// withSchedule adds a schedule on the team's clock, which says its own name.
func (p *player) withSchedule(name, value string) error {
	when, where, ok := cutLast(value, " in ")
	channel, missed, _ := strings.Cut(where, ", ")
	zone := p.o.Settings.ZoneOf(bot.Person{})
	found, err := phrase.Parse(when, "en", zone, time.Now())
	if err != nil || !ok || found.Spec == "" {
		return fmt.Errorf("there is no schedule %q: %w", value, err)
	}
	p.o.Settings.Schedules = append(p.o.Settings.Schedules, bot.Schedule{Name: name, Text: name, Spec: found.Spec, Zone: zone.String(), Missed: bot.Missed(missed)})
	return p.withChannel(channel, func(c *bot.Channel) { p.o.Settings.Schedules[len(p.o.Settings.Schedules)-1].Place = c.Place })
}

func (p *player) withLevel(name, value string) error {
	number, zone, elsewhere := strings.Cut(value, " in ")
	level, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	s := p.o.Settings
	if i := slices.IndexFunc(s.People, func(o bot.Person) bool { return o.Is("web:" + name) }); i >= 0 && !elsewhere {
		s.People[i].Level = level
		return nil
	}
	lives, err := time.LoadLocation(zone)
	if err != nil {
		return err
	}
	s.People = append(s.People, bot.Person{
		ID: "web:" + name, IDs: []string{"web:" + name}, Name: strings.ToUpper(name[:1]) + name[1:], Role: bot.Agent, Zone: lives, Level: level,
	})
	return nil
}

// withClient adds a company, or changes one: its domains, its zone behind "in",
// and behind "answer" who is answered when its people forward a mail.
func (p *player) withClient(name string, words []string) error {
	s := p.o.Settings
	i := slices.IndexFunc(s.Clients, func(c bot.Client) bool { return c.Name == name })
	if i < 0 {
		i = len(s.Clients)
		s.Clients = append(s.Clients, bot.Client{Name: name})
	}
	c := &s.Clients[i]
	for ; len(words) > 0; words = words[1:] {
		switch {
		case len(words) > 1 && words[0] == "in":
			zone, err := time.LoadLocation(words[1])
			if err != nil {
				return err
			}
			c.Zone, words = zone, words[1:]
		case len(words) > 1 && words[0] == "answer":
			c.Answer, words = bot.Whom(words[1]), words[1:]
		default:
			c.Domains = append(c.Domains, words[0])
		}
	}
	return nil
}
