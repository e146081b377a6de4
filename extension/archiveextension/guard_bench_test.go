package archiveextension

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// BenchmarkAdmit is what the fence costs while running: bytes are those of the pairs' JSON, an operation is one pair.
func BenchmarkAdmit(b *testing.B) {
	const number = 1000
	signer := stamp.NewSigner("default", "1", "k", []byte("0123456789abcdef0123456789abcdef"))
	defer signer.Close()
	generator := demo.NewGenerator(demo.Options{Seed: 1})
	records := plog.NewLogRecordSlice()
	var pair rrpair.Pair
	size := 0
	for range number {
		record := records.AppendEmpty()
		require.NoError(b, pair.ParseJSON(generator.Next(nil)))
		require.NoError(b, pair.ToLogRecord(record))
		content, err := stamp.Content(&pair, record)
		require.NoError(b, err)
		signer.Sign(record, content)
		size += len(content)
	}
	guard := newGuard(nil, archive.RedactionConfig{})
	b.SetBytes(int64(size / number))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := guard.Admit(records.At(i % number)); err != nil {
			b.Fatal(err)
		}
	}
}
