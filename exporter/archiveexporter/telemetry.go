package archiveexporter

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/byoc-otel/otelcol-byoc/exporter/archiveexporter/internal/metadata"
	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

// Values of the attribute what.
const (
	whatRecord    = "record"
	whatBlock     = "block"
	whatQueueItem = "queue_item"
)

// causeKey is the cause of a failed attempt because the key that redacted the records is not declared.
const causeKey = "undeclared_key"

// causeDeadLetter is the cause of a failed attempt whose dead letter could not be written.
const causeDeadLetter = "dead_letter"

// telemetry counts; README.md says what each metric means to an operator.
type telemetry struct{ builder *metadata.TelemetryBuilder }

func newTelemetry(settings component.TelemetrySettings, waiting *queue.Exporter) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(settings)
	if err != nil {
		return nil, err
	}
	t := &telemetry{builder: builder}
	observeQueue := func(which func(bytes, capacity int64) int64) metric.Int64Callback {
		return func(_ context.Context, observer metric.Int64Observer) error {
			observer.Observe(which(waiting.Waiting()))
			return nil
		}
	}
	if err := builder.RegisterArchiveExporterQueueBytesCallback(observeQueue(func(bytes, _ int64) int64 { return bytes })); err != nil {
		return nil, err
	}
	if err := builder.RegisterArchiveExporterQueueCapacityCallback(observeQueue(func(_, capacity int64) int64 { return capacity })); err != nil {
		return nil, err
	}
	return t, builder.RegisterArchiveExporterOldestUnflushedAgeCallback(func(_ context.Context, observer metric.Float64Observer) error {
		age := 0.0
		if oldest, some := waiting.OldestUnflushed(); some {
			age = time.Since(oldest).Seconds()
		}
		observer.Observe(age)
		return nil
	})
}

func (t *telemetry) shutdown() { t.builder.Shutdown() }

func (t *telemetry) converted(ctx context.Context, stats archive.ConvertStats) {
	if stats.Others > 0 {
		t.builder.ArchiveExporterOtherRecords.Add(ctx, int64(stats.Others))
	}
	if stats.AbsurdTimes > 0 {
		t.builder.ArchiveExporterAbsurdTimes.Add(ctx, int64(stats.AbsurdTimes))
	}
}

func (t *telemetry) queued(ctx context.Context, records, bytes int) {
	t.builder.ArchiveExporterQueuedRecords.Add(ctx, int64(records))
	t.builder.ArchiveExporterQueuedBytes.Add(ctx, int64(bytes))
}

func (t *telemetry) gaveUp(ctx context.Context, what string, records int) {
	t.builder.ArchiveExporterDeadLetterRecords.Add(ctx, int64(records), metric.WithAttributes(attribute.String("what", what)))
}

func (t *telemetry) refused(ctx context.Context, reason string, records int) {
	t.builder.ArchiveExporterRefusedRecords.Add(ctx, int64(records), metric.WithAttributes(attribute.String("reason", reason)))
}

func (t *telemetry) flushed(ctx context.Context, reason queue.Reason) {
	t.builder.ArchiveExporterFlushes.Add(ctx, 1, metric.WithAttributes(attribute.String("reason", string(reason))))
}

func (t *telemetry) failed(ctx context.Context, cause string) {
	t.builder.ArchiveExporterFailedAttempts.Add(ctx, 1, metric.WithAttributes(attribute.String("cause", cause)))
}

func (t *telemetry) stored(ctx context.Context, info archive.FileInfo, created bool, took time.Duration) {
	result := "existed"
	if created {
		result = "created"
	}
	t.builder.ArchiveExporterFiles.Add(ctx, 1, metric.WithAttributes(attribute.String("result", result)))
	t.builder.ArchiveExporterFileRows.Record(ctx, int64(info.Rows))
	t.builder.ArchiveExporterFileBytes.Add(ctx, info.Bytes)
	t.builder.ArchiveExporterArchivedRecords.Add(ctx, int64(info.Rows))
	t.builder.ArchiveExporterArchivedBytes.Add(ctx, info.RawBytes)
	t.builder.ArchiveExporterUploadDuration.Record(ctx, took.Seconds())
}
