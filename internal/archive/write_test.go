package archive

import (
	"bytes"
	"context"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// readBack returns every row of a Parquet file as Unshred's JSON, read by the
// library and not by our own reader.
func readBack(t testing.TB, data []byte) []string {
	t.Helper()
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	var lines []string
	for _, group := range file.RowGroups() {
		rows := group.Rows()
		buffer := make([]parquet.Row, 64)
		for {
			n, err := rows.ReadRows(buffer)
			for _, values := range buffer[:n] {
				line, err := Unshred(nil, rowOf(values))
				require.NoError(t, err)
				lines = append(lines, string(line))
			}
			if err != nil {
				break
			}
		}
		require.NoError(t, rows.Close())
	}
	return lines
}

func rowOf(values parquet.Row) *Row {
	row := new(Row)
	for _, value := range values {
		c := Column(value.Column())
		switch {
		case value.IsNull():
		case c == ColumnTS:
			row.TS = value.Int64()
		case c == ColumnTSNanos:
			row.TSNanos, row.HasTSNanos = value.Int32(), true
		case c == ColumnDurationMS:
			row.DurationMS, row.HasDurationMS = value.Int32(), true
		default:
			row.Bytes[c] = append([]byte{}, value.ByteArray()...)
		}
	}
	return row
}

func TestWriteFileHoldsEveryRecord(t *testing.T) {
	logs := plog.NewLogs()
	lines := append(handMade(), corpus(t)...)
	appendLogs(t, logs, lines)
	requests := []plog.Logs{logs}
	oneFolder(requests)
	blocks := convertAll(t, NewConverter(Layout{}, ConverterOptions{}), requests)
	var file bytes.Buffer
	info, err := WriteFile(context.Background(), &file, blocks, WriteOptions{})
	require.NoError(t, err)
	require.Equal(t, len(lines), info.Rows)
	require.Equal(t, int64(file.Len()), info.Bytes)
	require.ElementsMatch(t, unshredBlocks(t, blocks), readBack(t, file.Bytes()))
}
