package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/timespan"
)

func TestTheMarkOfAFolderThatHadNone(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 123456789, time.UTC)
	folder := t.TempDir()
	store := openStore(t, folder, Settings{Now: func() time.Time { return now }})
	defer store.Close()
	document := numbered(1)
	document.Time = now.AddDate(0, 0, -2)
	if _, err := store.Write(t.Context(), []*hotstore.Document{document}); err != nil {
		t.Fatal(err)
	}
	if since, err := store.Since(t.Context()); err != nil || !since.IsZero() {
		t.Fatalf("nobody has said it yet: %v, %v", since, err)
	}
	if err := store.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	if since, err := store.Since(t.Context()); err != nil || !since.Equal(now) {
		t.Fatalf("its documents prove nothing: %v, %v, want %v", since, err, now)
	}
	left, err := filepath.Glob(filepath.Join(folder, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("files are left behind: %v, %v", left, err)
	}
	info, err := os.Stat(filepath.Join(folder, sinceFile))
	if err != nil || info.Mode().Perm()&0o044 == 0 {
		t.Errorf("who may read the days may read the mark: %v, %v", info.Mode(), err)
	}
	if err := store.Destroy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing is left of a store that was destroyed: %v", err)
	}
}

func TestADamagedMark(t *testing.T) {
	folder := t.TempDir()
	store := openStore(t, folder, Settings{})
	defer store.Close()
	if err := os.WriteFile(filepath.Join(folder, sinceFile), []byte("long ago"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := store.Since(t.Context()); !errors.Is(err, hotstore.ErrDamaged) {
			t.Errorf("a guess is worse than an error: %v", err)
		}
		if err := store.Init(t.Context()); err != nil {
			t.Errorf("the collector starts all the same: %v", err)
		}
	}
	if err := store.SetSince(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Since(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestALongerRetentionBringsNothingBack: what a shorter one removed is not there, so the mark must not say that it is.
func TestALongerRetentionBringsNothingBack(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	folder := t.TempDir()
	open := func(days int) *Store {
		retention := timespan.Duration(days) * timespan.Duration(timespan.Day)
		store, err := Open(t.Context(), Config{Path: folder, Retention: retention}, Settings{Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Init(t.Context()); err != nil {
			t.Fatal(err)
		}
		return store
	}
	store := open(2)
	begin := now
	for day := range 6 {
		now = begin.AddDate(0, 0, day)
		document := numbered(day)
		document.Time = now
		if _, err := store.Write(t.Context(), []*hotstore.Document{document}); err != nil {
			t.Fatal(err)
		}
		since, err := store.Since(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want := begin; day < 3 && !since.Equal(want) {
			t.Errorf("nothing has expired after %d days: since %v", day, since)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = open(30)
	defer store.Close()
	want := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	if since, err := store.Since(t.Context()); err != nil || !since.Equal(want) {
		t.Errorf("the days before are gone: since %v, %v, want %v", since, err, want)
	}
	if page, err := store.Search(t.Context(), hotstore.Search{}); err != nil || len(page.Documents) != 3 {
		t.Errorf("%d documents, %v", len(page.Documents), err)
	}
}
