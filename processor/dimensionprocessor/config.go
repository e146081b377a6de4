package dimensionprocessor

import (
	"go.opentelemetry.io/collector/component"

	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
)

// Config is the processor's block; empty, it is complete. What is wrong in it stops the start, with the key, the value
// and what is allowed.
type Config struct {
	// Settings are endpoints, client_errors and dimensions.
	Settings dimension.Settings `mapstructure:",squash"`

	// Archive is the id of the archive extension whose addresses rrpair.archive.url gives. Default: the extension called
	// archive, if it runs; without one the attribute is left as it came. A named one that does not run stops the start.
	Archive *component.ID `mapstructure:"archive"`
}

func createDefaultConfig() component.Config {
	return &Config{Settings: dimension.NewDefaultSettings()}
}
