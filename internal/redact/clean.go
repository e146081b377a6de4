package redact

import (
	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// cleanSlots is how many texts a worker remembers (670 KB), longestClean how long they are at most, in bytes, and
// mostFindings how many findings they have at most. Most of what traffic consists of (names, hosts, headers, versions,
// and the tokens of those who send it) was in the record before.
const (
	cleanSlots   = 1 << 14
	longestClean = 2 << 10
	mostFindings = 8
)

// cleanTexts remembers of leaves what finders found in them, and of containers as what they are split: both depend on the
// text and its hints alone. A text takes one of the two slots that its hash says; text and hints are known by 64 bits each
// of hashes with secret seeds, compared with those of two other texts at a time, which two share by no chance worth
// counting and by no intent. No text is kept.
type cleanTexts struct {
	hasher  hasher
	slots   []cleanKey
	found   [][]detect.Finding // by slot
	formats []content.Format   // by slot, of containers
}

// cleanKey is what a text is remembered by. The lowest bits of hints say what it is.
type cleanKey struct {
	text  uint64 // hash
	hints uint64 // hash of the name, its class, the place and the flags; 0: the slot is free
}

const (
	hintFound     = 1 << iota // found has something
	hintContainer             // formats has its format
	hintBits      = hintFound | hintContainer
)

// slot is where a text's findings or format are, or may be put.
type slot struct {
	key   cleanKey
	index uint64
	fit   bool // there is one
}

func (k cleanKey) is(other cleanKey) bool {
	return k.text == other.text && k.hints&^hintBits == other.hints&^hintBits
}

// recall fills w.findings with what was found in the leaf before, or returns the format of the container. A text may be in
// either of two slots; the one that was asked for last is in the first.
func (w *worker) recall(s slot) (leaf bool, format content.Format) {
	if !s.fit {
		return false, content.Plain
	}
	c := &w.clean
	if !c.slots[s.index].is(s.key) {
		if !c.slots[s.index^1].is(s.key) {
			return false, content.Plain
		}
		c.swap(s.index)
	}
	w.findings = w.findings[:0]
	switch hints := c.slots[s.index].hints; {
	case hints&hintContainer != 0:
		return false, c.formats[s.index]
	case hints&hintFound != 0:
		w.findings = append(w.findings, c.found[s.index]...)
	}
	return true, content.Plain
}

// recalls is recall for what is no leaf, but remembered as one.
func (w *worker) recalls(s slot) bool {
	found, _ := w.recall(s)
	return found
}

// swap exchanges a slot with its neighbour.
func (c *cleanTexts) swap(i uint64) {
	c.slots[i], c.slots[i^1] = c.slots[i^1], c.slots[i]
	c.found[i], c.found[i^1] = c.found[i^1], c.found[i]
	c.formats[i], c.formats[i^1] = c.formats[i^1], c.formats[i]
}

// take makes a slot the text's own.
func (c *cleanTexts) take(s slot, hint uint64) {
	if !c.slots[s.index].is(s.key) {
		c.swap(s.index)
	}
	c.slots[s.index] = cleanKey{text: s.key.text, hints: s.key.hints | hint}
}

// store remembers what was found in the leaf, storeFormat as what the container was split, forget that it is neither.
func (w *worker) store(s slot) {
	if !s.fit {
		return
	}
	c := &w.clean
	if len(w.findings) == 0 {
		c.take(s, 0)
		return
	}
	c.take(s, hintFound)
	c.found[s.index] = append(c.found[s.index][:0], w.findings...)
}

func (w *worker) storeFormat(s slot, format content.Format) {
	if s.fit {
		w.clean.take(s, hintContainer)
		w.clean.formats[s.index] = format
	}
}

func (w *worker) forget(s slot) {
	if s.fit && w.clean.slots[s.index].is(s.key) {
		w.clean.slots[s.index] = cleanKey{}
	}
}

// remembered are the flags of a node that make a difference to what is found in it.
const remembered = flagKey | flagNumber | flagGap

// slotOf returns the slot for a node whose name has a hash; one that does not fit for a node that is none to remember.
func (w *worker) slotOf(n *node, class detect.NameClass, name uint64, raw bool) slot {
	if len(n.text) > longestClean || n.is(flagPending|flagBinary|flagLabelled) {
		return slot{}
	}
	w.clean.ready()
	about := uint64(n.flags&remembered) | uint64(n.place)<<16 | uint64(len(n.text))<<32
	if !n.is(flagKey) {
		about |= uint64(n.role) << 24
	}
	if raw {
		about |= 1 << 63
	}
	// Each factor is odd: without a name, different hints never have the same product.
	key := cleanKey{text: w.clean.hasher.of(n.text), hints: name ^ uint64(class)*0x9e3779b97f4a7c15 ^ (about|1<<62)*0xd6e8feb86659fd93}
	key.hints &^= hintBits
	return slot{key: key, index: (key.text ^ key.hints>>17) % cleanSlots, fit: true}
}

// holds reports whether what a node is depends on more than its text and name.
func (w *worker) holds(n *node) bool {
	return n.role == roleBody || n.role.encoded() && !n.is(flagKey) || n.holder != noNode && n.part != noPart && w.parts[n.part].Hint != 0
}

// ready makes the table and its seeds.
func (c *cleanTexts) ready() {
	if c.slots == nil {
		c.slots, c.found, c.formats = make([]cleanKey, cleanSlots), make([][]detect.Finding, cleanSlots), make([]content.Format, cleanSlots)
		c.hasher = newHasher()
	}
}
