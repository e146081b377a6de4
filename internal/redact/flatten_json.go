package redact

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/bits"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// frame says where a value stands.
type frame struct {
	parent int32 // the structure around it
	name   []byte
	role   role
	flags  nodeFlags
	index  int32 // in an array, else -1
	depth  int   // of objects and arrays around it
	key    int32 // node of its name, noNode
}

// checkJSON refuses what is no JSON, or too large. Trusted text is known to be valid.
func (w *worker) checkJSON(document []byte, trusted bool) error {
	if err := w.checkSize(len(document)); err != nil {
		return err
	}
	if !trusted && !json.Valid(document) {
		reason := ReasonUnparseable
		if nesting(document) >= maxNesting {
			reason = ReasonTooDeep
		}
		return &Refusal{Reason: reason, Detail: fmt.Sprintf("%d bytes are no JSON document nested less than %d deep", len(document), maxNesting)}
	}
	return nil
}

// nesting is how deep brackets are nested at most, texts left aside roughly.
func nesting(document []byte) int {
	depth, deepest := 0, 0
	for _, c := range document {
		switch c {
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
	}
	return deepest
}

// flattenJSON adds the nodes of a valid document, in its order. target is the pdata value that holds it, if one does.
func (w *worker) flattenJSON(document []byte, target int32) error {
	f := jsonFlattener{worker: w, text: document}
	at := frame{parent: noNode, index: -1, key: noNode}
	if isPair(document) {
		at.role, w.pair = rolePair, true
	}
	w.bodyDoc = target
	w.docFirst = int32(len(w.nodes))
	_, err := f.value(f.space(0), &at)
	w.docEnd = int32(len(w.nodes))
	return err
}

// isPair reports whether a valid document is an object with msgType "rrpair". In the usual order it is the first member.
func isPair(document []byte) bool {
	trimmed := bytes.TrimLeft(document, " \t\r\n")
	if bytes.HasPrefix(trimmed, []byte(`{"msgType":"rrpair"`)) {
		return true
	}
	if len(trimmed) == 0 || trimmed[0] != '{' || !bytes.Contains(trimmed, []byte("rrpair")) {
		return false
	}
	var head struct {
		Type string `json:"msgType"`
	}
	return json.Unmarshal(trimmed, &head) == nil && head.Type == "rrpair"
}

// jsonFlattener walks a valid JSON document.
type jsonFlattener struct {
	*worker
	text []byte
}

func (f *jsonFlattener) space(i int) int {
	for i < len(f.text) && (f.text[i] == ' ' || f.text[i] == '\n' || f.text[i] == '\t' || f.text[i] == '\r') {
		i++
	}
	return i
}

// value adds the value that begins at i and returns the index behind it.
func (f *jsonFlattener) value(i int, at *frame) (int, error) {
	if at.depth >= maxNesting {
		return i, &Refusal{Reason: ReasonTooDeep, Path: f.path(at.parent), Detail: fmt.Sprintf("objects and arrays are nested more than %d deep", maxNesting)}
	}
	if err := f.grown(); err != nil {
		return i, err
	}
	switch f.text[i] {
	case '{':
		return f.object(i, at)
	case '[':
		return f.array(i, at)
	case '"':
		text, end := f.quoted(i)
		f.leaf(text, i+1, end-1, at)
		return end, nil
	}
	end := i
	for end < len(f.text) && !delimiter(f.text[end]) {
		end++
	}
	flags := at.flags
	at.flags |= flagNumber
	f.leaf(f.text[i:end:end], i, end, at)
	at.flags = flags
	return end, nil
}

func delimiter(c byte) bool {
	switch c {
	case ',', '}', ']', ' ', '\n', '\t', '\r':
		return true
	}
	return false
}

func (f *jsonFlattener) object(i int, at *frame) (int, error) {
	self := f.structure(at)
	inner := frame{parent: self, flags: at.flags, index: -1, depth: at.depth + 1}
	if at.role == rolePair && at.parent == noNode {
		f.root = self
	}
	i = f.space(i + 1)
	for f.text[i] != '}' {
		name, end := f.quoted(i)
		inner.role = at.role.child(name)
		if at.role == roleHTTP {
			inner.flags = at.flags
			if string(name) == "req" {
				inner.flags |= flagRequest
			}
		}
		inner.name = name
		inner.key = f.keyLeaf(name, i+1, end-1, self, at.role, inner.flags)
		if self == f.root {
			f.marks.note(name, i, int32(len(f.nodes)))
		}
		next, err := f.value(f.space(f.space(end)+1), &inner)
		if err != nil {
			return next, err
		}
		if i = f.space(next); f.text[i] == ',' {
			i = f.space(i + 1)
		}
	}
	return i + 1, nil
}

func (f *jsonFlattener) array(i int, at *frame) (int, error) {
	self := f.structure(at)
	inner := frame{parent: self, name: at.name, role: at.role, flags: at.flags, index: 0, depth: at.depth + 1, key: noNode}
	i = f.space(i + 1)
	for f.text[i] != ']' {
		next, err := f.value(i, &inner)
		if err != nil {
			return next, err
		}
		inner.index++
		if i = f.space(next); f.text[i] == ',' {
			i = f.space(i + 1)
		}
	}
	return i + 1, nil
}

// quoted returns the decoded text of the string whose quote stands at i, and the index behind it.
func (f *jsonFlattener) quoted(i int) (text []byte, end int) {
	start := i + 1
	escaped := false
	for i = start; ; i++ {
		for i+8 <= len(f.text) {
			word := binary.LittleEndian.Uint64(f.text[i:])
			quotes, escapes := word^(eachByte*'"'), word^(eachByte*'\\')
			if found := ((quotes-eachByte)&^quotes | (escapes-eachByte)&^escapes) & (eachByte << 7); found != 0 {
				i += bits.TrailingZeros64(found) >> 3
				break
			}
			i += 8
		}
		for f.text[i] != '"' && f.text[i] != '\\' {
			i++
		}
		if f.text[i] == '"' {
			break
		}
		escaped = true
		i++ // and what is escaped
	}
	if !escaped {
		return f.text[start:i:i], i + 1
	}
	return f.unescaped(start-1, i+1), i + 1
}

// eachByte has one in each of its bytes.
const eachByte = 0x0101010101010101

// unescaped is the decoded text of the string from i to end, quotes included.
func (f *jsonFlattener) unescaped(i, end int) []byte {
	start := len(f.arena)
	if grown, ok := rrpair.AppendUnquoted(f.arena, f.text[i:end]); ok {
		f.arena = grown
		return f.arena[start:len(f.arena):len(f.arena)]
	}
	return f.text[i+1 : end-1 : end-1]
}

// structure adds the node of an object or array.
func (w *worker) structure(at *frame) int32 {
	n, i := w.fresh()
	n.name, n.parent, n.index = at.name, at.parent, at.index
	n.holder, n.part, n.target = noNode, noPart, noTarget
	n.role, n.flags = at.role, at.flags|flagOpaque
	return i
}

// keyLeaf adds the node of a member's name.
func (w *worker) keyLeaf(text []byte, start, end int, parent int32, r role, flags nodeFlags) int32 {
	n, i := w.fresh()
	n.text, n.parent, n.index = text, parent, -1
	n.holder, n.part, n.target = noNode, noPart, noTarget
	n.start, n.end = int32(start), int32(end)
	n.role, n.flags, n.place = r, flags|flagKey, detect.PlaceKey
	return i
}

// leaf adds the node of a value.
func (w *worker) leaf(text []byte, start, end int, at *frame) int32 {
	n, i := w.fresh()
	n.text, n.name, n.parent, n.index = text, at.name, at.parent, at.index
	n.holder, n.part, n.target = noNode, noPart, noTarget
	n.start, n.end = int32(start), int32(end)
	n.role, n.flags, n.place = at.role, at.flags, at.role.place()
	if at.role != roleNone {
		w.noteSide(i)
	}
	return i
}

// grown refuses records of too many nodes.
func (w *worker) grown() error {
	if len(w.nodes) > maxNodes {
		return tooManyNodes()
	}
	return nil
}

func tooManyNodes() *Refusal {
	return &Refusal{Reason: ReasonTooLarge, Detail: fmt.Sprintf("more than %d leaves", maxNodes)}
}

// noteSide remembers the headers that say how a body is to be read, and the bodies.
func (w *worker) noteSide(at int32) {
	n := &w.nodes[at]
	s := &w.sides[1]
	if n.is(flagRequest) {
		s = &w.sides[0]
	}
	switch n.role {
	case rolePostgres, roleSQL:
		w.noteColumn(at)
	case roleBody:
		s.body = at
	case roleBodyBase64:
		s.base64 = at
	case roleHeaders:
		switch {
		case bytes.EqualFold(n.name, []byte("content-type")):
			s.contentType = textOf(n.text)
		case bytes.EqualFold(n.name, []byte("content-encoding")):
			s.encoding = textOf(n.text)
		case bytes.EqualFold(n.name, []byte("content-length")):
			s.length = at
		}
	}
}
