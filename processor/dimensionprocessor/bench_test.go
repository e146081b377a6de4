package dimensionprocessor

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
)

// BenchmarkRecords is the cost of a record that arrives without attributes; ns/op and allocs/op are a record's.
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
			for range b.N / number {
				require.NoError(b, r.processor.ConsumeLogs(context.Background(), logs))
				b.StopTimer()
				r.next.Reset()
				for _, record := range recordsOf(logs) {
					plog.NewLogRecord().Attributes().MoveTo(record.Attributes())
					record.SetTraceID([16]byte{})
				}
				b.StartTimer()
			}
		})
	}
}
