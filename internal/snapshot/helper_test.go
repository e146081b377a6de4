package snapshot

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path"
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
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testArchive is an archive in a store.
type testArchive struct{ store *bucket.Bucket }

func (a testArchive) Bucket() *bucket.Bucket { return a.store }
func (a testArchive) Identity() string       { return a.store.Identity() }

func newArchive(tb testing.TB, url string) testArchive {
	tb.Helper()
	cfg := bucket.NewDefaultConfig()
	cfg.URL = url
	store, err := bucket.Open(tb.Context(), cfg)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, store.Close()) })
	return testArchive{store: store}
}

// add archives lines the way the exporter does, perFile records at a time.
func (a testArchive) add(tb testing.TB, lines [][]byte, perFile int, layout archive.Layout) {
	tb.Helper()
	converter := archive.NewConverter(layout, archive.ConverterOptions{})
	for start := 0; start < len(lines); start += perFile {
		blocks, _, rejected, err := converter.Convert(tb.Context(), logsOf(tb, lines[start:min(len(lines), start+perFile)]))
		require.NoError(tb, err)
		require.Empty(tb, rejected)
		folders := map[string][]queue.Block{}
		for _, block := range blocks {
			info, err := archive.BlockHeader(block.Data)
			require.NoError(tb, err)
			folders[info.Folder] = append(folders[info.Folder], block)
		}
		for folder, blocks := range folders {
			var data bytes.Buffer
			info, err := archive.WriteFile(tb.Context(), &data, blocks, archive.WriteOptions{RowGroupBytes: 2 << 20})
			require.NoError(tb, err)
			_, err = a.store.PutIfAbsent(tb.Context(), path.Join(folder, info.Name), bytes.NewReader(data.Bytes()), int64(data.Len()), bucket.PutOptions{})
			require.NoError(tb, err)
		}
	}
}

func logsOf(tb testing.TB, lines [][]byte) plog.Logs {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var pair rrpair.Pair
	for _, line := range lines {
		require.NoError(tb, pair.ParseJSON(line))
		record := records.AppendEmpty()
		require.NoError(tb, pair.ToLogRecord(record))
		record.SetObservedTimestamp(pcommon.NewTimestampFromTime(time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)))
	}
	return logs
}

// traffic is the corpus of BYOC_CORPUS, or demo traffic of some hours.
func traffic(tb testing.TB) [][]byte {
	name := os.Getenv("BYOC_CORPUS")
	if name == "" {
		return shop(1500, 0.15)
	}
	lines := readLines(tb, name)
	require.NotEmpty(tb, lines)
	return lines
}

func shop(n int, rate float64) [][]byte {
	generator := demo.NewGenerator(demo.Options{Seed: 21, Rate: rate, FailedCheckouts: 0.2})
	lines := make([][]byte, n)
	for i := range lines {
		lines[i] = bytes.TrimSpace(generator.Next(nil))
	}
	return lines
}

func readLines(tb testing.TB, name string) [][]byte {
	tb.Helper()
	file, err := os.Open(name)
	require.NoError(tb, err)
	defer file.Close()
	var lines [][]byte
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 128<<20)
	for scanner.Scan() {
		lines = append(lines, bytes.Clone(scanner.Bytes()))
	}
	require.NoError(tb, scanner.Err())
	return lines
}

// readSnapshot checks a folder's manifest against its files and returns the records.
func readSnapshot(tb testing.TB, folder string) (*Manifest, [][]byte) {
	tb.Helper()
	encoded, err := os.ReadFile(filepath.Join(folder, "snapshot.json"))
	require.NoError(tb, err)
	var manifest Manifest
	require.NoError(tb, json.Unmarshal(encoded, &manifest))
	var lines [][]byte
	for _, file := range manifest.Files {
		data, err := os.ReadFile(filepath.Join(folder, file.Name))
		require.NoError(tb, err)
		require.EqualValues(tb, file.Bytes, len(data))
		sum := sha256.Sum256(data)
		require.Equal(tb, file.SHA256, hex.EncodeToString(sum[:]))
		of := readLines(tb, filepath.Join(folder, file.Name))
		require.EqualValues(tb, file.Records, len(of))
		lines = append(lines, of...)
	}
	require.EqualValues(tb, manifest.Records, len(lines))
	entries, err := os.ReadDir(folder)
	require.NoError(tb, err)
	require.Len(tb, entries, len(manifest.Files)+1, "nothing but data files and the manifest")
	return &manifest, lines
}

func parse(tb testing.TB, line []byte) *rrpair.Pair {
	tb.Helper()
	pair := new(rrpair.Pair)
	require.NoError(tb, pair.ParseJSON(line))
	return pair
}

// requireAscending checks order and uniqueness.
func requireAscending(tb testing.TB, lines [][]byte) {
	tb.Helper()
	seen := map[rrpair.UUID]bool{}
	var last time.Time
	for _, line := range lines {
		pair := parse(tb, line)
		at, ok := pair.Time()
		if ok {
			require.False(tb, at.Before(last), "%s after %s", at, last)
			last = at
		}
		id, _ := pair.UUID()
		require.False(tb, seen[id], "uuid %s twice", id)
		seen[id] = true
	}
}

// requireSame checks that both hold the same records, equal as canonical JSON, whatever their order.
func requireSame(tb testing.TB, want, got [][]byte) {
	tb.Helper()
	require.Len(tb, got, len(want))
	byID := map[rrpair.UUID][]byte{}
	for _, line := range got {
		id, _ := parse(tb, line).UUID()
		byID[id] = line
	}
	for _, line := range want {
		id, _ := parse(tb, line).UUID()
		require.True(tb, rrpair.CanonicalEqual(line, byID[id]), "want %s\ngot  %s", line, byID[id])
	}
}

func query(tb testing.TB, text string) *filter.Query {
	tb.Helper()
	if text == "" {
		return nil
	}
	q, err := filter.Parse(text, filter.Options{})
	require.NoError(tb, err)
	return q
}

const (
	fieldSession   = rrpair.FieldSession
	fieldDirection = rrpair.FieldDirection
)
