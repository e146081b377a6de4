package federate

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

const (
	// maxWorkers bounds how many documents are made at once: beyond it one scan cannot feed them.
	maxWorkers = 8
	// batchBytes and batchRecords are when a batch of records goes to a worker: enough that handing over costs nothing.
	batchBytes   = 256 << 10
	batchRecords = 128
	// keptBatch is the largest buffer that is used again; a larger one was for an uncommonly large pair.
	keptBatch = 1 << 20
)

// taker takes the documents that one worker makes. A document is a view, valid until the taker returns, and holds only
// the dimensions that the reading looks at; worker.whole gives all of it.
type taker func(document *hotstore.Document, w *worker) error

// reading is one answer under way.
type reading struct {
	archive *Archive
	ask     *question
	store   archive.Store
	usage   hotstore.Usage
	looksAt []hotstore.Dimension
	// wants is asked of each record that the scan yields, by one goroutine at a time, before anything is made of it.
	wants func(*archive.Record) (bool, error)
	still func(low, high time.Time) bool // see archive.ScanOptions; may be nil
	// atOnce makes documents while the scan waits, so that still knows of all records that came before.
	atOnce bool

	batches chan *batch
	spare   sync.Pool
	current *batch
}

// batch is some records on their way to a worker.
type batch struct {
	window archive.TimeWindow
	data   []byte
	items  []item
}

type item struct {
	end  int // of its JSON in data
	seen time.Time
}

// run scans each part of the files, and gives what matches to takers, of which each serves one goroutine.
func (r *reading) run(ctx context.Context, parts []part, newTaker func() taker) error {
	if r.atOnce {
		w := newWorker(r, newTaker())
		return r.scanAll(ctx, parts, func(record *archive.Record, p *part) error { return w.one(record.JSON, record.Seen, p.window) })
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	workers := min(runtime.GOMAXPROCS(0), maxWorkers)
	r.batches, r.spare.New = make(chan *batch, workers), func() any { return new(batch) }
	r.current = r.spare.Get().(*batch)
	var group sync.WaitGroup
	for range workers {
		w := newWorker(r, newTaker())
		group.Go(func() {
			for b := range r.batches {
				if ctx.Err() == nil {
					if err := w.work(b); err != nil {
						cancel(err)
					}
				}
				r.recycle(b)
			}
		})
	}
	err := r.scanAll(ctx, parts, func(record *archive.Record, p *part) error {
		if r.current.window != p.window || r.current.isFull() {
			if err := r.hand(ctx); err != nil {
				return err
			}
			r.current.window = p.window
		}
		r.current.add(record)
		return nil
	})
	if err == nil {
		err = r.hand(ctx)
	}
	close(r.batches)
	group.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (r *reading) scanAll(ctx context.Context, parts []part, take func(*archive.Record, *part) error) error {
	for i := range parts {
		if parts[i].begin != nil {
			parts[i].begin()
		}
		if err := r.scan(ctx, &parts[i], take); err != nil {
			return err
		}
	}
	return nil
}

// part is what is scanned in one go.
type part struct {
	files  []archive.PlannedFile
	window archive.TimeWindow
	share  int64  // how many parts have these files
	begin  func() // called before; may be nil
}

func (r *reading) scan(ctx context.Context, p *part, take func(*archive.Record, *part) error) error {
	options := &r.archive.options
	scan := archive.ScanOptions{
		PlanOptions: archive.PlanOptions{From: p.window.From, To: p.window.To, Query: r.ask.scanned},
		Files:       &archive.FilePlan{Files: p.files},
		Undated:     true, Still: r.still, Parallel: options.Parallel, MemoryBytes: options.MemoryBytes,
	}
	if options.Progress != nil {
		scan.Progress = func(records, bytes int64) { options.Progress(records, bytes/p.share) }
	}
	if r.ask.scanned != nil {
		scan.Match = r.ask.maybe
	}
	stats, err := archive.Scan(ctx, r.store, scan, func(record *archive.Record) error {
		wanted, err := r.wants(record)
		if err != nil || !wanted {
			return err
		}
		return take(record, p)
	})
	r.usage.Examined += stats.RowsExamined
	r.archive.skip(stats.Skipped)
	return err
}

// hand gives the current batch to the workers.
func (r *reading) hand(ctx context.Context) error {
	select {
	case r.batches <- r.current:
		r.current = r.spare.Get().(*batch)
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (r *reading) recycle(b *batch) {
	if cap(b.data) > keptBatch {
		return
	}
	b.data, b.items = b.data[:0], b.items[:0]
	r.spare.Put(b)
}

func (b *batch) isFull() bool { return len(b.data) >= batchBytes || len(b.items) >= batchRecords }

func (b *batch) add(record *archive.Record) {
	b.data = append(b.data, record.JSON...)
	b.items = append(b.items, item{end: len(b.data), seen: record.Seen})
}
