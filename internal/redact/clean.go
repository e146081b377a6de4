package redact

import (
	"hash/maphash"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// cleanSlots is how many texts a worker remembers (700 KB), longestClean how long they are at most, in bytes, and
// mostFindings how many findings they have at most. Most of what traffic consists of (names, hosts, headers, versions,
// and the tokens of those who send it) was in the record before.
const (
	cleanSlots   = 1 << 13
	longestClean = 2 << 10
	mostFindings = 8
)

// cleanTexts remembers leaves that are no containers, with what finders found in them: that depends on the text and its
// hints alone. A text takes the slot that its hash says, and is known by 128 bits of hashes with secret seeds, which two
// texts share by no chance and by no intent. No text is kept.
type cleanTexts struct {
	seeds [2]maphash.Seed
	slots []cleanText
}

type cleanText struct {
	key      cleanKey
	findings []detect.Finding
}

// cleanKey is what a leaf is remembered by.
type cleanKey struct {
	hashes [2]uint64
	name   uint64 // hash of the name
	class  detect.NameClass
	flags  nodeFlags
	place  detect.Place
	used   bool
}

// store remembers what was found in the leaf.
func (c *cleanText) store(key cleanKey, findings []detect.Finding) {
	c.key = key
	c.findings = append(c.findings[:0], findings...)
}

// remembered are the flags of a node that its finders are told.
const remembered = flagKey | flagRequest | flagNumber

// cleanKey returns what a node is remembered as, and the slot for it; nil when it is none to remember.
func (w *worker) cleanKey(n *node, class detect.NameClass) (key cleanKey, slot *cleanText) {
	if len(n.text) > longestClean || n.role == roleBody || n.role.encoded() || n.is(flagPending|flagBinary|flagLabelled) ||
		n.holder != noNode && n.part != noPart && w.parts[n.part].Hint != 0 {
		return key, nil
	}
	c := &w.clean
	c.ready()
	key = cleanKey{class: class, flags: n.flags & remembered, place: n.place, used: true}
	key.hashes = [2]uint64{maphash.Bytes(c.seeds[0], n.text), maphash.Bytes(c.seeds[1], n.text)}
	if len(n.name) > 0 && !n.is(flagKey) {
		key.name = maphash.Bytes(w.seed, n.name)
	}
	return key, &c.slots[(key.hashes[0]^key.name)%cleanSlots]
}

// ready makes the table and its seeds.
func (c *cleanTexts) ready() {
	if c.slots == nil {
		c.slots = make([]cleanText, cleanSlots)
		c.seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}
	}
}
