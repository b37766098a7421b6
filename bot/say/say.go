// Package say is the catalogue: every sentence the desk says, in English and
// Russian, with plural forms, and how each language writes times and dates.
package say

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Language is a language of the catalogue.
type Language string

// The languages. English is the one everything else falls back to.
const (
	English Language = "en"
	Russian Language = "ru"
)

// Languages are all languages of the catalogue.
func Languages() []Language { return []Language{English, Russian} }

//go:embed catalogue/*.json
var files embed.FS

// Catalogue holds all sentences. It is safe for use by many at once.
type Catalogue struct {
	localizers map[Language]*i18n.Localizer
	ids        map[Language][]string
	mu         sync.RWMutex
	cache      map[cacheKey][]Segment
}

type cacheKey struct {
	lang  Language
	id    string
	count int
}

// Segment is a piece of a sentence: words, or the slot of an argument.
type Segment struct {
	Slot bool
	Text string // the words, or the argument's name
}

// New reads the embedded catalogue.
func New() (*Catalogue, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	names, err := fs.Glob(files, "catalogue/*.json")
	if err != nil {
		return nil, err
	}
	c := &Catalogue{localizers: map[Language]*i18n.Localizer{}, ids: map[Language][]string{}, cache: map[cacheKey][]Segment{}}
	for _, name := range names {
		file, err := bundle.LoadMessageFileFS(files, name)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
		lang := Language(file.Tag.String())
		for _, m := range file.Messages {
			if slices.Contains(c.ids[lang], m.ID) {
				return nil, fmt.Errorf("catalogue %s: %s stands twice", name, m.ID)
			}
			c.ids[lang] = append(c.ids[lang], m.ID)
		}
	}
	for _, l := range Languages() {
		slices.Sort(c.ids[l])
		c.localizers[l] = i18n.NewLocalizer(bundle, string(l))
	}
	return c, nil
}

// IDs lists the sentences that a language has.
func (c *Catalogue) IDs(l Language) []string { return c.ids[l] }

// Sentence gives a sentence as words and slots. count chooses the plural form.
// An unknown id gives its own name: it must not cost anybody an answer.
func (c *Catalogue) Sentence(l Language, id string, count *int) []Segment {
	if l != Russian {
		l = English
	}
	key := cacheKey{lang: l, id: id, count: -1}
	if count != nil {
		key.count = *count
	}
	c.mu.RLock()
	got, ok := c.cache[key]
	c.mu.RUnlock()
	if ok {
		return got
	}
	got = c.localize(l, id, count)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.cache) > 10_000 {
		clear(c.cache)
	}
	c.cache[key] = got
	return got
}

// slotMark stands around the names of arguments while a sentence is a string.
const slotMark = "\x02"

func (c *Catalogue) localize(l Language, id string, count *int) []Segment {
	conf := &i18n.LocalizeConfig{MessageID: id, TemplateData: slotData(count)}
	if count != nil {
		conf.PluralCount = *count
	}
	s, err := c.localizers[l].Localize(conf)
	if err != nil && s == "" {
		return []Segment{{Text: id}}
	}
	var out []Segment
	for i, piece := range strings.Split(s, slotMark) {
		if piece != "" {
			out = append(out, Segment{Slot: i%2 == 1, Text: piece})
		}
	}
	return out
}

// slotNames are all argument names that sentences may use.
var slotNames = [...]string{"Request", "Other", "Person", "Name", "Title", "Words", "When", "Until", "Since", "State", "Level",
	"Number", "Command", "Usage", "Usages", "Reason", "Place", "Client", "Text", "Emoji", "From", "To", "Subject", "Field", "Limit",
	"Alert", "Group", "Firing", "Total", "Severity", "Duration", "Example", "Who", "Kind", "Id", "Link", "What", "List", "Original"}

func slotData(count *int) map[string]any {
	data := make(map[string]any, len(slotNames)+1)
	for _, n := range slotNames {
		data[n] = slotMark + n + slotMark
	}
	if count != nil {
		data["Count"] = *count
	}
	return data
}

// Time writes an instant in the zone it carries: "Tue 3 March 22:12".
func (c *Catalogue) Time(l Language, t time.Time) string {
	if l == Russian {
		return fmt.Sprintf("%s, %d %s %s", ruDays[t.Weekday()], t.Day(), ruMonths[t.Month()-1], t.Format("15:04"))
	}
	return t.Format("Mon 2 January 15:04")
}

// City names a zone by its city: "Boston" is not a zone, "New York" is.
func (c *Catalogue) City(l Language, zone *time.Location) string { return c.CityName(l, CityOf(zone)) }

// CityOf is the city that a zone is named after, in English.
func CityOf(zone *time.Location) string {
	name := zone.String()
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return strings.ReplaceAll(name, "_", " ")
}
