package storage

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// dialect is what migrating needs to know of an engine.
type dialect struct {
	goose   goose.Dialect
	rewrite *strings.Replacer
	exists  string // counts the tables called goose_db_version
	// before runs ahead of migrations of a store that has been migrated before.
	before func(ctx context.Context, version int64) error
}

func sqliteDialect(e *sqliteEngine) dialect {
	return dialect{
		goose: goose.DialectSQLite3,
		rewrite: strings.NewReplacer(
			"BIGSERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT",
			"BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY",
			"BYTEA", "BLOB",
			` COLLATE "C"`, "",
		),
		exists: `SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'`,
		before: func(ctx context.Context, version int64) error {
			return vacuumInto(ctx, e.w.conn, fmt.Sprintf("%s.before-%d", e.path, version))
		},
	}
}

func postgresDialect() dialect {
	return dialect{
		goose:   goose.DialectPostgres,
		rewrite: strings.NewReplacer(),
		exists:  `SELECT count(*) FROM pg_tables WHERE tablename = 'goose_db_version' AND schemaname = current_schema()`,
		before:  func(context.Context, int64) error { return nil },
	}
}

// migrate brings the schema up to date, or, unless apply is set, checks that it
// is. A schema one version ahead is fine: migrations expand first and contract
// one version later. The caller makes sure that nobody else migrates.
func migrate(ctx context.Context, db *sql.DB, d dialect, apply bool) error {
	all, err := fs.Sub(rewritten{migrationFiles, d.rewrite}, "migrations")
	if err != nil {
		return err
	}
	return migrateTo(ctx, db, d, all, apply)
}

func migrateTo(ctx context.Context, db *sql.DB, d dialect, files fs.FS, apply bool) error {
	p, err := goose.NewProvider(d.goose, db, files, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	sources := p.ListSources()
	known := sources[len(sources)-1].Version
	version, err := schemaVersion(ctx, db, d)
	switch {
	case err != nil:
		return fmt.Errorf("schema version: %w", err)
	case version > known+1:
		return fmt.Errorf("the store has schema %d, this program knows %d: use a newer program", version, known)
	case version >= known:
		return nil
	case !apply:
		return fmt.Errorf("the store has schema %d, this program needs %d: start the server once to migrate it", version, known)
	}
	if version > 0 {
		if err := d.before(ctx, version+1); err != nil {
			return fmt.Errorf("backup before migration %d: %w", version+1, err)
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// schemaVersion reads the version without writing anything; 0 is an empty store.
func schemaVersion(ctx context.Context, db *sql.DB, d dialect) (version int64, err error) {
	var tables int
	if err := db.QueryRowContext(ctx, d.exists).Scan(&tables); err != nil || tables == 0 {
		return 0, err
	}
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version`).Scan(&version)
	return version, err
}

// rewritten gives files whose text is in the words of one engine, so that there
// is one set of migrations.
type rewritten struct {
	fs.FS
	words *strings.Replacer
}

// Open implements fs.FS.
func (r rewritten) Open(name string) (fs.File, error) {
	f, err := r.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	b := []byte(r.words.Replace(string(text)))
	return &rewrittenFile{bytes.NewReader(b), sized{info, int64(len(b))}}, nil
}

// ReadDir implements fs.ReadDirFS.
func (r rewritten) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(r.FS, name) }

type rewrittenFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f *rewrittenFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *rewrittenFile) Close() error               { return nil }

type sized struct {
	fs.FileInfo
	size int64
}

func (s sized) Size() int64 { return s.size }
