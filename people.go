package main

import (
	"cmp"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"meridian/adapters"
	"meridian/bot"
	"meridian/cli/yamlfile"
	"meridian/commands"
)

func (c *checker) clients() {
	domains := map[string]string{}
	for i, cl := range c.file.Clients {
		at := fmt.Sprintf("clients[%d]", i)
		if strings.TrimSpace(cl.Name) == "" {
			c.Problem(at+".name", "is missing")
		} else if slices.ContainsFunc(c.out.Clients, func(o bot.Client) bool { return strings.EqualFold(o.Name, cl.Name) }) {
			c.Problem(at+".name", "%s is taken by another one above", cl.Name)
		}
		out := bot.Client{Name: cl.Name, Tier: cl.Tier}
		c.known(at, cl, &out)
		if out.Answer = cl.Answer; !slices.Contains([]bot.Whom{"", bot.ToForwarder, bot.ToOriginal, bot.ToBoth}, cl.Answer) {
			c.Problem(at+".answer", "must be forwarder, original or both")
		}
		for j, d := range cl.Domains {
			path, domain := fmt.Sprintf("%s.domains[%d]", at, j), strings.ToLower(d)
			if domain == "" || strings.ContainsAny(domain, "@ /:") || strings.HasPrefix(domain, ".") {
				c.Problem(path, "must be a domain of mail addresses, such as harbor.example")
			} else if other, ok := domains[domain]; ok {
				c.Problem(path, "%s is a domain of %s already", domain, other)
			}
			domains[domain] = cl.Name
			out.Domains = append(out.Domains, domain)
		}
		c.out.Clients = append(c.out.Clients, out)
	}
}

// people makes the people and gives them their roles. Whoever has a role and is
// not described is known by that one name.
func (c *checker) people() {
	owner := map[string]string{}
	for i, p := range c.file.People {
		c.person(fmt.Sprintf("people[%d]", i), p, owner)
	}
	// In this order the highest of several roles counts.
	c.partners()
	c.role(bot.Partner, "roles.partners", c.file.Roles.Partners)
	c.role(bot.Agent, "roles.agents", c.file.Roles.Agents)
	c.role(bot.Lead, "roles.leads", c.file.Roles.Leads)
	c.role(bot.Admin, "roles.admins", c.file.Roles.Admins)
}

func (c *checker) person(at string, p person, owner map[string]string) {
	out := bot.Person{Name: p.Name, Role: bot.Requester, Language: p.Language, Client: p.Client}
	if strings.TrimSpace(p.Name) == "" {
		c.Problem(at+".name", "is missing")
	} else if slices.ContainsFunc(c.out.People, func(o bot.Person) bool { return strings.EqualFold(o.Name, p.Name) }) {
		c.Problem(at+".name", "%s is taken by another one above; names must differ", p.Name)
	}
	if p.Language != "" {
		c.language(at+".language", p.Language)
	}
	c.personal(at, p, &out)
	if p.Client != "" {
		c.clientOf(at+".client", p.Client, &out)
	}
	if p.Timezone != "" {
		out.Zone = c.zone(at+".timezone", p.Timezone)
	}
	for j, id := range p.IDs {
		path := fmt.Sprintf("%s.ids[%d]", at, j)
		c.id(path, id)
		out.IDs = append(out.IDs, c.own(path, id, p.Name, owner))
	}
	if p.Email != "" {
		if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email {
			c.Problem(at+".email", "must be a plain address, such as grace@harbor.example")
		}
		out.IDs = append(out.IDs, c.own(at+".email", "email:"+strings.ToLower(p.Email), p.Name, owner))
	}
	if len(out.IDs) == 0 {
		c.Problem(at+".ids", "is missing; name the person by where they are, such as web:anna")
		return
	}
	// Mail carries no role, so the name that stands for the person is another.
	slices.SortStableFunc(out.IDs, func(a, b string) int {
		return cmp.Compare(strings.Index(a, "email:"), strings.Index(b, "email:"))
	})
	out.ID = out.IDs[0]
	c.out.People = append(c.out.People, out)
}

// own notes that an id belongs to a person. One id is one person's.
func (c *checker) own(path, id, name string, owner map[string]string) string {
	if other, ok := owner[id]; ok {
		c.Problem(path, "%s is an id of %s already", id, other)
	}
	owner[id] = name
	return id
}

// clientOf ties a person to a client, whose zone is theirs unless they have one.
func (c *checker) clientOf(path, name string, out *bot.Person) {
	for _, cl := range c.file.Clients {
		if cl.Name == name {
			if cl.Timezone != "" {
				out.Zone = c.zone(path, cl.Timezone)
			}
			return
		}
	}
	c.Problem(path, "%s", c.noClient(name))
}

func (c *checker) id(path, id string) {
	adapter, name, ok := strings.Cut(id, ":")
	known := append(adapters.Messengers(), "email")
	switch {
	case !ok || name == "" || strings.ContainsAny(name, " /"):
		c.Problem(path, "must be ADAPTER:NAME, such as web:anna")
	case !slices.Contains(known, adapter):
		c.Problem(path, "names %s, which is no adapter I know; I know %s", adapter, strings.Join(known, ", "))
	}
}

// role gives a role to those who are named by id. A mail address gives none: it
// is easily forged.
func (c *checker) role(r bot.Role, path string, ids []string) {
	for i, id := range ids {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.id(at, id)
		if strings.HasPrefix(id, "email:") {
			c.Problem(at, "is a mail address, which proves nothing; name the person by an id of a messenger")
			continue
		}
		p := c.listed(id)
		p.Role = r
		if r == bot.Partner && p.Client == "" {
			c.Problem(at, "has no client; list %s under people with client, or under a client's partners", id)
		}
	}
}

// reactions checks that each emoji does something the desk can do.
func (c *checker) reactions() {
	var names []string
	for _, command := range commands.All() {
		names = append(names, command.Name)
	}
	for emoji, acts := range c.file.Reactions {
		path := "reactions." + emoji
		if strings.ContainsAny(emoji, ": ") {
			c.Problem(path, "must be the emoji's short name, without colons")
		}
		for act := range strings.SplitSeq(acts, "|") {
			if acts == "" || slices.Contains(names, act) {
				continue
			}
			sentence := fmt.Sprintf("names %q, which is nothing the desk does", act)
			if near := yamlfile.Nearest(act, names); near != "" {
				sentence += "; did you mean " + near + "?"
			}
			c.Problem(path, "%s", sentence)
		}
	}
	c.out.Emoji = c.file.Reactions
}
