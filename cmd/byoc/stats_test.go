package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// answers are what a command prints with each source.
func (b *bench) answers(t *testing.T, f *filled, args ...string) (stdout, stderr map[string]string) {
	t.Helper()
	stdout, stderr = map[string]string{}, map[string]string{}
	for _, source := range []string{sourceHot, sourceArchive, sourceAuto} {
		line := append([]string{"--config", f.config}, append(args, "--source", source)...)
		require.Equal(t, exitOK, b.run(t, line...), b.stderr.String())
		stdout[source], stderr[source] = b.stdout.String(), b.stderr.String()
	}
	return stdout, stderr
}

const goldenStats = `SERVICE   REQUESTS   REQ/S  ERRORS  ERROR RATE        IN       OUT   IN/S  OUT/S     P50     P90     P95     P99    MAX  FIRST                     LAST
checkout        17  0.0047       1        5.9%  11.0 KiB   3.9 KiB  3 B/s  1 B/s  23.8ms   100ms   100ms   100ms  100ms  2026-11-20T11:00:00.002Z  2026-11-20T11:55:00.001Z
web             13  0.0036       0          0%   2.3 KiB  15.7 KiB  1 B/s  4 B/s  24.8ms  30.3ms  30.9ms  30.9ms   31ms  2026-11-20T11:00:00.000Z  2026-11-20T11:55:00.000Z
`

const goldenIntervals = `START                 SERVICE   DIRECTION  REQUESTS    REQ/S  ERRORS  ERROR RATE       IN      OUT   IN/S  OUT/S     P50     P90     P95     P99    MAX
2026-11-20T11:00:00Z  checkout  IN                5   0.0028       0          0%  4.9 KiB   1000 B  3 B/s  1 B/s    18ms  19.9ms  19.9ms  19.9ms   20ms
2026-11-20T11:00:00Z  checkout  OUT               3   0.0017       0          0%    150 B    900 B  0 B/s  1 B/s   100ms   100ms   100ms   100ms  100ms
2026-11-20T11:00:00Z  web       IN                0        0       0           -      0 B      0 B  0 B/s  0 B/s       -       -       -       -      -
2026-11-20T11:00:00Z  web       OUT               6   0.0033       0          0%  1.2 KiB  5.9 KiB  1 B/s  3 B/s    22ms  24.8ms  24.8ms  24.8ms   25ms
2026-11-20T11:30:00Z  checkout  IN                6   0.0033       0          0%  5.9 KiB  1.2 KiB  3 B/s  1 B/s  22.9ms  25.8ms  25.8ms  25.8ms   26ms
2026-11-20T11:30:00Z  checkout  OUT               3   0.0017       1       33.3%    150 B    900 B  0 B/s  1 B/s   100ms   100ms   100ms   100ms  100ms
2026-11-20T11:30:00Z  web       IN                1  0.00056       0          0%      0 B  4.0 KiB  0 B/s  2 B/s       -       -       -       -      -
2026-11-20T11:30:00Z  web       OUT               6   0.0033       0          0%  1.2 KiB  5.9 KiB  1 B/s  3 B/s  27.9ms  30.9ms  30.9ms  30.9ms   31ms
`

func TestStatsAreTheSameFromEverySource(t *testing.T) {
	f := fillCalls(t, smallShop())
	b := newBench(t)
	stdout, stderr := b.answers(t, f, "stats")
	for source, printed := range stdout {
		require.Equal(t, goldenStats, printed, source)
		require.Contains(t, stderr[source], "2026-11-20T11:00:00.000Z to 2026-11-20T12:00:00.000Z, times in UTC; ")
		require.Contains(t, stderr[source], "percentiles ±1%\n")
	}
	require.Contains(t, stderr[sourceHot], "from the hot store hotstore;")
	require.Contains(t, stderr[sourceArchive], "from the archive "+f.url)
	require.Contains(t, stderr[sourceHot], "unknown without the archive")
	require.NotContains(t, stderr[sourceArchive], "dropped")

	stdout, _ = b.answers(t, f, "stats", "--by", "service,direction", "--interval", "30m", "--sort", "service,direction")
	for source, printed := range stdout {
		require.Equal(t, goldenIntervals, printed, source)
	}
	for _, output := range []string{outputNDJSON, outputCSV} {
		stdout, _ = b.answers(t, f, "stats", "--by", "endpoint,status,peer", "--interval", "7m", "--output", output)
		require.NotEmpty(t, stdout[sourceHot])
		require.Equal(t, stdout[sourceHot], stdout[sourceArchive], output)
		require.Equal(t, stdout[sourceHot], stdout[sourceAuto], output)
	}
}

// TestStatsOfDemoTraffic compares what no golden text could hold: all groups of varied traffic, by every plain dimension.
func TestStatsOfDemoTraffic(t *testing.T) {
	f := fill(t, fillOptions{})
	b := newBench(t)
	for _, by := range []string{"service,endpoint,status", "l7protocol,command", "peer", "agent", "error,direction", "latency_bucket", ""} {
		stdout, _ := b.answers(t, f, "stats", "--by", by, "--from", "2026-11-20", "--interval", "30m", "--limit", "0", "--output", "ndjson", "--sort", "-p99,last")
		require.Equal(t, stdout[sourceHot], stdout[sourceArchive], by)
		require.Equal(t, stdout[sourceHot], stdout[sourceAuto], by)
		total := int64(0)
		for _, line := range strings.Split(strings.TrimSpace(stdout[sourceHot]), "\n") {
			var row statsRow
			require.NoError(t, json.Unmarshal([]byte(line), &row))
			require.Equal(t, row.Requests, row.Inbound+row.Outbound)
			total += row.Requests
		}
		require.EqualValues(t, len(f.lines), total, by)
	}
}

func TestStatsAsJSON(t *testing.T) {
	f := fillCalls(t, smallShop())
	f.drop(t)
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--output", "json", "--interval", "25m", "--limit", "1", "--filter", "service IN web checkout"), b.stderr.String())
	var fields map[string]any
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &fields))
	for _, name := range []string{"window", "filter", "by", "interval_seconds", "percentile_error", "groups_found", "groups", "total", "dropped"} {
		require.Contains(t, fields, name)
		delete(fields, name)
	}
	require.Empty(t, fields)
	var report statsReport
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &report))
	require.EqualValues(t, 2, report.GroupsFound)
	require.EqualValues(t, 30, report.Total.Requests, "of all groups, also those beyond the limit")
	require.Len(t, report.Groups, 1)
	group := report.Groups[0]
	require.Equal(t, map[string]string{"service": "checkout"}, group.Group)
	// 11 requests of 1000 bytes came in, and 6 answers of 50; 11 answers of 200 went out, and 6 requests of 300.
	require.EqualValues(t, 11*1000+6*50, group.BytesIn)
	require.EqualValues(t, 11*200+6*300, group.BytesOut)
	require.EqualValues(t, 11, group.Inbound)
	require.EqualValues(t, 6, group.Outbound)
	require.InEpsilon(t, 1.0/17, group.ErrorRate, 1e-5)
	require.InEpsilon(t, 11300.0/3600, group.BytesInPerSecond, 1e-5)
	require.InEpsilon(t, 100.0, group.LatencyMS.P99, 0.01)
	require.InDelta(t, 100.0, group.LatencyMS.Max, 0)
	require.Len(t, group.Intervals, 3)
	// Intervals are counted from 1970: of the first, from 10:45, ten minutes lie in the window.
	require.Equal(t, shopHour().Add(-15*time.Minute), group.Intervals[0].Start)
	require.InEpsilon(t, float64(group.Intervals[0].Requests)/600, group.Intervals[0].RequestsPerSecond, 1e-5)
	require.Contains(t, b.stderr.String(), "1 of 2 groups (--limit), with 17 of 30 requests")
	require.Equal(t, []droppedRow{
		{"sample", "sample", "checkout", 900, 1_800_000}, {"health checks", "drop", "web", 120, 48_000}, {"health checks", "drop", "checkout", 7, 2_100},
	}, report.Dropped)
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--output", "json", "--source", "hot"))
	require.Contains(t, b.stdout.String(), `"dropped": null`)
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--output", "json", "--to", "2026-11-20T11:10:00Z"))
	require.Contains(t, b.stdout.String(), `"dropped": []`)
}
