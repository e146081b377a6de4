package redact

import (
	"strconv"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
)

// resolveTop writes anew all that changes and is not held by a container, and what depends on it. It sets w.changed.
func (w *worker) resolveTop() error {
	if len(w.hits) == 0 {
		return nil
	}
	end := int32(len(w.nodes))
	for i := int32(0); i < end; i++ {
		if n := &w.nodes[i]; n.holder == noNode && n.is(flagDirty) {
			text, err := w.resolve(i)
			if err != nil {
				return err
			}
			w.changed = w.changed || string(text) != string(w.nodes[i].text)
		}
	}
	top := end
	for i := int32(0); i < end; i++ {
		if w.nodes[i].holder != noNode {
			top = i
			break
		}
	}
	w.distinctKeys(0, top)
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
	marks, insertAt := w.marks()
	at := 0
	for i := w.docFirst; i < w.docEnd; i++ {
		n := &w.nodes[i]
		if len(marks) > 0 && n.is(flagKey) && int(n.start)-1 == insertAt {
			dst = append(dst, w.source[at:insertAt]...)
			dst = append(dst, marks...)
			dst = append(dst, ',')
			at, marks = insertAt, nil
		}
		if !n.is(flagDirty) || n.is(flagOpaque) {
			continue
		}
		dst = append(dst, w.source[at:n.start]...)
		dst = appendValue(dst, n)
		at = int(n.end)
	}
	if len(marks) > 0 {
		dst = append(dst, w.source[at:insertAt]...)
		dst = append(dst, ',')
		dst = append(dst, marks...)
		at = insertAt
	}
	return append(dst, w.source[at:]...)
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

// marks sets dlpModified and dlpRule of a changed RRPair: where they are members they get new values, else the members to
// insert are returned, with the place in the document's text.
func (w *worker) marks() (members []byte, at int) {
	if !w.pair {
		return nil, 0
	}
	modified, rule := noNode, noNode
	at = -1
	for i := w.docFirst; i < w.docEnd; i++ {
		n := &w.nodes[i]
		if n.parent != w.root {
			continue
		}
		switch {
		case n.role == roleDLPModified && !n.is(flagKey):
			modified = i
		case n.role == roleDLPRule && !n.is(flagKey):
			rule = i
		case n.is(flagKey) && at < 0 && !beforeMarks(n.text):
			at = int(n.start) - 1
		}
	}
	if modified != noNode && w.nodes[modified].is(flagNumber) {
		w.set(modified, []byte("true"))
	} else if modified == noNode {
		members = append(members, `"dlpModified":true`...)
	}
	if rule != noNode && !w.nodes[rule].is(flagNumber) {
		w.set(rule, []byte(w.engine.policy.Name))
	} else if rule == noNode {
		if len(members) > 0 {
			members = append(members, ',')
		}
		members = append(members, `"dlpRule":"`...)
		members = appendSpelled(members, spelledEscaped, []byte(w.engine.policy.Name), nil)
		members = append(members, '"')
	}
	if at < 0 {
		for at = len(w.source) - 1; at > 0 && w.source[at] != '}'; at-- {
		}
	}
	return members, at
}

// beforeMarks reports whether a member of the top level stands before dlpRule in the model's order.
func beforeMarks(name []byte) bool {
	switch string(name) {
	case "msgType", "resource", "ts", "isTls", "l7protocol", "duration", "alpn", "tags", "uuid", "direction", "cluster", "namespace", "service",
		"tech", "network_address", "command", "location", "status", "dlpModified":
		return true
	}
	return false
}
