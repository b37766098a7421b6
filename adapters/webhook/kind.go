package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"meridian/bot"
)

// kind is one kind of hook: whose bodies it takes.
type kind struct {
	name string
	// fits looks at a body within the limits and refuses what is clearly not of
	// this kind, so that its sender hears of it. It is cheap: it runs before
	// the body is stored. What it lets through may still be refused by read.
	fits func(body []byte) error
	// read parses a body within the limits. at is when it came, for alerts that
	// do not say when they began. Its errors are sentences for the sender.
	read func(body []byte, at time.Time) ([]bot.AlertReport, error)
}

// all is every kind. To add one, write its file and put it here.
func all() []kind { return []kind{alertmanager(), generic()} }

// Kinds are the names of the kinds that hooks can have.
func Kinds() []string {
	var names []string
	for _, k := range all() {
		names = append(names, k.name)
	}
	return names
}

func kindOf(name string) (kind, error) {
	for _, k := range all() {
		if k.name == name {
			return k, nil
		}
	}
	return kind{}, fmt.Errorf("the kind %q is not known: use one of %s", name, strings.Join(Kinds(), ", "))
}

// errMeaningless is what a kind returns for a body that can be read but says
// nothing.
var errMeaningless = errors.New("the body says nothing: it has no text in it")

// Test reads a body as a hook of this kind would and says what it found, one
// line each: "firing TITLE", "resolved TITLE", or "ignored: WHY" for a body
// that means nothing. It checks no secret. An error is a body that would be
// refused. The header is that of the request; the kinds so far do not need it.
func Test(kind string, body []byte, _ http.Header) ([]string, error) {
	k, err := kindOf(kind)
	if err != nil {
		return nil, err
	}
	body = trimBOM(body)
	if len(body) > maxBody {
		return nil, errors.New("the body is larger than 1 MiB")
	}
	if err := limits(body); err != nil {
		return nil, err
	}
	reports, err := k.read(body, time.Now())
	if errors.Is(err, errMeaningless) {
		return []string{"ignored: " + err.Error()}, nil
	}
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, r := range reports {
		for _, a := range r.Alerts {
			lines = append(lines, string(a.Status)+" "+a.Title)
		}
	}
	if len(lines) == 0 {
		lines = []string{"ignored: the report holds no alerts"}
	}
	return lines, nil
}

// firstTitle is the first of these that a reader would see, as one line.
func firstTitle(candidates ...string) string {
	for _, c := range candidates {
		for line := range strings.Lines(c) {
			if !visible(line) {
				continue
			}
			if t := bot.TitleOfText(strings.ToValidUTF8(strings.Map(printable, line), "")); visible(t) {
				return t
			}
		}
	}
	return ""
}

// visible reports whether a reader sees anything of s.
func visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r != unicode.ReplacementChar && unicode.IsOneOf([]*unicode.RangeTable{unicode.L, unicode.N, unicode.P, unicode.S}, r)
	})
}

// printable drops control characters of a title, among them those that turn
// the direction of writing around.
func printable(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return -1
	}
	return r
}

// storable replaces what a database cannot hold in a text.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

// webLink is s if it is a link of the web, else empty: no script or file can
// stand behind a button.
func webLink(s string) string {
	if strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") {
		return storable(s)
	}
	return ""
}

// maxName is the longest fingerprint or group that is kept as it is, in bytes.
const maxName = 256

// named keeps a name of the source's own; a very long one is replaced by its
// hash, so that it can be a key.
func named(s string) string {
	if s = storable(s); len(s) <= maxName {
		return s
	}
	return hash(s)
}

// hash is the same for the same strings in the same order.
func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// hashLabels is the same for the same labels.
func hashLabels(labels map[string]string) string {
	var parts []string
	for k, v := range labels {
		parts = append(parts, k+"\x00"+v)
	}
	slices.Sort(parts)
	return hash(parts...)
}
