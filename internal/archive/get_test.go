package archive

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func parsedPair(tb testing.TB, line []byte) *rrpair.Pair {
	tb.Helper()
	pair := new(rrpair.Pair)
	require.NoError(tb, pair.ParseJSON(line))
	return pair
}

func folderOf(tb testing.TB, line []byte) string {
	tb.Helper()
	folder, _, _ := Layout{}.Folder(parsedPair(tb, line), time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	return folder
}

// A lookup costs at most three range requests for a file that cannot be ruled out, however many row groups it has:
// footer, bloom filters, row group.
func TestGetCostsThreeRequests(t *testing.T) {
	lines := shopLines(3000, demo.Options{Seed: 3, Rate: 2})
	inner := memoryBucket(t)
	storeLines(t, inner, lines, storeOptions{write: WriteOptions{RowGroupBytes: 512 << 10}})
	groups := 0
	for _, i := range []int{0, 1, 700, 1500, 2999} {
		store := &countingStore{Store: inner}
		want := parsedPair(t, lines[i])
		id, _ := want.UUID()
		found, stats, err := Get(t.Context(), store, GetOptions{ID: id, Folder: folderOf(t, lines[i])})
		require.NoError(t, err)
		require.True(t, rrpair.CanonicalEqual(lines[i], found.Pair.JSON()))
		require.Equal(t, 1, stats.FilesListed)
		require.LessOrEqual(t, store.requests[found.Key], 3)
		require.Equal(t, stats.Requests, store.requests[found.Key])
		require.Equal(t, stats.BytesRead, store.bytes)

		file, err := OpenFile(t.Context(), inner, found.Key, sizeOf(t, inner, found.Key), FileOptions{})
		require.NoError(t, err)
		groups = max(groups, file.Meta().RowGroups)
	}
	require.Greater(t, groups, 3, "the file has too few row groups to tell")
}

func sizeOf(tb testing.TB, store Store, key string) int64 {
	tb.Helper()
	for object, err := range store.List(tb.Context(), key) {
		require.NoError(tb, err)
		return object.Size
	}
	tb.Fatalf("%s is not there", key)
	return 0
}

func TestGetWithTimeOrNothing(t *testing.T) {
	lines := shopLines(2000, demo.Options{Seed: 4, Rate: 0.1}) // 20,000 seconds: six hours
	store := memoryBucket(t)
	keys := storeLines(t, store, lines, storeOptions{perFile: 150})
	want := parsedPair(t, lines[321])
	id, _ := want.UUID()
	ts, _ := want.Time()

	found, stats, err := Get(t.Context(), store, GetOptions{ID: id, At: ts.Add(-20 * time.Second)})
	require.NoError(t, err)
	require.True(t, rrpair.CanonicalEqual(lines[321], found.Pair.JSON()))
	require.Less(t, stats.FilesListed, len(keys), "only the hours around the time are listed")

	seen := 0
	found, stats, err = Get(t.Context(), store, GetOptions{ID: id, Progress: func(files, of int) { seen = of }})
	require.NoError(t, err)
	require.True(t, rrpair.CanonicalEqual(lines[321], found.Pair.JSON()))
	require.Equal(t, len(keys), stats.FilesListed)
	require.Equal(t, len(keys), seen)

	_, stats, err = Get(t.Context(), store, GetOptions{ID: rrpair.UUID{1, 2, 3}})
	require.ErrorIs(t, err, ErrNoRecord)
	require.GreaterOrEqual(t, stats.FilesPruned, len(keys)-3, "bloom filters rule nearly every file out")
}
