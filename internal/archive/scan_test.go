package archive

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// What went in comes out, equal as canonical JSON, whatever file and row group it lies in.
func TestScanReturnsEveryRecord(t *testing.T) {
	lines := trafficLines(t)
	for name, options := range map[string]storeOptions{
		"one file an hour":     {},
		"small files":          {perFile: 97},
		"many row groups":      {write: WriteOptions{RowGroupBytes: 100 << 10}},
		"partitioned services": {layout: Layout{PartitionBy: []string{"service"}}},
	} {
		t.Run(name, func(t *testing.T) {
			store := memoryBucket(t)
			keys := storeLines(t, store, lines, options)
			found, stats := scanned(t, store, ScanOptions{})
			require.Empty(t, stats.Skipped)
			require.Equal(t, len(keys), stats.FilesListed)
			require.Equal(t, len(keys), stats.FilesRead)
			require.EqualValues(t, len(lines), stats.Records)
			var pair rrpair.Pair
			for _, line := range lines {
				require.NoError(t, pair.ParseJSON(line))
				id, _ := pair.UUID()
				if !bytes.Equal(pair.JSON(), found[id]) {
					require.True(t, rrpair.CanonicalEqual(line, found[id]), "want %s\ngot  %s", line, found[id])
				}
			}
		})
	}
}
