package redact

import (
	"bytes"
	"slices"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
)

// maxRawScan is the longest URL or encoded text, in bytes, that finders also see whole: values that span its parts (a
// webhook's URL) are short.
const maxRawScan = 4096

// hintsOf says what is known of a node's place.
func (w *worker) hintsOf(i int32, class detect.NameClass) detect.Hints {
	n := &w.nodes[i]
	hints := detect.Hints{Class: class, Place: n.place, Request: n.is(flagRequest)}
	switch {
	case n.is(flagLabelled):
		hints.Name = w.columnOf(i)
	case !n.is(flagKey):
		hints.Name = n.name
	}
	return hints
}

// detect fills w.findings with what finders find in a leaf.
func (w *worker) detect(i int32, shape detect.Shape, class detect.NameClass) {
	n := &w.nodes[i]
	w.find(n.text, shape, w.hintsOf(i, class))
	if n.is(flagPending) {
		// Parts get their numbers as containers are split, so that pending findings are in the order of their nodes.
		first, _ := slices.BinarySearchFunc(w.pending, i, func(p pendingFinding, node int32) int { return int(p.node) - int(node) })
		for _, p := range w.pending[first:] {
			if p.node != i {
				break
			}
			w.findings = append(w.findings, p.finding)
		}
	}
}

// act judges w.findings, which are of leaf i, and notes those to act on.
func (w *worker) act(i int32, class detect.NameClass) {
	if len(w.findings) == 0 {
		return
	}
	for _, f := range w.judge(i) {
		w.hit(i, f, class)
	}
}

// hit notes a finding that has to be acted on.
func (w *worker) hit(i int32, f detect.Finding, class detect.NameClass) {
	if len(w.hits) >= maxHits {
		w.crowded = true
		return
	}
	text := w.nodes[i].text
	whole := f.Start == 0 && f.End == len(text)
	if whole {
		w.nodes[i].flags |= flagWhole
	}
	w.hits = append(w.hits, hit{
		node: i, start: int32(f.Start), end: int32(f.End), value: -1, rule: w.ruleOf(f), confidence: f.Confidence,
		byPlace: class&sensitiveNames != 0 && (whole || f.End-f.Start == len(bytes.TrimSpace(text))),
	})
}

// find fills w.findings with what all finders find in text.
func (w *worker) find(text []byte, shape detect.Shape, hints detect.Hints) {
	w.findings = w.findings[:0]
	for _, finder := range w.engine.finders {
		w.findings = finder.Find(w.findings, text, shape, hints)
	}
	if writtenOtherwise(text, shape) {
		w.findOtherwise(text, hints)
	}
	if w.engine.custom {
		for _, f := range w.findings {
			if f.End == detect.Unfinished {
				w.unfinished, w.crowded = f.Rule, true
			}
		}
	}
	if len(w.findings) > maxHits {
		w.findings, w.crowded = w.findings[:0], true
	}
}

// judge applies the policy to w.findings, which are of node i, and returns those to act on, in order and without overlaps.
// What stays (kept values, surrogates) is noted as a shield.
func (w *worker) judge(i int32) []detect.Finding {
	text := w.nodes[i].text
	shields := len(w.shields)
	acting := w.findings[:0]
	for _, f := range w.findings {
		rule := w.ruleOf(f)
		if rule == nil || f.Start < 0 || f.Start >= f.End || f.End > len(text) {
			continue
		}
		value := text[f.Start:f.End]
		switch {
		case f.Confidence < rule.Minimum || w.engine.policy.Safe(value):
			w.nearly(i, f, rule)
		case w.made(rule, value):
			w.shield(i, f, true)
			if len(w.surrogates) < maxSurrogates {
				w.surrogates = append(w.surrogates, value)
			}
		case rule.Action == policy.Keep:
			w.shield(i, f, false)
			w.nearly(i, f, rule)
		default:
			acting = append(acting, f)
		}
	}
	if len(w.shields) > shields {
		w.mergeShields(i, shields)
		acting = w.unshielded(acting, w.shields[shields:])
	}
	w.findings = acting
	return detect.Resolve(acting)
}

// shield notes a span that stays, and that its value stays everywhere.
func (w *worker) shield(i int32, f detect.Finding, made bool) {
	n := &w.nodes[i]
	n.flags |= flagShielded
	w.shields = append(w.shields, shield{node: i, start: int32(f.Start), end: int32(f.End), made: made})
	w.kept[w.hash(n.text[f.Start:f.End])] = struct{}{}
}

// ruleOf is what the policy says of a finding in this record: its rule, or outside of the rule's condition what holds
// there; nil when nothing does.
func (w *worker) ruleOf(f detect.Finding) *policy.Rule {
	rule := w.engine.policy.Of(f.Rule)
	for rule != nil && !w.rules(rule) {
		rule = rule.Otherwise
	}
	return rule
}

// rules reports whether a rule applies to this record: without an answer those that redact do and those that keep do not.
func (w *worker) rules(rule *policy.Rule) bool {
	if rule.When == nil {
		return true
	}
	applies := filter.Unknown
	switch outermost := w.engine.policy.Of(rule.Rule) == rule; {
	case outermost && w.asked[rule.Index]:
		applies = w.applies[rule.Index]
	case w.call.Source != nil:
		applies = rule.When.Eval(w.call.Source)
		fallthrough
	default:
		if outermost { // those below it are rare
			w.asked[rule.Index], w.applies[rule.Index] = true, applies
		}
	}
	if rule.Action == policy.Keep {
		return applies == filter.True
	}
	return applies != filter.False
}

// nearly remembers a finding that is told but not acted on, when somebody listens.
func (w *worker) nearly(i int32, f detect.Finding, rule *policy.Rule) {
	if w.call.Finding != nil {
		w.nearlies = append(w.nearlies, hit{node: i, start: int32(f.Start), end: int32(f.End), value: -1, rule: rule, confidence: f.Confidence})
	}
}

// rawFormat reports whether container i is also looked into whole: values may span its parts (the URL of a webhook), what
// looks like an encoded text may be a key, and what looks like a statement or a list may be somebody's sentence.
func (w *worker) rawFormat(i int32) bool {
	n := &w.nodes[i]
	switch n.format {
	case content.URL:
		return len(n.text) <= maxRawScan && n.text[0] != '/' && n.text[0] != '?' && n.text[0] != '#'
	case content.Base64, content.Hex:
		return len(n.text) <= maxRawScan
	case content.Percent, content.Escaped, content.Entities, content.Params, content.SQL, content.Table:
		return true
	case content.Form:
		// a line such as FINCH_KEY=… of a text: what "key" means there is for the finders to judge
		return n.role == roleNone && len(n.text) <= maxRawScan
	case content.JSON:
		return w.looseScalars(n)
	case content.XML, content.HTML:
		return w.bareAttributes(n)
	}
	return false
}

// looseScalars reports whether JSON is several values one after another with numbers among them: a list, or a sentence.
func (w *worker) looseScalars(n *node) bool {
	first := &w.nodes[n.first]
	if first.index < 0 {
		return false
	}
	for k := n.first; k < n.first+n.count; k++ {
		if p := &w.nodes[k]; p.parent == first.parent && p.is(flagNumber) {
			return true
		}
	}
	return false
}

// bareAttributes reports whether a tag has attributes without values: words of a sentence between angle brackets.
func (w *worker) bareAttributes(n *node) bool {
	for k := n.first; k < n.first+n.count; k++ {
		if part := w.nodes[k].part; part != noPart && w.parts[part].Role == content.RoleIdent {
			return true
		}
	}
	return false
}

// detectRaw looks into a container's own text. What lies within one part is that part's finding; what spans several, or
// stands for the encoding of one, makes them dead and is redacted in the container's text.
func (w *worker) detectRaw(i int32, shape detect.Shape, class detect.NameClass) {
	n := &w.nodes[i]
	_, name := w.class(i)
	if known := w.slotOf(n, class, name, true); !w.recalls(known) {
		if shape == (detect.Shape{}) {
			shape = detect.NewShape(n.text)
		}
		w.find(n.text, shape, w.hintsOf(i, class))
		if len(w.findings) <= mostFindings {
			w.store(known)
		}
	}
	if len(w.findings) == 0 {
		return
	}
	shields := len(w.shields)
	acting := w.judge(i)
	for _, s := range w.shields[shields:] {
		if w.partAround(n, int(s.start), int(s.end)) == noNode {
			w.bury(n, int(s.start), int(s.end))
		}
	}
	for _, f := range acting {
		n = &w.nodes[i]
		if part := w.partAround(n, f.Start, f.End); part != noNode {
			p := &w.nodes[part]
			switch {
			case len(p.text) == int(p.end-p.start) && string(p.text) == string(n.text[p.start:p.end]):
				p.flags |= flagPending
				f.Start -= int(p.start)
				f.End -= int(p.start)
				w.pending = append(w.pending, pendingFinding{node: part, finding: f})
				continue
			case n.format != content.Base64 && n.format != content.Hex:
				continue
			}
		}
		w.bury(n, f.Start, f.End)
		w.hit(i, f, class)
	}
}
