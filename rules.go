package main

import (
	"fmt"
	"slices"
	"strings"

	"meridian/bot"
	"meridian/cli/yamlfile"
)

// rule is a keyword rule.
type rule struct {
	Words  []string  `yaml:"words"`
	Kind   bot.Kind  `yaml:"kind"`
	Class  bot.Class `yaml:"class"`
	Level  int       `yaml:"level"`
	Client string    `yaml:"client"`
	Tags   []string  `yaml:"tags"`
}

// rules makes the keyword rules. What is wrong with one is said of its first
// wrong key.
func (c *checker) rules() {
	for i, r := range c.file.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		out := bot.Rule{Words: r.Words, Kind: r.Kind, Class: r.Class, Level: r.Level, Client: r.Client, Tags: r.Tags}
		if c.Has(at+".level") && (r.Level < 1 || r.Level > bot.MaxLevel) {
			c.Problem(at+".level", "must be between 1 and %d", bot.MaxLevel)
			out.Level = 1
		}
		refused := out.Check(&c.out)
		if refused == nil {
			c.out.Rules = append(c.out.Rules, out)
			continue
		}
		switch key := at + "." + refused.Field; {
		case refused.Field == "words" && !c.Has(key):
			c.Problem(key, "is missing; list the words or phrases that the rule is for")
		case refused.Field == "words" && out.String() == (bot.Rule{Words: r.Words}).String():
			c.Problem(at, "changes nothing; set kind, class, level, client or tags")
		case refused.Field == "words":
			c.Problem(key, "must be 1 to 50 words or phrases with letters or digits in them, of 100 characters at most")
		case refused.Field == "kind":
			c.Problem(key, "must be one of %s", listOf(bot.Kinds()))
		case refused.Field == "class":
			c.Problem(key, "must be one of %s", listOf(bot.Classes()))
		case refused.Field == "client":
			c.Problem(key, "%s", c.noClient(r.Client))
		default:
			c.Problem(key, "must be words of letters, digits, - _ and . in lower case, at most 20")
		}
	}
}

func listOf[S ~string](all []S) string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// noClient says that a name is no client's, and which one may have been meant.
func (c *checker) noClient(name string) string {
	var names []string
	for _, cl := range c.file.Clients {
		names = append(names, cl.Name)
	}
	sentence := fmt.Sprintf("names %q, which is not a client of this file", name)
	if near := yamlfile.Nearest(name, names); near != "" {
		sentence += "; did you mean " + near + "?"
	}
	return sentence
}

// partners makes the first line of each client, whom the client itself names.
// Who is of the team as well sees every client anyway.
func (c *checker) partners() {
	for i, cl := range c.file.Clients {
		for j, id := range cl.Partners {
			at := fmt.Sprintf("clients[%d].partners[%d]", i, j)
			c.id(at, id)
			if strings.HasPrefix(id, "email:") {
				c.Problem(at, "is a mail address, which proves nothing; name the person by an id of a messenger")
				continue
			}
			p := c.listed(id)
			if slices.Contains(p.Clients, cl.Name) {
				c.Problem(at, "names %s twice", p.Name)
			}
			p.Role, p.Clients = bot.Partner, append(p.Clients, cl.Name)
			if p.Client == "" {
				p.Client = cl.Name
			}
		}
	}
	for _, id := range c.file.Roles.Partners { // of their own company too
		if p := c.listed(id); p.Client != "" && len(p.Clients) > 0 && !slices.Contains(p.Clients, p.Client) {
			p.Clients = append(p.Clients, p.Client)
		}
	}
}

// listed is the person with an id, who is known by that alone if nothing else
// is said of them.
func (c *checker) listed(id string) *bot.Person {
	i := slices.IndexFunc(c.out.People, func(p bot.Person) bool { return p.Is(id) })
	if i < 0 {
		_, name, _ := strings.Cut(id, ":")
		c.out.People = append(c.out.People, bot.Person{ID: id, IDs: []string{id}, Name: name})
		i = len(c.out.People) - 1
	}
	return &c.out.People[i]
}
