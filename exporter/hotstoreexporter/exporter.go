package hotstoreexporter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
)

const (
	// startLimit bounds the wait for the stores at start; their extensions have waited before.
	startLimit = 10 * time.Second
	// reachInterval is the pause between attempts to reach what did not answer at start.
	reachInterval = 10 * time.Second
	// causeStore names the hot store in the exporter's health.
	causeStore = "store"
)

// hotExporter turns records into documents and writes batches of them.
type hotExporter struct {
	*queue.Exporter
	id          component.ID
	config      *Config
	logger      *zap.Logger
	telemetry   *telemetry
	storeID     component.ID
	archiveID   component.ID
	reachEvery  time.Duration
	provider    hotstore.Provider // from Start on, like all below
	archive     archive.Provider  // nil: there is none
	converter   *converter
	settings    rehydrate.Settings
	identity    atomic.Pointer[string] // of the archive, once it is known
	others      sync.Once              // that records which are no RRPair are skipped is said once
	expired     sync.Once              // so is that old traffic is in the archive alone
	refusals    refusals
	pauses      pauses
	gaps        *gapKeeper
	backfill    backfiller
	arrivals    arrivals
	stop        context.CancelFunc
	backgrounds sync.WaitGroup
}

func newExporter(ctx context.Context, set exporter.Settings, config *Config) (*hotExporter, error) {
	e := &hotExporter{
		id: set.ID, config: config, logger: set.Logger, storeID: set.ID, reachEvery: reachInterval, pauses: usualPauses(), stop: func() {},
		archiveID: component.NewIDWithName(component.MustNewType("archive"), set.ID.Name()),
	}
	if config.Hotstore != nil {
		e.storeID = *config.Hotstore
	}
	if config.Archive != nil {
		e.archiveID = *config.Archive
	}
	e.backfill.exporter = e
	e.gaps = newGapKeeper(set.ID.String(), &e.pauses, set.Logger, e.putGap)
	var err error
	e.Exporter, err = queue.NewLogs(ctx, set, config.Queue, queue.Handler{
		Convert:    e.convert,
		Queued:     e.queued,
		Push:       e.push,
		Unreadable: e.unreadable,
		Flushed:    e.flushed,
		Start:      e.start,
		Shutdown:   e.shutdown,
	})
	if err != nil {
		return nil, fmt.Errorf("create exporter %s: %w", set.ID, err)
	}
	if e.telemetry, err = newTelemetry(set.TelemetrySettings, e); err != nil {
		return nil, fmt.Errorf("create exporter %s: %w", set.ID, err)
	}
	return e, nil
}

// start finds the hot store and the archive. Stores that do not answer are tried again; documents wait in the queue.
func (e *hotExporter) start(ctx context.Context, host component.Host) error {
	var err error
	if e.provider, err = hotstore.FromHost(host, e.storeID); err != nil {
		return fmt.Errorf("start exporter %s: %w", e.id, err)
	}
	if err = e.findArchive(host); err != nil {
		return fmt.Errorf("start exporter %s: %w", e.id, err)
	}
	if err = e.prepare(); err != nil {
		return fmt.Errorf("start exporter %s: %w", e.id, err)
	}
	background, stop := context.WithCancel(context.Background())
	e.stop = stop
	if !e.reach(ctx) {
		e.backgrounds.Go(func() { e.keepReaching(background) })
	}
	if e.archive != nil {
		e.gaps.serve(e.provider.Identity())
		e.backgrounds.Go(func() { e.keepSaving(background) })
		e.backgrounds.Go(func() { e.keepFilling(background) })
		e.backgrounds.Go(func() { e.keepNoting(background) })
	}
	return nil
}

// findArchive finds the archive that has the whole pairs; one that nobody named may be missing.
func (e *hotExporter) findArchive(host component.Host) error {
	if _, runs := host.GetExtensions()[e.archiveID]; !runs && e.config.Archive == nil {
		e.logger.Warn("No archive extension runs beside the hot store: a full queue refuses records, and dead letters are only counted and logged",
			zap.Stringer("archive", e.archiveID))
		return nil
	}
	found, err := archive.FromHost(host, e.archiveID)
	e.archive = found
	return err
}

// prepare makes the converter.
func (e *hotExporter) prepare() error {
	include, _ := e.config.include() // validated
	e.settings = rehydrate.Settings{Include: include, Text: e.config.Text}
	if e.archive != nil {
		e.settings.Layout = e.archive.Layout()
	}
	dimensions := dimension.NewDefaultSettings()
	if raw := e.provider.Dimensions(e.id); raw != nil {
		if err := confmap.NewFromStringMap(raw).Unmarshal(&dimensions, confmap.WithIgnoreUnused()); err != nil {
			return fmt.Errorf("read the settings of the dimension processor: %w", err)
		}
	}
	var err error
	if e.settings.Rules, err = dimension.Compile(dimensions); err != nil {
		return fmt.Errorf("read the settings of the dimension processor: %w", err)
	}
	e.settings.Limiter = dimension.NewLimiter(dimensions.Endpoints.MaxPerService)
	e.settings.Limiter.At(time.Now())
	admit := e.provider.Guard().Admit
	if e.config.AllowUnredacted {
		e.logger.Warn("allow_unredacted: true: the hot store gets traffic as it was captured, passwords and personal data included")
		admit = nil
	}
	e.converter = newConverter(admit, e.builderSettings)
	return nil
}

// builderSettings are the settings with what is known by now.
func (e *hotExporter) builderSettings() rehydrate.Settings {
	settings := e.settings
	if identity := e.identity.Load(); identity != nil {
		settings.Identity = *identity
	}
	return settings
}

// reach tries to open both stores and keeps the exporter's health up to date; true when there is nothing left to do.
func (e *hotExporter) reach(ctx context.Context) bool {
	limited, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	_, err := e.provider.Store(limited)
	e.Report(causeStore, err)
	if err != nil {
		e.logger.Warn("The hot store cannot be reached; documents wait in the queue until it can", zap.Error(err),
			zap.String("advice", hotstore.Advice(err)))
	}
	return err == nil && e.identify(limited)
}

// identified is an archive that knows its name before its store can be reached.
type identified interface{ Identity() string }

// identify finds out what the archive is called, for the addresses in documents.
func (e *hotExporter) identify(ctx context.Context) bool {
	if e.archive == nil || e.identity.Load() != nil {
		return true
	}
	identity := ""
	if named, ok := e.archive.(identified); ok {
		identity = named.Identity()
	}
	if identity == "" {
		opened, err := e.archive.Archive(ctx)
		if err != nil {
			e.logger.Warn("The archive cannot be reached; documents lack its address until it can", zap.Error(err))
			return false
		}
		identity = opened.Identity()
	}
	e.identity.Store(&identity)
	return true
}

func (e *hotExporter) keepReaching(ctx context.Context) {
	ticker := time.NewTicker(e.reachEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if e.reach(ctx) {
				return
			}
		}
	}
}

func (e *hotExporter) shutdown(ctx context.Context) error {
	e.stop()
	e.backgrounds.Wait()
	defer e.telemetry.shutdown()
	limited, cancel := context.WithTimeout(ctx, finishLimit)
	defer cancel()
	return e.gaps.finish(limited)
}

// convert turns records into blocks. Records that cannot be read or that were refused are in the dead letter when it
// returns. A request of refused records alone is refused.
func (e *hotExporter) convert(ctx context.Context, logs plog.Logs) ([]queue.Block, error) {
	e.settings.Limiter.At(time.Now())
	done, err := e.converter.convert(ctx, logs)
	if err != nil {
		return nil, err
	}
	if err := e.refuse(ctx, &done); err != nil {
		return nil, err
	}
	if len(done.rejected) > 0 {
		letters := make([]deadletter.Record, len(done.rejected))
		for i, record := range done.rejected {
			letters[i] = deadletter.Record{Component: e.component(), Reason: record.reason.Error(), Time: record.time, Body: rawBody(record.record)}
		}
		if err := e.giveUp(ctx, whatRecord, letters...); err != nil {
			// The archive's exporter has the same records, and its answer to the sender counts.
			e.logger.Error("Records that cannot be indexed could not be put in the dead letter either", zap.Int("records", len(letters)), zap.Error(err))
		}
	}
	if done.others > 0 {
		e.telemetry.builder.HotstoreExporterOtherRecords.Add(ctx, int64(done.others))
		e.others.Do(func() {
			e.logger.Warn("Log records that are no RRPair are not indexed; otelcol_hotstore_exporter_other_records counts them. This is said once.",
				zap.Int("records", done.others))
		})
	}
	e.arrivals.add(time.Now(), done.from)
	noteMissed(ctx, &done)
	return done.blocks, nil
}

// giveUp puts records in the dead letter; without an archive they are counted and logged.
func (e *hotExporter) giveUp(ctx context.Context, what string, letters ...deadletter.Record) error {
	if e.archive != nil {
		if err := e.archive.DeadLetter().Write(ctx, letters...); err != nil {
			return fmt.Errorf("write dead letter: %w", err)
		}
	}
	e.telemetry.gaveUp(ctx, what, len(letters))
	e.logger.Error("Records were given up and are not in the hot store", zap.String("what", what), zap.Int("records", len(letters)),
		zap.String("reason", letters[0].Reason), zap.Bool("dead_letter", e.archive != nil))
	return nil
}

func (e *hotExporter) component() string { return "exporter/" + e.id.String() }

// unreadable takes an item of the queue that is damaged.
func (e *hotExporter) unreadable(ctx context.Context, raw []byte, reason error) error {
	return e.giveUp(ctx, whatQueueItem, deadletter.Record{Component: e.component(), Reason: "damaged item of the queue: " + reason.Error(), Body: raw})
}

func (e *hotExporter) queued(ctx context.Context, blocks []queue.Block) {
	records, _ := queue.Totals(blocks)
	e.telemetry.builder.HotstoreExporterQueuedDocuments.Add(ctx, int64(records))
}

func (e *hotExporter) flushed(ctx context.Context, batch queue.Batch) {
	e.telemetry.flushed(ctx, batch.Reason)
}

// causeOf is a short, stable name of an error's kind, for metrics.
func causeOf(err error) string {
	switch {
	case errors.Is(err, hotstore.ErrDenied):
		return "denied"
	case errors.Is(err, hotstore.ErrNotSetUp):
		return "not_set_up"
	case errors.Is(err, hotstore.ErrDamaged):
		return "damaged"
	case errors.Is(err, hotstore.ErrUnreachable):
		return "unreachable"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "timeout"
	}
	return "other"
}
