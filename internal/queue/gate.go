package queue

import (
	"container/list"
	"context"
	"sync"

	"go.opentelemetry.io/collector/exporter/exporterhelper"
)

// gate admits requests while there is room in the queue, in the order in which they came. It stands in front
// of the collector's queue, whose own waiting can block for ever when several senders give up at the same time.
type gate struct {
	capacity int64

	mu      sync.Mutex
	stored  int64 // bytes in the queue
	entered int64 // bytes on their way into the queue
	waiters list.List
}

type waiter struct {
	size     int64
	admitted chan struct{}
}

func newGate(capacity int64) *gate { return &gate{capacity: capacity} }

// enter waits for room for size bytes. Each success needs one leave with the same size.
func (g *gate) enter(ctx context.Context, size int64, wait bool) error {
	g.mu.Lock()
	if g.waiters.Len() == 0 && g.fits(size) {
		g.entered += size
		g.mu.Unlock()
		return nil
	}
	if !wait {
		g.mu.Unlock()
		return exporterhelper.ErrQueueIsFull
	}
	w := &waiter{size: size, admitted: make(chan struct{})}
	element := g.waiters.PushBack(w)
	g.mu.Unlock()

	select {
	case <-w.admitted:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-w.admitted:
		g.entered -= size
	default:
		g.waiters.Remove(element)
	}
	g.admit()
	return ctx.Err()
}

// leave says that a request that entered is in the queue (and counted there), or was refused by it.
func (g *gate) leave(size int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.entered -= size
	g.admit()
}

// setStored sets how many bytes are in the queue.
func (g *gate) setStored(bytes int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stored = bytes
	g.admit()
}

// addStored changes how many bytes are in the queue.
func (g *gate) addStored(bytes int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stored += bytes
	g.admit()
}

func (g *gate) level() (bytes, capacity int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stored, g.capacity
}

func (g *gate) fits(size int64) bool { return g.stored+g.entered+size <= g.capacity }

func (g *gate) admit() {
	for first := g.waiters.Front(); first != nil; first = g.waiters.Front() {
		w, ok := first.Value.(*waiter)
		if !ok || !g.fits(w.size) {
			return
		}
		g.waiters.Remove(first)
		g.entered += w.size
		close(w.admitted)
	}
}
