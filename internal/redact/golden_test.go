package redact

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGoldenPairs redacts the pairs of testdata with a policy that drops values, so that what is expected depends on no
// key: every copy goes, and the rest stays byte for byte. UPDATE_GOLDEN=1 writes what comes out; read it before trusting it.
func TestGoldenPairs(t *testing.T) {
	e := customEngine(t, `version: 1
name: golden
extends: default
rules:
  category:secret: {action: drop}
  category:credential: {action: drop}
  category:contact: {action: drop}
  category:payment: {action: drop}
  category:identifier: {action: drop}
`, Limits{})
	var got bytes.Buffer
	data, err := os.ReadFile("testdata/pairs.jsonl")
	require.NoError(t, err)
	for line := range bytes.Lines(data) {
		out, _ := redactPair(t, e, bytes.TrimSpace(line))
		got.Write(out)
		got.WriteByte('\n')
	}
	const file = "testdata/pairs.dropped.jsonl"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(file, got.Bytes(), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
}
