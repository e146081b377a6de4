package hotstoreextension

import (
	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/drivers"
)

// Config is the block of one named hot store.
type Config struct {
	// Settings are opensearch or sqlite, and manage; README.md lists their keys.
	Settings drivers.Settings `mapstructure:",squash"`
	// Redaction says whose redaction is believed besides that of this collector's own redact processors, as in the
	// archive extension.
	Redaction archive.RedactionConfig `mapstructure:"redaction"`
}
