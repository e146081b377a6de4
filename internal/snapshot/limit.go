package snapshot

import (
	"container/heap"
	"fmt"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Order says which records a limit keeps. The output ascends in time either way.
type Order string

// The orders. Newest is the default: who limits a search wants the latest failures.
const (
	Newest Order = "newest"
	Oldest Order = "oldest"
)

// ParseOrder reads an order; empty is Newest.
func ParseOrder(text string) (Order, error) {
	switch Order(text) {
	case "", Newest:
		return Newest, nil
	case Oldest:
		return Oldest, nil
	default:
		return "", fmt.Errorf("order %q: must be %s or %s", text, Newest, Oldest)
	}
}

const (
	// maxBound is up to which limit the best keys are held in memory, 32 bytes each, so that the rest of the archive
	// need not be sorted or even read. A larger limit sorts everything that matches.
	maxBound = 256 << 10
	// boundSlack are keys held beyond the limit, for records that turn out to be duplicates.
	boundSlack = 256
)

// bound knows the worst record that a limit can still keep.
type bound struct {
	size  int
	order Order
	keys  []key                    // a heap, the worst on top
	known map[rrpair.UUID]struct{} // of keys: a record that was sent again, maybe at another time, is one record
}

// newBound returns nil when there is no limit or it is too large to be held.
func newBound(limit int64, order Order) *bound {
	if limit <= 0 || limit > maxBound {
		return nil
	}
	return &bound{size: int(limit) + int(limit)/8 + boundSlack, order: order, known: map[rrpair.UUID]struct{}{}}
}

func (b *bound) Len() int { return len(b.keys) }
func (b *bound) Less(i, j int) bool {
	order := b.keys[i].compare(b.keys[j])
	return order < 0 && b.order == Newest || order > 0 && b.order == Oldest
}
func (b *bound) Swap(i, j int) { b.keys[i], b.keys[j] = b.keys[j], b.keys[i] }
func (b *bound) Push(x any)    { b.keys = append(b.keys, x.(key)) }
func (b *bound) Pop() any {
	last := b.keys[len(b.keys)-1]
	b.keys = b.keys[:len(b.keys)-1]
	return last
}

// full says that enough records are known, so that worse ones are of no use.
func (b *bound) full() bool { return b != nil && len(b.keys) >= b.size }

// beyond says that the limit cannot keep a record with this key.
func (b *bound) beyond(k key) bool {
	if !b.full() {
		return false
	}
	order := k.compare(b.keys[0])
	return order < 0 && b.order == Newest || order > 0 && b.order == Oldest
}

// add notes a record that is not beyond the bound.
func (b *bound) add(k key) {
	if b == nil {
		return
	}
	if _, again := b.known[k.id]; again {
		return
	}
	b.known[k.id] = struct{}{}
	heap.Push(b, k)
	if len(b.keys) > b.size {
		delete(b.known, heap.Pop(b).(key).id)
	}
}
