package storage

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"meridian/bot"
)

func TestStatementsOfOneRowAreToldFromOthers(t *testing.T) {
	for query, table := range map[string]string{
		`INSERT INTO links (a, b) VALUES (?, 1)`:                                            "links",
		`INSERT INTO links (a) VALUES (?) ON CONFLICT (a) DO UPDATE SET b = excluded.b + 1`: "links",
		`INSERT INTO links (a) VALUES (?), (?)`:                                             "",
		`INSERT INTO links (a) VALUES ((SELECT 1))`:                                         "",
		`INSERT INTO links SELECT 1`:                                                        "",
		`UPDATE links SET a = 1`:                                                            "",
		`UPDATE links SET a = v.column1 FROM (VALUES (?, ?)) v WHERE b = v.column2`:         "links",
	} {
		r, ok := oneRow(query)
		if ok != (table != "") || ok && r.table != table {
			t.Errorf("%s: %v, table %q", query, ok, r.table)
		}
		if ok && r.before+r.row+r.after != query {
			t.Errorf("%s was cut into %q, %q, %q", query, r.before, r.row, r.after)
		}
	}
}

func TestRowsWaitForEachOtherUntilSomebodyLooks(t *testing.T) {
	s := openFor(t, "sqlite:"+filepath.Join(t.TempDir(), "meridian.db"), Options{})
	defer s.Close()
	var ran []string
	must := func(fn func(tx *tx) error) {
		t.Helper()
		err := s.Update(t.Context(), func(x bot.Tx) error {
			tx := x.(*tx)
			bind := tx.q.bind
			tx.q.stmts = nil // each statement goes through bind
			tx.q.bind = func(query string) string {
				ran = append(ran, query)
				return bind(query)
			}
			return fn(tx)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	inserts := func() (n int) {
		for _, query := range ran {
			if strings.HasPrefix(query, "INSERT INTO persons") {
				n++
			}
		}
		return n
	}
	must(func(tx *tx) error {
		for i := range 41 {
			if err := tx.later(`INSERT INTO persons (number, id) VALUES (?, ?)`, i+1, fmt.Sprint("p", i)); err != nil {
				return err
			}
		}
		if got := inserts(); got != 1 { // 32 of them
			t.Errorf("%d statements before anybody looks, want 1", got)
		}
		if err := tx.get([]any{new(int64)}, `SELECT value FROM counters WHERE name = 'x'`); !isMissing(err) {
			t.Errorf("counters: %v", err)
		}
		if got := inserts(); got != 1 {
			t.Errorf("%d statements after a look at another table, want 1", got)
		}
		var n int
		if err := tx.get([]any{&n}, `SELECT count(*) FROM persons`); err != nil || n != 41 {
			t.Errorf("%d persons, %v; want 41", n, err)
		}
		if got := inserts(); got != 3 { // and 8, and 1
			t.Errorf("%d statements, want 3", got)
		}
		undone := tx.Savepoint(func() error {
			if err := tx.later(`INSERT INTO persons (number, id) VALUES (?, ?)`, 90, "undone"); err != nil {
				return err
			}
			return bot.ErrPass
		})
		if undone == nil {
			t.Error("the savepoint was kept")
		}
		return tx.later(`INSERT INTO persons (number, id) VALUES (?, ?)`, 91, "kept")
	})
	var ids []string
	err := s.View(t.Context(), func(v bot.View) (err error) {
		ids, err = list(reader(v), func(r row) (id string, err error) { return id, r.Scan(&id) }, `SELECT id FROM persons WHERE number > 89`)
		return err
	})
	if err != nil || !slices.Equal(ids, []string{"kept"}) {
		t.Errorf("%v, %v; want only what was kept", ids, err)
	}
}

func TestARowThatIsRefusedIsSaidBeforeTheCommit(t *testing.T) {
	s := openFor(t, "sqlite:"+filepath.Join(t.TempDir(), "meridian.db"), Options{})
	defer s.Close()
	finished := false
	err := s.Update(t.Context(), func(x bot.Tx) error {
		tx := x.(*tx)
		for range 2 { // the same number twice
			if err := tx.later(`INSERT INTO persons (number, id) VALUES (?, ?)`, 1, "p"); err != nil {
				return err
			}
		}
		err := tx.FinishEvents()
		finished = err == nil
		return err
	})
	if err == nil || finished {
		t.Errorf("Update gave %v; FinishEvents should have said it", err)
	}
}
