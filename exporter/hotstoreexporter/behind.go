package hotstoreexporter

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
)

// behindKeeper tells readers, by a note in the archive, that documents wait in the queue for longer than usual: what came in
// since is not in the hot store yet, and only the archive has it. All belongs to one goroutine.
type behindKeeper struct {
	exporter *hotExporter
	note     *rehydrate.Behind
	written  time.Time // when the note was last written; zero: never
	trouble  time.Time // when the log was last told
}

// keepNoting looks now and then whether the queue has fallen behind.
func (e *hotExporter) keepNoting(ctx context.Context) {
	keeper := &behindKeeper{exporter: e}
	ticker := time.NewTicker(e.pauses.look)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			limited, cancel := context.WithTimeout(ctx, saveLimit)
			err := keeper.look(limited, time.Now())
			cancel()
			if err != nil && ctx.Err() == nil && time.Since(keeper.trouble) >= troubleInterval {
				keeper.trouble = time.Now()
				e.logger.Warn("That the hot store is behind cannot be noted in the archive, so that readers do not know; it is tried again", zap.Error(err))
			}
		}
	}
}

func (k *behindKeeper) look(ctx context.Context, now time.Time) error {
	e := k.exporter
	oldest, some := e.OldestUnflushed()
	if !some {
		oldest = now
	}
	e.arrivals.forget(oldest)
	isBehind := some && now.Sub(oldest) >= e.pauses.behind
	switch {
	case isBehind && k.note == nil:
		k.note = rehydrate.NewBehind(e.id.String(), e.provider.Identity(), oldest, now)
		e.logger.Warn("The hot store is behind: documents wait in the queue, and readers ask the archive for what came in since",
			zap.Time("since", oldest), zap.String("key", k.note.Key()))
	case isBehind && now.Sub(k.written) < e.pauses.refresh, !isBehind && k.note == nil:
		return nil
	}
	opened, err := e.archive.Archive(ctx)
	if err != nil {
		return err
	}
	if isBehind {
		k.note.Seen, k.note.EventFrom = now.UTC(), e.arrivals.since(k.note.Since).UTC()
		if err := k.note.Put(ctx, opened.Bucket()); err != nil {
			return err
		}
		k.written = now
		return nil
	}
	// Put may have failed half-way, so that a note that was never written successfully is removed as well.
	if err := k.note.End(ctx, opened.Bucket()); err != nil {
		return err
	}
	e.logger.Info("The hot store has caught up", zap.Duration("after", now.Sub(k.note.Since).Round(time.Second)))
	k.note, k.written = nil, time.Time{}
	return nil
}

// adoptBehind makes gaps of the notes of this exporter's name that nobody keeps up any more: an earlier run ended while it was
// behind, or its collector died with its queue. What it did store is there already, and is not stored twice.
func (b *backfiller) adoptBehind(ctx context.Context, store *bucket.Bucket, now time.Time) {
	e := b.exporter
	notes, err := rehydrate.ReadBehind(ctx, store, e.id.String())
	if err != nil && ctx.Err() == nil {
		b.complain("The notes of exporters that were behind cannot be read from the archive", err)
	}
	for _, note := range notes {
		if note.Store != e.provider.Identity() || now.Sub(note.Seen) < e.pauses.abandoned {
			continue
		}
		gap := note.Gap(e.pauses.refresh)
		if err := gap.Put(ctx, store); err != nil {
			b.complain("A gap cannot be written to the archive; it is tried again", err)
			return
		}
		// The gap is there before the note goes, so that readers ask the archive all the time.
		if err := note.End(ctx, store); err != nil {
			b.complain("A note of an exporter that was behind cannot be removed; it is tried again", err)
		}
		e.logger.Info("What waited in the queue of an earlier run or another collector is looked for in the archive", zap.String("key", gap.Key()))
		if !slices.ContainsFunc(b.gaps, func(other *pendingGap) bool { return other.Key() == gap.Key() }) {
			b.gaps = append(b.gaps, &pendingGap{Gap: gap, taken: now})
		}
	}
}

// arrivals remembers, by the minute in which documents came in, how old the oldest of them was: traffic of yesterday that is
// sent today waits under yesterday's times. Safe for concurrent use.
type arrivals struct {
	mu      sync.Mutex
	minutes []arrivalMinute // ascending
}

type arrivalMinute struct{ minute, from time.Time }

// add notes the earliest event time of a request; zero: it had no document.
func (a *arrivals) add(now, from time.Time) {
	if from.IsZero() {
		return
	}
	minute := now.Truncate(time.Minute)
	a.mu.Lock()
	defer a.mu.Unlock()
	if n := len(a.minutes); n == 0 || minute.After(a.minutes[n-1].minute) {
		a.minutes = append(a.minutes, arrivalMinute{minute, from})
	} else if last := &a.minutes[n-1]; from.Before(last.from) {
		last.from = from
	}
}

// forget drops the minutes before a time.
func (a *arrivals) forget(before time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	minute := before.Truncate(time.Minute)
	a.minutes = slices.DeleteFunc(a.minutes, func(m arrivalMinute) bool { return m.minute.Before(minute) })
}

// since is the earliest event time of what came in since then; zero where nothing is known.
func (a *arrivals) since(begin time.Time) (from time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range a.minutes {
		if !m.minute.Before(begin.Truncate(time.Minute)) && (from.IsZero() || m.from.Before(from)) {
			from = m.from
		}
	}
	return from
}
