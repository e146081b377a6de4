package hotstore

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Store is what exporters need of a hot store.
type Store interface {
	Reader
	Writer
}

// Provider is what the hotstore extension offers to the components that name it.
type Provider interface {
	// Store returns the open store, set up unless the configuration forbids it. When it could not be reached yet it tries
	// again, so a caller that meets an error reports it and asks again later.
	Store(ctx context.Context) (Store, error)
	// Identity tells one hot store from another: its driver and place, never credentials.
	Identity() string
	// Guard is the fence that keeps unredacted traffic out.
	Guard() Guard
	// Dimensions are the settings of the dimension processor before that exporter, as they stand in the configuration;
	// nil where there is none. They are known once all extensions have started.
	Dimensions(exporter component.ID) map[string]any
}

// Guard is the fence before a hot store.
type Guard interface {
	// Admit loads pair with what the record's body alone says and returns nil if the record is known to be redacted. The
	// error is rrpair's where the record cannot be read, else one of stamp's. Safe for concurrent use.
	Admit(pair *rrpair.Pair, record plog.LogRecord) error
	// Pipelines are the pipelines that end in that exporter, for messages; nil where nobody told.
	Pipelines(exporter component.ID) []string
}

// FromHost finds the hotstore extension with the given id; call it in Start.
func FromHost(host component.Host, id component.ID) (Provider, error) {
	extension, found := host.GetExtensions()[id]
	if !found {
		return nil, fmt.Errorf("find the hotstore extension %q: it does not run: define it under extensions and list it in service::extensions: [%s]", id, id)
	}
	provider, ok := extension.(Provider)
	if !ok {
		return nil, fmt.Errorf("find the hotstore extension %q: the extension of that name is no hot store: name one of type hotstore", id)
	}
	return provider, nil
}
