package hotstoreexporter

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
)

const (
	// finishLimit bounds the writing of an open gap when the collector stops.
	finishLimit = 5 * time.Second
	// saveLimit bounds one attempt to write a gap.
	saveLimit = 30 * time.Second
	// adoptInterval is how often gaps of exporters that have died are looked for.
	adoptInterval = 5 * time.Minute
	// troubleInterval is the least time between two messages in the log about a backfill that does not work.
	troubleInterval = time.Minute
)

// backfiller brings into the store what it lacks. All but trouble and the counters belong to one goroutine.
type backfiller struct {
	exporter *hotExporter
	gaps     []*pendingGap
	adopted  time.Time
	trouble  atomic.Int64 // when the log was last told, seconds since 1970
	waiting  atomic.Int64
	since    atomic.Int64 // when the oldest of them began, seconds since 1970; 0: there is none
}

type pendingGap struct {
	*rehydrate.Gap
	missing *missing  // nil: taken over, nobody remembers
	taken   time.Time // when it was taken over
	next    time.Time // when to look for new files
}

// keepSaving writes gaps as they are made. It does nothing else, since senders wait for it.
func (e *hotExporter) keepSaving(ctx context.Context) {
	ticker := time.NewTicker(e.pauses.look)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.gaps.kick:
		case <-ticker.C:
		}
		e.saveGap(ctx)
	}
}

// keepFilling fills the gaps that have ended.
func (e *hotExporter) keepFilling(ctx context.Context) {
	ticker := time.NewTicker(e.pauses.look)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			e.backfill.step(ctx)
		}
	}
}

func (e *hotExporter) saveGap(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, saveLimit)
	defer cancel()
	if err := e.gaps.save(limited, false); err != nil && ctx.Err() == nil {
		e.backfill.complain("A gap of the hot store cannot be written to the archive; it is tried again", err)
	}
}

// putGap writes a gap into the archive.
func (e *hotExporter) putGap(ctx context.Context, gap *rehydrate.Gap) error {
	opened, err := e.archive.Archive(ctx)
	if err != nil {
		return err
	}
	return gap.Put(ctx, opened.Bucket())
}

// step looks after the gaps that have ended. It waits until what was queued before they ended is in the store: so the
// store answers, and what it then lacks is what was missed.
func (b *backfiller) step(ctx context.Context) {
	e := b.exporter
	for _, gap := range e.gaps.takeEnded() {
		gap.missing.ready()
		b.gaps = append(b.gaps, gap)
	}
	b.count() // now, as what follows may take long
	b.adopt(ctx)
	b.count()
	now := time.Now()
	for _, gap := range slices.Clone(b.gaps) {
		if oldest, some := e.OldestUnflushed(); now.Before(gap.next) || some && !oldest.After(gap.To) {
			continue
		}
		isDone, err := b.fill(ctx, gap)
		if ctx.Err() != nil {
			return
		}
		switch {
		case err != nil:
			gap.next = now.Add(e.pauses.relook)
			b.complain("What the hot store missed cannot be fetched from the archive now; it is tried again", err)
		case isDone:
			b.gaps = slices.DeleteFunc(b.gaps, func(other *pendingGap) bool { return other == gap })
		default:
			gap.next = now.Add(e.pauses.relook)
		}
	}
	b.count()
}

func (b *backfiller) count() {
	b.waiting.Store(int64(len(b.gaps)))
	oldest := int64(0)
	for _, gap := range b.gaps {
		if begin := gap.From.Unix(); oldest == 0 || begin < oldest {
			oldest = begin
		}
	}
	b.since.Store(oldest)
}

// adopt takes over gaps that this exporter left at an earlier run, and those of exporters of the same name and store that
// have died.
func (b *backfiller) adopt(ctx context.Context) {
	e, now := b.exporter, time.Now()
	if now.Sub(b.adopted) < adoptInterval {
		return
	}
	b.adopted = now
	opened, err := e.archive.Archive(ctx)
	if err != nil {
		return // its own exporter says so
	}
	found, err := rehydrate.ReadGaps(ctx, opened.Bucket(), e.id.String())
	if err != nil && ctx.Err() == nil {
		b.complain("The gaps of the hot store cannot be read from the archive", err)
	}
	b.adoptBehind(ctx, opened.Bucket(), now)
	for _, gap := range found {
		isHere := slices.ContainsFunc(b.gaps, func(other *pendingGap) bool { return other.Key() == gap.Key() })
		if isHere || e.gaps.isOwn(gap.Key()) || gap.Store != e.provider.Identity() || now.Sub(gap.To) < e.pauses.abandoned {
			continue
		}
		e.logger.Info("A gap of the hot store is taken over from an earlier run or another collector", zap.String("key", gap.Key()))
		b.gaps = append(b.gaps, &pendingGap{Gap: gap, taken: now})
	}
}

// fill brings over what the archive has by now of a gap. It is done when the archive exporter had time to write what it
// held, and every pair that was missed has come. Time counts from the taking over of one that was: the archive exporter of
// a collector that comes back begins then to write what lay in its queue.
func (b *backfiller) fill(ctx context.Context, gap *pendingGap) (isDone bool, err error) {
	e := b.exporter
	opened, err := e.archive.Archive(ctx)
	if err != nil {
		return false, err
	}
	store, err := e.provider.Store(ctx)
	if err != nil {
		return false, err
	}
	settings := e.builderSettings()
	settings.Layout, settings.Identity = opened.Layout(), opened.Identity()
	begin := time.Now()
	work := rehydrate.Backfill{Bucket: opened.Bucket(), Store: store, Settings: settings, GiveUp: e.giveUpDocuments,
		Wrote: func(result hotstore.WriteResult) {
			e.telemetry.builder.HotstoreExporterBackfilledDocuments.Add(ctx, int64(result.Stored))
		}}
	if gap.missing != nil {
		work.Seen = gap.missing.see
	}
	progress, err := work.Run(ctx, gap.Gap)
	for _, skipped := range progress.Skipped {
		e.logger.Error("A file of the archive could not be read whole; its documents are missing in the hot store",
			zap.String("key", skipped.Key), zap.String("reason", skipped.Reason), zap.String("detail", skipped.Detail))
	}
	if err != nil {
		return false, err
	}
	age := min(begin.Sub(gap.To), begin.Sub(gap.taken))
	if progress.New > 0 || age < e.pauses.settle || !gap.missing.isComplete(progress.Documents, gap.Records) && age < e.pauses.overdue {
		return false, nil
	}
	if err := gap.Remove(ctx, opened.Bucket()); err != nil {
		return false, err
	}
	e.logger.Info("What the hot store missed is there now", zap.String("key", gap.Key()), zap.Int64("records", gap.Records),
		zap.Int64("stored", progress.Stored), zap.Int("files", progress.Objects))
	return true, nil
}

// complain says now and then what does not work.
func (b *backfiller) complain(message string, err error) {
	now := time.Now().Unix()
	if last := b.trouble.Load(); now-last >= int64(troubleInterval/time.Second) && b.trouble.CompareAndSwap(last, now) {
		b.exporter.logger.Warn(message, zap.Error(err), zap.String("advice", bucket.Advice(err)+hotstore.Advice(err)))
	}
}

// giveUpDocuments puts documents in the dead letter that the store will never take. Those that are too old for it are only
// counted: the archive has them, and recordings that are moved in would fill the dead letter.
func (e *hotExporter) giveUpDocuments(ctx context.Context, documents []*hotstore.Document, rejections []hotstore.Rejection) error {
	letters := make([]deadletter.Record, 0, len(rejections))
	for _, rejection := range rejections {
		if rejection.Expired && e.archive != nil {
			e.expired.Do(func() {
				e.logger.Info("Traffic that is older than the hot store's retention is in the archive alone; otelcol_hotstore_exporter_expired_documents counts it. This is said once.",
					zap.String("reason", rejection.Reason))
			})
			e.telemetry.builder.HotstoreExporterExpiredDocuments.Add(ctx, 1)
			continue
		}
		letters = append(letters, deadletter.Record{
			Component: e.component(), Reason: "the hot store refuses the document: " + rejection.Reason, Body: describe(documents[rejection.Index]),
		})
	}
	if len(letters) == 0 {
		return nil
	}
	return e.giveUp(ctx, whatDocument, letters...)
}
