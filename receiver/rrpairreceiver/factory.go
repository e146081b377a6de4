package rrpairreceiver

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"

	"github.com/byoc-otel/otelcol-byoc/receiver/rrpairreceiver/internal/metadata"
)

// NewFactory returns the factory of the receiver type rrpair.
func NewFactory() receiver.Factory {
	return receiver.NewFactory(metadata.Type, createDefaultConfig, receiver.WithLogs(createLogs, metadata.LogsStability))
}

func createLogs(_ context.Context, set receiver.Settings, cfg component.Config, next consumer.Logs) (receiver.Logs, error) {
	config, ok := cfg.(*Config)
	if !ok {
		return nil, fmt.Errorf("create receiver %s: the configuration is a %T", set.ID, cfg)
	}
	return newReceiver(set, config, next)
}
