package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"meridian/adapters"
	"meridian/bot"
	"meridian/cli/yamlfile"
)

// secretsFile holds what the program made up itself and what was typed on the
// web desk, for its owner alone. It is beside the store.
const secretsFile = "meridian.secrets"

// secrets is what stands in [secretsFile].
type secrets struct {
	Alertmanager bot.Secret        `yaml:"alertmanager_secret"` // of the default's hook
	Slack        *adapters.KeptApp `yaml:"slack"`
}

// newSecret makes up a secret of 130 bits.
func newSecret() string { return rand.Text() }

// secretsBeside is where the secrets of a store are; empty: the store is no
// file, and there is nothing beside it.
func secretsBeside(store bot.Secret) string {
	path, ok := strings.CutPrefix(store.Reveal(), "sqlite:")
	if !ok {
		return ""
	}
	return filepath.Join(filepath.Dir(path), secretsFile)
}

// readSecrets reads a file of secrets. One that is not there, or is empty, holds
// none. One that somebody else can read, or has put there, is refused.
func readSecrets(path string) (s secrets, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
		return s, fmt.Errorf("%s cannot be read: %w", path, errors.Unwrap(err))
	case !info.Mode().IsRegular():
		return s, fmt.Errorf("%s is not a file; move it away", path)
	case info.Mode().Perm()&0o077 != 0:
		return s, fmt.Errorf("%s can be read by others; chmod 600 it", path)
	case !ours(info):
		return s, fmt.Errorf("%s belongs to somebody else; chown it to whom Meridian runs as", path)
	case info.Size() == 0:
		return s, nil
	}
	if _, err := yamlfile.Open(path, os.LookupEnv, &s); err != nil {
		return secrets{}, err
	}
	if s.Slack != nil {
		if key, why := s.Slack.Check(); why != "" {
			return secrets{}, fmt.Errorf("%s: %s %s", path, key, why)
		}
	}
	return s, nil
}

// ours reports whether a file belongs to whom the program runs as. Root has its
// own reasons.
func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return !ok || int(stat.Uid) == os.Geteuid() || os.Geteuid() == 0
}

// write puts the secrets in the place of what was there: all of them or none,
// whenever the power goes.
func (s secrets) write(path string) error {
	err := mayWrite(filepath.Dir(path))
	part := path + ".new" // what a crash left of it is written over
	if err == nil {
		err = s.writeNew(part)
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		var where *fs.PathError
		if errors.As(err, &where) {
			err = where.Err
		}
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// mayWrite refuses a folder in which somebody else could put another file in the
// place of ours.
func mayWrite(folder string) error {
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return err
	case !ours(info):
		return errors.New("its folder belongs to somebody else")
	case info.Mode().Perm()&0o002 != 0:
		return errors.New("everybody can change its folder; chmod o-w it")
	}
	return nil
}

// writeNew makes a file for its owner alone. Of one that cannot be written
// nothing is left.
func (s secrets) writeNew(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(s.yaml())
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(path) // why it could not be written is told
	}
	return err
}

// syncFolder makes a new name last. A file system that cannot has the name all
// the same.
func syncFolder(folder string) {
	if d, err := os.Open(folder); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// yaml is the file.
func (s secrets) yaml() []byte {
	lines := [][2]string{{"alertmanager_secret: ", s.Alertmanager.Reveal()}}
	if k := s.Slack; k != nil {
		lines = append(lines, [][2]string{{about, ""}, {"  bot_token: ", k.BotToken.Reveal()}, {"  app_token: ", k.AppToken.Reveal()},
			{"  team: ", k.Team}, {"  workspace: ", k.Workspace}, {"  lead: ", k.Lead}}...)
		if len(k.Channels) > 0 {
			lines = append(lines, [2]string{"  channels:", ""})
		}
		for _, c := range k.Channels {
			lines = append(lines, [2]string{"    - name: ", c.Name}, [2]string{"      place: ", c.Place})
		}
	}
	plain := strings.NewReplacer("'", "''", "${", "$${", "\n", " ")
	var b bytes.Buffer
	for _, l := range lines {
		switch {
		case l[1] != "":
			b.WriteString(l[0] + "'" + plain.Replace(l[1]) + "'\n")
		case !strings.HasSuffix(l[0], " "):
			b.WriteString(l[0] + "\n")
		}
	}
	return b.Bytes()
}

// about begins what is kept of Slack.
const about = "# The app in Slack, as the web desk has put it there. Remove the app and delete\n# this file to uninstall it.\nslack:"

// keepApp keeps an app in a file of secrets, beside what else is there.
func keepApp(path string) func(adapters.KeptApp) error {
	return func(app adapters.KeptApp) error {
		s, err := readSecrets(path)
		if err != nil {
			return err
		}
		s.Slack = &app
		return s.write(path)
	}
}
