package archive

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shopLines returns n pairs of the demo shop.
func shopLines(n int, options demo.Options) [][]byte {
	generator := demo.NewGenerator(options)
	lines := make([][]byte, n)
	for i := range lines {
		lines[i] = bytes.TrimSpace(generator.Next(nil))
	}
	return lines
}

// trafficLines is the corpus of BYOC_CORPUS, or demo traffic where that is not set.
func trafficLines(tb testing.TB) [][]byte {
	name := os.Getenv("BYOC_CORPUS")
	if name == "" {
		return shopLines(1500, demo.Options{Seed: 7, Rate: 2})
	}
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

func memoryBucket(tb testing.TB) *bucket.Bucket { return openBucket(tb, "mem://"+tb.Name()) }

func openBucket(tb testing.TB, url string) *bucket.Bucket {
	cfg := bucket.NewDefaultConfig()
	cfg.URL = url
	store, err := bucket.Open(tb.Context(), cfg)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, store.Close()) })
	return store
}

// storeOptions say how lines become files.
type storeOptions struct {
	layout   Layout
	observed time.Time // default: 2030, which no ts of the demo is ahead of
	perFile  int       // records a conversion, hence a file and folder; default: all
	write    WriteOptions
}

// storeLines archives lines the way the exporter does and returns the keys of the files.
func storeLines(tb testing.TB, store *bucket.Bucket, lines [][]byte, options storeOptions) []string {
	tb.Helper()
	if options.perFile == 0 {
		options.perFile = len(lines)
	}
	if options.observed.IsZero() {
		options.observed = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	converter := NewConverter(options.layout, ConverterOptions{})
	writer := NewFileWriter(options.write)
	var keys []string
	for start := 0; start < len(lines); start += options.perFile {
		logs := logsOf(tb, lines[start:min(len(lines), start+options.perFile)], options.observed)
		blocks, stats, rejected, err := converter.Convert(tb.Context(), logs)
		require.NoError(tb, err)
		require.Empty(tb, rejected)
		require.Equal(tb, logs.LogRecordCount(), stats.RRPairs)
		folders := map[string][]queue.Block{}
		for _, block := range blocks {
			info, err := BlockHeader(block.Data)
			require.NoError(tb, err)
			folders[info.Folder] = append(folders[info.Folder], block)
		}
		for folder, blocks := range folders {
			var data bytes.Buffer
			info, err := writer.Write(tb.Context(), &data, blocks)
			require.NoError(tb, err)
			key := path.Join(folder, info.Name)
			_, err = store.PutIfAbsent(tb.Context(), key, bytes.NewReader(data.Bytes()), int64(data.Len()), bucket.PutOptions{})
			require.NoError(tb, err)
			keys = append(keys, key)
		}
	}
	return keys
}

func logsOf(tb testing.TB, lines [][]byte, observed time.Time) plog.Logs {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var pair rrpair.Pair
	for _, line := range lines {
		require.NoError(tb, pair.ParseJSON(line))
		record := records.AppendEmpty()
		require.NoError(tb, pair.ToLogRecord(record))
		record.SetObservedTimestamp(pcommon.NewTimestampFromTime(observed))
	}
	return logs
}

// scanned collects a scan's records by uuid.
func scanned(tb testing.TB, store Store, options ScanOptions) (map[rrpair.UUID][]byte, ScanStats) {
	tb.Helper()
	found := map[rrpair.UUID][]byte{}
	stats, err := Scan(tb.Context(), store, options, func(record *Record) error {
		found[record.UUID] = bytes.Clone(record.JSON)
		return nil
	})
	require.NoError(tb, err)
	return found, stats
}

// countingStore counts the range requests for each object.
type countingStore struct {
	Store
	mutex    sync.Mutex
	requests map[string]int
	bytes    int64
}

func (c *countingStore) ReadRange(ctx context.Context, key string, offset, length int64) ([]byte, error) {
	c.mutex.Lock()
	if c.requests == nil {
		c.requests = map[string]int{}
	}
	c.requests[key]++
	c.bytes += length
	c.mutex.Unlock()
	return c.Store.ReadRange(ctx, key, offset, length)
}
