package archive

import (
	"bufio"
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/queue"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// observedLate is a time after every ts of the test data.
var observedLate = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)

// readLines returns the lines of a JSON lines file.
func readLines(t testing.TB, path string) [][]byte {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 64<<20)
	var lines [][]byte
	for scanner.Scan() {
		if len(bytes.TrimSpace(scanner.Bytes())) > 0 {
			lines = append(lines, bytes.Clone(scanner.Bytes()))
		}
	}
	require.NoError(t, scanner.Err())
	return lines
}

// demoLines returns pairs of the demo shop, the same on every machine.
func demoLines(n int) [][]byte {
	generator := demo.NewGenerator(demo.Options{Seed: 7})
	lines := make([][]byte, n)
	for i := range lines {
		lines[i] = generator.Next(nil)
	}
	return lines
}

// demoPairs is how many pairs of the demo stand in where no corpus is named.
const demoPairs = 2000

// corpus returns the recordings that BYOC_CORPUS names, else pairs of the demo.
func corpus(t testing.TB) [][]byte {
	t.Helper()
	if path := os.Getenv("BYOC_CORPUS"); path != "" {
		return readLines(t, path)
	}
	return demoLines(demoPairs)
}

// appendLogs appends pairs as log records; lines that are no RRPair fail the test.
func appendLogs(t testing.TB, logs plog.Logs, lines [][]byte) {
	t.Helper()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	var pair rrpair.Pair
	for _, line := range lines {
		require.NoError(t, pair.ParseJSON(line), "%.200s", line)
		record := records.AppendEmpty()
		require.NoError(t, pair.ToLogRecord(record))
		record.SetObservedTimestamp(pcommon.NewTimestampFromTime(observedLate))
	}
}

// rowAt returns a row of the group in the form a reader gets it.
func (g *writeGroup) rowAt(row uint32) *Row {
	r := &Row{TS: g.ts[row]}
	if g.nanos[row] != noNumber {
		r.TSNanos, r.HasTSNanos = int32(g.nanos[row]), true
	}
	if g.duration[row] != noNumber {
		r.DurationMS, r.HasDurationMS = int32(g.duration[row]), true
	}
	for c := firstTextColumn; int(c) < NumColumns; c++ {
		if c != ColumnDurationMS {
			r.Bytes[c] = g.value(c, row)
		}
	}
	return r
}

// unshredBlocks returns the JSON of every row of the blocks.
func unshredBlocks(t testing.TB, blocks []queue.Block) []string {
	t.Helper()
	var lines []string
	for i := range blocks {
		group := new(writeGroup)
		require.NoError(t, group.addBlock(newBlockDecoder(), blocks[i].Data))
		require.Equal(t, blocks[i].Items, group.rows())
		for row := range uint32(group.rows()) {
			line, err := Unshred(nil, group.rowAt(row))
			require.NoError(t, err)
			lines = append(lines, string(line))
		}
	}
	return lines
}
