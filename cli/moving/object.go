package moving

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

// object is one thing of an export as JSON. Versions of a desk differ in what
// they write and how, so that a field is looked for by several names.
type object map[string]json.RawMessage

// text is the first of some fields that says something, a number as it is
// written.
func (o object) text(names ...string) string {
	for _, n := range names {
		raw := o[n]
		var s string
		if json.Unmarshal(raw, &s) == nil {
			if s = strings.TrimSpace(s); s != "" {
				return s
			}
			continue
		}
		var number json.Number
		if json.Unmarshal(raw, &number) == nil && number != "" {
			return number.String()
		}
		var named struct{ Name string }
		if json.Unmarshal(raw, &named) == nil && named.Name != "" {
			return named.Name
		}
	}
	return ""
}

func (o object) flag(names ...string) bool {
	for _, n := range names {
		var b bool
		if json.Unmarshal(o[n], &b) == nil && b {
			return true
		}
	}
	return false
}

func (o object) object(names ...string) object {
	for _, n := range names {
		var in object
		if json.Unmarshal(o[n], &in) == nil && in != nil {
			return in
		}
	}
	return nil
}

func (o object) list(names ...string) []object {
	for _, n := range names {
		var in []object
		if json.Unmarshal(o[n], &in) == nil && in != nil {
			return in
		}
	}
	return nil
}

// words are a list of strings, or one string with commas.
func (o object) words(names ...string) []string {
	for _, n := range names {
		var in []string
		if json.Unmarshal(o[n], &in) == nil {
			return in
		}
		if s := o.text(n); s != "" {
			return splitWords(s)
		}
	}
	return nil
}

func splitWords(s string) (all []string) {
	for w := range strings.FieldsFuncSeq(s, func(c rune) bool { return c == ',' || c == ';' || c == '|' }) {
		if w = strings.TrimSpace(w); w != "" {
			all = append(all, w)
		}
	}
	return all
}

func (o object) when(names ...string) time.Time {
	for _, n := range names {
		if t, ok := parseTime(o.text(n)); ok {
			return t
		}
	}
	return time.Time{}
}

// parseTime reads the ways in which desks write an instant. One without a zone
// is UTC.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly,
		"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006", time.RFC1123Z, time.RFC1123,
	} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1970 && t.Year() < 9000 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// mailbox reads "Grace Lin <grace@harbor.example>" or an address alone.
func mailbox(s string) Person {
	if a, err := mail.ParseAddress(s); err == nil {
		return Person{Name: a.Name, Address: strings.ToLower(a.Address)}
	}
	name, rest, ok := strings.Cut(s, "<")
	if address := strings.Trim(rest, "<> "); ok && bot.IsMailAddress(address) {
		return Person{Name: strings.Trim(name, `" `), Address: strings.ToLower(address)}
	}
	if bot.IsMailAddress(strings.TrimSpace(s)) {
		return Person{Address: strings.ToLower(strings.TrimSpace(s))}
	}
	return Person{Name: strings.TrimSpace(s)}
}

func mailboxes(s string) (all []bot.Address) {
	if list, err := mail.ParseAddressList(s); err == nil {
		for _, a := range list {
			all = append(all, bot.Address{Name: a.Name, Address: strings.ToLower(a.Address)})
		}
		return all
	}
	for _, w := range splitWords(s) {
		if p := mailbox(w); p.Address != "" {
			all = append(all, bot.Address{Name: p.Name, Address: p.Address})
		}
	}
	return all
}

// shelf is what an export holds, by kind.
type shelf map[string][]object

// shelve sorts what stands in a file, or in those of a zip: kindOf says what an
// object is, by its fields, the name under which it stands, and the name of its
// file. An empty kind is left out.
func shelve(file string, kindOf func(o object, name string) string, endings ...string) (shelf, error) {
	s := sorter{shelf{}, kindOf}
	err := eachMember(file, func(m member) error {
		take := s.json
		if strings.HasSuffix(m.name, ".xml") || bytes.HasPrefix(bytes.TrimSpace(m.data), []byte("<")) {
			take = s.xml
		}
		if err := take(m); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		return nil
	}, endings...)
	return s.shelf, err
}

// sorter puts objects on a shelf.
type sorter struct {
	shelf
	kindOf func(o object, name string) string
}

// nameOf is what a file is about, by its name: "tickets" for "tickets-2.json".
func nameOf(file string) string {
	stem, _, _ := strings.Cut(file, ".")
	return strings.TrimRight(stem, "0123456789-_")
}

// json sorts the values of a file, one after another: an export is as large as
// all that was ever attached, and is not held twice.
func (s sorter) json(m member) error {
	in := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(m.data, []byte("\xef\xbb\xbf"))))
	for {
		switch token, err := in.Token(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errDamaged
		case token == json.Delim('['):
			if err := s.list(in, nameOf(m.name)); err != nil {
				return errDamaged
			}
		case token == json.Delim('{'):
			o, err := rest(in)
			if err != nil {
				return errDamaged
			}
			s.object(o, nameOf(m.name), 0)
		}
	}
}

// list sorts the values of a list that has begun.
func (s sorter) list(in *json.Decoder, name string) error {
	for in.More() {
		var raw json.RawMessage
		if err := in.Decode(&raw); err != nil {
			return err
		}
		s.value(raw, name, 1)
	}
	_, err := in.Token()
	return err
}

// rest is an object that has begun.
func rest(in *json.Decoder) (object, error) {
	o := object{}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return nil, err
		}
		var raw json.RawMessage
		if err := in.Decode(&raw); err != nil {
			return nil, err
		}
		o[fmt.Sprint(key)] = raw
	}
	_, err := in.Token()
	return o, err
}

// value sorts one value: an object of a known kind, a list of them, or an object
// that holds such lists under their names.
func (s sorter) value(raw json.RawMessage, name string, depth int) {
	if depth > 3 {
		return
	}
	switch trimmed := bytes.TrimLeft(raw, " \t\r\n"); {
	case bytes.HasPrefix(trimmed, []byte("[")):
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return
		}
		for _, one := range list {
			s.value(one, name, depth+1)
		}
	case bytes.HasPrefix(trimmed, []byte("{")):
		var o object
		if json.Unmarshal(raw, &o) == nil {
			s.object(o, name, depth)
		}
	}
}

func (s sorter) object(o object, name string, depth int) {
	if kind := s.kindOf(o, name); kind != "" {
		s.shelf[kind] = append(s.shelf[kind], o)
		return
	}
	for _, key := range sortedKeys(o) {
		under := key
		if strings.Trim(key, "0123456789") == "" { // {"User": {"7": ...}}: the ids of what stands there
			under = name
		}
		s.value(o[key], under, depth+1)
	}
}

func sortedKeys(o object) []string {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// byID finds the objects of a kind.
func (s shelf) byID(kind string) map[string]object {
	found := map[string]object{}
	for _, o := range s[kind] {
		found[o.text("id")] = o
	}
	return found
}
