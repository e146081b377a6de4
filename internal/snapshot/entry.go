package snapshot

import (
	"bytes"
	"cmp"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// key orders records: by time, then by uuid. Times are split, because microseconds reach every year that a ts can name
// and nanoseconds do not.
type key struct {
	micros int64  // since 1970-01-01 UTC
	nanos  uint16 // 0-999
	id     rrpair.UUID
}

func keyOf(t time.Time, id rrpair.UUID) key {
	return key{micros: t.UnixMicro(), nanos: uint16(t.Nanosecond() % 1000), id: id}
}

func (k key) time() time.Time {
	return time.UnixMicro(k.micros).Add(time.Duration(k.nanos)).UTC()
}

func (k key) compare(other key) int {
	return cmp.Or(cmp.Compare(k.micros, other.micros), cmp.Compare(k.nanos, other.nanos), bytes.Compare(k.id[:], other.id[:]))
}

// entry is one record on its way to the output.
type entry struct {
	key
	group uint32 // index into groups
	line  []byte // compact JSON, without a line end
}

// compare orders entries; equal keys by content, so that the same records give the same output in whatever order they
// came.
func (e *entry) compare(other *entry) int {
	if order := e.key.compare(other.key); order != 0 {
		return order
	}
	return bytes.Compare(e.line, other.line)
}

// Group is a combination of dimensions that snapshots count by.
type Group struct{ Service, Direction, L7Protocol string }

// groups numbers the combinations met.
type groups struct {
	numbers map[Group]uint32
	list    []Group
}

func (g *groups) number(service, direction, protocol []byte) uint32 {
	// The look-up with converted bytes does not allocate; the first of a kind does.
	if n, ok := g.numbers[Group{string(service), string(direction), string(protocol)}]; ok {
		return n
	}
	if g.numbers == nil {
		g.numbers = map[Group]uint32{}
	}
	group := Group{string(service), string(direction), string(protocol)}
	g.numbers[group] = uint32(len(g.list))
	g.list = append(g.list, group)
	return g.numbers[group]
}
