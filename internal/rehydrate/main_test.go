package rehydrate

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }

// memory is a store that keeps documents by uuid.
type memory struct {
	mu        sync.Mutex
	documents map[rrpair.UUID]*hotstore.Document
	writes    int
	failAfter int // 0: never
	reject    rrpair.UUID
}

func (m *memory) Write(_ context.Context, documents []*hotstore.Document) (result hotstore.WriteResult, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.writes++
	if m.failAfter > 0 && m.writes > m.failAfter {
		return result, hotstore.ErrUnreachable
	}
	if m.documents == nil {
		m.documents = map[rrpair.UUID]*hotstore.Document{}
	}
	for i, document := range documents {
		switch _, found := m.documents[document.UUID]; {
		case document.UUID == m.reject:
			result.Rejected = append(result.Rejected, hotstore.Rejection{Index: i, Reason: "no"})
		case found:
			result.Duplicates++
		default:
			m.documents[document.UUID] = document
			result.Stored++
		}
	}
	return result, nil
}

// traffic is a request of generated pairs and what they are.
func traffic(t *testing.T, seed uint64, number int, begin time.Time) (plog.Logs, map[rrpair.UUID]string) {
	t.Helper()
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	generator := demo.NewGenerator(demo.Options{Seed: seed, Start: begin})
	sent := map[rrpair.UUID]string{}
	var pair rrpair.Pair
	for range number {
		require.NoError(t, pair.ParseJSON(generator.Next(nil)))
		require.NoError(t, pair.ToLogRecord(records.AppendEmpty()))
		id, _ := pair.UUID()
		sent[id] = string(pair.JSON())
	}
	return logs, sent
}

func folder(t *testing.T) *bucket.Bucket {
	t.Helper()
	store, err := bucket.Open(t.Context(), bucket.Config{URL: "file://" + filepath.ToSlash(t.TempDir())})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

type buffer struct{ data []byte }

func (b *buffer) Write(data []byte) (int, error) {
	b.data = append(b.data, data...)
	return len(data), nil
}

// put archives records, one file for each hour, and names the hours.
func put(t *testing.T, store *bucket.Bucket, logs plog.Logs) (folders []string) {
	t.Helper()
	blocks, _, _, err := archive.NewConverter(archive.Layout{}, archive.ConverterOptions{}).Convert(t.Context(), logs)
	require.NoError(t, err)
	byFolder := map[string][]queue.Block{}
	for _, block := range blocks {
		info, err := archive.BlockHeader(block.Data)
		require.NoError(t, err)
		byFolder[info.Folder] = append(byFolder[info.Folder], block)
	}
	for name, blocks := range byFolder {
		var file buffer
		info, err := archive.WriteFile(t.Context(), &file, blocks, archive.WriteOptions{})
		require.NoError(t, err)
		require.NoError(t, store.Put(t.Context(), name+"/"+info.Name, file.data, bucket.PutOptions{}))
		folders = append(folders, name)
	}
	return folders
}
