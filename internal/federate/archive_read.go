package federate

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
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

// taker takes the documents that one worker makes. document and pair are views, valid until it returns.
type taker func(document *hotstore.Document, pair *rrpair.Pair) error

// reading is one answer under way.
type reading struct {
	archive *Archive
	ask     *question
	found   *planned
	store   archive.Store
	usage   hotstore.Usage
	// wants is asked of each record that the scan yields, by one goroutine at a time, before anything is made of it.
	wants func(*archive.Record) (bool, error)
	still func(low, high time.Time) bool // see archive.ScanOptions; may be nil

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
			w.builder.Release()
		})
	}
	err := r.scanAll(ctx, parts)
	close(r.batches)
	group.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (r *reading) scanAll(ctx context.Context, parts []part) error {
	for i := range parts {
		if parts[i].begin != nil {
			parts[i].begin()
		}
		if err := r.scan(ctx, &parts[i]); err != nil {
			return err
		}
		if err := r.hand(ctx); err != nil {
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

func (r *reading) scan(ctx context.Context, p *part) error {
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
		r.current.window = p.window
		r.current.add(record)
		if len(r.current.data) >= batchBytes || len(r.current.items) >= batchRecords {
			return r.hand(ctx)
		}
		return nil
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

func (b *batch) add(record *archive.Record) {
	b.data = append(b.data, record.JSON...)
	b.items = append(b.items, item{end: len(b.data), seen: record.Seen})
}

// worker makes documents of records.
type worker struct {
	ask     *question
	pair    rrpair.Pair
	source  datedRecord
	builder *rehydrate.Builder
	take    taker
}

func newWorker(r *reading, take taker) *worker {
	settings := r.archive.options.Settings
	settings.Include, settings.Text = hotstore.IncludeNone, false
	return &worker{ask: r.ask, take: take, builder: rehydrate.NewBuilder(settings),
		source: datedRecord{Record: settings.Rules.NewRecord(), known: true}}
}

func (w *worker) work(b *batch) error {
	start := 0
	for _, one := range b.items {
		if err := w.one(b.data[start:one.end], one.seen, b.window); err != nil {
			return err
		}
		start = one.end
	}
	return nil
}

func (w *worker) one(line []byte, seen time.Time, window archive.TimeWindow) error {
	if err := w.pair.ParseJSON(line); err != nil {
		return fmt.Errorf("parse a record of the archive: %w", err)
	}
	at, _ := archive.EventTime(&w.pair, seen)
	if !touches(window, at, at) {
		return nil
	}
	if w.ask.recheck {
		w.source.Record.Reset(&w.pair)
		if w.source.at = at; !w.ask.query.Match(&w.source) {
			return nil
		}
	}
	document, _ := w.builder.Build(&w.pair, seen, rehydrate.Known{})
	return w.take(document, &w.pair)
}
