package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhoReadsMakesNoFolders(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "archive")
	b := newBench(t)
	config := writeFile(t, "collector.yaml", `
extensions:
  archive: {url: "file://`+folder+`?create_directory=true"}
`)
	for _, verb := range [][]string{{"query"}, {"stats"}, {"archive", "ls"}} {
		require.Equal(t, exitError, b.run(t, append([]string{"--config", config}, verb...)...))
		require.Contains(t, b.stderr.String(), "the collector makes it at its start")
		require.NoDirExists(t, folder, "it would belong to who asked, not to the collector")
	}
}
