package email

import (
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths in bytes up to which the fields of a stranger's mail are kept.
const (
	maxFieldBytes    = 64 << 10
	maxSubjectBytes  = 2000
	maxNameBytes     = 300
	maxFileNameBytes = 120
	maxTextBytes     = 1 << 20 // of one mail; a longer text is kept as a file beside its beginning
)

// cleanLine makes one harmless line of what a stranger wrote: line ends and
// tabs become blanks; control characters and those that change the direction
// of writing go, so that nothing can pass for another header or another name.
func cleanLine(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\n' || r == '\t' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return ' '
		case unicode.IsControl(r) || isBidi(r) || r == '\uFEFF' || r == '\u200B' || r == '\u2060':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return cutBytes(strings.Join(strings.Fields(s), " "), limit)
}

// isBidi reports whether r changes the direction of what follows.
func isBidi(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' || r == '\u200E' || r == '\u200F' || r == '\u061C'
}

// cleanText keeps the lines of a body and drops control characters.
func cleanText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\f' || r == '\v' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r) || r == '\uFEFF':
			return -1
		case r == '\u00A0':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = cutBytes(s, maxTextBytes)
	if strings.ContainsAny(s, invisible) {
		lines := strings.Split(s, "\n")
		for i, l := range lines {
			lines[i] = strings.Trim(l, invisible)
		}
		s = strings.Join(lines, "\n")
	}
	return strings.Trim(s, "\n")
}

// invisible are signs of no width that programs leave at the ends of lines. Within
// a line they may part words, in Thai for one, and stay.
const invisible = "\u200B\u2060\u200E\u200F"

// cutBytes shortens s to limit bytes without cutting a letter in two.
func cutBytes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// fileName makes a name that is safe on every disk and says what the file is:
// no folder, no device, no hidden file, no reversed writing, at most 120 bytes
// with its extension kept.
func fileName(s, typ string, number int) string {
	s = strings.ReplaceAll(cleanLine(s, maxFieldBytes), `\`, "/")
	s = path.Base(s)
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"|?*/`, r) || r == '\u200B' {
			return '_'
		}
		return r
	}, s)
	s = strings.Trim(s, ". ")
	if s == "" || strings.Trim(s, "_") == "" {
		return "attachment-" + strconv.Itoa(number) + extensionOf(typ)
	}
	ext := path.Ext(s)
	if len(ext) > 20 {
		ext = ""
	}
	stem := strings.TrimSuffix(s, ext)
	if isDevice(stem) {
		stem = "_" + stem
	}
	return cutBytes(stem, maxFileNameBytes-len(ext)) + ext
}

// isDevice reports whether Windows would take the name for a device.
func isDevice(stem string) bool {
	first, _, _ := strings.Cut(strings.ToUpper(stem), ".")
	switch first = strings.TrimSpace(first); first {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(first) == 4 && (strings.HasPrefix(first, "COM") || strings.HasPrefix(first, "LPT")) && first[3] >= '0' && first[3] <= '9'
}

// extensionOf is an extension for files that came without a name.
func extensionOf(typ string) string {
	switch typ {
	case "message/rfc822":
		return ".eml"
	case "text/plain":
		return ".txt"
	case "text/html":
		return ".html"
	case "text/calendar":
		return ".ics"
	case "image/png":
		return ".png"
	case "image/jpeg":
		return ".jpg"
	case "image/gif":
		return ".gif"
	case "application/pdf":
		return ".pdf"
	case "application/zip":
		return ".zip"
	}
	return ".bin"
}

// fileType is what a file is: what its bytes show where that is certain, else
// what the mail says of it.
func fileType(declared string, data []byte) string {
	declared = cleanLine(declared, 100)
	if !strings.Contains(declared, "/") {
		declared = "application/octet-stream"
	}
	sniffed, _, _ := strings.Cut(http.DetectContentType(data[:min(len(data), 512)]), ";")
	switch sniffed {
	case "application/octet-stream", "text/plain", "application/zip", "text/xml":
		if declared == "application/octet-stream" && len(data) > 0 && sniffed != "text/plain" {
			return sniffed
		}
		return declared
	}
	major, _, _ := strings.Cut(declared, "/")
	if strings.HasPrefix(sniffed, major+"/") || strings.HasPrefix(declared, "message/") {
		return declared
	}
	return sniffed
}
