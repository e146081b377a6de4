package redact

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
)

// value is one sensitive text of a record.
type value struct {
	text        []byte
	rule        *policy.Rule // the surest that found it
	confidence  float64
	group       int32
	byPlace     bool
	replacement []byte
	ready       bool // replacement is made
}

// group is what all spellings of one value share: one rule decides for all of them.
type group struct {
	rule       *policy.Rule
	confidence float64
}

// valueTable holds the values of a record.
type valueTable struct {
	list   []value
	groups []group
	texts  map[uint64]int32 // values by the hash of their text
	forms  map[uint64]int32 // groups by the hash of their canonical form
}

func (t *valueTable) reset() {
	clear(t.list)
	t.list, t.groups = retain(t.list), retain(t.groups)
	if len(t.texts) > maxTexts {
		t.texts, t.forms = nil, nil
	}
	clear(t.texts)
	clear(t.forms)
}

// surer reports whether a finding by rule a at confidence x decides over one by b at y.
func surer(a *policy.Rule, x float64, b *policy.Rule, y float64) bool {
	if x != y {
		return x > y
	}
	return a.Index < b.Index
}

// settleValues gathers the values of all hits and decides which rule each is redacted by.
func (w *worker) settleValues() {
	if len(w.hits) == 0 {
		return
	}
	t := &w.values
	if t.texts == nil {
		t.texts, t.forms = map[uint64]int32{}, map[uint64]int32{}
	}
	left := w.hits[:0]
	for _, h := range w.hits {
		text := w.nodes[h.node].text[h.start:h.end]
		key := w.hash(text)
		_, stays := w.kept[key]
		if stays || w.redactedBefore(&h, text) {
			w.nodes[h.node].flags &^= flagWhole
			if w.call.Finding != nil {
				w.nearlies = append(w.nearlies, h)
			}
			continue
		}
		h.value = w.value(key, text, &h)
		left = append(left, h)
	}
	w.hits = left
	found := len(t.list)
	for i := range found {
		w.assignGroup(int32(i))
	}
}

// shortestSurrogate is the shortest surrogate, in bytes, that says of the text around it that it was redacted before.
const shortestSurrogate = 8

// redactedBefore reports whether a text that is found as a credential by its name alone has a surrogate in it: it was
// judged when that was made, and what a rule took for a text then it does not take for a password now.
func (w *worker) redactedBefore(h *hit, text []byte) bool {
	if len(w.surrogates) == 0 || !h.byPlace || h.rule.Category != detect.CategoryCredential && h.rule.Category != detect.CategorySecret {
		return false
	}
	for _, s := range w.surrogates {
		if len(s) >= shortestSurrogate && bytes.Contains(text, s) {
			return true
		}
	}
	return w.nodes[h.node].count > 0 && w.madeWithin(h.node)
}

// madeWithin reports whether a container holds a surrogate, in whatever spelling.
func (w *worker) madeWithin(i int32) bool {
	for k, s := range w.shields {
		if k == maxSurrogates {
			break
		}
		if !s.made || s.end-s.start < shortestSurrogate {
			continue
		}
		for holder := w.nodes[s.node].holder; holder != noNode; holder = w.nodes[holder].holder {
			if holder == i {
				return true
			}
		}
	}
	return false
}

// value returns the entry of a text, made if it is new.
func (w *worker) value(key uint64, text []byte, h *hit) int32 {
	t := &w.values
	i, ok := t.texts[key]
	if !ok {
		i = int32(len(t.list))
		t.texts[key] = i
		t.list = append(t.list, value{text: text, rule: h.rule, confidence: h.confidence, byPlace: h.byPlace})
		return i
	}
	v := &t.list[i]
	v.byPlace = v.byPlace || h.byPlace
	if surer(h.rule, h.confidence, v.rule, v.confidence) {
		v.rule, v.confidence = h.rule, h.confidence
	}
	return i
}

// assignGroup finds the group of a value by its canonical form; that form is looked for, too.
func (w *worker) assignGroup(i int32) {
	t := &w.values
	v := &t.list[i]
	w.scratch = surrogate.AppendCanonical(w.scratch[:0], v.rule.Type, w.plainWriting(v.text))
	key := w.hash(w.scratch)
	g, ok := t.forms[key]
	if !ok {
		g = int32(len(t.groups))
		t.forms[key] = g
		t.groups = append(t.groups, group{rule: v.rule, confidence: v.confidence})
	} else if surer(v.rule, v.confidence, t.groups[g].rule, t.groups[g].confidence) {
		t.groups[g].rule, t.groups[g].confidence = v.rule, v.confidence
	}
	v.group = g
	if _, known := t.texts[key]; known || bytes.Equal(w.scratch, v.text) || len(w.scratch) < shortestCopy {
		return
	}
	if _, stays := w.kept[key]; stays {
		return
	}
	t.texts[key] = int32(len(t.list))
	t.list = append(t.list, value{text: w.keep(w.scratch), rule: v.rule, confidence: v.confidence, group: g})
}

// replacement is what stands for a value; views stay valid until the record is done.
func (w *worker) replacement(i int32) []byte {
	v := &w.values.list[i]
	if !v.ready {
		text := w.plainWriting(v.text)
		start := len(w.arena)
		w.arena = w.appendReplacement(w.arena, w.values.groups[v.group].rule, text)
		v.replacement, v.ready = w.arena[start:len(w.arena):len(w.arena)], true
	}
	return v.replacement
}

// appendReplacement appends what a rule's action makes of a text.
func (w *worker) appendReplacement(dst []byte, rule *policy.Rule, text []byte) []byte {
	switch rule.Action {
	case policy.Token:
		return w.engine.keys.AppendToken(dst, rule.Category, rule.Type, text)
	case policy.Mask:
		return surrogate.AppendMask(dst, text, rule.KeepLast)
	case policy.Drop:
		return dst
	}
	return w.appendSurrogate(dst, rule.Type, text)
}

// isPlaceholder reports whether a value is a word that says nothing by itself: it is redacted where a rule found it and
// left alone everywhere else.
func isPlaceholder(text []byte) bool {
	var lower [16]byte
	if len(text) > len(lower) {
		return false
	}
	for i, c := range text {
		lower[i] = fold(c)
	}
	switch string(lower[:len(text)]) {
	case "true", "false", "null", "none", "undefined", "nan", "unknown", "anonymous", "default", "password", "passwd", "secret", "token",
		"username", "example", "testing", "test", "admin", "administrator", "system", "public", "private", "string", "number", "object",
		"value", "values", "bearer", "basic", "enabled", "disabled", "active", "inactive", "pending", "success", "failure", "failed",
		"status", "session", "cookie", "header", "content", "account", "customer", "localhost", "postgres", "redacted", "changeme",
		"required", "optional", "invalid", "missing", "credentials", "authorization", "application", "production", "staging", "development":
		return true
	}
	return false
}
