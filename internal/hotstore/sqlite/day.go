package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// day is the open file of one day. writer has one connection, whose transactions take the lock at once; readers see what
// was committed when they began.
type day struct {
	name   string
	file   string
	info   os.FileInfo
	writer *sql.DB
	reader *sql.DB
	users  sync.WaitGroup
	used   time.Time
	cache  *cache // of the store
	known  *known // of the writer; nil until the first write
}

const (
	// busyMilliseconds is how long a connection waits for another process's write: the longest transaction is one batch.
	busyMilliseconds = 10_000
	// pageBytes suits parts of tens of kilobytes.
	pageBytes = 16 << 10
	// readers bounds the searches that run on one day at the same time; others wait.
	readers = 4
)

const schema = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO meta VALUES ('format', '1');
CREATE TABLE IF NOT EXISTS segments (id INTEGER PRIMARY KEY AUTOINCREMENT, first INTEGER NOT NULL, last INTEGER NOT NULL,
	count INTEGER NOT NULL, written INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS parts (id INTEGER PRIMARY KEY, data BLOB NOT NULL);`

func openDay(ctx context.Context, s *Store, name string) (*day, error) {
	if err := os.MkdirAll(s.config.Path, 0o750); err != nil {
		return nil, fmt.Errorf("make folder %s: %w", s.config.Path, err)
	}
	d := &day{name: name, file: s.file(name), cache: s.cache}
	pragmas := fmt.Sprintf("?_pragma=busy_timeout(%d)&_pragma=page_size(%d)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=temp_store(MEMORY)", busyMilliseconds, pageBytes)
	address := "file:" + (&url.URL{Path: filepath.ToSlash(d.file)}).EscapedPath() + pragmas
	var err error
	if d.writer, err = sql.Open("sqlite", address+"&_txlock=immediate"); err != nil {
		return nil, fmt.Errorf("open %s: %w", d.file, err)
	}
	d.writer.SetMaxOpenConns(1)
	if d.reader, err = sql.Open("sqlite", address+"&_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", d.file, err), d.writer.Close())
	}
	d.reader.SetMaxOpenConns(readers)
	if err := d.prepare(ctx); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// prepare makes the tables, unless they are there: a reader does not wait for a writer.
func (d *day) prepare(ctx context.Context) (err error) {
	var format string
	err = d.writer.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'format'").Scan(&format)
	if err != nil {
		if _, err = d.writer.ExecContext(ctx, schema); err != nil {
			return fmt.Errorf("make tables in %s: %w", d.file, err)
		}
	} else if format != "1" {
		return fmt.Errorf("%w: %s has format %s, this program reads 1: a later release wrote it", hotstore.ErrUnsupported, d.file, format)
	}
	d.info, err = os.Stat(d.file)
	return err
}

func (d *day) release() { d.users.Done() }

// retire closes the day, which is out of the table already, once nobody uses it.
func (d *day) retire() error {
	d.users.Wait()
	return d.close()
}

func (d *day) close() error {
	d.cache.forget(d)
	return errors.Join(d.reader.Close(), d.writer.Close())
}

// classify gives SQLite's and the system's errors their meaning.
func classify(err error) error {
	var coded *sqlite.Error
	if errors.As(err, &coded) {
		switch coded.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("%w: the disk is full: free space, or shorten the retention: %w", hotstore.ErrUnreachable, err)
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return fmt.Errorf("%w: another process writes: %w", hotstore.ErrUnreachable, err)
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_CANTOPEN:
			return fmt.Errorf("%w: check who may write the folder: %w", hotstore.ErrDenied, err)
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%w: remove the file and run `byoc hotstore backfill` for its day: %w", hotstore.ErrDamaged, err)
		case sqlite3.SQLITE_IOERR:
			return fmt.Errorf("%w: %w", hotstore.ErrUnreachable, err)
		}
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: check who may read and write the folder: %w", hotstore.ErrDenied, err)
	}
	return err
}

// removeDay deletes the file of a day and what SQLite keeps beside it.
func removeDay(file string) error {
	var problems []error
	for _, suffix := range []string{"-wal", "-shm", "-journal", ""} {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}
