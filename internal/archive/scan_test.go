package archive

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
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

// A row group that lies whole within the window and is too large to be read at once: its time columns are not fetched
// for the first look, and must not be asked for either.
func TestScanWithAQueryInAWindowThatHoldsTheWholeRowGroup(t *testing.T) {
	store := memoryBucket(t)
	start := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	lines := shopLines(6000, demo.Options{Seed: 7, Start: start})
	keys := storeLines(t, store, lines, storeOptions{})
	require.Len(t, keys, 1)
	object, err := store.Stat(t.Context(), keys[0])
	require.NoError(t, err)
	require.Greater(t, object.Size, int64(smallGroup), "else the group is read whole and the test shows nothing")

	query, err := filter.Parse("(service IS checkout)", filter.Options{Now: start})
	require.NoError(t, err)
	options := ScanOptions{PlanOptions: PlanOptions{Query: query}, Match: func(pair *rrpair.Pair) bool {
		return pair.Text(rrpair.FieldService) == "checkout"
	}}
	open, _ := scanned(t, store, options)
	require.NotEmpty(t, open)
	options.From, options.To = start.Add(-time.Hour), start.Add(time.Hour)
	within, stats := scanned(t, store, options)
	require.Empty(t, stats.Skipped)
	require.Equal(t, len(open), len(within))
}
