package redact

import (
	"bytes"
	"math/bits"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// nameSlots is how many names a worker remembers the classes of. A name takes the slot that its hash says, and whoever
// had it before is forgotten: bounded, and without any bookkeeping.
const nameSlots = 1 << 12

// nameCache remembers what names mean. A name, with the one above it, is known by 64 bits of a hash with a secret seed,
// compared with those of one other name at a time: two share them by no chance worth counting and by no intent.
type nameCache struct {
	classify func([]byte) detect.NameClass
	slots    []nameSlot
	parent   int32  // the structure whose name was hashed last, noNode
	above    uint64 // the hash of its name
}

type nameSlot struct {
	hash  uint64
	class detect.NameClass
}

// class says what the name of a node means, with that of the structure around it. hash stands for the name alone.
func (w *worker) class(i int32) (class detect.NameClass, hash uint64) {
	n := &w.nodes[i]
	if n.is(flagLabelled) {
		return w.names.look(w.columnOf(i), nil, &w.scratch), 0
	}
	if n.is(flagKey) || len(n.name) == 0 {
		return 0, 0
	}
	cache := &w.names
	if cache.slots == nil {
		cache.slots = make([]nameSlot, nameSlots)
	}
	hash = w.hash(n.name)
	both := hash
	if n.role.joinsName() {
		both ^= w.above(n)
	}
	slot := &cache.slots[both%nameSlots]
	if slot.hash == both && both != 0 {
		return slot.class, hash
	}
	var parent []byte
	if n.role.joinsName() {
		parent = w.parentName(n)
	}
	slot.hash, slot.class = both, cache.look(n.name, parent, &w.scratch)
	return slot.class, hash
}

// above is a hash of the name of the structure around a node, 0 for none. Members of one structure follow each other.
func (w *worker) above(n *node) uint64 {
	cache := &w.names
	if n.parent != noNode && n.parent == cache.parent && n.index < 0 {
		if p := &w.nodes[n.parent]; p.is(flagOpaque) && !bytes.Equal(p.name, n.name) {
			return cache.above
		}
	}
	parent := w.parentName(n)
	if len(parent) == 0 {
		return 0
	}
	above := bits.RotateLeft64(w.hash(parent), 1) * 3
	if n.index < 0 {
		cache.parent, cache.above = n.parent, above
	}
	return above
}

// look classifies a name by itself and joined with the name above it.
func (c *nameCache) look(own, parent []byte, scratch *[]byte) detect.NameClass {
	class := c.classify(own)
	if len(parent) > 0 {
		joined := append((*scratch)[:0], parent...)
		joined = append(joined, ' ')
		joined = append(joined, own...)
		class |= c.classify(joined)
		*scratch = joined
	}
	return class
}

// parentName is the name of the structure around a node: for elements of an array of objects that of the array.
func (w *worker) parentName(n *node) []byte {
	if n.parent == noNode {
		return nil
	}
	p := &w.nodes[n.parent]
	for n.index >= 0 && p.is(flagOpaque) && p.parent != noNode && bytes.Equal(p.name, n.name) {
		p = &w.nodes[p.parent]
	}
	if !p.is(flagOpaque) || bytes.Equal(p.name, n.name) {
		return nil
	}
	return p.name
}
