package storage

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"meridian/bot"
)

func TestOneServerHasASQLiteStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meridian.db")
	first := openFor(t, "sqlite:"+path, Options{SingleInstance: true})
	_, err := Open(t.Context(), "sqlite:"+path, Options{SingleInstance: true})
	if err == nil || !strings.Contains(err.Error(), "process ") {
		t.Errorf("the second got %v, want the first one's process", err)
	}
	beside, err := OpenExisting(t.Context(), "sqlite:"+path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := beside.Accept(t.Context(), said("1")); err != nil {
		t.Error(err)
	}
	if err := errors.Join(beside.Close(), first.Close()); err != nil {
		t.Fatal(err)
	}
	again := openFor(t, "sqlite:"+path, Options{SingleInstance: true})
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(path + "*")
	if err != nil || len(left) != 1 {
		t.Errorf("files left: %v, %v", left, err)
	}
}

func TestTheNextServerOfASQLiteStoreNeedNotWaitForOneThatDied(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "meridian.db")
	hold := func(s *Store, holder string) (token int64, ok bool) {
		t.Helper()
		err := s.Update(t.Context(), func(tx bot.Tx) (err error) {
			token, ok, err = tx.HoldDuty("inbox", holder, time.Hour)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return token, ok
	}
	died := openFor(t, url, Options{SingleInstance: true})
	first, _ := hold(died, "who died")
	if err := died.Close(); err != nil {
		t.Fatal(err)
	}
	beside := openFor(t, url, Options{})
	if _, ok := hold(beside, "beside"); ok {
		t.Error("a store without the instance lock freed the duty")
	}
	next := openFor(t, url, Options{SingleInstance: true})
	if second, ok := hold(next, "the next"); !ok || second != first+1 {
		t.Errorf("the next one got token %d, %v; want %d", second, ok, first+1)
	}
	if err := errors.Join(beside.Close(), next.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestTheFilesOfAStoreAreTheOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a store? #1%.db")
	s := openFor(t, "sqlite:"+path, Options{})
	defer s.Close()
	if s.Path() != path {
		t.Errorf("the path is %q", s.Path())
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("got %v, %v, want the file, its log and its index", files, err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f, info.Mode(), err)
		}
	}
}

func TestAStoreThatIsNotThereIsNotCreated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meridian.db")
	if _, err := OpenExisting(t.Context(), "sqlite:"+path, Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the file was created")
	}
	for _, url := range []string{"", "mysql://x", "sqlite:", "postgres://%zz"} {
		if _, err := Open(t.Context(), url, Options{}); err == nil {
			t.Errorf("%q was opened", url)
		}
	}
}

func TestAnEmptyDatabaseIsNotMigratedByAReader(t *testing.T) {
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			url := address(t)
			raw(t, url, func(db *sql.DB) error { _, err := db.Exec(`CREATE TABLE x (a TEXT)`); return err })
			if s, err := OpenExisting(t.Context(), url, Options{}); err == nil {
				t.Error("an empty store was opened", s.Close())
			}
			raw(t, url, func(db *sql.DB) error {
				if _, err := db.Exec(`SELECT * FROM goose_db_version`); err == nil {
					t.Error("it was migrated")
				}
				return nil
			})
		})
	}
}

func TestASchemaOneVersionAheadIsServedAndTwoAreRefused(t *testing.T) {
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			url := address(t)
			s := openFor(t, url, Options{})
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			ahead := func(version int) {
				raw(t, url, func(db *sql.DB) error {
					_, err := db.Exec(fmt.Sprintf(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, true)`, version))
					return err
				})
			}
			ahead(2)
			s = openFor(t, url, Options{})
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			ahead(3)
			if s, err := Open(t.Context(), url, Options{}); err == nil {
				t.Error("a store of the future was opened", s.Close())
			}
		})
	}
}

func TestAMigrationIsPrecededByABackup(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meridian.db")
	s := openFor(t, "sqlite:"+path, Options{})
	defer s.Close()
	if _, err := s.Accept(t.Context(), said("kept")); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"0002_next.sql": {Data: []byte("-- +goose Up\nCREATE TABLE next (a BIGINT PRIMARY KEY);\n")}}
	first, err := migrationFiles.ReadFile("migrations/0001_first.sql")
	if err != nil {
		t.Fatal(err)
	}
	files["0001_first.sql"] = &fstest.MapFile{Data: first}
	e := s.engine.(*sqliteEngine)
	if err := migrateTo(t.Context(), e.writing, sqliteDialect(e), rewritten{files, sqliteDialect(e).rewrite}, true); err != nil {
		t.Fatal(err)
	}
	backup := openFor(t, "sqlite:"+path+".before-2", Options{})
	defer backup.Close()
	st, err := backup.Stats(t.Context())
	if err != nil || st.Inbox != 1 {
		t.Errorf("the backup holds %+v, %v", st, err)
	}
	raw(t, "sqlite:"+path, func(db *sql.DB) error {
		_, err := db.Exec(`INSERT INTO next (a) VALUES (1)`)
		return err
	})
}

func TestABackupIsAWholeStore(t *testing.T) {
	dir := t.TempDir()
	s := openFor(t, "sqlite:"+filepath.Join(dir, "meridian.db"), Options{})
	defer s.Close()
	if _, err := s.Accept(t.Context(), said("1"), said("2")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "copy.db")
	if copied, err := s.Backup(t.Context(), file, nil); err != nil || copied.Schema != 1 || copied.Bytes == 0 {
		t.Fatal(copied, err)
	}
	if _, err := s.Backup(t.Context(), file, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the second backup: %v", err)
	}
	c, err := OpenExisting(t.Context(), "sqlite:"+file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if st, err := c.Stats(t.Context()); err != nil || st.Inbox != 2 {
		t.Errorf("the copy holds %+v, %v", st, err)
	}
}

func TestTheStoreOutlivesItsConnections(t *testing.T) {
	url := engines(t)["PostgreSQL"](t)
	here, there := openFor(t, url, Options{}), openFor(t, url, Options{})
	defer here.Close()
	defer there.Close()
	if _, err := here.Accept(t.Context(), said("before")); err != nil {
		t.Fatal(err)
	}
	raw(t, url, func(db *sql.DB) error {
		_, err := db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		return err
	})
	w := here.Watch(t.Context())
	for name, call := range map[string]func() error{
		"accept": func() error { _, err := here.Accept(t.Context(), said("after")); return err },
		"update": func() error { return here.Update(t.Context(), func(bot.Tx) error { return nil }) },
		"view":   func() error { return here.View(t.Context(), func(bot.View) error { return nil }) },
	} {
		err := errors.New("not called")
		for tries := 0; err != nil && tries < 10; tries++ {
			err = call()
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for len(w) > 0 {
		<-w
	}
	heard := false
	for end := time.Now().Add(20 * time.Second); !heard && time.Now().Before(end); {
		if _, err := there.Accept(t.Context(), said("")); err != nil {
			t.Log("the other replica still has a dead connection:", err)
		}
		select {
		case <-w:
			heard = true
		case <-time.After(200 * time.Millisecond):
		}
	}
	if !heard {
		t.Error("no commit of the other replica is heard any more")
	}
}

func TestAFileThatIsMalformedIsNotWrittenAnyMore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meridian.db")
	s := openFor(t, "sqlite:"+path, Options{})
	heard := func() error {
		return s.Update(t.Context(), func(x bot.Tx) error { return x.SaveHeard("web", time.Now()) })
	}
	if err := errors.Join(heard(), s.Err(), s.Check(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
	var page int64
	raw(t, "sqlite:"+path, func(db *sql.DB) error {
		return db.QueryRow(`SELECT rootpage FROM sqlite_schema WHERE name = 'heard'`).Scan(&page)
	})
	f, err := os.OpenFile(path, os.O_RDWR, 0) // nobody has it open now
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0xff}, 4096), (page-1)*4096)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	s = openFor(t, "sqlite:"+path, Options{})
	defer s.Close()
	if err := s.Check(t.Context()); err == nil {
		t.Error("the check finds nothing")
	}
	if err := heard(); err == nil {
		t.Error("a malformed page was written")
	}
	if s.Err() == nil {
		t.Error("the store is said to be fine")
	}
	if _, err := s.Accept(t.Context(), said("1")); err == nil {
		t.Error("an event was accepted after that")
	}
}
