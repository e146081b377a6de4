package redact

import (
	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
)

// siblings is how many nodes before and behind a value its name is looked for among: pairs of names and values have few
// other members.
const siblings = 24

// longestLabel is the longest text, in bytes, that is taken for the name of what stands beside it.
const longestLabel = 128

// labelPairs gives values (nodes first to end) the names that stand in a member beside them: {"name": "DB_PASSWORD",
// "value": "…"} as environments, headers, parameters and tags are written, {"k", "v"}, and lists of a header and its value.
func (w *worker) labelPairs(first, end int32) {
	for k := first; k < end; k++ {
		n := &w.nodes[k]
		if len(n.name) == 0 || n.name[0]|0x20 != 'v' || n.is(flagKey|flagGap) || n.index > 0 || !n.role.labelled() {
			if n.index == 1 && n.flags&(flagKey|flagOpaque|flagGap) == 0 && k > first && n.role.labelled() {
				w.labelElement(k, end)
			}
			continue
		}
		if !valueWord(n.name) {
			continue
		}
		if label := w.labelBeside(k, first, end); label != nil {
			w.relabel(k, end, label)
		}
	}
}

// labelled reports whether values of the role can have names beside them.
func (r role) labelled() bool { return r == roleNone || r == roleCopies || r == roleAMQP }

// relabel gives a value, and the elements of one that is a list, another name.
func (w *worker) relabel(k, end int32, label []byte) {
	n := &w.nodes[k]
	old := n.name
	n.name = label
	if !n.is(flagOpaque) {
		return
	}
	for i := k + 1; i < end && w.nodes[i].parent >= k; i++ {
		if element := &w.nodes[i]; element.parent == k && element.index >= 0 && string(element.name) == string(old) {
			element.name = label
		}
	}
}

// labelBeside returns the name that stands beside value k and tells that it is sensitive, nil when none does.
func (w *worker) labelBeside(k, first, end int32) []byte {
	n := &w.nodes[k]
	parent := n.parent
	if n.holder != noNode && n.part != noPart && w.parts[n.part].Role == content.RoleText && parent >= first {
		if element := &w.nodes[parent]; element.is(flagOpaque) && string(element.name) == string(n.name) {
			parent = element.parent // <name>…</name><value>…</value>
		}
	}
	if parent == noNode {
		return nil
	}
	for i := max(first, k-siblings); i < min(end, k+siblings); i++ {
		s := &w.nodes[i]
		if i == k || s.flags&(flagKey|flagOpaque|flagGap|flagNumber) != 0 || !nameWord(s.name) {
			continue
		}
		if s.parent != parent && (parent == n.parent || s.parent < first || w.nodes[s.parent].parent != parent) {
			continue
		}
		if w.tells(s.text) {
			return s.text
		}
	}
	return nil
}

// tells reports whether a text is a name under which values are sensitive.
func (w *worker) tells(text []byte) bool {
	return len(text) >= 2 && len(text) <= longestLabel && w.names.classify(text)&sensitiveNames != 0
}

// labelElement gives the second of two elements the name that the first is: ["Authorization", "Bearer …"]. Of two names
// none is the other's value.
func (w *worker) labelElement(k, end int32) {
	n, header := &w.nodes[k], &w.nodes[k-1]
	if header.index != 0 || header.parent != n.parent || header.is(flagOpaque|flagNumber) || k+1 < end && w.nodes[k+1].parent == n.parent && w.nodes[k+1].index == 2 {
		return
	}
	if isHeaderName(header.text) && !isHeaderName(n.text) && w.tells(header.text) {
		n.name = header.text
	}
}

// isHeaderName reports whether text is made as the names of headers are.
func isHeaderName(text []byte) bool {
	if len(text) < 2 || len(text) > longestLabel {
		return false
	}
	for _, c := range text {
		if c|0x20-'a' > 25 && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// valueWord and nameWord report whether a member's name says that its value belongs to the name beside it, or is that name.
func valueWord(name []byte) bool {
	var lower [8]byte
	switch string(lowerWord(&lower, name)) {
	case "v", "val", "value", "values":
		return true
	}
	return false
}

func nameWord(name []byte) bool {
	var lower [8]byte
	switch string(lowerWord(&lower, name)) {
	case "n", "k", "key", "name", "header", "field", "param", "label", "property", "variable":
		return true
	}
	return false
}

// lowerWord is a short word in lower case, nil when it is longer than there is room.
func lowerWord(room *[8]byte, word []byte) []byte {
	if len(word) > len(room) {
		return nil
	}
	for i, c := range word {
		room[i] = fold(c)
	}
	return room[:len(word)]
}
