package archive

import (
	"bytes"
	"context"
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

// Listings go from folder to folder, so what lies beside them is met by no other command.
func TestVerifyNamesWhatLiesInNoHour(t *testing.T) {
	lines := trafficLines(t)
	store := memoryBucket(t)
	keys := storeLines(t, store, lines[:50], storeOptions{})
	data, err := store.Get(t.Context(), keys[0])
	require.NoError(t, err)
	strays := []string{
		"v1/date=foo/hour=09/x.parquet", "v1/date=foo/hour=99/x.parquet", "v1/x.parquet", "v1/a/date=2026-11-20/hour=09/x.parquet",
		"v1/a=1/b=2/c=3/date=2026-11-20/hour=09/x.parquet", "v1/date=2026-11-20/hour=99/x.parquet", "v1/date=2026-11-20/x.parquet",
	}
	for _, key := range strays {
		require.NoError(t, store.Put(t.Context(), key, data, bucket.PutOptions{}))
	}
	summary, err := Verify(t.Context(), store, VerifyOptions{}, nil)
	require.NoError(t, err)
	require.Equal(t, len(keys), summary.Files)
	var named []string
	for _, skipped := range summary.Skipped {
		require.Equal(t, ReasonForeign, skipped.Reason)
		named = append(named, skipped.Key)
	}
	require.ElementsMatch(t, strays, named)
}

// deniedStore denies one object, as a folder does in which permissions differ.
type deniedStore struct {
	Store
	key string
	err error
}

func (s deniedStore) ReadRange(ctx context.Context, key string, offset, length int64) ([]byte, error) {
	if key == s.key {
		return nil, s.err
	}
	return s.Store.ReadRange(ctx, key, offset, length)
}

// One file that may not be read does not end a reading of all; credentials that may read nothing do.
func TestOneDeniedFileIsSkipped(t *testing.T) {
	lines := trafficLines(t)
	store := memoryBucket(t)
	keys := storeLines(t, store, lines[:300], storeOptions{perFile: 100})
	denied := deniedStore{Store: store, key: keys[0], err: bucket.ErrDeniedFile}
	summary, err := Verify(t.Context(), denied, VerifyOptions{}, nil)
	require.NoError(t, err)
	require.Equal(t, len(keys)-1, summary.Files)
	require.Len(t, summary.Skipped, 1)
	require.Equal(t, ReasonDenied, summary.Skipped[0].Reason)
	require.Equal(t, keys[0], summary.Skipped[0].Key)
	stats, err := Scan(t.Context(), denied, ScanOptions{}, func(*Record) error { return nil })
	require.NoError(t, err)
	require.Len(t, stats.Skipped, 1)
	denied.err = bucket.ErrDenied
	_, err = Verify(t.Context(), denied, VerifyOptions{}, nil)
	require.ErrorIs(t, err, bucket.ErrDenied)
}
