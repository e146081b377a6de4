package archive

import (
	"context"
	"io"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// benchRecords is how many records a request of the benchmarks carries.
const benchRecords = 200

// toRequests returns the lines as requests of 200 records, and the bytes of their
// JSON.
func toRequests(t testing.TB, lines [][]byte) (requests []plog.Logs, jsonBytes int) {
	t.Helper()
	for len(lines) > 0 {
		n := min(benchRecords, len(lines))
		logs := plog.NewLogs()
		appendLogs(t, logs, lines[:n])
		for _, line := range lines[:n] {
			jsonBytes += len(line)
		}
		requests = append(requests, logs)
		lines = lines[n:]
	}
	return requests, jsonBytes
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

// oneFolder makes all blocks one file: pairs of several hours get times of one,
// 19 ms apart, in the order in which they come. The sorting needs true times:
// numbers and dates that grow with them compress.
func oneFolder(requests []plog.Logs) {
	hours := map[string]bool{}
	eachRecord(requests, func(record plog.LogRecord) {
		ts, _ := record.Body().Map().Get("ts")
		hours[ts.Str()[:min(len("2026-11-20T09"), len(ts.Str()))]] = true
	})
	if len(hours) == 1 {
		return
	}
	stamp := observedLate.Add(-time.Hour).UnixNano()
	eachRecord(requests, func(record plog.LogRecord) {
		stamp += 19_234_567
		text := appendTimestamp(nil, stamp/1000, int32(stamp%1000))
		record.Body().Map().PutStr("ts", string(text))
		record.SetTimestamp(pcommon.Timestamp(stamp))
	})
}

func eachRecord(requests []plog.Logs, do func(plog.LogRecord)) {
	for _, logs := range requests {
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					do(record)
				}
			}
		}
	}
}

// reportCPU reports CPU seconds per million pairs of 3.1 KB, all threads of the
// process counted: unlike the wall clock it holds on a busy machine.
func reportCPU(b *testing.B, jsonBytes int) (stop func()) {
	b.Helper()
	cpu := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			return 0
		}
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	start := cpu()
	return func() {
		perByte := (cpu() - start).Seconds() / float64(b.N) / float64(jsonBytes)
		b.ReportMetric(perByte*3.1e9, "cpu-s/Mpairs")
		b.ReportMetric(1/perByte/1e6, "MB/cpu-s")
	}
}

func BenchmarkConvert(b *testing.B) {
	requests, jsonBytes := toRequests(b, corpus(b))
	oneFolder(requests)
	for _, codec := range []BlockCodec{BlockPlain, BlockS2, BlockZstd} {
		b.Run(codec.String(), func(b *testing.B) {
			converter := NewConverter(Layout{}, ConverterOptions{Codec: &codec})
			stored := 0
			b.SetBytes(int64(jsonBytes))
			b.ReportAllocs()
			stop := reportCPU(b, jsonBytes)
			for b.Loop() {
				stored = 0
				for _, block := range convertAll(b, converter, requests) {
					stored += len(block.Data)
				}
			}
			stop()
			b.ReportMetric(float64(stored)/float64(jsonBytes), "stored/json")
		})
	}
}

// BenchmarkFromLogRecord is the part of BenchmarkConvert that is the model's.
func BenchmarkFromLogRecord(b *testing.B) {
	requests, jsonBytes := toRequests(b, corpus(b))
	b.SetBytes(int64(jsonBytes))
	b.ReportAllocs()
	var pair rrpair.Pair
	defer reportCPU(b, jsonBytes)()
	for b.Loop() {
		for _, logs := range requests {
			resource := logs.ResourceLogs().At(0)
			for _, record := range resource.ScopeLogs().At(0).LogRecords().All() {
				if err := pair.FromLogRecord(resource.Resource(), record); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

// fileLines is enough traffic, none of it repeated, for a file of a usual size.
func fileLines(testing.TB) [][]byte { return demoLines(20_000) }

func BenchmarkWriteFile(b *testing.B) {
	for _, codec := range []BlockCodec{BlockPlain, BlockS2, BlockZstd} {
		b.Run(codec.String(), func(b *testing.B) {
			requests, jsonBytes := toRequests(b, fileLines(b))
			oneFolder(requests)
			blocks := convertAll(b, NewConverter(Layout{}, ConverterOptions{Codec: &codec}), requests)
			requests = nil //nolint:ineffassign // so that it can be freed before memory is measured
			runtime.GC()
			writer := NewFileWriter(WriteOptions{})
			b.SetBytes(int64(jsonBytes))
			b.ReportAllocs()
			size := int64(0)
			stop := reportCPU(b, jsonBytes)
			for b.Loop() {
				info, err := writer.Write(context.Background(), io.Discard, blocks)
				require.NoError(b, err)
				size = info.Bytes
			}
			stop()
			b.ReportMetric(float64(size)/float64(jsonBytes), "file/json")
		})
	}
}

func BenchmarkUnshred(b *testing.B) {
	requests, jsonBytes := toRequests(b, corpus(b))
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
	defer reportCPU(b, jsonBytes)()
	for b.Loop() {
		for _, row := range rows {
			var err error
			if line, err = Unshred(line[:0], row); err != nil {
				b.Fatal(err)
			}
		}
	}
}
