package delivery

import (
	"maps"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	// outageVariable is how long the hot store is away; whoever has the time sets it to 5m.
	outageVariable = "BYOC_DELIVERY_OUTAGE"
	usualOutage    = 30 * time.Second
	// healthySpan is how long latency is measured before anything happens.
	healthySpan = 12 * time.Second
	// slowSpan is how long the hot store answers slowly before it goes away, and slowAnswer how slowly.
	slowSpan   = 10 * time.Second
	slowAnswer = 3 * time.Second
	// afterSpan is how long the load goes on when the store is back.
	afterSpan = 5 * time.Second
	// catchUpLimit is how long the index may take to be complete once the load has ended, and as long as the outage was
	// beside it: half a minute passes before a gap is known to have ended.
	catchUpLimit = 3 * time.Minute
	// noise is what a machine with two cores, which run everything, adds to a latency.
	noise = 250 * time.Millisecond
	// archiveNoise is what it adds to the time in which the archive's files are written.
	archiveNoise = 4 * time.Second
)

// phase is a span of the test.
type phase struct {
	name     string
	isBusy   bool // with more than the load, so that latencies are told and not judged
	from, to time.Time
}

func outageLength(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv(outageVariable)
	if text == "" {
		return usualOutage
	}
	length, err := time.ParseDuration(text)
	require.NoError(t, err, outageVariable)
	return length
}

// TestTheHotStoreIsAwayAndTheArchiveDoesNotNotice: OpenSearch is slow, then killed under load for so long that the hot
// store's queue overflows, then back. Senders and the archive see nothing of it, and the index is complete in the end.
func TestTheHotStoreIsAwayAndTheArchiveDoesNotNotice(t *testing.T) {
	outage := outageLength(t)
	w := newHotWorld(t)
	w.start()
	watched := watchMetrics(t, w.metrics)
	load := startPaced(t, w.address)
	time.Sleep(3 * time.Second) // connections are made, buffers grow
	var phases []phase
	during := func(name string, isBusy bool, work func()) {
		p := phase{name: name, isBusy: isBusy, from: time.Now()}
		work()
		p.to = time.Now()
		phases = append(phases, p)
		t.Logf("%-8s %5.1fs: %v; archive at most %.1fs behind, hot store %.1fs", name, p.to.Sub(p.from).Seconds(), load.latency(p.from, p.to),
			watched.most(archiveLag, p.from, p.to), watched.most(hotLag, p.from, p.to))
	}
	during("healthy", false, func() { time.Sleep(healthySpan) })
	during("slow", false, func() {
		w.gate.slow(slowAnswer)
		time.Sleep(slowSpan)
	})
	during("away", false, func() {
		w.node.Kill(t)
		time.Sleep(outage)
	})
	missed := watched.last(hotMissed)
	require.Positive(t, missed, "the queue has overflowed, else nothing was tested")
	require.EqualValues(t, 1, watched.last(hotGaps))
	during("asked", true, func() { w.requireAnswered(load) })
	w.gate.slow(0)
	during("starts", true, func() { w.node.Start(t) })
	during("back", true, func() { time.Sleep(afterSpan) })
	load.end()
	ended := time.Now()
	base := load.latency(phases[0].from, phases[0].to)
	for _, p := range phases {
		if !p.isBusy {
			assert.LessOrEqual(t, load.latency(p.from, p.to).p95, 2*base.p95+noise, "%s: acknowledgements", p.name)
		}
		assert.Less(t, watched.most(archiveLag, p.from, p.to), (archiveAge + archiveNoise).Seconds(), "%s: the archive's files", p.name)
	}

	w.waitForIndex(load.ledger.count(), catchUpLimit+outage)
	t.Logf("the index is complete %v after the load: %.0f documents were missed, %.0f fetched from the archive",
		time.Since(ended).Round(time.Second), watched.last(hotMissed), watched.last(hotBackfill))
	require.Zero(t, watched.last(hotDead)+watched.last(archiveDead), "nothing was given up")
	require.Empty(t, load.refusals(), "nobody was refused")
	w.running.Stop()
	w.settle(load.ledger)
	found := w.indexed()
	w.requireWhole(load.ledger, found)
	answered, said := w.queried()
	require.True(t, maps.Equal(found, answered), "what the tool finds is what the index has: %d rows, %d documents\n%s", len(answered), len(found), said)
}
