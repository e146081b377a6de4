package rrpair

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// largeMap is the number of members from which a pdata map is filled another
// way: its Put methods look through all earlier members, which would cost the
// square of a hostile record's size.
const largeMap = 128

// ToLogRecord gives a log record the pair as a forwarder sends it: the body as a
// nested map, the timestamp ts, the attributes service and namespace where the
// pair says them, and the trace id with which the pair came as a log record. An
// object of 128 or more members comes out in no particular order. All strings
// of the record share one allocation.
func (p *Pair) ToLogRecord(record plog.LogRecord) error {
	if len(p.text) == 0 {
		return ErrNotRRPair
	}
	b := &p.builder
	b.survey(p.text)
	b.object(0, record.Body().SetEmptyMap(), scopeTop)
	b.strings = strings.Builder{}

	record.SetTimestamp(0)
	if ts, ok := p.Time(); ok && ts.Unix() >= 0 && ts.Year() < 2262 {
		record.SetTimestamp(pcommon.NewTimestampFromTime(ts))
	}
	for _, attribute := range [...]struct {
		name  string
		field Field
	}{{"service", FieldService}, {"namespace", FieldNamespace}} {
		if text := p.Text(attribute.field); text != "" && text != "undefined" {
			record.Attributes().PutStr(attribute.name, text)
		}
	}
	if !p.native.IsEmpty() {
		record.SetTraceID(p.native)
	}
	return nil
}

// builder fills pdata values from compact JSON text.
type builder struct {
	text    []byte
	counts  []uint32 // members or elements of each object and array, in the order in which they open
	open    []uint32 // scratch of survey: the containers that are open
	next    int      // the first of counts that is not yet used
	strings strings.Builder
}

// release lets go of what a hostile record made large.
func (b *builder) release() {
	b.text = nil
	if cap(b.counts) > maxScratch {
		b.counts = nil
	}
	if cap(b.open) > maxScratch {
		b.open = nil
	}
}

// survey counts members, elements and the bytes of all strings, so that every
// map, every slice and the strings are allocated once.
func (b *builder) survey(text []byte) {
	b.text, b.counts, b.open, b.next = text, b.counts[:0], b.open[:0], 0
	size := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			behind := skipString(text, i)
			size += behind - i - 2
			i = behind - 1
		case '{', '[':
			b.open = append(b.open, uint32(len(b.counts)))
			count := uint32(1)
			if text[i+1] == text[i]+2 { // the closing bracket
				count = 0
			}
			b.counts = append(b.counts, count)
		case '}', ']':
			b.open = b.open[:len(b.open)-1]
		case ',':
			b.counts[b.open[len(b.open)-1]]++
		}
	}
	b.strings = strings.Builder{}
	b.strings.Grow(size)
}

func (b *builder) count() int {
	n := b.counts[b.next]
	b.next++
	return int(n)
}

// object fills m with the object at i and returns the index behind it.
func (b *builder) object(i int, m pcommon.Map, within scope) int {
	count := b.count()
	if count >= largeMap {
		return b.largeObject(i, m, within, count)
	}
	m.EnsureCapacity(count)
	for i++; b.text[i] != '}'; {
		name, colon := b.str(i)
		i = b.member(colon+1, m, name, within)
		if b.text[i] == ',' {
			i++
		}
	}
	return i + 1
}

// member puts the value at i under a name that the map does not have yet.
func (b *builder) member(i int, m pcommon.Map, name string, within scope) int {
	if b.text[i] == '"' {
		text, behind := b.str(i)
		m.PutStr(name, text)
		return behind
	}
	return b.value(i, m.PutEmpty(name), name, within)
}

// largeObject makes all members at once, which costs a Go map, and then fills
// them.
func (b *builder) largeObject(i int, m pcommon.Map, within scope, count int) int {
	names := make(map[string]any, count)
	EachMember(b.text[i:skipValue(b.text, i)], func(key, _ []byte) bool {
		names[string(appendUnescaped(nil, key))] = nil
		return true
	})
	// Nil is always taken for an empty value.
	_ = m.FromRaw(names)
	values := make(map[string]pcommon.Value, count)
	m.Range(func(name string, value pcommon.Value) bool {
		values[name] = value
		return true
	})
	for i++; b.text[i] != '}'; {
		name, colon := b.str(i)
		i = b.value(colon+1, values[name], name, within)
		if b.text[i] == ',' {
			i++
		}
	}
	return i + 1
}

// value sets the value at i and returns the index behind it. name and within
// say where it stands; both are those of the array for an element.
func (b *builder) value(i int, v pcommon.Value, name string, within scope) int {
	switch b.text[i] {
	case '"':
		text, behind := b.str(i)
		v.SetStr(text)
		return behind
	case '{':
		key := bytesOf(name)
		return b.object(i, v.SetEmptyMap(), within.child(within.field(key), key))
	case '[':
		slice := v.SetEmptySlice()
		slice.EnsureCapacity(b.count())
		elements := within.element()
		for i++; b.text[i] != ']'; {
			i = b.value(i, slice.AppendEmpty(), "", elements)
			if b.text[i] == ',' {
				i++
			}
		}
		return i + 1
	case 't':
		v.SetBool(true)
		return i + len("true")
	case 'f':
		v.SetBool(false)
		return i + len("false")
	case 'n':
		return i + len("null")
	}
	end := skipValue(b.text, i)
	raw := b.text[i:end]
	// An integer where the model has a string came as a number and has to stay
	// one, so it goes as a double: an int would come back as a string.
	if whole, ok := parseInt(raw); ok && !within.writesIntegerAsString(bytesOf(name)) {
		v.SetInt(whole)
		return end
	}
	// The scan has refused what is out of range.
	number, _ := strconv.ParseFloat(string(raw), 64)
	v.SetDouble(number)
	return end
}

// str returns the string whose quote stands at i, and the index behind it.
func (b *builder) str(i int) (text string, behind int) {
	behind = skipString(b.text, i)
	inner := b.text[i+1 : behind-1]
	start := b.strings.Len()
	for {
		slash := indexByte(inner, '\\')
		if slash < 0 {
			b.strings.Write(inner)
			return b.strings.String()[start:], behind
		}
		b.strings.Write(inner[:slash])
		r, width := unescape(inner[slash:])
		b.strings.WriteRune(r)
		inner = inner[slash+width:]
	}
}
