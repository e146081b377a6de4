package redact

import (
	"slices"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// applyRecord writes all changes into the pdata they were read from. It cannot fail once it has begun.
func (w *worker) applyRecord() error {
	if w.call.Scan {
		return nil
	}
	if err := w.resolveTop(); err != nil {
		return err
	}
	if !w.changed {
		return nil
	}
	if w.bodyDoc != noTarget {
		w.applyDocument(w.targets[w.bodyDoc])
	}
	// Names come last, the innermost first: renaming moves the values that the targets point to.
	slices.Sort(w.tops)
	for _, i := range w.tops {
		if n := &w.nodes[i]; n.target != noTarget && !n.is(flagKey) {
			w.applyLeaf(n)
		}
	}
	for _, i := range slices.Backward(w.tops) {
		if n := &w.nodes[i]; n.target != noTarget && n.is(flagKey) {
			w.rename(w.maps[n.target], string(n.text), string(n.changed))
		}
	}
	if w.hasMap {
		w.bodyMap.PutBool("dlpModified", true)
		w.bodyMap.PutStr("dlpRule", w.engine.policy.Name)
	}
	return nil
}

// applyDocument writes an RRPair that the body holds as JSON, in the form it came in.
func (w *worker) applyDocument(body pcommon.Value) {
	changed := false
	for i := w.docFirst; i < w.docEnd && !changed; i++ {
		changed = w.nodes[i].is(flagDirty)
	}
	if !changed && !w.pair {
		return
	}
	w.spare = w.spliceDocument(w.spare[:0])
	if body.Type() == pcommon.ValueTypeBytes {
		body.Bytes().FromRaw(w.spare)
	} else {
		body.SetStr(string(w.spare))
	}
}

// applyLeaf writes one value.
func (w *worker) applyLeaf(n *node) {
	switch n.target {
	case targetSeverity:
		w.record.SetSeverityText(string(n.changed))
		return
	case targetEvent:
		w.record.SetEventName(string(n.changed))
		return
	}
	value := w.targets[n.target]
	switch value.Type() {
	case pcommon.ValueTypeBytes:
		value.Bytes().FromRaw(n.changed)
	case pcommon.ValueTypeInt:
		if v, err := strconv.ParseInt(string(n.changed), 10, 64); err == nil {
			value.SetInt(v)
			return
		}
		value.SetStr(string(n.changed))
	case pcommon.ValueTypeDouble:
		if v, err := strconv.ParseFloat(string(n.changed), 64); err == nil && isJSONScalar(n.changed) {
			value.SetDouble(v)
			return
		}
		value.SetStr(string(n.changed))
	default:
		value.SetStr(string(n.changed))
	}
}

// rename gives an entry of a map another name, at its place.
func (w *worker) rename(m pcommon.Map, old, fresh string) {
	renamed := pcommon.NewMap()
	renamed.EnsureCapacity(m.Len())
	for name, value := range m.All() {
		if name == old {
			name = fresh
		}
		value.MoveTo(renamed.PutEmpty(name))
	}
	renamed.MoveTo(m)
}
