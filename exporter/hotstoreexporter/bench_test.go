package hotstoreexporter

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
)

// BenchmarkConvert is what a pair costs on the sender's goroutine: a log record whose body is a map becomes a document in
// a compressed block.
func BenchmarkConvert(b *testing.B) {
	const records = 500
	for _, test := range []struct {
		name    string
		include hotstore.Include
		text    bool
		before  bool // a dimension processor has been there
	}{{name: "none"}, {name: "none/dimensioned", before: true}, {name: "headers", include: hotstore.IncludeHeaders},
		{name: "full", include: hotstore.IncludeFull}, {name: "text", text: true}} {
		b.Run(test.name, func(b *testing.B) {
			logs, sent := pairs(b, 1, records, begin())
			if test.before {
				dimensioned(logs)
			}
			bytes := 0
			for _, pair := range sent {
				bytes += len(pair)
			}
			rules, err := dimension.Compile(dimension.NewDefaultSettings())
			if err != nil {
				b.Fatal(err)
			}
			settings := rehydrate.Settings{Rules: rules, Limiter: dimension.NewLimiter(500), Include: test.include, Text: test.text,
				Layout: archive.Layout{}, Identity: "s3://acme-traffic/rrpairs"}
			converter := newConverter(nil, func() rehydrate.Settings { return settings })
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				if _, err := converter.convert(b.Context(), logs); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/pair")
		})
	}
}

// dimensioned sets the attributes that a dimension processor sets and that count here.
func dimensioned(logs plog.Logs) {
	for _, record := range logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
		record.Attributes().PutStr(attributeEndpoint, "/orders/{id}")
		record.Attributes().PutBool(attributeError, false)
		record.Attributes().PutStr(prefixExtra+"tenant", "acme")
		record.SetObservedTimestamp(record.Timestamp() + 1)
	}
}
