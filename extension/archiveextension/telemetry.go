package archiveextension

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

func (e *archiveExtension) countRetry(operation string, err error) {
	e.telemetry.ArchiveExtensionRetries.Add(context.Background(), 1, metric.WithAttributes(
		attribute.String("operation", operation), attribute.String("cause", bucket.Cause(err))))
}

func (e *archiveExtension) countDeadLetters(stored deadletter.Stored) {
	ctx := context.Background()
	e.telemetry.ArchiveExtensionDeadLetterBytes.Add(ctx, int64(stored.Bytes))
	for component, records := range stored.Records {
		e.telemetry.ArchiveExtensionDeadLetterRecords.Add(ctx, int64(records), metric.WithAttributes(attribute.String("component", component)))
	}
}
