package hotstoreexporter

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/byoc-otel/otelcol-byoc/exporter/hotstoreexporter/internal/metadata"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

// Values of the attribute what.
const (
	whatRecord    = "record"
	whatDocument  = "document"
	whatBlock     = "block"
	whatQueueItem = "queue_item"
)

// telemetry counts; README.md says what each metric means to an operator.
type telemetry struct{ builder *metadata.TelemetryBuilder }

func newTelemetry(settings component.TelemetrySettings, e *hotExporter) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(settings)
	if err != nil {
		return nil, err
	}
	observe := func(value func() int64) metric.Int64Callback {
		return func(_ context.Context, observer metric.Int64Observer) error {
			observer.Observe(value())
			return nil
		}
	}
	for _, register := range []func() error{
		func() error {
			return builder.RegisterHotstoreExporterQueueBytesCallback(observe(func() int64 { bytes, _ := e.Waiting(); return bytes }))
		},
		func() error {
			return builder.RegisterHotstoreExporterQueueCapacityCallback(observe(func() int64 { _, capacity := e.Waiting(); return capacity }))
		},
		func() error {
			return builder.RegisterHotstoreExporterOpenGapsCallback(observe(e.openGaps))
		},
		func() error {
			return builder.RegisterHotstoreExporterOldestGapAgeCallback(func(_ context.Context, observer metric.Float64Observer) error {
				observer.Observe(e.oldestGap().Seconds())
				return nil
			})
		},
		func() error {
			return builder.RegisterHotstoreExporterOldestUnflushedAgeCallback(func(_ context.Context, observer metric.Float64Observer) error {
				age := 0.0
				if oldest, some := e.OldestUnflushed(); some {
					age = time.Since(oldest).Seconds()
				}
				observer.Observe(age)
				return nil
			})
		},
	} {
		if err := register(); err != nil {
			return nil, err
		}
	}
	return &telemetry{builder: builder}, nil
}

func (t *telemetry) shutdown() { t.builder.Shutdown() }

func (t *telemetry) gaveUp(ctx context.Context, what string, records int) {
	t.builder.HotstoreExporterDeadLetterRecords.Add(ctx, int64(records), metric.WithAttributes(attribute.String("what", what)))
}

func (t *telemetry) refused(ctx context.Context, reason string, records int) {
	t.builder.HotstoreExporterRefusedRecords.Add(ctx, int64(records), metric.WithAttributes(attribute.String("reason", reason)))
}

func (t *telemetry) flushed(ctx context.Context, reason queue.Reason) {
	t.builder.HotstoreExporterFlushes.Add(ctx, 1, metric.WithAttributes(attribute.String("reason", string(reason))))
}

func (t *telemetry) failed(ctx context.Context, cause string) {
	t.builder.HotstoreExporterFailedAttempts.Add(ctx, 1, metric.WithAttributes(attribute.String("cause", cause)))
}

func (t *telemetry) written(ctx context.Context, result hotstore.WriteResult, took time.Duration) {
	t.builder.HotstoreExporterStoredDocuments.Add(ctx, int64(result.Stored))
	t.builder.HotstoreExporterDuplicateDocuments.Add(ctx, int64(result.Duplicates))
	t.builder.HotstoreExporterWriteDuration.Record(ctx, took.Seconds())
}
