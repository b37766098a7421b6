package commands_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// What is typed behind /faq and /nudge is completed with what the person may
// see, and never with another's.
func TestArticlesAndRemindersAreCompletedForWhoMaySeeThem(t *testing.T) {
	d := newDesk(t)
	d.change(func(tx bot.Tx) error {
		for _, a := range []bot.Article{
			{Title: "Change the sender address", Body: "Under Mail.", Language: "en", Audience: bot.PublicArticle},
			{Title: "Change the sender address by hand", Body: "In the console.", Language: "en", Audience: bot.InternalArticle},
		} {
			if err := tx.SaveArticle(&a); err != nil {
				return err
			}
		}
		for _, who := range []string{"inga", "owen"} {
			r := bot.Reminder{Owner: "web:" + who, Place: bot.Direct("web:" + who), Text: "call " + who, State: bot.ReminderActive, NextAt: tx.Now().Add(time.Hour)}
			if err := tx.SaveReminder(&r); err != nil {
				return err
			}
		}
		return nil
	})
	for _, tt := range []struct {
		who, text string
		want      []string
	}{
		{"owen", "/faq change the sender", []string{"/faq show A-1"}},
		{"inga", "/faq change the sender", []string{"/faq show A-1", "/faq show A-2"}},
		{"inga", "@desk faq change the sender address by hand", []string{"/faq show A-2", "/faq show A-1"}},
		{"inga", "/faq edit sender by hand", []string{"/faq edit A-2", "/faq edit A-1"}},
		{"inga", "/faq li", []string{"/faq list"}},
		{"owen", "/faq li", nil},
		{"owen", "/faq ", nil},
		{"inga", "/nudge cancel ", []string{"/nudge cancel N-1"}},
		{"owen", "/nudge done n", []string{"/nudge done N-2"}},
		{"owen", "/nudge #", nil},
		{"owen", "/nudge m", []string{"/nudge me "}},
		{"inga", "/nudge #de", []string{"/nudge #desk "}},
		{"inga", "/nudge me call", nil},
		{"stranger", "/nudge m", nil},
		{"inga", "/desk digest dr", []string{"drafts"}},
		{"owen", "/desk digest ", nil},
		{"inga", "/desk nu", []string{"/desk nudge "}},
		{"inga", "/desk sendart", nil},
	} {
		t.Run(tt.who+" "+tt.text, func(t *testing.T) {
			var got []string
			err := d.store.View(t.Context(), func(v bot.View) error {
				found, err := d.router.Choices(v, bot.Query{Actor: actor(tt.who), Place: channel("support"), Text: tt.text})
				for _, c := range found {
					got = append(got, c.Value)
				}
				return err
			})
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v", strings.Join(got, ", "), err)
			}
		})
	}
}
