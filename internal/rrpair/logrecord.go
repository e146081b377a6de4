package rrpair

import (
	"bytes"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

const msgTypeValue = "rrpair"

// IsRRPair reports whether a log record carries an RRPair: a body that is, as a
// map, as JSON text or as the bytes of JSON text, an object with msgType
// "rrpair". It is cheap and does not check the rest, so FromLogRecord can still
// refuse the record.
func IsRRPair(record plog.LogRecord) bool {
	body := record.Body()
	switch body.Type() {
	case pcommon.ValueTypeMap:
		kind, ok := body.Map().Get("msgType")
		return ok && kind.Type() == pcommon.ValueTypeStr && kind.Str() == msgTypeValue
	case pcommon.ValueTypeStr:
		return claimsRRPair(bytesOf(body.Str()))
	case pcommon.ValueTypeBytes:
		return claimsRRPair(body.Bytes().AsRaw())
	}
	return false
}

// FromLogRecord loads the RRPair of a log record, whose body is a map, JSON
// text, or the bytes of JSON text. Where cluster, namespace or service is
// missing, empty or "undefined", the attributes of the record and then those of
// the resource fill it: cluster or k8s.cluster.name, namespace or
// k8s.namespace.name, service or service.name. The error is [ErrNotRRPair] or a
// [*DecodeError].
func (p *Pair) FromLogRecord(resource pcommon.Resource, record plog.LogRecord) error {
	p.reset()
	if err := p.fromBody(resource, record); err != nil {
		p.reset()
		return err
	}
	p.native = record.TraceID()
	return nil
}

// FromBody loads the RRPair of a log record as its body alone has it: attributes
// fill nothing. So its JSON stays the same on the way through processors that
// set attributes, and whether the body is a map or text.
func (p *Pair) FromBody(record plog.LogRecord) error {
	p.reset()
	err := p.load(record)
	if err == nil {
		err = p.settle([3]string{})
	}
	if err != nil {
		p.reset()
		return err
	}
	p.native = record.TraceID()
	return nil
}

func (p *Pair) fromBody(resource pcommon.Resource, record plog.LogRecord) error {
	if err := p.load(record); err != nil {
		return err
	}
	return p.settle([3]string{
		p.fill(FieldCluster, resource, record, "cluster", "k8s.cluster.name"),
		p.fill(FieldNamespace, resource, record, "namespace", "k8s.namespace.name"),
		p.fill(FieldService, resource, record, "service", "service.name"),
	})
}

// load reads the body and finds its members.
func (p *Pair) load(record plog.LogRecord) error {
	body := record.Body()
	switch body.Type() {
	case pcommon.ValueTypeMap:
		if !IsRRPair(record) {
			return ErrNotRRPair
		}
		w := writer{text: p.text, keys: p.keys[:0], index: &p.index, detached: p.detached}
		ok := w.object(body.Map(), scopeTop, 1)
		p.text, p.keys = w.text, w.keys
		if !ok {
			return w.fail
		}
		p.locate()
	case pcommon.ValueTypeStr:
		return p.scan(bytesOf(body.Str()))
	case pcommon.ValueTypeBytes:
		return p.scan(body.Bytes().AsRaw())
	default:
		return ErrNotRRPair
	}
	return nil
}

// fill returns what the attributes say of a field that says nothing itself, ""
// if they do not either.
func (p *Pair) fill(field Field, resource pcommon.Resource, record plog.LogRecord, names ...string) string {
	if !blank(p.Raw(field)) {
		return ""
	}
	for _, attributes := range [...]pcommon.Map{record.Attributes(), resource.Attributes()} {
		for _, name := range names {
			value, ok := attributes.Get(name)
			if !ok || value.Type() != pcommon.ValueTypeStr {
				continue
			}
			if text := value.Str(); text != "" && text != "undefined" && utf8.ValidString(text) {
				return text
			}
		}
	}
	return ""
}

// claimsRRPair looks for msgType among the members of the top level of a text
// that may be anything.
func claimsRRPair(text []byte) bool {
	i := skipWhite(text, 0)
	if i >= len(text) || text[i] != '{' {
		return false
	}
	for i = skipWhite(text, i+1); i < len(text) && text[i] == '"'; i = skipWhite(text, i+1) {
		behind := skipString(text, i)
		name := text[i:behind]
		if i = skipWhite(text, behind); i >= len(text) || text[i] != ':' {
			return false
		}
		i = skipWhite(text, i+1)
		end := skipLoose(text, i)
		if textEquals(name, []byte("msgType")) {
			return textEquals(bytes.TrimRight(text[i:end], " \t\r\n"), []byte(msgTypeValue))
		}
		if i = end; i >= len(text) || text[i] != ',' {
			return false
		}
	}
	return false
}

func skipWhite(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
		i++
	}
	return i
}

// skipLoose returns the index of the comma or bracket behind the value at i, in
// text that may be no JSON and may have white space anywhere.
func skipLoose(text []byte, i int) int {
	for depth := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = skipString(text, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(text)
}
