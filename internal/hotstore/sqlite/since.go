package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

var _ hotstore.Beginner = (*Store)(nil)

// sinceFile lies beside the days and holds one time, as RFC 3339 writes it: days come and go, and the first document's
// time proves nothing, as pairs of before may have come late to the archive alone.
const sinceFile = "since"

func (s *Store) sincePath() string { return filepath.Join(s.config.Path, sinceFile) }

// Since implements hotstore.Beginner. Who may not read the mark is told that there is none.
func (s *Store) Since(context.Context) (time.Time, error) {
	data, err := os.ReadFile(s.sincePath())
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, classify(fmt.Errorf("read %s: %w", s.sincePath(), err))
	}
	since, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(string(data)))
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %s does not say since when the store holds everything: remove it and run `byoc hotstore init`: %w",
			hotstore.ErrDamaged, s.sincePath(), err)
	}
	return since.UTC(), nil
}

// SetSince implements hotstore.Beginner.
func (s *Store) SetSince(_ context.Context, since time.Time) error {
	if _, err := os.Stat(s.config.Path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: there is no folder %s", hotstore.ErrNotSetUp, s.config.Path)
	}
	if err := writeSince(s.sincePath(), since); err != nil {
		return classify(fmt.Errorf("write %s: %w", s.sincePath(), err))
	}
	return nil
}

// begin makes the mark where there is none. It is the present time also where there are documents already: nobody knows
// what else they lack, and a mark that is too late costs time alone.
func (s *Store) begin(ctx context.Context) error {
	if _, err := os.Stat(s.sincePath()); !errors.Is(err, fs.ErrNotExist) {
		return nil // there is one, which Since judges
	}
	return s.SetSince(ctx, s.now())
}

// writeSince replaces the file as a whole, so that a reader or a crash meets the old one or the new one.
func writeSince(path string, since time.Time) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+sinceFile+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = file.WriteString(since.UTC().Format(time.RFC3339Nano) + "\n")
	// 0644, as SQLite's own files: who may read the days may know since when they are whole.
	if err = errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
