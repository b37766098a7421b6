package bot

import (
	"errors"
	"slices"
	"time"
)

// Pages are what adapters read: the bot's own queries, each applying the role
// table to who reads. A request that may not be seen answers like one that is
// missing: ErrNotFound.
type Pages struct {
	v   View
	who Person
}

// PagesFor are the pages as a person sees them.
func PagesFor(v View, who string) Pages {
	return Pages{v: v, who: v.Settings().Person(Actor{ID: who})}
}

// Who is the person who reads.
func (p Pages) Who() Person { return p.who }

// Settings are the configuration of this moment.
func (p Pages) Settings() *Settings { return p.v.Settings() }

// Channels are the configured channels of an adapter that the person may read:
// the team's own are hidden from everybody else.
func (p Pages) Channels(adapter string) []Channel {
	var out []Channel
	for _, c := range p.v.Settings().Channels {
		if c.Place.Adapter == adapter && p.reads(c.Place) {
			out = append(out, c)
		}
	}
	return out
}

func (p Pages) reads(place Place) bool {
	if place.IsDirect() {
		return p.who.Is(place.Adapter + ":" + place.Channel[len(DirectPrefix):])
	}
	c, ok := p.v.Settings().Channel(place)
	return ok && (p.who.Team() || c.Audience != Inside)
}

// Messages are the newest messages of a channel or thread, oldest first,
// without the whispers to others.
func (p Pages) Messages(place Place, limit int) ([]ShownMessage, error) {
	if !p.reads(place) {
		return nil, ErrNotFound
	}
	all, err := p.v.ShownMessages(place, limit)
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, m := range all {
		if m.For == "" || p.who.Is(m.For) {
			out = append(out, m)
		}
	}
	return out, nil
}

// Message is one message, such as the first of a thread.
func (p Pages) Message(place Place, id string) (ShownMessage, error) {
	if !p.reads(place) {
		return ShownMessage{}, ErrNotFound
	}
	m, err := p.v.ShownMessage(place, id)
	if err != nil {
		return ShownMessage{}, err
	}
	if m.For != "" && !p.who.Is(m.For) {
		return ShownMessage{}, ErrNotFound
	}
	return m, nil
}

// Changes counts what has changed per channel, so that a page knows whether
// anything is new. Channels that the person may not read are left out.
func (p Pages) Changes(adapter string) (map[string]int64, error) {
	all, err := p.v.LastShown(adapter)
	if err != nil {
		return nil, err
	}
	for channel := range all {
		if !p.reads(Place{Adapter: adapter, Channel: channel}) {
			delete(all, channel)
		}
	}
	return all, nil
}

// Requests are those the query chooses and the person may see.
func (p Pages) Requests(q RequestQuery) ([]Request, error) {
	all, err := p.v.Requests(q.For(p.who))
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, r := range all {
		if p.who.Sees(r) {
			out = append(out, r)
		}
	}
	return out, nil
}

// RequestPage is one request with its whole conversation and history.
type RequestPage struct {
	Request  Request
	Comments []Comment
	Audit    []AuditLine // for the team only
}

// Request is one request as the person may see it: who is not of the team
// reads neither internal comments nor the history.
func (p Pages) Request(number int64) (RequestPage, error) {
	r, err := p.v.Request(number)
	if err != nil {
		return RequestPage{}, err
	}
	if !p.who.Sees(r) {
		return RequestPage{}, ErrNotFound
	}
	page := RequestPage{Request: r}
	comments, err := p.v.Comments(number)
	if err != nil {
		return RequestPage{}, err
	}
	for _, c := range comments {
		reads, err := p.readsComment(c)
		if err != nil {
			return RequestPage{}, err
		}
		if reads {
			page.Comments = append(page.Comments, c)
		}
	}
	if p.who.Team() {
		page.Audit, err = p.history(r.ID())
	}
	return page, err
}

// history is everything that was done to an object.
func (p Pages) history(object string) (all []AuditLine, err error) {
	for after := int64(0); ; after = all[len(all)-1].ID {
		lines, err := p.v.Audit(object, after, historyStep)
		if err != nil {
			return nil, err
		}
		if all = append(all, lines...); len(lines) < historyStep {
			return all, nil
		}
	}
}

// historyStep is how many lines of a history are read at once.
const historyStep = 1000

func (p Pages) readsComment(c Comment) (bool, error) {
	if p.who.Team() {
		return true, nil
	}
	switch c.Visibility {
	case ForPartner:
		return p.who.Role == Partner, nil
	case ForClient:
		unsent, err := Unsent(p.v, c)
		return !unsent, err
	}
	return false, nil
}

// Sampled reports whether the team sees a sample day.
func (p Pages) Sampled() (bool, error) {
	if !p.who.Team() {
		return false, nil
	}
	_, err := p.v.Request(-1)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// RequestAt finds the request whose card, first message or thread this is, if
// the person may see it.
func (p Pages) RequestAt(place Place, message string) (Request, error) {
	r, _, _, err := p.v.RequestAt(place, message)
	if err == nil && !p.who.Sees(r) {
		err = ErrNotFound
	}
	return r, err
}

// Mails are the newest mails in and out. Only the team reads them.
func (p Pages) Mails(limit int) ([]MailLine, error) {
	if !p.who.Team() {
		return nil, ErrNotFound
	}
	mails, err := p.v.Mails(limit)
	if err != nil {
		return nil, err
	}
	out := mails[:0]
	for _, m := range mails {
		if m.Request != 0 {
			if r, err := p.v.Request(m.Request); err != nil && !errors.Is(err, ErrNotFound) {
				return nil, err
			} else if err == nil && !p.who.Sees(r) {
				continue
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// Name is what to call a person in a page.
func (p Pages) Name(id string) string {
	if id == "" {
		return p.v.Settings().Team.Name
	}
	return p.v.Settings().Person(Actor{ID: id}).Name
}

// HeardUntil is how far an adapter has reported to have caught up. The zero
// time: never. It tells nothing of any request, so that anybody may ask.
func (p Pages) HeardUntil(adapter string) (time.Time, error) { return p.v.HeardUntil(adapter) }

// Mark is where an adapter said that it goes on reading, in its own words.
func (p Pages) Mark(adapter string) (string, error) { return p.v.Mark(adapter) }

// OpenThreads are the threads of an adapter in which requests are talked about
// that have not ended, the newest first. A thread tells nothing of its request,
// so that an adapter may ask: it reads them after a pause.
func (p Pages) OpenThreads(adapter string) ([]Place, error) {
	all, err := p.v.Requests(RequestQuery{States: []State{New, Open, Waiting, Snoozed, Solved}, Newest: true, Limit: mostThreads})
	if err != nil {
		return nil, err
	}
	var out []Place
	for _, r := range all {
		for _, place := range []Place{r.Home, r.Desk} {
			if place.Adapter == adapter && place.Thread != "" && !slices.Contains(out, place) {
				out = append(out, place)
			}
		}
	}
	return out, nil
}

// mostThreads is how many requests OpenThreads looks at.
const mostThreads = 500
