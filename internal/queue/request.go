package queue

import (
	"context"
	"fmt"
	"math"
	"time"

	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exporterhelper/xexporterhelper"
)

// Request is what waits in the queue and what a batch of it is made of. It is not safe for concurrent use.
type Request struct {
	blocks []Block
	// troubles are items of the queue that could not be turned into blocks.
	troubles []trouble
	// items and bytes are what ItemsCount and BytesSize return.
	items, bytes int
	// requests is how many requests were merged into this one.
	requests int
	// queued is when the oldest block was queued.
	queued time.Time
	// failed says that a push of this request failed before, so that health knows when it is over.
	failed bool
	// pushed says that the handler was told of this batch.
	pushed bool
	// slabs hold the blocks' data once the request is kept beside the heap.
	slabs []*slab
	kept  bool
	// given is the room of the gate that is given back when the request is done (volatile only).
	given int64
	desk  *desk
}

// desk is what the requests of one exporter share.
type desk struct {
	batches *batchTracker
	slabs   slabs
}

func newDesk() *desk { return &desk{batches: newBatchTracker()} }

// trouble is an item of the queue that has no blocks yet, or never will.
type trouble struct {
	raw    []byte // the item as it was found; nil when it is missing
	reason error  // why it is unreadable; nil when it only was not read yet
	key    string // the key to read it again; "" when that is useless
}

// maxRequests is how many requests make a batch at most: with each operation the collector's queue writes down
// all items in the batches that are on their way, which is quadratic in their number.
const maxRequests = 10_000

// deferredWeight counts for the flush size in place of an item whose size is not known before it is read.
const deferredWeight = int(MiB)

var (
	_ xexporterhelper.Request             = (*Request)(nil)
	_ xexporterhelper.RequestErrorHandler = (*Request)(nil)
)

func newRequest(blocks []Block, queued time.Time, d *desk) *Request {
	items, bytes := Totals(blocks)
	return &Request{blocks: blocks, items: items, bytes: bytes, requests: 1, given: int64(bytes), queued: queued, desk: d}
}

// Blocks returns the blocks of the request, in the order in which they were queued.
func (r *Request) Blocks() []Block { return r.blocks }

// ItemsCount returns the number of records. It costs nothing.
func (r *Request) ItemsCount() int { return r.items }

// BytesSize returns the uncompressed size of the records. It costs nothing. A batch of the largest number of
// requests claims to be as large as any flush size.
func (r *Request) BytesSize() int {
	if r.requests >= maxRequests {
		return math.MaxInt
	}
	return r.bytes
}

// MergeSplit appends the blocks of other, if there is one. It never splits: a block is the smallest unit, and
// maxSize is 0 in this package.
func (r *Request) MergeSplit(_ context.Context, _ int, _ exporterhelper.RequestSizerType, other xexporterhelper.Request) ([]xexporterhelper.Request, error) {
	r.settle()
	r.keep()
	r.desk.batches.add(r)
	if other == nil {
		return []xexporterhelper.Request{r}, nil
	}
	o, ok := other.(*Request)
	if !ok {
		return nil, fmt.Errorf("merge requests: %T does not belong to this queue", other)
	}
	o.settle()
	o.keep()
	r.blocks = append(r.blocks, o.blocks...)
	r.slabs = append(r.slabs, o.slabs...)
	r.troubles = append(r.troubles, o.troubles...)
	r.requests += o.requests
	r.items += o.items
	r.bytes += o.bytes
	r.given += o.given
	r.desk.batches.merge(r, o)
	return []xexporterhelper.Request{r}, nil
}

// keep moves the blocks' data beside the heap, where they wait for the batch to be complete and pushed.
func (r *Request) keep() {
	if !r.kept {
		r.kept = true
		r.slabs = append(r.slabs, r.desk.slabs.move(r.blocks)...)
	}
}

// forget gives back the memory of a request that is done.
func (r *Request) forget() {
	r.desk.slabs.release(r.slabs)
	r.slabs, r.blocks = nil, nil
}

// settle makes the sizes those of the content. Before, they are those under which the queue has booked the
// item, which it reads once: an item that was never written gives back the capacity it was booked with.
func (r *Request) settle() {
	r.items, r.bytes = Totals(r.blocks)
	for i := range r.troubles {
		if r.troubles[i].reason == nil {
			r.bytes += deferredWeight
		} else {
			r.bytes += len(r.troubles[i].raw)
		}
	}
}

// OnError returns what remains to be pushed.
func (r *Request) OnError(err error) xexporterhelper.Request {
	if remaining := remainingOf(err); remaining != nil {
		return remaining
	}
	return r
}
