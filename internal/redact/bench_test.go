package redact

import (
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// benchmarkPairs are the sample pairs below a size, and their bytes of JSON.
func benchmarkPairs(b *testing.B, below int) ([]*rrpair.Pair, int64) {
	var pairs []*rrpair.Pair
	total := int64(0)
	for _, line := range sampleLines(b) {
		pair := &rrpair.Pair{}
		require.NoError(b, pair.ParseJSON(line))
		if len(pair.JSON()) < below {
			pairs = append(pairs, pair)
			total += int64(len(pair.JSON()))
		}
	}
	return pairs, total
}

func BenchmarkPair(b *testing.B) {
	for _, policy := range []string{"default", "strict", "secrets-only"} {
		b.Run(policy, func(b *testing.B) { benchmarkPair(b, policy, 1<<30) })
	}
	b.Run("default below 8 KB", func(b *testing.B) { benchmarkPair(b, "default", 8<<10) })
}

func benchmarkPair(b *testing.B, policy string, below int) {
	pairs, total := benchmarkPairs(b, below)
	benchmarkPairsOf(b, policy, pairs, total)
}

// BenchmarkDemo is traffic of which no two pairs are the same, more than a worker remembers.
func BenchmarkDemo(b *testing.B) {
	const count = 10_000
	generator := demo.NewGenerator(demo.Options{Seed: 1})
	pairs, total := make([]*rrpair.Pair, count), int64(0)
	for i := range pairs {
		pairs[i] = &rrpair.Pair{}
		require.NoError(b, pairs[i].ParseJSON(generator.Next(nil)))
		total += int64(len(pairs[i].JSON()))
	}
	benchmarkPairsOf(b, "default", pairs, total)
}

func benchmarkPairsOf(b *testing.B, policy string, pairs []*rrpair.Pair, total int64) {
	e := testEngine(b, policy)
	var out []byte
	b.ReportAllocs()
	b.SetBytes(total)
	before := cpuTime()
	for b.Loop() {
		for _, pair := range pairs {
			var err error
			if out, _, err = e.Pair(out[:0], pair, Call{}); err != nil {
				b.Fatal(err)
			}
		}
	}
	reportCPU(b, cpuTime()-before, len(pairs), total)
}

func BenchmarkRecord(b *testing.B) {
	e := testEngine(b, "default")
	pairs, total := benchmarkPairs(b, 1<<30)
	records := make([]plog.LogRecord, len(pairs))
	for i, pair := range pairs {
		records[i] = plog.NewLogRecord()
		require.NoError(b, pair.ToLogRecord(records[i]))
	}
	work := make([]pcommon.Value, len(records))
	b.ReportAllocs()
	b.SetBytes(total)
	used := time.Duration(0)
	for b.Loop() {
		b.StopTimer()
		for i := range records {
			work[i] = pcommon.NewValueEmpty()
			records[i].Body().CopyTo(work[i])
		}
		b.StartTimer()
		before := cpuTime()
		for i := range records {
			record := plog.NewLogRecord()
			work[i].MoveTo(record.Body())
			if _, err := e.Record(record, Call{}); err != nil {
				b.Fatal(err)
			}
		}
		used += cpuTime() - before
	}
	reportCPU(b, used, len(pairs), total)
}

// cpuTime is what this process has used of processors: it does not count who else is using the machine.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func reportCPU(b *testing.B, used time.Duration, pairs int, bytes int64) {
	runs := float64(b.N)
	b.ReportMetric(float64(used.Nanoseconds())/runs/float64(pairs), "cpu-ns/pair")
	b.ReportMetric(float64(bytes)*runs/used.Seconds()/1e6, "cpu-MB/s")
}
