package hotstoreexporter

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"

	"github.com/byoc-otel/otelcol-byoc/exporter/hotstoreexporter/internal/metadata"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

// NewFactory returns the factory of the exporter type hotstore.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(metadata.Type, createDefaultConfig, exporter.WithLogs(createLogs, metadata.LogsStability))
}

// The queue's defaults differ from the archive's: documents are small, and people look for them at once.
const (
	defaultQueueSize = 512 * queue.MiB
	defaultFlushSize = 8 * queue.MiB
	defaultFlushAge  = time.Second
)

func createDefaultConfig() component.Config {
	config := &Config{Queue: queue.DefaultConfig(), Include: includeNone}
	config.Queue.SendingQueue.QueueSize = defaultQueueSize
	config.Queue.SendingQueue.BlockOnOverflow = false
	config.Queue.Flush = queue.Flush{Size: defaultFlushSize, Age: defaultFlushAge}
	return config
}

func createLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	config, ok := cfg.(*Config)
	if !ok {
		return nil, fmt.Errorf("create exporter %s: the configuration is a %T", set.ID, cfg)
	}
	return newExporter(ctx, set, config)
}
