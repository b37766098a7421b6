package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"meridian/bot"
	"meridian/storage"
)

// clientCmd groups what can be done with the companies that the desk works for.
type clientCmd struct {
	Import clientImport `cmd:"" help:"Take companies in from a CSV file."`
}

// clientImport takes companies in. All of a file is taken or nothing, and a
// second time changes nothing.
type clientImport struct {
	File   string `arg:"" help:"CSV with a first line of names: name, tier, timezone, domains, sites, notes, also in Russian. - is standard input."`
	DryRun bool   `help:"Say what would change, and change nothing."`
}

// Run reads the file and says what becomes of each company. Empty cells leave
// what is known already.
func (x *clientImport) Run(ctx context.Context, c *call) error {
	raw, err := x.read(c.Stdin)
	if err != nil {
		return err
	}
	f, err := readClients(raw)
	if err != nil {
		return fmt.Errorf("%s cannot be taken in, nothing was changed:\n%w", x.File, err)
	}
	return c.reading(ctx, func(s *storage.Store) error {
		var plan clientPlan
		var refused error
		look := func(v bot.View) error {
			plan, refused = planClients(v.Settings().Clients, f.rows)
			return refused
		}
		if x.DryRun {
			err = s.View(ctx, look)
		} else {
			err = s.Update(ctx, func(tx bot.Tx) error {
				if err := look(tx); err != nil {
					return err
				}
				return plan.save(tx)
			})
		}
		if refused != nil {
			return fmt.Errorf("%s cannot be taken in, nothing was changed:\n%w", x.File, refused)
		}
		if err != nil {
			return fmt.Errorf("take clients in: %w", err)
		}
		return x.report(c, f, plan)
	})
}

func (x *clientImport) read(stdin io.Reader) ([]byte, error) {
	in := stdin
	if x.File != "-" {
		f, err := os.Open(x.File)
		if err != nil {
			return nil, fmt.Errorf("read clients: %w", err)
		}
		defer f.Close() //nolint:errcheck // it was only read
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxClientFile+1))
	if err != nil {
		return nil, fmt.Errorf("read clients: %w", err)
	}
	return raw, nil
}

// report says what was done: each company that is new or other, then the sum.
func (x *clientImport) report(c *call, f clientFile, p clientPlan) error {
	for _, line := range p.lines {
		if err := c.say("%s", line); err != nil {
			return err
		}
	}
	verb := ""
	if x.DryRun {
		verb = "would be "
	}
	comma := map[rune]string{',': "commas", ';': "semicolons", '\t': "tabs"}[f.comma]
	if err := c.say("%s (%s, %s): %d %sadded, %d %schanged, %d as they were", x.File, f.encoding, comma, p.added, verb, p.changed, verb, p.same); err != nil {
		return err
	}
	if len(f.left) > 0 {
		return c.say("columns left out: %s", strings.Join(f.left, ", "))
	}
	return nil
}

// clientPlan is what a file would make of the companies that are known.
type clientPlan struct {
	saves                []bot.Client
	lines                []string
	added, changed, same int
}

// planClients compares a file with what is known. A company that the
// configuration file describes is not changed here, and a domain belongs to one
// company.
func planClients(known []bot.Client, rows []clientRow) (p clientPlan, err error) {
	var wrong problems
	seen := map[string]int{}
	owner := map[string]string{}
	for _, c := range known {
		gives := slices.ContainsFunc(rows, func(r clientRow) bool { return strings.EqualFold(r.client.Name, c.Name) && len(r.client.Domains) > 0 })
		for _, d := range c.Domains {
			if !gives {
				owner[d] = c.Name
			}
		}
	}
	for _, row := range rows {
		name := row.client.Name
		if first, twice := seen[strings.ToLower(name)]; twice {
			wrong.add(row.line, "%s stands on line %d already", name, first)
			continue
		}
		seen[strings.ToLower(name)] = row.line
		for _, d := range row.client.Domains {
			if o := owner[d]; o != "" && !strings.EqualFold(o, name) {
				wrong.add(row.line, "%s is a domain of %s already", d, o)
			}
			owner[d] = name
		}
		i := slices.IndexFunc(known, func(c bot.Client) bool { return strings.EqualFold(c.Name, name) })
		if i < 0 {
			p.saves, p.added = append(p.saves, row.client), p.added+1
			p.lines = append(p.lines, "+ "+name)
			continue
		}
		next, changes := row.over(known[i])
		switch {
		case len(changes) == 0:
			p.same++
		case known[i].Locked:
			wrong.add(row.line, "%s is described in the configuration file; change it there (%s)", known[i].Name, strings.Join(changes, ", "))
		default:
			p.saves, p.changed = append(p.saves, next), p.changed+1
			p.lines = append(p.lines, "~ "+next.Name+": "+strings.Join(changes, ", "))
		}
	}
	return p, wrong.err()
}

// over is what a line makes of a company that is known, and the names of the
// fields that are other then.
func (r clientRow) over(known bot.Client) (next bot.Client, changes []string) {
	next = known
	change := func(field string, now, was any, set func()) {
		if v := reflect.ValueOf(now); !v.IsZero() && !reflect.DeepEqual(now, was) {
			changes = append(changes, field)
			set()
		}
	}
	change("tier", r.client.Tier, known.Tier, func() { next.Tier = r.client.Tier })
	change("timezone", zoneName(r.client.Zone), zoneName(known.Zone), func() { next.Zone = r.client.Zone })
	change("domains", r.client.Domains, known.Domains, func() { next.Domains = r.client.Domains })
	change("sites", r.client.Sites, known.Sites, func() { next.Sites = r.client.Sites })
	change("notes", r.client.Notes, known.Notes, func() { next.Notes = r.client.Notes })
	return next, changes
}

func zoneName(zone *time.Location) string {
	if zone == nil {
		return ""
	}
	return zone.String()
}

// save writes the plan and notes that it was done.
func (p clientPlan) save(tx bot.Tx) error {
	for _, c := range p.saves {
		if err := tx.SaveClient(c); err != nil {
			return err
		}
	}
	if len(p.saves) == 0 {
		return nil
	}
	return tx.AddAudit(bot.AuditLine{At: tx.Now(), Surface: bot.ByCLI, Action: "import", Object: "client",
		After: fmt.Sprintf("added %d changed %d", p.added, p.changed)})
}
