package main

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/federate"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// archiveSettles is how long the archive exporter may need to write what it holds, as the hotstore exporter has it: its
	// flush::age and an upload.
	archiveSettles = 5 * time.Minute
	// moveLimit bounds the last write of a run that is broken off.
	moveLimit = 10 * time.Second
)

// earliest is where an interval begins that is open at its start: what is older counts by the time of its capture.
func earliest() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

// fetch brings an interval.
func (b *backfill) fetch(ctx context.Context, r *rehydrate.Range) error {
	since, err := b.hot.since(ctx)
	if err != nil {
		return err
	}
	if err := b.bound(r, since); err != nil {
		return err
	}
	b.report.Mode, b.report.From, b.report.To = "interval", timeOrNil(r.From), timeOrNil(r.To)
	b.report.Since = timeOrNil(since)
	if !r.To.IsZero() && !r.From.Before(r.To) {
		b.note("everything from %s on is there already: nothing was read (--to takes later times in)", b.formatTime(r.From))
		return nil
	}
	plan, err := r.Plan(ctx, b.bucket)
	if err != nil {
		return err
	}
	for _, file := range plan.Files {
		b.report.Files++
		b.report.Bytes += file.Size
	}
	if b.flags.dryRun {
		return nil
	}
	bar := b.progress("backfilling", b.report.Bytes)
	defer bar.done()
	r.Progress = func(records, bytes int64) { bar.add(records, bytes) }
	count := b.watched(bar)
	b.work.Seen = func(rrpair.UUID) { count(1) }
	whole := time.Time{} // from here on the interval is in the store without a fault
	r.Reached = func(from time.Time) {
		if len(b.report.Rejected) == 0 {
			whole = from
		}
	}
	progress, failure := b.work.Fetch(ctx, r, plan)
	b.skip(progress.Skipped)
	if r.Query == nil && !whole.IsZero() {
		if err := b.moveSince(ctx, r, since, whole); err != nil && failure == nil {
			failure = err
		}
	}
	return failure
}

// bound narrows the interval to what the store keeps and, without --to, to what it was not given anyway.
func (b *backfill) bound(r *rehydrate.Range, since time.Time) error {
	if r.To.IsZero() {
		if r.To = since; r.From.Before(since) {
			r.To = since.Add(federate.AheadSlack) // what was captured by clocks that are ahead is only in the archive
		}
	}
	oldest := b.hot.oldest(b.begin)
	switch {
	case oldest.IsZero() || !r.From.Before(oldest):
	case !r.To.IsZero() && !r.To.After(oldest):
		return usagef("the interval ends %s, and the store keeps documents from %s on (its retention is %s): they would expire at once; ask the archive (--source archive), or use a store with a longer retention",
			b.formatTime(r.To), b.formatTime(oldest), b.hot.driver.Retention())
	default:
		if !r.From.IsZero() {
			b.logger.Warn("The interval begins before what the store keeps; it is shortened", zap.String("from", b.formatTime(oldest)),
				zap.Duration("retention", b.hot.driver.Retention()))
		}
		r.From = oldest
	}
	if r.From.IsZero() {
		r.From = earliest()
	}
	return nil
}

// moveSince lets the store count as whole from an earlier time on, when the interval reaches up to the present one.
func (b *backfill) moveSince(ctx context.Context, r *rehydrate.Range, since, whole time.Time) error {
	beginner, can := b.hot.Store.(hotstore.Beginner)
	switch {
	case !can || !since.IsZero() && !whole.Before(since):
		return nil
	case since.IsZero():
		b.note("since when the store holds everything is not known, so --source auto goes on asking the archive: a collector that writes into it says so at its start, or `byoc hotstore init`; run this again then")
		return nil
	case !r.To.IsZero() && r.To.Before(since.Add(federate.AheadSlack)):
		b.note("the interval ends before %s, from where on the store holds everything: --source auto goes on asking the archive for the times before that", b.formatTime(since.Add(federate.AheadSlack)))
		return nil
	case b.begin.Sub(since) < archiveSettles:
		b.note("the store began only at %s, and the archive may not have all pairs of before: run it again after %s, so that --source auto uses the hot store for this interval",
			b.formatTime(since), b.formatTime(since.Add(archiveSettles)))
		return nil
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), moveLimit) // what is done is done, also after an interrupt
	defer cancel()
	if err := beginner.SetSince(limited, whole); err != nil {
		return fmt.Errorf("note since when the store holds everything: %w", err)
	}
	b.report.Since = timeOrNil(whole)
	return nil
}

func (b *backfill) note(format string, args ...any) {
	b.report.Notes = append(b.report.Notes, fmt.Sprintf(format, args...))
}

func timeOrNil(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}
