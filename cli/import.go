package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"meridian/bot"
	"meridian/storage"
)

// importCmd takes an export into the store, silently, and can take it back.
type importCmd struct {
	File    string   `arg:"" optional:"" placeholder:"FILE" help:"What meridian export printed, or what another desk gives out."`
	From    string   `enum:",zammad,freshdesk,csv,mbox" default:"" help:"The other desk: zammad, freshdesk, csv or mbox. Default: meridian itself."`
	DryRun  bool     `help:"Write nothing; say what would be imported."`
	Name    string   `help:"What to call the other desk where its numbers are shown."`
	Person  []string `sep:"none" placeholder:"THEIRS=OURS" help:"Whom somebody of the other desk's team is here, such as 't.ivanou=web:timur'."`
	State   []string `sep:"none" placeholder:"THEIRS=OURS" help:"What a state of the other desk is here: open, waiting, paused or closed."`
	Without []string `sep:"none" placeholder:"GROUP" help:"Leave out what is in this group of the other desk."`
	Skipped string   `placeholder:"FILE" help:"Write what is left out, and why, to this file as CSV."`
	Undo    string   `placeholder:"BATCH" help:"Take back what this import brought and nobody has touched since. Possible for 30 days."`
}

// Validate is called by kong.
func (x *importCmd) Validate() error {
	switch {
	case x.File == "" && x.Undo == "":
		return errors.New("name the file to import, or the import to --undo")
	case x.Undo != "" && (x.File != "" || x.DryRun || x.From != ""):
		return errors.New("--undo stands alone")
	case x.From == "" && (x.Name != "" || len(x.Person)+len(x.State)+len(x.Without) > 0 || x.Skipped != ""):
		return errors.New("--name, --person, --state, --without and --skipped go with --from")
	}
	return nil
}

// Run reads all of the file before anything is written.
func (x *importCmd) Run(ctx context.Context, c *call) error {
	if x.Undo != "" {
		return c.undo(ctx, x.Undo)
	}
	var s *summary
	var err error
	if x.From == "" {
		s, err = summarize(x.File, newProgress(c.Stderr, "reading"))
	} else {
		s, err = c.movingIn(ctx, x)
	}
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
	if s.moved != nil {
		return s.moved.dryRun(c, s)
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

// sayFiles tells what was attached that an export does not hold.
func (c *call) sayFiles(s *summary) error {
	switch {
	case s.moved != nil && s.moved.named > 0:
		return c.say("%s: the export names them and does not hold them; they stay named.", plural(s.moved.named, "attached file"))
	case s.files == 0 || s.moved != nil:
		return nil
	}
	return c.say("%s: an export names them, it does not hold them; meridian backup does.", plural(s.files, "attached file"))
}

// fits reports what of a file cannot go into the store.
func fits(v bot.View, s *summary) error {
	known, err := storage.Imported(v, s.hash)
	if err != nil || known || s.counted {
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
	i, err := store.StartImport(ctx, filepath.Base(s.file), s.hash, append(numbers, 0)[max(0, len(numbers)-1)], s.counted)
	if err != nil {
		return err
	}
	defer i.Release(context.WithoutCancel(ctx)) //nolint:errcheck // it ends by itself in seconds
	if !i.Finished.IsZero() {
		return c.say("%s was imported as batch %s already; there is nothing to do.", s.file, i.Batch)
	}
	if i.Lines > 0 {
		if err := c.say("Batch %s goes on after %s.", i.Batch, plural(int(i.Lines), s.each())); err != nil {
			return err
		}
	}
	if err := takeItems(ctx, store, i, s, newProgress(c.Stderr, "import")); err != nil {
		return fmt.Errorf("%w; batch %s has the first %s, and the same command goes on from there", err, i.Batch, plural(int(i.Lines), s.each()))
	}
	if err := i.Finish(ctx, s.afterwards(i.Batch)); err != nil {
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

// takeItems writes what a file holds, from where an earlier try ended.
func takeItems(ctx context.Context, store *storage.Store, i *storage.Import, s *summary, bar *progress) error {
	defer bar.end()
	in, err := s.open()
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it was only read
	for n := int64(0); n < i.Lines; n++ {
		if it, _, err := in.next(); err != nil || it == nil {
			return errors.Join(err, errors.New("the file is shorter than before"))
		}
	}
	for {
		ready, err := prepare(ctx, store, in)
		if err != nil || len(ready) == 0 {
			return err
		}
		for more := true; more; bar.at(in.read(), s.size, s.unit()) {
			more, err = i.Step(ctx, func(w *storage.ImportTx) (bool, error) {
				if len(ready) == 0 {
					return false, nil
				}
				one := ready[0]
				ready = ready[1:]
				return true, one.at(one.item.write(w))
			})
			if err != nil {
				return err
			}
		}
	}
}

// readyItem can be written: its files are in the store.
type readyItem struct {
	item
	at func(error) error // says where in the file something is wrong
}

// prepare reads some items and keeps their files, which is done outside of the
// transaction that writes the items.
func prepare(ctx context.Context, store *storage.Store, in feed) (ready []readyItem, err error) {
	const together = 200
	for len(ready) < together {
		it, at, err := in.next()
		if err != nil || it == nil {
			return ready, err
		}
		if filed, ok := it.(interface {
			keep(ctx context.Context, store *storage.Store) error
		}); ok {
			if err := filed.keep(ctx, store); err != nil {
				return nil, at(err)
			}
		}
		ready = append(ready, readyItem{it, at})
	}
	return ready, nil
}
