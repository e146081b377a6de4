package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestClocksAheadLoseNothingWhereTheHotStoreBegins: a pair that came in before the store was set up says that it is of after.
// It is only in the archive, and is found there and brought from there.
func TestClocksAheadLoseNothingWhereTheHotStoreBegins(t *testing.T) {
	h := newHotBench(t, "7d", "")
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "init"))
	h.setSince(t, h.now)
	h.clock = func() time.Time { return h.now.Add(30 * time.Minute) }
	logs, _ := pairsFrom(t, 1, 7, h.now.Add(5*time.Second))
	h.put(t, logs)
	(&filled{folder: h.folder}).archiveBegan(t, h.now.AddDate(0, 0, -1))
	found := func() {
		t.Helper()
		require.Equal(t, exitOK, h.byoc(t, "query", "--output", "csv", "--columns", "uuid"), h.stderr.String())
		require.Contains(t, h.stderr.String(), "7 pairs")
	}
	found()
	require.Equal(t, exitOK, h.byoc(t, "hotstore", "backfill", "--from", "-2h"), h.stderr.String())
	require.Len(t, h.documents(t), 7)
	found()
}
