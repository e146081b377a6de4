package archiveexporter

import (
	"errors"
	"fmt"
	"os"

	"go.opentelemetry.io/collector/component"

	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

// maxEncoders bounds the files that are made at the same time: each holds a row group of 32 MiB in memory.
const maxEncoders = 16

// Config is the exporter's block.
type Config struct {
	// Archive is the id of the archive extension to write to. Default: the extension of the exporter's own name
	// (archive for archive, archive/eu for archive/eu). When it does not run, the collector does not start.
	Archive *component.ID `mapstructure:"archive"`
	// AllowUnredacted lifts both fences before the archive: requests and responses are stored as they were captured,
	// passwords and personal data included, whether a redact processor has seen them or not. Default false: the
	// collector does not start with a pipeline that lacks redaction, and records without a valid stamp are refused.
	AllowUnredacted bool `mapstructure:"allow_unredacted"`
	// Queue holds sending_queue, flush, retry_on_failure, volatile and shutdown_timeout.
	Queue queue.Config `mapstructure:",squash"`
	// Encoders is how many files are made at the same time; uploads overlap anyway. Each takes a core and about
	// 100 MiB of memory while it works. Default 1.
	Encoders int `mapstructure:"encoders"`
	// TempDir is the folder for files that are being made; they have no name there and vanish with the process. It
	// needs room for (encoders + sending_queue::num_consumers) files of about an eighth of flush::size. Default: the
	// system's folder for temporary files. It should not be in memory (tmpfs).
	TempDir string `mapstructure:"temp_dir"`
}

// Validate reports every wrong setting of the exporter itself; the queue's settings have their own Validate.
func (c *Config) Validate() error {
	var errs []error
	if c.Archive != nil && c.Archive.Type().String() == "" {
		errs = append(errs, errors.New(`archive: "" is no id: use that of an archive extension, such as archive or archive/eu`))
	}
	if c.Encoders < 1 || c.Encoders > maxEncoders {
		errs = append(errs, fmt.Errorf("encoders: %d is out of range: use 1 to %d", c.Encoders, maxEncoders))
	}
	if c.TempDir != "" {
		if info, err := os.Stat(c.TempDir); err != nil || !info.IsDir() {
			errs = append(errs, fmt.Errorf("temp_dir: %q is no folder: create it or leave the setting out", c.TempDir))
		}
	}
	return errors.Join(errs...)
}
