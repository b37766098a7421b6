package commands_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// Ten thousand forged tags and Message-IDs of strangers, fifty in each of two
// hundred mails, append nothing. What they name is for the team to look at.
func TestForgedTagsAppendNothing(t *testing.T) {
	d := newDesk(t)
	d.must(mailed("grace@harbor.example", "<a@x>", "it is broken"))
	d.must(mailed("owen@harbor.example", "<b@x>", "mine is broken, too"))
	d.must(slashed("inga", "private R-2"))
	before := d.comments(t, 1, 2)
	for n := range 200 {
		forged := mailed(fmt.Sprintf("eve%d@evil.example", n), fmt.Sprintf("<e%d@x>", n), fmt.Sprintf("let me in %d", n))
		b := forged.Body.(bot.Mailed)
		for i := range 46 { // guessed beside what is known
			b.Mail.References = append(b.Mail.References, fmt.Sprintf("<%d.%d@desk.example>", n, i))
		}
		switch n % 4 {
		case 0:
			b.Mail.Subject = "Re: [R-1] [Ticket#1] [r-1] [R-01] Broken"
		case 1:
			b.Mail.Subject = "[R-2] [R-1] [#2] [R-1] Broken"
		case 2:
			b.Mail.References, b.Mail.InReplyTo = append(b.Mail.References, "<b@x>", "<a@x>"), "<a@x>"
		case 3:
			b.Mail.Subject, b.Mail.InReplyTo = "Re: [r-2] [R-2] [R-1] Broken", "<b@x>"
		}
		forged.Body = b
		d.must(forged)
	}
	if after := d.comments(t, 1, 2); after != before {
		t.Errorf("%d comments, want %d", after, before)
	}
	all := d.requests()
	if len(all) != 202 {
		t.Fatalf("%d requests", len(all))
	}
	for _, r := range all[2:] {
		if r.Clues == nil || r.Clues.Names != 1 && r.Clues.Names != 2 || r.LinkedTo != 0 || r.Client != "" {
			t.Errorf("%s: %+v, linked to %d", r.ID(), r.Clues, r.LinkedTo)
		}
	}
}

func (d *desk) comments(t *testing.T, requests ...int64) (n int) {
	t.Helper()
	err := d.store.View(t.Context(), func(v bot.View) error {
		for _, r := range requests {
			all, err := v.Comments(r)
			if err != nil {
				return err
			}
			n += len(all)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Two desks answer each other, and nothing in a mail says that a machine wrote
// it, nor what it answers: they stop, whatever time a mail takes.
func TestTwoDesksDoNotAnswerEachOtherForEver(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, delay := range []time.Duration{time.Minute, 11 * time.Minute, 25 * time.Minute, 5 * time.Hour} {
		for _, keepsSubject := range []bool{true, false} {
			ours, theirs := newDesk(t), newDesk(t)
			theirs.settings.MailFrom = "help@other.example"
			sent, now := 1, time.Duration(0)
			ours.must(fromMachine("help@other.example", 1, "We have received your message", "Ticket 1"))
			from, to, seen := ours, theirs, map[*desk]int{}
			for range 40 {
				now += delay
				ours.later, theirs.later = now, now
				mails := from.mails()[seen[from]:]
				seen[from] += len(mails)
				for _, m := range mails {
					sent++
					subject := "We have received your message"
					if keepsSubject {
						subject = m.Mail.SubjectText.Plain(words, time.UTC)
					}
					to.must(fromMachine(from.settings.MailFrom, sent, subject, m.Mail.Body.Plain(words, time.UTC)))
				}
				from, to = to, from
			}
			if sent > 4 {
				t.Errorf("after %s each, subjects kept %v: %d mails", delay, keepsSubject, sent)
			}
		}
	}
}

// fromMachine is a mail of a machine that looks like a person's.
func fromMachine(from string, n int, subject, text string) bot.Event {
	e := mailed(from, fmt.Sprintf("<m%d@%s>", n, from), text)
	b := e.Body.(bot.Mailed)
	b.Mail.Subject = subject
	e.Body = b
	return e
}

// mails are all that go out, oldest first.
func (d *desk) mails() []bot.Delivery {
	return slices.DeleteFunc(d.outbox(), func(o bot.Delivery) bool { return o.Op != bot.OpMail })
}

func TestAMachineOrWhoAsksForItGetsNoReceipt(t *testing.T) {
	for name, change := range map[string]func(*bot.Mailed){
		"an automatic mail":         func(b *bot.Mailed) { b.Mail.Kind = bot.MailAuto },
		"a list":                    func(b *bot.Mailed) { b.Mail.Kind = bot.MailList },
		"one that asks for quiet":   func(b *bot.Mailed) { b.Mail.Quiet = true },
		"one without a sender":      func(b *bot.Mailed) { b.Mail.From = bot.Address{} },
		"one that lay there":        func(b *bot.Mailed) { b.Old = true },
		"a bounce of nothing":       func(b *bot.Mailed) { b.Mail.Kind = bot.MailBounce },
		"an absence out of nowhere": func(b *bot.Mailed) { b.Mail.Kind, b.Mail.Absent = bot.MailAuto, true },
	} {
		d := newDesk(t)
		e := mailed("anna@shop.example", "<a@x>", "Something is broken here.")
		b := e.Body.(bot.Mailed)
		change(&b)
		e.Body = b
		d.must(e)
		if n := len(d.mails()); n != 0 {
			t.Errorf("%s: %d mails go out", name, n)
		}
		if n, kept := len(d.requests()), b.Mail.Kind == bot.MailBounce || b.Mail.Absent; (n == 0) != kept {
			t.Errorf("%s: %d requests", name, n)
		}
	}
}

// What says to be a colleague's mail is a note where our own mail server has
// seen that it is, and else nothing but another request.
func TestAColleaguesMailIsANoteIfItIsProven(t *testing.T) {
	for _, proven := range []bool{true, false} {
		d := newDesk(t)
		for i, p := range d.settings.People {
			if p.ID == "web:inga" {
				d.settings.People[i].IDs = append(p.IDs, "email:inga@desk.example")
			}
		}
		d.must(mailed("grace@harbor.example", "<a@x>", "it is broken"))
		note := mailed("inga@desk.example", "<b@x>", "the cache is stale", "<a@x>")
		b := note.Body.(bot.Mailed)
		b.Mail.Proven = proven
		note.Body = b
		d.must(note)
		page := bot.RequestPage{}
		err := d.store.View(t.Context(), func(v bot.View) (err error) {
			page, err = bot.PagesFor(v, "web:inga").Request(1)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		last := page.Comments[len(page.Comments)-1]
		if isNote := last.Visibility == bot.ForInternal && last.Text == "the cache is stale"; isNote != proven || (len(d.requests()) == 1) != proven {
			t.Errorf("proven %v: %+v, %d requests", proven, last, len(d.requests()))
		}
	}
}

// A mail is words, whatever they are: no command, no button and no state of it
// reaches a request, and be it proven, with a token, or a colleague's.
func TestAMailIsWordsAndNeverACommand(t *testing.T) {
	for _, who := range []string{"grace@harbor.example", "inga@desk.example"} {
		d := newDesk(t)
		for i, p := range d.settings.People {
			if p.ID == "web:inga" {
				d.settings.People[i].IDs = append(p.IDs, "email:inga@desk.example")
			}
		}
		d.must(mailed("grace@harbor.example", "<first@x>", "it is broken"))
		before := d.requests()[0]
		for n, words := range []string{
			"/request close R-1 done", "@desk close R-1", "close R-1", "/desk escalate R-1 now", "@desk give R-1 to timur", "/request solve R-1", "R-1 solved", ":white_check_mark:", "✅", "🚨",
			"@desk private R-1", "/request merge R-1 R-1", "закрыть R-1", "@desk level R-1 3", "#close", "action: close\nassign: timur",
		} {
			e := mailed(who, fmt.Sprintf("<c%d@x>", n), words)
			b := e.Body.(bot.Mailed)
			b.Mail.Proven, b.Mail.Answers = true, 1
			e.Body = b
			d.must(e)
			r := d.requests()[0]
			if r.State != before.State || r.Level != before.Level || r.Assignee != before.Assignee || r.Private != before.Private || r.Class != before.Class || r.Returns != 0 {
				t.Errorf("%q of %s makes it %s L%d of %q", words, who, r.State, r.Level, r.Assignee)
			}
			if all := len(d.requests()); all != 1 {
				t.Fatalf("%q of %s is another request", words, who)
			}
		}
	}
}

// A report is about a mail that only we and its reader know. It takes back what
// was not read, and a guess changes nothing.
func TestABouncedAnswerWasNotGiven(t *testing.T) {
	d := newDesk(t)
	d.must(mailed("grace@harbor.example", "<a@x>", "it is broken"))
	d.must(slashed("inga", "ask R-1 Which browser is it?"))
	d.leaves(t)
	asked := d.requests()[0]
	if asked.State != bot.Waiting || asked.AnsweredAt.IsZero() {
		t.Fatalf("R-1 is %+v", asked)
	}
	report := func(id string, status string, refs ...string) bot.Event {
		e := mailed("mailer-daemon@harbor.example", id, "could not be delivered", refs...)
		b := e.Body.(bot.Mailed)
		b.Mail.Kind, b.Mail.Bounce = bot.MailBounce, &bot.Bounce{Status: status, Permanent: strings.HasPrefix(status, "5")}
		b.Mail.Subject = "Undelivered: [R-1] Broken"
		e.Body = b
		return e
	}
	d.must(report("<r1@x>", "5.1.1"))
	d.must(report("<r2@x>", "5.1.1", "<guess@desk.example>"))
	d.must(report("<r3@x>", "4.4.1", "<sent1@desk.example>"))
	if r := d.requests()[0]; r.State != bot.Waiting || r.AnsweredAt.IsZero() {
		t.Fatalf("a guess or a delay makes R-1 %+v", r)
	}
	d.must(report("<r4@x>", "5.1.1", "<sent1@desk.example>"))
	d.must(report("<r5@x>", "5.1.1", "<sent1@desk.example>"))
	r := d.requests()[0]
	if r.State != bot.Open || !r.AnsweredAt.IsZero() || r.Returns != 0 {
		t.Errorf("R-1 is %+v", r)
	}
	told := 0
	for _, o := range d.outbox() {
		if o.To.IsDirect() && strings.HasPrefix(o.Key, "bounced:") {
			told++
		}
		if o.Op == bot.OpMail && bot.IsReply(o.Key) && o.State != bot.DeliveryDead {
			t.Errorf("the mail is %s", o.State)
		}
	}
	if told != 1 {
		t.Errorf("whoever wrote it is told %d times", told)
	}
	if n := len(d.requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// leaves sends all mails that wait: the first is <sent1@desk.example>.
func (d *desk) leaves(t *testing.T) {
	t.Helper()
	n := 0
	d.change(func(tx bot.Tx) error {
		all, err := tx.Deliveries(bot.DeliveryQuery{Op: bot.OpMail, Limit: 1000})
		for _, m := range all {
			if !bot.IsReply(m.Key) {
				continue
			}
			n++
			id := fmt.Sprintf("<sent%d@desk.example>", n)
			line := bot.OutLine(d.settings, m, tx.Now(), bot.DeliveryDone, id)
			err = errors.Join(err, tx.FinishDelivery(m, bot.Receipt{Message: id}), tx.SaveMail(line))
		}
		return err
	})
	if n == 0 {
		t.Fatal("no mail waits")
	}
}

// No mail needs more statements than one event may take, however much it does.
func TestAMailTakesFewStatements(t *testing.T) {
	d := newDesk(t)
	d.settings.MailLimits = bot.MailLimits{PerSender: 30, PerDomain: 300}
	for i := range 40 {
		e := passedOn("grace@harbor.example", fmt.Sprintf("<a%d@x>", i), "look at this", fmt.Sprintf("Nobody can pay %d.", i))
		n, err := d.do(e)
		if err != nil || n > 60 {
			t.Fatalf("mail %d takes %d statements: %v", i, n, err)
		}
	}
	for n := 1; n <= 5; n++ {
		d.must(slashed("inga", fmt.Sprintf("ask R-%d Which browser is it?", n)))
	}
	away := mailed("grace@harbor.example", "<away@x>", "I am away until 16 March")
	b := away.Body.(bot.Mailed)
	b.Mail.Kind, b.Mail.Absent = bot.MailAuto, true
	away.Body = b
	if n, err := d.do(away); err != nil || n > 60 {
		t.Errorf("an absence takes %d statements: %v", n, err)
	}
	if n := len(d.requests()); n != 30 {
		t.Errorf("%d requests, want 30", n)
	}
}
