package planted

import (
	"bytes"
	"encoding/json"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// TestNothingPlantedIsInTheArchive follows planted secrets through what is stored: the Parquet files as bytes, the records
// read back from them, and the hot stores' documents.
func TestNothingPlantedIsInTheArchive(t *testing.T) {
	engine := newEngine(t, "default")
	lines := recordings(t)
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	secrets := map[string][]string{} // by uuid
	for seed := uint64(100_000); records.Len() < 400; seed++ {
		r := mathrand.New(mathrand.NewPCG(seed, 2))
		decoder := json.NewDecoder(bytes.NewReader(lines[r.IntN(len(lines))]))
		decoder.UseNumber()
		var document map[string]any
		require.NoError(t, decoder.Decode(&document))
		s := newSecret(r)
		if _, ok := plant(r, document, s); !ok {
			continue
		}
		text, err := json.Marshal(document)
		require.NoError(t, err)
		var pair rrpair.Pair
		require.NoError(t, pair.ParseJSON(text))
		record := records.AppendEmpty()
		require.NoError(t, pair.ToLogRecord(record))
		record.SetObservedTimestamp(pcommon.NewTimestampFromTime(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)))
		_, err = engine.Record(record, redact.Call{})
		require.NoError(t, err)
		id, _ := pair.UUID()
		secrets[id.String()] = append(secrets[id.String()], s.value)
	}
	blocks, _, rejected, err := archive.NewConverter(archive.Layout{}, archive.ConverterOptions{}).Convert(t.Context(), logs)
	require.NoError(t, err)
	require.Empty(t, rejected)
	folder := writeArchive(t, blocks)
	requireNoneIn(t, folder, secrets)

	config := bucket.NewDefaultConfig()
	config.URL = "file://" + folder
	store, err := bucket.Open(t.Context(), config)
	require.NoError(t, err)
	defer store.Close()
	read := 0
	_, err = archive.Scan(t.Context(), store, archive.ScanOptions{}, func(record *archive.Record) error {
		read++
		for _, value := range secrets[record.UUID.String()] {
			if holds(record.JSON, value) {
				t.Errorf("%q is stored: %.400q", value, where(record.JSON, value))
			}
			if document := hotDocument(t, record); holds(document, value) {
				t.Errorf("%q is in the hot document: %.400q", value, where(document, value))
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 400, read)
}

// hotDocument is what a hot store is given of a record that is kept whole, with its full text, as JSON.
func hotDocument(t *testing.T, record *archive.Record) []byte {
	t.Helper()
	pair, err := record.Pair()
	require.NoError(t, err)
	dimensions := dimension.NewRecord()
	dimensions.Reset(pair)
	var document hotstore.Document
	hotstore.Fill(&document, pair, dimensions, hotstore.Values{Time: record.Seen, Include: hotstore.IncludeFull, Text: true})
	documents, err := hotstore.DecodeBatch(hotstore.EncodeBatch(nil, []*hotstore.Document{&document}))
	require.NoError(t, err)
	require.Len(t, documents, 1)
	documents[0].UUID = rrpair.UUID{}
	text, err := json.Marshal(documents[0])
	require.NoError(t, err)
	return text
}

// writeArchive writes one Parquet file for each hour.
func writeArchive(t *testing.T, blocks []queue.Block) (folder string) {
	t.Helper()
	folder = t.TempDir()
	hours := map[string][]queue.Block{}
	for _, block := range blocks {
		info, err := archive.BlockHeader(block.Data)
		require.NoError(t, err)
		hours[info.Folder] = append(hours[info.Folder], block)
	}
	for name, blocks := range hours {
		var data bytes.Buffer
		info, err := archive.WriteFile(t.Context(), &data, blocks, archive.WriteOptions{})
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Join(folder, name), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name, info.Name), data.Bytes(), 0o600))
	}
	return folder
}

// requireNoneIn looks for the values in the files' own bytes: statistics, dictionaries, footers.
func requireNoneIn(t *testing.T, folder string, secrets map[string][]string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, values := range secrets {
			for _, value := range values {
				if bytes.Contains(data, []byte(value)) {
					t.Errorf("%q stands in %s", value, path)
				}
			}
		}
		return err
	}))
}
