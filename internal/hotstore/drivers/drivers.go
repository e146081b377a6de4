// Package drivers opens the hot store that a configuration asks for. A new driver is one more key here.
package drivers

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configoptional"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/opensearch"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/sqlite"
)

// Settings are the block of one named hot store, as it stands under extensions in a collector's configuration and as the
// command-line tool reads it there. Exactly one driver is given.
type Settings struct {
	// OpenSearch keeps documents in an OpenSearch cluster.
	OpenSearch configoptional.Optional[opensearch.Config] `mapstructure:"opensearch"`
	// SQLite keeps documents in a folder of this machine, without a server.
	SQLite configoptional.Optional[sqlite.Config] `mapstructure:"sqlite"`
	// Manage lets the collector set up what the store needs (template, policy, aliases, folder) and remove documents
	// beyond the retention. Default true. With false somebody else does: `byoc hotstore init`.
	Manage bool `mapstructure:"manage"`
}

// NewDefaultSettings returns Settings with every default filled in and no driver chosen.
func NewDefaultSettings() Settings {
	return Settings{
		OpenSearch: configoptional.Default(opensearch.NewDefaultConfig()),
		SQLite:     configoptional.Default(sqlite.Config{Retention: sqlite.DefaultRetention}),
		Manage:     true,
	}
}

// Validate says what is wrong with the choice; the driver's own settings have their own Validate.
func (s Settings) Validate() error {
	switch {
	case s.OpenSearch.HasValue() && s.SQLite.HasValue():
		return errors.New("opensearch and sqlite are both given: keep one of them; a second store is a second extension, such as hotstore/laptop")
	case !s.OpenSearch.HasValue() && !s.SQLite.HasValue():
		return errors.New("no driver is given: add sqlite: {path: /var/lib/byoc/hot} or opensearch: {endpoints: [https://…]}")
	}
	return nil
}

// Open opens the chosen store; it does not set it up, and asks a server nothing.
func (s Settings) Open(ctx context.Context) (hotstore.Store, error) {
	switch {
	case s.OpenSearch.HasValue():
		return wrap(opensearch.Open(ctx, *s.OpenSearch.Get()))
	case s.SQLite.HasValue():
		return wrap(sqlite.Open(ctx, *s.SQLite.Get(), sqlite.Settings{}))
	}
	return nil, s.Validate()
}

// wrap keeps a nil pointer from becoming a store that is not nil.
func wrap[S hotstore.Store](store S, err error) (hotstore.Store, error) {
	if err != nil {
		return nil, err
	}
	return store, nil
}

// Identity tells one store from another: driver and place, no credentials. The place of an embedded store is on this
// machine.
func (s Settings) Identity() string {
	switch {
	case s.OpenSearch.HasValue():
		config := s.OpenSearch.Get()
		endpoints := slices.Clone(config.Endpoints)
		for i, endpoint := range endpoints {
			endpoints[i] = withoutUser(endpoint)
		}
		slices.Sort(endpoints)
		return "opensearch:" + strings.Join(endpoints, ",") + "/" + config.Index
	case s.SQLite.HasValue():
		host, _ := os.Hostname()
		path, err := filepath.Abs(s.SQLite.Get().Path)
		if err != nil {
			path = s.SQLite.Get().Path
		}
		return "sqlite:" + host + ":" + filepath.ToSlash(path)
	}
	return ""
}

// withoutUser takes name and password out of an address.
func withoutUser(endpoint string) string {
	scheme, rest, found := strings.Cut(endpoint, "://")
	if at := strings.LastIndexByte(rest, '@'); found && at >= 0 {
		return scheme + "://" + rest[at+1:]
	}
	return endpoint
}

// Retention is how long documents are kept; 0: for ever, or as somebody else decides.
func (s Settings) Retention() time.Duration {
	switch {
	case s.OpenSearch.HasValue():
		return time.Duration(s.OpenSearch.Get().Retention)
	case s.SQLite.HasValue():
		return time.Duration(s.SQLite.Get().Retention)
	}
	return 0
}

// String is the identity: an Optional shows fmt what it holds, passwords included.
func (s Settings) String() string { return s.Identity() }

// GoString is String.
func (s Settings) GoString() string { return s.Identity() }
