package archive

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"

	"github.com/byoc-otel/otelcol-byoc/internal/archive/deadletter"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

// Settings are the block of one named archive, as it stands under extensions in a collector's configuration and as the
// command-line tool reads it there.
type Settings struct {
	// Bucket is where the archive lies; its keys (url, credentials, kms_key, …) stand directly in the block.
	Bucket bucket.Config `mapstructure:",squash" yaml:",inline"`
	// PartitionBy names up to two of cluster, namespace, service and tag[name] whose values stand in the path before
	// the date. Default none. An archive keeps what it was created with: another value refuses to start.
	PartitionBy []string `mapstructure:"partition_by" yaml:"partition_by"`
	// DeadLetter says how records that cannot be archived are kept.
	DeadLetter deadletter.Config `mapstructure:"dead_letter" yaml:"dead_letter"`
	// Redaction says whose redaction is believed.
	Redaction RedactionConfig `mapstructure:"redaction" yaml:"redaction"`
}

// NewDefaultSettings returns Settings with every default filled in and no URL.
func NewDefaultSettings() Settings {
	return Settings{Bucket: bucket.NewDefaultConfig(), DeadLetter: deadletter.NewDefaultConfig()}
}

// Validate checks what is the archive's own. The parts have their own Validate: xconfmap.Validate calls them all, as the
// collector does.
func (s Settings) Validate() error { return s.Layout().Validate() }

// Layout is the layout that the settings ask for.
func (s Settings) Layout() Layout { return Layout{PartitionBy: s.PartitionBy} }

// Provider is what the archive extension offers to the components that name it.
type Provider interface {
	// Archive returns the open archive. When the store could not be reached yet it tries again, so a caller that meets
	// an error reports it and asks again later; bucket.Retryable tells whether time alone can mend it.
	Archive(ctx context.Context) (*Archive, error)
	// Layout is the configured layout, which that of the open archive equals. It is known before the store can be reached.
	Layout() Layout
	// DeadLetter takes records that cannot be archived. It works while Archive still fails.
	DeadLetter() deadletter.Sink
	// Guard is the fence that keeps unredacted traffic out.
	Guard() Guard
}

// FromHost finds the archive extension with the given id; call it in Start.
func FromHost(host component.Host, id component.ID) (Provider, error) {
	extension, found := host.GetExtensions()[id]
	if !found {
		return nil, fmt.Errorf("find the archive extension %q: it does not run: define it under extensions and list it in service::extensions: [%s]", id, id)
	}
	provider, ok := extension.(Provider)
	if !ok {
		return nil, fmt.Errorf("find the archive extension %q: the extension of that name is no archive: name one of type archive", id)
	}
	return provider, nil
}
