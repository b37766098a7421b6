package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"meridian/bot"
)

func TestKeywordRulesAndIntakeBecomeSettings(t *testing.T) {
	text := strings.Replace(good, "desk: desk}", "desk: desk, intake: suggest}", 1) +
		"rules:\n  - {words: [refund*, 'money back'], kind: bug, class: expedite, level: 2, client: harbor, tags: [billing]}\n  - {words: [typo], kind: idea}\n"
	c, err := loadText(text)
	if err != nil {
		t.Fatal(err)
	}
	want := []bot.Rule{
		{Words: []string{"refund*", "money back"}, Kind: bot.KindBug, Class: bot.Expedite, Level: 2, Client: "harbor", Tags: []string{"billing"}},
		{Words: []string{"typo"}, Kind: bot.KindIdea},
	}
	if !reflect.DeepEqual(c.Settings.Rules, want) {
		t.Errorf("the rules are %+v", c.Settings.Rules)
	}
	if got := c.Settings.Channels[0].Intake; got != bot.IntakeSuggest {
		t.Errorf("the intake is %s", got)
	}
}

func TestAClientNamesItsFirstLine(t *testing.T) {
	text := strings.Replace(good, "name: Harbor,", "name: Harbor, partners: [web:grace, web:owen],", 1)
	text = strings.Replace(text, "roles:\n", "  - {name: Larkspur, partners: [web:grace, web:vera, web:ann]}\nroles:\n  partners: [web:ann]\n", 1)
	text = strings.Replace(text, "clients:\n", "  - {name: Ann, ids: [web:ann], client: Harbor}\nclients:\n", 1)
	c, err := loadText(text)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]struct {
		role      bot.Role
		companies []string
	}{
		"web:grace": {bot.Partner, []string{"Harbor", "Larkspur"}},
		"web:owen":  {bot.Partner, []string{"Harbor"}},
		"web:ann":   {bot.Partner, []string{"Larkspur", "Harbor"}}, // of her own company by roles.partners
		"web:vera":  {bot.Lead, []string{"Larkspur"}},              // of the team, who see every client
	} {
		p := c.Settings.Person(bot.Actor{ID: id})
		if p.Role != want.role || !slices.Equal(p.Companies(), want.companies) {
			t.Errorf("%s is %s of %q, want %s of %q", id, p.Role, p.Companies(), want.role, want.companies)
		}
	}
	if who := c.Settings.Person(bot.Actor{ID: "email:grace@harbor.example"}); who.Role != bot.Requester {
		t.Errorf("by mail Grace is %s", who.Role)
	}
}
