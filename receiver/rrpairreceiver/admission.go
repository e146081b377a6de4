package rrpairreceiver

import (
	"context"
	"sync"
	"time"
)

// admission bounds the bytes that were taken from senders and not yet answered.
// One message larger than the whole limit is let in while nothing else is in
// flight, so that a limit below the message size slows large senders down
// instead of refusing them for ever.
type admission struct {
	limit int64

	mu    sync.Mutex
	used  int64
	freed chan struct{} // closed and replaced at each release; nil while nobody waits
}

// reservation is one sender's share. It is used by one goroutine.
type reservation struct {
	owner *admission
	held  int64
}

func newAdmission(limit int64) *admission {
	return &admission{limit: limit}
}

// reserve returns an empty reservation; its owner must release it.
func (a *admission) reserve() *reservation {
	return &reservation{owner: a}
}

// full reports whether another sender would be refused whatever it sends.
func (a *admission) full() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.used >= a.limit
}

// inFlight returns the bytes held by all reservations.
func (a *admission) inFlight() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.used
}

// growTo raises the reservation to total bytes, or returns false and leaves it
// as it was. A smaller total changes nothing.
func (r *reservation) growTo(total int64) bool {
	r.owner.mu.Lock()
	defer r.owner.mu.Unlock()
	return r.growLocked(total)
}

func (r *reservation) growLocked(total int64) bool {
	more := total - r.held
	if more <= 0 {
		return true
	}
	others := r.owner.used - r.held
	if others > 0 && r.owner.used+more > r.owner.limit {
		return false
	}
	r.owner.used += more
	r.held = total
	return true
}

// waitTo is growTo that waits for others to finish: at most patience, and not
// beyond the end of the context.
func (r *reservation) waitTo(ctx context.Context, total int64, patience time.Duration) bool {
	var timeout <-chan time.Time
	for {
		r.owner.mu.Lock()
		if r.growLocked(total) {
			r.owner.mu.Unlock()
			return true
		}
		if r.owner.freed == nil {
			r.owner.freed = make(chan struct{})
		}
		freed := r.owner.freed
		r.owner.mu.Unlock()

		if timeout == nil {
			timer := time.NewTimer(patience)
			defer timer.Stop()
			timeout = timer.C
		}
		select {
		case <-freed:
		case <-timeout:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// shrinkTo gives back what the reservation holds beyond total.
func (r *reservation) shrinkTo(total int64) {
	r.owner.mu.Lock()
	defer r.owner.mu.Unlock()
	if total >= r.held {
		return
	}
	r.owner.used -= r.held - total
	r.held = total
	if r.owner.freed != nil {
		close(r.owner.freed)
		r.owner.freed = nil
	}
}

// release gives everything back. Calling it twice is harmless.
func (r *reservation) release() {
	r.shrinkTo(0)
}
