package redact

import (
	"bytes"
	"hash/maphash"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// nameSlots is how many names a worker remembers the classes of. A name takes the slot that its hash says, and whoever
// had it before is forgotten: bounded, and without any bookkeeping.
const nameSlots = 1 << 12

// maxName is the longest name that is remembered, in bytes; longer ones are data, not names.
const maxName = 64

// nameCache remembers what names mean.
type nameCache struct {
	classify func([]byte) detect.NameClass
	slots    []nameSlot
}

type nameSlot struct {
	hash        uint64
	own, parent []byte
	class       detect.NameClass
	used        bool
}

// class says what the name of a node means, with that of the structure around it.
func (w *worker) class(i int32) detect.NameClass {
	n := &w.nodes[i]
	if n.is(flagLabelled) {
		return w.names.look(w.columnOf(i), nil, &w.scratch)
	}
	if n.is(flagKey) || len(n.name) == 0 {
		return 0
	}
	var parent []byte
	if n.role.joinsName() {
		parent = w.parentName(n)
	}
	cache := &w.names
	if len(n.name)+len(parent) > maxName {
		return cache.look(n.name, parent, &w.scratch)
	}
	if cache.slots == nil {
		cache.slots = make([]nameSlot, nameSlots)
	}
	hash := maphash.Bytes(w.seed, n.name)
	if len(parent) > 0 {
		hash ^= maphash.Bytes(w.seed, parent) * 3
	}
	slot := &cache.slots[hash%nameSlots]
	if slot.used && slot.hash == hash && bytes.Equal(slot.own, n.name) && bytes.Equal(slot.parent, parent) {
		return slot.class
	}
	slot.class = cache.look(n.name, parent, &w.scratch)
	slot.hash, slot.used = hash, true
	slot.own, slot.parent = append(slot.own[:0], n.name...), append(slot.parent[:0], parent...)
	return slot.class
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
