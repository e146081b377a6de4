package archiveextension

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/extension/archiveextension/internal/metadata"
	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

// startLimit is how long a collector waits at start for a store that does not answer: long enough for a cold login,
// short enough that a pod's start-up probe does not kill it.
const startLimit = 10 * time.Second

// archiveExtension implements archive.Provider.
type archiveExtension struct {
	id        component.ID
	settings  archive.Settings
	writer    string
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder

	guard *guard
	store *bucket.Bucket
	dead  *deadletter.Writer

	// turn is held by the one caller that opens the archive; opened is set under it.
	turn   chan struct{}
	opened *archive.Archive
}

var _ archive.Provider = (*archiveExtension)(nil)

var errNotStarted = errors.New("the archive extension has not started")

func newExtension(set extension.Settings, cfg *Config) (*archiveExtension, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("create extension %s: %w", set.ID, err)
	}
	e := &archiveExtension{
		id: set.ID, settings: cfg.Settings, writer: set.BuildInfo.Command + " " + set.BuildInfo.Version,
		logger: set.Logger, telemetry: telemetry, turn: make(chan struct{}, 1),
	}
	e.guard = newGuard(e, cfg.Settings.Redaction)
	return e, nil
}

// Start opens the archive. A mistake that only a person can mend (wrong URL, no such bucket, access denied, another
// partitioning) fails the collector's start and says what to do. A store that does not answer does not: the archive is
// then opened by the first component that needs it and reaches it.
func (e *archiveExtension) Start(ctx context.Context, _ component.Host) error {
	var err error
	e.store, err = bucket.Open(ctx, e.settings.Bucket, bucket.WithRetryObserver(e.countRetry))
	if err != nil {
		return fmt.Errorf("start archive %s: %w", e.id, err)
	}
	e.dead, err = deadletter.NewWriter(e.store, e.settings.DeadLetter, e.countDeadLetters)
	if err != nil {
		return fmt.Errorf("start archive %s: %w", e.id, err)
	}
	limited, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if _, err = e.Archive(limited); err != nil {
		if !bucket.Retryable(err) {
			return fmt.Errorf("start archive %s: %w", e.id, err)
		}
		e.logger.Warn("The archive cannot be reached yet; components that use it keep trying.",
			zap.String("archive", e.store.Identity()), zap.String("cause", bucket.Cause(err)), zap.Error(err))
	}
	return nil
}

// Archive implements archive.Provider.
func (e *archiveExtension) Archive(ctx context.Context) (*archive.Archive, error) {
	if e.store == nil {
		return nil, errNotStarted
	}
	select {
	case e.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("open archive %s: another attempt is under way: %w", e.store.Identity(), ctx.Err())
	}
	defer func() { <-e.turn }()
	if e.opened != nil {
		return e.opened, nil
	}
	opened, err := archive.Create(ctx, e.store, e.settings.Layout(), e.writer)
	if err != nil {
		return nil, err
	}
	e.opened = opened
	e.logger.Info("The archive is open.", zap.String("archive", opened.Identity()), zap.Strings("partition_by", opened.Layout().PartitionBy))
	return opened, nil
}

// Layout implements archive.Provider.
func (e *archiveExtension) Layout() archive.Layout { return e.settings.Layout() }

// DeadLetter implements archive.Provider.
func (e *archiveExtension) DeadLetter() deadletter.Sink { return e.dead }

// Shutdown stores the dead letters that are gathered and frees the store's connections.
func (e *archiveExtension) Shutdown(ctx context.Context) error {
	defer e.telemetry.Shutdown()
	var errs []error
	if e.dead != nil {
		errs = append(errs, e.dead.Close(ctx))
	}
	if e.store != nil {
		errs = append(errs, e.store.Close())
	}
	return errors.Join(errs...)
}
