package rrpair

import (
	"bytes"
	"strings"
)

// TraceID returns the id of the trace the pair belongs to, in lower-case
// hexadecimal, "" when nothing tells: the trace id of the log record it came
// with, else traceId or trace_id of the body or its tags, else the headers
// traceparent (W3C), b3 and X-B3-TraceId of the request and then the response.
// 32 digits, or 16 where a B3 header has no more.
func TraceID(p *Pair) string { return string(p.AppendTraceID(nil)) }

// AppendTraceID appends what [TraceID] returns. It does not allocate but for dst.
func (p *Pair) AppendTraceID(dst []byte) []byte {
	if !p.native.IsEmpty() {
		for _, b := range p.native {
			dst = append(dst, hexDigits[b>>4], hexDigits[b&15])
		}
		return dst
	}
	for _, member := range p.Members() {
		if namesTraceID(member.Key) {
			if id := hexID(innerText(member.Value)); id != nil {
				return appendLower(dst, id)
			}
		}
	}
	if id := traceTag(p.Raw(FieldTags)); id != nil {
		return appendLower(dst, id)
	}
	for _, headers := range [...]Field{FieldRequestHeaders, FieldResponseHeaders} {
		if id := traceHeader(p.Raw(headers)); id != nil {
			return appendLower(dst, id)
		}
	}
	return dst
}

func appendLower(dst, id []byte) []byte {
	for _, c := range id {
		if c >= 'A' && c <= 'F' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

func namesTraceID(key []byte) bool {
	switch string(key) {
	case "traceId", "traceID", "trace_id":
		return true
	}
	return false
}

func traceTag(tags []byte) (id []byte) {
	if !bytes.Contains(tags, []byte(`"trace`)) { // cheaper than a look at every member
		return nil
	}
	EachMember(tags, func(key, value []byte) bool {
		if namesTraceID(key) {
			id = hexID(innerText(value))
		}
		return id == nil
	})
	return id
}

// traceHeader looks through the headers of one side; traceparent goes before
// the forms of B3.
func traceHeader(headers []byte) []byte {
	var found, single, multi []byte
	EachMember(headers, func(key, value []byte) bool {
		switch {
		case equalFold(key, "traceparent"):
			found = traceParent(firstText(value))
		case equalFold(key, "b3"):
			text, _, _ := bytes.Cut(firstText(value), []byte("-"))
			single = hexID(text)
		case equalFold(key, "x-b3-traceid"):
			multi = hexID(firstText(value))
		}
		return found == nil
	})
	for _, id := range [...][]byte{found, single, multi} {
		if id != nil {
			return id
		}
	}
	return nil
}

// traceParent reads version-traceid-parentid-flags; later versions may append
// to it.
func traceParent(text []byte) []byte {
	const shortest = len("00-") + 32 + len("-") + 16 + len("-00")
	if len(text) < shortest || text[2] != '-' || text[35] != '-' || text[52] != '-' || string(text[:2]) == "ff" {
		return nil
	}
	return hexID(text[3:35])
}

// hexID returns text if it is a trace id, which has 16 or 32 hexadecimal digits;
// nil for anything else and for one that is all zeros, which means none.
func hexID(text []byte) []byte {
	if len(text) != 32 && len(text) != 16 {
		return nil
	}
	zero := true
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return nil
		}
		zero = zero && c == '0'
	}
	if zero {
		return nil
	}
	return text
}

// innerText returns the text of a JSON string: a view where it has no escapes.
func innerText(raw []byte) []byte {
	if len(raw) < 2 || raw[0] != '"' {
		return nil
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	text, _ := AppendUnquoted(nil, raw)
	return text
}

// firstText returns the text of a header's value, which is an array of strings
// or, from some senders, one string.
func firstText(raw []byte) (text []byte) {
	if len(raw) > 0 && raw[0] == '"' {
		return innerText(raw)
	}
	EachElement(raw, func(value []byte) bool {
		text = innerText(value)
		return false
	})
	return text
}

// equalFold compares a header's name with an ASCII name in lower case.
func equalFold(key []byte, lower string) bool {
	if len(key) != len(lower) {
		return false
	}
	for i, c := range key {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// Failed reports whether the status says that the exchange failed: HTTP 5xx, a
// gRPC code other than 0 or OK (or, where the status is that of HTTP, anything
// but 2xx), an AMQP reply code from 300 on, and for every protocol a status
// that begins with ERR, as those of databases do ("ERR:42P01").
func Failed(l7protocol, status string) bool {
	if len(status) >= 3 && strings.EqualFold(status[:3], "ERR") {
		return true
	}
	code, numeric := digits([]byte(status))
	numeric = numeric && status != "" && len(status) <= 5
	switch protocol := strings.ToLower(l7protocol); {
	case strings.HasPrefix(protocol, "grpc"):
		switch {
		case numeric && code >= 100:
			return code < 200 || code > 299
		case numeric:
			return code != 0
		}
		return status != "" && !strings.EqualFold(status, "OK")
	case strings.HasPrefix(protocol, "http"):
		return numeric && code >= 500 && code <= 599
	case strings.HasPrefix(protocol, "amqp"):
		return numeric && code >= 300
	}
	return false
}
