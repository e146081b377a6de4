package dimensionprocessor

import (
	"context"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
)

// BenchmarkRecords is the cost of a record that arrives without attributes; ns/op and allocs/op are a record's, CPU-s/M are
// the process's CPU-seconds per million records, garbage collection included.
func BenchmarkRecords(b *testing.B) {
	const number = 200
	for name, block := range map[string]string{
		"defaults": "",
		"extra":    `dimensions: [{name: tenant, from: "header[user-agent]"}]`,
		"body":     `dimensions: [{name: tier, from: "req_json[customer.tier]"}]`,
	} {
		b.Run(name, func(b *testing.B) {
			r := started(b, block, host{component.MustNewID("archive"): &anArchive{}})
			logs := request(b, "map", generated(1, number)...)
			b.ReportAllocs()
			b.ResetTimer()
			used := 0.0
			for range b.N / number {
				before := processCPU(b)
				require.NoError(b, r.processor.ConsumeLogs(context.Background(), logs))
				used += processCPU(b) - before
				b.StopTimer()
				r.next.Reset()
				for _, record := range recordsOf(logs) {
					plog.NewLogRecord().Attributes().MoveTo(record.Attributes())
					record.SetTraceID([16]byte{})
				}
				b.StartTimer()
			}
			b.ReportMetric(used/float64(max(b.N/number, 1)*number)*1e6, "CPU-s/M")
		})
	}
}

func processCPU(tb testing.TB) float64 {
	tb.Helper()
	var usage syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}
