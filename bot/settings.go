package bot

import (
	"strings"
	"time"

	"meridian/bot/calendar"
	"meridian/bot/say"
)

// Settings are the configuration as of one event: the team, its channels,
// people and policies. They are never changed; a reload makes new ones.
type Settings struct {
	Team     Team
	Channels []Channel
	People   []Person
	Clients  []Client
	Hooks    []Hook
	// Emoji maps short names to commands; a name that is mapped to nothing does nothing.
	Emoji      map[string]string
	UndoState  time.Duration     // how long an emoji can be taken back; default 10 minutes
	UndoReply  time.Duration     // how long a reply waits before it leaves; default 30 seconds
	PublicURL  string            // where people reach the web desk; empty: they do not
	MailFrom   string            // the desk's own address
	Complaints string            // the address for complaints; empty: there is none
	MailCards  Place             // where cards of mailed requests go
	MailLimits MailLimits        // how many mails an hour may become requests
	TeamCards  Place             // where cards of direct messages and the API go
	Clocks     Clocks            // by when the desk owes what
	Followup   Followup          // what becomes of a request whose client is silent
	Cities     map[string]string // what to call the city of a zone, where people say another than the zone's name does
	Answers    []Answer          // canned ones, in the order of the configuration
	Words      *say.Catalogue    // what the desk says, for drafts that become a person's own words; nil: it is read when it is needed
	Rules      []Rule            // keyword rules; each that fits applies, the first to say something of a field wins
	Known      Known             // what messengers say; nil: nothing
	FAQ        FAQ               // when articles are suggested
	Digests    []Digest          // who is told each morning how things stand
	Schedules  []Schedule        // what the configuration has said again and again
	Fixed      Fixed             // what the configuration file says, and nobody can switch elsewhere
	Gifts      Gifts             // the ledger of what clients are given
	NoFiling   bool              // see [Switches]
	NoEdits    bool
}

// Clocks are the working time, of the team's calendar, in which a class of
// service is owed a first answer, each next one and a solution. A class that is
// not there has no clock.
type Clocks struct {
	First    map[Class]time.Duration
	Next     map[Class]time.Duration
	Solution map[Class]time.Duration
}

// Followup is the policy for clients who do not answer.
type Followup struct {
	Off    bool
	Days   int    // working days of the client's calendar until the silence counts; default 2
	Remind string // [RemindDraft] or [RemindAuto]; empty: the first
}

// Who sends the reminder to a silent client: a person, to whom it is drafted,
// or the desk by itself.
const (
	RemindDraft = "draft"
	RemindAuto  = "auto"
)

// Gifts is the ledger of what the desk gives to clients who were treated badly.
type Gifts struct {
	Limit    int    // whole units that need nobody's permission; 0: there is no ledger
	Currency string // in front of an amount, such as "$"
}

// Sum is an amount with its currency: "$20".
func (g Gifts) Sum(amount int) string { return g.Currency + itoa(int64(amount)) }

// Answer is a canned answer: words that are written often.
type Answer struct {
	Name string
	Text map[Language]string
}

// Rule sorts what is filed by the words in it. Zero fields say nothing.
type Rule struct {
	Words  []string // any of them, as whole words or phrases, in any case
	Kind   Kind
	Class  Class
	Level  int
	Client string
	Tags   []string
}

// Team is the team's own name, zone, language and working time.
type Team struct {
	Name     string
	Zone     *time.Location
	Language Language
	Hours    calendar.Hours    // of those who have none of their own, each on their own clock
	Holidays calendar.Holidays // on which nobody of the team works
}

// Audience says who reads a channel.
type Audience string

// The audiences. Where it is not known it is clients: fail closed.
const (
	Inside     Audience = "inside"
	ForClients Audience = "clients"
)

// Intake says which messages of a channel become requests.
type Intake string

// The ways of intake. Manual is the default: only what people ask to file.
// Auto files each new thread. Suggest asks the person who wrote, privately, and
// only under what looks like a request. Shadow posts nothing and tells the team
// each evening what it would have done.
const (
	IntakeManual  Intake = "manual"
	IntakeAuto    Intake = "auto"
	IntakeSuggest Intake = "suggest"
	IntakeShadow  Intake = "shadow"
)

// Channel is one configured channel.
type Channel struct {
	Name     string // without "#"
	Switched string // the name that [Switches] know it by; empty: Name
	Place    Place
	Desk     Place // where cards of its requests go; zero: the card is the first answer in the thread
	Audience Audience
	LookedUp bool // the configuration does not say who reads it: the messenger does, and until then it is Audience
	Intake   Intake
	Speak    Speak // how loud articles are here; empty: by who reads it, see [Settings.SpeakAt]
	Language Language
	// FixedIntake and FixedSpeak: the configuration file says so, and nobody can
	// switch it elsewhere.
	FixedIntake, FixedSpeak bool
}

// Client is a company that the desk works for.
type Client struct {
	Name    string
	Tier    string
	Domains []string       // of mail addresses, lower case
	Zone    *time.Location // nil: the team's
	Hours   calendar.Hours // always: the team's hours, on the client's clock
	// Holidays are the days on which nobody there is expected to answer.
	Holidays calendar.Holidays
	Sites    []string // host names of its shops or pages, lower case
	Notes    string
	Answer   Whom // who is answered when its people forward a mail; empty: the forwarder
	Locked   bool // the configuration file says so: it cannot be changed elsewhere
}

// Hook is one configured webhook.
type Hook struct {
	Name    string
	Kind    string
	Channel Place
}

// InWords puts a text into words, for what becomes a person's own: a draft, or
// the copy of what the desk itself has said.
func (s *Settings) InWords(t Text) (string, error) {
	words := s.Words
	if words == nil {
		var err error
		if words, err = say.New(); err != nil {
			return "", err
		}
	}
	return t.Plain(words, s.ZoneOf(Person{})), nil
}

// Channel finds the configuration of a place's channel. A channel that is not
// configured is unknown: its audience is clients, and nothing is filed there
// unasked.
func (s *Settings) Channel(p Place) (Channel, bool) {
	top := p.Top()
	for _, c := range s.Channels {
		if c.Place == top {
			c.Audience = s.audience(c)
			return c, true
		}
	}
	return Channel{Name: top.Channel, Place: top, Audience: ForClients, Intake: IntakeManual}, false
}

// Person finds a person by any of their names. Somebody who is not listed is
// an outsider under the name they go by. Who comes by mail is a requester at
// most, whoever they are: the address of a sender is easily forged.
func (s *Settings) Person(a Actor) Person {
	for _, p := range s.People {
		if p.Is(a.ID) {
			if strings.HasPrefix(a.ID, "email:") {
				p.Role = Requester
			}
			return s.known(p, a.ID)
		}
	}
	name := a.Name
	if name == "" {
		_, name, _ = strings.Cut(a.ID, ":")
	}
	return s.known(Person{ID: a.ID, IDs: []string{a.ID}, Name: name, Role: Outsider, Client: s.ClientOf(a.ID)}, a.ID)
}

// Named finds a listed person by name, whatever its case, or by one of their
// ids. It serves what people type.
func (s *Settings) Named(name string) (Person, bool) {
	name = strings.TrimPrefix(strings.TrimSpace(name), "@")
	for _, p := range s.People {
		if strings.EqualFold(p.Name, name) || p.Is(name) {
			return p, true
		}
	}
	return Person{}, false
}

// ClientNamed finds a company by its name, whatever its case.
func (s *Settings) ClientNamed(name string) (Client, bool) {
	for _, c := range s.Clients {
		if name != "" && strings.EqualFold(c.Name, name) {
			return c, true
		}
	}
	return Client{}, false
}

// ClientOf names the company of a mail address by its domain, if it is known.
func (s *Settings) ClientOf(id string) string {
	address, ok := strings.CutPrefix(id, "email:")
	if !ok {
		return ""
	}
	domain := strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
	for _, c := range s.Clients {
		for _, d := range c.Domains {
			if domain == d || strings.HasSuffix(domain, "."+d) {
				return c.Name
			}
		}
	}
	return ""
}

// Inside reports whether only the team reads the place.
func (s *Settings) Inside(p Place) bool {
	if p.IsDirect() {
		return s.Person(Actor{ID: p.Adapter + ":" + strings.TrimPrefix(p.Channel, DirectPrefix)}).Team()
	}
	c, ok := s.Channel(p)
	return ok && c.Audience == Inside
}

// LanguageFor chooses the language of what is said at a place to a person:
// theirs, else the channel's, else the team's. An empty person means everybody
// there.
func (s *Settings) LanguageFor(p Place, who Person) Language {
	if who.Language != "" {
		return who.Language
	}
	if c, ok := s.Channel(p); ok && c.Language != "" {
		return c.Language
	}
	return s.Team.Language
}

// ZoneOf is a person's zone, else the team's.
func (s *Settings) ZoneOf(who Person) *time.Location {
	if who.Zone != nil {
		return who.Zone
	}
	if s.Team.Zone != nil {
		return s.Team.Zone
	}
	return time.UTC
}
