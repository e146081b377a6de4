package queue

import (
	"sync"
	"time"
)

// batchTracker knows the batches that are filling or being pushed, for the age of the oldest record.
type batchTracker struct {
	mu      sync.Mutex
	batches map[*Request]time.Time
}

func newBatchTracker() *batchTracker { return &batchTracker{batches: map[*Request]time.Time{}} }

// add takes up a batch that begins with r; idempotent.
func (t *batchTracker) add(r *Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.batches[r]; !known {
		t.batches[r] = r.queued
	}
}

// merge notes that other is now part of r.
func (t *batchTracker) merge(r, other *Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.batches, other)
	if other.queued.Before(r.queued) {
		r.queued = other.queued
		t.batches[r] = r.queued
	}
}

// replace notes that what remains of r goes on as rest; with nil nothing remains.
func (t *batchTracker) replace(r, rest *Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.batches, r)
	if rest != nil {
		t.batches[rest] = rest.queued
	}
}

func (t *batchTracker) oldest() (oldest time.Time, some bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, queued := range t.batches {
		if !some || queued.Before(oldest) {
			oldest, some = queued, true
		}
	}
	return oldest, some
}
