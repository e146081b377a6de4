package hotstoreexporter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
)

// pauses are the times that gaps go by; tests shorten them.
type pauses struct {
	// save is how long a sender waits for the gap to be in the archive when it is the first to miss something in an hour.
	// What takes longer goes on in the background: the archive must not be held up by a store that is slow itself.
	save time.Duration
	// quiet is how long nothing may be missed before a gap is complete.
	quiet time.Duration
	// refresh is how often a gap that is open is written again, so that others see that somebody lives.
	refresh time.Duration
	// abandoned is how long after its last sign another exporter's gap is taken over.
	abandoned time.Duration
	// settle is how long after a gap the archive exporter may need to write what it holds: its flush::age and an upload.
	settle time.Duration
	// overdue is when a gap is closed although not all that was missed came: the archive never got some pairs.
	overdue time.Duration
	// behind is how long documents may wait before readers are told; a batch and a few attempts take less.
	behind time.Duration
	// look is the pause between looks for something to do, and relook between looks for new files of one gap.
	look, relook time.Duration
}

func usualPauses() pauses {
	return pauses{
		save: 2 * time.Second, quiet: 30 * time.Second, refresh: time.Minute, abandoned: 10 * time.Minute,
		settle: 5 * time.Minute, overdue: 24 * time.Hour, behind: 30 * time.Second, look: 5 * time.Second, relook: 30 * time.Second,
	}
}

// missed is where in the archive the pairs of one request belong.
type missed struct {
	folders  []string
	ids      []uint64 // one for each pair, see shorten
	from, to time.Time
	known    bool // the request was converted: what fails after that is for the queue to answer
}

type missedKey struct{}

// ConsumeLogs implements consumer.Logs. Documents that the queue does not take are missed: the gap is written to the
// archive, which has the pairs, and the sender is told that all is well. Only without an archive it is told of the queue.
func (e *hotExporter) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	if e.archive == nil {
		return e.Exporter.ConsumeLogs(ctx, logs)
	}
	var request missed
	err := e.Exporter.ConsumeLogs(context.WithValue(ctx, missedKey{}, &request), logs)
	if err == nil || !request.known || !e.gaps.miss(ctx, request, err) {
		return err
	}
	e.telemetry.builder.HotstoreExporterMissedRecords.Add(ctx, int64(len(request.ids)))
	return nil
}

// noteMissed leaves for ConsumeLogs what it needs should the queue not take the documents.
func noteMissed(ctx context.Context, done *converted) {
	if request, ok := ctx.Value(missedKey{}).(*missed); ok {
		*request = missed{folders: done.folders, ids: done.ids, from: done.from, to: done.to, known: true}
	}
}

// gapKeeper knows what the hot store lacks.
type gapKeeper struct {
	exporter string
	pauses   *pauses
	logger   *zap.Logger
	put      func(context.Context, *rehydrate.Gap) error

	mu      sync.Mutex
	store   string         // that lacks them
	current *rehydrate.Gap // is being extended
	missing *missing       // what current lacks
	durable []string       // folders of current that are in the archive
	saved   chan struct{}  // closed when durable changes
	last    time.Time      // when current was written
	ended   []*pendingGap
	stopped bool
	kick    chan struct{}
}

func newGapKeeper(exporter string, p *pauses, logger *zap.Logger, put func(context.Context, *rehydrate.Gap) error) *gapKeeper {
	return &gapKeeper{exporter: exporter, pauses: p, logger: logger, put: put, saved: make(chan struct{}), kick: make(chan struct{}, 1)}
}

// serve names the store.
func (k *gapKeeper) serve(store string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.store = store
}

// miss notes documents that the queue does not take. The gap is in the archive when it returns, unless that takes too
// long. false: the exporter is stopping, and the sender keeps them.
func (k *gapKeeper) miss(ctx context.Context, request missed, reason error) bool {
	now := time.Now()
	k.mu.Lock()
	if k.stopped {
		k.mu.Unlock()
		return false
	}
	if k.current == nil {
		k.current, k.durable, k.missing = rehydrate.NewGap(k.exporter, k.store, reason.Error(), now), nil, &missing{}
		k.logger.Warn("The hot store falls behind: what its queue does not take is fetched from the archive later",
			zap.String("key", k.current.Key()), zap.String("reason", reason.Error()))
	}
	k.missing.add(request.ids)
	k.current.Miss(now, request.folders, len(request.ids), request.from, request.to)
	k.mu.Unlock()

	limit := time.NewTimer(k.pauses.save)
	defer limit.Stop()
	for {
		saved, isDurable := k.isDurable(request.folders)
		if isDurable {
			return true
		}
		select {
		case k.kick <- struct{}{}:
		default:
		}
		select {
		case <-saved:
		case <-limit.C:
			return true
		case <-ctx.Done():
			return true
		}
	}
}

func (k *gapKeeper) isDurable(folders []string) (saved <-chan struct{}, isDurable bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == nil {
		return nil, true // it ended meanwhile, and was written for that
	}
	for _, folder := range folders {
		if !slices.Contains(k.durable, folder) {
			return k.saved, false
		}
	}
	return nil, true
}

// save writes the gap that is being extended when it has changed in what matters, when its sign of life is due, or when it
// ends. end says that it ends now.
func (k *gapKeeper) save(ctx context.Context, end bool) error {
	k.mu.Lock()
	if k.current == nil {
		k.mu.Unlock()
		return nil
	}
	now := time.Now()
	end = end || now.Sub(k.current.To) >= k.pauses.quiet
	if !end && len(k.durable) == len(k.current.Folders) && now.Sub(k.last) < k.pauses.refresh {
		k.mu.Unlock()
		return nil
	}
	gap := k.current.Clone()
	gap.Open = !end
	if !end {
		gap.To = now.UTC() // a sign of life
	}
	records := k.current.Records
	k.mu.Unlock()
	if err := k.put(ctx, gap); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.durable, k.last = gap.Folders, now
	if end && k.current.Records == records { // else something was missed meanwhile, and it goes on
		k.ended, k.current = append(k.ended, &pendingGap{Gap: gap, missing: k.missing}), nil
		k.logger.Info("The hot store keeps up again", zap.String("key", gap.Key()), zap.Int64("records", gap.Records))
	}
	close(k.saved)
	k.saved = make(chan struct{})
	return nil
}

// takeEnded hands over the gaps that have ended.
func (k *gapKeeper) takeEnded() []*pendingGap {
	k.mu.Lock()
	defer k.mu.Unlock()
	ended := k.ended
	k.ended = nil
	return ended
}

// begins are when the gaps began that nobody has taken yet.
func (k *gapKeeper) begins() (begins []time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, gap := range k.ended {
		begins = append(begins, gap.From)
	}
	if k.current != nil {
		begins = append(begins, k.current.From)
	}
	return begins
}

// openGaps is how many gaps there are, those being filled included.
func (e *hotExporter) openGaps() int64 {
	return e.backfill.waiting.Load() + int64(len(e.gaps.begins()))
}

// oldestGap is how long ago the oldest of them began; 0: there is none.
func (e *hotExporter) oldestGap() (age time.Duration) {
	begins := e.gaps.begins()
	if since := e.backfill.since.Load(); since > 0 {
		begins = append(begins, time.Unix(since, 0))
	}
	for _, begin := range begins {
		age = max(age, time.Since(begin))
	}
	return age
}

// isOwn says whether a gap is being extended here.
func (k *gapKeeper) isOwn(key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.current != nil && k.current.Key() == key
}

var errGapStays = errors.New("the gap is not in the archive: fetch the hours with `byoc hotstore backfill`")

// finish writes what is open for the last time; nothing can be missed any more.
func (k *gapKeeper) finish(ctx context.Context) error {
	k.mu.Lock()
	k.stopped = true
	current := k.current
	k.mu.Unlock()
	if current == nil {
		return nil
	}
	if err := k.save(ctx, true); err != nil {
		return fmt.Errorf("%w: %w", errGapStays, err)
	}
	return nil
}
