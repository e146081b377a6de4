package hotstoreexporter

import (
	"encoding/binary"
	"slices"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// maxMissing bounds the pairs of a gap that are remembered one by one: 18 MB.
const maxMissing = 2_000_000

// missing is what a gap lacks, pair by pair: what tells for certain that the archive has given all of it. What the store
// says it stored does not: an answer that was lost counts as a duplicate at the next attempt.
type missing struct {
	ids    []uint64
	found  []bool // as long as ids once they are sorted
	left   int
	isOver bool // there are more than are remembered
}

// shorten makes 8 bytes of a uuid; two of a gap's pairs that agree in them are as good as never.
func shorten(id rrpair.UUID) uint64 {
	return binary.BigEndian.Uint64(id[:8]) ^ binary.BigEndian.Uint64(id[8:])
}

func (m *missing) add(ids []uint64) {
	if m.isOver = m.isOver || len(m.ids)+len(ids) > maxMissing; m.isOver {
		m.ids = nil
		return
	}
	m.ids = append(m.ids, ids...)
}

// ready ends the adding.
func (m *missing) ready() {
	slices.Sort(m.ids)
	m.ids = slices.Compact(m.ids)
	m.found, m.left = make([]bool, len(m.ids)), len(m.ids)
}

// see notes a pair that the archive has.
func (m *missing) see(id rrpair.UUID) {
	if at, isMissing := slices.BinarySearch(m.ids, shorten(id)); isMissing && !m.found[at] {
		m.found[at] = true
		m.left--
	}
}

// isComplete says whether all were seen; documents is how many were in all, and records how many are missed at most.
func (m *missing) isComplete(documents, records int64) bool {
	if m == nil || m.isOver {
		return documents >= records // not remembered: as good as can be told
	}
	return m.left == 0
}
