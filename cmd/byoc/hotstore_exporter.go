package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// exporterSettings are what documents keep, as the collector's hotstore exporter has it.
type exporterSettings struct {
	Hotstore string `mapstructure:"hotstore"`
	Include  string `mapstructure:"include"`
	Text     bool   `mapstructure:"text"`
}

// exporterOf reads the settings of the exporter that writes into the store, so that what the tool writes is like what the
// collector writes. Without one they are the exporter's defaults.
func (a *app) exporterOf(ctx context.Context, store string) (exporterSettings, error) {
	defaults := exporterSettings{Include: "none"}
	place, err := a.archivePlace()
	if err != nil || len(place.Config) == 0 {
		return defaults, nil //nolint:nilerr // no configuration is no error here
	}
	exporters, err := readBlock(place.Config, "exporters")
	if err != nil {
		return defaults, err
	}
	for _, key := range slices.Sorted(maps.Keys(exporters)) {
		if !isOfType(key, hotstoreType) {
			continue
		}
		settings := defaults
		block, _ := exporters[key].(map[string]any)
		wanted := map[string]any{}
		for _, name := range [...]string{"hotstore", "include", "text"} { // the rest may use what a laptop lacks
			if value, isSet := block[name]; isSet {
				wanted[name] = value
			}
		}
		resolved, err := a.resolveBlock(ctx, wanted)
		if err != nil {
			return defaults, fmt.Errorf("read exporters::%s of %s: %w", key, strings.Join(place.Config, ", "), err)
		}
		if err := resolved.Unmarshal(&settings, confmap.WithIgnoreUnused()); err != nil {
			return defaults, usagef("exporters::%s is wrong: %w", key, err)
		}
		if settings.Hotstore == "" {
			settings.Hotstore = key // by default the extension of its own name
		}
		if settings.Hotstore == store {
			return settings, nil
		}
	}
	return defaults, nil
}

// parseInclude reads --include and the exporter's include.
func parseInclude(text string) (hotstore.Include, error) {
	switch text {
	case "none":
		return hotstore.IncludeNone, nil
	case "headers":
		return hotstore.IncludeHeaders, nil
	case "full":
		return hotstore.IncludeFull, nil
	}
	return 0, usagef("--include %q: must be none, headers or full", text)
}
