package bottest

import (
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/calendar"
)

// Team is the cast of the conversations: Minsk and Novosibirsk help Harbor in
// Boston, who write in #support; colleagues ask each other in #inside. Everybody
// works from nine to six on their own clock.
func Team(t testing.TB) *bot.Settings {
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	minsk, novosibirsk, boston := zone("Europe/Minsk"), zone("Asia/Novosibirsk"), zone("America/New_York")
	at := func(channel string) bot.Place { return bot.Place{Adapter: "web", Channel: channel} }
	person := func(id, name string, role bot.Role, z *time.Location) bot.Person {
		return bot.Person{ID: "web:" + id, IDs: []string{"web:" + id}, Name: name, Role: role, Zone: z}
	}
	grace, owen := person("grace", "Grace", bot.Requester, boston), person("owen", "Owen", bot.Requester, boston)
	grace.IDs = append(grace.IDs, "email:grace@harbor.example")
	grace.Client, owen.Client = "Harbor", "Harbor"
	kirill, irina := person("kirill", "Кирилл", bot.Agent, minsk), person("irina", "Ирина", bot.Requester, minsk)
	kirill.Language, irina.Language = "ru", "ru"
	hours, err := calendar.ParseHours("Mon-Fri 09:00-18:00")
	if err != nil {
		t.Fatal(err)
	}
	return &bot.Settings{
		Team:   bot.Team{Name: "Support desk", Zone: minsk, Language: "en", Hours: hours},
		Cities: map[string]string{"America/New_York": "Boston"},
		Clocks: bot.Clocks{
			First:    map[bot.Class]time.Duration{bot.Expedite: time.Hour, bot.FixedDate: time.Hour, bot.Standard: time.Hour},
			Next:     map[bot.Class]time.Duration{bot.Expedite: time.Hour, bot.FixedDate: 4 * time.Hour, bot.Standard: 4 * time.Hour},
			Solution: map[bot.Class]time.Duration{bot.Expedite: 8 * time.Hour},
		},
		Channels: []bot.Channel{
			{Name: "support", Place: at("support"), Desk: at("desk"), Audience: bot.ForClients},
			{Name: "desk", Place: at("desk"), Audience: bot.Inside},
			{Name: "alerts", Place: at("alerts"), Audience: bot.Inside},
			{Name: "inside", Place: at("inside"), Audience: bot.Inside},
			{Name: "auto", Place: at("auto"), Desk: at("desk"), Audience: bot.ForClients, Intake: bot.IntakeAuto},
			{Name: "ask", Place: at("ask"), Desk: at("desk"), Audience: bot.ForClients, Intake: bot.IntakeSuggest},
			{Name: "shop", Place: at("shop"), Desk: at("desk"), Audience: bot.ForClients, Intake: bot.IntakeShadow},
			{Name: "помощь", Place: at("help-ru"), Audience: bot.Inside, Language: "ru"},
		},
		People: []bot.Person{
			person("vera", "Vera", bot.Lead, minsk), person("inga", "Inga", bot.Agent, minsk), person("timur", "Timur", bot.Agent, minsk),
			person("dina", "Dina", bot.Agent, novosibirsk), kirill, grace, owen, irina,
		},
		Clients: []bot.Client{{Name: "Harbor", Tier: "VIP", Zone: boston, Domains: []string{"harbor.example"},
			Sites: []string{"copperfield.example", "harbor.example"}}},
		Answers: []bot.Answer{
			{Name: "password", Text: map[bot.Language]string{
				"en": "Hello {name}, you can set a new password under Profile, Security.",
				"ru": "Здравствуйте, {name}! Новый пароль можно задать в разделе «Профиль» → «Безопасность».",
			}},
			{Name: "outage", Text: map[bot.Language]string{"en": "Hello {name}, we see it too and are on it ({request}). Next word within an hour."}},
		},
		Rules: []bot.Rule{
			{Words: []string{"chargeback", "чарджбэк*"}, Kind: bot.KindTask, Class: bot.Expedite, Tags: []string{"billing"}},
			{Words: []string{"bank transfer", "chargeback"}, Class: bot.Intangible, Level: 2},
		},
		Hooks:     []bot.Hook{{Name: "prod", Kind: "alertmanager", Channel: at("alerts")}},
		UndoState: 10 * time.Minute, UndoReply: 30 * time.Second,
		MailCards: at("desk"), TeamCards: at("desk"), MailFrom: "support@desk.example",
	}
}
