package opensearch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// batch is one call of Write.
type batch struct {
	store  *Store
	ctx    context.Context // lives as long as one call
	mu     sync.Mutex
	result hotstore.WriteResult
	err    error // why something remains; the first that will not pass goes before others
}

// Write implements hotstore.Writer. It encodes the documents into bulk requests of BulkSize and sends them with as many
// workers as are free. What the cluster cannot take now is sent again alone until the context ends, or
// Retry.MaxElapsedTime is over; then it remains.
func (s *Store) Write(ctx context.Context, documents []*hotstore.Document) (hotstore.WriteResult, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.cfg.Retry.MaxElapsedTime, errElapsed)
	defer cancel()
	b := &batch{store: s, ctx: ctx}
	err := s.checkBeforeWrite(ctx)
	var skip map[int]bool
	if err == nil {
		skip, err = s.storedBefore(ctx, documents)
	}
	if err != nil {
		b.remain(allOf(documents), err)
		return b.result, b.failure()
	}
	b.result.Duplicates = len(skip)
	var group sync.WaitGroup
	flush := func(request *bulk) {
		select {
		case s.workers <- struct{}{}:
		case <-ctx.Done():
			b.remain(request.documents, context.Cause(ctx))
			return
		}
		group.Go(func() {
			defer func() { <-s.workers }()
			b.deliver(request)
			s.pools.bulks.Put(request)
		})
	}
	request := s.newBulk()
	for i, document := range documents {
		if skip[i] {
			continue
		}
		if !countable(document.Time) { // an index would be made for it, and stay
			b.reject(i, fmt.Sprintf("ts %s is beyond what OpenSearch counts in nanoseconds: 1970 to 2262", document.Time.Format(time.RFC3339)))
			continue
		}
		request.append(i, s.writeIndex(document), document)
		if len(request.data) >= int(s.cfg.BulkSize) {
			// The last document may not fit: it begins the next request, unless it is alone.
			next := s.newBulk()
			if last := len(request.documents) - 1; last > 0 && len(request.data) > int(s.cfg.BulkSize) {
				next.add(request.documents[last], request.lines(last))
				request.data = request.data[:request.ends[last-1]]
				request.documents, request.ends = request.documents[:last], request.ends[:last]
			}
			flush(request)
			request = next
		}
	}
	if len(request.documents) > 0 {
		flush(request)
	}
	group.Wait()
	slices.Sort(b.result.Remaining)
	slices.SortFunc(b.result.Rejected, func(a, c hotstore.Rejection) int { return a.Index - c.Index })
	return b.result, b.failure()
}

// errElapsed ends a call of Write whose context sets no earlier end.
var errElapsed = fmt.Errorf("%w: retry::max_elapsed_time is over", hotstore.ErrUnreachable)

func (s *Store) newBulk() *bulk {
	request, _ := s.pools.bulks.Get().(*bulk)
	if request == nil {
		request = &bulk{}
	}
	request.reset()
	return request
}

// writeIndex is where a document goes.
func (s *Store) writeIndex(document *hotstore.Document) string {
	if s.cfg.rollsOver() {
		return s.cfg.Index
	}
	return s.cfg.indexOf(document.Time)
}

func allOf(documents []*hotstore.Document) []int {
	all := make([]int, len(documents))
	for i := range all {
		all[i] = i
	}
	return all
}

// deliver sends a request until each of its documents has its outcome.
func (b *batch) deliver(request *bulk) {
	var reason error // why the attempt before this one was not enough
	for attempt := 0; ; attempt++ {
		items, err := b.store.send(b.ctx, request)
		switch {
		case hasStatus(err, http.StatusRequestEntityTooLarge):
			b.deliverHalves(request, err)
			return
		case later(err):
			b.remain(request.documents, err)
			return
		case err == nil:
			if request, reason = b.sort(request, items); request == nil {
				return
			}
		case b.ctx.Err() == nil || reason == nil:
			reason = err
		}
		if b.ctx.Err() != nil || b.store.client.wait(b.ctx, attempt) != nil {
			b.remain(request.documents, fmt.Errorf("%w: %w", context.Cause(b.ctx), reason))
			return
		}
	}
}

// deliverHalves sends a request in two that was too large for the cluster or for a proxy before it.
func (b *batch) deliverHalves(request *bulk, err error) {
	if len(request.documents) == 1 {
		b.reject(request.documents[0], fmt.Sprintf("the document has %d bytes: %v", len(request.data), err))
		return
	}
	first, second := request.split()
	b.deliver(first)
	b.deliver(second)
}

// sort books what became of the documents and returns those to send again, nil for none, with the reason.
func (b *batch) sort(request *bulk, items []bulkItem) (again *bulk, reason error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range items {
		document := request.documents[i]
		switch outcome, err := items[i].judge(); outcome {
		case verdictStored:
			b.result.Stored++
		case verdictDuplicate:
			b.result.Duplicates++
		case verdictRejected:
			var answer *Error
			text := err.Error()
			if errors.As(err, &answer) {
				text = answer.Type + ": " + answer.Reason
			}
			b.result.Rejected = append(b.result.Rejected, hotstore.Rejection{Index: document, Reason: text})
		case verdictLater:
			b.keep(document, err)
		case verdictAgain:
			if again == nil {
				again = &bulk{}
			}
			again.add(document, request.lines(i))
			reason = err
		}
	}
	return again, reason
}

func (b *batch) reject(document int, reason string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.result.Rejected = append(b.result.Rejected, hotstore.Rejection{Index: document, Reason: reason})
}

func (b *batch) remain(documents []int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, document := range documents {
		b.keep(document, err)
	}
}

// keep notes a document for another try. The lock is held.
func (b *batch) keep(document int, err error) {
	b.result.Remaining = append(b.result.Remaining, document)
	if b.err == nil || later(err) && !later(b.err) {
		b.err = err
	}
}

func (b *batch) failure() error {
	if b.err == nil {
		return nil
	}
	return fmt.Errorf("write %d documents to the hot store: %w", len(b.result.Remaining), b.err)
}
