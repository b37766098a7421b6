package slacktest

import (
	"encoding/base64"
	"slices"
	"sort"
	"strings"
	"time"
)

// within reports whether a timestamp lies between oldest and latest.
func (c *call) within(ts string) bool {
	oldest, latest, inclusive := c.args.Get("oldest"), c.args.Get("latest"), c.bool("inclusive")
	before := func(a, b string) bool { return seconds(a).Before(seconds(b)) }
	switch {
	case inclusive && (ts == oldest || ts == latest):
		return true
	case oldest != "" && oldest != "0" && !before(oldest, ts):
		return false
	case latest != "" && !before(ts, latest):
		return false
	}
	return true
}

// page cuts a list to what one answer holds. next continues behind it.
func page[E any](c *call, all []E, most int, name func(E) string) (out []E, next string) {
	if raw, err := base64.StdEncoding.DecodeString(c.args.Get("cursor")); err == nil && len(raw) > 0 {
		if at := slices.IndexFunc(all, func(e E) bool { return name(e) == string(raw) }); at >= 0 {
			all = all[at+1:]
		}
	}
	limit := min(c.number("limit", 100), most)
	if len(all) <= limit {
		return all, ""
	}
	return all[:limit], base64.StdEncoding.EncodeToString([]byte(name(all[limit-1])))
}

// history is the newest messages first, without those of threads.
func (c *call) history() (answer, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	var all []*Message
	for _, m := range c.s.messages[ch.ID] {
		if (m.Thread == "" || m.Subtype == "thread_broadcast") && !m.seen.After(c.now) && c.within(m.TS) {
			all = append(all, m)
		}
	}
	slices.Reverse(all)
	shown, next := page(c, all, c.s.o.HistoryPage, func(m *Message) string { return m.TS })
	return c.shown(ch, shown, next), nil
}

// thread is the first message of a thread and its replies, oldest first. Asked
// with the timestamp of a reply it gives that one alone.
func (c *call) thread() (answer, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	root := c.s.find(ch.ID, c.args.Get("ts"))
	if root == nil || root.seen.After(c.now) {
		return refuse("thread_not_found")
	}
	all := []*Message{root}
	for _, m := range c.s.messages[ch.ID] {
		if m.Thread == root.TS && !m.seen.After(c.now) && c.within(m.TS) {
			all = append(all, m)
		}
	}
	shown, next := page(c, all, c.s.o.HistoryPage, func(m *Message) string { return m.TS })
	return c.shown(ch, shown, next), nil
}

func (c *call) shown(ch *Channel, messages []*Message, next string) answer {
	out := []map[string]any{}
	for _, m := range messages {
		out = append(out, c.s.json(ch.ID, m, c.bool("include_all_metadata")))
	}
	return answer{"messages": out, "has_more": next != "", "response_metadata": answer{"next_cursor": next}}
}

func (c *call) info() (answer, error) {
	ch := c.s.channels[c.args.Get("channel")]
	if ch == nil || ch.Private && !ch.has(BotUser) {
		return refuse("channel_not_found")
	}
	return answer{"channel": ch.json()}, nil
}

func (ch *Channel) json() answer {
	return answer{
		"id": ch.ID, "name": ch.Name, "is_channel": ch.kind() == "channel", "is_group": ch.kind() == "group", "is_im": ch.With != "", "user": ch.With,
		"is_private": ch.Private, "is_shared": ch.Shared, "is_ext_shared": ch.Shared, "is_org_shared": false, "is_pending_ext_shared": false,
		"is_archived": ch.Archived, "is_member": ch.has(BotUser), "num_members": len(ch.Members), "context_team_id": Team,
	}
}

func (c *call) members() (answer, error) {
	ch := c.s.channels[c.args.Get("channel")]
	if ch == nil || ch.Private && !ch.has(BotUser) {
		return refuse("channel_not_found")
	}
	out, next := page(c, slices.Clone(ch.Members), 1000, func(id string) string { return id })
	return answer{"members": out, "response_metadata": answer{"next_cursor": next}}, nil
}

func (c *call) open() (answer, error) {
	id := c.args.Get("users")
	u := c.s.users[id]
	switch {
	case u == nil:
		return refuse("user_not_found")
	case u.Deleted:
		return refuse("user_disabled")
	case u.Bot:
		return refuse("cannot_dm_bot")
	}
	return answer{"channel": answer{"id": c.s.direct(id).ID}}, nil
}

func (c *call) conversations() (answer, error) {
	types := strings.Split(or(c.args.Get("types"), "public_channel"), ",")
	var all []*Channel
	for _, ch := range c.s.channels {
		kind := map[string]string{"im": "im", "group": "private_channel", "channel": "public_channel"}[ch.kind()]
		if ch.has(BotUser) && slices.Contains(types, kind) && (!ch.Archived || !c.bool("exclude_archived")) {
			all = append(all, ch)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	shown, next := page(c, all, 1000, func(ch *Channel) string { return ch.ID })
	out := []answer{}
	for _, ch := range shown {
		out = append(out, ch.json())
	}
	return answer{"channels": out, "response_metadata": answer{"next_cursor": next}}, nil
}

func (c *call) user() (answer, error) {
	u := c.s.users[c.args.Get("user")]
	if u == nil {
		return refuse("user_not_found")
	}
	return answer{"user": u.json(c.bool("include_locale"))}, nil
}

func (c *call) people() (answer, error) {
	var all []*User
	for _, u := range c.s.users {
		if u.Team == Team {
			all = append(all, u)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	shown, next := page(c, all, 1000, func(u *User) string { return u.ID })
	out := []map[string]any{}
	for _, u := range shown {
		out = append(out, u.json(c.bool("include_locale")))
	}
	return answer{"members": out, "response_metadata": answer{"next_cursor": next}}, nil
}

func (c *call) groupMembers() (answer, error) {
	members, ok := c.s.groups[c.args.Get("usergroup")]
	if !ok {
		return refuse("no_such_subteam")
	}
	return answer{"users": members}, nil
}

// Seen reports whether a message is in histories already.
func (s *Server) Seen(channel, ts string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(channel, ts)
	return m != nil && !m.seen.After(time.Now())
}
