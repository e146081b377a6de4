package archive

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

func TestVerifyFindsAnArchiveSound(t *testing.T) {
	lines := trafficLines(t)
	store := memoryBucket(t)
	keys := storeLines(t, store, lines, storeOptions{perFile: 400, write: WriteOptions{RowGroupBytes: 300 << 10}})
	keys = append(keys, storeLines(t, store, lines[:100], storeOptions{})...) // a sender that sent again
	slices.Sort(keys)
	keys = slices.Compact(keys) // the same records cut the same way are the same file
	var reports []FileReport
	summary, err := Verify(t.Context(), store, VerifyOptions{}, func(report FileReport) { reports = append(reports, report) })
	require.NoError(t, err)
	for _, report := range reports {
		require.Empty(t, report.Problems, report.Key)
	}
	require.Len(t, reports, len(keys))
	require.Equal(t, len(keys), summary.Files)
	require.Positive(t, summary.Duplicates)
	require.EqualValues(t, len(lines), summary.Records-summary.Duplicates)
	require.Zero(t, summary.Unsound)
}

// A file under another file's name, with the right times, is sound in itself: only the hash tells.
func TestVerifyComparesTheNameWithTheContent(t *testing.T) {
	lines := trafficLines(t)
	store := memoryBucket(t)
	key := storeLines(t, store, lines[:1], storeOptions{})[0]
	data, err := store.Get(t.Context(), key)
	require.NoError(t, err)
	other := []byte(key)
	other[len(other)-len(Extension)-1] ^= 1
	_, err = store.PutIfAbsent(t.Context(), string(other), bytes.NewReader(data), int64(len(data)), bucket.PutOptions{})
	require.NoError(t, err)
	summary, err := Verify(t.Context(), store, VerifyOptions{}, nil)
	require.NoError(t, err)
	require.Equal(t, 2, summary.Files)
	require.Equal(t, 1, summary.Unsound)
}
