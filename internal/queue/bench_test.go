//go:build unix

package queue

import (
	"bytes"
	"context"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
)

const (
	benchRecords = 200
	benchBody    = 3100
)

// BenchmarkQueue measures the queue alone: the cost of making a block is not in it, decoding OTLP neither.
// Compare with BenchmarkStockQueue, the collector's queue with pdata and the same settings.
func BenchmarkQueue(b *testing.B) {
	for _, durable := range []bool{false, true} {
		b.Run("durable="+strconv.FormatBool(durable), func(b *testing.B) {
			config := DefaultConfig()
			config.Flush.Size = 64 * MiB
			config.Volatile = true
			host, stop := extensionHost{}, func() {}
			if durable {
				config.Volatile, config.SendingQueue.Storage = false, &storageID
				host, stop = fileStorage(b, b.TempDir())
			}
			var delivered atomic.Int64
			// A compressed block of such records takes about an eighth.
			data := bytes.Repeat([]byte("0123456"), benchRecords*benchBody/8/7)
			handler := Handler{
				Convert: func(context.Context, plog.Logs) ([]Block, error) {
					return []Block{{Data: data, Items: benchRecords, Bytes: benchRecords * benchBody}}, nil
				},
				Push: func(_ context.Context, blocks []Block) ([]Block, error) {
					items, _ := Totals(blocks)
					delivered.Add(int64(items))
					return nil, nil
				},
				Unreadable: func(context.Context, []byte, error) error { return nil },
			}
			e, err := NewLogs(context.Background(), exportertest.NewNopSettings(component.MustNewType("test")), config, handler)
			require.NoError(b, err)
			runBench(b, e, host)
			stop()
		})
	}
}

func BenchmarkStockQueue(b *testing.B) {
	for _, durable := range []bool{false, true} {
		b.Run("durable="+strconv.FormatBool(durable), func(b *testing.B) {
			config := exporterhelper.NewDefaultQueueConfig()
			config.Sizer = exporterhelper.RequestSizerTypeBytes
			config.QueueSize = int64(2 * GiB)
			config.BlockOnOverflow = true
			config.Batch = configoptional.Some(exporterhelper.BatchConfig{
				FlushTimeout: time.Minute, Sizer: exporterhelper.RequestSizerTypeItems, MinSize: 20_000,
			})
			host, stop := extensionHost{}, func() {}
			if durable {
				config.StorageID = &storageID
				host, stop = fileStorage(b, b.TempDir())
			}
			settings := exportertest.NewNopSettings(component.MustNewType("test"))
			e, err := exporterhelper.NewLogs(context.Background(), settings, struct{}{},
				func(context.Context, plog.Logs) error { return nil }, exporterhelper.WithQueue(config))
			require.NoError(b, err)
			runBench(b, e, host)
			stop()
		})
	}
}

func runBench(b *testing.B, e exporter.Logs, host component.Host) {
	b.Helper()
	require.NoError(b, e.Start(context.Background(), host))
	body := string(bytes.Repeat([]byte("x"), benchBody))
	template := plog.NewLogs()
	records := template.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for range benchRecords {
		records.AppendEmpty().Body().SetStr(body)
	}
	b.ReportAllocs()
	b.SetBytes(benchRecords * benchBody)
	begin := cpuSeconds(b)
	b.ResetTimer()
	for b.Loop() {
		request := template
		if e.Capabilities().MutatesData {
			// What the collector does for an exporter that says so, beside its siblings.
			request = plog.NewLogs()
			template.CopyTo(request)
		}
		require.NoError(b, e.ConsumeLogs(context.Background(), request))
	}
	b.StopTimer()
	require.NoError(b, e.Shutdown(context.Background()))
	b.ReportMetric((cpuSeconds(b)-begin)/float64(b.N*benchRecords)*1e6, "cpu-s/Mrecords")
}

func cpuSeconds(b *testing.B) float64 {
	b.Helper()
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
}
