package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"meridian/adapters"
	"meridian/bot"
	"meridian/bot/say"
	"meridian/cli"
	"meridian/cli/yamlfile"
)

// file is a configuration file: config.example.yaml explains every key. The
// sections of adapters are declared by package adapters.
type file struct {
	Team            team              `yaml:"team"`
	Storage         storageSection    `yaml:"storage"`
	HTTP            httpSection       `yaml:"http"`
	Channels        []channel         `yaml:"channels"`
	Roles           roles             `yaml:"roles"`
	People          []person          `yaml:"people"`
	Clients         []client          `yaml:"clients"`
	Reactions       map[string]string `yaml:"reactions"`
	Undo            undo              `yaml:"undo"`
	Clocks          clocks            `yaml:"clocks"`
	Followup        followup          `yaml:"followup"`
	Gifts           gifts             `yaml:"gifts"`
	Answers         []answer          `yaml:"answers"`
	Cities          map[string]string `yaml:"cities"`
	Rules           []rule            `yaml:"rules"`
	FAQ             faq               `yaml:"faq"`
	Digests         []digest          `yaml:"digests"`
	Schedules       []schedule        `yaml:"schedules"`
	adapters.Config `yaml:",inline"`
}

type team struct {
	Name     string       `yaml:"name"`
	Channel  string       `yaml:"channel"`
	Timezone string       `yaml:"timezone"`
	Language bot.Language `yaml:"language"`
	Hours    string       `yaml:"hours"`
	Holidays []string     `yaml:"holidays"`
}

type storageSection struct {
	URL bot.Secret `yaml:"url"`
}

type httpSection struct {
	Listen       string     `yaml:"listen"`
	PublicURL    string     `yaml:"public_url"`
	MetricsToken bot.Secret `yaml:"metrics_token"`
}

type channel struct {
	Name     string       `yaml:"name"`
	Place    string       `yaml:"place"`
	Desk     string       `yaml:"desk"`
	Audience bot.Audience `yaml:"audience"`
	Intake   bot.Intake   `yaml:"intake"`
	Language bot.Language `yaml:"language"`
	FAQ      channelFAQ   `yaml:"faq"`
	switched string       // see [bot.Channel]; no key of the file
}

type roles struct {
	Admins   []string `yaml:"admins"`
	Leads    []string `yaml:"leads"`
	Agents   []string `yaml:"agents"`
	Partners []string `yaml:"partners"`
}

type person struct {
	Name     string       `yaml:"name"`
	IDs      []string     `yaml:"ids"`
	Timezone string       `yaml:"timezone"`
	Language bot.Language `yaml:"language"`
	Email    string       `yaml:"email"`
	Client   string       `yaml:"client"`
	Hours    string       `yaml:"hours"`
	Holidays []string     `yaml:"holidays"`
	Level    int          `yaml:"level"`
}

type client struct {
	Name     string   `yaml:"name"`
	Tier     string   `yaml:"tier"`
	Timezone string   `yaml:"timezone"`
	Hours    string   `yaml:"hours"`
	Holidays []string `yaml:"holidays"`
	Domains  []string `yaml:"domains"`
	Sites    []string `yaml:"sites"`
	Notes    string   `yaml:"notes"`
	Partners []string `yaml:"partners"`
	Answer   bot.Whom `yaml:"answer"`
}

type undo struct {
	State time.Duration `yaml:"state"`
	Reply time.Duration `yaml:"reply"`
}

// defaults are what counts where a file says nothing.
func defaults() file {
	return file{
		Team:     team{Name: "Meridian", Timezone: "UTC", Language: say.English},
		Storage:  storageSection{URL: "sqlite:meridian.db"},
		HTTP:     httpSection{Listen: "127.0.0.1:8080"},
		Undo:     undo{State: 10 * time.Minute, Reply: 30 * time.Second},
		Followup: followup{Days: 2, Remind: bot.RemindDraft},
		FAQ:      faq{Score: 35, Gap: 10, Wait: 20 * time.Second},
		Config:   adapters.Config{Web: adapters.Web{Enabled: true}},
	}
}

// The default stands in when no file is named. It is written as a file, so that
// it is read and checked like one.
//
//go:embed default.yaml
var defaultFile []byte

// load is the [cli.Loader] of the program.
func load(name string, create bool) (cli.Config, error) {
	c := defaults()
	if name != "" {
		f, err := yamlfile.Open(name, os.LookupEnv, &c)
		if err != nil {
			return cli.Config{}, err
		}
		return loadOwn(f, c)
	}
	path := filepath.Join(filepath.Dir(defaultStore), secretsFile)
	known, err := defaultSecrets(path, create)
	if err != nil {
		return cli.Config{}, err
	}
	f, err := yamlfile.Decode("the built-in default", defaultFile, func(name string) (string, bool) {
		return known.Alertmanager.Reveal(), name == "ALERTMANAGER_SECRET"
	}, &c)
	if err != nil {
		return cli.Config{}, err
	}
	kept, err := c.install(path, known.Slack)
	if err != nil {
		return cli.Config{}, err
	}
	if known.Slack != nil {
		c.inSlack(*known.Slack)
	}
	config, err := finish(f, c, false, err)
	config.File, config.Kept = "", kept.Kept
	config.Where = kept.where(func(string) string { return "the built-in default" })
	return config, err
}

// loadOwn finishes somebody's own file. What it says of Slack counts; where it
// says nothing, the tokens that were typed on the web desk do.
func loadOwn(f *yamlfile.File, c file) (cli.Config, error) {
	path := secretsBeside(c.Storage.URL)
	if c.Slack != nil {
		config, err := finish(f, c, true, nil)
		if s, unread := readSecrets(path); unread == nil && s.Slack != nil {
			config.Kept.Unused = path
		}
		return config, err
	}
	var known secrets
	if path != "" {
		var err error
		if known, err = readSecrets(path); err != nil {
			return cli.Config{}, err
		}
	}
	kept, err := c.install(path, known.Slack)
	if err != nil {
		return cli.Config{}, err
	}
	config, err := finish(f, c, true, nil)
	config.Kept = kept.Kept
	if config.Where != nil {
		config.Where = kept.where(config.Where)
	}
	return config, err
}

// finish checks a file that could be read and makes the configuration of it.
// Nothing of a file with a problem counts. What a file of somebody's own says
// cannot be switched elsewhere; what the default says can.
func finish(f *yamlfile.File, c file, own bool, err error) (cli.Config, error) {
	if err != nil {
		return cli.Config{}, err
	}
	settings := (&checker{File: f, file: c, mine: own}).settings()
	if err := f.Err(); err != nil {
		return cli.Config{}, err
	}
	if settings.Words, err = say.New(); err != nil {
		return cli.Config{}, err
	}
	return cli.Config{
		File: f.Name(), Where: func(key string) string { return fmt.Sprintf("%s:%d", f.Name(), f.Line(key)) },
		Storage: c.Storage.URL,
		Listen:  c.HTTP.Listen, PublicURL: c.HTTP.PublicURL, MetricsToken: c.HTTP.MetricsToken,
		Adapters: c.Config, Settings: settings,
	}, nil
}

// defaultStore is the database of the default, in the folder where the program
// was started.
const defaultStore = "meridian.db"

// defaultSecrets are the secrets beside the store of the default. The hook's is
// made up once, when the server starts for the first time; a command that only
// reads gets one that opens nothing.
func defaultSecrets(path string, create bool) (secrets, error) {
	kept, err := readSecrets(path)
	if err != nil || kept.Alertmanager != "" {
		return kept, err
	}
	kept.Alertmanager = bot.Secret(newSecret())
	if create {
		err = kept.write(path)
	}
	return kept, err
}

// gifts is the ledger of what clients are given.
type gifts struct {
	Limit    int    `yaml:"limit"`    // whole units that need nobody's permission; 0: there is no ledger
	Currency string `yaml:"currency"` // in front of an amount; "$" unless set
}
