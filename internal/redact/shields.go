package redact

import (
	"cmp"
	"slices"
	"sort"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// maxSurrogates is how many surrogates of one record are remembered to tell texts around them by.
const maxSurrogates = 1 << 8

// mergeShields orders the shields of node i, which are those from first on, and joins those that touch.
func (w *worker) mergeShields(i int32, first int) {
	shields := w.shields[first:]
	slices.SortFunc(shields, func(a, b shield) int { return cmp.Compare(a.start, b.start) })
	kept := shields[:1]
	for _, s := range shields[1:] {
		if last := &kept[len(kept)-1]; s.start < last.end {
			last.end = max(last.end, s.end)
			last.made = last.made || s.made
		} else {
			kept = append(kept, s)
		}
	}
	w.shields = w.shields[:first+len(kept)]
	w.nodes[i].shields = int32(first)
}

// shieldsOf returns the shields of a node, in order and apart from each other.
func (w *worker) shieldsOf(i int32) []shield {
	first := int(w.nodes[i].shields)
	end := first
	for end < len(w.shields) && w.shields[end].node == i {
		end++
	}
	return w.shields[first:end]
}

// shielding returns the shields that touch a span.
func shielding(shields []shield, start, end int) []shield {
	first := sort.Search(len(shields), func(k int) bool { return int(shields[k].end) > start })
	last := first
	for last < len(shields) && int(shields[last].start) < end {
		last++
	}
	return shields[first:last]
}

// unshielded drops findings that lie in a shield or touch one; those that hold one with more around it stay: what is
// around it is no surrogate.
func (w *worker) unshielded(findings []detect.Finding, shields []shield) []detect.Finding {
	left := findings[:0]
next:
	for _, f := range findings {
		for _, s := range shielding(shields, f.Start, f.End) {
			if f.Start > int(s.start) || f.End < int(s.end) || f.End-f.Start == int(s.end-s.start) {
				continue next
			}
		}
		left = append(left, f)
	}
	return left
}

// bury makes the parts dead that touch a span of their container.
func (w *worker) bury(n *node, start, end int) {
	parts, gaps := w.partsOf(n)
	for _, nodes := range [...][]node{parts, gaps} {
		for k := firstBehind(nodes, start); k < len(nodes) && int(nodes[k].start) < end; k++ {
			if !nodes[k].is(flagOpaque) {
				nodes[k].flags |= flagDead
			}
		}
	}
}

// partAround returns the part that a span lies within, noNode when it spans several or what is between.
func (w *worker) partAround(n *node, start, end int) int32 {
	parts, _ := w.partsOf(n)
	k := firstBehind(parts, start)
	for k < len(parts) && parts[k].is(flagOpaque) {
		k++
	}
	if k < len(parts) && int(parts[k].start) <= start && end <= int(parts[k].end) {
		return n.first + int32(k)
	}
	return noNode
}

// partsOf returns the parts of a container and the texts between them, each in order.
func (w *worker) partsOf(n *node) (parts, gaps []node) {
	nodes := w.nodes[n.first : n.first+n.count]
	split := sort.Search(len(nodes), func(k int) bool { return nodes[k].is(flagGap) })
	return nodes[:split], nodes[split:]
}

// firstBehind returns the first of nodes in order that ends behind a place. Structures begin before what they hold and end
// behind it: the first that is none is meant.
func firstBehind(nodes []node, place int) int {
	behind := sort.Search(len(nodes), func(k int) bool { return int(nodes[k].start) > place })
	for k := behind - 1; k >= 0; k-- {
		if nodes[k].is(flagOpaque) {
			continue
		}
		if int(nodes[k].end) > place {
			return k
		}
		break
	}
	return behind
}
