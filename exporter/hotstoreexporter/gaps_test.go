package hotstoreexporter

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// tiny gives the exporter a queue that some requests fill, below what a configuration may ask for.
func tiny(c *Config) { c.Queue.SendingQueue.QueueSize = 300 * queue.KiB }

func hasty(r *rig) {
	r.exporter.pauses = pauses{save: 5 * time.Second, quiet: time.Second, refresh: time.Second, abandoned: 100 * time.Millisecond,
		settle: 200 * time.Millisecond, overdue: time.Hour, behind: time.Hour, look: 10 * time.Millisecond, relook: 20 * time.Millisecond}
}

func (r *rig) gaps() []*rehydrate.Gap {
	r.t.Helper()
	gaps, err := rehydrate.ReadGaps(context.Background(), r.bucket, "")
	require.NoError(r.t, err)
	return gaps
}

func (r *rig) eventuallyFilled() {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return len(r.gaps()) == 0 && r.metric("open_gaps") == 0 }, time.Minute, 20*time.Millisecond)
}

// TestAStoreThatIsDownHoldsNobodyUpAndLosesNothing: requests are taken at their usual pace while the queue is full, and the
// index is complete without doubles when the store is back. The archive exporter writes some of the pairs late.
func TestAStoreThatIsDownHoldsNobodyUpAndLosesNothing(t *testing.T) {
	r := newRig(t, tiny)
	hasty(r)
	r.start()
	all := map[rrpair.UUID]string{}
	send := func(seed uint64, hour int, isLate bool) (late func()) {
		logs, sent := pairs(t, seed, 100, begin().Add(time.Duration(hour)*time.Hour))
		started := time.Now()
		require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
		require.Less(t, time.Since(started), time.Second)
		maps.Copy(all, sent)
		if !isLate {
			r.archived(logs)
		}
		return func() { r.archived(logs) }
	}
	send(1, 0, false)
	r.eventuallyHas(100)
	require.Empty(t, r.gaps())

	r.change(func(r *rig) { r.away = fmt.Errorf("dial: %w", hotstore.ErrUnreachable) })
	var late []func()
	for seed := range uint64(30) {
		late = append(late, send(100+seed, int(seed)/10, seed%3 == 0))
	}
	gaps := r.gaps()
	require.Len(t, gaps, 1)
	require.Equal(t, "hotstore", gaps[0].Exporter)
	require.Equal(t, "sqlite:test", gaps[0].Store)
	require.Contains(t, gaps[0].Reason, "queue is full")
	require.Contains(t, gaps[0].Folders, "v1/date=2026-11-20/hour=11", "the hours are in it before a sender is answered")
	require.EqualValues(t, 1, r.metric("open_gaps"))
	require.Positive(t, r.metric("missed_records"))

	r.change(func(r *rig) { r.away = nil })
	require.Eventually(t, func() bool { return r.metric("backfilled_documents") > 0 }, 20*time.Second, 10*time.Millisecond)
	time.Sleep(300 * time.Millisecond)
	require.Len(t, r.gaps(), 1, "the archive lacks pairs, so the gap stays")
	for i, write := range late {
		if i%3 == 0 {
			write()
		}
	}
	r.eventuallyFilled()
	found := r.found()
	require.Len(t, found, len(all))
	for id := range all {
		require.NotNil(t, found[id])
		require.NotEmpty(t, found[id].ArchiveURL)
	}
	missedRecords, backfilled := r.metric("missed_records"), r.metric("backfilled_documents")
	require.Equal(t, missedRecords, backfilled)
	send(999, 5, false)
	r.eventuallyHas(len(all))
	r.stop()
	left := 0
	for _, err := range r.bucket.List(t.Context(), "gaps/") {
		require.NoError(t, err)
		left++
	}
	require.Zero(t, left, "gaps and ledgers are removed")
}

// TestAGapOutlivesTheCollector: it is killed while the store is down; the next run fills the gap.
func TestAGapOutlivesTheCollector(t *testing.T) {
	r := newRig(t, tiny)
	hasty(r)
	r.exporter.pauses.quiet = time.Hour
	r.away = hotstore.ErrUnreachable
	r.start()
	number := 0
	for seed := range uint64(20) {
		logs, sent := pairs(t, seed, 100, begin())
		require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
		r.archived(logs)
		number += len(sent)
	}
	require.True(t, r.gaps()[0].Open)
	r.exporter.config.Queue.ShutdownTimeout = time.Second
	kept := r.gaps()[0].Clone()
	_ = r.exporter.Shutdown(context.Background())
	require.False(t, r.gaps()[0].Open, "a collector that stops in order closes it")
	require.NoError(t, r.bucket.Put(t.Context(), r.gaps()[0].Key(), mustJSON(t, kept), putOptions()))

	r.change(func(r *rig) { r.away = nil })
	r.make(tiny)
	hasty(r)
	r.start()
	r.eventuallyFilled()
	require.Len(t, r.found(), number, "also what died with a queue in memory: an open gap takes its hours whole")
	r.stop()
}

// TestGapsOfOthersAreLeftAlone: of another store, and of an exporter that lives.
func TestGapsOfOthersAreLeftAlone(t *testing.T) {
	r := newRig(t, tiny)
	hasty(r)
	foreign := rehydrate.NewGap("hotstore", "opensearch:elsewhere", "queue is full", time.Now().Add(-time.Hour))
	require.NoError(t, foreign.Put(t.Context(), r.bucket))
	alive := rehydrate.NewGap("hotstore", "sqlite:test", "queue is full", time.Now().Add(time.Hour))
	require.NoError(t, alive.Put(t.Context(), r.bucket))
	r.start()
	time.Sleep(200 * time.Millisecond)
	r.stop()
	require.Len(t, r.gaps(), 2)
}

// TestSendersAreToldOfAFullQueueOnlyWithoutAnArchive: then nothing else can bring the pairs back.
func TestSendersAreToldOfAFullQueueOnlyWithoutAnArchive(t *testing.T) {
	r := newRig(t, tiny)
	r.noArchive, r.away = true, hotstore.ErrUnreachable
	r.exporter.config.Queue.ShutdownTimeout = time.Second
	r.start()
	var err error
	for seed := uint64(0); err == nil && seed < 30; seed++ {
		logs, _ := pairs(t, seed, 100, begin())
		err = r.exporter.ConsumeLogs(t.Context(), logs)
	}
	require.ErrorContains(t, err, "queue is full")
	r.change(func(r *rig) { r.away = nil })
	r.stop()
}

// TestAnArchiveThatIsDownTooHoldsNobodyUp: the gap is written when it can be.
func TestAnArchiveThatIsDownTooHoldsNobodyUp(t *testing.T) {
	r := newRig(t, tiny)
	hasty(r)
	r.exporter.pauses.save = 20 * time.Millisecond
	r.away, r.archiveAway = hotstore.ErrUnreachable, errAway
	r.start()
	number := 0
	for seed := range uint64(20) {
		logs, sent := pairs(t, seed, 100, begin())
		started := time.Now()
		require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
		require.Less(t, time.Since(started), time.Second)
		r.archived(logs)
		number += len(sent)
	}
	require.Empty(t, r.gaps())
	r.change(func(r *rig) { r.archiveAway = nil })
	require.Eventually(t, func() bool { return len(r.gaps()) == 1 }, 20*time.Second, 10*time.Millisecond)
	r.change(func(r *rig) { r.away = nil })
	r.eventuallyFilled()
	require.Len(t, r.found(), number)
	r.stop()
}

// TestAGapThatIsTakenOverWaitsForTheArchive: the collector that comes back has the missed pairs in its archive queue still,
// and nobody remembers which they were. That the hour has enough others says nothing.
func TestAGapThatIsTakenOverWaitsForTheArchive(t *testing.T) {
	r := newRig(t, tiny)
	hasty(r)
	r.exporter.pauses.settle = 2 * time.Second
	before, others := pairs(t, 1, 100, begin())
	late, missing := pairs(t, 2, 50, begin())
	r.archived(before)
	left := rehydrate.NewGap("hotstore", "sqlite:test", "queue is full", time.Now().Add(-time.Hour))
	left.Miss(time.Now().Add(-time.Hour), []string{"v1/date=2026-11-20/hour=09"}, len(missing), begin(), begin().Add(time.Minute))
	require.NoError(t, left.Put(t.Context(), r.bucket))
	r.start()
	r.eventuallyHas(len(others))
	time.Sleep(500 * time.Millisecond)
	require.Len(t, r.gaps(), 1, "the archive exporter may write the rest at any moment")
	r.archived(late)
	r.eventuallyFilled()
	require.Len(t, r.found(), len(others)+len(missing))
	r.stop()
}

// TestAGapThatIsBeingFilledIsOpen: to who watches the metrics, however long it takes.
func TestAGapThatIsBeingFilledIsOpen(t *testing.T) {
	r := newRig(t, tiny)
	hasty(r)
	logs, sent := pairs(t, 1, 100, begin())
	r.archived(logs)
	left := rehydrate.NewGap("hotstore", "sqlite:test", "queue is full", time.Now().Add(-time.Hour))
	left.Miss(time.Now().Add(-time.Hour), []string{"v1/date=2026-11-20/hour=09"}, len(sent), begin(), begin().Add(time.Minute))
	require.NoError(t, left.Put(t.Context(), r.bucket))
	writing, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	r.reject = func(*hotstore.Document) string {
		once.Do(func() { close(writing); <-goOn })
		return ""
	}
	r.start()
	<-writing
	open, age := r.metric("open_gaps"), r.exporter.oldestGap()
	close(goOn)
	require.EqualValues(t, 1, open)
	require.Greater(t, age, 30*time.Minute)
	r.eventuallyFilled()
	require.Zero(t, r.exporter.oldestGap())
	r.stop()
}
