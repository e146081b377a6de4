package demo

import (
	"bufio"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Enough pairs for the figures below to settle, few enough for the race detector.
const (
	shapePairs  = 10_000
	parsedPairs = 4_000
)

func TestEveryLineIsACompactRRPairInCanonicalOrder(t *testing.T) {
	start := time.Date(2026, 1, 31, 23, 0, 0, 0, time.UTC)
	g := NewGenerator(Options{Seed: 11, Start: start, Rate: 100})
	var pair rrpair.Pair
	seen := map[rrpair.UUID]bool{}
	var line []byte
	var last time.Time
	for range parsedPairs {
		line = g.Next(line[:0])
		require.NoError(t, pair.ParseJSON(line), "%s", line)
		require.Equal(t, string(line), string(pair.JSON()))
		id, ok := pair.UUID()
		require.True(t, ok)
		require.False(t, pair.UUIDDerived())
		require.False(t, seen[id], "uuid occurs twice")
		seen[id] = true
		at, ok := pair.Time()
		require.True(t, ok)
		require.False(t, at.Before(start))
		if at.After(last) {
			last = at
		}
		if rrpair.Failed(pair.Text(rrpair.FieldL7Protocol), pair.Text(rrpair.FieldStatus)) {
			require.Contains(t, []string{"500", "503", "ERR:23505"}, pair.Text(rrpair.FieldStatus))
		}
	}
	span := last.Sub(start).Seconds()
	require.InEpsilon(t, parsedPairs/100.0, span, 0.15, "4,000 pairs at 100 a second")
}

// The targets are what was counted on 8,821 real recordings.
func TestSizesAndMixAreLikeRealTraffic(t *testing.T) {
	g := NewGenerator(Options{Seed: 5})
	var pair rrpair.Pair
	var line []byte
	sizes := make([]int, 0, shapePairs)
	protocols := map[string]int{}
	httpBytes, total, sessions, failed, checkouts := 0, 0, 0, 0, 0
	directions := map[string]int{}
	for range shapePairs {
		line = g.Next(line[:0])
		require.NoError(t, pair.ParseJSON(line))
		sizes = append(sizes, len(line))
		total += len(line)
		httpBytes += len(pair.Raw(rrpair.FieldHTTP))
		protocols[pair.Text(rrpair.FieldL7Protocol)]++
		directions[pair.Text(rrpair.FieldDirection)]++
		if pair.Text(rrpair.FieldSession) != "" {
			sessions++
		}
		if pair.Text(rrpair.FieldLocation) == "/api/checkout" {
			checkouts++
			if status := pair.Text(rrpair.FieldStatus); status != "201" {
				require.Contains(t, []string{"402", "500", "503"}, status)
				failed++
			}
		}
	}
	slices.Sort(sizes)
	quantile := func(share float64) int { return sizes[int(share*float64(len(sizes)))] }
	require.InEpsilon(t, 2300, quantile(0.50), 0.20, "p50")
	require.InEpsilon(t, 4500, quantile(0.95), 0.20, "p95")
	require.InEpsilon(t, 5800, quantile(0.99), 0.35, "p99")
	require.InEpsilon(t, 3130, total/shapePairs, 0.20, "mean")
	require.Greater(t, sizes[len(sizes)-1], 200_000, "rare large images")
	require.InEpsilon(t, 0.50, float64(httpBytes)/float64(total), 0.20, "share of http")
	require.InEpsilon(t, 0.24, float64(protocols["postgres"])/shapePairs, 0.25)
	for _, protocol := range []string{"http", "https", "grpc", "amqp091"} {
		require.Positive(t, protocols[protocol], protocol)
	}
	require.Greater(t, directions[Inbound], shapePairs/4)
	require.Greater(t, directions[Outbound], shapePairs/4)
	require.Greater(t, sessions, shapePairs/20)
	require.Greater(t, checkouts, 80)
	require.InDelta(t, defaultFailedCheckouts, float64(failed)/float64(checkouts), 0.04)
}

// Compression figures on this traffic are honest only if it is as hard to compress as real recordings are: raw bytes
// over OTLP protobuf with zstd per 200 records was 4.18 on 8,821 of them.
func TestTrafficCompressesLikeRealTraffic(t *testing.T) {
	g := NewGenerator(Options{Seed: 9})
	ratio := compressionRatio(t, func(yield func([]byte) bool) {
		for range shapePairs {
			if !yield(g.Next(nil)) {
				return
			}
		}
	})
	require.InEpsilon(t, 4.18, ratio, 0.20)
	t.Logf("raw / zstd: %.2f", ratio)

	path := os.Getenv("BYOC_CORPUS")
	if path == "" {
		return // the figure above stands for the recordings
	}
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	corpus := compressionRatio(t, func(yield func([]byte) bool) {
		for lines.Scan() {
			if !yield(lines.Bytes()) {
				return
			}
		}
	})
	require.NoError(t, lines.Err())
	t.Logf("the same of the corpus: %.2f", corpus)
	require.InEpsilon(t, corpus, ratio, 0.25)
}

func compressionRatio(t *testing.T, lines func(yield func([]byte) bool)) float64 {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	require.NoError(t, err)
	defer encoder.Close()
	var pair rrpair.Pair
	raw, compressed, records := 0, 0, 0
	logs := plog.NewLogs()
	flush := func() {
		wire, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
		require.NoError(t, err)
		compressed += len(encoder.EncodeAll(wire, nil))
		logs, records = plog.NewLogs(), 0
	}
	for line := range lines {
		require.NoError(t, pair.ParseJSON(line))
		if records == 0 {
			logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
		}
		require.NoError(t, pair.ToLogRecord(logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty()))
		raw += len(line)
		if records++; records == 200 {
			flush()
		}
	}
	flush()
	return float64(raw) / float64(compressed)
}
