package delivery

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/opensearch"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// indexPage is how many documents are read at a time: as many as OpenSearch gives at once.
const indexPage = 10_000

// waitForIndex waits until the index has as many documents as there should be.
func (w *hotWorld) waitForIndex(number int, limit time.Duration) {
	w.t.Helper()
	store, err := opensearch.Open(w.t.Context(), w.direct)
	require.NoError(w.t, err)
	defer store.Close()
	deadline := time.Now().Add(limit)
	for have := int64(-1); have < int64(number); time.Sleep(500 * time.Millisecond) {
		status, err := store.Status(w.t.Context())
		if err == nil {
			have = status.Documents
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("the index has %d of %d documents after %v (%v)\n%s", have, number, limit, err, w.running.Log())
		}
	}
}

// indexed reads the whole index and returns how often it has each pair.
func (w *hotWorld) indexed() map[rrpair.UUID]int {
	w.t.Helper()
	store, err := opensearch.Open(w.t.Context(), w.direct)
	require.NoError(w.t, err)
	defer store.Close()
	found := map[rrpair.UUID]int{}
	for search := (hotstore.Search{Limit: indexPage}); ; {
		page, err := store.Search(w.t.Context(), search)
		require.NoError(w.t, err)
		for _, document := range page.Documents {
			found[document.UUID]++
		}
		if search.After = page.Next; page.Next == "" {
			return found
		}
	}
}

// requireWhole checks that the index holds what was acknowledged, each pair once, and nothing else.
func (w *hotWorld) requireWhole(l *ledger, found map[rrpair.UUID]int) {
	w.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	missing, doubled, invented := 0, 0, 0
	for id := range l.acknowledged {
		if found[id] == 0 {
			missing++
		}
	}
	for id, times := range found {
		if times > 1 {
			doubled++
		}
		if _, sent := l.sent[id]; !sent {
			invented++
		}
	}
	require.Zero(w.t, missing, "of %d acknowledged pairs are not in the index", len(l.acknowledged))
	require.Zero(w.t, doubled, "are in the index more than once")
	require.Zero(w.t, invented, "are in the index and were never sent")
}
