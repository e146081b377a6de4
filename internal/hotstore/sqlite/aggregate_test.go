package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// groupsOf is the whole answer to an aggregation, in its order.
func groupsOf(t *testing.T, aggregate func(yield func(hotstore.Group) error) error) (groups []hotstore.Group) {
	t.Helper()
	require.NoError(t, aggregate(func(group hotstore.Group) error { groups = append(groups, group); return nil }))
	return groups
}

func onProcessors(t *testing.T, count int) {
	before := runtime.GOMAXPROCS(count)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// TestCountingIsTheSameHoweverManyCount compares answers with documents counted one by one.
func TestCountingIsTheSameHoweverManyCount(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	documents := demoDocuments(t, 6_000, hotstore.IncludeNone, false)
	for i, d := range documents {
		if i%2000 < 150 { // beyond any table of buckets
			d.LatencyBucket = int32(random.Uint32())
		}
		if i >= 2000 && i < 4000 { // more combinations than a table has
			d.Host, d.Peer, d.NetworkAddress = fmt.Sprint(random.IntN(200)), fmt.Sprint(random.IntN(200)), fmt.Sprint(random.IntN(200))
		}
	}
	store := openStore(t, t.TempDir(), Settings{})
	for from := 0; from < len(documents); from += 2000 {
		_, err := store.Write(t.Context(), documents[from:from+2000])
		require.NoError(t, err)
	}
	for _, text := range []string{"size >= 0", "service IS frontend", "duration > 100ms", "error IS true OR direction IS IN", "service IS nobody"} {
		query, err := filter.Parse(text, filter.Options{})
		require.NoError(t, err)
		condition, err := hotstore.Select(query)
		require.NoError(t, err)
		for _, by := range [][]string{nil, {"service"}, {"host", "peer", "networkaddr", "endpoint", "status"}, {"session"}, {"error", "direction", "customer.tier"}, {"latency_bucket"}} {
			for _, interval := range []time.Duration{0, time.Second, 7 * time.Minute} {
				aggregate := hotstore.Aggregate{Query: query, By: by, Interval: interval}
				counted := hotstore.NewGroups(&aggregate)
				var source hotstore.Source
				for _, document := range documents {
					source.Reset(document)
					holds, err := condition.Match(&source)
					require.NoError(t, err)
					if holds {
						require.NoError(t, counted.Add(document))
					}
				}
				want := groupsOf(t, counted.Each)
				for _, processors := range []int{1, 2, 4} {
					onProcessors(t, processors)
					got := groupsOf(t, func(yield func(hotstore.Group) error) error {
						_, err := store.Aggregate(t.Context(), aggregate, yield)
						return err
					})
					require.Len(t, got, len(want), "%q by %q", text, by)
					for i := range want {
						require.Equal(t, want[i], got[i], "%q by %q", text, by)
					}
				}
			}
		}
	}
}

// TestCountingThatFails: too many groups, somebody who no longer waits, and a damaged file end it, on any number of processors.
func TestCountingThatFails(t *testing.T) {
	documents := demoDocuments(t, 100, hotstore.IncludeNone, false)
	store := openStore(t, t.TempDir(), Settings{})
	batch := make([]*hotstore.Document, 0, segmentRows)
	for i := range hotstore.MaxGroups + 1 {
		d := *documents[i%len(documents)]
		d.UUID[0], d.UUID[1], d.UUID[2], d.UUID[3] = byte(i), byte(i>>8), byte(i>>16), 77
		if batch = append(batch, &d); len(batch) == segmentRows || i == hotstore.MaxGroups {
			_, err := store.Write(t.Context(), batch)
			require.NoError(t, err)
			batch = batch[:0]
		}
	}
	none := func(hotstore.Group) error { return nil }
	for _, processors := range []int{1, 4} {
		onProcessors(t, processors)
		_, err := store.Aggregate(t.Context(), hotstore.Aggregate{By: []string{"uuid"}}, none)
		require.ErrorIs(t, err, hotstore.ErrInvalidQuery)
		require.ErrorContains(t, err, "more than 100000 groups")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = store.Aggregate(ctx, hotstore.Aggregate{}, none)
		require.ErrorIs(t, err, context.Canceled)

		p, err := store.plan(t.Context(), nil, time.Time{}, time.Time{})
		require.NoError(t, err)
		segments, err := p.segments()
		require.NoError(t, err)
		require.NoError(t, segments[3].open())
		place := segments[3].places["service"]
		broken := *segments[3].head
		broken.texts = append([]column{}, broken.texts...)
		broken.texts[place].dictionary = broken.texts[place].dictionary[:1]
		segments[3].head = &broken
		aggregate := hotstore.Aggregate{By: []string{"service"}}
		err = p.countAll(t.Context(), hotstore.NewGroups(&aggregate), segments, &aggregate)
		require.ErrorIs(t, err, hotstore.ErrDamaged)
		p.close()
	}
}
