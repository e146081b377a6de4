package hotstoreexporter

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/opensearch"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
	"github.com/byoc-otel/otelcol-byoc/test/services"
)

// TestARealClusterThatIsDownHoldsNobodyUp: an OpenSearch node is stopped under load and started again.
func TestARealClusterThatIsDownHoldsNobodyUp(t *testing.T) {
	node := services.OwnOpenSearch(t)
	config := opensearch.NewDefaultConfig()
	config.Endpoints, config.Replicas, config.RefreshInterval = []string{node.Endpoint}, 0, 200*time.Millisecond
	config.Retry = opensearch.RetryConfig{InitialInterval: 50 * time.Millisecond, MaxInterval: 200 * time.Millisecond, MaxElapsedTime: 5 * time.Second}
	store, err := opensearch.Open(t.Context(), config)
	require.NoError(t, err)
	require.NoError(t, store.Init(t.Context()))
	r := newRig(t, tiny)
	require.NoError(t, r.store.Close())
	r.store = store
	hasty(r)
	r.start()

	all := map[rrpair.UUID]string{}
	slowest := time.Duration(0)
	send := func(seed uint64) {
		logs, sent := pairs(t, seed, 100, begin().Add(time.Duration(seed%3)*time.Hour))
		started := time.Now()
		require.NoError(t, r.exporter.ConsumeLogs(t.Context(), logs))
		slowest = max(slowest, time.Since(started))
		maps.Copy(all, sent)
		r.archived(logs)
	}
	send(1)
	r.eventuallyHas(100)
	node.Stop(t)
	for seed := range uint64(30) {
		send(10 + seed)
	}
	require.NotEmpty(t, r.gaps())
	require.Less(t, slowest, time.Second, "nobody waits for the store")
	node.Start(t)
	require.Eventually(t, func() bool { return len(r.gaps()) == 0 }, 2*time.Minute, 100*time.Millisecond)
	r.eventuallyHas(len(all))
	found := r.found()
	for id := range all {
		require.NotNil(t, found[id])
	}
	t.Logf("slowest request %s, %d records missed, %d backfilled", slowest, r.metric("missed_records"), r.metric("backfilled_documents"))
	r.stop()
}
