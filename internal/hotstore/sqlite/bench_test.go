package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// million is the store that the reading benchmarks ask. It holds BYOC_HOT_DOCUMENTS documents, by default 100,000; the
// figures of docs/adr/0007-hot-sqlite.md are with 1000000.
type million struct {
	store       *Store
	count       int
	samples     []*hotstore.Document
	first, last time.Time
}

func documentCount(b *testing.B) int {
	text := os.Getenv("BYOC_HOT_DOCUMENTS")
	if text == "" {
		return 100_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// batches encodes traffic as it comes out of a queue: documents of size batches.
func batches(b *testing.B, count, size int, samples *[]*hotstore.Document) [][]byte {
	source := newTraffic(demo.Options{Seed: 11, Rate: 270}) // a million within an hour or so
	var encoded [][]byte
	var batch hotstore.Batch
	var document hotstore.Document
	for i := range count {
		source.next(b, &document, hotstore.IncludeNone, false)
		batch.Add(&document)
		if samples != nil && i%(count/500+1) == 0 {
			*samples = append(*samples, document.Clone())
		}
		if batch.Count == size || i == count-1 {
			encoded = append(encoded, batch.Append(nil))
			batch.Reset()
		}
	}
	return encoded
}

func openStore(tb testing.TB, path string, settings Settings) *Store {
	store, err := Open(context.Background(), Config{Path: path}, settings)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return store
}

// BenchmarkIngest writes batches of 8,192 documents to one day; time is that of Write alone.
func BenchmarkIngest(b *testing.B) {
	for _, size := range []int{8192, 1000, 100} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			count := min(documentCount(b), 100_000)
			encoded := batches(b, count, size, nil)
			b.ReportAllocs()
			documents, spent, computed := 0, time.Duration(0), time.Duration(0)
			for b.Loop() {
				b.StopTimer()
				store := openStore(b, b.TempDir(), Settings{})
				for _, data := range encoded {
					decoded, err := hotstore.DecodeBatch(data)
					if err != nil {
						b.Fatal(err)
					}
					begin, before := time.Now(), cpu(b)
					b.StartTimer()
					if _, err := store.Write(context.Background(), decoded); err != nil {
						b.Fatal(err)
					}
					b.StopTimer()
					spent += time.Since(begin)
					computed += cpu(b) - before
					documents += len(decoded)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(documents)/spent.Seconds(), "documents/s")
			b.ReportMetric(float64(documents)/computed.Seconds(), "documents/cpu-s")
		})
	}
}

// BenchmarkIngestText writes documents with their pair and their full text.
func BenchmarkIngestText(b *testing.B) {
	documents := demoDocuments(b, 1000, hotstore.IncludeFull, true)
	b.ReportAllocs()
	computed := time.Duration(0)
	for b.Loop() {
		b.StopTimer()
		store := openStore(b, b.TempDir(), Settings{})
		before := cpu(b)
		b.StartTimer()
		if _, err := store.Write(context.Background(), documents); err != nil {
			b.Fatal(err)
		}
		computed += cpu(b) - before
	}
	b.ReportMetric(float64(len(documents)*b.N)/computed.Seconds(), "documents/cpu-s")
}

func fill(b *testing.B) *million {
	m := &million{count: documentCount(b)}
	encoded := batches(b, m.count, segmentRows, &m.samples)
	folder := b.TempDir()
	writer, err := Open(context.Background(), Config{Path: folder}, Settings{})
	if err != nil {
		b.Fatal(err)
	}
	spent, computed := time.Duration(0), time.Duration(0)
	for _, data := range encoded {
		documents, err := hotstore.DecodeBatch(data)
		if err != nil {
			b.Fatal(err)
		}
		begin, before := time.Now(), cpu(b)
		if _, err := writer.Write(context.Background(), documents); err != nil {
			b.Fatal(err)
		}
		spent += time.Since(begin)
		computed += cpu(b) - before
	}
	if err := writer.Close(); err != nil {
		b.Fatal(err)
	}
	m.store = openStore(b, folder, Settings{})
	status, err := m.store.Status(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	m.first, m.last = status.First, status.Last
	b.Logf("%d documents from %s to %s: %.0f documents/s, %.0f a second of computing, %.1f bytes a document", status.Documents, m.first.Format(time.RFC3339),
		m.last.Format(time.RFC3339), float64(m.count)/spent.Seconds(), float64(m.count)/computed.Seconds(), float64(status.Bytes)/float64(status.Documents))
	return m
}

// cpu is the time that the process computed, which others on the machine do not change as they do the clock.
func cpu(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// p95 runs something often and reports the 95th percentile and the median, by the clock and by computing time.
func p95(b *testing.B, run func(i int)) {
	var times, computed []time.Duration
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		begin, before := time.Now(), cpu(b)
		run(i)
		times, computed = append(times, time.Since(begin)), append(computed, cpu(b)-before)
		i++
	}
	slices.Sort(times)
	slices.Sort(computed)
	at := func(times []time.Duration, q float64) float64 {
		return float64(times[int(q*float64(len(times)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(times, 0.5), "p50-ms")
	b.ReportMetric(at(times, 0.95), "p95-ms")
	b.ReportMetric(at(computed, 0.5), "p50-cpu-ms")
	b.ReportMetric(at(computed, 0.95), "p95-cpu-ms")
}

// BenchmarkRead asks a store of many documents.
func BenchmarkRead(b *testing.B) {
	m := fill(b)
	random := rand.New(rand.NewPCG(1, 2))
	ctx := context.Background()
	parse := func(text string) *filter.Query {
		query, err := filter.Parse(text, filter.Options{})
		if err != nil {
			b.Fatal(err)
		}
		return query
	}
	names := []string{"namespace", "service", "direction", "l7protocol", "tech", "command", "location", "endpoint", "status",
		"host", "peer", "session", "trace", "networkaddr", "error", "url", "source"}
	b.Run("two-dimensions", func(b *testing.B) {
		worst := time.Duration(0)
		slowest := ""
		p95(b, func(i int) {
			// Both from one document, or from two: then it may be that nothing matches.
			x, y := m.samples[random.IntN(len(m.samples))], m.samples[random.IntN(len(m.samples))]
			if i%2 == 0 {
				y = x
			}
			one := names[random.IntN(len(names))]
			other := names[random.IntN(len(names))]
			text := fmt.Sprintf("%s IS %q AND %s IS %q", one, hotstore.LookupDimension(one).Text(x), other, hotstore.LookupDimension(other).Text(y))
			before := cpu(b)
			if _, err := m.store.Search(ctx, hotstore.Search{Query: parse(text)}); err != nil {
				b.Fatal(text, err)
			}
			if took := cpu(b) - before; took > worst {
				worst, slowest = took, text
			}
		})
		b.Logf("slowest: %s %s", worst, slowest)
	})
	b.Run("two-dimensions-cold", func(b *testing.B) { // as the command does: it opens the store for one question
		p95(b, func(int) {
			x, y := m.samples[random.IntN(len(m.samples))], m.samples[random.IntN(len(m.samples))]
			cold, err := Open(ctx, m.store.config, Settings{})
			if err != nil {
				b.Fatal(err)
			}
			query := parse(fmt.Sprintf("endpoint IS %q AND session IS %q", x.Endpoint, y.Session))
			if _, err := cold.Search(ctx, hotstore.Search{Query: query}); err != nil {
				b.Fatal(err)
			}
			if err := cold.Close(); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("rare-and-slow", func(b *testing.B) {
		query := parse("duration > 900ms AND status IS 500")
		p95(b, func(int) {
			if _, err := m.store.Search(ctx, hotstore.Search{Query: query}); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("contains-url", func(b *testing.B) {
		query := parse("url CONTAINS nowhere AND direction IS IN")
		p95(b, func(int) {
			if _, err := m.store.Search(ctx, hotstore.Search{Query: query}); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("no-value", func(b *testing.B) {
		var queries []*filter.Query
		for _, text := range []string{`url IS "" AND service IS "frontend"`, `session IS "" AND service IS "frontend"`, "trace NOT EXISTS AND error IS true", "url EXISTS AND tech IS Postgres"} {
			queries = append(queries, parse(text))
		}
		p95(b, func(i int) {
			if _, err := m.store.Search(ctx, hotstore.Search{Query: queries[i%len(queries)]}); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("stats-one-hour", func(b *testing.B) {
		groups := 0
		p95(b, func(int) {
			groups = 0
			_, err := m.store.Aggregate(ctx, hotstore.Aggregate{From: m.last.Add(-time.Hour), By: []string{"service", "endpoint", "status"}, Interval: time.Minute},
				func(hotstore.Group) error { groups++; return nil })
			if err != nil {
				b.Fatal(err)
			}
		})
		b.ReportMetric(float64(groups), "groups")
	})
	b.Run("get", func(b *testing.B) {
		p95(b, func(int) {
			sample := m.samples[random.IntN(len(m.samples))]
			if _, err := m.store.Get(ctx, sample.UUID, time.Time{}); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("slowest-hundred", func(b *testing.B) {
		p95(b, func(int) {
			if _, err := m.store.Search(ctx, hotstore.Search{Sort: hotstore.ParseSort("-duration")}); err != nil {
				b.Fatal(err)
			}
		})
	})
}
