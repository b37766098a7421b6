package cli

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

// summary is what a file holds.
type summary struct {
	file                                                   string
	hash                                                   string // of all its bytes
	size                                                   int64
	numbers                                                map[int64]bool
	first, last                                            time.Time // when the oldest request was created and the newest updated
	ended, comments, clients, contacts, mails, audit, past int
	articles, reminders                                    int
	files                                                  int
	open                                                   func() (feed, error) // what it holds, from the beginning
	counted                                                bool                 // its numbers are counted from the highest that there is
	moved                                                  *move                // of another desk; nil: an export of this one
}

// feed gives what is to be imported, one thing after another.
type feed interface {
	// next is the next thing, and says where something is wrong with it; a nil
	// item is the end.
	next() (it item, at func(error) error, err error)
	read() int64 // how much of the summary's size has been read
	io.Closer
}

// fileFeed reads the lines of an export.
type fileFeed struct {
	*lines
	io.Closer
}

func (f fileFeed) next() (item, func(error) error, error) {
	it, err := f.lines.next()
	line := *f.lines
	return it, line.at, err
}

func (f fileFeed) read() int64 { return f.lines.read }

// openLines reads an export from its beginning.
func openLines(name string) (feed, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the export: %w", err)
	}
	return fileFeed{newLines(name, f), f}, nil
}

func (s *summary) request(r bot.Request) {
	s.numbers[r.Number] = true
	if r.Ended() {
		s.ended++
	}
	if s.first.IsZero() || r.CreatedAt.Before(s.first) {
		s.first = r.CreatedAt
	}
	if r.UpdatedAt.After(s.last) {
		s.last = r.UpdatedAt
	}
}

// String is one line.
func (s *summary) String() string {
	parts := []string{plural(len(s.numbers), "request"), plural(s.comments, "comment")}
	if s.moved != nil && s.files > 0 {
		parts = append(parts, plural(s.files, "file"))
	}
	for _, p := range []struct {
		n    int
		what string
	}{{s.contacts, "contact"}, {s.clients, "client"}, {s.articles, "article"}, {s.reminders, "reminder"}, {s.mails, "mail"}, {s.audit, "audit line"}, {s.past, "line of history"}} {
		if p.n > 0 {
			parts = append(parts, plural(p.n, p.what))
		}
	}
	text := strings.Join(parts, ", ")
	if !s.first.IsZero() {
		text += " · " + s.first.UTC().Format(time.DateOnly) + " .. " + s.last.UTC().Format(time.DateOnly)
	}
	return text
}

func plural(n int, what string) string {
	if n != 1 {
		first, others, _ := strings.Cut(what, " of ")
		what = first + "s"
		if others != "" {
			what += " of " + others
		}
	}
	return grouped(int64(n)) + " " + what
}

// sorted are the numbers of its requests, ascending.
func (s *summary) sorted() []int64 {
	var all []int64
	for n := range s.numbers {
		all = append(all, n)
	}
	slices.Sort(all)
	return all
}

// maxLine is the longest line that is read, in bytes.
const maxLine = 64 << 20

// lines reads a file line by line.
type lines struct {
	name string
	scan *bufio.Scanner
	n    int64 // the line read last, from 1
	read int64 // bytes
}

func newLines(name string, r io.Reader) *lines {
	l := &lines{name: filepath.Base(name), scan: bufio.NewScanner(r)}
	l.scan.Buffer(make([]byte, 1<<16), maxLine)
	return l
}

// next reads the next line; nil is the end.
func (l *lines) next() (item, error) {
	if !l.scan.Scan() {
		if err := l.scan.Err(); err != nil {
			l.n++
			return nil, l.at(err)
		}
		return nil, nil
	}
	l.n++
	l.read += int64(len(l.scan.Bytes())) + 1
	it, err := parseLine(bytes.TrimSuffix(l.scan.Bytes(), []byte("\r")))
	return it, l.at(err)
}

// at says where in the file something is wrong.
func (l *lines) at(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s:%d: %w", l.name, l.n, err)
}

// summarize reads all of a file and refuses one with a line that is damaged.
func summarize(name string, bar *progress) (s *summary, err error) {
	defer bar.end()
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the export: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the export: %w", err)
	}
	sum := sha256.New()
	s = &summary{file: name, size: info.Size(), numbers: map[int64]bool{}, open: func() (feed, error) { return openLines(name) }}
	in := newLines(name, io.TeeReader(f, sum))
	for {
		it, err := in.next()
		if err != nil {
			return nil, err
		}
		if it == nil {
			break
		}
		if err := it.check(s); err != nil {
			return nil, in.at(err)
		}
		bar.at(in.read, s.size, "bytes")
	}
	if in.n == 0 {
		return nil, fmt.Errorf("%s is empty", name)
	}
	s.hash = hex.EncodeToString(sum.Sum(nil))
	return s, nil
}
