package storage

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/storage/storagetest"
)

func TestMain(m *testing.M) { storagetest.Main(m) }

// engines are the addresses of a new database of each engine.
func engines(t testing.TB) map[string]func(testing.TB) string {
	return map[string]func(testing.TB) string{
		"SQLite":     func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "meridian.db") },
		"PostgreSQL": storagetest.Postgres,
	}
}

func openFor(t testing.TB, url string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// poison is a trigger that refuses one key, in the words of each engine.
var poison = map[string]string{
	"SQLite": `CREATE TRIGGER poison BEFORE INSERT ON inbox WHEN NEW.key = '%s' BEGIN SELECT RAISE(ABORT, 'poison'); END`,
	"PostgreSQL": `CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF NEW.key = '%s' THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$;
		CREATE TRIGGER poison BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION poison()`,
}

func TestContract(t *testing.T) {
	for name, address := range engines(t) {
		t.Run(name, func(t *testing.T) {
			storagetest.Run(t, func(t testing.TB) storagetest.Fixture {
				url := address(t)
				return storagetest.Fixture{
					Notices: name == "PostgreSQL",
					Open:    func(t testing.TB, now func() time.Time) bot.Store { return openFor(t, url, Options{Now: now}) },
					Poison: func(t testing.TB, key string) {
						raw(t, url, func(db *sql.DB) error {
							_, err := db.Exec(fmt.Sprintf(poison[name], key))
							return err
						})
					},
				}
			})
		})
	}
}

// raw runs statements beside the store.
func raw(t testing.TB, url string, fn func(db *sql.DB) error) {
	t.Helper()
	driver, dsn := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, dsn = "sqlite", strings.Replace(sqliteDSN(path, "query_only(OFF)"), "mode=rw", "mode=rwc", 1)
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := fn(db); err != nil {
		t.Fatal(err)
	}
}
