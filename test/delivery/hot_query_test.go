package delivery

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os/exec"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// archivedAfter is when what was acknowledged is in the archive for certain.
const archivedAfter = archiveAge + archiveNoise

// queried asks the tool for all pairs, from wherever they are, and returns how often it names each. Generated times run
// ahead of the clock now and then.
func (w *hotWorld) queried() (found map[rrpair.UUID]int, said string) {
	w.t.Helper()
	now := time.Now()
	from, to := now.Add(-time.Hour).Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339)
	command := exec.CommandContext(w.t.Context(), w.tool, "--config", w.config, "--no-progress",
		"query", "--source", "auto", "--from", from, "--to", to, "--all", "--output", "ndjson")
	var rows, messages bytes.Buffer
	command.Stdout, command.Stderr = &rows, &messages
	require.NoError(w.t, command.Run(), "%s", &messages)
	w.t.Logf("byoc query took %v of CPU\n%s", command.ProcessState.UserTime().Round(100*time.Millisecond), &messages)
	found = map[rrpair.UUID]int{}
	lines := bufio.NewScanner(&rows)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct {
			UUID string `json:"uuid"`
		}
		require.NoError(w.t, json.Unmarshal(lines.Bytes(), &row))
		id, err := rrpair.ParseUUID(row.UUID)
		require.NoError(w.t, err)
		found[id]++
	}
	require.NoError(w.t, lines.Err())
	return found, messages.String()
}

// requireAnswered checks that people who search while the hot store is away find all that was acknowledged until shortly
// before, once.
func (w *hotWorld) requireAnswered(load *paced) {
	w.t.Helper()
	expected, begin := load.before(time.Now().Add(-archivedAfter)), time.Now()
	found, said := w.queried()
	missing, doubled := 0, 0
	for _, id := range expected {
		if found[id] == 0 {
			missing++
		}
	}
	for _, times := range found {
		if times > 1 {
			doubled++
		}
	}
	w.t.Logf("the hot store being away, %d rows were found in %v", len(found), time.Since(begin).Round(time.Millisecond))
	require.Zero(w.t, missing, "of %d pairs were not found:\n%s", len(expected), said)
	require.Zero(w.t, doubled, "pairs were found more than once:\n%s", said)
}
