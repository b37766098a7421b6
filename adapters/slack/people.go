package slack

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

const (
	profileTime = 10 * time.Minute // how long a profile is believed
	groupTime   = time.Minute      // how long the members of a group are believed
)

// personMark is how people stand in stored texts.
var personMark = regexp.MustCompile(`\bslack:(?:T[A-Z0-9]+/)?[UW][A-Z0-9]{2,}\b`)

// profile is a person as Slack shows them.
type profile struct {
	id      string // "slack:U1", with the team of a stranger
	user    string
	name    string
	zone    *time.Location
	lang    bot.Language
	guest   bool
	foreign bool // of another organization
	bot     bool
	at      time.Time
}

// outside reports whether the person is not of the team's own organization.
func (p profile) outside() bool { return p.guest || p.foreign }

// userJSON is a user of users.info and users.list.
type userJSON struct {
	ID         string `json:"id"`
	Team       string `json:"team_id"`
	Real       string `json:"real_name"`
	Deleted    bool   `json:"deleted"`
	Bot        bool   `json:"is_bot"`
	Restricted bool   `json:"is_restricted"`
	Ultra      bool   `json:"is_ultra_restricted"`
	Stranger   bool   `json:"is_stranger"`
	Zone       string `json:"tz"`
	Locale     string `json:"locale"`
	Profile    struct {
		Display string `json:"display_name"`
		Real    string `json:"real_name"`
	} `json:"profile"`
}

// people remembers who is who. Somebody who is not known is an outsider.
type people struct {
	a      *Adapter
	mu     sync.Mutex
	byUser map[string]profile
	byID   map[string]string // id -> user
	groups map[string][]string
}

func newPeople(a *Adapter) *people {
	return &people{a: a, byUser: map[string]profile{}, byID: map[string]string{}, groups: map[string][]string{}}
}

// profileOf reads what Slack says of a person. team is ours.
func profileOf(u userJSON, team string, now time.Time) profile {
	p := profile{user: u.ID, bot: u.Bot, guest: u.Restricted || u.Ultra, at: now}
	p.foreign = u.Stranger || u.Team != "" && team != "" && u.Team != team
	p.id = name + ":" + u.ID
	if p.foreign && u.Team != "" && u.Team != team {
		p.id = name + ":" + u.Team + "/" + u.ID
	}
	for _, n := range []string{u.Profile.Display, u.Real, u.Profile.Real, u.ID} {
		if p.name == "" {
			p.name = strings.TrimSpace(clean(n))
		}
	}
	if u.Zone != "" {
		if zone, err := time.LoadLocation(u.Zone); err == nil && u.Zone != "Local" {
			p.zone = zone
		}
	}
	if lang, _, _ := strings.Cut(u.Locale, "-"); lang == string(say.Russian) || lang == string(say.English) {
		p.lang = bot.Language(lang)
	}
	return p
}

func (s *people) keepOne(p profile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byUser[p.user], s.byID[p.id] = p, p.user
}

func (s *people) known(user string) (profile, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.byUser[user]
	return p, ok
}

// lookup finds out who a user is. One who cannot be asked for now is as they
// were last known.
func (s *people) lookup(ctx context.Context, user string) (profile, error) {
	old, ok := s.known(user)
	if ok && time.Since(old.at) < profileTime {
		return old, nil
	}
	var out struct {
		User userJSON `json:"user"`
	}
	err := s.a.api.brief(ctx, "users.info", url.Values{"user": {user}, "include_locale": {"true"}}, &out)
	switch {
	case err == nil && out.User.ID != "":
		p := profileOf(out.User, s.a.self().Team, time.Now())
		s.keepOne(p)
		return p, nil
	case ok:
		return old, nil
	case err == nil:
		err = errors.New("slack users.info: no user")
	}
	return profile{}, err
}

// resolve completes an actor: the name, and the team of a stranger. Whom Slack
// does not know stays as they are.
func (s *people) resolve(ctx context.Context, who bot.Actor) (bot.Actor, error) {
	user := userOf(who.ID)
	if user == "" {
		return who, nil
	}
	p, err := s.lookup(ctx, user)
	if refused(err) {
		return who, nil
	}
	if err != nil {
		return who, err
	}
	return bot.Actor{ID: p.id, Name: p.name, Bot: who.Bot || p.bot}, nil
}

// userOf is Slack's own id of a person: "U5" of "slack:T2/U5".
func userOf(id string) string {
	rest, ok := strings.CutPrefix(id, name+":")
	if !ok {
		return ""
	}
	if i := strings.LastIndexByte(rest, '/'); i >= 0 {
		return rest[i+1:]
	}
	return rest
}

// nameOr is what somebody is called, as far as it is known.
func (s *people) nameOr(id, otherwise string) string {
	if p, ok := s.known(userOf(id)); ok {
		return p.name
	}
	return otherwise
}

// keep reads everybody once, and the members of groups every minute.
func (s *people) keep(ctx context.Context) {
	s.readAll(ctx)
	for {
		for _, g := range s.a.conf.Groups {
			s.readGroup(ctx, g)
		}
		if !sleep(ctx, groupTime) {
			return
		}
	}
}

// readAll fills the memory, so that a busy morning asks for nobody one by one.
func (s *people) readAll(ctx context.Context) {
	cursor := ""
	for {
		var out struct {
			Members []userJSON `json:"members"`
			paged
		}
		args := url.Values{"limit": {"200"}, "include_locale": {"true"}, "cursor": {cursor}}
		if err := s.a.api.patient(ctx, "users.list", args, &out); err != nil {
			if ctx.Err() == nil {
				s.a.log.Warn("slack: people are looked up one by one", "error", err)
			}
			return
		}
		now := time.Now()
		for _, u := range out.Members {
			if u.ID != "" {
				s.keepOne(profileOf(u, s.a.self().Team, now))
			}
		}
		if cursor = out.next(); cursor == "" {
			return
		}
	}
}

// readGroup reads who is in a user group. Who cannot be read has no role by it.
func (s *people) readGroup(ctx context.Context, group string) {
	var out struct {
		Users []string `json:"users"`
	}
	err := s.a.api.patient(ctx, "usergroups.users.list", url.Values{"usergroup": {group}}, &out)
	if err != nil && ctx.Err() == nil {
		s.a.log.Error("slack: a user group cannot be read, and gives nobody a role", "group", group, "error", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[group] = out.Users
}

// groupsOf are the groups that a user is in, as ids: "slack:S1".
func (s *people) groupsOf(user string) (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.a.conf.Groups {
		if slices.Contains(s.groups[g], user) {
			out = append(out, name+":"+g)
		}
	}
	return out
}

// Profile is what Slack says of a person, from memory. Guests and strangers are
// in no group that counts.
func (a *Adapter) Profile(id string) (bot.Profile, bool) {
	p, ok := a.people.known(userOf(id))
	if !ok || p.id != id {
		return bot.Profile{}, false
	}
	out := bot.Profile{Name: p.name, Zone: p.zone, Language: p.lang}
	if !p.outside() {
		out.Groups = a.people.groupsOf(p.user)
	}
	return out, true
}

// paged is what a list that has several pages says of the next.
type paged struct {
	More bool `json:"has_more"`
	Meta struct {
		Next string `json:"next_cursor"`
	} `json:"response_metadata"`
}

func (p paged) next() string { return p.Meta.Next }
