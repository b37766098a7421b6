package cli

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/storage"
	"meridian/storage/storagetest"
)

// there lists a folder.
func there(t *testing.T, dir string) string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestABackupOfARunningServerIsRestored(t *testing.T) {
	dir := t.TempDir()
	d := newOffice("sqlite:" + filepath.Join(dir, "m.db"))
	d.fill(t, 12)
	s := d.open(t) // a server
	blob, err := s.PutBlob(t.Context(), "file", strings.NewReader(strings.Repeat("attached ", 100_000)), 0)
	if err != nil {
		t.Fatal(err)
	}
	want := d.must(t, "export")
	file := filepath.Join(dir, "copy.db")
	if out := d.must(t, "backup", file); !strings.Contains(out, "12 requests") {
		t.Errorf("it says %q", out)
	}
	d.refuses(t, "is there already", "backup", file)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy is %v, %v", info.Mode(), err)
	}
	if err := s.Update(t.Context(), func(tx bot.Tx) error { return tx.SaveRequest(&bot.Request{Title: "filed since"}) }); err != nil {
		t.Fatal(err)
	}
	d.refuses(t, "a server is running", "restore", file)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	later := d.must(t, "export")
	out := d.must(t, "restore", file)
	if !strings.Contains(out, "12 requests") || !strings.Contains(out, "m.db.before-restore.\n") {
		t.Errorf("it says %q", out)
	}
	if got := there(t, dir); got != "copy.db m.db m.db.before-restore" {
		t.Errorf("there are %s", got)
	}
	// What waited may have left since the copy was made.
	sameExport(t, d.must(t, "export"), strings.ReplaceAll(want, `"state":"waiting","attempts":0`, `"state":"unknown","attempts":0`))
	d.must(t, "verify")
	again := d.open(t)
	defer again.Close() //nolint:errcheck // it was only read
	r, err := again.OpenBlob(t.Context(), blob)
	if err != nil {
		t.Fatal("what was attached is gone: ", err)
	}
	r.Close() //nolint:errcheck // it was only read
	kept := newOffice("sqlite:" + filepath.Join(dir, "m.db.before-restore"))
	sameExport(t, kept.must(t, "export"), later)
}

func TestARestoreKeepsEveryStoreItReplaces(t *testing.T) {
	dir := t.TempDir()
	d := newOffice("sqlite:" + filepath.Join(dir, "m.db"))
	d.fill(t, 2)
	file := filepath.Join(t.TempDir(), "copy.db")
	d.must(t, "backup", file)
	d.must(t, "restore", file)
	d.must(t, "restore", file)
	if got := there(t, dir); got != "m.db m.db.before-restore m.db.before-restore-2" {
		t.Errorf("there are %s", got)
	}
	empty := newOffice("sqlite:" + filepath.Join(t.TempDir(), "new.db"))
	if out := empty.must(t, "restore", file); strings.Contains(out, "kept") {
		t.Errorf("where there was no store it says %q", out)
	}
	sameExport(t, empty.must(t, "export"), d.must(t, "export"))
}

// A store that is damaged is replaced all the same, and kept with its WAL.
func TestADamagedStoreIsReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.db")
	d := newOffice("sqlite:" + path)
	d.fill(t, 2)
	file := filepath.Join(t.TempDir(), "copy.db")
	d.must(t, "backup", file)
	for name, text := range map[string]string{path: "this is no database", path + "-wal": "nor is this"} {
		if err := os.WriteFile(name, []byte(strings.Repeat(text, 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.must(t, "restore", file)
	d.must(t, "verify")
	if b, err := os.ReadFile(path + ".before-restore"); err != nil || !strings.HasPrefix(string(b), "this is no database") {
		t.Errorf("what was replaced is %.40q, %v", b, err)
	}
}

func TestARestoreRefusesWhatIsNoWholeStoreOfThisProgram(t *testing.T) {
	dir := t.TempDir()
	d := newOffice("sqlite:" + filepath.Join(dir, "m.db"))
	d.fill(t, 6)
	before := d.must(t, "export")
	good := filepath.Join(t.TempDir(), "good.db")
	d.must(t, "backup", good)
	bytes, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(t *testing.T, statement string) string {
		name := file(t, string(bytes))
		db, err := sql.Open("sqlite", "file:"+name+"?_pragma=journal_mode(DELETE)")
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.Exec(statement)
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, tt := range []struct {
		name, want string
		file       func(t *testing.T) string
	}{
		{"missing", "there is no file", func(t *testing.T) string { return filepath.Join(dir, "none.db") }},
		{"no database", "damaged or no store", func(t *testing.T) string { return file(t, strings.Repeat("x", 5000)) }},
		{"empty", "no store of meridian", func(t *testing.T) string { return file(t, "") }},
		{"cut off", "damaged or no store", func(t *testing.T) string { return file(t, string(bytes[:len(bytes)/2])) }},
		{"another database", "no store of meridian", func(t *testing.T) string {
			return changed(t, `DROP TABLE goose_db_version`)
		}},
		{"of the future", "use a newer program", func(t *testing.T) string {
			return changed(t, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
		}},
		{"a changed audit line", "the audit log is broken at line 3", func(t *testing.T) string {
			return changed(t, `UPDATE audit SET action = 'nothing' WHERE id = 3`)
		}},
		{"copied while in use", "meridian backup makes a whole copy", func(t *testing.T) string {
			name := file(t, string(bytes))
			if err := os.WriteFile(name+"-wal", []byte("frames"), 0o600); err != nil {
				t.Fatal(err)
			}
			return name
		}},
		{"the store itself", "is the store itself", func(t *testing.T) string { return filepath.Join(dir, "m.db") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d.refuses(t, tt.want, "restore", tt.file(t))
			sameExport(t, d.must(t, "export"), before)
			if got := there(t, dir); got != "m.db" {
				t.Errorf("there are %s", got)
			}
		})
	}
}

func TestABackupOfADamagedStoreIsNotLeftBehind(t *testing.T) {
	dir := t.TempDir()
	d := newOffice("sqlite:" + filepath.Join(dir, "m.db"))
	d.fill(t, 2)
	db, err := sql.Open("sqlite", filepath.Join(dir, "m.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE audit SET action = 'nothing' WHERE id = 3`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	d.refuses(t, "the audit log is broken at line 3", "backup", filepath.Join(out, "copy.db"))
	if got := there(t, out); got != "" {
		t.Errorf("there are %s", got)
	}
}

func TestAPostgreSQLStoreIsLeftToItsOwnTools(t *testing.T) {
	d := newOffice(storagetest.Postgres(t))
	d.update(t, func(tx bot.Tx) error { return nil })
	d.refuses(t, "pg_dump", "backup", filepath.Join(t.TempDir(), "copy.db"))
	d.refuses(t, "pg_restore", "restore", file(t, "x"))
}

// What is to be sent later has not left, whenever the copy was made.
func TestWhatLeavesLaterWaitsAfterARestore(t *testing.T) {
	d := newOffice("sqlite:" + filepath.Join(t.TempDir(), "m.db"))
	d.update(t, func(tx bot.Tx) error {
		to := bot.Place{Adapter: "web", Channel: "desk"}
		return errors.Join(tx.PutDelivery(bot.Delivery{Key: "now", Op: bot.OpPost, To: to}),
			tx.PutDelivery(bot.Delivery{Key: "later", Op: bot.OpPost, To: to, NotBefore: time.Now().Add(time.Hour)}))
	})
	copied := filepath.Join(t.TempDir(), "copy.db")
	d.must(t, "backup", copied)
	d.must(t, "restore", copied)
	s, err := storage.OpenExisting(t.Context(), d.url, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	if err := s.View(t.Context(), func(v bot.View) error {
		now, _, err1 := v.Delivery("now")
		later, _, err2 := v.Delivery("later")
		if now.State != bot.DeliveryUnknown || later.State != bot.DeliveryWaiting {
			t.Errorf("they are %s and %s", now.State, later.State)
		}
		return errors.Join(err1, err2)
	}); err != nil {
		t.Fatal(err)
	}
}
