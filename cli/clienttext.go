package cli

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"
)

// decodeText finds out how a file is written and gives it as UTF-8.
func decodeText(raw []byte) (text, name string, err error) {
	if len(raw) > maxClientFile {
		return "", "", fmt.Errorf("it is larger than %d MiB", maxClientFile>>20)
	}
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		raw, name = raw[3:], "UTF-8"
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), looksWide(raw, 1):
		from, name = xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM), "UTF-16"
	case bytes.HasPrefix(raw, []byte("\xfe\xff")), looksWide(raw, 0):
		from, name = xunicode.UTF16(xunicode.BigEndian, xunicode.UseBOM), "UTF-16"
	case utf8.Valid(raw):
		name = "UTF-8"
	default:
		from, name = charmap.Windows1251, "windows-1251"
	}
	if from != nil {
		if raw, err = from.NewDecoder().Bytes(raw); err != nil {
			return "", name, fmt.Errorf("it is no text in %s: %w", name, err)
		}
	}
	if i := bytes.IndexByte(raw, 0); i >= 0 || !utf8.Valid(raw) {
		return "", name, errors.New("it is no text: save it as CSV")
	}
	return strings.ReplaceAll(string(raw), "\r\n", "\n"), name, nil
}

// looksWide reports whether nearly every second byte, beginning with the given
// one, is zero at the start of a file, as in UTF-16 without a mark.
func looksWide(raw []byte, odd int) bool {
	head := raw[:min(len(raw), 64)]
	zeros := 0
	for i := odd; i < len(head); i += 2 {
		if head[i] == 0 {
			zeros++
		}
	}
	return len(head) >= 8 && zeros*4 >= len(head)
}

// separatorLine reads "sep=;", which some programs write in front.
func separatorLine(text string) (rest string, comma rune, ok bool) {
	first, rest, _ := strings.Cut(text, "\n")
	value, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(first)), "sep=")
	if !ok || len(value) != 1 && value != `\t` {
		return text, 0, false
	}
	if value == `\t` {
		value = "\t"
	}
	return rest, rune(value[0]), true
}

// separatorOf is what splits the first line into the most columns that we know.
func separatorOf(text string) rune {
	best, most := ',', 0
	for _, comma := range []rune{',', ';', '\t'} {
		in := csv.NewReader(strings.NewReader(text))
		in.Comma, in.FieldsPerRecord = comma, -1
		head, err := in.Read()
		if err != nil {
			continue
		}
		known := 0
		for _, h := range head {
			if columnOf(h) != "" {
				known++
			}
		}
		if known > most {
			best, most = comma, known
		}
	}
	return best
}
