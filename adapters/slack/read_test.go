package slack

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// read reads the events of a kind that the desk got, as the engine does.
func (b *bench) read(t *testing.T, kind string) (out []bot.Event) {
	t.Helper()
	b.slack.Wait()
	for _, e := range b.desk.take(kind) {
		events, err := b.Read(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, events...)
	}
	return out
}

func TestAnEmojiBringsTheMessageItStandsOn(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		root := b.slack.Say("U0OWEN", "C0SUPPORT", "", "checkout is &lt;broken&gt;")
		reply := b.slack.Say("U0INGA", "C0SUPPORT", root, "I look")
		card := b.card(t, 0)
		direct := b.slack.Say("U0INGA", b.slack.DirectWith("U0INGA"), "", "a note")
		b.desk.take("said")
		for what, c := range map[string]struct {
			user, channel, ts, emoji string
			want                     string
		}{
			"on a message":            {"U0VERA", "C0SUPPORT", root, "eyes", "eyes on slack:C0SUPPORT by slack:T0HARBOR/U0OWEN: checkout is <broken>"},
			"with a skin tone":        {"U0VERA", "C0SUPPORT", root, "+1::skin-tone-5", "+1 on slack:C0SUPPORT by slack:T0HARBOR/U0OWEN: checkout is <broken>"},
			"of their own":            {"U0VERA", "C0SUPPORT", root, "party-parrot", "party-parrot on slack:C0SUPPORT by slack:T0HARBOR/U0OWEN: checkout is <broken>"},
			"on an answer":            {"U0VERA", "C0SUPPORT", reply, "eyes", "eyes on slack:C0SUPPORT/" + root + " by slack:U0INGA: I look"},
			"on our card":             {"U0VERA", "C0DESK", card.Message, "eyes", "eyes on slack:C0DESK by the desk: "},
			"in a direct message":     {"U0INGA", b.slack.DirectWith("U0INGA"), direct, "ticket", "ticket on slack:@U0INGA by slack:U0INGA: a note"},
			"on a message of nowhere": {"U0VERA", "C0SUPPORT", "", "", ""},
		} {
			if c.ts == "" {
				continue
			}
			b.slack.React(c.user, c.channel, c.ts, c.emoji)
			got := b.read(t, "reacted")
			e := got[len(got)-1]
			r := e.Body.(bot.Reacted)
			by := r.Author.ID
			if r.Author.Bot {
				by = "the desk"
			}
			if s := fmt.Sprintf("%s on %s by %s: %s", r.Emoji, e.Place, by, r.Text); s != c.want || e.Actor.Name == "" {
				t.Errorf("%s: %s\nwant %s", what, s, c.want)
			}
			b.slack.Unreact(c.user, c.channel, c.ts, c.emoji)
			if taken := b.read(t, "reacted"); !taken[len(taken)-1].Body.(bot.Reacted).Removed {
				t.Errorf("%s: not taken back", what)
			}
		}
	})
}

func TestAnEmojiOnWhatIsGoneSaysNothing(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		ts := b.slack.Say("U0OWEN", "C0SUPPORT", "", "x")
		b.slack.React("U0VERA", "C0SUPPORT", ts, "eyes")
		b.slack.Delete("C0SUPPORT", ts)
		if got := b.read(t, "reacted"); len(got) != 1 || got[0].Body.(bot.Reacted).Text != "" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestThreeReactInAnyOrderAndEachEventIsOne(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		ts := b.slack.Say("U0OWEN", "C0SUPPORT", "", "x")
		b.slack.Wait()
		b.desk.take("said")
		random := rand.New(rand.NewPCG(1, 2))
		model := map[string]bool{}
		acts := 0
		for range 1000 {
			user, emoji := []string{"U0VERA", "U0INGA", "U0DINA"}[random.IntN(3)], []string{"eyes", "ticket"}[random.IntN(2)]
			key := user + emoji
			if model[key] {
				b.slack.Unreact(user, "C0SUPPORT", ts, emoji)
			} else {
				b.slack.React(user, "C0SUPPORT", ts, emoji)
			}
			model[key] = !model[key]
			acts++
			b.slack.Wait()
		}
		got := map[string]bool{}
		all := b.desk.take("reacted")
		for _, e := range all {
			r := e.Body.(bot.Reacted)
			got[userOf(e.Actor.ID)+r.Emoji] = !r.Removed
		}
		if len(all) != acts || fmt.Sprint(got) != fmt.Sprint(model) {
			t.Errorf("%d events of %d acts: %v, want %v", len(all), acts, got, model)
		}
	})
}

func TestTheBeginningOfAnUnknownThreadComesFirst(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		root := b.slack.Quietly("U0OWEN", "C0SUPPORT", "", "checkout is broken")
		reply := b.slack.Say("U0INGA", "C0SUPPORT", root, "I look")
		got := b.read(t, "said")
		if len(got) != 2 || got[0].Key != "said:C0SUPPORT/"+root || got[1].Key != "said:C0SUPPORT/"+reply {
			t.Fatalf("got %v", got)
		}
		if first := got[0]; first.Actor.ID != "slack:T0HARBOR/U0OWEN" || first.Actor.Name != "Owen" || first.Place != at("C0SUPPORT") || first.Body.(bot.Said).Text != "checkout is broken" || first.At.IsZero() {
			t.Errorf("the first is %+v", got[0])
		}
		calls := b.slack.Calls("conversations.history")
		b.slack.Say("U0INGA", "C0SUPPORT", root, "and again")
		if got := b.read(t, "said"); len(got) != 1 || b.slack.Calls("conversations.history") != calls {
			t.Errorf("it came again: %v", got)
		}
		card := b.card(t, 0)
		b.slack.Say("U0INGA", "C0DESK", card.Message, "below our card")
		if got := b.read(t, "said"); len(got) != 1 || b.slack.Calls("conversations.history") != calls {
			t.Errorf("our own card was fetched: %v", got)
		}
		elsewhere := b.slack.Quietly("U0OWEN", "C0AUTO", "", "x")
		b.slack.Say("U0INGA", "C0AUTO", elsewhere, "y")
		if got := b.read(t, "said"); len(got) != 1 {
			t.Errorf("a thread of a channel that is not the desk's: %v", got)
		}
		b.slack.Say("U0INGA", "C0AUTO", elsewhere, "<@"+slacktest.BotUser+"> file this")
		if got := b.read(t, "said"); len(got) != 2 || got[0].Key != "said:C0AUTO/"+elsewhere {
			t.Errorf("where the desk is addressed: %v", got)
		}
		edited := b.slack.Quietly("U0OWEN", "C0SUPPORT", b.slack.Quietly("U0OWEN", "C0SUPPORT", "", "another"), "an answer")
		b.slack.Edit("C0SUPPORT", edited, "an answer, edited")
		if got := b.read(t, "edited"); len(got) != 2 || got[0].Body.(bot.Said).Text != "another" || got[1].Body.(bot.Edited).Text != "an answer, edited" {
			t.Errorf("an edit: %v", got)
		}
	})
}

func TestPeopleAreWhoSlackSaysTheyAre(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		for user, want := range map[string]string{
			"U0VERA": "slack:U0VERA Vera", "U0GRACE": "slack:T0HARBOR/U0GRACE Grace", "U0GUEST": "slack:U0GUEST Gus", "U0KIRILL": "slack:U0KIRILL Кирилл", "U0NOBODY": "slack:U0NOBODY ",
		} {
			who, err := b.people.resolve(t.Context(), bot.Actor{ID: "slack:" + user})
			if got := who.ID + " " + who.Name; err != nil || got != want {
				t.Errorf("%s is %q, %v", user, got, err)
			}
		}
		s := b.desk.settings
		vera, kirill := s.Person(bot.Actor{ID: "slack:U0VERA"}), s.Person(bot.Actor{ID: "slack:U0KIRILL"})
		if vera.Zone.String() != "Europe/Minsk" || vera.Role != bot.Lead || kirill.Language != "ru" || kirill.Name != "Кирилл" || kirill.Role != bot.Outsider {
			t.Errorf("%+v, %+v", vera, kirill)
		}
		if calls := b.slack.Calls("users.info"); calls != 5 {
			t.Errorf("%d calls", calls)
		}
		if _, err := b.people.resolve(t.Context(), bot.Actor{ID: "slack:U0VERA"}); err != nil {
			t.Fatal(err)
		}
		if b.slack.Calls("users.info") != 5 {
			t.Error("asked again at once")
		}
		b.slack.ChangeUser(slacktest.User{ID: "U0VERA", Name: "Vera K.", Zone: "Asia/Tokyo"})
		b.read(t, "changed")
		if zone := s.Person(bot.Actor{ID: "slack:U0VERA"}).Zone.String(); zone != "Asia/Tokyo" {
			t.Errorf("Vera lives in %s", zone)
		}
		b.slack.Fail(slacktest.Fault{Method: "users.info", Status: 500, Times: 99})
		time.Sleep(time.Hour)
		if who, err := b.people.resolve(t.Context(), bot.Actor{ID: "slack:U0VERA"}); err != nil || who.Name != "Vera K." {
			t.Errorf("while Slack is down: %+v, %v", who, err)
		}
		if _, err := b.people.resolve(t.Context(), bot.Actor{ID: "slack:U0DINA"}); err == nil {
			t.Error("somebody who cannot be asked for was let pass")
		}
	})
}

func TestAGroupGivesItsRoleButNotToGuests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{SigningSecret: signing, Groups: []string{"S0DESK"}}, slacktest.Options{})
		b.desk.settings.People = append(b.desk.settings.People, bot.Person{ID: "slack:S0DESK", IDs: []string{"slack:S0DESK"}, Name: "S0DESK", Role: bot.Agent})
		b.slack.AddGroup("S0DESK", "U0TIMUR", "U0GUEST")
		b.run()
		role := func(user string) bot.Role { return b.desk.settings.Person(bot.Actor{ID: "slack:" + user}).Role }
		if role("U0TIMUR") != bot.Agent || role("U0GUEST") != bot.Outsider || role("U0DINA") != bot.Outsider || role("U0VERA") != bot.Lead {
			t.Errorf("Timur %s, Gus %s, Dina %s, Vera %s", role("U0TIMUR"), role("U0GUEST"), role("U0DINA"), role("U0VERA"))
		}
		b.slack.AddGroup("S0DESK", "U0DINA")
		time.Sleep(time.Minute + time.Second)
		if role("U0TIMUR") != bot.Outsider || role("U0DINA") != bot.Agent {
			t.Errorf("a minute later: Timur %s, Dina %s", role("U0TIMUR"), role("U0DINA"))
		}
		b.end()
	})
}

func TestWhoReadsAChannelIsLookedUp(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		s := b.desk.settings
		inside := func() string {
			return fmt.Sprint(s.Inside(at("C0DESK")), s.Inside(at("C0INSIDE")), s.Inside(at("C0SUPPORT")), s.Inside(at("C0ELSE")))
		}
		if got := inside(); got != "true true false false" {
			t.Fatalf("desk, inside, support, elsewhere: %s", got)
		}
		settle := func(kind string) {
			synctest.Wait()
			b.read(t, kind)
			synctest.Wait()
		}
		b.slack.Join("U0GUEST", "C0DESK")
		synctest.Wait()
		told := b.read(t, "joined")
		if got := inside(); got != "false true false false" {
			t.Errorf("with a guest: %s", got)
		}
		if !slices.ContainsFunc(told, func(e bot.Event) bool {
			return e.Place == at("C0DESK") && strings.HasPrefix(e.Key, audienceKey) && e.Body.Kind() == "changed"
		}) {
			t.Errorf("the desk was told %v", told)
		}
		b.slack.Leave("U0GUEST", "C0DESK")
		settle("changed")
		b.desk.take("changed")
		if got := inside(); got != "true true false false" {
			t.Errorf("without the guest: %s", got)
		}
		b.slack.Join("U0GRACE", "C0INSIDE")
		settle("joined")
		if got := inside(); got != "true false false false" {
			t.Errorf("with a stranger: %s", got)
		}
		b.slack.ShareChannel("C0DESK")
		settle("changed")
		if got := inside(); got != "false false false false" {
			t.Errorf("shared: %s", got)
		}
		b.desk.take("changed")
	})
}

func TestAnOutsiderCountsBeforeTheChannelIsLookedUpAgain(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.channels.refresh(t.Context(), "C0DESK")
		if !b.desk.settings.Inside(at("C0DESK")) {
			t.Fatal("not inside")
		}
		b.slack.Join("U0NEWHERE", "C0DESK") // nobody knows who that is
		b.read(t, "joined")
		if b.desk.settings.Inside(at("C0DESK")) {
			t.Error("still inside")
		}
	})
}

func TestAChannelThatCannotBeLookedUpIsReadByClients(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.slack.Fail(slacktest.Fault{Method: "conversations.info", Error: "channel_not_found", Times: 9})
		b.channels.refresh(t.Context(), "C0DESK")
		b.channels.refresh(t.Context(), "C0INSIDE")
		if s := b.desk.settings; s.Inside(at("C0DESK")) || s.Inside(at("C0INSIDE")) {
			t.Error("inside all the same")
		}
	})
}

func TestAPartnerMakesAChannelOneThatClientsRead(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.desk.settings.People = append(b.desk.settings.People, bot.Person{ID: "slack:U0IRINA", IDs: []string{"slack:U0IRINA"}, Name: "Irina", Role: bot.Partner})
		b.channels.refresh(t.Context(), "C0INSIDE")
		if b.desk.settings.Inside(at("C0INSIDE")) {
			t.Error("inside, with a partner in it")
		}
	})
}

func TestFilesOfAMessageAreKept(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		f := b.slack.Attach("U0OWEN", "log.txt", "text/plain", []byte("line 1\n"))
		b.slack.SayWith("U0OWEN", "C0SUPPORT", "", "see the log", f)
		got := b.read(t, "said")
		files := got[0].Body.(bot.Said).Files
		if len(files) != 1 || files[0].Name != "log.txt" || files[0].Size != 7 || string(b.desk.blobs[files[0].Blob.Hash]) != "line 1\n" {
			t.Fatalf("got %+v", files)
		}
		b.slack.SayWith("U0OWEN", "C0AUTO", "", "not the desk's", f)
		if got := b.read(t, "said"); got[0].Body.(bot.Said).Files[0].Blob.Hash != "" {
			t.Error("a file of another channel was fetched")
		}
	})
}

func TestAnEventThatIsUnderstoodLaterIsReadThen(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		body := requests()["message"].body
		old := bot.Event{Source: name, Key: "event:Ev1", At: time.Now(), Raw: []byte(body), Body: bot.Changed{What: whatUnknown}}
		got, err := b.Read(t.Context(), old)
		if err != nil || len(got) != 1 || got[0].Body.Kind() != "said" || got[0].Key != "said:C0SUPPORT/1700000000.000100" || got[0].Actor.Name != "Vera" {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

func TestAReadThatSlackHoldsBackSaysHowLong(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.slack.Fail(slacktest.Fault{Method: "users.info", Status: 429})
		_, err := b.Read(t.Context(), bot.Event{Source: name, Actor: bot.Actor{ID: "slack:U0VERA"}, Place: at("C0DESK"), Body: bot.Commanded{}})
		if wait, told := bot.RetryDelay(err); !told || wait < 30*time.Second {
			t.Errorf("%v", err)
		}
	})
}
