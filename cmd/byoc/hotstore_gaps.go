package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// exporterLives is how long after a gap's last sign its exporter may be at work on it: an open gap is written anew every
// minute, and the collector itself takes others' gaps over after this time.
const exporterLives = 10 * time.Minute

// What became of a gap.
const (
	gapFilled  = "filled"  // and removed
	gapExpired = "expired" // removed: the store would not keep what it lacks
	gapWaiting = "waiting" // what there is was brought, but the archive may get more
	gapLeft    = "left"    // somebody else's
	gapPlanned = "planned" // a dry run
)

// gapResult is what --output json says of a gap.
type gapResult struct {
	Key     string `json:"key"`
	State   string `json:"state"`
	Detail  string `json:"detail"`
	Records int64  `json:"records"` // missed, at most
	Found   int64  `json:"found"`   // in the archive, of its hours and times
}

// fillGaps fills the gaps of the store, by the rules of the exporter.
func (b *backfill) fillGaps(ctx context.Context) error {
	b.report.Mode = "gaps"
	gaps, damaged := b.readGaps(ctx, b.bucket)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if damaged != nil {
		b.report.Faults = append(b.report.Faults, "some gaps cannot be read: "+damaged.Error())
		if len(gaps) == 0 {
			return nil
		}
	}
	bar := b.progress("filling gaps", 0)
	defer bar.done()
	count := b.watched(bar)
	b.work.Seen = func(rrpair.UUID) { count(1) }
	for _, gap := range gaps {
		result, err := b.fillGap(ctx, gap)
		if result != nil {
			b.report.Gaps = append(b.report.Gaps, *result)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fillGap fills one gap. A gap whose exporter lives is its own: it knows each pair that is missing, and would not see those
// that somebody else brings.
func (b *backfill) fillGap(ctx context.Context, gap *rehydrate.Gap) (*gapResult, error) {
	result := &gapResult{Key: gap.Key(), Records: gap.Records, State: gapLeft}
	age := b.begin.Sub(gap.To)
	switch {
	case gap.Store != b.hot.identity() && !b.flags.anyStore:
		result.Detail = fmt.Sprintf("it is of the store %s: --any-store fills it here", gap.Store)
		return result, nil
	case age < exporterLives:
		result.Detail = fmt.Sprintf("its exporter %s gave a sign %s ago and is at work on it; from %s on it is filled here", gap.Exporter,
			humanDuration(max(age, 0).Round(time.Second)), b.formatTime(gap.To.Add(exporterLives)))
		return result, nil
	case !gap.Open && !gap.EventTo.IsZero() && gap.EventTo.Before(b.hot.oldest(b.begin)):
		result.State, result.Detail = gapExpired, "the store would not keep what it lacks"
		if b.flags.dryRun {
			return result, nil
		}
		return result, gap.Remove(ctx, b.bucket)
	}
	left, err := gap.Left(ctx, b.bucket)
	if err != nil {
		return nil, err
	}
	for _, file := range left {
		b.report.Files++
		b.report.Bytes += file.Size
	}
	if b.flags.dryRun {
		result.State, result.Detail = gapPlanned, countOf(len(left), "file", "files")+" to read"
		return result, nil
	}
	progress, err := b.work.Run(ctx, gap)
	b.skip(progress.Skipped)
	result.Found = progress.Documents
	if err != nil {
		result.State, result.Detail = gapWaiting, "it was broken off"
		return result, err
	}
	if result.Found < gap.Records && !b.flags.close {
		// However old it is: the queue of a collector that is down may hold the rest.
		result.State = gapWaiting
		result.Detail = fmt.Sprintf("the archive has %s of up to %s pairs that were missed: the others lie in a collector's queue, or were sent twice and counted twice; a collector closes it a day after it took it up, --close now",
			humanCount(result.Found), humanCount(gap.Records))
		return result, nil
	}
	result.State, result.Detail = gapFilled, countOf(result.Found, "pair", "pairs")
	if err := gap.Remove(ctx, b.bucket); err != nil {
		return result, errors.Join(errors.New("the gap is filled and cannot be removed"), err)
	}
	return result, nil
}
