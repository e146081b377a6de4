package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever reads an archive need not have the keys that its collectors verify stamps with.
func TestVerifyKeysAreNotNeededToRead(t *testing.T) {
	b := newBench(t)
	file := writeFile(t, "collector.yaml", `extensions:
  archive:
    url: mem://somewhere
    redaction: {verify_keys: [{id: "${env:NOT_SET_HERE}", key: "${env:NOT_SET_EITHER}"}]}
`)
	settings, err := b.archiveSettings(t.Context(), []string{file}, "")
	require.NoError(t, err)
	require.Equal(t, map[string]any{"url": "mem://somewhere"}, settings.ToStringMap())
}
