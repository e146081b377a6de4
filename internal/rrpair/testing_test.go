package rrpair

import (
	"bytes"
	"os"
	"testing"

	"github.com/gowebpki/jcs"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sampleLines returns the pairs of testdata and, when BYOC_CORPUS names a file,
// those too. They are compact and in the model's order.
func sampleLines(tb testing.TB) [][]byte {
	tb.Helper()
	files := []string{"testdata/pairs.jsonl"}
	if corpus := os.Getenv("BYOC_CORPUS"); corpus != "" {
		files = append(files, corpus)
	}
	var lines [][]byte
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(tb, err)
		for line := range bytes.Lines(data) {
			lines = append(lines, bytes.TrimSpace(line))
		}
	}
	return lines
}

// canonical is RFC 8785 by a library of others, so that ours is not its own judge.
func canonical(tb testing.TB, text []byte) string {
	tb.Helper()
	out, err := jcs.Transform(text)
	require.NoError(tb, err, "%.200s", text)
	return string(out)
}

func parsed(tb testing.TB, text string) *Pair {
	tb.Helper()
	p := &Pair{}
	require.NoError(tb, p.ParseJSON([]byte(text)))
	return p
}

func newRecord() (plog.ResourceLogs, plog.LogRecord) {
	resource := plog.NewLogs().ResourceLogs().AppendEmpty()
	return resource, resource.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
}
