package rrpair

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// TestGoldenRecords reads each OTLP request of testdata/golden and compares the
// line it becomes, byte by byte, with the one beside it.
func TestGoldenRecords(t *testing.T) {
	requests, err := filepath.Glob("testdata/golden/*.otlp.json")
	require.NoError(t, err)
	require.NotEmpty(t, requests)
	for _, request := range requests {
		t.Run(filepath.Base(request), func(t *testing.T) {
			data, err := os.ReadFile(request)
			require.NoError(t, err)
			logs, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(data)
			require.NoError(t, err)
			want, err := os.ReadFile(strings.Replace(request, ".otlp.json", ".jsonl", 1))
			require.NoError(t, err)

			resource := logs.ResourceLogs().At(0)
			record := resource.ScopeLogs().At(0).LogRecords().At(0)
			assert.True(t, IsRRPair(record))
			var p Pair
			require.NoError(t, p.FromLogRecord(resource.Resource(), record))
			assert.Equal(t, string(bytes.TrimSpace(want)), string(p.JSON()))
			assert.False(t, p.UUIDDerived())
		})
	}
}
