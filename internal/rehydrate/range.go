package rehydrate

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// rangeParallel is how many fetches are under way for an interval: somebody waits for it.
const rangeParallel = 4

// Range is an interval of the archive whose documents a hot store shall have.
type Range struct {
	From, To time.Time     // of ts, To exclusive; zero: open
	Query    *filter.Query // nil: all pairs
	// Progress is told of planned bytes dealt with. Optional.
	Progress func(records, bytes int64)
	// Reached is told, newest first, from which time on everything of the interval is in the store, but for what the store
	// refuses. Nothing is told any more once a file could not be read. Optional.
	Reached func(from time.Time)
}

// Plan lists the files of the interval.
func (r *Range) Plan(ctx context.Context, store *bucket.Bucket) (*archive.FilePlan, error) {
	plan, err := archive.Plan(ctx, store, archive.PlanOptions{From: r.From, To: r.To, Query: r.Query})
	if err != nil {
		return nil, fmt.Errorf("list the hours to bring into the hot store: %w", err)
	}
	return plan, nil
}

func (r *Range) reached(from time.Time, faulty bool) {
	if r.Reached != nil && !faulty {
		r.Reached(from)
	}
}

func (r *Range) covers(at time.Time) bool {
	return !at.Before(r.From) && (r.To.IsZero() || at.Before(r.To))
}

// Fetch writes the documents of an interval, hour by hour and the newest first. It keeps no ledger: what is there already
// is left as it is, and Reached says how far it came.
func (b *Backfill) Fetch(ctx context.Context, r *Range, plan *archive.FilePlan) (Progress, error) {
	w := &batchWriter{backfill: b, builder: NewBuilder(b.Settings)}
	w.done.Skipped = slices.Clone(plan.Skipped)
	for files := plan.Files; len(files) > 0; {
		hour, end := files[0].Hour, 1
		for end < len(files) && files[end].Hour.Equal(hour) {
			end++
		}
		if err := b.fetchHour(ctx, r, w, files[:end]); err != nil {
			return w.done, fmt.Errorf("bring hour %s into the hot store: %w", hour.Format("2006-01-02T15Z"), err)
		}
		files = files[end:]
		from := r.From
		if len(files) > 0 && hour.After(from) {
			from = hour
		}
		r.reached(from, len(w.done.Skipped) > len(plan.Skipped))
	}
	if len(plan.Files) == 0 {
		r.reached(r.From, false)
	}
	return w.done, nil
}

func (b *Backfill) fetchHour(ctx context.Context, r *Range, w *batchWriter, files []archive.PlannedFile) error {
	records := sync.Pool{New: func() any { return b.Settings.Rules.NewRecord() }}
	stats, err := archive.Scan(ctx, b.Bucket, archive.ScanOptions{
		// Without a window: documents go by the time of their capture where ts is absurd.
		PlanOptions: archive.PlanOptions{Query: r.Query}, Files: &archive.FilePlan{Files: files},
		Parallel: rangeParallel, MemoryBytes: scanMemory, Progress: r.Progress,
		Match: func(pair *rrpair.Pair) bool {
			record := records.Get().(*dimension.Record)
			defer records.Put(record)
			record.Reset(pair)
			return r.Query.Match(record)
		},
	}, func(record *archive.Record) error {
		if !r.covers(record.Seen) {
			return nil
		}
		return w.add(ctx, record)
	})
	w.done.Skipped = append(w.done.Skipped, stats.Skipped...)
	w.done.Objects += stats.FilesRead
	w.done.New += stats.FilesRead
	if err != nil {
		return err
	}
	return w.flush(ctx)
}

// Left lists the files of the gap's hours that a backfill would read now.
func (g *Gap) Left(ctx context.Context, store *bucket.Bucket) ([]archive.PlannedFile, error) {
	done, err := g.readLedger(ctx, store)
	if err != nil {
		return nil, err
	}
	plan, err := archive.Plan(ctx, store, archive.PlanOptions{Folders: g.Folders})
	if err != nil {
		return nil, fmt.Errorf("list the hours of gap %s: %w", g.key, err)
	}
	return slices.DeleteFunc(plan.Files, func(file archive.PlannedFile) bool {
		return slices.Contains(done.Objects, file.Key) || !file.MinTS.IsZero() && !g.covers(file.MinTS, file.MaxTS)
	}), nil
}
