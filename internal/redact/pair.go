package redact

import (
	"slices"
	"strconv"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
)

// resolveTop writes anew all that changes and is not held by a container, and what depends on it. It sets w.changed.
func (w *worker) resolveTop() error {
	if len(w.hits) == 0 {
		return nil
	}
	slices.Sort(w.tops)
	keys := false
	for _, i := range w.tops {
		text, err := w.resolve(i)
		if err != nil {
			return err
		}
		n := &w.nodes[i]
		keys = keys || n.is(flagKey)
		w.changed = w.changed || string(text) != string(n.text)
	}
	if keys {
		w.distinctKeys(0, w.top)
	}
	if !w.changed || !w.pair {
		return nil
	}
	for i := range w.sides {
		if err := w.fixLength(&w.sides[i]); err != nil {
			return err
		}
	}
	return nil
}

// fixLength corrects Content-Length where it told the length of the stored body before.
func (w *worker) fixLength(s *side) error {
	if s.length == noNode {
		return nil
	}
	body := s.body
	if s.base64 != noNode {
		body = w.decodedBody(s.base64)
	}
	if body == noNode || !w.nodes[body].is(flagDirty) {
		return nil
	}
	before := w.nodes[body].text
	after, err := w.resolve(body)
	if err != nil {
		return err
	}
	header := &w.nodes[s.length]
	if len(before) == len(after) || header.is(flagDirty) || string(header.text) != strconv.Itoa(len(before)) {
		return nil
	}
	w.set(s.length, strconv.AppendInt(nil, int64(len(after)), 10))
	return nil
}

// decodedBody is the node of what bodyBase64 holds, noNode when that is no base64.
func (w *worker) decodedBody(i int32) int32 {
	n := &w.nodes[i]
	if n.same != noNode {
		n = &w.nodes[n.same]
	}
	if n.format != content.Base64 || n.count != 1 {
		return noNode
	}
	return n.first
}

// set gives a node a new text.
func (w *worker) set(i int32, text []byte) {
	n := &w.nodes[i]
	n.changed = text
	if !n.is(flagDirty) && n.holder == noNode {
		w.tops = append(w.tops, i)
	}
	n.flags |= flagDirty | flagResolved
}

// appendDocument appends the JSON document after redaction; nothing when only scanning.
func (w *worker) appendDocument(dst []byte) ([]byte, error) {
	if w.call.Scan {
		return dst, nil
	}
	if err := w.resolveTop(); err != nil {
		return dst, err
	}
	return w.spliceDocument(dst), nil
}

// spliceDocument appends the document's text with its changed leaves, and for a changed RRPair with dlpModified and dlpRule.
func (w *worker) spliceDocument(dst []byte) []byte {
	if !w.changed {
		return append(dst, w.source...)
	}
	marks, insertAt := w.setMarks()
	slices.Sort(w.tops)
	at := 0
	for _, i := range w.tops {
		n := &w.nodes[i]
		if i < w.docFirst || i >= w.docEnd || n.is(flagOpaque) {
			continue
		}
		if len(marks) > 0 && int(n.start) > insertAt {
			dst, at, marks = w.insertMarks(dst, at, insertAt, marks), insertAt, nil
		}
		dst = append(dst, w.source[at:n.start]...)
		dst = appendValue(dst, n)
		at = int(n.end)
	}
	if len(marks) > 0 {
		dst, at = w.insertMarks(dst, at, insertAt, marks), insertAt
	}
	return append(dst, w.source[at:]...)
}

// insertMarks appends the document from at on up to the place of new members, and those.
func (w *worker) insertMarks(dst []byte, at, insertAt int, members []byte) []byte {
	dst = append(dst, w.source[at:insertAt]...)
	if w.source[insertAt] == '}' {
		dst = append(dst, ',')
		return append(dst, members...)
	}
	dst = append(dst, members...)
	return append(dst, ',')
}

// appendValue appends a changed leaf of the document: a string without its quotes, which stand there, or a number.
func appendValue(dst []byte, n *node) []byte {
	if !n.is(flagNumber) || n.is(flagKey) {
		return appendSpelled(dst, spelledEscaped, n.changed, nil)
	}
	if isJSONScalar(n.changed) {
		return append(dst, n.changed...)
	}
	dst = append(dst, '"')
	dst = appendSpelled(dst, spelledEscaped, n.changed, nil)
	return append(dst, '"')
}

// isJSONScalar reports whether text is a JSON number, true, false or null.
func isJSONScalar(text []byte) bool {
	switch string(text) {
	case "true", "false", "null":
		return true
	}
	i := 0
	if i < len(text) && text[i] == '-' {
		i++
	}
	start := i
	digits := func() bool {
		from := i
		for i < len(text) && text[i]-'0' <= 9 {
			i++
		}
		return i > from
	}
	if !digits() || i-start > 1 && text[start] == '0' {
		return false
	}
	if i < len(text) && text[i] == '.' {
		i++
		if !digits() {
			return false
		}
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '-' || text[i] == '+') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(text)
}
