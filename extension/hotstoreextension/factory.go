package hotstoreextension

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"

	"github.com/byoc-otel/otelcol-byoc/extension/hotstoreextension/internal/metadata"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/drivers"
)

// NewFactory returns the factory of the extension type hotstore.
func NewFactory() extension.Factory {
	return extension.NewFactory(metadata.Type, createDefaultConfig, createExtension, metadata.ExtensionStability)
}

func createDefaultConfig() component.Config {
	return &Config{Settings: drivers.NewDefaultSettings()}
}

func createExtension(_ context.Context, set extension.Settings, cfg component.Config) (extension.Extension, error) {
	config, ok := cfg.(*Config)
	if !ok {
		return nil, fmt.Errorf("create extension %s: the configuration is a %T", set.ID, cfg)
	}
	return newExtension(set, config)
}
