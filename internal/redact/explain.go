package redact

import (
	"slices"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
)

// Explanation says of one finding in a value, or in what the value holds, which rule made it and what becomes of it.
type Explanation struct {
	policy.Explanation        // Start and End are bytes of the decoded leaf
	Path               string `json:"path"`       // the containers taken apart on the way: |base64|json.card; "" for the value itself
	RootStart          int    `json:"root_start"` // bytes of the value as it was given
	RootEnd            int    `json:"root_end"`
	Copy               bool   `json:"copy,omitempty"` // found because the same value was found elsewhere in it
}

// Explain says which rules find something in value, were it to stand under name (nil: without a name), and what becomes of it.
// Unlike the policy's function of that name it looks into containers as redaction does: what is said to be replaced is what
// redaction replaces. Without conditions of rules, which ask for a record.
func (e *Engine) Explain(name, value []byte) ([]Explanation, error) {
	var out []Explanation
	_, err := e.run(Call{Scan: true}, func(w *worker) error {
		if err := w.checkSize(len(value)); err != nil {
			return err
		}
		w.add(node{text: value, name: name, parent: noNode, holder: noNode, target: noTarget, part: noPart, index: -1})
		if err := w.analyse(); err != nil {
			return err
		}
		out = w.explain(name)
		return nil
	})
	return out, err
}

// explain explains all leaves in hand, and what was found in them or in containers as they are.
func (w *worker) explain(root []byte) []Explanation {
	var out []Explanation
	add := func(i int32, e policy.Explanation, copied bool) {
		start, end := w.rootSpan(i, e.Start, e.End)
		path := w.path(i)
		if len(path) >= len(root) && path[:len(root)] == string(root) {
			path = path[len(root):]
		}
		explained := Explanation{Explanation: e, Path: path, RootStart: start, RootEnd: end, Copy: copied}
		if !slices.Contains(out, explained) {
			out = append(out, explained)
		}
	}
	for i := range int32(len(w.nodes)) {
		n := &w.nodes[i]
		if n.is(flagOpaque|flagDead) || n.same != noNode || n.format != content.Plain && n.hits < 0 {
			continue
		}
		hits := w.hitsOf(i)
		var name []byte
		if !n.is(flagKey) {
			name = n.name
		}
		for _, e := range w.engine.policy.Explain(name, n.text) {
			if k := slices.IndexFunc(hits, func(h hit) bool { return h.rule.Name == e.Rule && int(h.start) == e.Start && int(h.end) == e.End }); k >= 0 {
				hits = slices.Delete(slices.Clone(hits), k, k+1)
			} else if n.format != content.Plain {
				continue // its parts' own, or none
			}
			add(i, e, false)
		}
		for _, h := range hits {
			add(i, policy.Explanation{
				Rule: h.rule.Name, Type: h.rule.Type, Category: h.rule.Category, Start: int(h.start), End: int(h.end), Confidence: h.confidence,
				Minimum: h.rule.Minimum, Action: h.rule.ActionText(), Verdict: policy.Fires, Why: h.rule.Summary, Where: h.rule.When.String(),
			}, h.copied)
		}
	}
	return out
}

// hitsOf returns the hits of a node, once they are settled.
func (w *worker) hitsOf(i int32) []hit {
	first := w.nodes[i].hits
	if first < 0 {
		return nil
	}
	last := first
	for last < int32(len(w.hits)) && w.hits[last].node == i {
		last++
	}
	return w.hits[first:last:last]
}
