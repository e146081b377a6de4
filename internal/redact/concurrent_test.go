package redact

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// TestConcurrentUse: an engine that is used by many at once gives each what it gives alone.
func TestConcurrentUse(t *testing.T) {
	e := testEngine(t, "default")
	lines := sampleLines(t)
	lines = lines[:min(len(lines), 20)]
	want := make([]string, len(lines))
	for i, line := range lines {
		out, _ := redactPair(t, e, line)
		want[i] = string(out)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i, line := range lines {
				var pair rrpair.Pair
				if assert.NoError(t, pair.ParseJSON(line)) {
					out, _, err := e.Pair(nil, &pair, Call{})
					assert.NoError(t, err)
					assert.Equal(t, want[i], string(out))
				}
			}
		})
	}
	group.Wait()
}
