package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
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
