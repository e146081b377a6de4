package drivers

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOpensWhatIsChosen(t *testing.T) {
	settings := NewDefaultSettings()
	_, err := settings.Open(t.Context())
	require.ErrorContains(t, err, "no driver is given")
	require.Empty(t, settings.Identity())

	embedded := settings.SQLite.GetOrInsertDefault()
	require.Equal(t, sqlite.DefaultRetention, embedded.Retention)
	_, err = settings.Open(t.Context())
	require.ErrorContains(t, err, "path: is required")
	embedded.Path = t.TempDir()
	store, err := settings.Open(t.Context())
	require.NoError(t, err)
	require.Equal(t, "sqlite", store.Capabilities().Store)
	require.NoError(t, store.Close())
}

// TestNothingSecretIsSaid: identities stand in gaps, and settings in messages.
func TestNothingSecretIsSaid(t *testing.T) {
	settings := NewDefaultSettings()
	search := settings.OpenSearch.GetOrInsertDefault()
	search.Endpoints = []string{"https://b.example:9200", "https://writer:verysecret@a.example:9200"}
	search.Password = "verysecret"
	require.Equal(t, "opensearch:https://a.example:9200,https://b.example:9200/rrpairs", settings.Identity())
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", settings, settings, settings), "verysecret")
	require.Equal(t, 7*24*time.Hour, settings.Retention())
}
