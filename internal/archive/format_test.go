package archive

import (
	"bytes"
	"context"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// TestTheExampleOfTheFormatPage keeps docs/format/v1.md true.
func TestTheExampleOfTheFormatPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "format", "v1.md"))
	require.NoError(t, err)
	line := regexp.MustCompile("(?s)```json\n(.*?)\n```").FindSubmatch(page)[1]
	require.Contains(t, string(line), `"shop":"eu"`)
	cell := func(column string) string {
		found := regexp.MustCompile(`(?m)^\| `+column+` \| (.*) \|$`).FindAllSubmatch(page, -1)
		require.NotEmpty(t, found, column)
		return string(found[len(found)-1][1])
	}
	pair := pairOf(t, strings.TrimSuffix(strings.TrimPrefix(string(line), `{"msgType":"rrpair",`), "}"))
	row := requireShredExact(t, pair)
	require.Equal(t, cell("ts, ts_nanos"), "2026-11-20 09:00:01.250000 UTC, 0")
	require.Equal(t, int64(1795165201250000), row.TS)
	require.True(t, row.HasTSNanos && row.TSNanos == 0)
	require.Contains(t, cell("uuid"), hex.EncodeToString(row.Bytes[ColumnUUID]))
	require.Equal(t, cell("direction, service, l7protocol, command, location, status"), joined(row,
		ColumnDirection, ColumnService, ColumnL7Protocol, ColumnCommand, ColumnLocation, ColumnStatus))
	require.Equal(t, int32(12), row.DurationMS)
	require.Equal(t, cell("req_headers, res_headers"), "`"+string(row.Bytes[ColumnReqHeaders])+"`, `"+string(row.Bytes[ColumnResHeaders])+"`")
	for _, c := range []Column{ColumnTags, ColumnSignature, ColumnReqBody, ColumnRest} {
		require.Equal(t, cell(c.Name()), "`"+string(row.Bytes[c])+"`")
	}
	for _, c := range []Column{ColumnCluster, ColumnNamespace, ColumnTech, ColumnNetworkAddress, ColumnTraceID, ColumnSession, ColumnNetinfo, ColumnTokenList, ColumnResBody} {
		require.Nil(t, row.Bytes[c], c.Name())
	}
}

func joined(row *Row, columns ...Column) string {
	var texts []string
	for _, c := range columns {
		texts = append(texts, string(row.Bytes[c]))
	}
	return strings.Join(texts, ", ")
}

// TestTheViewsNameEveryColumn keeps the documented views in step with the schema.
func TestTheViewsNameEveryColumn(t *testing.T) {
	for _, name := range []string{"spark.sql", "athena.sql"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", "format", name))
		require.NoError(t, err)
		for c := range Column(NumColumns) {
			require.Regexp(t, `\b`+c.Name()+`\b`, string(text), "%s lacks %s", name, c.Name())
		}
	}
}

// The old file of format version 1, made once from hand-written pairs and pairs of
// the demo. It is never written again: -make-golden exists to show how it was.
const goldenFolder = "testdata/format/v1"

// TestOldFilesStayReadable reads the committed file of format version 1 with the
// library and rebuilds its pairs. The reader's own test is beside the reader.
func TestOldFilesStayReadable(t *testing.T) {
	if *makeGolden {
		writeGolden(t)
	}
	paths, err := filepath.Glob(filepath.Join(goldenFolder, "*"+Extension))
	require.NoError(t, err)
	require.Len(t, paths, 1)
	data, err := os.ReadFile(paths[0])
	require.NoError(t, err)
	var want []string
	for _, line := range readLines(t, filepath.Join(goldenFolder, "pairs.jsonl")) {
		want = append(want, canonical(t, line))
	}
	var got []string
	for _, line := range readBack(t, data) {
		got = append(got, canonical(t, []byte(line)))
	}
	require.ElementsMatch(t, want, got)

	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	version, _ := file.Lookup(MetaFormatVersion)
	require.Equal(t, "1", version)
	require.Equal(t, Schema().String(), file.Schema().String(), "the columns of version 1 may only be added to")
	minTS, maxTS, err := ParseFileName(paths[0])
	require.NoError(t, err)
	require.True(t, minTS.Before(maxTS))
}

var makeGolden = flag.Bool("make-golden", false, "write the file that shows format version 1; only before its first release")

func writeGolden(t *testing.T) {
	t.Helper()
	var kept [][]byte
	for _, line := range append(handMade(), demoLines(30)...) {
		var pair rrpair.Pair
		require.NoError(t, pair.ParseJSON(line))
		if len(line) < 8<<10 {
			kept = append(kept, bytes.Clone(pair.JSON())) // the model derives a uuid that is missing
		}
	}
	logs := plog.NewLogs()
	appendLogs(t, logs, kept)
	converter := NewConverter(Layout{}, ConverterOptions{})
	blocks, _, _, err := converter.Convert(context.Background(), logs)
	require.NoError(t, err)
	for i := range blocks { // one folder: the golden file holds every kind of time
		blocks[i].Data = reheader(t, blocks[i].Data, func(info *BlockInfo) { info.Folder = "v1/date=2026-03-01/hour=10" })
	}
	var file bytes.Buffer
	info, err := WriteFile(context.Background(), &file, blocks, WriteOptions{WriterVersion: "0.1.0", RowGroupBytes: 64 << 10})
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(goldenFolder))
	require.NoError(t, os.MkdirAll(goldenFolder, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(goldenFolder, info.Name), file.Bytes(), 0o644))
	lines := append(bytes.Join(kept, []byte("\n")), '\n')
	require.NoError(t, os.WriteFile(filepath.Join(goldenFolder, "pairs.jsonl"), lines, 0o644))
}
