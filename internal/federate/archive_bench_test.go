package federate

import (
	"slices"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// BenchmarkArchive asks an archive of 100,000 pairs of the demo shop; a pair/s is one of those in the archive.
func BenchmarkArchive(b *testing.B) {
	const number = 100_000
	store := newFolder(b)
	pairs := demoPairs(number, 20)
	for chunk := range slices.Chunk(pairs, 20_000) {
		archivePairs(b, store, archive.Layout{}, chunk)
	}
	reader := NewArchive(Options{Bucket: store, Settings: archiveSettings(store, defaultRules(b))})
	aggregate := func(text string) func(*testing.B) {
		return func(b *testing.B) {
			question := hotstore.Aggregate{By: []string{"service", "endpoint", "status"}}
			if text != "" {
				question.Query = parsed(b, text)
			}
			for b.Loop() {
				if _, err := reader.Aggregate(b.Context(), question, func(hotstore.Group) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(number*b.N)/b.Elapsed().Seconds(), "pairs/s")
		}
	}
	b.Run("aggregate all", aggregate(""))
	b.Run("aggregate errors", aggregate("error IS true"))
	b.Run("aggregate an endpoint", aggregate("endpoint IS /api/cart"))
	b.Run("search the newest", func(b *testing.B) {
		for b.Loop() {
			if _, err := reader.Search(b.Context(), hotstore.Search{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("search the longest", func(b *testing.B) {
		for b.Loop() {
			if _, err := reader.Search(b.Context(), hotstore.Search{Sort: hotstore.ParseSort("-duration")}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(number*b.N)/b.Elapsed().Seconds(), "pairs/s")
	})
}
