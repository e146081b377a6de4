package rrpair

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// withoutKnownNulls is the independent statement of what a load leaves out: the
// known fields that are null, at the four levels.
func withoutKnownNulls(document any) {
	top, ok := document.(map[string]any)
	if !ok {
		return
	}
	known := map[string]map[string]bool{}
	for _, name := range fieldNames() {
		at := bytes.LastIndexByte([]byte(name), '.')
		level, member := name[:max(at, 0)], name[at+1:]
		if known[level] == nil {
			known[level] = map[string]bool{}
		}
		known[level][member] = true
	}
	drop := func(object map[string]any, level string) {
		for name, value := range object {
			if value == nil && known[level][name] {
				delete(object, name)
			}
		}
	}
	drop(top, "")
	http, ok := top["http"].(map[string]any)
	if !ok {
		return
	}
	drop(http, "http")
	for _, side := range []string{"req", "res"} {
		if object, ok := http[side].(map[string]any); ok {
			drop(object, "http."+side)
		}
	}
}

// checkStable fails unless the pair's text is plain JSON that a second load
// leaves as it is, and that comes back from a log record as the same document.
func checkStable(t *testing.T, p *Pair) {
	text := p.JSON()
	if !json.Valid(text) {
		t.Fatalf("wrote what is no JSON: %q", text)
	}
	var again Pair
	if err := again.ParseJSON(text); err != nil {
		t.Fatalf("cannot read what was written: %v: %q", err, text)
	}
	if !bytes.Equal(text, again.JSON()) {
		t.Fatalf("another load changed it:\n%q\n%q", text, again.JSON())
	}
	if again.UUIDDerived() != (func() bool { _, ok := p.UUID(); return !ok }()) {
		t.Fatalf("uuid of %q", text)
	}
	resource, record := newRecord()
	if err := p.ToLogRecord(record); err != nil {
		t.Fatalf("to log record: %v: %q", err, text)
	}
	if err := again.FromLogRecord(resource.Resource(), record); err != nil {
		t.Fatalf("from log record: %v: %q", err, text)
	}
	if !CanonicalEqual(text, again.JSON()) {
		t.Fatalf("a log record changed it:\n%q\n%q", text, again.JSON())
	}
	id, _ := p.UUID()
	if other, _ := again.UUID(); id != other {
		t.Fatalf("the id changed: %q", text)
	}
	// The accessors take anything.
	p.Time()
	p.Duration()
	TraceID(p)
	for _, response := range []bool{false, true} {
		if body, err := DecodedBody(p, response, 1<<16); err == nil {
			p.BodyRepeats(response, body)
		}
	}
	for _, members := range [][]Member{p.Members(), p.HTTP(), p.Request(), p.Response()} {
		for _, member := range members {
			EachMember(member.Value, func(_, value []byte) bool { return json.Valid(value) })
			EachElement(member.Value, json.Valid)
		}
	}
}

func FuzzParseJSON(f *testing.F) {
	for _, line := range sampleLines(f)[:38] {
		f.Add(line)
	}
	for _, text := range []string{
		`{"msgType":"rrpair"}`, ` { "x" : [ 1e5 , null , -0.0 ] , "msgType" : "rrpair" , "http" : { "res" : { "body" : null } } } `,
		`{"msgType":"rrpair","uuid":"x","a":"\ud83d\ude00\u0000","a\u0062":{"":{}},"netinfo":{"id":1}}`,
		`{"msgType":"rrpair","ts":"2026-01-01T00:00:00Z","duration":"1","http":{"req":{"headers":{"b3":"0"},"bodyBase64":"aGk"}}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var p Pair
		err := p.ParseJSON(text)
		var refused *DecodeError
		if err != nil && !errors.Is(err, ErrNotRRPair) && !errors.As(err, &refused) {
			t.Fatalf("unexpected kind of error: %v", err)
		}
		if !json.Valid(text) {
			if refused == nil {
				t.Fatalf("took what is no JSON: %v: %q", err, text)
			}
			return
		}
		if refused != nil && refused.Cause == CauseSyntax {
			t.Fatalf("refused JSON: %v: %q", err, text)
		}
		if err != nil {
			return
		}
		var want, got any
		if json.Unmarshal(text, &want) != nil || json.Unmarshal(p.JSON(), &got) != nil {
			t.Fatalf("encoding/json refuses %q", text)
		}
		withoutKnownNulls(want)
		if _, had := want.(map[string]any)["uuid"]; !had || want.(map[string]any)["uuid"] == "" {
			want.(map[string]any)["uuid"] = got.(map[string]any)["uuid"]
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("not the same document:\n%q\n%q", text, p.JSON())
		}
		checkStable(t, &p)
	})
}

// valueMaker builds a pdata value from a fuzzer's bytes.
type valueMaker struct{ data []byte }

func (m *valueMaker) next() byte {
	if len(m.data) == 0 {
		return 0
	}
	c := m.data[0]
	m.data = m.data[1:]
	return c
}

func (m *valueMaker) text() string {
	n := min(int(m.next()%24), len(m.data))
	text := string(m.data[:n])
	m.data = m.data[n:]
	return text
}

func (m *valueMaker) bits() uint64 {
	var word [8]byte
	m.data = m.data[copy(word[:], m.data):]
	return binary.LittleEndian.Uint64(word[:])
}

func (m *valueMaker) name() string {
	names := fieldNames()
	if c := int(m.next()); c < len(names) {
		return names[c][bytes.LastIndexByte([]byte(names[c]), '.')+1:]
	}
	extra := [...]string{"id", "upstream", "bytesSent", "deliverTag", "decoded", "Content-Encoding", "traceparent"}
	if c := int(m.next()); c < len(extra) {
		return extra[c]
	}
	return m.text()
}

func (m *valueMaker) fill(v pcommon.Value, depth int) {
	switch m.next() % 10 {
	case 0:
		return
	case 1:
		v.SetInt(int64(m.bits()))
	case 2:
		v.SetInt(int64(int8(m.next())))
	case 3:
		v.SetDouble(math.Float64frombits(m.bits()))
	case 4:
		v.SetDouble(float64(int8(m.next())) / 2)
	case 5:
		v.SetBool(m.next()%2 == 0)
	case 6:
		v.SetEmptyBytes().FromRaw([]byte(m.text()))
	case 7:
		slice := v.SetEmptySlice()
		for range m.next() % 5 {
			if depth < 20 {
				m.fill(slice.AppendEmpty(), depth+1)
			}
		}
	case 8:
		object := v.SetEmptyMap()
		for range m.next() % 12 {
			if depth < 20 {
				m.fill(object.PutEmpty(m.name()), depth+1)
			}
		}
	default:
		v.SetStr(m.text())
	}
}

func FuzzLogRecord(f *testing.F) {
	f.Add([]byte("\x05\x16\x08\x02\x20\x08\x02\x22\x09\x01/\x00\x00\x03\x09\x04text\x1d\x08\x02\xff\x00\x02\x07\xff\x01\x08\x01\xff\x02\x02\x09"))
	f.Add([]byte("\x02\x08\x06\x10AAECAwQFBgcICQoLDA0ODw==\x18\x08\x01\xff\x03\x01zzzzzzzz\x02\x03\x00\x00\x00\x00\x00\x00\xf8\x7f"))
	f.Add([]byte("\x03\xff\xff\x04a\xffbc\x09\x04a\"\n\\\x0c\x09\x00\x0a\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := valueMaker{data: data}
		logs := plog.NewLogs()
		resource := logs.ResourceLogs().AppendEmpty()
		record := resource.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		body := record.Body().SetEmptyMap()
		for range m.next() % 16 {
			m.fill(body.PutEmpty(m.name()), 0)
		}
		body.PutStr("msgType", "rrpair")
		for _, attributes := range []pcommon.Map{record.Attributes(), resource.Resource().Attributes()} {
			if m.next()%4 == 1 {
				m.fill(attributes.PutEmpty("service"), 18)
			}
		}
		var p Pair
		if err := p.FromLogRecord(resource.Resource(), record); err != nil {
			var refused *DecodeError
			if !errors.As(err, &refused) || refused.Cause != CauseUTF8 && refused.Cause != CauseNumber {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		checkStable(t, &p)
	})
}

// FuzzHelpers feeds what is no JSON to the helpers that expect it: they may
// return anything, but they return.
func FuzzHelpers(f *testing.F) {
	for _, text := range []string{`{"a":`, `{"a`, `[1,`, `"\`, `"\u12"`, `"\ud800"`, `{:}`, `[:]`, `]`, `{"msgType":"rrp`, `"a"b"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(_ *testing.T, text []byte) {
		EachMember(text, func(key, value []byte) bool { return len(key) < 100 && len(value) < 100 })
		EachElement(text, func(value []byte) bool { return len(value) < 100 })
		AppendUnquoted(nil, text)
		AppendBase64(nil, text)
		textEquals(text, text)
		_, record := newRecord()
		record.Body().SetStr(string(text))
		IsRRPair(record)
		_, _ = AppendCanonical(nil, text)
	})
}
