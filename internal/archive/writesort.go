package archive

import (
	"cmp"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// groupSorter sorts the rows of a row group. Most rows share service, direction,
// command and location with others: each different combination is compared as
// text once, rows then by its rank.
type groupSorter struct {
	kinds  map[uint64]uint32 // hash of a combination to its number
	first  []uint32          // a row of each combination, by its number
	kindOf []uint32          // by row
	ranks  []uint32          // by number
	sorted []uint32          // numbers in order
}

// sort orders the rows by service, direction, command, location, ts, and where
// those are equal by ts_nanos, uuid and rest, so that the order does not depend
// on how the rows were cut into blocks. Null sorts before every value.
func (g *writeGroup) sort() {
	g.order = slices.Grow(g.order[:0], g.rows())
	for i := range g.rows() {
		g.order = append(g.order, uint32(i))
	}
	ranked := g.findKinds()
	if ranked {
		g.rankKinds()
	} // else two combinations have one hash: compare texts row by row
	s := &g.sorting
	slices.SortFunc(g.order, func(a, b uint32) int {
		if ranked {
			if x, y := s.ranks[s.kindOf[a]], s.ranks[s.kindOf[b]]; x != y {
				return cmp.Compare(x, y)
			}
		} else if order := g.compareKinds(a, b); order != 0 {
			return order
		}
		if g.ts[a] != g.ts[b] {
			return cmp.Compare(g.ts[a], g.ts[b])
		}
		if g.nanos[a] != g.nanos[b] {
			return cmp.Compare(g.nanos[a], g.nanos[b])
		}
		if order := g.compareColumn(ColumnUUID, a, b); order != 0 {
			return order
		}
		return g.compareColumn(ColumnRest, a, b)
	})
}

// findKinds numbers the combinations; false when two have the same hash.
func (g *writeGroup) findKinds() bool {
	s := &g.sorting
	if s.kinds == nil {
		s.kinds = make(map[uint64]uint32)
	}
	clear(s.kinds)
	s.first, s.kindOf, s.ranks = s.first[:0], s.kindOf[:0], s.ranks[:0]
	for row := range uint32(g.rows()) {
		hash := uint64(0)
		for _, c := range sortColumns() {
			value := g.value(c, row)
			hash = mix(hash, xxhash.Sum64(value))
			if value == nil {
				hash = mix(hash, uint64(c))
			}
		}
		kind, known := s.kinds[hash]
		if !known {
			kind = uint32(len(s.first))
			s.kinds[hash] = kind
			s.first = append(s.first, row)
		} else if g.compareKinds(row, s.first[kind]) != 0 {
			return false
		}
		s.kindOf = append(s.kindOf, kind)
	}
	return true
}

// rankKinds sorts the combinations and gives each its place.
func (g *writeGroup) rankKinds() {
	s := &g.sorting
	s.sorted = s.sorted[:0]
	for kind := range uint32(len(s.first)) {
		s.sorted = append(s.sorted, kind)
	}
	slices.SortFunc(s.sorted, func(a, b uint32) int { return g.compareKinds(s.first[a], s.first[b]) })
	s.ranks = append(s.ranks[:0], s.sorted...)
	for rank, kind := range s.sorted {
		s.ranks[kind] = uint32(rank)
	}
}

func sortColumns() [4]Column {
	return [4]Column{ColumnService, ColumnDirection, ColumnCommand, ColumnLocation}
}

func (g *writeGroup) compareKinds(a, b uint32) int {
	for _, c := range sortColumns() {
		if order := g.compareColumn(c, a, b); order != 0 {
			return order
		}
	}
	return 0
}
