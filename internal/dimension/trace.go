package dimension

import (
	"encoding/hex"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// traceContext is a trace's id, of 32 or 16 hexadecimal digits, and the span's of
// 16 from the same place; "" for none.
type traceContext struct{ trace, span string }

// The headers that carry trace contexts, in lower case.
const (
	headerTraceParent = "traceparent"
	headerB3          = "b3"
	headerB3Trace     = "x-b3-traceid"
	headerB3Span      = "x-b3-spanid"
)

// member notes a member of the body or a tag that names a trace or a span; of
// several the first counts.
func (t *traceContext) member(key string, value pcommon.Value) {
	if value.Type() == pcommon.ValueTypeStr {
		t.note(key, value.Str())
	}
}

func (t *traceContext) note(key, text string) {
	switch key {
	case "traceId", "traceID", "trace_id":
		if t.trace == "" && isTraceID(text) {
			t.trace = text
		}
	case "spanId", "spanID", "span_id":
		if t.span == "" && isHexID(text, spanDigits) {
			t.span = text
		}
	}
}

// Trace is what rrpair.TraceID returns: 32 or 16 lower-case hexadecimal digits,
// "" for none.
func (r *Record) Trace() string { return r.context().trace }

// Span is the id of the span from the place that tells the trace: the log record,
// the body, its tags, traceparent or B3 headers. 16 lower-case hexadecimal
// digits, "" for none.
func (r *Record) Span() string { return r.context().span }

func (r *Record) context() traceContext {
	if r.have.trace {
		return r.trace
	}
	r.have.trace = true
	found := r.findContext()
	r.trace = traceContext{trace: strings.ToLower(found.trace), span: strings.ToLower(found.span)}
	return r.trace
}

func (r *Record) findContext() traceContext {
	if r.isLog {
		if id := r.record.TraceID(); !id.IsEmpty() {
			found := traceContext{trace: r.hex(id[:])}
			if span := r.record.SpanID(); !span.IsEmpty() {
				found.span = r.hex(span[:])
			}
			return found
		}
	}
	if r.pair == nil {
		if found, isPlain := r.glance.context(); isPlain {
			return found
		}
		if !r.load() {
			return traceContext{}
		}
	}
	found := r.pairContext()
	start := len(r.text)
	r.text = r.pair.AppendTraceID(r.text)
	if trace := view(r.text[start:len(r.text):len(r.text)]); !strings.EqualFold(trace, found.trace) {
		return traceContext{trace: trace} // that of the log record which the pair came as
	}
	return found
}

func (r *Record) hex(id []byte) string {
	start := len(r.text)
	r.text = hex.AppendEncode(r.text, id)
	return view(r.text[start:len(r.text):len(r.text)])
}

// context looks through a map's members, tags and headers; isPlain is false where
// it takes JSON to tell.
func (g *glance) context() (found traceContext, isPlain bool) {
	if g.trace.trace != "" {
		return g.trace, true
	}
	if tags, ok := g.mapOf(g.tags, hasTags); ok {
		for key, value := range tags.All() {
			found.member(key, value)
		}
		if found.trace != "" {
			return found, true
		}
	}
	isPlain = true
	for side := range g.headers {
		headers, ok := g.mapOf(g.headers[side], hasRequestHeaders+side)
		if !ok {
			continue
		}
		found = contextOfHeaders(func(yield func(name, first string) bool) {
			for name, value := range headers.All() {
				if value.Type() == pcommon.ValueTypeSlice && value.Slice().Len() > 0 {
					value = value.Slice().At(0)
				}
				text := ""
				switch value.Type() {
				case pcommon.ValueTypeStr:
					text = value.Str()
				case pcommon.ValueTypeBytes:
					isPlain = false
				}
				if !yield(name, text) {
					return
				}
			}
		})
		if found.trace != "" {
			break
		}
	}
	return found, isPlain
}

// pairContext is context for a pair that is loaded.
func (r *Record) pairContext() (found traceContext) {
	for _, member := range r.pair.Members() {
		if len(member.Value) > 0 && member.Value[0] == '"' {
			found.note(view(member.Key), r.unquote(member.Value))
		}
	}
	if found.trace != "" {
		return found
	}
	found = traceContext{}
	rrpair.EachMember(r.pair.Raw(rrpair.FieldTags), func(key, value []byte) bool {
		found.note(view(key), r.unquote(value))
		return true
	})
	if found.trace != "" {
		return found
	}
	for _, side := range [...]rrpair.Field{rrpair.FieldRequestHeaders, rrpair.FieldResponseHeaders} {
		found = contextOfHeaders(func(yield func(name, first string) bool) {
			rrpair.EachMember(r.pair.Raw(side), func(key, value []byte) bool {
				first := value
				if value[0] == '[' {
					first = nil
					rrpair.EachElement(value, func(element []byte) bool {
						first = element
						return false
					})
				}
				return yield(view(key), r.unquote(first))
			})
		})
		if found.trace != "" {
			return found
		}
	}
	return traceContext{}
}

// contextOfHeaders reads one side's headers: traceparent goes before the forms of
// B3, one header before several.
func contextOfHeaders(each func(yield func(name, first string) bool)) (found traceContext) {
	var single, several traceContext
	each(func(name, first string) bool {
		switch {
		case len(name) < len(headerB3) || len(name) > len(headerB3Trace):
		case isNamed(name, headerTraceParent):
			found = traceParent(first)
		case isNamed(name, headerB3):
			id, rest, _ := strings.Cut(first, "-")
			span, _, _ := strings.Cut(rest, "-")
			single = traceContext{onlyTraceID(id), onlySpanID(span)}
		case isNamed(name, headerB3Trace):
			several.trace = onlyTraceID(first)
		case isNamed(name, headerB3Span):
			several.span = onlySpanID(first)
		}
		return found.trace == ""
	})
	switch {
	case found.trace != "":
		return found
	case single.trace != "":
		return single
	case several.trace != "":
		return several
	default:
		return traceContext{}
	}
}

func isNamed(name, lower string) bool {
	return len(name) == len(lower) && strings.EqualFold(name, lower)
}

const (
	traceDigits      = 32
	shortTraceDigits = 16 // of a B3 header
	spanDigits       = 16
)

// traceParent reads version-traceid-parentid-flags (W3C Trace Context); later
// versions may append to it.
func traceParent(text string) traceContext {
	const shortest = len("00-") + traceDigits + len("-") + spanDigits + len("-00")
	if len(text) < shortest || text[2] != '-' || text[35] != '-' || text[52] != '-' || text[:2] == "ff" {
		return traceContext{}
	}
	return traceContext{onlyTraceID(text[3:35]), onlySpanID(text[36:52])}
}

func onlyTraceID(text string) string {
	if !isTraceID(text) {
		return ""
	}
	return text
}

func onlySpanID(text string) string {
	if !isHexID(text, spanDigits) {
		return ""
	}
	return text
}

func isTraceID(text string) bool {
	return isHexID(text, traceDigits) || isHexID(text, shortTraceDigits)
}

// isHexID takes an id that is all zeros for none.
func isHexID(text string, digits int) bool {
	if len(text) != digits {
		return false
	}
	isZero := true
	for i := range len(text) {
		c := text[i]
		if !isFigure(c) && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
		isZero = isZero && c == '0'
	}
	return !isZero
}
