package hottest

import (
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// testSince: the mark is made once, and nothing but SetSince moves it and nothing but Destroy removes it.
func (s *suite) testSince(t *testing.T) {
	store := s.open(t)
	beginner, can := store.(hotstore.Beginner)
	manager, isManager := store.(hotstore.Manager)
	if !can || !isManager {
		t.Fatal("the store is no hotstore.Beginner and hotstore.Manager: opt out of begin")
	}
	expect := func(store Store, want time.Time, when string) {
		t.Helper()
		got, err := store.(hotstore.Beginner).Since(t.Context())
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Fatalf("%s: since %v, %v, want %v", when, got, err, want)
		}
	}
	if err := manager.Destroy(t.Context()); err != nil {
		t.Fatal("destroy:", err)
	}
	expect(store, time.Time{}, "before init")
	if err := beginner.SetSince(t.Context(), time.Now()); err == nil {
		t.Error("a store that is not set up holds nothing since any time")
	}
	before := time.Now()
	if err := manager.Init(t.Context()); err != nil {
		t.Fatal("init:", err)
	}
	since, err := beginner.Since(t.Context())
	if err != nil || since.Before(before.Add(-time.Microsecond)) || since.After(time.Now()) {
		t.Fatalf("init at %v says since %v, %v", before, since, err)
	}
	if err := manager.Init(t.Context()); err != nil {
		t.Fatal("init:", err)
	}
	expect(store, since, "after another init")

	documents := s.dimensions(100)
	s.write(t, store, documents)
	expect(store, since, "after documents of earlier times")
	since = documents[0].Time.AddDate(0, 0, -3)
	if err := beginner.SetSince(t.Context(), since); err != nil {
		t.Fatal("set since:", err)
	}
	expect(store, since, "after a backfill")
	if err := manager.Init(t.Context()); err != nil {
		t.Fatal("init:", err)
	}
	expect(store, since, "after init")
	if status, err := manager.Status(t.Context()); err != nil || !status.Healthy {
		t.Errorf("the mark confuses status: %+v, %v", status, err)
	}
	if s.options.Reopen != nil {
		other := s.options.Reopen(t, store)
		expect(other, since, "in another process")
		if err := other.Close(); err != nil {
			t.Error("close:", err)
		}
	}
	if expirer, can := store.(hotstore.Expirer); can {
		end := documents[0].Time.AddDate(1, 0, 0)
		if _, err := expirer.Expire(t.Context(), end); err != nil {
			t.Fatal("expire:", err)
		}
		if later, err := beginner.Since(t.Context()); err != nil || later.Before(since) || later.After(end) {
			t.Errorf("after all documents have expired: since %v, %v, want %v to %v", later, err, since, end)
		}
	}
	if err := manager.Destroy(t.Context()); err != nil {
		t.Fatal("destroy:", err)
	}
	expect(store, time.Time{}, "after destroy")
	if err := manager.Init(t.Context()); err != nil {
		t.Fatal("init:", err)
	}
	if again, err := beginner.Since(t.Context()); err != nil || again.Before(before) {
		t.Errorf("a store made anew remembers the old one: %v, %v", again, err)
	}
}
