package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"meridian/bot"
)

// The number of messages that a page shows at first, and at most.
const (
	usualMessages = 100
	mostMessages  = 2000
)

// channelPage is a channel, one's direct messages, or either with a thread
// open beside it.
type channelPage struct {
	layout
	Channel bot.Channel
	Main    pane
	Thread  *pane
}

// pane is a list of messages with a box to write in below it.
type pane struct {
	Name    string // "main" or "thread"
	Place   string
	Heading string // "#support", or the bot's name
	Shared  bool   // clients read it: a warning to the team alone
	Close   string // where closing a thread leads
	List    list
	Note    note
	Paste   *tryPage // where the sample day is: a place for a mail of one's own
}

// list is the part of a pane that is read again when something happens.
type list struct {
	Place   string
	Have    string // hash of what it shows
	Root    *message
	Request int64 // the request that a thread belongs to, if any
	Rows    []message
	Nonce   string // for the forms in it
	Show    int
	Earlier int // how many to ask for to see earlier ones; 0: all are here
}

func (a *Adapter) home(w http.ResponseWriter, r *http.Request) error {
	return a.showChannel(w, r, firstPlace)
}

// firstPlace is the place that somebody sees first.
func firstPlace(p bot.Pages, me reader) bot.Place {
	place := bot.Direct(me.ID)
	for i, c := range p.Channels(name) {
		if i == 0 || c.Name == "support" {
			place = c.Place
		}
		// Who sees the desk for the first time sees what it says, too.
		if m, err := p.Message(c.Place, bot.SampleMessage+"sender"); err == nil && m.Author != "" {
			return c.Place.In(m.ID)
		}
	}
	return place
}

func (a *Adapter) channelPage(w http.ResponseWriter, r *http.Request) error {
	return a.showChannel(w, r, func(_ bot.Pages, me reader) bot.Place {
		place := bot.Place{Adapter: name, Channel: r.PathValue("channel"), Thread: r.PathValue("message")}
		if place.Channel == "" {
			place.Channel = bot.Direct(me.ID).Channel
		}
		return place
	})
}

func (a *Adapter) showChannel(w http.ResponseWriter, r *http.Request, which func(bot.Pages, reader) bot.Place) error {
	var page channelPage
	err := a.view(r, func(p bot.Pages, me reader) error {
		place := which(p, me)
		var err error
		if page.Channel, err = open(p, me, place); err != nil {
			return err
		}
		heading := "#" + page.Channel.Name
		if place.IsDirect() {
			heading = p.Name("")
		}
		if page.layout, err = a.layout(p, me, r, heading, place.String()); err != nil {
			return err
		}
		show := atMost(r, usualMessages, mostMessages)
		page.Main, err = a.pane(p, me, place.Top(), show)
		page.Main.Heading, page.Main.Shared = heading, p.Who().Team() && page.Channel.Audience != bot.Inside
		if page.Sample && page.Channel.Audience != bot.Inside && !place.IsDirect() && a.try.Mail != nil {
			page.Main.Paste = &tryPage{}
		}
		if err != nil || place.Thread == "" {
			return err
		}
		thread, err := a.pane(p, me, place, usualMessages)
		thread.Heading, thread.Close, page.Thread = heading, placeURL(place.Top()), &thread
		return err
	})
	if err != nil {
		return err
	}
	a.render(w, page.Me.Language, http.StatusOK, "channel", page)
	return nil
}

func (a *Adapter) pane(p bot.Pages, me reader, place bot.Place, show int) (pane, error) {
	out := pane{Name: "main", Place: place.String(), Note: note{Nonce: a.nonce()}}
	var err error
	if out.List, err = a.list(p, me, place, show); err != nil {
		return out, err
	}
	if place.Thread != "" {
		out.Name = "thread"
	}
	return out, nil
}

func (a *Adapter) list(p bot.Pages, me reader, place bot.Place, show int) (list, error) {
	out := list{Place: place.String(), Nonce: a.nonce(), Show: show}
	shown, err := p.Messages(place, show)
	if err != nil {
		return out, err
	}
	if len(shown) >= show && show < mostMessages {
		out.Earlier = min(show*4, mostMessages)
	}
	day := ""
	if place.Thread != "" {
		root, err := p.Message(place.Top(), place.Thread)
		if err != nil {
			return out, err
		}
		first := a.message(p, me, root)
		first.Thread, day = "", first.At.Day
		out.Root = &first
		r, err := p.RequestAt(place.Top(), place.Thread)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return out, err
		}
		out.Request = r.Number
	}
	out.Rows = a.messages(p, me, shown, day)
	out.Have = fingerprint(me, out.Root, out.Rows, out.Request)
	return out, nil
}

// fingerprint tells whether what a page shows is still what would be shown.
func fingerprint(me reader, what ...any) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, w := range append(what, me.ID, string(me.Language)) {
		if err := enc.Encode(w); err != nil {
			return "" // never equal, so the part is sent again
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:10])
}

// unchanged answers that a part is as the page has it already, so that the page
// is not disturbed.
func unchanged(w http.ResponseWriter, r *http.Request, have string) bool {
	if have == "" || r.URL.Query().Get("have") != have {
		return false
	}
	w.WriteHeader(http.StatusNoContent)
	return true
}

func (a *Adapter) listPart(w http.ResponseWriter, r *http.Request) error {
	place, ok := bot.ParsePlace(r.URL.Query().Get("place"))
	if !ok {
		return bot.ErrNotFound
	}
	var l list
	var who reader
	err := a.view(r, func(p bot.Pages, me reader) error {
		var err error
		if _, err = open(p, me, place); err != nil {
			return err
		}
		who = me
		l, err = a.list(p, me, place, atMost(r, usualMessages, mostMessages))
		return err
	})
	if err != nil || unchanged(w, r, l.Have) {
		return err
	}
	a.render(w, who.Language, http.StatusOK, "list", l)
	return nil
}

// URL is the address from which a list is read again.
func (l list) URL() string {
	return "/part/list?" + url.Values{"place": {l.Place}, "show": {strconv.Itoa(l.Show)}}.Encode()
}

// More is the address of the page with earlier messages.
func (l list) More() string {
	place, _ := bot.ParsePlace(l.Place)
	return placeURL(place) + "?show=" + strconv.Itoa(l.Earlier)
}

// RequestID is the number of the request that a thread belongs to.
func (l list) RequestID() string { return bot.RequestID(l.Request) }

// RequestURL is that request's page.
func (l list) RequestURL() string { return requestURL(l.Request) }
