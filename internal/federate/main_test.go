package federate

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func archiveStart() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }

// captured is a pair and when it was captured.
type captured struct {
	line []byte
	at   time.Time
}

// demoPairs is traffic of the demo shop, so many pairs a second.
func demoPairs(number int, rate float64) []captured {
	generator := demo.NewGenerator(demo.Options{Seed: 11, Start: archiveStart(), Rate: rate, FailedCheckouts: 0.2})
	pairs := make([]captured, number)
	for i := range pairs {
		pairs[i].line = generator.Next(nil)
		pairs[i].at = archiveStart().Add(time.Duration(float64(i) / rate * float64(time.Second))).Truncate(time.Microsecond)
	}
	return pairs
}

// odd changes one pair in ten into what real traffic has too: absurd and unusual times, no uuid, client errors.
func odd(t *testing.T, pairs []captured) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range pairs {
		if random.IntN(10) > 0 {
			continue
		}
		var pair map[string]any
		require.NoError(t, json.Unmarshal(pairs[i].line, &pair))
		ts, err := time.Parse(time.RFC3339Nano, pair["ts"].(string))
		require.NoError(t, err)
		switch random.IntN(9) {
		case 0:
			delete(pair, "ts")
		case 1:
			pair["ts"] = "1970-01-01T00:00:00Z"
		case 2:
			pair["ts"] = ts.AddDate(0, 0, 5).Format(time.RFC3339Nano)
		case 3:
			pair["ts"] = ts.In(time.FixedZone("", 2*60*60)).Format(time.RFC3339Nano)
		case 4:
			delete(pair, "uuid")
		case 5:
			pair["status"], pair["l7protocol"] = "404", "http"
		case 6:
			pair["tags"] = map[string]any{"source": []string{"mirror", ""}[i%2], "customer": "c7"}
		case 7:
			pair["tags"] = map[string]any{"source": 7, "amount": "12.5"}
		case 8:
			delete(pair, "service")
			delete(pair, "duration")
		}
		pairs[i].line, err = json.Marshal(pair)
		require.NoError(t, err)
	}
}

func newFolder(tb testing.TB) *bucket.Bucket {
	tb.Helper()
	store, err := bucket.Open(tb.Context(), bucket.Config{URL: "file://" + filepath.ToSlash(tb.TempDir())})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, store.Close()) })
	return store
}

// archivePairs archives pairs, one file for each hour and partition of each request, and names the files.
func archivePairs(tb testing.TB, store *bucket.Bucket, layout archive.Layout, pairs []captured) (keys []string) {
	tb.Helper()
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var pair rrpair.Pair
	for i := range pairs {
		require.NoError(tb, pair.ParseJSON(pairs[i].line))
		record := records.AppendEmpty()
		require.NoError(tb, pair.ToLogRecord(record))
		record.SetObservedTimestamp(pcommon.NewTimestampFromTime(pairs[i].at))
	}
	blocks, _, rejected, err := archive.NewConverter(layout, archive.ConverterOptions{}).Convert(tb.Context(), logs)
	require.NoError(tb, err)
	require.Empty(tb, rejected)
	byFolder := map[string][]queue.Block{}
	for _, block := range blocks {
		info, err := archive.BlockHeader(block.Data)
		require.NoError(tb, err)
		byFolder[info.Folder] = append(byFolder[info.Folder], block)
	}
	for name, blocks := range byFolder {
		var file bytes.Buffer
		info, err := archive.WriteFile(tb.Context(), &file, blocks, archive.WriteOptions{})
		require.NoError(tb, err)
		require.NoError(tb, store.Put(tb.Context(), name+"/"+info.Name, file.Bytes(), bucket.PutOptions{}))
		keys = append(keys, name+"/"+info.Name)
	}
	return keys
}

func usersRules(tb testing.TB) *dimension.Rules {
	tb.Helper()
	settings := dimension.NewDefaultSettings()
	settings.ClientErrors = true
	settings.Endpoints.Templates = []string{"/api/{version}/{rest...}", "/shop/{page}"}
	settings.Dimensions = []dimension.ExtraSettings{{Name: "customer", From: "tag[customer]"}, {Name: "agent", From: "header[user-agent]"},
		{Name: "amount", From: "tag[amount]", Type: "number"}, {Name: "quantity", From: "req_json[quantity]", Type: "number"}}
	rules, err := dimension.Compile(settings)
	require.NoError(tb, err)
	return rules
}

func defaultRules(tb testing.TB) *dimension.Rules {
	tb.Helper()
	rules, err := dimension.Compile(dimension.NewDefaultSettings())
	require.NoError(tb, err)
	return rules
}

func parsed(tb testing.TB, text string) *filter.Query {
	tb.Helper()
	query, err := filter.Parse(text, filter.Options{})
	require.NoError(tb, err, text)
	return query
}

func archiveSettings(store *bucket.Bucket, rules *dimension.Rules) rehydrate.Settings {
	return rehydrate.Settings{Rules: rules, Identity: store.Identity()}
}

// canceled is a context that is over.
func canceled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
