package redact

import "slices"

// settleHits orders the hits, makes those that overlap one, and marks what has to be written anew.
func (w *worker) settleHits() {
	if len(w.hits) == 0 {
		return
	}
	slices.SortFunc(w.hits, compareHits)
	left := w.hits[:1]
	for _, h := range w.hits[1:] {
		last := &left[len(left)-1]
		if h.node != last.node || h.start >= last.end {
			left = append(left, h)
			continue
		}
		if h.end <= last.end {
			continue // it lies within
		}
		w.unite(last, &h)
	}
	w.hits = left
	for i := range w.hits {
		h := &w.hits[i]
		if n := &w.nodes[h.node]; n.hits < 0 {
			n.hits = int32(i)
		}
		w.soil(h.node)
		w.actions[h.rule.Index]++
	}
	w.soilTwins()
}

// compareHits orders by node and place; the longer first, and findings before copies of the same place.
func compareHits(a, b hit) int {
	switch {
	case a.node != b.node:
		return int(a.node) - int(b.node)
	case a.start != b.start:
		return int(a.start) - int(b.start)
	case a.end != b.end:
		return int(b.end) - int(a.end)
	case a.copied != b.copied:
		if a.copied {
			return 1
		}
		return -1
	}
	return int(a.value) - int(b.value)
}

// unite makes two hits of which neither holds the other one: what both cover is one value then, redacted by the rule of
// the longer.
func (w *worker) unite(last, h *hit) {
	rule := last.rule
	if h.end-h.start > last.end-last.start {
		rule = h.rule
	}
	last.end, last.rule = h.end, rule
	last.value, last.written, last.spelling = -1, nil, spelledPlain
}

// soil marks a node, and all that hold it, to be written anew.
func (w *worker) soil(i int32) {
	for i != noNode && !w.nodes[i].is(flagDirty) {
		n := &w.nodes[i]
		n.flags |= flagDirty
		if n.holder == noNode {
			w.tops = append(w.tops, i)
		}
		i = n.holder
	}
}

// soilTwins marks the containers whose text is that of one that changes, until no more are found: each round marks one or
// is the last.
func (w *worker) soilTwins() {
	for again := true; again; {
		again = false
		for _, i := range w.sames {
			n := &w.nodes[i]
			if !n.is(flagDirty) && w.nodes[n.same].is(flagDirty) {
				w.soil(i)
				again = true
			}
		}
	}
}

// write returns what stands for a hit's text.
func (w *worker) write(h *hit, now []byte) []byte {
	switch {
	case h.written != nil:
		return h.written
	case h.value < 0:
		now = w.plainWriting(now)
		start := len(w.arena)
		w.arena = w.appendReplacement(w.arena, h.rule, now)
		return w.arena[start:len(w.arena):len(w.arena)]
	case h.spelling == spelledPlain:
		return w.replacement(h.value)
	}
	fresh := w.replacement(h.value)
	start := len(w.arena)
	w.arena = appendSpelled(w.arena, h.spelling, fresh, now)
	return w.arena[start:len(w.arena):len(w.arena)]
}
