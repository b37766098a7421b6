package slack

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/slack-go/slack"

	"meridian/bot"
	"meridian/bot/say"
)

// piece is one part of a text, as rich text takes it. Nothing within it is
// markup: a link, a date or a quote is what it is by its kind alone.
type piece struct {
	kind  pieceKind
	text  string
	url   string
	at    time.Time
	bold  bool
	code  bool
	block bool // a quote of its own lines
}

type pieceKind int

const (
	pieceText pieceKind = iota
	pieceLink
	pieceDate
	pieceBreak
)

// painter turns texts into pieces for one reader.
type painter struct {
	words *say.Catalogue
	zone  *time.Location // for what cannot be shown in the reader's own
	base  string         // address of the web desk, for links to requests; empty: there are none
	names func(id string) string
	own   string // what stands before the names of our slash commands
}

// pieces puts a text into words. The catalogue writes it out by calling one
// function for each part; each leaves its piece in a list, and a mark where it
// stands.
func (p painter) pieces(t bot.Text) []piece {
	var all []piece
	put := func(x piece) string {
		all = append(all, x)
		return pieceMark
	}
	words := func(s string) string { return put(piece{text: s}) }
	// Breaks have no function of their own: a text is written one part at a
	// time, and between two of them the break is put by hand.
	for _, part := range t.Parts {
		if part.Kind == bot.PartBreak {
			put(piece{kind: pieceBreak})
			continue
		}
		one := bot.Text{Language: t.Language, Parts: []bot.Part{part}}
		one.Render(p.words, bot.Markup{
			Words: words,
			Quote: func(s string, block bool) string { return put(piece{text: p.shown(s), block: block}) },
			Time: func(at time.Time, l bot.Language) string {
				return put(piece{kind: pieceDate, at: at, text: p.words.Time(l, at.In(p.zone)) + " " + p.words.City(l, p.zone)})
			},
			Person:  func(id, name string) string { return put(piece{text: p.shown(orName(name, id, p.names))}) },
			Request: func(number string) string { return put(p.request(number)) },
			Link:    func(address, label string) string { return put(linked(address, label)) },
			Code:    func(s string) string { return put(piece{text: clean(p.usage(s)), code: true}) },
			Strong: func(written string) string { // the pieces put last, in a sentence too
				bolded(all[len(all)-strings.Count(written, pieceMark):])
				return written
			},
			Break: "",
		})
	}
	return all
}

// pieceMark stands for one piece in what a text is written as, so that whoever
// gets what is written already knows how many pieces that was.
const pieceMark = "\x01"

// usage is something to type. Our slash commands are named as they are here.
func (p painter) usage(s string) string {
	rest, slash := strings.CutPrefix(s, "/")
	if word, _, _ := strings.Cut(rest, " "); slash && p.own != "" && !slices.Contains(Reserved(), word) {
		return "/" + p.own + rest
	}
	return s
}

func orName(text, id string, names func(string) string) string {
	if text == "" && names != nil {
		return names(id)
	}
	return text
}

// request is a request's number, which leads to its page where there is one.
func (p painter) request(number string) piece {
	if n, ok := bot.ParseRequestID(number); ok && p.base != "" {
		return piece{kind: pieceLink, text: number, url: requestPage(p.base, n), bold: true}
	}
	return piece{text: number, bold: true}
}

// requestPage is where the web desk shows a request.
func requestPage(base string, number int64) string {
	return base + "/r/" + strconv.FormatInt(number, 10)
}

// linked is a link to http or https; any other address is only text.
func linked(address, label string) piece {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(address) > maxURL {
		return piece{text: clean(strings.TrimSpace(label + " " + address))}
	}
	if label == "" {
		label = address
	}
	return piece{kind: pieceLink, text: clean(label), url: u.String()}
}

// shown is what somebody wrote, with people by name. It is shown as data, so
// that all there is to do is to take out what no reader can see.
func (p painter) shown(s string) string {
	s = clean(s)
	if p.names == nil || !strings.Contains(s, name+":") {
		return s
	}
	return personMark.ReplaceAllStringFunc(s, func(id string) string { return "@" + p.names(id) })
}

// clean drops what turns the rest of a line around or cannot be shown at all.
func clean(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return c
		case c >= 0x202A && c <= 0x202E, c >= 0x2066 && c <= 0x2069: // turn the writing around
			return -1
		case c == unicode.ReplacementChar:
			return c
		case unicode.IsControl(c):
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// plainText is a text on one line, for a phone's notice, a label or a hint.
func (p painter) plainText(t bot.Text) string {
	return strings.Join(strings.Fields(p.lines(t)), " ")
}

// lines is a text without markup, its lines as they are.
func (p painter) lines(t bot.Text) string {
	var b strings.Builder
	for _, x := range p.pieces(t) {
		switch {
		case x.kind == pieceBreak:
			b.WriteByte('\n')
		case x.block:
			if s := b.String(); s != "" && !strings.HasSuffix(s, "\n") {
				b.WriteByte('\n')
			}
			b.WriteString(x.text + "\n")
		default:
			b.WriteString(x.text)
		}
	}
	return strings.Trim(b.String(), "\n")
}

// escape makes text safe where Slack reads markup. Only the notice that a phone
// shows is such a place.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// element is a piece as an element of rich text.
func (x piece) element() slack.RichTextSectionElement {
	var style *slack.RichTextSectionTextStyle
	if x.bold || x.code {
		style = &slack.RichTextSectionTextStyle{Bold: x.bold, Code: x.code}
	}
	switch x.kind {
	case pieceLink:
		return &slack.RichTextSectionLinkElement{Type: slack.RTSELink, URL: x.url, Text: x.text, Style: style}
	case pieceDate:
		fallback := x.text
		return &slack.RichTextSectionDateElement{Type: slack.RTSEDate, Timestamp: slack.JSONTime(x.at.Unix()), Format: dateFormat, Fallback: &fallback, Style: style}
	}
	return &slack.RichTextSectionTextElement{Type: slack.RTSEText, Text: x.text, Style: style}
}

// dateFormat lets Slack write an instant in the reader's own zone and words.
const dateFormat = "{date_short_pretty} {time}"
