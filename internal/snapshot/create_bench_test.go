package snapshot

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// cpu is what the process has used so far; on a busy machine it tells more than the clock.
func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func benchmarkCreate(b *testing.B, text string, memory int64) {
	source := newArchive(b, "file://"+b.TempDir())
	source.add(b, shop(60_000, 20), 30_000, archive.Layout{})
	var q *filter.Query
	if text != "" {
		q = query(b, text)
	}
	out := filepath.Join(b.TempDir(), "out")
	var last *Manifest
	b.ReportAllocs()
	b.ResetTimer()
	begin, runs := cpu(), 0
	for b.Loop() {
		manifest, err := Create(b.Context(), source, Options{Out: out, Query: q, Force: true, MemoryBytes: memory, TempDir: b.TempDir()})
		require.NoError(b, err)
		last = manifest
		runs++
	}
	used := (cpu() - begin).Seconds() / float64(runs)
	b.ReportMetric(float64(last.Bytes)/1e6/used, "MB/cpu-s")
	b.ReportMetric(used*1000, "cpu-ms/op")
	b.ReportMetric(float64(last.BytesRead)/1e6, "MB-read")
	b.ReportMetric(float64(last.Records), "records")
}

func BenchmarkCreateAll(b *testing.B) { benchmarkCreate(b, "", 0) }

// With the least memory the records take the way through runs on disk.
func BenchmarkCreateSpilling(b *testing.B) { benchmarkCreate(b, "", 1) }

// A filter that keeps 1% of one service, strewn over all of its pages: the worst case for reading little.
func BenchmarkCreateNarrow(b *testing.B) {
	benchmarkCreate(b, "(service IS catalog) AND (sample[rrpair] IS 1/100)", 0)
}
