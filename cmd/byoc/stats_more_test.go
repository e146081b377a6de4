package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

func TestStatsFillEmptyIntervals(t *testing.T) {
	f := fillCalls(t, []call{
		{10 * time.Minute, "a", "IN", "", "http", "/", "200", 5, 1, 2},
		{50 * time.Minute, "a", "IN", "", "http", "/", "500", 7, 1, 2},
		{30 * time.Minute, "b", "OUT", "x", "http", "/", "200", 0, 1, 2},
	})
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--interval", "10m", "--output", "csv", "--sort", "service"), b.stderr.String())
	require.Equal(t, 13, strings.Count(b.stdout.String(), "\r\n"))
	rows, err := csv.NewReader(&b.stdout).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"service", "start", "requests", "inbound", "outbound", "errors", "error_rate", "bytes_in", "bytes_out", "requests_per_second",
		"inbound_per_second", "outbound_per_second", "bytes_in_per_second", "bytes_out_per_second", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "max_ms", "first", "last"}, rows[0])
	for i, row := range rows[1:] {
		require.Equal(t, shopHour().Add(time.Duration(i/2)*10*time.Minute).Format(time.RFC3339), row[1])
		require.Equal(t, []string{"a", "b"}[i%2], row[0])
	}
	require.Equal(t, []string{"a", "2026-11-20T11:20:00Z", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "", "", "", "", "", "", ""}, rows[5])
	require.Equal(t, []string{"a", "2026-11-20T11:50:00Z", "1", "1", "0", "1", "1", "1", "2", "0.00166667", "0.00166667", "0", "0.00166667", "0.00333333", "7", "7", "7", "7", "7",
		"2026-11-20T11:50:00Z", "2026-11-20T11:50:00Z"}, rows[11])
	require.Equal(t, []string{"b", "2026-11-20T11:30:00Z", "1", "0", "1", "0", "0", "2", "1", "0.00166667", "0", "0.00166667", "0.00333333", "0.00166667", "", "", "", "", "",
		"2026-11-20T11:30:00Z", "2026-11-20T11:30:00Z"}, rows[8])
}

func TestStatsOfNothing(t *testing.T) {
	f := fillCalls(t, smallShop())
	b := newBench(t)
	stdout, stderr := b.answers(t, f, "stats", "--from", "2026-11-19", "--to", "2026-11-20")
	for source := range stdout {
		require.Equal(t, "SERVICE  REQUESTS  REQ/S  ERRORS  ERROR RATE  IN  OUT  IN/S  OUT/S  P50  P90  P95  P99  MAX  FIRST  LAST\n", stdout[source])
		require.Contains(t, stderr[source], "Nothing matched")
	}
	stdout, _ = b.answers(t, f, "stats", "--filter", "service IS nobody", "--by", "", "--interval", "30m", "--output", "csv")
	for source := range stdout {
		require.Equal(t, 3, strings.Count(stdout[source], "\r\n"), "one group of everything, also of nothing")
		require.Contains(t, stdout[source], "2026-11-20T11:30:00Z,0,0,")
	}
	for _, output := range []string{"json", "ndjson"} {
		require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--filter", "service IS nobody", "--output", output))
	}
	require.Empty(t, b.stdout.String())
}

func TestSparklines(t *testing.T) {
	f := fillCalls(t, smallShop())
	b := newBench(t)
	const wanted = `SERVICE   REQUESTS   REQ/S  ERRORS  ERROR RATE     P95    MAX  REQUESTS OVER TIME  ERRORS OVER TIME
checkout        17  0.0047       1        5.9%   100ms  100ms  ▅▅█▅█▅█▅█▅█▅        ······█·····
web             13  0.0036       0          0%  30.9ms   31ms  ▅▅▅▅▅▅▅▅▅▅▅█        ············
`
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--interval", "5m", "--sparkline"), b.stderr.String())
	require.Equal(t, wanted, b.stdout.String())
	require.Contains(t, b.stderr.String(), "A character of a sparkline is 5m, a dot is nothing; each line is drawn to its own highest.")
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--interval", "1m", "--sparkline=p95", "--filter", "service IS web"))
	require.Contains(t, b.stderr.String(), "A character of a sparkline is 2m,")

	b.stdoutIsTerminal = true
	b.env["COLUMNS"] = "200"
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--interval", "5m", "--tz", "UTC"))
	require.Equal(t, wanted, b.stdout.String())
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--interval", "5m", "--tz", "UTC", "--no-sparkline"))
	require.Equal(t, 25, strings.Count(b.stdout.String(), "\n"))
	b.env["COLUMNS"] = "90"
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--tz", "UTC"))
	for _, line := range strings.Split(b.stdout.String(), "\n") {
		require.LessOrEqual(t, len(line), 90)
	}
	require.Contains(t, b.stderr.String(), "no room for FIRST, LAST, IN/S")
	require.Contains(t, b.stdout.String(), "P95")
}

func TestStatsShowWhatWasDropped(t *testing.T) {
	f := fillCalls(t, smallShop())
	f.drop(t)
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats"), b.stderr.String())
	require.Equal(t, goldenStats+`
dropped by rule before storage
RULE           KIND    SERVICE   RECORDS     BYTES
sample         sample  checkout      900   1.7 MiB
health checks  drop    web           120  46.9 KiB
health checks  drop    checkout        7   2.1 KiB
`, b.stdout.String())
	require.Contains(t, b.stderr.String(), "Rules dropped 1,027 records in this window, by the minute of arrival, before they were stored.\n")

	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--filter", "service IS web"))
	require.NotContains(t, b.stdout.String(), "sample")
	require.Contains(t, b.stderr.String(), "Rules dropped 120 records in this window, by the minute of arrival, before they were stored, of the services that the filter asks for.")
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--filter", "service IS checkout AND status IS 503", "--output", "csv"))
	require.NotContains(t, b.stdout.String(), "health")
	require.Contains(t, b.stderr.String(), "Rules dropped 907 records")
	require.Contains(t, b.stderr.String(), "only the filter's services could be applied to them: --output json or table lists them.")

	broken := filepath.Join(f.folder, "dropped/v1/date=2026-11-20/hour=11/broken.json")
	require.NoError(t, os.WriteFile(broken, []byte("{"), 0o600))
	require.Equal(t, exitSkipped, b.run(t, "--config", f.config, "stats"))
	require.Contains(t, b.stdout.String(), "1.7 MiB", "the others count")
	require.Contains(t, b.stderr.String(), "what was dropped before storage is not shown whole")
	require.Contains(t, b.stderr.String(), "broken.json")
}

func TestStatsWithHostileNames(t *testing.T) {
	names := []string{"a\x1b[31mred", "tab\there", "line\nend", `quote"d,`, "=1+1", "\u202eevil", "", "日本"}
	var calls []call
	for i, name := range names {
		calls = append(calls, call{time.Duration(i) * time.Minute, "shop", "IN", "", "http", "/", "200", 5, 1, 2})
		calls[i].peer = name
	}
	lines := make([][]byte, len(calls))
	for i := range calls {
		name, _ := json.Marshal(calls[i].peer)
		calls[i].peer = "PEER"
		lines[i] = []byte(strings.Replace(string(calls[i].line(i)), `"PEER"`, string(name), 1))
	}
	f := fillLines(t, lines)
	b := newBench(t)
	stdout, _ := b.answers(t, f, "stats", "--by", "peer")
	for source, printed := range stdout {
		require.Equal(t, len(names)+1, strings.Count(printed, "\n"), source)
		require.NotContains(t, printed, "\x1b")
		require.NotContains(t, printed, "\u202e")
		require.Contains(t, printed, "日本")
	}
	stdout, _ = b.answers(t, f, "stats", "--by", "peer", "--output", "csv")
	rows, err := csv.NewReader(strings.NewReader(stdout[sourceHot])).ReadAll()
	require.NoError(t, err)
	stdout, _ = b.answers(t, f, "stats", "--by", "peer", "--output", "ndjson")
	var peers []string
	for _, line := range strings.Split(strings.TrimSpace(stdout[sourceArchive]), "\n") {
		var row statsRow
		require.NoError(t, json.Unmarshal([]byte(line), &row))
		peers = append(peers, row.Group["peer"])
	}
	require.ElementsMatch(t, names, peers)
	require.Len(t, rows, len(names)+1)
}

func TestStatsSortAndLimit(t *testing.T) {
	f := fillCalls(t, smallShop())
	b := newBench(t)
	order := func(args ...string) (keys []string) {
		require.Equal(t, exitOK, b.run(t, append([]string{"--config", f.config, "stats", "--by", "endpoint", "--output", "ndjson"}, args...)...), b.stderr.String())
		for _, line := range strings.Split(strings.TrimSpace(b.stdout.String()), "\n") {
			var row statsRow
			require.NoError(t, json.Unmarshal([]byte(line), &row))
			keys = append(keys, row.Group["endpoint"])
		}
		return keys
	}
	require.Equal(t, []string{"/orders", "/charges/{id}", "/"}, order())
	require.Equal(t, []string{"/", "/charges/{id}", "/orders"}, order("--sort", "endpoint"))
	require.Equal(t, []string{"/", "/charges/{id}", "/orders"}, order("--sort", "requests"))
	require.Equal(t, []string{"/charges/{id}", "/orders", "/"}, order("--sort", "-p95"))
	require.Equal(t, []string{"/charges/{id}"}, order("--sort", "-error_rate,-requests", "--limit", "1"))
	require.Equal(t, []string{"/", "/charges/{id}", "/orders"}, order("--sort", "-first"))
}

func TestStatsUsageErrors(t *testing.T) {
	f := fillCalls(t, smallShop())
	b := newBench(t)
	for line, says := range map[string]string{
		"--output xml":                             "must be table, json, ndjson or csv",
		"--by shoe_size":                           `"shoe_size" is no dimension: use one of uuid, ts`,
		"--by service,service":                     "service is named twice",
		"--sort -price":                            "must be one of requests, errors",
		"--sort endpoint":                          "or a name of --by",
		"--interval often":                         `"often" is no length of time`,
		"--interval -5m":                           "must be 1ms at least",
		"--interval 1ms":                           "more than 100,000 intervals: take a longer interval",
		"--by uuid --interval 1s --limit 0":        "30 groups in 3,600 intervals are 108,000 rows, more than 100,000: take a longer --interval, a --limit",
		"--sparkline":                              "--sparkline takes an --interval",
		"--sparkline=p12 --interval 1m":            "must be errors or p95",
		"--sparkline --no-sparkline --interval 1m": "exclude each other",
		"--sparkline --interval 1m --output csv":   "for --output table",
		"--limit -1":                               "must not be negative",
		"--from 2026-11-21 --to 2026-11-20":        "is not before",
		"--from 2026-11-21":                        "the window is empty",
		"--filter (service":                        "--filter",
		"--source cellar":                          "must be hot, archive or auto",
	} {
		require.Equal(t, exitUsage, b.run(t, append([]string{"--config", f.config, "stats"}, strings.Fields(line)...)...), line)
		require.Contains(t, b.stderr.String(), says, line)
		require.Empty(t, b.stdout.String(), line)
	}
	require.Equal(t, exitUsage, b.run(t, "stats", "--source", "hot"))
	require.Contains(t, b.stderr.String(), "which hot store?")
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--by", "method,time", "--output", "text"), b.stderr.String())
	require.Contains(t, b.stdout.String(), "COMMAND  TS")
}

func TestTheFilterMayNameTheWindow(t *testing.T) {
	f := fill(t, fillOptions{})
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--by", "", "--output", "json",
		"--filter", "timerange IN 2026-11-20T09:00:00Z 2026-11-20T09:10:00Z"), b.stderr.String())
	var report statsReport
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &report))
	require.NotZero(t, report.Total.Requests)
	require.Equal(t, "2026-11-20 09:00:00 +0000 UTC", report.Window.From.String())
	require.InEpsilon(t, float64(report.Total.Requests)/600, report.Total.RequestsPerSecond, 0.01)
}

func TestStatsSayWhichObjectsCouldNotBeRead(t *testing.T) {
	f := fillCalls(t, smallShop())
	folder := filepath.Join(f.folder, "v1/date=2026-11-20/hour=11")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "20261120T110000000000Z-20261120T115500000000Z-00112233445566778899aabbccddeeff.parquet"), []byte("PAR1 torn"), 0o600))
	b := newBench(t)
	for _, verb := range []string{"stats", "services"} {
		require.Equal(t, exitSkipped, b.run(t, "--config", f.config, verb, "--source", "archive"), b.stderr.String())
		require.Contains(t, b.stdout.String(), "checkout", "the others count")
		require.Contains(t, b.stderr.String(), "00112233445566778899aabbccddeeff")
	}
}

func TestSparklineHeights(t *testing.T) {
	for want, values := range map[string][]float64{"": nil, "···": {0, 0, 0}, "█": {3}, "▁▂▃▄▅▆▇█": {0.5, 1, 2, 3, 4, 5, 6, 8}, "▁·█": {1, 0, 1_000_000}} {
		require.Equal(t, want, sparkline(values), fmt.Sprint(values))
	}
}

// TestStatsWhereTheHotStoreBeginsLater: the archive answers for what is older, and the line below the answer says so.
func TestStatsWhereTheHotStoreBeginsLater(t *testing.T) {
	since := time.Date(2026, 11, 20, 9, 20, 0, 0, time.UTC)
	f := fill(t, fillOptions{hotFrom: since})
	b := newBench(t)
	printed := map[string]string{}
	for _, source := range []string{sourceArchive, sourceAuto} {
		require.Equal(t, exitOK, b.run(t, "--config", f.config, "stats", "--by", "service,status", "--interval", "15m", "--from", "2026-11-20", "--limit", "0", "--source", source), b.stderr.String())
		printed[source] = b.stdout.String()
	}
	require.Equal(t, printed[sourceArchive], printed[sourceAuto])
	require.Contains(t, b.stderr.String(), "from the archive")
	require.Contains(t, b.stderr.String(), "the hot store hotstore")
	require.Contains(t, b.stderr.String(), "2026-11-20T00:00:00.000Z to 2026-11-20T09:20:00.000Z")
}

// crowd is a source with more groups than anybody may ask for.
type crowd struct{ hotstore.Reader }

func (crowd) Aggregate(_ context.Context, aggregate hotstore.Aggregate, _ func(hotstore.Group) error) (hotstore.Usage, error) {
	groups := hotstore.NewGroups(&aggregate)
	for i := range hotstore.MaxGroups + 1 {
		if _, err := groups.Group([]string{fmt.Sprint(i)}, time.Time{}); err != nil {
			return hotstore.Usage{}, err
		}
	}
	return hotstore.Usage{}, nil
}

func TestTooManyGroups(t *testing.T) {
	b := newBench(t)
	_, err := b.measure(t.Context(), &trafficSource{Reader: crowd{}}, statsQuestion{by: []string{"uuid"}})
	require.True(t, isUsage(err))
	require.EqualError(t, err, "more than 100000 groups: group by fewer dimensions, a longer interval or a narrower filter")
}
