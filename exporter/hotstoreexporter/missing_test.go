package hotstoreexporter

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestAGapIsCompleteWhenEachOfItsPairsWasSeen(t *testing.T) {
	ids := []rrpair.UUID{{1, 15: 1}, {2, 15: 1}, {3, 15: 1}}
	m := &missing{}
	for _, id := range ids {
		m.add([]uint64{shorten(id), shorten(id)}) // a sender sent each twice
	}
	m.ready()
	require.False(t, m.isComplete(100, 6))
	m.see(rrpair.UUID{9})
	m.see(ids[2])
	m.see(ids[0])
	m.see(ids[0])
	require.False(t, m.isComplete(100, 6))
	m.see(ids[1])
	require.True(t, m.isComplete(3, 6))
}

func TestAGapThatIsTooLargeToRememberIsCounted(t *testing.T) {
	m := &missing{}
	m.add(make([]uint64, maxMissing))
	m.add([]uint64{1})
	m.ready()
	m.see(rrpair.UUID{1})
	require.False(t, m.isComplete(5, 6))
	require.True(t, m.isComplete(6, 6))
	var adopted *missing
	require.False(t, adopted.isComplete(5, 6))
	require.True(t, adopted.isComplete(6, 6))
}
