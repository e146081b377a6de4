package hotstoreextension

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/sqlite"
)

// TestTheMarkGoesAlongWithTheRetention: a cluster expires by itself, and what it removed must not be claimed when somebody
// makes the retention longer.
func TestTheMarkGoesAlongWithTheRetention(t *testing.T) {
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: t.TempDir()}, sqlite.Settings{}) // which expires nothing itself
	require.NoError(t, err)
	defer store.Close()
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	midnight := noon.Truncate(24 * time.Hour)
	require.NoError(t, moveSince(t.Context(), store, noon))
	since, err := store.Since(t.Context())
	require.NoError(t, err)
	require.Zero(t, since, "nobody has said it")
	for _, step := range []struct{ since, want time.Time }{
		{noon.AddDate(0, -2, 0), midnight}, {midnight, midnight}, {noon, noon}, {noon.AddDate(0, 0, 3), noon.AddDate(0, 0, 3)},
	} {
		require.NoError(t, store.SetSince(t.Context(), step.since))
		require.NoError(t, moveSince(t.Context(), store, noon))
		since, err = store.Since(t.Context())
		require.NoError(t, err)
		require.Equal(t, step.want, since)
	}
}
