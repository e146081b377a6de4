package dimension

import (
	"hash/maphash"
	"sync"
	"time"
)

const (
	// maxDistinct is up to where distinct values are counted: whoever has more has no dimension to group by.
	maxDistinct = 10_000
	// distinctWindow is the time over which they are counted.
	distinctWindow = time.Hour
)

// Cardinality counts distinct values over an hour, up to 10,000. Safe for concurrent use.
type Cardinality struct {
	seed    maphash.Seed
	mu      sync.Mutex
	began   time.Time
	current map[uint64]struct{}
	before  int // of the window before
}

// NewCardinality starts at zero.
func NewCardinality() *Cardinality {
	return &Cardinality{seed: maphash.MakeSeed(), current: make(map[uint64]struct{})}
}

// Add notes a value.
func (c *Cardinality) Add(value string, now time.Time) {
	hash := maphash.String(c.seed, value)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn(now)
	if len(c.current) < maxDistinct {
		c.current[hash] = struct{}{}
	}
}

// Distinct is the number of distinct values of this hour or of the one before, whichever is more.
func (c *Cardinality) Distinct(now time.Time) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn(now)
	return max(len(c.current), c.before)
}

func (c *Cardinality) turn(now time.Time) {
	since := now.Sub(c.began)
	if since < distinctWindow {
		return
	}
	c.before = len(c.current)
	if since >= 2*distinctWindow {
		c.before = 0
	}
	c.began = now
	clear(c.current)
}
