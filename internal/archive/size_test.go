package archive

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// peerBytes is what the requests take as OTLP protobuf, each compressed with zstd
// at its default level: the densest form in which the stock collector stores logs.
func peerBytes(t testing.TB, requests []plog.Logs) (size int) {
	t.Helper()
	encoder, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	for _, logs := range requests {
		data, err := new(plog.ProtoMarshaler).MarshalLogs(logs)
		require.NoError(t, err)
		size += len(encoder.EncodeAll(data, nil))
	}
	return size
}

// TestStoredBytes compares a file's size with the peer's on the same records and
// logs what every column takes.
func TestStoredBytes(t *testing.T) {
	t.Run("demo", func(t *testing.T) { compareSizes(t, demoLines(10_000)) })
	if os.Getenv("BYOC_CORPUS") != "" {
		t.Run("recordings", func(t *testing.T) { compareSizes(t, corpus(t)) })
	}
}

func compareSizes(t *testing.T, lines [][]byte) {
	requests, jsonBytes := toRequests(t, lines)
	oneFolder(requests)
	peer := peerBytes(t, requests)
	blocks := convertAll(t, NewConverter(Layout{}, ConverterOptions{}), requests)
	var file bytes.Buffer
	info, err := WriteFile(context.Background(), &file, blocks, WriteOptions{})
	require.NoError(t, err)
	t.Logf("%d records, %d bytes of JSON; OTLP protobuf with zstd per %d records %d; Parquet %d = %.3f of it, %.4f of the JSON",
		info.Rows, jsonBytes, benchRecords, peer, info.Bytes, float64(info.Bytes)/float64(peer), float64(info.Bytes)/float64(jsonBytes))

	opened, err := parquet.OpenFile(bytes.NewReader(file.Bytes()), info.Bytes)
	require.NoError(t, err)
	chunks := int64(0)
	for c := range Column(NumColumns) {
		var stored, plain int64
		for _, group := range opened.Metadata().RowGroups {
			stored += group.Columns[c].MetaData.TotalCompressedSize
			plain += group.Columns[c].MetaData.TotalUncompressedSize
		}
		chunks += stored
		t.Logf("  %-16s %9d of %9d", c.Name(), stored, plain)
	}
	t.Logf("  %-16s %9d", "filters, footer", info.Bytes-chunks)
	if path := os.Getenv("BYOC_KEEP_FILE"); path != "" {
		require.NoError(t, os.WriteFile(path, file.Bytes(), 0o600))
	}
}
