package redact

import (
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
)

// madeSlots is how many values a worker remembers what became of, and longestMade how long their surrogates are at most,
// in bytes: 2 MB together at worst. Tokens and addresses come again and again in traffic, and telling and making a
// surrogate takes a keyed hash or two each time.
const (
	madeSlots   = 1 << 11
	longestMade = 1 << 10
)

// madeValues remembers of values whether redaction made them, and their surrogates. Values are known by 128 bits of
// hashes with secret seeds; no value itself is kept.
type madeValues struct{ slots []madeValue }

type madeValue struct {
	hashes      [2]uint64
	kind        detect.Type
	judged      bool // made is known
	made        bool
	replacement []byte // nil when it is not known
}

// remember returns the slot for a value, emptied when it was another's.
func (w *worker) remember(kind detect.Type, text []byte) *madeValue {
	if w.past.slots == nil {
		w.past.slots = make([]madeValue, madeSlots)
	}
	w.clean.ready()
	hashes := [2]uint64{w.clean.hasher.of(text), w.hash(text)}
	slot := &w.past.slots[hashes[0]%madeSlots]
	if slot.hashes != hashes || slot.kind != kind {
		*slot = madeValue{hashes: hashes, kind: kind, replacement: slot.replacement[:0]}
	}
	return slot
}

// made reports whether value is what redaction made. Surrogates of social security numbers can be telephone numbers.
func (w *worker) made(rule *policy.Rule, value []byte) bool {
	return w.madeAs(rule.Type, value) || rule.Type == detect.Phone && isSSNForm(value) && w.madeAs(detect.SSN, value)
}

func (w *worker) madeAs(kind detect.Type, value []byte) bool {
	if w.engine.keys == nil {
		return false
	}
	slot := w.remember(kind, value)
	if !slot.judged {
		slot.judged, slot.made = true, w.engine.keys.Made(kind, value) || surrogate.Masked(value)
	}
	return slot.made
}

func isSSNForm(value []byte) bool {
	const form = "999-99-9999"
	if len(value) != len(form) {
		return false
	}
	for i, c := range value {
		if form[i] == '-' && c != '-' || form[i] == '9' && c-'0' > 9 {
			return false
		}
	}
	return true
}

// appendSurrogate appends the surrogate of a value.
func (w *worker) appendSurrogate(dst []byte, kind detect.Type, text []byte) []byte {
	slot := w.remember(kind, text)
	if len(slot.replacement) == 0 {
		start := len(dst)
		dst = w.engine.keys.Append(dst, kind, text)
		if len(dst)-start <= longestMade {
			slot.replacement = append(slot.replacement, dst[start:]...)
		}
		return dst
	}
	return append(dst, slot.replacement...)
}
