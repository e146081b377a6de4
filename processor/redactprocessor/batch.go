package redactprocessor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
)

const (
	// share is how many records a worker takes at a time: enough that taking costs nothing, few enough that workers
	// end together.
	share = 8
	// maxKeptItems bounds the items whose memory a batch keeps for the next.
	maxKeptItems = 16 << 10
)

// item is one record of a request.
type item struct {
	resource pcommon.Resource
	scope    pcommon.InstrumentationScope
	record   plog.LogRecord
	refusal  *redact.Refusal // of its resource or scope, before the record was looked at
}

// refused is a record that is not passed on.
type refused struct {
	index   int // among the request's records
	refusal *redact.Refusal
	hash    string // keyed, of the body
}

// batch is the work on one request, and what is counted of it.
type batch struct {
	force   *force
	logs    plog.Logs
	items   []item
	refused []refused // in the order of the request
	next    atomic.Int64
	mu      sync.Mutex
	tally   tally
}

func (b *batch) begin(f *force, logs plog.Logs) {
	b.force, b.logs = f, logs
	b.tally.begin(len(f.counted))
}

func (b *batch) reset() {
	clear(b.items)
	clear(b.refused)
	b.items, b.refused = b.items[:0], b.refused[:0]
	if cap(b.items) > maxKeptItems {
		b.items = nil
	}
	b.force, b.logs = nil, plog.Logs{}
	b.next.Store(0)
}

// redact works on everything of the request. The error is the context's.
func (p *redactProcessor) redact(ctx context.Context, b *batch) error {
	first := p.worker(b)
	first.frames(b)
	hands := min(p.config.Parallel, (len(b.items)+share-1)/share)
	var others sync.WaitGroup
	for range hands - 1 {
		others.Go(func() {
			w := p.worker(b)
			w.work(ctx, b)
			w.finish(ctx, b)
		})
	}
	first.work(ctx, b)
	first.finish(ctx, b)
	others.Wait()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("redact records: %w", err)
	}
	slices.SortFunc(b.refused, func(x, y refused) int { return x.index - y.index })
	return nil
}

// frames redacts what records share, their resources and scopes, and lists the records.
func (w *worker) frames(b *batch) {
	for _, resource := range b.logs.ResourceLogs().All() {
		ofResource := w.resource(resource)
		for _, scope := range resource.ScopeLogs().All() {
			refusal := ofResource
			if ofScope := w.scope(scope); refusal == nil {
				refusal = ofScope
			}
			for _, record := range scope.LogRecords().All() {
				b.items = append(b.items, item{resource.Resource(), scope.Scope(), record, refusal})
			}
		}
	}
}

// work takes records until none is left.
func (w *worker) work(ctx context.Context, b *batch) {
	for ctx.Err() == nil {
		end := int(b.next.Add(share))
		begin := end - share
		if begin >= len(b.items) {
			return
		}
		for i := begin; i < min(end, len(b.items)); i++ {
			w.item(i, &b.items[i])
		}
	}
}

// remove takes the refused records out of the request, and what holds no record any more.
func (b *batch) remove() {
	if len(b.refused) == 0 {
		return
	}
	index, left := 0, b.refused
	b.logs.ResourceLogs().RemoveIf(func(resource plog.ResourceLogs) bool {
		resource.ScopeLogs().RemoveIf(func(scope plog.ScopeLogs) bool {
			before := scope.LogRecords().Len()
			scope.LogRecords().RemoveIf(func(plog.LogRecord) bool {
				isRefused := len(left) > 0 && left[0].index == index
				if isRefused {
					left = left[1:]
				}
				index++
				return isRefused
			})
			return before > 0 && scope.LogRecords().Len() == 0
		})
		return resource.ScopeLogs().Len() == 0
	})
}
