package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"

	"meridian/bot"
	"meridian/storage"
)

// Program is what the commands work with, beside their own arguments.
type Program struct {
	Load   Loader
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// grammar is every command, with its arguments. Kong reads the tags.
type grammar struct {
	Config   string    `name:"config" env:"MERIDIAN_CONFIG" placeholder:"FILE" help:"The configuration file. Without one the built-in default counts."`
	Serve    serve     `cmd:"" default:"withargs" help:"Run the desk. This is what happens without a command."`
	Check    check     `cmd:"" help:"Check the configuration and the store. Nothing is created or changed."`
	Manifest manifest  `cmd:"" help:"Print what a messenger makes the desk's app of."`
	Next     next      `cmd:"" help:"Print when a schedule comes next."`
	Export   export    `cmd:"" help:"Print everything the desk keeps, as lines of JSON."`
	Import   importCmd `cmd:"" help:"Take an export in, silently, or take such an import back."`
	Backup   backup    `cmd:"" help:"Copy the store to a new file while it is in use, and check the copy."`
	Restore  restore   `cmd:"" help:"Put a backup in the place of the store, which is kept beside it."`
	When     when      `cmd:"" help:"Print what a phrase such as \"tomorrow at 10\" means."`
	FAQ      faqCmd    `cmd:"" name:"faq" help:"Look at articles."`
	Mail     mailCmd   `cmd:"" help:"Look at mail."`
	Webhook  hookCmd   `cmd:"" help:"Look at webhooks."`
	Client   clientCmd `cmd:"" help:"See to the companies that the desk works for."`
	Dead     deadCmd   `cmd:"" help:"See to what was given up, or is held."`
	Verify   verify    `cmd:"" help:"Check that the audit log is whole."`
	Version  versioned `cmd:"" help:"Print the version."`
}

// UsageError is a command line that cannot be understood.
type UsageError struct{ err error }

// Error is a sentence with the way to help.
func (e *UsageError) Error() string { return e.err.Error() + "; see meridian --help" }

// Unwrap gives what the parser said.
func (e *UsageError) Unwrap() error { return e.err }

// ExitCode is the process's answer to what Run returned: 0 is success, 2 a
// command line that cannot be understood, 1 any other failure.
func ExitCode(err error) int {
	var usage *UsageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		return 2
	}
	return 1
}

// Run does what args say, until it is done or ctx ends. Its error is a sentence
// for the person who typed them.
func Run(ctx context.Context, args []string, p Program) error {
	var g grammar
	done := false
	parser, err := kong.New(&g, kong.Name("meridian"),
		kong.Description("A help desk that lives in a team's messenger."),
		kong.Writers(p.Stdout, p.Stderr), kong.Exit(func(int) { done = true }),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	command, err := parser.Parse(args)
	if done { // help was asked for and printed
		return nil
	}
	if err != nil {
		return &UsageError{err}
	}
	return command.Run(&call{Program: p, file: g.Config})
}

// call is one command under way.
type call struct {
	Program
	file string
}

func (c *call) config(create bool) (Config, error) { return c.Load(c.file, create) }

// say prints a line for the person.
func (c *call) say(format string, args ...any) error {
	_, err := fmt.Fprintf(c.Stdout, format+"\n", args...)
	return err
}

// log writes to standard error what happens while the program runs.
func (c *call) log() *slog.Logger { return slog.New(slog.NewTextHandler(c.Stderr, nil)) }

// store opens the store beside a server that may be running. It is neither
// created nor migrated.
func (c *call) store(ctx context.Context) (*storage.Store, error) {
	config, err := c.config(false)
	if err != nil {
		return nil, err
	}
	settings := func() *bot.Settings { return config.Settings }
	s, err := storage.OpenExisting(ctx, config.Storage.Reveal(), storage.Options{Settings: settings, Log: c.log()})
	if err != nil {
		return nil, openError(config, err)
	}
	return s, nil
}

// reading opens the store for one command.
func (c *call) reading(ctx context.Context, fn func(*storage.Store) error) (err error) {
	s, err := c.store(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return fn(s)
}

// oneLine makes a sentence of an error that has several lines.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
