package snapshot

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Whatever the window, the limit and the layout: a snapshot holds exactly the records that a look at every record gives,
// in order, each once, and its figures are true.
func TestSnapshotEqualsALookAtEveryRecord(t *testing.T) {
	lines := append(shop(900, 0.15), oddLines()...)
	for name, layout := range map[string]archive.Layout{
		"plain": {}, "namespace": {PartitionBy: []string{"namespace", "tag[source]"}}, "odd": {PartitionBy: []string{"service", "tag[a]"}},
	} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(len(name)), 4))
			source := newArchive(t, "mem://"+t.Name())
			source.add(t, lines, 200, layout)
			source.add(t, lines[300:700], 90, layout) // sent twice, in files cut elsewhere
			var times []time.Time
			for _, line := range lines {
				if at, ok := parse(t, line).Time(); ok && at.Year() == 2026 {
					times = append(times, at)
				}
			}
			for range 20 {
				var opts Options
				if random.IntN(4) > 0 { // on a record's ts, or beside it
					opts.From = times[random.IntN(len(times))].Add(time.Duration(random.IntN(3)-1) * time.Nanosecond)
				}
				if random.IntN(2) > 0 {
					opts.To = opts.From.Add(time.Duration(1 + random.Int64N(int64(2*time.Hour))))
					if opts.From.IsZero() {
						opts.To = times[random.IntN(len(times))]
					}
				}
				text := randomFilter(random, lines, random.IntN(2))
				if random.IntN(3) > 0 {
					opts.Query = query(t, text)
				}
				opts.AllHours, opts.Limit = true, int64(random.IntN(3)*random.IntN(60))
				opts.Order = []Order{Newest, Oldest}[random.IntN(2)]
				opts.Out = filepath.Join(t.TempDir(), "out")
				said := fmt.Sprint(opts.From, opts.To, text, opts.Query != nil, opts.Limit, opts.Order)

				want := expected(t, lines, opts)
				m, err := Create(t.Context(), source, opts)
				require.NoError(t, err, said)
				require.Empty(t, m.Skipped)
				_, got := readSnapshot(t, opts.Out)
				require.Equal(t, want, idsOf(t, got), said)
				services := int64(0)
				for _, records := range m.Counts.Services {
					services += records
				}
				require.Equal(t, m.Records, services)
				twice := int64(0)
				for _, line := range lines[300:700] {
					id, _ := parse(t, line).UUID()
					if slices.Contains(want, id) {
						twice++
					}
				}
				if name == "plain" {
					require.Equal(t, twice, m.Duplicates, said)
				}
				require.LessOrEqual(t, m.Duplicates, twice, said) // small files of the same rows are one file
				if opts.Limit == 0 {
					require.Equal(t, m.FilesListed, m.FilesPruned+m.FilesRead, "%s pruned %d read %d sources %d", said, m.FilesPruned, m.FilesRead, len(m.Sources))
				}
			}
		})
	}
}

func idsOf(tb testing.TB, lines [][]byte) []rrpair.UUID {
	ids := []rrpair.UUID{}
	for _, line := range lines {
		id, _ := parse(tb, line).UUID()
		ids = append(ids, id)
	}
	return ids
}

func expected(tb testing.TB, lines [][]byte, opts Options) []rrpair.UUID {
	tb.Helper()
	var keys []key
	for _, line := range lines {
		pair := parse(tb, line)
		id, _ := pair.UUID()
		at, ok := pair.Time()
		bounded := !opts.From.IsZero() || !opts.To.IsZero()
		inside := !bounded || ok && !at.Before(opts.From) && (opts.To.IsZero() || at.Before(opts.To))
		if !inside || opts.Query != nil && !matchesOpen(tb, line, opts.Query) {
			continue
		}
		if !ok {
			at = time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC) // when it was observed
		}
		keys = append(keys, keyOf(at, id))
	}
	slices.SortFunc(keys, key.compare)
	if limit := int(opts.Limit); limit > 0 && len(keys) > limit {
		if opts.Order == Newest {
			keys = keys[len(keys)-limit:]
		} else {
			keys = keys[:limit]
		}
	}
	ids := []rrpair.UUID{}
	for _, k := range keys {
		ids = append(ids, k.id)
	}
	return ids
}

func matchesOpen(tb testing.TB, line []byte, q *filter.Query) bool {
	return len(matching(tb, [][]byte{line}, q, time.Time{}, time.Time{})) == 1
}
