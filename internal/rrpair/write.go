package rrpair

import (
	"encoding/base64"
	"math"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// writer writes the body map of a log record as compact JSON and records the
// members of the indexed levels.
type writer struct {
	text  []byte
	keys  []span // names of the maps that are open, innermost last
	index *index
	fail  *DecodeError

	detached *Detached // takes bodies; nil: they are written
}

func (w *writer) refuse(cause Cause, reason string) bool {
	w.fail = &DecodeError{Cause: cause, Offset: -1, Reason: reason}
	return false
}

// object writes a map; it returns false after noting why it could not. depth
// counts this map.
func (w *writer) object(m pcommon.Map, within scope, depth int) bool {
	if depth > MaxDepth {
		return w.refuse(CauseDepth, "nested deeper than "+strconv.Itoa(MaxDepth))
	}
	indexed := within < indexedScopes
	if indexed {
		w.index.open(within)
	}
	first := len(w.keys)
	var seen uint64
	w.text = append(w.text, '{')
	ok := true
	m.Range(func(name string, value pcommon.Value) bool {
		ok = w.member(name, value, within, depth, first, &seen)
		if !ok && indexed {
			w.fail.under(bytesOf(name))
		}
		return ok
	})
	if !ok {
		return false
	}
	if last := len(w.text) - 1; w.text[last] == ',' {
		w.text[last] = '}'
	} else {
		w.text = append(w.text, '}')
	}
	if len(w.keys)-first > smallObject && repeats(w.text, w.keys[first:]) {
		return w.refuse(CauseDuplicate, "the map names a member twice")
	}
	w.keys = w.keys[:first]
	return true
}

// member writes one member with a comma behind it.
func (w *writer) member(name string, value pcommon.Value, within scope, depth, first int, seen *uint64) bool {
	field := within.field(bytesOf(name))
	kind := value.Type()
	if kind == pcommon.ValueTypeEmpty && field < fieldCount {
		return true // proto3 JSON: null is absent
	}
	if w.detached != nil && field.isBody() {
		switch w.detached.detach(field, value) {
		case outcomeTaken:
			return true
		case outcomeDuplicate:
			return w.refuse(CauseDuplicate, "the map names a member twice")
		}
	}
	start := len(w.text) + 1
	if !w.str(name) {
		return false
	}
	key := span{uint32(start), uint32(len(w.text) - 1)}
	if !freshKey(w.text, w.keys[first:], key, seen) {
		return w.refuse(CauseDuplicate, "the map names a member twice")
	}
	w.keys = append(w.keys, key)
	w.text = append(w.text, ':')
	start = len(w.text)
	ok := true
	switch kind {
	case pcommon.ValueTypeStr:
		ok = w.str(value.Str())
	case pcommon.ValueTypeMap:
		ok = w.object(value.Map(), within.child(field, key.of(w.text)), depth+1)
	case pcommon.ValueTypeInt:
		if within.writesIntegerAsString(key.of(w.text)) {
			w.text = append(strconv.AppendInt(append(w.text, '"'), value.Int(), 10), '"')
			break
		}
		w.text = strconv.AppendInt(w.text, value.Int(), 10)
	default:
		ok = w.value(value, kind, within.element(), depth)
	}
	if !ok {
		return false
	}
	if within < indexedScopes {
		w.index.add(within, entry{key: key, value: span{uint32(start), uint32(len(w.text))}, field: field}, false)
	}
	w.text = append(w.text, ',')
	if len(w.text) > MaxSize {
		return w.refuse(CauseSize, "larger than "+strconv.Itoa(MaxSize)+" bytes")
	}
	return true
}

// value writes any value. depth is the number of maps and slices around it.
func (w *writer) value(v pcommon.Value, kind pcommon.ValueType, elements scope, depth int) bool {
	switch kind {
	case pcommon.ValueTypeStr:
		return w.str(v.Str())
	case pcommon.ValueTypeInt:
		w.text = strconv.AppendInt(w.text, v.Int(), 10)
	case pcommon.ValueTypeDouble:
		number := v.Double()
		if math.IsNaN(number) || math.IsInf(number, 0) {
			return w.refuse(CauseNumber, "JSON has no NaN and no infinity")
		}
		w.text = appendDouble(w.text, number)
	case pcommon.ValueTypeBool:
		w.text = strconv.AppendBool(w.text, v.Bool())
	case pcommon.ValueTypeMap:
		return w.object(v.Map(), elements, depth+1)
	case pcommon.ValueTypeSlice:
		return w.array(v.Slice(), elements, depth+1)
	case pcommon.ValueTypeBytes:
		w.text = append(w.text, '"')
		w.text = base64.StdEncoding.AppendEncode(w.text, v.Bytes().AsRaw())
		w.text = append(w.text, '"')
	default:
		w.text = append(w.text, "null"...)
	}
	return true
}

func (w *writer) array(s pcommon.Slice, elements scope, depth int) bool {
	if depth > MaxDepth {
		return w.refuse(CauseDepth, "nested deeper than "+strconv.Itoa(MaxDepth))
	}
	w.text = append(w.text, '[')
	for i := range s.Len() {
		if i > 0 {
			w.text = append(w.text, ',')
		}
		element := s.At(i)
		if !w.value(element, element.Type(), elements, depth) {
			return false
		}
	}
	w.text = append(w.text, ']')
	return true
}

// str writes a JSON string with its quotes.
func (w *writer) str(text string) bool {
	w.text = append(w.text, '"')
	if isClean(bytesOf(text)) {
		w.text = append(append(w.text, text...), '"')
		return true
	}
	out, invalid := appendEscaped(w.text, bytesOf(text))
	if invalid >= 0 {
		return w.refuse(CauseUTF8, "a string is not UTF-8 from its byte "+strconv.Itoa(invalid)+" on")
	}
	w.text = append(out, '"')
	return true
}
