package redactprocessor

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
)

// What one tier passed unseen is not believed by a tier that passes nothing unseen; the other way round it is.
func TestAStricterTierDoesNotBelieveWhatWasPassedUnseen(t *testing.T) {
	loaded, err := policy.Load("default")
	require.NoError(t, err)
	seen := stamp.Stamp{Policy: loaded.Name, Version: loaded.Version, KeyID: "k"}
	unseen := seen
	unseen.Version += passesOpaque
	strict := &force{policy: loaded, version: loaded.Version, keyIDs: []string{"k"}}
	lax := &force{policy: loaded, version: loaded.Version + passesOpaque, keyIDs: []string{"k"}}
	require.True(t, strict.made(seen))
	require.False(t, strict.made(unseen))
	require.True(t, lax.made(seen))
	require.True(t, lax.made(unseen))
}
