package federate

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/hottest"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/sqlite"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// both is the same traffic in a hot store and in an archive, some of it archived twice.
type both struct {
	hot       *sqlite.Store
	archive   *Archive
	documents []*hotstore.Document
}

func newBoth(t *testing.T, pairs []captured, rules *dimension.Rules, include hotstore.Include, layout archive.Layout) *both {
	t.Helper()
	store := newFolder(t)
	for chunk := range slices.Chunk(pairs, 457) {
		archivePairs(t, store, layout, chunk)
	}
	for _, again := range [][]captured{pairs[100:500], pairs[300:400], pairs[len(pairs)-200:]} {
		archivePairs(t, store, layout, again)
	}
	hot, err := sqlite.Open(t.Context(), sqlite.Config{Path: t.TempDir()}, sqlite.Settings{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, hot.Close()) })
	settings := rehydrate.Settings{Rules: rules, Layout: layout, Identity: store.Identity(), Include: include}
	b := &both{hot: hot, archive: NewArchive(Options{Bucket: store, Settings: settings})}
	builder := rehydrate.NewBuilder(settings)
	var pair rrpair.Pair
	for i := range pairs {
		require.NoError(t, pair.ParseJSON(pairs[i].line))
		document, _ := builder.Build(&pair, pairs[i].at, rehydrate.Known{})
		b.documents = append(b.documents, document.Clone())
	}
	result, err := hot.Write(t.Context(), b.documents)
	require.NoError(t, err)
	require.Empty(t, result.Remaining)
	require.Empty(t, result.Rejected)
	return b
}

// corpusPairs are the pairs of a file of the user's own; without BYOC_CORPUS none.
func corpusPairs(t *testing.T) (pairs []captured) {
	t.Helper()
	path := os.Getenv("BYOC_CORPUS")
	if path == "" {
		return nil
	}
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		pairs = append(pairs, captured{line: slices.Clone(lines.Bytes()), at: archiveStart().Add(time.Duration(len(pairs)) * time.Second)})
	}
	require.NoError(t, lines.Err())
	return pairs
}

// TestHotAndArchiveAnswerAlike asks both many random questions.
func TestHotAndArchiveAnswerAlike(t *testing.T) {
	traffic := demoPairs(equalPairs, 0.2)
	odd(t, traffic)
	if more := corpusPairs(t); len(more) > 0 {
		traffic = append(traffic, more...)
	}
	partitioned := archive.Layout{PartitionBy: []string{"service", "tag[source]"}}
	for _, world := range []struct {
		name    string
		rules   *dimension.Rules
		include hotstore.Include
		layout  archive.Layout
	}{
		{"defaults", nil, hotstore.IncludeNone, archive.Layout{}},
		{"the user's rules", usersRules(t), hotstore.IncludeNone, partitioned},
		{"the user's rules and whole pairs", usersRules(t), hotstore.IncludeFull, archive.Layout{}},
	} {
		t.Run(world.name, func(t *testing.T) {
			b := newBoth(t, traffic, world.rules, world.include, world.layout)
			random := rand.New(rand.NewPCG(21, 22))
			next := hottest.RandomQueries(random, b.documents, world.include == hotstore.IncludeFull)
			telling := 0
			for round := range rounds {
				text := next()
				query, err := filter.Parse(text, filter.Options{})
				if err != nil {
					continue
				}
				from, to := b.window(random)
				if found := b.sameDocuments(t, hotstore.Search{Query: query, From: from, To: to, Limit: []int{7, 100, 5000}[round%3],
					Sort: hotstore.ParseSort(randomSorts()[random.IntN(len(randomSorts()))])}); found > 0 && found < len(b.documents) {
					telling++
				}
				b.sameGroups(t, hotstore.Aggregate{Query: query, From: from, To: to, By: randomDimensions(random),
					Interval: []time.Duration{0, time.Minute, 7 * time.Minute, time.Hour, 24 * time.Hour}[random.IntN(5)]})
			}
			require.Greater(t, telling, rounds/5, "most queries match all or nothing: the test tells little")
			for _, text := range []string{"error IS true", "error IS false AND status IS 4xx", "error NOT true", "error IS true OR endpoint CONTAINS version",
				"endpoint CONTAINS {", "source EXISTS", "source IS 7", "ts >= 2026-11-20T10:00:00Z", "ts < 2000-01-01T00:00:00Z", "ts > 2026-11-23T00:00:00Z",
				"timerange NOT 2026-11-20T09:10:00Z 2026-11-20T10:10:00Z", "duration NOT EXISTS", "service NOT EXISTS", "service IS \"\""} {
				b.sameDocuments(t, hotstore.Search{Query: parsed(t, text), Limit: 500})
				b.sameGroups(t, hotstore.Aggregate{Query: parsed(t, text), By: []string{"endpoint", "error"}})
			}
			for _, sort := range randomSorts() {
				for _, limit := range []int{0, 701} {
					b.sameDocuments(t, hotstore.Search{Sort: hotstore.ParseSort(sort), Limit: limit})
				}
			}
			b.sameSingles(t)
		})
	}
}

func randomSorts() []string {
	return []string{"", "-ts", "ts", "ts,-uuid", "-ts,service", "-duration", "service,-status", "uuid", "-uuid", "error,-ts", "endpoint", "-size", "customer,ts", "-response_bytes"}
}

func randomDimensions(random *rand.Rand) []string {
	names := []string{"service", "endpoint", "status", "error", "peer", "direction", "host", "source", "customer", "agent", "command", "l7protocol", "session", "latency_bucket", "span"}
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names[:random.IntN(4)]
}

func (b *both) window(random *rand.Rand) (from, to time.Time) {
	times := []time.Time{b.documents[random.IntN(len(b.documents))].Time, b.documents[random.IntN(len(b.documents))].Time}
	slices.SortFunc(times, time.Time.Compare)
	switch random.IntN(4) {
	case 0:
		return times[0], times[1]
	case 1:
		return times[0], to
	case 2:
		return from, times[1].Truncate(time.Minute)
	default:
		return from, to
	}
}

// sameDocuments compares all pages of a search, as far as a test has time for them.
func (b *both) sameDocuments(t *testing.T, search hotstore.Search) (found int) {
	t.Helper()
	for page := 0; page < 4; page++ {
		want, err := b.hot.Search(t.Context(), search)
		require.NoError(t, err)
		got, err := b.archive.Search(t.Context(), search)
		require.NoError(t, err)
		about := fmt.Sprintf("%s from %s to %s by %v, page %d", search.Query, search.From, search.To, search.Order(), page)
		sameLines(t, lines(want.Documents), lines(got.Documents), about)
		require.Equal(t, want.Next == "", got.Next == "", about)
		found += len(got.Documents)
		if search.After = got.Next; got.Next == "" {
			break
		}
	}
	return found
}

func sameLines(t *testing.T, want, got []string, about string) {
	t.Helper()
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] { // asked first, as it is asked a million times
			require.Equal(t, want[i], got[i], "%s: document %d", about, i)
		}
	}
	require.Len(t, got, len(want), about)
}

// lines says all that a document tells, apart from what is there only where it is asked for.
func lines(documents []*hotstore.Document) []string {
	list := make([]string, len(documents))
	for i, d := range documents {
		plain := *d
		plain.Headers, plain.Pair, plain.Text = nil, nil, ""
		if len(plain.Extra) == 0 {
			plain.Extra = nil
		}
		list[i] = fmt.Sprintf("%s %+v", d.UUID, plain)
	}
	return list
}

func (b *both) sameGroups(t *testing.T, aggregate hotstore.Aggregate) {
	t.Helper()
	about := fmt.Sprintf("%s from %s to %s by %v every %s", aggregate.Query, aggregate.From, aggregate.To, aggregate.By, aggregate.Interval)
	collect := func(reader hotstore.Reader) map[string]hotstore.Group {
		groups := map[string]hotstore.Group{}
		_, err := reader.Aggregate(t.Context(), aggregate, func(group hotstore.Group) error {
			key := fmt.Sprintf("%q %s", group.Keys, group.Start)
			_, isDouble := groups[key]
			require.False(t, isDouble, "%s: %s", about, key)
			groups[key] = group
			return nil
		})
		require.NoError(t, err, about)
		return groups
	}
	want, got := collect(b.hot), collect(b.archive)
	require.Len(t, got, len(want), about)
	for key, w := range want {
		g := got[key]
		require.Equal(t, counts(w), counts(g), "%s: %s", about, key)
		x, y := w.Latency.Quantiles(0, 0.5, 0.9, 0.95, 0.99, 1), g.Latency.Quantiles(0, 0.5, 0.9, 0.95, 0.99, 1)
		for i := range x {
			require.InDelta(t, x[i], y[i], 0.01*float64(x[i]), "%s: %s", about, key)
		}
	}
}

func counts(g hotstore.Group) string {
	return fmt.Sprintf("%d requests, %d errors, %d and %d bytes, %d inbound, from %s to %s, %d latencies up to %s", g.Requests, g.Errors,
		g.RequestBytes, g.ResponseBytes, g.Inbound, g.First, g.Last, g.Latency.Count(), g.Latency.Max)
}

func (b *both) sameSingles(t *testing.T) {
	t.Helper()
	for i := 0; i < len(b.documents); i += 97 {
		document := b.documents[i]
		for _, at := range []time.Time{document.Time, {}} {
			want, err := b.hot.Get(t.Context(), document.UUID, at)
			require.NoError(t, err)
			got, err := b.archive.Get(t.Context(), document.UUID, at)
			require.NoError(t, err)
			require.Equal(t, lines([]*hotstore.Document{want}), lines([]*hotstore.Document{got}))
			require.NotEmpty(t, got.Pair)
		}
	}
	_, err := b.archive.Get(t.Context(), rrpair.UUID{1, 2, 3}, time.Time{})
	require.ErrorIs(t, err, hotstore.ErrNoDocument)
}
