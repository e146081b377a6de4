package redact

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
)

// resolve returns the text of a node after redaction: its own hits, or those of what it holds, written in its spelling.
func (w *worker) resolve(i int32) ([]byte, error) {
	n := &w.nodes[i]
	if !n.is(flagDirty) {
		return n.text, nil
	}
	if n.is(flagResolved) {
		return n.changed, nil
	}
	var err error
	switch {
	case n.same != noNode:
		var text []byte
		if text, err = w.resolve(n.same); err == nil {
			w.nodes[i].changed = text
		}
	case n.format == formatZip:
		err = w.resolveZip(i)
	case n.count > 0:
		err = w.resolveContainer(i)
	default:
		w.resolveLeaf(i)
	}
	n = &w.nodes[i]
	n.flags |= flagResolved
	return n.changed, err
}

// resolveLeaf writes a text with its hits replaced.
func (w *worker) resolveLeaf(i int32) {
	n := &w.nodes[i]
	first := n.hits
	last := first
	for last < int32(len(w.hits)) && w.hits[last].node == i {
		h := &w.hits[last]
		h.written = w.written(n, h)
		last++
	}
	start := len(w.arena)
	at := int32(0)
	for _, h := range w.hits[first:last] {
		w.arena = append(w.arena, n.text[at:h.start]...)
		w.arena = append(w.arena, h.written...)
		at = h.end
	}
	w.arena = append(w.arena, n.text[at:]...)
	n.changed = w.arena[start:len(w.arena):len(w.arena)]
	if n.is(flagNumber) && len(n.changed) == 0 {
		n.changed = []byte("0")
	}
}

// written is what stands for a hit, of the same length in binary data.
func (w *worker) written(n *node, h *hit) []byte {
	now := n.text[h.start:h.end]
	fresh := w.write(h, now)
	if n.is(flagBinary) && len(fresh) != len(now) {
		return bytes.Repeat([]byte("*"), len(now))
	}
	if fresh == nil {
		fresh = []byte{}
	}
	return fresh
}

// resolveContainer writes a container with its changed parts, and hits of its own between them.
func (w *worker) resolveContainer(i int32) error {
	if w.nodes[i].is(flagBroken) {
		return &Refusal{Reason: ReasonUnparseable, Path: w.path(i), Detail: "compressed data that ends too early holds sensitive values and cannot be written again"}
	}
	first, end := w.nodes[i].first, w.nodes[i].first+w.nodes[i].count
	for k := first; k < end; k++ {
		if _, err := w.resolve(k); err != nil {
			return err
		}
	}
	n := &w.nodes[i]
	if n.format == content.JSON {
		w.distinctKeys(first, end)
	}
	own := n.hits
	for k := own; own >= 0 && k < int32(len(w.hits)) && w.hits[k].node == i; k++ {
		w.hits[k].written = w.written(n, &w.hits[k])
	}
	w.order = w.order[:0]
	for k := first; k < end; k++ {
		if w.nodes[k].is(flagDirty) && !w.nodes[k].is(flagDead) {
			w.order = append(w.order, k)
		}
	}
	slices.SortFunc(w.order, func(a, b int32) int { return int(w.nodes[a].start) - int(w.nodes[b].start) })
	start := len(w.arena)
	at := int32(0)
	for _, k := range w.order {
		child := &w.nodes[k]
		own = w.spliceOwn(n, i, own, child.start, &at)
		if child.start < at {
			continue // within a hit of the container
		}
		w.arena = append(w.arena, n.text[at:child.start]...)
		if err := w.splice(n, child); err != nil {
			return w.failure(k, err)
		}
		at = child.end
	}
	w.spliceOwn(n, i, own, int32(len(n.text))+1, &at)
	w.arena = append(w.arena, n.text[at:]...)
	n.changed = w.arena[start:len(w.arena):len(w.arena)]
	return nil
}

// spliceOwn writes the hits of container i, from own on, that begin before limit, and returns the next.
func (w *worker) spliceOwn(n *node, i, own, limit int32, at *int32) int32 {
	for own >= 0 && own < int32(len(w.hits)) && w.hits[own].node == i && w.hits[own].start < limit {
		h := &w.hits[own]
		w.arena = append(w.arena, n.text[*at:h.start]...)
		w.arena = append(w.arena, h.written...)
		*at = h.end
		own++
	}
	return own
}

// splice writes a changed part in its container's spelling.
func (w *worker) splice(n, child *node) error {
	if child.part == noPart {
		w.arena = append(w.arena, child.changed...)
		return nil
	}
	var err error
	original := n.text[child.start:child.end]
	w.spare, err = w.splitter.Append(w.spare[:0], n.format, &w.parts[child.part], original, child.changed)
	w.arena = append(w.arena, w.spare...)
	return err
}

// failure is the refusal of a container that cannot be written again.
func (w *worker) failure(i int32, err error) error {
	return &Refusal{Reason: ReasonUnparseable, Path: w.path(i), Detail: fmt.Sprintf("cannot write the redacted text back: %v", err)}
}
