package commands

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

const (
	shadowTimer = "shadow" // which rule set it
	shadowHour  = 18       // of the team's clock, when it is told what would have been filed
	shadowLines = 10       // requests that would have been filed, as a look names them
)

// overhear notes what would have become of a message. Only what somebody may
// want to look at is kept in words.
func overhear(tx bot.Tx, e bot.Event, b bot.Said, ours bool) error {
	if e.Actor.Bot {
		return nil
	}
	s := tx.Settings()
	who := s.Person(e.Actor)
	o := bot.Overheard{Place: e.Place, Message: e.Message, Who: who.ID, At: e.At, Verdict: bot.WouldIdle}
	look := bot.LooksOf(b.Text, ourNames(s)...)
	if !ours && e.Place.Thread == "" && (look.IsRequest() || look.IsDoubtful()) {
		o.Name, o.Text = who.Name, b.Text
		joins, err := wouldJoin(tx, e, who)
		if err != nil {
			return err
		}
		o.Doubtful = look.IsDoubtful() && !joins
		if look.IsRequest() && !joins {
			o.Verdict = bot.WouldFile
		}
	}
	if err := tx.SaveOverheard(&o); err != nil {
		return err
	}
	at := evening(s, tx.Now())
	return tx.SetTimer(bot.Timer{Key: shadowTimer + ":" + at.Format(time.DateOnly), What: shadowTimer, Object: shadowTimer, At: at})
}

// wouldJoin reports whether a message would have been taken into the request
// that its author's message just before would have been.
func wouldJoin(v bot.View, e bot.Event, who bot.Person) (bool, error) {
	last, err := v.OverheardList(bot.OverheardQuery{Who: who.ID, Verdict: bot.WouldFile, Any: true, Newest: true, Limit: 1})
	return err == nil && len(last) > 0 && last[0].Place.Top() == e.Place.Top() && e.At.Sub(last[0].At).Abs() <= joinFor, err
}

// evening is the end of the team's working day, today or on the next one.
func evening(s *bot.Settings, now time.Time) time.Time {
	days := s.CalendarOf(bot.Person{})
	y, m, d := now.In(days.Zone).Date()
	for i := 0; ; i++ {
		at := time.Date(y, m, d+i, shadowHour, 0, 0, 0, days.Zone)
		weekend := days.Hours.Always() && (at.Weekday() == time.Saturday || at.Weekday() == time.Sunday)
		if at.After(now) && (i > 400 || !weekend && days.WorkingDay(at)) {
			return at
		}
	}
}

// shadowDue tells the team in the evening what would have been filed.
func shadowDue() bot.Handler {
	return bot.Handler{Name: "shadow", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		b := e.Body.(bot.Due)
		if b.What != shadowTimer {
			return bot.ErrPass
		}
		tallies, err := tx.Tallies(time.Time{}, false)
		if err != nil {
			return err
		}
		day := count(tallies)
		if day.all == 0 {
			return nil
		}
		if err := tx.TellOverheard(b.At); err != nil {
			return err
		}
		s := tx.Settings()
		m := bot.MessageOf(dayText(s, day, b.At))
		if day.doubtful+day.filed > 0 {
			m.Buttons = []bot.Button{bot.PressButton("button.look", "overheard", strconv.FormatInt(b.At.UnixMilli(), 10))}
		}
		return bot.PostAt(tx, bot.Delivery{Key: b.Timer, To: s.TeamCards, Urgency: bot.UrgentDigest, TeamSide: true, Message: m})
	}}
}

// heardDay is what one report counts.
type heardDay struct {
	all, filed, doubtful int
	channels             []heardChannel
	first                time.Time
}

type heardChannel struct {
	place      bot.Place
	all, filed int
}

func count(tallies []bot.Tally) (d heardDay) {
	for _, t := range tallies {
		if t.Verdict == bot.WasOffered {
			continue
		}
		if len(d.channels) == 0 || d.channels[len(d.channels)-1].place != t.Channel {
			d.channels = append(d.channels, heardChannel{place: t.Channel})
		}
		c := &d.channels[len(d.channels)-1]
		d.all, c.all = d.all+t.Count, c.all+t.Count
		if t.Verdict == bot.WouldFile {
			d.filed, c.filed = d.filed+t.Count, c.filed+t.Count
		}
		if t.Doubtful {
			d.doubtful += t.Count
		}
		if d.first.IsZero() || t.First.Before(d.first) {
			d.first = t.First
		}
	}
	return d
}

// dayText is the report: one sentence, and the channels where there are several.
func dayText(s *bot.Settings, d heardDay, at time.Time) bot.Text {
	id := "shadow.today"
	if !sameDay(d.first, at, s.ZoneOf(bot.Person{})) {
		id = "shadow.since"
	}
	silent := bot.Quote("")
	if d.all > d.filed {
		silent = bot.Words("shadow.silent", "Limit", bot.Words("shadow.times", "Count", d.all-d.filed))
	}
	t := bot.Say(id, "When", bot.At(d.first), "Number", d.filed, "Total", bot.Words("shadow.messages", "Count", d.all), "List", silent)
	if d.doubtful > 0 {
		t = t.Plus(bot.Quote(" "), bot.Words("shadow.doubtful", "Count", d.doubtful))
	}
	for _, c := range d.channels {
		if len(d.channels) > 1 {
			t = t.Plus(bot.Break(), bot.Words("shadow.channel", "Place", channelName(s, c.place), "Number", c.filed, "Total", bot.Words("shadow.messages", "Count", c.all)))
		}
	}
	return t
}

func channelName(s *bot.Settings, p bot.Place) string {
	c, _ := s.Channel(p)
	return "#" + c.Name
}

// overheard shows what a report counted, and asks of each doubtful message
// whether the desk would have been right.
func overheard() bot.Command {
	return bot.Command{
		Name: "overheard", Words: words(nil, []string{"услышанное"}), Slash: "desk", Action: bot.ActSort,
		Args: []bot.Arg{{Name: "which", Kind: bot.ArgWords, Optional: true}}, Usage: "usage.overheard", Help: "help.overheard",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			which, judged, _ := strings.Cut(strings.TrimSpace(e.Call.Args["which"]), " ")
			n, err := strconv.ParseInt(which, 10, 64)
			switch {
			case which == "":
				return look(tx, e, bot.OverheardQuery{Any: true})
			case err != nil:
				return bot.Refuse("refuse.usage", "Usage", bot.Usage("usage.overheard"))
			case judged == "":
				return look(tx, e, bot.OverheardQuery{Told: time.UnixMilli(n).UTC()})
			}
			return judge(tx, e, n, bot.Judgement(judged))
		}},
	}
}

// look names what would have been filed, and shows the first doubtful message.
func look(tx bot.Tx, e bot.Event, q bot.OverheardQuery) error {
	q.Verdict, q.Limit = bot.WouldFile, shadowLines+1
	filed, err := tx.OverheardList(q)
	if err != nil {
		return err
	}
	var t bot.Text
	for i, o := range filed {
		switch {
		case i == 0:
			t = t.Plus(bot.Words("shadow.would_file"))
		case i == shadowLines:
			t = t.Plus(bot.Break(), bot.Quote("…"))
			continue
		}
		t = t.Plus(bot.Break(), bot.Quote("· "+channelName(tx.Settings(), o.Place)+" · "+o.Name+": "+titleOf(o)))
	}
	q.Verdict, q.Doubtful = "", true
	return showDoubtful(tx, e, q, t)
}

func titleOf(o bot.Overheard) string {
	if title := bot.TitleOfText(o.Text); title != "" {
		return title
	}
	return "…"
}

// showDoubtful shows the next message that nobody has judged, below what is
// said already.
func showDoubtful(tx bot.Tx, e bot.Event, q bot.OverheardQuery, t bot.Text) error {
	found, err := tx.OverheardList(q)
	if err != nil {
		return err
	}
	if len(t.Parts) > 0 && len(found) > 0 {
		t = t.Plus(bot.Break())
	}
	if len(found) == 0 {
		if len(t.Parts) == 0 {
			t = bot.Say("shadow.none")
		}
		return bot.Whisper(tx, e, bot.MessageOf(t))
	}
	o, id := found[0], "shadow.maybe_idle"
	if o.Verdict == bot.WouldFile {
		id = "shadow.maybe_file"
	}
	t = t.Plus(bot.Words("shadow.left", "Count", len(found)), bot.Break(),
		bot.Quote(channelName(tx.Settings(), o.Place)+" · "+o.Name+" · "), bot.At(o.At), bot.Break(), bot.BlockQuote(firstOf(o.Text, 500)), bot.Break(), bot.Words(id))
	value := strconv.FormatInt(o.ID, 10)
	return bot.Whisper(tx, e, bot.MessageOf(t,
		bot.PressButton("button.right", "overheard", value+" "+string(bot.JudgedRight)), bot.PressButton("button.wrong", "overheard", value+" "+string(bot.JudgedWrong))))
}

// judge notes whether the desk would have been right, and shows what is next.
func judge(tx bot.Tx, e bot.Event, id int64, j bot.Judgement) error {
	if j != bot.JudgedRight && j != bot.JudgedWrong {
		return bot.Refuse("refuse.usage", "Usage", bot.Usage("usage.overheard"))
	}
	o, err := tx.Overheard(id)
	if errors.Is(err, bot.ErrNotFound) || err == nil && (o.Verdict == bot.WasOffered || !o.Doubtful) {
		return bot.Refuse("refuse.overheard_gone")
	}
	if err != nil {
		return err
	}
	if o.Judged != "" {
		said := "shadow.judged_right"
		if o.Judged == bot.JudgedWrong {
			said = "shadow.judged_wrong"
		}
		return bot.Refuse("refuse.judged", "What", bot.Words(said))
	}
	o.Judged = j
	if err := tx.SaveOverheard(&o); err != nil {
		return err
	}
	tallies, err := tx.Tallies(time.Time{}, true)
	if err != nil {
		return err
	}
	right, all := 0, 0
	for _, t := range tallies {
		if t.Judged != "" {
			all += t.Count
		}
		if t.Judged == bot.JudgedRight {
			right += t.Count
		}
	}
	return showDoubtful(tx, e, bot.OverheardQuery{Told: o.Told, Doubtful: true}, bot.Say("shadow.so_far", "Number", right, "Total", all))
}
