package hotstoreextension

import (
	"context"
	"errors"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/metric"

	"github.com/byoc-otel/otelcol-byoc/extension/hotstoreextension/internal/metadata"
)

// telemetry says what the store holds, as of the last look.
type telemetry struct {
	builder          *metadata.TelemetryBuilder
	documents, bytes atomic.Int64
}

func newTelemetry(settings component.TelemetrySettings) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(settings)
	if err != nil {
		return nil, err
	}
	t := &telemetry{builder: builder}
	observe := func(value *atomic.Int64) metric.Int64Callback {
		return func(_ context.Context, observer metric.Int64Observer) error {
			observer.Observe(value.Load())
			return nil
		}
	}
	return t, errors.Join(builder.RegisterHotstoreExtensionDocumentsCallback(observe(&t.documents)),
		builder.RegisterHotstoreExtensionStoreBytesCallback(observe(&t.bytes)))
}

func (t *telemetry) shutdown() { t.builder.Shutdown() }
