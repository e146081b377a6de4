package hottest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// overDays spreads documents over four days.
func overDays(documents []*hotstore.Document) {
	for i, document := range documents {
		document.Time = document.Time.AddDate(0, 0, i%4)
	}
}

func (s *suite) testExpire(t *testing.T) {
	store, documents := s.open(t), s.dimensions(s.options.Documents)
	overDays(documents)
	s.write(t, store, documents)
	compare(t, store, documents, hotstore.Search{Limit: 1000})
	compare(t, store, documents, hotstore.Search{Limit: 100, Sort: hotstore.ParseSort("-duration")})
	s.compareGroups(t, store, documents, hotstore.Aggregate{By: []string{"service"}, Interval: 24 * time.Hour})
	expirer, can := store.(hotstore.Expirer)
	if !can {
		t.Fatal("the store is no hotstore.Expirer: opt out of expire")
	}
	before := documents[0].Time.Truncate(24*time.Hour).AddDate(0, 0, 2)
	partitions, err := expirer.Expire(t.Context(), before)
	if err != nil || partitions == 0 {
		t.Fatalf("expire: %d partitions, %v", partitions, err)
	}
	s.refresh(t, store)
	var kept []*hotstore.Document
	for _, document := range documents {
		if !document.Time.Before(before) {
			kept = append(kept, document)
		}
	}
	compare(t, store, kept, hotstore.Search{Limit: 1000})
	for _, document := range documents[:8] {
		_, err := store.Get(t.Context(), document.UUID, time.Time{})
		if gone := document.Time.Before(before); gone != errors.Is(err, hotstore.ErrNoDocument) || !gone && err != nil {
			t.Errorf("document of %s: %v", document.Time, err)
		}
	}
	if again, err := expirer.Expire(t.Context(), before); err != nil || again != 0 {
		t.Errorf("expire again: %d partitions, %v", again, err)
	}
}

func (s *suite) testReopen(t *testing.T) {
	store, documents := s.open(t), s.dimensions(s.options.Documents)
	half := len(documents) / 2
	s.write(t, store, documents[:half])
	other := s.options.Reopen(t, store)
	t.Cleanup(func() {
		if err := other.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	compare(t, other, documents[:half], hotstore.Search{Limit: 1000})
	// Both write, as a collector and a backfill do, and know of each other's documents.
	result, err := other.Write(t.Context(), documents[half-100:half+100])
	if err != nil || result.Stored != 100 || result.Duplicates != 100 {
		t.Fatalf("writing again after opening again: %+v, %v", result, err)
	}
	s.refresh(t, other)
	result, err = store.Write(t.Context(), documents[half:])
	if err != nil || result.Stored != len(documents)-half-100 || result.Duplicates != 100 {
		t.Fatalf("writing what another process wrote: %+v, %v", result, err)
	}
	s.refresh(t, store)
	compare(t, other, documents, hotstore.Search{Limit: 1000})
	compare(t, store, documents, hotstore.Search{Limit: 1000})
}

func (s *suite) testManage(t *testing.T) {
	store := s.open(t)
	manager, can := store.(hotstore.Manager)
	if !can {
		t.Fatal("the store is no hotstore.Manager: opt out of manage")
	}
	for range 2 {
		if err := manager.Init(t.Context()); err != nil {
			t.Fatal("init:", err)
		}
	}
	documents := s.dimensions(200)
	s.write(t, store, documents)
	status, err := manager.Status(t.Context())
	if err != nil || !status.Healthy || status.Documents != 200 || status.Bytes <= 0 || len(status.Partitions) == 0 || status.First.IsZero() || status.Last.Before(status.First) {
		t.Errorf("status: %+v, %v", status, err)
	}
	if err := manager.Destroy(t.Context()); err != nil {
		t.Fatal("destroy:", err)
	}
	if status, err = manager.Status(t.Context()); err != nil || status.Documents != 0 {
		t.Errorf("status after destroy: %+v, %v", status, err)
	}
	if _, err := store.Search(t.Context(), hotstore.Search{}); err != nil && !errors.Is(err, hotstore.ErrNotSetUp) {
		t.Errorf("search after destroy: %v", err)
	}
	if err := manager.Init(t.Context()); err != nil {
		t.Fatal("init:", err)
	}
	s.write(t, store, documents)
	compare(t, store, documents, hotstore.Search{})
}

func (s *suite) testFollow(t *testing.T) {
	store, documents := s.open(t), s.dimensions(60)
	s.write(t, store, documents[:10])
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	begin := documents[0].Time
	for _, document := range documents {
		if document.Time.Before(begin) {
			begin = document.Time
		}
	}
	seen := map[rrpair.UUID]int{}
	var mutex sync.Mutex
	var follower sync.WaitGroup
	follower.Go(func() {
		err := hotstore.Follow(ctx, store, hotstore.Search{From: begin}, hotstore.FollowOptions{Poll: 5 * time.Millisecond}, func(document *hotstore.Document) error {
			mutex.Lock()
			defer mutex.Unlock()
			seen[document.UUID]++
			if len(seen) == len(documents) {
				time.AfterFunc(50*time.Millisecond, cancel) // time for what comes twice
			}
			return nil
		})
		if err != nil {
			t.Error("follow:", err)
		}
	})
	s.write(t, store, documents[10:40])
	s.write(t, store, documents[40:])
	follower.Wait()
	if len(seen) != len(documents) {
		t.Errorf("%d of %d documents came", len(seen), len(documents))
	}
	for id, count := range seen {
		if count != 1 {
			t.Errorf("%s came %d times", id, count)
		}
	}
}
