package archiveexporter

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"

	"github.com/byoc-otel/otelcol-byoc/exporter/archiveexporter/internal/metadata"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

// NewFactory returns the factory of the exporter type archive.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(metadata.Type, createDefaultConfig, exporter.WithLogs(createLogs, metadata.LogsStability))
}

func createDefaultConfig() component.Config {
	return &Config{Queue: queue.DefaultConfig(), Encoders: 1}
}

func createLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	config, ok := cfg.(*Config)
	if !ok {
		return nil, fmt.Errorf("create exporter %s: the configuration is a %T", set.ID, cfg)
	}
	return newExporter(ctx, set, config)
}
