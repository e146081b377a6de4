package redact

import (
	"bytes"
	"encoding/json"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// What of a pdata record a node stands for besides values, which are numbered, and names, whose maps are.
const (
	targetSeverity int32 = -2
	targetEvent    int32 = -3
)

// flattenRecord adds all texts of a log record.
func (w *worker) flattenRecord(record plog.LogRecord) error {
	body := record.Body()
	switch body.Type() {
	case pcommon.ValueTypeMap:
		name := "body"
		if kind, ok := body.Map().Get("msgType"); ok && kind.Type() == pcommon.ValueTypeStr && kind.Str() == "rrpair" {
			w.pair, name = true, ""
		}
		root := frame{parent: w.addRoot(name, noTarget)}
		if w.pair {
			root.role = rolePair
			w.bodyMap, w.hasMap = body.Map(), true
		}
		w.visitMap(body.Map(), root)
	case pcommon.ValueTypeStr:
		if err := w.flattenTextBody(bytesOf(body.Str()), body); err != nil {
			return err
		}
	case pcommon.ValueTypeBytes:
		if err := w.flattenTextBody(body.Bytes().AsRaw(), body); err != nil {
			return err
		}
	case pcommon.ValueTypeEmpty:
	default:
		w.visitValue(body, &frame{parent: noNode, name: []byte("body"), index: -1})
	}
	w.record = record
	w.visitMap(record.Attributes(), frame{parent: w.addRoot("attributes", noTarget)})
	if text := record.SeverityText(); text != "" {
		w.target(targetSeverity, bytesOf(text), &frame{parent: noNode, name: []byte("severity_text"), index: -1})
	}
	if text := record.EventName(); text != "" {
		w.target(targetEvent, bytesOf(text), &frame{parent: noNode, name: []byte("event_name"), index: -1})
	}
	if w.refusal != nil {
		return w.refusal
	}
	return nil
}

// flattenTextBody adds a body that is a text or bytes: the nodes of an RRPair in JSON, else one leaf.
func (w *worker) flattenTextBody(text []byte, body pcommon.Value) error {
	if err := w.checkSize(len(text)); err != nil {
		return err
	}
	if looksLikeObject(text) && json.Valid(text) && isPair(text) {
		w.source = text
		return w.flattenJSON(text, w.place(body))
	}
	w.target(w.place(body), text, &frame{parent: noNode, name: []byte("body"), index: -1})
	return nil
}

func looksLikeObject(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 1 && text[0] == '{'
}

// place numbers a value of pdata.
func (w *worker) place(value pcommon.Value) int32 {
	w.targets = append(w.targets, value)
	return int32(len(w.targets) - 1)
}

// target adds a leaf that stands for a place in pdata.
func (w *worker) target(target int32, text []byte, at *frame) int32 {
	place := at.role.place()
	if at.parent == noNode {
		place = detect.PlaceText
	}
	n, i := w.fresh()
	n.text, n.name, n.parent, n.index = text, at.name, at.parent, at.index
	n.holder, n.part, n.target = noNode, noPart, target
	n.role, n.flags, n.place = at.role, at.flags, place
	w.decoded += len(text)
	if w.refusal == nil && w.decoded > w.limits.MaxBytes {
		w.refusal = &Refusal{Reason: ReasonTooLarge, Path: w.path(i), Detail: "the record has more than " + strconv.Itoa(w.limits.MaxBytes) + " bytes"}
	}
	if at.role != roleNone {
		w.noteSide(i)
	}
	return i
}

// visitMap adds the entries of a map; at.parent is its own node.
func (w *worker) visitMap(m pcommon.Map, at frame) {
	inner := frame{parent: at.parent, flags: at.flags, index: -1, depth: at.depth + 1}
	key := frame{parent: at.parent, role: at.role, index: -1}
	w.maps = append(w.maps, m)
	within := int32(len(w.maps) - 1)
	for name, value := range m.All() {
		if w.refusal != nil {
			return
		}
		inner.name = bytesOf(name)
		inner.role = at.role.child(inner.name)
		if at.role == roleHTTP {
			inner.flags = at.flags
			if name == "req" {
				inner.flags |= flagRequest
			}
		}
		key.flags = inner.flags | flagKey
		k := w.target(within, inner.name, &key)
		w.nodes[k].place = detect.PlaceKey
		w.visitValue(value, &inner)
	}
}

// visitValue adds a value.
func (w *worker) visitValue(value pcommon.Value, at *frame) {
	if at.depth > maxNesting {
		w.refusal = &Refusal{Reason: ReasonTooDeep, Path: w.path(at.parent), Detail: "maps and lists are nested more than " + strconv.Itoa(maxNesting) + " deep"}
		return
	}
	if len(w.nodes) > maxNodes {
		w.refusal = tooManyNodes()
		return
	}
	switch value.Type() {
	case pcommon.ValueTypeStr:
		w.target(w.place(value), bytesOf(value.Str()), at)
	case pcommon.ValueTypeBytes:
		w.target(w.place(value), value.Bytes().AsRaw(), at)
	case pcommon.ValueTypeInt:
		start := len(w.arena)
		w.arena = strconv.AppendInt(w.arena, value.Int(), 10)
		w.number(value, start, at)
	case pcommon.ValueTypeDouble:
		start := len(w.arena)
		format := byte('f')
		if v := value.Double(); v > 1e21 || v < -1e21 {
			format = 'g'
		}
		w.arena = strconv.AppendFloat(w.arena, value.Double(), format, -1, 64)
		w.number(value, start, at)
	case pcommon.ValueTypeMap:
		within := *at
		within.parent = w.structure(at)
		w.visitMap(value.Map(), within)
	case pcommon.ValueTypeSlice:
		inner := frame{parent: w.structure(at), name: at.name, role: at.role, flags: at.flags, depth: at.depth + 1}
		for _, element := range value.Slice().All() {
			if w.refusal != nil {
				return
			}
			w.visitValue(element, &inner)
			inner.index++
		}
	}
}

func (w *worker) number(value pcommon.Value, start int, at *frame) {
	number := *at
	number.flags |= flagNumber
	w.target(w.place(value), w.arena[start:len(w.arena):len(w.arena)], &number)
}
