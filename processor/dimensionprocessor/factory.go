package dimensionprocessor

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/processor"

	"github.com/byoc-otel/otelcol-byoc/processor/dimensionprocessor/internal/metadata"
)

// NewFactory returns the factory of the processor type dimension.
func NewFactory() processor.Factory {
	return processor.NewFactory(metadata.Type, createDefaultConfig, processor.WithLogs(createLogs, metadata.LogsStability))
}

func createLogs(_ context.Context, set processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
	config, ok := cfg.(*Config)
	if !ok {
		return nil, fmt.Errorf("create processor %s: the configuration is a %T", set.ID, cfg)
	}
	return newProcessor(set, config, next)
}
