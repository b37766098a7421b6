package cli

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"meridian/bot"
	"meridian/cli/moving"
	"meridian/storage"
)

// move is another desk's past on its way in.
type move struct {
	desk     *moving.Desk
	settings *bot.Settings
	own      string               // the desk's mail address
	people   map[string]string    // who somebody there is here, as was decided
	states   map[string]bot.State // what a state there is here, as was decided
	without  []string             // groups that are left out
	here     map[string]bool      // numbers that have come over before
	now      time.Time            // what was put off until before that is open

	items         []item
	skipped       []skipped
	unknown       counts // names of the other team that nobody is here
	unsure        counts // states that nobody has explained
	groups        counts
	open, unowned int
	paused        int // of those that are open
	named         int // files that the export does not hold
	contacts      map[string]bot.Contact
}

// skipped is a request that is left out.
type skipped struct{ number, title, why string }

// movingIn reads what another desk gave out, and makes of it what can be
// imported.
func (c *call) movingIn(ctx context.Context, x *importCmd) (*summary, error) {
	config, err := c.config(false)
	if err != nil {
		return nil, err
	}
	m := &move{settings: config.Settings, without: x.Without, now: time.Now(), unknown: counts{}, unsure: counts{}, groups: counts{}, contacts: map[string]bot.Contact{}}
	if config.Adapters.Email != nil {
		m.own = config.Adapters.Email.Address
	}
	if err := m.decide(x); err != nil {
		return nil, err
	}
	bar := newProgress(c.Stderr, "reading")
	bar.at(0, 0, "")
	defer bar.end()
	if m.desk, err = moving.Read(x.File, x.From, moving.Options{Name: x.Name, Own: m.own}); err != nil {
		return nil, err
	}
	s := &summary{file: x.File, numbers: map[int64]bool{}, open: m.feed, counted: true, moved: m}
	if s.hash, err = hashOf(x.File, x.From); err != nil {
		return nil, err
	}
	if err := c.cameBefore(ctx, config, s); err != nil {
		return nil, err
	}
	m.translate()
	for _, it := range m.items {
		if err := it.check(s); err != nil {
			return nil, err
		}
	}
	s.size = int64(len(m.items))
	return s, m.writeSkipped(x.Skipped)
}

// decide reads what was decided on the command line.
func (m *move) decide(x *importCmd) error {
	m.people, m.states = map[string]string{}, map[string]bot.State{}
	for _, given := range x.Person {
		theirs, ours, ok := strings.Cut(given, "=")
		p, known := m.settings.Named(ours)
		if !ok || !known {
			return fmt.Errorf("--person %q: must be THEIRS=OURS, with one of %s", given, m.team())
		}
		m.people[strings.ToLower(theirs)] = p.ID
	}
	for _, given := range x.State {
		theirs, ours, _ := strings.Cut(given, "=")
		state := bot.State(ours)
		if state == "paused" {
			state = bot.Snoozed
		}
		if !slices.Contains([]bot.State{bot.Open, bot.Waiting, bot.Snoozed, bot.Closed}, state) {
			return fmt.Errorf("--state %q: must be THEIRS=OURS, with one of open, waiting, paused, closed", given)
		}
		m.states[strings.ToLower(theirs)] = state
	}
	return nil
}

// team are those whom somebody of the other desk can be.
func (m *move) team() string {
	var ids []string
	for _, p := range m.settings.People {
		if p.Team() {
			ids = append(ids, p.ID)
		}
	}
	return strings.Join(ids, ", ")
}

// hashOf knows a file again, with the format as which it is read.
func hashOf(file, format string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("read the export: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("read the export: %w", err)
	}
	return format + ":" + hex.EncodeToString(sum.Sum(nil)), nil
}

// cameBefore finds which requests the store has from an earlier import, unless
// that is this very one, broken off.
func (c *call) cameBefore(ctx context.Context, config Config, s *summary) (err error) {
	store, err := storage.OpenExisting(ctx, config.Storage.Reveal(), storage.Options{Settings: func() *bot.Settings { return config.Settings }, Log: c.log()})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return openError(config, err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return store.View(ctx, func(v bot.View) error {
		same, err := storage.Imported(v, s.hash)
		if err != nil || same {
			return err
		}
		s.moved.here, err = storage.OldNumbers(v, s.moved.desk.Name)
		return err
	})
}

// skip says why a request is left out, empty if it is not.
func (m *move) skip(t moving.Ticket) string {
	switch {
	case t.Skip != "":
		return t.Skip
	case slices.ContainsFunc(m.without, func(g string) bool { return strings.EqualFold(g, t.Group) }):
		return "group " + t.Group
	case m.here[t.Number]:
		return "here already"
	}
	return ""
}

// writeSkipped writes what is left out.
func (m *move) writeSkipped(name string) error {
	if name == "" {
		return nil
	}
	return whole(name, func(w io.Writer) error {
		out := csv.NewWriter(w)
		rows := [][]string{{"number", "title", "why"}}
		for _, s := range m.skipped {
			rows = append(rows, []string{s.number, guarded(s.title), s.why})
		}
		return out.WriteAll(rows)
	})
}

// guarded keeps a title from being taken for a formula by a program for tables.
func guarded(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}

// dryRun says what would be imported, and what is to be decided before.
func (m *move) dryRun(c *call, s *summary) error {
	line := fmt.Sprintf("Would import: %s closed, %s open", grouped(int64(s.ended)), grouped(int64(len(s.numbers)-s.ended)))
	if m.paused > 0 {
		line += fmt.Sprintf(", %s of them paused", grouped(int64(m.paused)))
	}
	line += "."
	if len(m.skipped) > 0 {
		why := counts{}
		for _, s := range m.skipped {
			why[s.why]++
		}
		var parts []string
		for _, w := range why.most() {
			parts = append(parts, fmt.Sprintf("%s %s", w, grouped(int64(why[w]))))
		}
		line += fmt.Sprintf(" Would skip: %s (%s); --skipped FILE lists them.", grouped(int64(len(m.skipped))), strings.Join(parts, ", "))
	}
	if err := c.say("%s", line); err != nil {
		return err
	}
	for _, q := range m.questions() {
		if err := c.say("To decide: %s", q); err != nil {
			return err
		}
	}
	if first := slices.IndexFunc(m.desk.Tickets, func(t moving.Ticket) bool { return t.Number != "" && m.skip(t) == "" }); first >= 0 {
		if err := c.say("Old numbers are kept: %q finds it, and answers to old mails reach it.", m.desk.Name+" "+m.desk.Tickets[first].Number); err != nil {
			return err
		}
	}
	if err := c.sayFiles(s); err != nil {
		return err
	}
	return c.say("Nothing is sent to anybody. Run without --dry-run to write.")
}

// asked is how many things of a kind are asked about.
const asked = 10

// questions are what a person should decide, and what happens if they do not.
func (m *move) questions() (all []string) {
	for _, name := range m.unknown.most()[:min(asked, len(m.unknown))] {
		all = append(all, fmt.Sprintf("%q (%s) is whom? --person '%s=%s'; else the name stays, and what is open has nobody yet.", name, plural(m.unknown[name], "request"), name, cmp.Or(m.someone(), "web:NAME")))
	}
	for _, name := range m.unsure.most()[:min(asked, len(m.unsure))] {
		all = append(all, fmt.Sprintf("state %q (%s): waiting for the client? --state '%s=waiting'; else it is open.", name, grouped(int64(m.unsure[name])), name))
	}
	if len(m.groups) > 1 {
		var parts []string
		for _, name := range m.groups.most()[:min(asked, len(m.groups))] {
			parts = append(parts, fmt.Sprintf("%q (%s)", name, grouped(int64(m.groups[name]))))
		}
		all = append(all, fmt.Sprintf("groups %s: leave one out? --without NAME", strings.Join(parts, ", ")))
	}
	return all
}

// someone is a person of the team, for an example.
func (m *move) someone() string {
	for _, p := range m.settings.People {
		if p.Team() {
			return p.ID
		}
	}
	return ""
}

// sortedContacts are the people that came over, by their ids.
func (m *move) sortedContacts() (all []bot.Contact) {
	for _, id := range slices.Sorted(maps.Keys(m.contacts)) {
		all = append(all, m.contacts[id])
	}
	return all
}
