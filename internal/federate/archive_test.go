package federate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func requests(t *testing.T, reader hotstore.Reader, aggregate hotstore.Aggregate) (count int64, usage hotstore.Usage) {
	t.Helper()
	usage, err := reader.Aggregate(t.Context(), aggregate, func(group hotstore.Group) error {
		count += group.Requests
		return nil
	})
	require.NoError(t, err)
	return count, usage
}

func TestATornFileIsNamedAndTheRestAnswers(t *testing.T) {
	store := newFolder(t)
	pairs := demoPairs(600, 10)
	keys := archivePairs(t, store, archive.Layout{}, pairs[:300])
	archivePairs(t, store, archive.Layout{}, pairs[300:])
	data, err := store.Get(t.Context(), keys[0])
	require.NoError(t, err)
	require.NoError(t, store.Put(t.Context(), keys[0], data[:len(data)/2], bucket.PutOptions{}))
	reader := NewArchive(Options{Bucket: store, Settings: archiveSettings(store, nil)})
	for range 2 {
		count, _ := requests(t, reader, hotstore.Aggregate{})
		require.EqualValues(t, 300, count)
	}
	page, err := reader.Search(t.Context(), hotstore.Search{Limit: 1000})
	require.NoError(t, err)
	require.Len(t, page.Documents, 300)
	require.Len(t, reader.Skipped(), 1, "each object once")
	require.Equal(t, keys[0], reader.Skipped()[0].Key)
}

// TestPagesReadOnlyWhatTheyMust: the first page sorted by ts takes the newest files, the next one not those again.
func TestPagesReadOnlyWhatTheyMust(t *testing.T) {
	store := newFolder(t)
	pairs := demoPairs(4800, 0.4)
	for chunk := range slices.Chunk(pairs, 200) {
		archivePairs(t, store, archive.Layout{}, chunk)
	}
	reader := NewArchive(Options{Bucket: store, Settings: archiveSettings(store, nil), Parallel: 1})
	_, all, err := reader.Estimate(t.Context(), nil, time.Time{}, time.Time{})
	require.NoError(t, err)
	for _, sort := range []string{"-ts", "ts", "-ts,service"} {
		var seen []rrpair.UUID
		search := hotstore.Search{Sort: hotstore.ParseSort(sort), Limit: 150}
		for number := range 8 {
			page, bytes, err := reader.search(t.Context(), search)
			require.NoError(t, err)
			require.Len(t, page.Documents, 150)
			for _, document := range page.Documents {
				require.NotContains(t, seen, document.UUID)
				seen = append(seen, document.UUID)
			}
			search.After = page.Next
			t.Logf("%s, page %d: %d rows examined, %d of %d bytes read", sort, number, page.Usage.Examined, bytes, all)
			require.Less(t, page.Usage.Examined, int64(len(pairs)/4), "%s, page %d", sort, number)
			require.Less(t, bytes, all/3, "%s, page %d", sort, number)
		}
	}
}

func TestTooWideQuestionsSayHowMuchTheyWouldRead(t *testing.T) {
	store := newFolder(t)
	for chunk := range slices.Chunk(demoPairs(3000, 0.3), 300) {
		archivePairs(t, store, archive.Layout{}, chunk)
	}
	var files int
	var size int64
	reader := NewArchive(Options{Bucket: store, Settings: archiveSettings(store, nil), MaxBytes: 400 << 10, Parallel: 1,
		Planned: func(f int, b int64) { files, size = f, b }})
	_, err := reader.Aggregate(t.Context(), hotstore.Aggregate{}, nil)
	require.ErrorIs(t, err, ErrTooWide)
	require.Regexp(t, `^the question is too wide: it would read [0-9.]+ [KM]iB in 1[0-9] files of the hours 2026-11-20T09Z to 2026-11-20T11Z, `+
		`and 400 KiB are allowed: narrow --from/--to or the filter, or raise --max-read$`, err.Error())
	f, s, err := reader.Estimate(t.Context(), nil, time.Time{}, time.Time{})
	require.NoError(t, err)
	require.Equal(t, files, f)
	require.Equal(t, size, s)
	f, s, err = reader.Estimate(t.Context(), parsed(t, "ts >= 2026-11-20T11:30:00Z AND error IS true"), time.Time{}, time.Time{})
	require.NoError(t, err)
	require.Less(t, f, files/2)
	require.Less(t, s, size/2)

	_, err = reader.Search(t.Context(), hotstore.Search{Sort: hotstore.ParseSort("-duration")})
	require.ErrorIs(t, err, ErrTooWide, "all must be read for the longest")
	_, err = reader.Search(t.Context(), hotstore.Search{Limit: 20})
	require.NoError(t, err, "the newest few lie in one file")
	_, err = reader.Search(t.Context(), hotstore.Search{Query: parsed(t, "text CONTAINS nothinglikethis")})
	require.ErrorIs(t, err, ErrTooWide)
	require.Regexp(t, `^the question is too wide: [0-9.]+ KiB were read without filling the page, it could become [0-9.]+ [KM]iB in `, err.Error())
}

func TestTheArchiveGivesThePair(t *testing.T) {
	store := newFolder(t)
	layout := archive.Layout{PartitionBy: []string{"service"}}
	pairs := demoPairs(400, 0.1)
	odd(t, pairs)
	archivePairs(t, store, layout, pairs)
	reader := NewArchive(Options{Bucket: store, Settings: archiveSettings(store, nil)})
	var pair rrpair.Pair
	for i := 0; i < len(pairs); i += 23 {
		require.NoError(t, pair.ParseJSON(pairs[i].line))
		id, _ := pair.UUID()
		folder, at, _ := layout.Folder(&pair, pairs[i].at)
		for _, where := range []struct {
			at     time.Time
			folder string
		}{{}, {at: at}, {folder: folder}, {at: at, folder: "v1/service=elsewhere/date=2026-11-20/hour=03"}} {
			got, _, err := reader.Pair(t.Context(), id, where.at, where.folder)
			require.NoError(t, err)
			require.JSONEq(t, string(pairs[i].line), string(got.JSON()))
		}
		document, err := reader.Get(t.Context(), id, time.Time{})
		require.NoError(t, err)
		require.True(t, at.Equal(document.Time), "an absurd ts is no time")
	}
	_, _, err := reader.Pair(t.Context(), rrpair.UUID{7}, time.Time{}, "")
	require.ErrorIs(t, err, hotstore.ErrNoDocument)
}

func TestPagesHoldPairsWhereTheyAreAskedFor(t *testing.T) {
	store := newFolder(t)
	pairs := demoPairs(300, 10)
	archivePairs(t, store, archive.Layout{}, pairs)
	settings := archiveSettings(store, nil)
	settings.Include, settings.Text = hotstore.IncludeFull, true
	reader := NewArchive(Options{Bucket: store, Settings: settings})
	for _, withPair := range []bool{false, true} {
		page, err := reader.Search(t.Context(), hotstore.Search{Limit: 1000, WithPair: withPair, Sort: hotstore.ParseSort("-size")})
		require.NoError(t, err)
		require.Len(t, page.Documents, 300)
		var pair rrpair.Pair
		for _, document := range page.Documents {
			require.Equal(t, withPair, len(document.Pair) > 0)
			require.Equal(t, withPair, len(document.Headers) > 0)
			if withPair {
				require.NoError(t, pair.ParseJSON(document.Pair))
				id, _ := pair.UUID()
				require.Equal(t, document.UUID, id)
			}
		}
		require.EqualValues(t, 300, page.Usage.Examined)
		require.Equal(t, []string{"v1/date=2026-11-20/hour=09"}, page.Usage.Partitions)
	}
}

func TestCursorsBelongToTheirSearch(t *testing.T) {
	store := newFolder(t)
	archivePairs(t, store, archive.Layout{}, demoPairs(300, 10))
	reader := NewArchive(Options{Bucket: store, Settings: archiveSettings(store, nil)})
	page, err := reader.Search(t.Context(), hotstore.Search{Limit: 5})
	require.NoError(t, err)
	for _, search := range []hotstore.Search{
		{Query: parsed(t, "direction IS OUT"), After: page.Next}, {Sort: hotstore.ParseSort("ts"), After: page.Next}, {After: "!"},
	} {
		_, err := reader.Search(t.Context(), search)
		require.ErrorIs(t, err, hotstore.ErrInvalidQuery)
	}
	exact, err := reader.Search(t.Context(), hotstore.Search{Limit: 300})
	require.NoError(t, err)
	require.Empty(t, exact.Next, "a page that holds everything has no next one")
	empty, err := reader.Search(t.Context(), hotstore.Search{From: archiveStart(), To: archiveStart()})
	require.NoError(t, err)
	require.Empty(t, empty.Documents)
	_, err = reader.Search(canceled(t), hotstore.Search{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = reader.Aggregate(canceled(t), hotstore.Aggregate{}, nil)
	require.ErrorIs(t, err, context.Canceled)
}

// TestAggregatesInParts: however an hour is cut, each pair counts once.
func TestAggregatesInParts(t *testing.T) {
	store := newFolder(t)
	pairs := demoPairs(2000, 0.3)
	odd(t, pairs)
	for chunk := range slices.Chunk(pairs, 250) {
		archivePairs(t, store, archive.Layout{}, chunk)
	}
	archivePairs(t, store, archive.Layout{}, pairs[200:900])
	reader := NewArchive(Options{Bucket: store, Settings: archiveSettings(store, nil)})
	ask := newQuestion(nil, nil, time.Time{}, time.Time{})
	found, err := reader.plan(t.Context(), ask)
	require.NoError(t, err)
	for _, most := range []int64{1 << 40, found.bytes / 2, found.bytes / 7, 20 << 10} {
		for _, window := range []archive.TimeWindow{{}, {From: archiveStart().Add(20 * time.Minute), To: archiveStart().Add(75 * time.Minute)}} {
			want := 0
			var pair rrpair.Pair
			for i := range pairs {
				require.NoError(t, pair.ParseJSON(pairs[i].line))
				if at, _ := archive.EventTime(&pair, pairs[i].at); touches(window, at, at) {
					want++
				}
			}
			seen, got := newUUIDs(), 0
			parts := split(found.files, window, most)
			for i := range parts {
				parts[i].begin = seen.reset
			}
			r := &reading{archive: reader, ask: ask, store: store, wants: func(record *archive.Record) (bool, error) { return seen.add(record.UUID) }}
			counted := &counting{aggregate: &hotstore.Aggregate{}, groups: hotstore.NewGroups(&hotstore.Aggregate{})}
			require.NoError(t, r.run(t.Context(), parts, counted.taker))
			require.NoError(t, counted.finish())
			require.NoError(t, counted.groups.Each(func(group hotstore.Group) error {
				got += int(group.Requests)
				return nil
			}))
			require.Equal(t, want, got, "%d parts", len(parts))
		}
	}
	count, usage := requests(t, reader, hotstore.Aggregate{By: []string{"service"}})
	require.EqualValues(t, len(pairs), count)
	require.GreaterOrEqual(t, usage.Examined, int64(len(pairs)+700))
	stop := fmt.Errorf("enough")
	_, err = reader.Aggregate(t.Context(), hotstore.Aggregate{By: []string{"service"}}, func(hotstore.Group) error { return stop })
	require.ErrorIs(t, err, stop)
	_, usage = requests(t, reader, hotstore.Aggregate{Query: parsed(t, "error IS true")})
	require.Equal(t, "error IS \"true\"", strings.Trim(usage.PushedDown, "()"))
}

func TestUUIDsAreTold(t *testing.T) {
	set := newUUIDs()
	var id rrpair.UUID
	for range 2 {
		for i := range 100_000 {
			id[3], id[4], id[5] = byte(i), byte(i>>8), byte(i>>16)
			isNew, err := set.add(id)
			require.NoError(t, err)
			require.True(t, isNew)
			isNew, err = set.add(id)
			require.NoError(t, err)
			require.False(t, isNew)
		}
		set.reset()
	}
	set.count = maxUUIDs
	_, err := set.add(id)
	require.ErrorIs(t, err, ErrTooWide)
}
