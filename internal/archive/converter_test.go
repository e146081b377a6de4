package archive

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

func TestConvertMakesABlockForEachFolderAndService(t *testing.T) {
	line := func(uuid int, ts, service string) []byte {
		return fmt.Appendf(nil, `{"msgType":"rrpair","ts":"2026-03-01T%sZ","uuid":"%021dA==","service":%q}`, ts, uuid, service)
	}
	logs := plog.NewLogs()
	appendLogs(t, logs, [][]byte{
		line(1, "10:00:00", "cart"), line(2, "10:59:59.999999", "cart"), line(3, "11:00:00", "cart"),
		line(4, "10:30:00", "orders"), line(5, "10:00:01", "cart"),
	})
	blocks, stats, rejected, err := NewConverter(Layout{}, ConverterOptions{}).Convert(context.Background(), logs)
	require.NoError(t, err)
	require.Empty(t, rejected)
	require.Equal(t, 5, stats.RRPairs)
	var got []string
	for _, block := range blocks {
		info, err := BlockHeader(block.Data)
		require.NoError(t, err)
		require.Equal(t, block.Items, info.Rows)
		require.Equal(t, block.Bytes, info.RawBytes)
		got = append(got, fmt.Sprintf("%s %s %d %s-%s", info.Folder, info.Service, info.Rows,
			info.MinTS.Format("15:04:05.000000"), info.MaxTS.Format("15:04:05.000000")))
	}
	require.Equal(t, []string{
		"v1/date=2026-03-01/hour=10 cart 3 10:00:00.000000-10:59:59.999999",
		"v1/date=2026-03-01/hour=11 cart 1 11:00:00.000000-11:00:00.000000",
		"v1/date=2026-03-01/hour=10 orders 1 10:30:00.000000-10:30:00.000000",
	}, got)
}

func TestConvertSkipsOthersAndReturnsWhatItCannotRead(t *testing.T) {
	logs := plog.NewLogs()
	appendLogs(t, logs, [][]byte{[]byte(`{"msgType":"rrpair","ts":"2026-03-01T10:00:00Z","uuid":"AAECAwQFBgcICQoLDA0ODw=="}`)})
	records := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	records.AppendEmpty().Body().SetStr("just a log line")
	records.AppendEmpty()
	records.AppendEmpty().Body().SetEmptyMap().PutStr("msgType", "else")
	records.AppendEmpty().Body().SetStr(`{"msgType":"rrpair","ts":`)
	bad := records.AppendEmpty()
	bad.SetObservedTimestamp(pcommon.NewTimestampFromTime(observedLate))
	body := bad.Body().SetEmptyMap()
	body.PutStr("msgType", "rrpair")
	body.PutDouble("duration", math.NaN())
	records.AppendEmpty().Body().SetEmptyBytes().FromRaw([]byte(`{"msgType":"rrpair","a":1,"a":2}`))

	blocks, stats, rejected, err := NewConverter(Layout{}, ConverterOptions{}).Convert(context.Background(), logs)
	require.NoError(t, err)
	require.Len(t, blocks, 1)
	require.Equal(t, 1, stats.RRPairs)
	require.Equal(t, records.Len()-1, stats.Others+len(rejected))
	require.NotEmpty(t, rejected)
	for _, r := range rejected {
		require.Error(t, r.Reason)
		require.NotEmpty(t, r.Body, "%v", r.Reason)
	}
	require.Contains(t, string(rejected[len(rejected)-1].Body), `"a":2`)
}

func TestConvertCountsAbsurdTimesAndKeepsThem(t *testing.T) {
	logs := plog.NewLogs()
	line := `{"msgType":"rrpair","ts":"1970-01-01T00:00:00Z","uuid":"AAECAwQFBgcICQoLDA0ODw=="}`
	appendLogs(t, logs, [][]byte{[]byte(line)})
	blocks, stats, _, err := NewConverter(Layout{}, ConverterOptions{}).Convert(context.Background(), logs)
	require.NoError(t, err)
	require.Equal(t, 1, stats.AbsurdTimes)
	info, err := BlockHeader(blocks[0].Data)
	require.NoError(t, err)
	require.Equal(t, "v1/date=2027-01-01/hour=00", info.Folder)
	require.Equal(t, []string{line}, unshredBlocks(t, blocks))
}

func TestConvertBoundsBlocks(t *testing.T) {
	big := strings.Repeat("x", maxBlockBytes/3)
	var lines [][]byte
	for i := range 10 {
		lines = append(lines, fmt.Appendf(nil, `{"msgType":"rrpair","ts":"2026-03-01T10:00:00Z","uuid":"%021dA==","service":"s","big":%q}`, i, big))
	}
	logs := plog.NewLogs()
	appendLogs(t, logs, lines)
	blocks, _, _, err := NewConverter(Layout{}, ConverterOptions{}).Convert(context.Background(), logs)
	require.NoError(t, err)
	require.Len(t, blocks, 4)
	require.Len(t, unshredBlocks(t, blocks), len(lines))

	lines = nil
	for i := range maxOpenBlocks * 2 {
		lines = append(lines, fmt.Appendf(nil, `{"msgType":"rrpair","ts":"2026-03-01T10:00:00Z","uuid":"%021dA==","service":"s%d"}`, i, i))
	}
	logs = plog.NewLogs()
	appendLogs(t, logs, lines)
	blocks, _, _, err = NewConverter(Layout{}, ConverterOptions{}).Convert(context.Background(), logs)
	require.NoError(t, err)
	require.Len(t, unshredBlocks(t, blocks), len(lines))
}

func TestConvertFromManyGoroutines(t *testing.T) {
	requests, _ := toRequests(t, demoLines(800))
	converter := NewConverter(Layout{PartitionBy: []string{"service"}}, ConverterOptions{})
	want := unshredBlocks(t, convertAll(t, converter, requests))
	var group sync.WaitGroup
	results := make([][]queue.Block, 4)
	for i := range results {
		group.Go(func() {
			for range 5 {
				results[i] = convertAll(t, converter, requests)
			}
		})
	}
	group.Wait()
	for _, blocks := range results {
		require.Equal(t, want, unshredBlocks(t, blocks))
	}
}

func TestConvertStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	requests, _ := toRequests(t, demoLines(10))
	_, _, _, err := NewConverter(Layout{}, ConverterOptions{}).Convert(ctx, requests[0])
	require.ErrorIs(t, err, context.Canceled)
}

func TestColumnsAnswerForRest(t *testing.T) {
	row := requireShredExact(t, pairOf(t, `"ts":"2026-03-01T12:00:00+00:00","uuid":"30313233-3435-3637-3839-616263646566","duration":1.0,"service":"",`+
		`"http":{"req":{"bodyBase64":"YQ","headers":{"traceparent":["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]}}}`))
	require.Equal(t, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixMicro(), row.TS, "ts is there although rest keeps its text")
	require.False(t, row.HasTSNanos)
	require.Equal(t, "0123456789abcdef", string(row.Bytes[ColumnUUID]))
	require.Equal(t, int32(1), row.DurationMS)
	require.True(t, row.HasDurationMS)
	require.NotNil(t, row.Bytes[ColumnService], "an empty text is no null")
	require.Nil(t, row.Bytes[ColumnCluster])
	require.Equal(t, "0af7651916cd43dd8448eb211c80319c", string(row.Bytes[ColumnTraceID]))
}

func TestMarkersInRest(t *testing.T) {
	for members, want := range map[string]string{
		`"http":{"req":{"bodyBase64":"YQ==","body":"a"}}`: `{"msgType":"rrpair","http":{"req":{"body":true}}}`,
		`"http":{"req":{"bodyBase64":"YQ=="}}`:            `{"msgType":"rrpair","http":{"req":{}}}`,
		`"http":{"req":{"body":"a"}}`:                     `{"msgType":"rrpair","http":{"req":{"bodyBase64":false,"body":true}}}`,
		`"http":{"req":{"bodyBase64":"YQ==","body":"b"}}`: `{"msgType":"rrpair","http":{"req":{"body":"b"}}}`,
	} {
		row := requireShredExact(t, pairOf(t, `"ts":"2026-03-01T12:00:00Z","uuid":"AAECAwQFBgcICQoLDA0ODw==",`+members))
		require.Equal(t, want, string(row.Bytes[ColumnRest]))
		require.Equal(t, "a", string(row.Bytes[ColumnReqBody]))
	}
}
