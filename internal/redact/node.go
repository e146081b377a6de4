package redact

import (
	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
)

// noNode stands for no node, noTarget for a node that is no pdata value, noPart for one that is no container's part.
const (
	noNode   int32 = -1
	noTarget int32 = -1
	noPart   int32 = -1
)

// node is a leaf, a container or a structure (object, array) of a record. Nodes are numbered in the order in which they
// are found: those within a container always have higher numbers than the container.
// What most nodes are asked for comes first, and together they take two lines of the processor's cache.
type node struct {
	text   []byte // decoded
	name   []byte // its own name; elements of an array have the array's
	flags  nodeFlags
	role   role
	place  detect.Place
	format content.Format // of a container
	depth  uint8          // containers around it
	parent int32          // the structure it is a member of, for paths and names
	holder int32          // the container whose text it lies in, noNode for the document and for pdata values

	same       int32 // a container analysed before with the same text, noNode when there is none
	part       int32 // index in worker.parts
	index      int32 // position in an array, -1 when it is no element
	target     int32 // index in worker.targets, of a name in worker.maps
	start, end int32 // where it lies in its holder's (or the document's) text
	first      int32 // parts of a container: nodes first to first+count
	count      int32
	hits       int32  // index of the first hit while resolving
	shields    int32  // index of the first shield, when flagShielded is set
	changed    []byte // the text after redaction, when flagDirty is set and resolve has run
}

// nodeFlags say what a node is and what became of it.
type nodeFlags uint16

const (
	flagKey      nodeFlags = 1 << iota // the name of a member
	flagNumber                         // a JSON number, true, false or null: written without quotes if it still can be
	flagOpaque                         // a structure, without a text of its own
	flagRequest                        // within the request
	flagVisited                        // analysed
	flagDead                           // its holder is redacted as a whole text: ignored
	flagHarmless                       // of a form that no sensitive value has: no copy is looked for either
	flagBinary                         // a printable run in binary data: keeps its length
	flagDirty                          // it, or what it holds, has to change
	flagResolved                       // changed is valid
	flagPending                        // worker.pending has findings for it
	flagBroken                         // compressed data that ends too early: cannot be written again
	flagGap                            // a text between the parts of a container: no container itself
	flagLabelled                       // a value whose column is known
	flagWhole                          // one hit covers the whole text: no copy can be left in it
	flagShielded                       // worker.shields has spans of it
)

func (n *node) is(flags nodeFlags) bool { return n.flags&flags != 0 }

// leaf reports whether the node is a text that finders look into.
func (n *node) leaf() bool { return n.flags&(flagOpaque|flagDead) == 0 && n.format == content.Plain }

// hit is a place that has to change.
type hit struct {
	node       int32
	start, end int32
	value      int32 // index in worker.values; -1: the union of overlapping hits
	rule       *policy.Rule
	confidence float64
	copied     bool
	byPlace    bool     // found where the name or place said it would be
	spelling   spelling // of a copy
	written    []byte   // what stands there now, of a copy in a spelling of its own or of a union
}

// pendingFinding is a finding in a container's raw text that lies within one of its parts.
type pendingFinding struct {
	node    int32
	finding detect.Finding
}

// shield is a span that stays as it is: a kept value or a surrogate.
type shield struct {
	node, start, end int32
	made             bool // a surrogate
}

// add appends a node and returns its number.
func (w *worker) add(n node) int32 {
	n.same, n.hits = noNode, -1
	w.nodes = append(w.nodes, n)
	return int32(len(w.nodes) - 1)
}

// fresh appends an empty node, to be filled in by the caller: a copy of the whole would cost as much as a look at its text.
// What is behind the end of the list is always zero.
func (w *worker) fresh() (*node, int32) {
	at := len(w.nodes)
	if at == cap(w.nodes) {
		w.nodes = append(w.nodes, node{})
	} else {
		w.nodes = w.nodes[:at+1]
	}
	n := &w.nodes[at]
	n.same, n.hits = noNode, -1
	return n, int32(at)
}

// addRoot adds the structure that stands for a whole document; its name begins the paths of what it holds, "" for none.
func (w *worker) addRoot(name string, target int32) int32 {
	root := node{parent: noNode, holder: noNode, target: target, part: noPart, index: -1, flags: flagOpaque}
	if name != "" {
		root.name = []byte(name)
	}
	return w.add(root)
}
