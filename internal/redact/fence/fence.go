// Package fence keeps raw traffic out of stores at start-up: it looks through a collector's effective configuration for
// pipelines that would carry unredacted traffic to an exporter. What it cannot see, such as records whose stamp is missing
// or forged, the exporters refuse while the collector runs.
package fence

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
)

const (
	// redactType is the type of the processor that redacts.
	redactType = "redact"
	// archiveType is the type of the receiver that reads an archive: its records passed a fence when they were stored.
	archiveType = "archive"
)

// Fence stands before the exporters that belong to one extension.
type Fence struct {
	// Type is the type of the exporters and of the extension, and the exporters' key that names it: archive, hotstore.
	Type string
	// Extension is the extension's id, as it stands in the configuration.
	Extension string
	// Verifies says that the extension has keys to verify stamps with: traffic may then come redacted from another
	// collector, and the fence while running is enough.
	Verifies bool
}

// Check returns an error for each way that leads traffic to one of the exporters without passing a redact processor. conf
// is the effective configuration, as extensioncapabilities.ConfigWatcher receives it. Each error names the exporter, the
// pipeline, the receiver and the settings that mend or lift it.
func (f Fence) Check(conf *confmap.Conf) error {
	if f.Verifies {
		return nil
	}
	g := readGraph(conf)
	var errs []error
	for _, exporter := range slices.Sorted(maps.Keys(g.exporters)) {
		if !f.guards(exporter, g.exporters[exporter]) {
			continue
		}
		for _, pipeline := range slices.Sorted(maps.Keys(g.pipelines)) {
			if slices.Contains(g.pipelines[pipeline].exporters, exporter) {
				for _, way := range g.rawWays(pipeline) {
					errs = append(errs, f.complain(exporter, pipeline, way))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// guards says whether an exporter is one that this fence stands before.
func (f Fence) guards(id string, settings map[string]any) bool {
	if typeOf(id) != f.Type {
		return false
	}
	if allowed, _ := settings["allow_unredacted"].(bool); allowed {
		return false
	}
	extension := text(settings[f.Type])
	if extension == "" {
		extension = id
	}
	return extension == f.Extension
}

func (f Fence) complain(exporter, pipeline string, way rawWay) error {
	through := ""
	if len(way.through) > 1 {
		through = fmt.Sprintf(" (through pipelines %s)", strings.Join(way.through, " -> "))
	}
	lack := fmt.Sprintf("no %s processor stands in between", redactType)
	if way.dry != "" {
		lack = fmt.Sprintf("the processor %q has dry_run: true and changes nothing", way.dry)
	}
	return fmt.Errorf("pipeline %q would store unredacted traffic: receiver %q leads to exporter %q%s, and %s. "+
		"Define processors::%s: {key: \"${env:BYOC_REDACTION_KEY}\"} and list it in service::pipelines::%s::processors. "+
		"Where another collector redacts before this one, give extensions::%s::redaction::verify_keys instead. "+
		"To store traffic as it was captured, passwords and personal data included, set exporters::%s::allow_unredacted: true",
		pipeline, way.receiver, exporter, through, lack, redactType, pipeline, f.Extension, exporter)
}
