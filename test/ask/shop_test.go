package ask

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
	"github.com/byoc-otel/otelcol-byoc/test/collector"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

const (
	shopPairs = 5000
	shopSpan  = 170 * time.Minute
)

// atOnce is how many pairs one request has: gRPC takes 4 MiB.
const atOnce = 500

// traffic is a shop's, from a time on; it ends about some span later.
func traffic(t *testing.T, seed uint64, count int, begin time.Time, span time.Duration) (requests []plog.Logs) {
	t.Helper()
	generator := demo.NewGenerator(demo.Options{Seed: seed, Start: begin, Rate: float64(count) / span.Seconds(), FailedCheckouts: 0.2})
	var pair rrpair.Pair
	var records plog.LogRecordSlice
	for i := range count {
		if i%atOnce == 0 {
			logs := plog.NewLogs()
			requests = append(requests, logs)
			records = logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		}
		require.NoError(t, pair.ParseJSON(generator.Next(nil)))
		require.NoError(t, pair.ToLogRecord(records.AppendEmpty()))
	}
	return requests
}

func send(t *testing.T, address string, requests []plog.Logs) {
	t.Helper()
	for _, logs := range requests {
		collector.Send(t, address, logs)
	}
}

// openSearch is the node that the tests share.
func openSearch(t *testing.T) *services.Search { return services.OpenSearch(t) }

// shop is a place whose traffic a real collector put into both stores.
type shop struct {
	*place
	window []string // flags that name the time of all of it
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{place: newPlace(t, openSearch(t))}
	now := time.Now().UTC()
	begin := now.Add(-3 * time.Hour)
	s.window = []string{"--from", begin.Add(-time.Minute).Format(time.RFC3339), "--to", now.Add(time.Minute).Format(time.RFC3339)}
	running, address := s.collects(t)
	send(t, address, traffic(t, 11, shopPairs, begin, shopSpan))
	running.Stop()
	s.refreshed(t)
	return s
}

// in adds the window to a command line.
func (s *shop) in(arguments ...string) []string { return append(arguments, s.window...) }

// rows are what a query finds, one line each.
func (s *shop) rows(t *testing.T, source string, arguments ...string) []string {
	t.Helper()
	return lines(s.gets(t, s.in(append([]string{"query", "--all", "--output", "ndjson", "--source", source}, arguments...)...)...))
}

func lines(text string) []string {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func uuidOf(t *testing.T, line string) string {
	t.Helper()
	var row struct {
		UUID string `json:"uuid"`
	}
	require.NoError(t, json.Unmarshal([]byte(line), &row), line)
	require.NotEmpty(t, row.UUID)
	return row.UUID
}

func table(t *testing.T, text string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err, text)
	return rows
}
