package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/term"

	"meridian/adapters"
	"meridian/bot"
	"meridian/bot/engine"
	"meridian/bot/say"
	"meridian/commands"
	"meridian/storage"
)

// serve runs the desk until it is told to stop.
type serve struct{}

// drainTime is how long everything that is under way may take once the desk was
// told to stop, and answerTime how long of it requests may take to be answered.
// What is not answered was not taken: its sender comes again.
const (
	drainTime  = 10 * time.Second
	answerTime = 8 * time.Second
)

// server is a desk that runs.
type server struct {
	config   Config
	settings atomic.Pointer[bot.Settings]
	log      *slog.Logger
	store    *storage.Store
	engine   *engine.Engine
	built    *adapters.Built
	http     net.Listener
	mail     net.Listener // nil: no mail comes in
	began    time.Time
	stopping atomic.Bool
	end      context.CancelFunc     // ends this life of the desk
	anew     atomic.Pointer[Config] // what the next life works by; nil: there is none
}

// Run is the desk. It ends without an error when it was told to stop and
// nothing was cut off. Where it is put into Slack it begins anew, as after a
// stop and a start, and whoever calls meanwhile waits.
func (*serve) Run(ctx context.Context, c *call) (err error) {
	config, err := c.config(true)
	if err != nil {
		return err
	}
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	door := &lasting{}
	defer func() { err = errors.Join(err, door.shut()) }()
	keeping := new(sync.Mutex)
	for began, out := time.Now(), c.Stdout; ; out = io.Discard { // where the desk is, is said once
		s := &server{config: config, log: c.log(), began: began}
		s.settings.Store(config.Settings)
		if err := s.live(ctx, c, door, keeping, reload, out); err != nil {
			return err
		}
		next := s.anew.Load()
		if next == nil || ctx.Err() != nil {
			return nil
		}
		config = *next
	}
}

// live is the desk from its start to its end.
func (s *server) live(ctx context.Context, c *call, door *lasting, keeping *sync.Mutex, reload <-chan os.Signal, out io.Writer) (err error) {
	ctx, s.end = context.WithCancel(ctx)
	defer s.end()
	defer func() { err = errors.Join(err, s.close()) }()
	switch err := s.open(ctx, door, s.keep(c, door, keeping)); {
	case err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled):
		return nil // it was told to stop before it ran
	case err != nil:
		return err
	}
	if err := s.welcome(out); err != nil {
		return err
	}
	return s.run(ctx, func() {
		for {
			select {
			case <-reload:
				s.reload(c)
			case <-ctx.Done():
				return
			}
		}
	})
}

// open makes every part, from the store outwards.
func (s *server) open(ctx context.Context, door *lasting, keep func(adapters.KeptApp) error) (err error) {
	current := s.settings.Load
	s.store, err = storage.Open(ctx, s.config.Storage.Reveal(), storage.Options{Settings: current, Log: s.log, SingleInstance: true})
	if err != nil {
		return openError(s.config, err)
	}
	words, err := say.New()
	if err != nil {
		return err
	}
	router, err := bot.NewRouter(commands.All(), commands.Unasked())
	if err != nil {
		return err
	}
	s.engine, err = engine.New(engine.Options{Store: s.store, Router: router, Catalogue: words, Settings: current, Log: s.log})
	if err != nil {
		return err
	}
	if err := s.bind(ctx, door); err != nil {
		return err
	}
	secret, err := s.store.Secret(ctx)
	if err != nil {
		return err
	}
	s.built, err = s.config.Adapters.Build(adapters.Env{
		Desk: s.engine, Catalogue: words, Log: s.log, Settings: s.config.Settings, PublicURL: s.config.PublicURL, Mail: s.mail, Secret: secret, Commands: commands.All(),
		Install: adapters.Installing{App: s.config.Kept.App, File: s.config.Kept.File, Own: s.config.File, APIURL: s.config.Kept.APIURL, Keep: keep},
	})
	if err != nil {
		return err
	}
	s.config.Settings.Known = s.built.Known
	if err := s.engine.Add(s.built.All...); err != nil {
		return err
	}
	if s.config.File == "" { // who tries the desk out sees how a day at it looks
		return s.engine.Accept(ctx, commands.FirstSample(time.Now()))
	}
	return nil
}

// bind takes the addresses, so that a taken one is told before anything runs.
func (s *server) bind(ctx context.Context, door *lasting) error {
	if err := door.open(ctx, s.config); err != nil {
		return err
	}
	s.http = newGate(door)
	var err error
	if m := s.config.Adapters.Email; m != nil && m.Listen != "" {
		s.mail, err = listen(ctx, s.config.Where("email.listen"), "email.listen", m.Listen)
	}
	return err
}

// close ends what open made, in the order that loses nothing.
func (s *server) close() error {
	for _, l := range []net.Listener{s.http, s.mail} {
		if l != nil {
			_ = l.Close() // the server that took it over may have closed it
		}
	}
	if s.store == nil {
		return nil
	}
	return s.store.Close()
}

// welcome says where the desk is.
func (s *server) welcome(out io.Writer) error {
	base := "http://" + s.http.Addr().String()
	text := fmt.Sprintf("Meridian is at %s/\n", base)
	if s.mail != nil {
		text += fmt.Sprintf("Mail for %s is taken at %s.\n", s.config.Adapters.Email.Address, s.mail.Addr())
	}
	for _, h := range s.config.Adapters.Webhooks {
		text += fmt.Sprintf("Hook %s is at %s/hooks/%s", h.Name, base, h.Name)
		if s.config.File == "" {
			text += ", with the bearer token " + hookToken(out, h)
		}
		text += "\n"
	}
	_, err := io.WriteString(out, text)
	return err
}

// hookToken shows the token that the default made up to the person who started
// it by hand. A file or a log gets to know where it is kept.
func hookToken(out io.Writer, h adapters.Webhook) string {
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return h.Secret[0].Reveal()
	}
	return "in meridian.secrets"
}

// run serves until ctx ends or a part fails, and then lets what is under way
// come to its end.
func (s *server) run(ctx context.Context, background func()) error {
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	web := newServer(s.routes(s.built), s.log)
	ended := make(chan error, 2)
	go func() {
		err := s.engine.Run(running)
		stop(err)
		ended <- err
	}()
	go func() {
		err := web.Serve(s.http)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		stop(err)
		ended <- err
	}()
	go background()
	go s.watchStore(running, stop)
	s.log.Info("the desk runs", "http", s.http.Addr().String())
	<-running.Done()
	s.stopping.Store(true)
	s.log.Info("the desk stops")
	return errors.Join(s.drain(web, ended), s.store.Err())
}

// watchStore ends the desk when its store is damaged: after an I/O error the
// same open file cannot be trusted, and a restart sees what is on the disk.
func (s *server) watchStore(ctx context.Context, stop context.CancelCauseFunc) {
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			if err := s.store.Err(); err != nil {
				stop(err)
				return
			}
		}
	}
}

// drain waits for the engine and the HTTP server, but not for ever.
func (s *server) drain(web *http.Server, ended <-chan error) error {
	limit, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	answers, done := context.WithTimeout(limit, answerTime)
	defer done()
	if err := web.Shutdown(answers); err != nil {
		s.log.Warn("requests under way were cut off")
		_ = web.Close() // they have had their time
	}
	var failed error
	for range 2 {
		select {
		case err := <-ended:
			failed = errors.Join(failed, err)
		case <-limit.Done():
			return errors.Join(failed, fmt.Errorf("the desk did not stop within %s; what was under way goes on at the next start", drainTime))
		}
	}
	return failed
}

// unready says what is still missing, or nothing.
func (s *server) unready() string {
	switch {
	case s.stopping.Load():
		return "stopping"
	case !s.engine.Ready():
		return "starting"
	}
	return ""
}

// reload reads the configuration again. If anything is wrong with it, the old
// one goes on as a whole.
func (s *server) reload(c *call) {
	config, err := c.config(true)
	if err != nil {
		s.log.Error("the configuration was refused, the old one goes on", "error", oneLine(err))
		return
	}
	config.Settings.Known = s.built.Known
	s.settings.Store(config.Settings)
	s.built.Reload(config.Adapters, config.Settings)
	if needsRestart(s.config, config) {
		s.log.Warn("storage, http, email, slack and web take effect at the next start")
	}
	s.log.Info("the configuration was read again")
}

// needsRestart reports whether something differs that only a start takes up.
func needsRestart(old, now Config) bool {
	if (old.Adapters.Email == nil) != (now.Adapters.Email == nil) || old.Adapters.Email != nil && *old.Adapters.Email != *now.Adapters.Email {
		return true
	}
	if !old.Adapters.SlackOrNew().Same(now.Adapters.SlackOrNew()) {
		return true
	}
	return old.Storage != now.Storage || old.Listen != now.Listen || old.PublicURL != now.PublicURL ||
		old.MetricsToken != now.MetricsToken || old.Adapters.Web != now.Adapters.Web
}
