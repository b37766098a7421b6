package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"meridian/bot"
	"meridian/storage"
)

// importCmd takes an export into the store, silently, and can take it back.
type importCmd struct {
	File   string `arg:"" optional:"" placeholder:"FILE" help:"What meridian export printed."`
	DryRun bool   `help:"Write nothing; say what would be imported."`
	Undo   string `placeholder:"BATCH" help:"Take back what this import brought and nobody has touched since. Possible for 30 days."`
}

// Validate is called by kong.
func (x *importCmd) Validate() error {
	switch {
	case x.File == "" && x.Undo == "":
		return errors.New("name the file to import, or the import to --undo")
	case x.Undo != "" && (x.File != "" || x.DryRun):
		return errors.New("--undo stands alone")
	}
	return nil
}

// Run reads all of the file before anything is written.
func (x *importCmd) Run(ctx context.Context, c *call) error {
	if x.Undo != "" {
		return c.undo(ctx, x.Undo)
	}
	s, err := summarize(x.File, newProgress(c.Stderr, "reading"))
	if err != nil {
		return err
	}
	if x.DryRun {
		return c.dryRun(ctx, s)
	}
	return c.serving(ctx, func(store *storage.Store) error { return c.importFile(ctx, store, s) })
}

// serving opens the store for a command that no server may run beside, and
// creates it if it is missing.
func (c *call) serving(ctx context.Context, fn func(*storage.Store) error) (err error) {
	config, err := c.config(false)
	if err != nil {
		return err
	}
	settings := func() *bot.Settings { return config.Settings }
	s, err := storage.Open(ctx, config.Storage.Reveal(), storage.Options{Settings: settings, Log: c.log(), SingleInstance: true})
	if errors.Is(err, storage.ErrServed) {
		return fmt.Errorf("%s; stop it first", oneLine(err))
	}
	if err != nil {
		return openError(config, err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	err = fn(s)
	if errors.Is(err, storage.ErrServed) {
		return fmt.Errorf("%s; stop it first", oneLine(err))
	}
	return err
}

// summary is what a file holds.
type summary struct {
	file                                                   string
	hash                                                   string // of all its bytes
	size                                                   int64
	numbers                                                map[int64]bool
	first, last                                            time.Time // when the oldest request was created and the newest updated
	ended, comments, clients, contacts, mails, audit, past int
	files                                                  int
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
	for _, p := range []struct {
		n    int
		what string
	}{{s.contacts, "contact"}, {s.clients, "client"}, {s.mails, "mail"}, {s.audit, "audit line"}, {s.past, "line of history"}} {
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
	s = &summary{file: name, size: info.Size(), numbers: map[int64]bool{}}
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

// thereAlready refuses a request whose number is taken.
func thereAlready(n int64) error {
	return fmt.Errorf("%s is in the store already; an export can be imported only into a store that has none of its numbers", bot.RequestID(n))
}

// dryRun says what an import would do. It works beside a running server.
func (c *call) dryRun(ctx context.Context, s *summary) error {
	if err := c.fitsBeside(ctx, s); err != nil {
		return err
	}
	if err := c.say("%s", s); err != nil {
		return err
	}
	if err := c.say("Would import: %s solved or closed, %s open.", grouped(int64(s.ended)), grouped(int64(len(s.numbers)-s.ended))); err != nil {
		return err
	}
	if err := c.sayFiles(s); err != nil {
		return err
	}
	return c.say("Nothing is sent to anybody. Run without --dry-run to write.")
}

// fitsBeside looks into the store, if there is one yet.
func (c *call) fitsBeside(ctx context.Context, s *summary) (err error) {
	config, err := c.config(false)
	if err != nil {
		return err
	}
	store, err := storage.OpenExisting(ctx, config.Storage.Reveal(), storage.Options{Log: c.log()})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return openError(config, err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return store.View(ctx, func(v bot.View) error { return fits(v, s) })
}

// sayFiles tells that an export does not hold what was attached.
func (c *call) sayFiles(s *summary) error {
	if s.files == 0 {
		return nil
	}
	return c.say("%s: an export names them, it does not hold them; meridian backup does.", plural(s.files, "attached file"))
}

// fits reports what of a file cannot go into the store.
func fits(v bot.View, s *summary) error {
	known, err := storage.Imported(v, s.hash)
	if err != nil || known {
		return err
	}
	n, err := storage.Taken(v, s.sorted())
	if err == nil && n != 0 {
		err = thereAlready(n)
	}
	return err
}

// importFile writes the file in short transactions. Broken off, it goes on
// where it was when it is called again.
func (c *call) importFile(ctx context.Context, store *storage.Store, s *summary) error {
	if err := store.View(ctx, func(v bot.View) error { return fits(v, s) }); err != nil {
		return err
	}
	numbers := s.sorted()
	i, err := store.StartImport(ctx, filepath.Base(s.file), s.hash, append(numbers, 0)[max(0, len(numbers)-1)])
	if err != nil {
		return err
	}
	defer i.Release(context.WithoutCancel(ctx)) //nolint:errcheck // it ends by itself in seconds
	if !i.Finished.IsZero() {
		return c.say("%s was imported as batch %s already; there is nothing to do.", s.file, i.Batch)
	}
	if i.Lines > 0 {
		if err := c.say("Batch %s goes on after line %s.", i.Batch, grouped(i.Lines)); err != nil {
			return err
		}
	}
	if err := takeLines(ctx, i, s, newProgress(c.Stderr, "import")); err != nil {
		return fmt.Errorf("%w; batch %s has the first %s, and the same command goes on from there", err, i.Batch, plural(int(i.Lines), "line"))
	}
	if err := i.Finish(ctx); err != nil {
		return err
	}
	if err := c.say("Imported as batch %s: %s. Nothing was sent to anybody.", i.Batch, s); err != nil {
		return err
	}
	if err := c.sayFiles(s); err != nil {
		return err
	}
	return c.say("For 30 days, meridian import --undo %s takes back what nobody has touched.", i.Batch)
}

func takeLines(ctx context.Context, i *storage.Import, s *summary, bar *progress) error {
	defer bar.end()
	f, err := os.Open(s.file)
	if err != nil {
		return fmt.Errorf("read the export: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	in := newLines(s.file, f)
	for in.n < i.Lines {
		if it, err := in.next(); err != nil || it == nil {
			return errors.Join(err, errors.New("the file is shorter than before"))
		}
	}
	for more := true; more; bar.at(in.read, s.size, "bytes") {
		more, err = i.Step(ctx, func(w *storage.ImportTx) (bool, error) {
			it, err := in.next()
			if err != nil || it == nil {
				return false, err
			}
			return true, in.at(it.write(w))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// undo takes an import back.
func (c *call) undo(ctx context.Context, batch string) error {
	return c.serving(ctx, func(s *storage.Store) error {
		bar := newProgress(c.Stderr, "taking back")
		done, err := s.UndoImport(ctx, batch, func(done, all int) { bar.at(int64(done), int64(all), "requests") })
		bar.end()
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return c.noBatch(ctx, s, batch)
		case errors.Is(err, storage.ErrUndone):
			return fmt.Errorf("import %s has been taken back already", batch)
		case errors.Is(err, storage.ErrOld):
			return fmt.Errorf("import %s is more than 30 days old: it stays", batch)
		case err != nil:
			return err
		}
		if err := c.say("Taken back: %s, %s, %s.", plural(done.Requests, "request"), plural(done.Contacts, "contact"), plural(done.Clients, "client")); err != nil {
			return err
		}
		if len(done.Kept) == 0 {
			return nil
		}
		return c.say("%s stay, because somebody has worked on them or on what refers to them: %s.", plural(len(done.Kept), "request"), someOf(done.Kept))
	})
}

// someOf names the first of many requests.
func someOf(numbers []int64) string {
	const named = 20
	var all []string
	for _, n := range numbers[:min(named, len(numbers))] {
		all = append(all, bot.RequestID(n))
	}
	text := strings.Join(all, ", ")
	if more := len(numbers) - named; more > 0 {
		text += fmt.Sprintf(" and %s more", grouped(int64(more)))
	}
	return text
}

// noBatch says which imports there are instead.
func (c *call) noBatch(ctx context.Context, s *storage.Store, batch string) error {
	names, err := s.Batches(ctx)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("there is no import %s, and none that could be taken back", batch)
	}
	return fmt.Errorf("there is no import %s; those that can be taken back are %s", batch, strings.Join(names, ", "))
}
