package archiveexporter

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

const (
	// startLimit bounds the wait for a store at start; the archive extension has waited before.
	startLimit = 10 * time.Second
	// reachInterval is the pause between attempts to reach a store that did not answer at start, for the exporter's
	// health: batches have their own attempts.
	reachInterval = 10 * time.Second
	// causeStore names the store in the exporter's health.
	causeStore = "store"
)

// archiveExporter turns records into blocks and batches of blocks into files.
type archiveExporter struct {
	*queue.Exporter
	id        component.ID
	archiveID component.ID
	logger    *zap.Logger
	telemetry *telemetry
	files     *archive.FileWriter
	tempDir   string
	encoders  chan struct{} // one token for each file that may be made at the same time

	allowRaw  bool               // unredacted traffic is stored: there is no fence
	provider  archive.Provider   // from Start on
	guard     archive.Guard      // from Start on
	converter *archive.Converter // from Start on
	others    sync.Once          // that records which are no RRPair are skipped is said once
	refusals  refusals
	stop      context.CancelFunc
	reaching  sync.WaitGroup
}

func newExporter(ctx context.Context, set exporter.Settings, config *Config) (*archiveExporter, error) {
	e := &archiveExporter{
		id:        set.ID,
		archiveID: set.ID,
		logger:    set.Logger,
		files: archive.NewFileWriter(archive.WriteOptions{
			Parallel:      config.Encoders,
			WriterVersion: set.BuildInfo.Command + " " + set.BuildInfo.Version,
		}),
		tempDir:  config.TempDir,
		allowRaw: config.AllowUnredacted,
		encoders: make(chan struct{}, config.Encoders),
		stop:     func() {},
	}
	if config.Archive != nil {
		e.archiveID = *config.Archive
	}
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
	if e.telemetry, err = newTelemetry(set.TelemetrySettings, e.Exporter); err != nil {
		return nil, fmt.Errorf("create exporter %s: %w", set.ID, err)
	}
	return e, nil
}

// start finds the archive. A store that does not answer is reported and tried again; anything that only a person can
// mend fails the start.
func (e *archiveExporter) start(ctx context.Context, host component.Host) error {
	var err error
	if e.provider, err = archive.FromHost(host, e.archiveID); err != nil {
		return fmt.Errorf("start exporter %s: %w", e.id, err)
	}
	e.guard = e.provider.Guard()
	options := archive.ConverterOptions{}
	if e.allowRaw {
		e.logger.Warn("allow_unredacted: true: traffic is archived as it was captured, passwords and personal data included")
	} else {
		options.Admit = e.guard.Admit
	}
	e.converter = archive.NewConverter(e.provider.Layout(), options)
	if err = e.reach(ctx); err == nil {
		return nil
	}
	if !bucket.Retryable(err) {
		return fmt.Errorf("start exporter %s: %w", e.id, err)
	}
	e.logger.Warn("The archive cannot be reached; records wait in the queue until it can", zap.Error(err))
	background, stop := context.WithCancel(context.Background())
	e.stop = stop
	e.reaching.Go(func() { e.keepReaching(background) })
	return nil
}

// reach tries to open the archive and keeps the exporter's health up to date.
func (e *archiveExporter) reach(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	_, err := e.provider.Archive(limited)
	e.Report(causeStore, err)
	return err
}

func (e *archiveExporter) keepReaching(ctx context.Context) {
	ticker := time.NewTicker(reachInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if e.reach(ctx) == nil {
				return
			}
		}
	}
}

func (e *archiveExporter) shutdown(context.Context) error {
	e.stop()
	e.reaching.Wait()
	e.telemetry.shutdown()
	return nil
}

// convert turns records into blocks. Records that cannot be read or that were refused are in the dead letter when it
// returns; if they cannot be put there, the sender is asked to send the request again. A request of refused records alone
// is refused.
func (e *archiveExporter) convert(ctx context.Context, logs plog.Logs) ([]queue.Block, error) {
	blocks, stats, rejected, err := e.converter.Convert(ctx, logs)
	if err != nil {
		return nil, err
	}
	if err := e.refuse(ctx, stats.RRPairs, rejected); err != nil {
		return nil, err
	}
	if len(rejected) > 0 {
		letters := make([]deadletter.Record, len(rejected))
		for i, record := range rejected {
			letters[i] = deadletter.Record{Component: e.component(), Reason: record.Reason.Error(), Time: record.Time, Body: record.Body}
		}
		if err := e.giveUp(ctx, whatRecord, letters...); err != nil {
			return nil, fmt.Errorf("%d of %d records cannot be archived, and not be kept as dead letters now: %w", len(rejected), logs.LogRecordCount(), err)
		}
	}
	e.telemetry.converted(ctx, stats)
	if stats.Others > 0 {
		e.others.Do(func() {
			e.logger.Warn("Log records that are no RRPair are not archived; otelcol_archive_exporter_other_records counts them. This is said once.",
				zap.Int("records", stats.Others))
		})
	}
	return blocks, nil
}

// giveUp puts records in the dead letter.
func (e *archiveExporter) giveUp(ctx context.Context, what string, letters ...deadletter.Record) error {
	if err := e.provider.DeadLetter().Write(ctx, letters...); err != nil {
		return fmt.Errorf("write dead letter: %w", err)
	}
	e.telemetry.gaveUp(ctx, what, len(letters))
	e.logger.Error("Records were given up: the dead letter says why, and keeps them if it has recipients", zap.String("what", what), zap.Int("records", len(letters)),
		zap.String("reason", letters[0].Reason))
	return nil
}

func (e *archiveExporter) component() string { return "exporter/" + e.id.String() }

// unreadable takes an item of the queue that is damaged.
func (e *archiveExporter) unreadable(ctx context.Context, raw []byte, reason error) error {
	return e.giveUp(ctx, whatQueueItem, deadletter.Record{Component: e.component(), Reason: "damaged item of the queue: " + reason.Error(), Body: raw})
}

func (e *archiveExporter) queued(ctx context.Context, blocks []queue.Block) {
	records, bytes := queue.Totals(blocks)
	e.telemetry.queued(ctx, records, bytes)
}

func (e *archiveExporter) flushed(ctx context.Context, batch queue.Batch) {
	e.telemetry.flushed(ctx, batch.Reason)
	e.logger.Debug("A batch is written", zap.String("reason", string(batch.Reason)), zap.Int("records", batch.Items), zap.Int("bytes", batch.Bytes))
}
