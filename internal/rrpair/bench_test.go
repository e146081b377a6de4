package rrpair

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// samples returns the sample pairs as text and as log records, and the bytes of
// JSON in one pass over them.
func samples(b *testing.B) (lines [][]byte, logs plog.LogRecordSlice, resource plog.ResourceLogs, size int64) {
	b.Helper()
	lines = sampleLines(b)
	resource = plog.NewLogs().ResourceLogs().AppendEmpty()
	logs = resource.ScopeLogs().AppendEmpty().LogRecords()
	var p Pair
	for _, line := range lines {
		require.NoError(b, p.ParseJSON(line))
		require.NoError(b, p.ToLogRecord(logs.AppendEmpty()))
		size += int64(len(line))
	}
	return lines, logs, resource, size
}

func BenchmarkFromLogRecord(b *testing.B) {
	_, logs, resource, size := samples(b)
	var p Pair
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for i := range logs.Len() {
			if err := p.FromLogRecord(resource.Resource(), logs.At(i)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkFromLogRecordFilling has attributes fill what the recordings call
// undefined, which makes the text be written once more.
func BenchmarkFromLogRecordFilling(b *testing.B) {
	_, logs, resource, size := samples(b)
	resource.Resource().Attributes().PutStr("cluster", "harbour")
	resource.Resource().Attributes().PutStr("k8s.namespace.name", "shop")
	resource.Resource().Attributes().PutStr("service.name", "checkout")
	var p Pair
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for i := range logs.Len() {
			if err := p.FromLogRecord(resource.Resource(), logs.At(i)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkToLogRecord(b *testing.B) {
	lines, _, _, size := samples(b)
	pairs := make([]Pair, len(lines))
	for i := range lines {
		require.NoError(b, pairs[i].ParseJSON(lines[i]))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		records := plog.NewLogRecordSlice()
		records.EnsureCapacity(len(pairs))
		for i := range pairs {
			if err := pairs[i].ToLogRecord(records.AppendEmpty()); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkParseJSON(b *testing.B) {
	lines, _, _, size := samples(b)
	var p Pair
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, line := range lines {
			if err := p.ParseJSON(line); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkParseJSONSpaced has white space between the members, so that the
// text is compacted and scanned again.
func BenchmarkParseJSONSpaced(b *testing.B) {
	lines, _, _, size := samples(b)
	spaced := make([][]byte, len(lines))
	for i, line := range lines {
		spaced[i] = append([]byte("{ "), line[1:]...)
	}
	var p Pair
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, line := range spaced {
			if err := p.ParseJSON(line); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkAppendResponseBody(b *testing.B) {
	lines, _, _, size := samples(b)
	pairs := make([]Pair, len(lines))
	for i := range lines {
		require.NoError(b, pairs[i].ParseJSON(lines[i]))
	}
	var body []byte
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for i := range pairs {
			body, _ = pairs[i].AppendResponseBody(body[:0])
		}
	}
}
