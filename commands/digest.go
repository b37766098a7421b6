package commands

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

// draftsShown is how many drafted reminders are shown at once.
const draftsShown = 5

// digest tells somebody of the team privately how things stand now, or names the
// requests of one of its groups.
func digest() bot.Command {
	return bot.Command{
		Name: "digest", Words: words(nil, []string{"сводка", "дайджест"}), Slash: "desk", Action: bot.ActDigest,
		Args:  []bot.Arg{{Name: "what", Kind: bot.ArgWords, Optional: true}},
		Usage: "usage.digest", Help: "help.digest", Choices: digestChoices,
		Handler: bot.Handler{
			Look: func(_ context.Context, v bot.View, e bot.Event) (any, error) {
				if e.Call.Args["what"] != "" {
					return nil, nil
				}
				d := digestHere(v.Settings(), e)
				st, err := bot.ReadStanding(v, d)
				if err != nil {
					return nil, err
				}
				_, m := toldMessage(v.Settings(), st, d.Place, 0)
				return m, nil
			},
			Do: func(_ context.Context, tx bot.Tx, e bot.Event, seen any) error {
				if m, ok := seen.(bot.Message); ok {
					return bot.Whisper(tx, e, m)
				}
				what := strings.ToLower(strings.TrimSpace(e.Call.Args["what"]))
				if what == draftsWord || what == "черновики" {
					return showDrafts(tx, e)
				}
				owes, ok := groupWords()[what]
				if !ok {
					return bot.Refuse("refuse.usage", "Usage", bot.Usage("usage.digest"))
				}
				return listGroup(tx, e, owes)
			},
		},
	}
}

// draftsWord asks for the reminders that are drafted.
const draftsWord = "drafts"

// groupWords are what people type for the groups of requests.
func groupWords() map[string]bot.Owes {
	return map[string]bot.Owes{
		"us": bot.OwesUs, "clients": bot.OwesClient, "others": bot.OwesOther, "paused": bot.OwesNobody,
		"мы": bot.OwesUs, "клиенты": bot.OwesClient, "другие": bot.OwesOther, "пауза": bot.OwesNobody,
	}
}

func digestChoices(_ bot.View, q bot.Query) (out []bot.Choice, err error) {
	for _, w := range []string{"us", "clients", "others", "paused", draftsWord} {
		if strings.HasPrefix(w, strings.ToLower(q.Text)) {
			out = append(out, bot.Choice{Value: w, Label: w})
		}
	}
	return out, nil
}

// digestHere is the digest of the channel where somebody asks, or else the first
// one. Where there is none it is what one would be.
func digestHere(s *bot.Settings, e bot.Event) bot.Digest {
	for _, d := range s.Digests {
		if d.Place == e.Place.Top() {
			return d
		}
	}
	if len(s.Digests) > 0 {
		return s.Digests[0]
	}
	return bot.Digest{Place: s.TeamCards, Zone: s.ZoneOf(e.Call.Person)}
}

// toldMessage is a digest as a message, and as the run that is kept of it.
func toldMessage(s *bot.Settings, st bot.Standing, place bot.Place, late time.Duration) (bot.DigestRun, bot.Message) {
	run := bot.DigestRun{Name: st.Digest.Name, Told: st.Now, Open: st.Open(), Highest: st.Highest, Solved: st.Solved, Place: place}
	run.Lines, run.Takes = st.DigestLines(s, late)
	run.Chart = st.Chart()
	for _, n := range st.Needs {
		if _, ok := run.Takes[n.Number]; ok {
			run.Buttons = append(run.Buttons, bot.Button{Label: bot.Say("button.take_one", "Request", n.Part()), Act: "take", Value: n.ID()})
		}
	}
	if len(st.Drafted) > 0 {
		run.Buttons = append(run.Buttons[:min(1, len(run.Buttons)):min(1, len(run.Buttons))],
			append([]bot.Button{bot.PressButton("button.see_drafts", "digest", draftsWord)}, run.Buttons[min(1, len(run.Buttons)):]...)...)
	}
	at := min(len(run.Buttons), 2)
	rest := append([]bot.Button{bot.PressButton("button.my_list", "list", "mine")}, run.Buttons[at:]...)
	run.Buttons = append(run.Buttons[:at:at], rest...)
	for _, g := range []struct {
		label, word string
		owes        bot.Owes
	}{{"button.we_owe", "us", bot.OwesUs}, {"button.clients_owe", "clients", bot.OwesClient}} {
		if st.Owed(g.owes) > 0 {
			run.Buttons = append(run.Buttons, bot.PressButton(g.label, "digest", g.word))
		}
	}
	if st.Owed(bot.OwesMoved) > 0 {
		run.Buttons = append(run.Buttons, bot.PressButton("button.by_client", "moved", ""))
	}
	if s.PublicURL != "" {
		run.Buttons = append(run.Buttons, bot.PressButton("button.board", "board", ""))
	}
	if st.Gap.ID != 0 {
		run.Buttons = append(run.Buttons, bot.PressButton("button.write_it", "article", gapPrefix+strconv.FormatInt(st.Gap.ID, 10)))
	}
	return run, digestMessage(run, st.DigestPreview(s))
}

// digestMessage puts a digest into a message: three buttons, the rest behind
// them.
func digestMessage(run bot.DigestRun, preview bot.Text) bot.Message {
	m := bot.MessageOf(bot.DigestText(run.Lines), run.Buttons...)
	m.Preview, m.Chart = preview, run.Chart
	if len(m.Buttons) > 3 {
		m.Buttons, m.More = m.Buttons[:3], m.Buttons[3:]
	}
	return m
}

// digestDue tells the readers of a channel in their morning how things stand. If
// nothing has changed and nothing is open, it says nothing.
func digestDue() bot.Handler {
	return bot.Handler{
		Name: "digest.due",
		Look: func(_ context.Context, v bot.View, e bot.Event) (any, error) {
			d, mine, err := dueDigest(v.Settings(), e)
			if err != nil || !mine {
				return nil, err
			}
			at, worth := d.Latest(v.Settings(), e.Body.(bot.Due).At, v.Now())
			if !worth {
				return nil, nil
			}
			st, err := bot.ReadStanding(v, d)
			if err != nil || st.Quiet() {
				return nil, err
			}
			late, tell := bot.Late(at, v.Now())
			if !tell {
				late = 0
			}
			made := morning{}
			made.run, made.message = toldMessage(v.Settings(), st, d.Place, late)
			made.run.At = at
			onPost(&made.message, bot.DigestKey(d.Name, at))
			made.run.Buttons = append(made.message.Buttons, made.message.More...)
			return made, nil
		},
		Do: func(_ context.Context, tx bot.Tx, e bot.Event, seen any) error {
			d, mine, err := dueDigest(tx.Settings(), e)
			if err != nil || !mine {
				return err
			}
			if made, ok := seen.(morning); ok {
				if err := tellMorning(tx, d, made); err != nil {
					return err
				}
			}
			return setDigest(tx, d)
		},
	}
}

// morning is a digest that a Look has made.
type morning struct {
	run     bot.DigestRun
	message bot.Message
}

// onPost lets the buttons that take a request change the post, too.
func onPost(m *bot.Message, key string) {
	for _, list := range [][]bot.Button{m.Buttons, m.More} {
		for i := range list {
			if list[i].Act == "take" {
				list[i].Act, list[i].Value = "digesttake", list[i].Value+" "+key
			}
		}
	}
}

// tellMorning posts a digest, unless it was told meanwhile.
func tellMorning(tx bot.Tx, d bot.Digest, made morning) error {
	last, err := tx.LastDigest(d.Name)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	if err == nil && !last.At.Before(made.run.At) {
		return nil
	}
	if err := tx.SaveDigest(made.run); err != nil {
		return err
	}
	return bot.PostAt(tx, bot.Delivery{Key: bot.DigestKey(d.Name, made.run.At), To: d.Place, Urgency: bot.UrgentDigest, TeamSide: true, Message: made.message})
}

// dueDigest is the digest of a timer; false: the configuration has another one
// meanwhile.
func dueDigest(s *bot.Settings, e bot.Event) (bot.Digest, bool, error) {
	b := e.Body.(bot.Due)
	if b.What != bot.TimerDigest {
		return bot.Digest{}, false, bot.ErrPass
	}
	for _, d := range s.Digests {
		if d.Key() == b.Timer {
			return d, true, nil
		}
	}
	return bot.Digest{}, false, nil
}

// setDigest sets the timer of the next morning.
func setDigest(tx bot.Tx, d bot.Digest) error {
	at, ok := d.Next(tx.Settings(), tx.Now())
	if !ok {
		return nil
	}
	return tx.SetTimer(bot.Timer{Key: d.Key(), What: bot.TimerDigest, Object: bot.TimerDigest + ":" + d.Name, Place: d.Place, At: at})
}

// planDigests sets the timers of the digests that are not planned yet.
func planDigests(tx bot.Tx) error {
	for _, d := range tx.Settings().Digests {
		_, err := tx.Timer(d.Key())
		if errors.Is(err, bot.ErrNotFound) {
			err = setDigest(tx, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// listGroup names the requests of a group, those that are owed for longest first.
func listGroup(tx bot.Tx, e bot.Event, owes bot.Owes) error {
	counts, err := tx.QueueCounts()
	if err != nil {
		return err
	}
	total := 0
	for _, c := range counts {
		if c.Owes == owes {
			total += c.Count
		}
	}
	found, err := tx.Queues(bot.QueueQuery{Owes: owes, Limit: listed})
	if err != nil {
		return err
	}
	return bot.Whisper(tx, e, listMessage(tx.Settings(), e.Call.Person, found[0], total))
}

// showDrafts shows the drafted reminders, each with what can be done about it.
func showDrafts(tx bot.Tx, e bot.Event) error {
	found, err := tx.Queues(bot.QueueQuery{Owes: bot.OwesUs, Ranked: true, Rank: bot.RankDrafted, Limit: draftsShown})
	if err != nil {
		return err
	}
	shown := 0
	for _, r := range found[0] {
		if !e.Call.Person.Sees(r) {
			continue
		}
		m, err := draftMessage(tx.Settings(), r, e.Call.Person, tx.Now())
		if err != nil {
			return err
		}
		own := e
		own.Key += ":" + r.ID()
		if err := bot.Whisper(tx, own, m); err != nil {
			return err
		}
		shown++
	}
	if shown == 0 {
		return bot.Whisper(tx, e, bot.MessageOf(bot.Say("digest.no_drafts")))
	}
	return nil
}
