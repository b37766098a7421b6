package bot

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// Switches are what people have switched in the desk itself: what it does
// unasked. They lie over the configuration, but for what its file says. The zero
// value changes nothing.
type Switches struct {
	NoFiling bool              `json:",omitempty"` // nothing becomes a request, even where somebody asks for it
	NoEdits  bool              `json:",omitempty"` // cards stay as they were posted
	Intake   map[string]Intake `json:",omitempty"` // by the name of a channel, see [Channel]
	Speak    Speak             `json:",omitempty"` // how loud articles are, in every channel
	Silent   Silent            `json:",omitempty"` // what is written to silent clients
	Digest   *MorningDigest    `json:",omitempty"` // the digest, instead of those of the configuration
}

// MorningDigest is the digest as people switch it: in a channel, at a time of
// its readers' clock. Without a channel there is none.
type MorningDigest struct {
	Channel string        // its name
	At      time.Duration // after midnight
}

// Silent says what the desk does about clients who do not answer.
type Silent string

// Off: it waits with the client. Draft: it drafts a reminder that a person
// sends. Auto: it reminds them by itself, and closes.
const (
	SilentOff   Silent = "off"
	SilentDraft Silent = "draft"
	SilentAuto  Silent = "auto"
)

// Fixed is what the configuration file says of [Switches]: that cannot be
// switched elsewhere. Channels say so themselves.
type Fixed struct {
	Silent bool
	Digest bool
}

// Silences is what the desk does about silent clients.
func (f Followup) Silences() Silent {
	switch {
	case f.Off:
		return SilentOff
	case f.Remind == RemindAuto:
		return SilentAuto
	}
	return SilentDraft
}

// With are the settings with what people have switched.
func (s *Settings) With(w Switches) *Settings {
	all := *s
	all.NoFiling, all.NoEdits = w.NoFiling, w.NoEdits
	all.Channels = slices.Clone(s.Channels)
	for i := range all.Channels {
		c := &all.Channels[i]
		if intake, said := w.Intake[c.switched()]; said && !c.FixedIntake {
			c.Intake = intake
		}
		if w.NoFiling && c.Intake != IntakeShadow {
			c.Intake = IntakeManual
		}
		if w.Speak != "" && !c.FixedSpeak {
			c.Speak = w.Speak
		}
	}
	if w.Silent != "" && !s.Fixed.Silent {
		all.Followup.Off = w.Silent == SilentOff
		if all.Followup.Remind = RemindDraft; w.Silent == SilentAuto {
			all.Followup.Remind = RemindAuto
		}
	}
	if w.Digest != nil && !s.Fixed.Digest {
		all.Digests = nil
		for _, c := range s.Channels {
			if strings.EqualFold(c.switched(), w.Digest.Channel) {
				all.Digests = []Digest{{Name: c.Name, Place: c.Place, At: w.Digest.At, Zone: s.ZoneOf(Person{})}}
			}
		}
	}
	return &all
}

// switched is the name that switches know a channel by.
func (c Channel) switched() string { return cmp.Or(c.Switched, c.Name) }

// ChannelNamed finds a channel by its name, with or without "#".
func (s *Settings) ChannelNamed(name string) (Channel, bool) {
	name = strings.TrimPrefix(strings.TrimSpace(name), "#")
	for _, c := range s.Channels {
		if name != "" && strings.EqualFold(c.Name, name) {
			c.Audience = s.audience(c)
			return c, true
		}
	}
	return Channel{}, false
}

// FixedSpeak reports whether the configuration file says of every channel how
// loud articles are there.
func (s *Settings) FixedSpeak() bool {
	return len(s.Channels) > 0 && !slices.ContainsFunc(s.Channels, func(c Channel) bool { return !c.FixedSpeak })
}

// Shadows reports whether the desk only listens: in every channel that clients
// read, and there is one.
func (s *Settings) Shadows() bool {
	any := false
	for _, c := range s.Channels {
		if s.audience(c) != Inside {
			if c.Intake != IntakeShadow {
				return false
			}
			any = true
		}
	}
	return any
}

// Switch is one of [Switches] as people name it: "intake", of the channel
// "support", to be "auto".
type Switch struct {
	What    string // filing, cards, intake, articles, silent, digest or shadow
	Channel string // of intake and of a digest
	Value   string
}

// String is the switch as people type it.
func (w Switch) String() string {
	return strings.Join(strings.Fields(w.What+" "+w.Channel+" "+w.Value), " ")
}

// ParseSwitch reads what somebody typed: "intake support auto", "digest team
// 9:30". It reports false for what is no switch.
func ParseSwitch(s string) (Switch, bool) {
	f := strings.Fields(strings.ToLower(s))
	switch {
	case len(f) == 2 && slices.Contains([]string{"filing", "cards", "articles", "silent", "shadow"}, f[0]), len(f) == 2 && f[0] == "digest" && f[1] == "off":
		return Switch{What: f[0], Value: f[1]}, true
	case len(f) == 2 && f[0] == "digest":
		return Switch{What: f[0], Channel: f[1], Value: "09:00"}, true
	case len(f) == 3 && (f[0] == "digest" || f[0] == "intake"):
		return Switch{What: f[0], Channel: f[1], Value: f[2]}, true
	}
	return Switch{}, false
}

// Set changes one of the switches. A refusal says what is wrong with it, or that
// the configuration file has the say.
func (w *Switches) Set(s *Settings, by Switch) *Error {
	switch by.What {
	case "filing", "cards":
		off, refused := onOff(by)
		if by.What == "filing" {
			w.NoFiling = off
		} else {
			w.NoEdits = off
		}
		return refused
	case "intake":
		return w.setIntake(s, by)
	case "shadow":
		return w.setShadow(s, by)
	case "articles":
		if s.FixedSpeak() {
			return Refuse("refuse.switch_fixed", "What", Code("channels: faq: speak"))
		}
		w.Speak = Speak(by.Value)
		return oneOf(by, string(SpeakOff), string(SpeakAgents), string(SpeakAsker), string(SpeakThread))
	case "silent":
		if s.Fixed.Silent {
			return Refuse("refuse.switch_fixed", "What", Code("followup"))
		}
		w.Silent = Silent(by.Value)
		return oneOf(by, string(SilentOff), string(SilentDraft), string(SilentAuto))
	case "digest":
		return w.setDigest(s, by)
	}
	return Refuse("refuse.no_switch", "Words", by.What)
}

func onOff(by Switch) (off bool, refused *Error) { return by.Value == "off", oneOf(by, "on", "off") }

func oneOf(by Switch, values ...string) *Error {
	if slices.Contains(values, by.Value) {
		return nil
	}
	return Refuse("refuse.switch_value", "Words", shorten(by.Value, 40), "List", Quote(strings.Join(values, ", ")))
}

func (w *Switches) setIntake(s *Settings, by Switch) *Error {
	if refused := oneOf(by, string(IntakeManual), string(IntakeAuto), string(IntakeSuggest), string(IntakeShadow)); refused != nil {
		return refused
	}
	c, ok := s.ChannelNamed(by.Channel)
	switch {
	case !ok:
		return Refuse("refuse.switch_channel", "Words", shorten(by.Channel, 40))
	case c.FixedIntake:
		return Refuse("refuse.switch_fixed", "What", Code("channels: "+c.Name+": intake"))
	}
	w.Intake = maps.Clone(w.Intake)
	if w.Intake == nil {
		w.Intake = map[string]Intake{}
	}
	w.Intake[c.switched()] = Intake(by.Value)
	return nil
}

// setShadow lets the desk only listen wherever clients read, or no longer.
func (w *Switches) setShadow(s *Settings, by Switch) *Error {
	off, refused := onOff(by)
	if refused != nil {
		return refused
	}
	to := IntakeShadow
	if off {
		to = IntakeManual
	}
	for _, c := range s.Channels {
		if s.audience(c) == Inside || c.FixedIntake || off && c.Intake != IntakeShadow {
			continue
		}
		if refused := w.setIntake(s, Switch{Channel: c.Name, Value: string(to)}); refused != nil {
			return refused
		}
	}
	return nil
}

func (w *Switches) setDigest(s *Settings, by Switch) *Error {
	if s.Fixed.Digest {
		return Refuse("refuse.switch_fixed", "What", Code("digests"))
	}
	if by.Channel == "" {
		w.Digest = &MorningDigest{}
		return nil
	}
	c, ok := s.ChannelNamed(by.Channel)
	switch {
	case !ok:
		return Refuse("refuse.switch_channel", "Words", shorten(by.Channel, 40))
	case c.Audience != Inside:
		return Refuse("refuse.digest_clients", "Place", Quote("#"+c.Name))
	}
	at, err := time.Parse("15:04", by.Value)
	if err != nil {
		return Refuse("refuse.switch_clock", "Words", shorten(by.Value, 40))
	}
	w.Digest = &MorningDigest{Channel: c.switched(), At: time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute}
	return nil
}
