package federate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/hottest"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/sqlite"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// split traffic lies in part in a hot store and in part in an archive; whole has all of it.
type splitWorld struct {
	*both   // hot is whole, the archive what there is
	auto    *Auto
	partial *sqlite.Store
	bucket  *bucket.Bucket
	planned int // how often the archive was asked
}

// Of the traffic from 09:00 to 12:20 the hot store has what came from splitSince on. It misses some within a gap that is
// over, which is why a late pair of the first hour is missing as well, and within one that goes on.
func splitSince() time.Time { return time.Date(2026, 11, 20, 10, 0, 17, 123000, time.UTC) }

func splitNow() time.Time { return archiveStart().Add(200 * time.Minute) }

func inClosedGap(at time.Time) bool {
	return !at.Before(archiveStart().Add(90*time.Minute)) && at.Before(archiveStart().Add(105*time.Minute))
}

func inOpenGap(at time.Time) bool { return !at.Before(archiveStart().Add(185 * time.Minute)) }

// newSplit splits traffic. unflushed: some pairs of the gaps are in the hot store and not yet in the archive.
func newSplit(t *testing.T, pairs []captured, include hotstore.Include, unflushed bool) *splitWorld {
	t.Helper()
	w := &splitWorld{bucket: newFolder(t)}
	settings := rehydrate.Settings{Rules: defaultRules(t), Identity: w.bucket.Identity(), Include: include}
	w.both = &both{archive: NewArchive(Options{Bucket: w.bucket, Settings: settings, Planned: func(int, int64) { w.planned++ }})}
	random := rand.New(rand.NewPCG(31, 32))
	closed, open := rehydrate.NewGap("hotstore", "sqlite:other", "queue is full", archiveStart().Add(90*time.Minute)),
		rehydrate.NewGap("hotstore", "sqlite:this", "queue is full", archiveStart().Add(185*time.Minute))
	var archived []captured
	var hot []*hotstore.Document
	var pair rrpair.Pair
	builder := rehydrate.NewBuilder(settings)
	full := settings
	full.Include = hotstore.IncludeFull // so that the whole answers everything
	fullBuilder := rehydrate.NewBuilder(full)
	for _, one := range pairs {
		require.NoError(t, pair.ParseJSON(one.line))
		document, folder := builder.Build(&pair, one.at, rehydrate.Known{})
		isHot, isArchived := true, true
		switch chance := random.IntN(10); {
		case inClosedGap(document.Time), inOpenGap(document.Time):
			switch {
			case chance < 2 && unflushed:
				isArchived = false
			case chance < 6:
			default:
				gap := closed
				if inOpenGap(document.Time) {
					gap = open
				}
				gap.Miss(one.at, []string{string(folder)}, 1, document.Time, document.Time)
				isHot = false
			}
		case document.Time.Before(splitSince()):
			isHot = chance == 0 // came late
		}
		if isHot {
			hot = append(hot, document.Clone())
		}
		if isArchived {
			archived = append(archived, one)
		}
		document, _ = fullBuilder.Build(&pair, one.at, rehydrate.Known{})
		w.documents = append(w.documents, document.Clone())
	}
	require.Greater(t, len(hot), len(pairs)/2)
	closed.Open = false
	require.NoError(t, closed.Put(t.Context(), w.bucket))
	require.NoError(t, open.Put(t.Context(), w.bucket))
	for chunk := range slices.Chunk(archived, 457) {
		archivePairs(t, w.bucket, archive.Layout{}, chunk)
	}
	archivePairs(t, w.bucket, archive.Layout{}, archived[100:250]) // once more
	w.both.hot, w.partial = hotWith(t, w.documents), hotWith(t, hot)
	require.NoError(t, w.partial.SetSince(t.Context(), splitSince().Add(-AheadSlack)))
	window, err := FindWindow(t.Context(), w.partial, 7*24*time.Hour, w.archive, splitNow())
	require.NoError(t, err)
	require.Empty(t, window.Problems)
	w.auto = NewAuto(w.partial, w.archive, window)
	return w
}

func hotWith(t *testing.T, documents []*hotstore.Document) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: t.TempDir()}, sqlite.Settings{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.Init(t.Context()))
	result, err := store.Write(t.Context(), documents)
	require.NoError(t, err)
	require.Empty(t, result.Remaining)
	require.Empty(t, result.Rejected)
	return store
}

// TestAutoAnswersAsTheWhole asks many random questions of traffic that is split, and of the same traffic in one store.
func TestAutoAnswersAsTheWhole(t *testing.T) {
	traffic := demoPairs(700, 700.0/12000)
	odd(t, traffic)
	for _, world := range []struct {
		name      string
		include   hotstore.Include
		unflushed bool
	}{
		{"whole pairs are hot, and some not archived yet", hotstore.IncludeFull, true},
		{"dimensions are hot", hotstore.IncludeNone, false},
	} {
		t.Run(world.name, func(t *testing.T) {
			w := newSplit(t, traffic, world.include, world.unflushed)
			random := rand.New(rand.NewPCG(41, 42))
			next := hottest.RandomQueries(random, w.documents, true)
			telling := 0
			for round := range 36 {
				text := next()
				query, err := filter.Parse(text, filter.Options{})
				if err != nil {
					continue
				}
				from, to := w.window(random)
				if found := w.asTheWhole(t, hotstore.Search{Query: query, From: from, To: to, Limit: []int{7, 100, 5000}[round%3],
					Sort: hotstore.ParseSort(randomSorts()[random.IntN(len(randomSorts()))])}); found > 0 && found < len(w.documents) {
					telling++
				}
				w.groupsOfTheWhole(t, hotstore.Aggregate{Query: query, From: from, To: to, By: randomDimensions(random),
					Interval: []time.Duration{0, time.Minute, 7 * time.Minute, time.Hour, 24 * time.Hour}[random.IntN(5)]})
			}
			require.Greater(t, telling, 10, "most queries match all or nothing: the test tells little")
			for _, sort := range randomSorts() {
				for _, limit := range []int{151, 5000} {
					require.Positive(t, w.asTheWhole(t, hotstore.Search{Sort: hotstore.ParseSort(sort), Limit: limit}))
				}
			}
			w.asTheWhole(t, hotstore.Search{Sort: hotstore.ParseSort("ts"), Limit: 13, From: archiveStart().Add(85 * time.Minute)})
			for i := 0; i < len(w.documents); i += 37 {
				want := w.documents[i]
				got, err := w.auto.Get(t.Context(), want.UUID, want.Time)
				require.NoError(t, err)
				require.Equal(t, lines([]*hotstore.Document{want}), lines([]*hotstore.Document{got}))
			}
		})
	}
}

// asTheWhole compares the pages of both, as far as a test has time for them.
func (w *splitWorld) asTheWhole(t *testing.T, search hotstore.Search) (found int) {
	t.Helper()
	for page := 0; page < 6; page++ {
		about := fmt.Sprintf("%s from %s to %s by %v, page %d", search.Query, search.From, search.To, search.Order(), page)
		want, err := w.hot.Search(t.Context(), search)
		require.NoError(t, err, about)
		got, err := w.auto.Search(t.Context(), search)
		require.NoError(t, err, about)
		require.Equal(t, lines(want.Documents), lines(got.Documents), about)
		documents := int64(0)
		for _, part := range got.Usage.Parts {
			documents += part.Documents
			require.NotEmpty(t, part.Reason, about)
		}
		require.Equal(t, int64(len(got.Documents)), documents, about)
		found += len(got.Documents)
		if want.Next != "" {
			require.NotEmpty(t, got.Next, about)
		}
		if search.After = got.Next; got.Next == "" {
			break
		}
	}
	return found
}

func (w *splitWorld) groupsOfTheWhole(t *testing.T, aggregate hotstore.Aggregate) {
	t.Helper()
	about := fmt.Sprintf("%s from %s to %s by %v every %s", aggregate.Query, aggregate.From, aggregate.To, aggregate.By, aggregate.Interval)
	collect := func(reader hotstore.Reader) (groups []hotstore.Group) {
		usage, err := reader.Aggregate(t.Context(), aggregate, func(group hotstore.Group) error {
			groups = append(groups, group)
			return nil
		})
		require.NoError(t, err, about)
		requests, parts := int64(0), int64(0)
		for i := range groups {
			requests += groups[i].Requests
		}
		for _, part := range usage.Parts {
			parts += part.Documents
		}
		if reader == hotstore.Reader(w.auto) {
			require.Equal(t, requests, parts, about)
		}
		return groups
	}
	want, got := collect(w.hot), collect(w.auto)
	require.Len(t, got, len(want), about)
	for i := range want {
		require.Equal(t, want[i].Keys, got[i].Keys, about)
		require.Equal(t, want[i].Start, got[i].Start, about)
		require.Equal(t, counts(want[i]), counts(got[i]), about)
		require.Equal(t, want[i].Latency.Counts, got[i].Latency.Counts, about)
	}
}
