package hotstoreexporter

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/component"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

// The words of include.
const (
	includeNone    = "none"
	includeHeaders = "headers"
	includeFull    = "full"
)

// Config is the exporter's block.
type Config struct {
	// Hotstore is the id of the hotstore extension to write to. Default: the extension of the exporter's own name
	// (hotstore for hotstore, hotstore/eu for hotstore/eu). When it does not run, the collector does not start.
	Hotstore *component.ID `mapstructure:"hotstore"`
	// Archive is the id of the archive extension that has the whole of each pair: documents name their place in it, it
	// takes dead letters, and what the hot store missed is fetched from it. Default: the archive extension with the
	// exporter's own name part (archive for hotstore, archive/eu for hotstore/eu) if it runs. Without one a full queue
	// refuses records for the time being. One that is named here and does not run stops the start.
	Archive *component.ID `mapstructure:"archive"`
	// Include is what documents keep of the pair besides its dimensions: none, headers (of request and response), or
	// full (the whole pair, compressed and not searchable). Default none: the archive has the whole.
	Include string `mapstructure:"include"`
	// Text keeps the full text of the pair, so that text:"…" in filters is answered by the store; it takes several times
	// the room of the dimensions. Default false: such filters are answered from the archive.
	Text bool `mapstructure:"text"`
	// AllowUnredacted lifts both fences before the hot store, as in the archive exporter. Default false: the collector
	// does not start with a pipeline that lacks redaction, and records without a valid stamp are refused.
	AllowUnredacted bool `mapstructure:"allow_unredacted"`
	// Queue holds sending_queue, flush, retry_on_failure, volatile and shutdown_timeout.
	Queue queue.Config `mapstructure:",squash"`
}

// Validate reports every wrong setting of the exporter itself; the queue's settings have their own Validate.
func (c *Config) Validate() error {
	var errs []error
	if c.Hotstore != nil && c.Hotstore.Type().String() == "" {
		errs = append(errs, errors.New(`hotstore: "" is no id: use that of a hotstore extension, such as hotstore or hotstore/eu`))
	}
	if c.Archive != nil && c.Archive.Type().String() == "" {
		errs = append(errs, errors.New(`archive: "" is no id: use that of an archive extension, such as archive or archive/eu`))
	}
	if _, ok := c.include(); !ok {
		errs = append(errs, fmt.Errorf("include: %q is none of none, headers, full", c.Include))
	}
	if c.Queue.SendingQueue.BlockOnOverflow {
		errs = append(errs, errors.New("sending_queue::block_on_overflow: true is not possible, only false: senders that wait for the hot store would hold up the archive; remove the line"))
	}
	return errors.Join(errs...)
}

func (c *Config) include() (hotstore.Include, bool) {
	switch c.Include {
	case includeNone:
		return hotstore.IncludeNone, true
	case includeHeaders:
		return hotstore.IncludeHeaders, true
	case includeFull:
		return hotstore.IncludeFull, true
	}
	return 0, false
}
