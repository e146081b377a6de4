package archiveextension

import "github.com/byoc-otel/otelcol-byoc/internal/archive"

// Config is the block of one named archive.
type Config struct {
	// Settings are the block's keys, shared with the command-line tool; README.md lists them. Validate comes with them:
	// each error names the key, the bad value and what is allowed.
	Settings archive.Settings `mapstructure:",squash"`
}
