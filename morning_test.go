package main

import (
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

func TestArticlesDigestsAndSchedulesBecomeSettings(t *testing.T) {
	text := strings.Replace(good, "{name: support, place: web:support, desk: desk}", "{name: support, place: web:support, desk: desk, faq: {speak: thread}}", 1)
	c, err := loadText(text + `
team: {timezone: Europe/Minsk, language: ru}
faq: {score: 40, gap: 5, wait: 30s}
digests:
  - {channel: desk}
schedules:
  - {name: standup, channel: desk, text: ' Stand-up ', when: 'каждый будний день в 9:25', missed: skip}
  - {name: report, channel: support, text: Report, when: '0 9 1 * *', timezone: America/New_York}
`)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Settings
	if s.Channels[0].Speak != bot.SpeakThread || s.Channels[1].Speak != "" || s.SpeakAt(s.Channels[1].Place) != bot.SpeakAsker {
		t.Errorf("articles are %q and %q", s.Channels[0].Speak, s.SpeakAt(s.Channels[1].Place))
	}
	if want := (bot.FAQ{Score: .4, Gap: .05, Wait: 30 * time.Second}); s.FAQ != want {
		t.Errorf("the gate is %+v", s.FAQ)
	}
	if len(s.Digests) != 1 || s.Digests[0].At != 9*time.Hour || s.Digests[0].Zone.String() != "Europe/Minsk" || s.Digests[0].Place != s.Channels[1].Place {
		t.Errorf("digests: %+v", s.Digests)
	}
	want := []bot.Schedule{
		{Name: "standup", Place: s.Channels[1].Place, Text: "Stand-up", Spec: "25 9 * * 1-5", Zone: "Europe/Minsk", Missed: bot.MissedSkip},
		{Name: "report", Place: s.Channels[0].Place, Text: "Report", Spec: "0 9 1 * *", Zone: "America/New_York", Missed: bot.MissedOnce},
	}
	for i, w := range want {
		if s.Schedules[i] != w {
			t.Errorf("schedule %d is %+v, want %+v", i, s.Schedules[i], w)
		}
	}
}

func TestTheDefaultSuggestsAndTellsNothingByItself(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := load("", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, ch := range c.Settings.Channels {
		if at := c.Settings.SpeakAt(ch.Place); at != bot.SpeakOff {
			t.Errorf("articles are %s in %s", at, ch.Name)
		}
	}
	if len(c.Settings.Digests)+len(c.Settings.Schedules) > 0 {
		t.Errorf("digests %+v, schedules %+v", c.Settings.Digests, c.Settings.Schedules)
	}
}

func TestBrokenDigestsAndSchedulesAreRefusedWithLineAndKey(t *testing.T) {
	one := func(key, value string) string {
		all := map[string]string{"name": "x", "channel": "desk", "text": "Report", "when": "every weekday at 9:25"}
		all[key] = value
		var b strings.Builder
		for _, k := range []string{"name", "channel", "text", "when", "timezone", "missed"} {
			if all[k] != "" {
				b.WriteString(k + ": '" + all[k] + "', ")
			}
		}
		return "schedules: [{" + b.String() + "}]"
	}
	for text, want := range map[string]string{
		"digests: [{channel: support}]":                 "digests[0].channel names support, which clients can read",
		"digests: [{channel: desk}, {channel: desk}]":   "digests[1].channel desk has a digest above already",
		"digests: [{channel: desk, at: '24:00'}]":       "digests[0].at must be a time such as 09:00",
		"digests: [{channel: desk, timezone: EST5EDT}]": "digests[0].timezone is wrong",
		"digests: [{channel: desk, timezone: ''}]":      "digests[0].timezone is wrong: no time zone is named",
		"faq: {score: 0}":                               "faq.score must be between 1 and 100, of 100",
		"faq: {gap: 101}":                               "faq.gap must be between 1 and 100, of 100",
		"faq: {wait: 1h}":                               "faq.wait must be between 1s and 10m",
		one("channel", "tem"):                           `schedules[0].channel names "tem", which is not a channel of this file`,
		one("text", " "):                                "schedules[0].text is missing",
		one("text", strings.Repeat("ж", 1001)):          "schedules[0].text is longer than 1000 characters",
		one("when", ""):                                 "schedules[0].when is missing",
		one("when", "tomorrow at 9:30"):                 "schedules[0].when comes once",
		one("when", "every Monday"):                     "schedules[0].when names no hour",
		one("when", "every 30 February at 9:30"):        "schedules[0].when is wrong",
		one("when", "soon"):                             "schedules[0].when is wrong",
		one("when", "0 0 30 2 *"):                       "schedules[0].when is wrong",
		one("when", "*/99999999999 * * * *"):            "schedules[0].when is wrong",
		one("when", "@every 1ns"):                       "schedules[0].when is wrong",
		one("when", "TZ=UTC 0 9 * * *"):                 "schedules[0].when is wrong",
		one("timezone", "Europe/Mynsk"):                 "did you mean Europe/Minsk",
		one("missed", "some"):                           "schedules[0].missed must be once, skip or all",
		one("name", "two words"):                        "schedules[0].name must be one word",
		"channels:\n  - {name: d, place: web:d, audience: inside, faq: {speak: everybody}}":                                       "channels[0].faq.speak must be off, agents, asker or thread",
		"schedules: [{name: x, channel: desk, text: a, when: '0 9 * * *'}, {name: x, channel: desk, text: b, when: '0 9 * * *'}]": "schedules[1].name x is taken by another one above",
	} {
		full := good + "\n" + text
		if strings.HasPrefix(text, "channels:") {
			full = text
		}
		if _, err := loadText(full); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\ngot  %v\nwant %s", text, err, want)
		}
	}
}
