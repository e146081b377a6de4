package archive

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
)

// BenchmarkScan reads a whole archive in a folder and rebuilds every record; MB/s are of raw.jsonl.
func BenchmarkScan(b *testing.B) {
	lines := shopLines(30_000, demo.Options{Seed: 11})
	store := openBucket(b, "file://"+b.TempDir())
	storeLines(b, store, lines, storeOptions{})
	raw := int64(0)
	for _, line := range lines {
		raw += int64(len(line)) + 1
	}
	b.SetBytes(raw)
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		stats, err := Scan(b.Context(), store, ScanOptions{}, func(*Record) error { return nil })
		require.NoError(b, err)
		require.EqualValues(b, len(lines), stats.Records)
	}
}
