package federate

import (
	"bytes"
	"container/heap"
	"context"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Search implements hotstore.Reader. It holds at most a page of documents. Sorted by ts it reads no further than the page
// takes, and begins where the page before ended; any other order takes all files of the window for each page.
func (a *Archive) Search(ctx context.Context, search hotstore.Search) (hotstore.Page, error) {
	page, _, err := a.search(ctx, search)
	return page, err
}

// search also says how many bytes it read.
func (a *Archive) search(ctx context.Context, search hotstore.Search) (page hotstore.Page, bytes int64, err error) {
	after, err := search.Position()
	if err != nil {
		return page, 0, err
	}
	best := newBest(&search, after)
	from, to := best.narrowed(search.From, search.To)
	ask := newQuestion(search.Query, a.options.Settings.Rules, from, to)
	found, err := a.plan(ctx, ask)
	if err != nil {
		return page, 0, err
	}
	if err := a.announce(found, !best.byTime); err != nil {
		return page, 0, err
	}
	files := found.files
	read := &meter{Store: a.options.Bucket, planned: found}
	reading := &reading{archive: a, ask: ask, store: read, wants: best.wants, looksAt: best.dimensions}
	if best.byTime {
		read.most, reading.still, reading.atOnce = a.options.MaxBytes, best.still, true
		if !best.newestFirst {
			files = reversed(files)
		}
	}
	err = reading.run(ctx, []part{{files: files, window: ask.window, share: 1}}, func() taker { return best.taker() })
	if err != nil {
		return page, 0, read.failure(err)
	}
	page = hotstore.Page{Documents: best.documents(), Usage: reading.usage}
	page.Usage.PushedDown, page.Usage.Partitions = hotstore.Text(search.Query.Expr()), found.partitions()
	if limit := search.PageLimit(); len(page.Documents) > limit {
		page.Documents = page.Documents[:limit]
		page.Next = search.Cursor(page.Documents[limit-1])
	}
	return page, read.read, nil
}

func reversed(files []archive.PlannedFile) []archive.PlannedFile {
	out := make([]archive.PlannedFile, len(files))
	for i := range files {
		out[len(files)-1-i] = files[i]
	}
	return out
}

// best keeps the documents that come first after a position: as many as a page has, and one to tell whether there is a
// next page. It is a heap with the last of them on top.
type best struct {
	order       []hotstore.SortKey
	dimensions  []hotstore.Dimension // of the order
	after       hotstore.Position    // nil: from the beginning
	size        int
	withPair    bool
	byTime      bool // ts is the first key
	newestFirst bool

	mutex sync.Mutex
	kept  []placed
	held  map[rrpair.UUID]bool
}

type placed struct {
	document *hotstore.Document
	position hotstore.Position
}

func newBest(search *hotstore.Search, after hotstore.Position) *best {
	b := &best{order: search.Order(), after: after, size: search.PageLimit() + 1, withPair: search.WithPair, held: map[rrpair.UUID]bool{}}
	for _, key := range b.order {
		b.dimensions = append(b.dimensions, hotstore.LookupDimension(key.Field))
	}
	b.byTime, b.newestFirst = b.order[0].Field == "ts", b.order[0].Descending
	return b
}

// narrowed is the window without what pages before have shown.
func (b *best) narrowed(from, to time.Time) (newFrom, newTo time.Time) {
	if !b.byTime || b.after == nil {
		return from, to
	}
	at := b.after.Time(b.order)
	if !b.newestFirst {
		if at.After(from) {
			from = at
		}
		return from, to
	}
	if at = at.Add(1); to.IsZero() || at.Before(to) {
		to = at
	}
	return from, to
}

// wants leaves out records that come too late in an order by time, before anything is made of them.
func (b *best) wants(record *archive.Record) (bool, error) {
	return b.still(record.Seen, record.Seen.Add(time.Microsecond-1)), nil // Seen may lack the nanoseconds
}

// still says whether the page may take records of these times, both inclusive.
func (b *best) still(low, high time.Time) bool {
	if !b.byTime {
		return true
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if len(b.kept) < b.size {
		return true
	}
	last := b.kept[0].document.Time
	if b.newestFirst {
		return !high.Before(last)
	}
	return !low.After(last)
}

// taker makes the taker of one worker.
func (b *best) taker() taker {
	position := make(hotstore.Position, len(b.order))
	return func(document *hotstore.Document, w *worker) error {
		b.place(position, document)
		if b.after != nil && position.Compare(b.after, b.order) <= 0 {
			return nil
		}
		b.mutex.Lock()
		defer b.mutex.Unlock()
		full := len(b.kept) >= b.size
		if full && position.Compare(b.kept[0].position, b.order) >= 0 {
			return nil
		}
		if b.held[document.UUID] && !b.replaced(document.UUID, position) {
			return nil
		}
		b.keep(w)
		return nil
	}
}

// replaced removes a document that is held already where the other one of its uuid comes before it. Mostly they are the
// same, from a file that was written again.
func (b *best) replaced(id rrpair.UUID, position hotstore.Position) bool {
	for i := range b.kept {
		if b.kept[i].document.UUID == id {
			if position.Compare(b.kept[i].position, b.order) >= 0 {
				return false
			}
			heap.Remove(b, i)
			return true
		}
	}
	return true
}

func (b *best) keep(w *worker) {
	if len(b.kept) >= b.size {
		dropped := heap.Pop(b).(placed)
		delete(b.held, dropped.document.UUID)
	}
	own := placed{document: w.whole().Clone(), position: make(hotstore.Position, len(b.order))}
	if b.place(own.position, own.document); b.withPair {
		own.document.Headers, own.document.Pair = hotstore.AppendHeaders(nil, &w.pair), bytes.Clone(w.pair.JSON())
	}
	heap.Push(b, own)
	b.held[own.document.UUID] = true
}

func (b *best) place(position hotstore.Position, document *hotstore.Document) {
	for i := range b.dimensions {
		if number := b.dimensions[i].Number; number != nil {
			position[i].Number = number(document)
		} else {
			position[i].Text = b.dimensions[i].Text(document)
		}
	}
}

// documents empties the heap and lists what it held, in order.
func (b *best) documents() []*hotstore.Document {
	documents := make([]*hotstore.Document, len(b.kept))
	for i := len(documents) - 1; i >= 0; i-- {
		documents[i] = heap.Pop(b).(placed).document
	}
	return documents
}

// Len implements heap.Interface, as do the following.
func (b *best) Len() int { return len(b.kept) }
func (b *best) Less(i, j int) bool {
	return b.kept[i].position.Compare(b.kept[j].position, b.order) > 0
}
func (b *best) Swap(i, j int) { b.kept[i], b.kept[j] = b.kept[j], b.kept[i] }

// Push implements heap.Interface.
func (b *best) Push(x any) { b.kept = append(b.kept, x.(placed)) }

// Pop implements heap.Interface.
func (b *best) Pop() any {
	last := b.kept[len(b.kept)-1]
	b.kept[len(b.kept)-1] = placed{}
	b.kept = b.kept[:len(b.kept)-1]
	return last
}
