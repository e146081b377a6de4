package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// benchRecords is how many records a request of the benchmarks carries.
const benchRecords = 200

// benchRequests returns the corpus as requests of 200 records, and the bytes of
// its JSON.
func benchRequests(b testing.TB, repeat int) (requests []plog.Logs, jsonBytes int) {
	b.Helper()
	var lines [][]byte
	for round := range repeat {
		for _, line := range corpus(b) {
			lines = append(lines, reseed(b, line, round))
		}
	}
	for len(lines) > 0 {
		n := min(benchRecords, len(lines))
		logs := plog.NewLogs()
		appendLogs(b, logs, lines[:n])
		for _, line := range lines[:n] {
			jsonBytes += len(line)
		}
		requests = append(requests, logs)
		lines = lines[n:]
	}
	return requests, jsonBytes
}

// reseed gives a line another uuid in rounds after the first, as a record that
// was not seen before has.
func reseed(b testing.TB, line []byte, round int) []byte {
	if round == 0 {
		return line
	}
	var pair rrpair.Pair
	require.NoError(b, pair.ParseJSON(line))
	id, _ := pair.UUID()
	fresh := id
	binary.LittleEndian.PutUint64(fresh[:], binary.LittleEndian.Uint64(id[:])*uint64(2*round+1)+uint64(round))
	return bytes.ReplaceAll(line, []byte(id.Base64()), []byte(fresh.Base64()))
}

func convertAll(b testing.TB, converter *Converter, requests []plog.Logs) []queue.Block {
	b.Helper()
	var all []queue.Block
	for _, logs := range requests {
		blocks, _, rejected, err := converter.Convert(context.Background(), logs)
		require.NoError(b, err)
		require.Empty(b, rejected)
		all = append(all, blocks...)
	}
	return all
}

// oneFolder gives every record the same hour, so that all blocks make one file.
func oneFolder(requests []plog.Logs) {
	for _, logs := range requests {
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for i, record := range scope.LogRecords().All() {
					stamp := observedLate.Add(-1e9*60).UnixNano() + int64(i)*1_234_567
					text := appendTimestamp(nil, stamp/1000, int32(stamp%1000))
					record.Body().Map().PutStr("ts", string(text))
					record.SetTimestamp(pcommon.Timestamp(stamp))
				}
			}
		}
	}
}

func BenchmarkConvert(b *testing.B) {
	requests, jsonBytes := benchRequests(b, 1)
	oneFolder(requests)
	for _, codec := range []BlockCodec{BlockPlain, BlockS2, BlockZstd} {
		b.Run(codec.String(), func(b *testing.B) {
			converter := NewConverter(Layout{}, ConverterOptions{Codec: &codec})
			stored := 0
			b.SetBytes(int64(jsonBytes))
			b.ReportAllocs()
			for b.Loop() {
				stored = 0
				for _, block := range convertAll(b, converter, requests) {
					stored += len(block.Data)
				}
			}
			b.ReportMetric(float64(stored)/float64(jsonBytes), "stored/json")
		})
	}
}

// BenchmarkFromLogRecord is the part of BenchmarkConvert that is the model's.
func BenchmarkFromLogRecord(b *testing.B) {
	requests, jsonBytes := benchRequests(b, 1)
	b.SetBytes(int64(jsonBytes))
	b.ReportAllocs()
	var pair rrpair.Pair
	for b.Loop() {
		for _, logs := range requests {
			for _, resource := range logs.ResourceLogs().All() {
				for _, scope := range resource.ScopeLogs().All() {
					for _, record := range scope.LogRecords().All() {
						if err := pair.FromLogRecord(resource.Resource(), record); err != nil {
							b.Fatal(err)
						}
					}
				}
			}
		}
	}
}

func BenchmarkWriteFile(b *testing.B) {
	requests, jsonBytes := benchRequests(b, 10)
	oneFolder(requests)
	for _, codec := range []BlockCodec{BlockPlain, BlockS2, BlockZstd} {
		b.Run(codec.String(), func(b *testing.B) {
			blocks := convertAll(b, NewConverter(Layout{}, ConverterOptions{Codec: &codec}), requests)
			writer := NewFileWriter(WriteOptions{})
			b.SetBytes(int64(jsonBytes))
			b.ReportAllocs()
			size := int64(0)
			for b.Loop() {
				info, err := writer.Write(context.Background(), io.Discard, blocks)
				require.NoError(b, err)
				size = info.Bytes
			}
			b.ReportMetric(float64(size)/float64(jsonBytes), "file/json")
		})
	}
}

func BenchmarkUnshred(b *testing.B) {
	requests, jsonBytes := benchRequests(b, 1)
	group := new(writeGroup)
	for _, block := range convertAll(b, NewConverter(Layout{}, ConverterOptions{}), requests) {
		require.NoError(b, group.addBlock(newBlockDecoder(), block.Data))
	}
	var rows []*Row
	for row := range uint32(group.rows()) {
		rows = append(rows, group.rowAt(row))
	}
	var line []byte
	b.SetBytes(int64(jsonBytes))
	b.ReportAllocs()
	for b.Loop() {
		for _, row := range rows {
			var err error
			if line, err = Unshred(line[:0], row); err != nil {
				b.Fatal(err)
			}
		}
	}
}
