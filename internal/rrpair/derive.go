package rrpair

import "strings"

// TraceID returns the id of the trace the pair belongs to, in lower-case
// hexadecimal, "" when nothing tells: the trace id of the log record it came
// with, else traceId or trace_id of the body or its tags, else the headers
// traceparent (W3C), b3 and X-B3-TraceId of the request and then the response.
// 32 digits, or 16 where a B3 header has no more.
func TraceID(p *Pair) string {
	if !p.native.IsEmpty() {
		return p.native.String()
	}
	if id := traceMember(p.Members()); id != "" {
		return id
	}
	var id string
	EachMember(p.Raw(FieldTags), func(key, value []byte) bool {
		if namesTraceID(key) {
			id = traceText(value)
		}
		return id == ""
	})
	if id != "" {
		return id
	}
	for _, headers := range [...]Field{FieldRequestHeaders, FieldResponseHeaders} {
		if id := traceHeader(p.Raw(headers)); id != "" {
			return id
		}
	}
	return ""
}

func namesTraceID(key []byte) bool {
	switch string(key) {
	case "traceId", "traceID", "trace_id":
		return true
	}
	return false
}

func traceMember(members []Member) string {
	for _, member := range members {
		if namesTraceID(member.Key) {
			if id := traceText(member.Value); id != "" {
				return id
			}
		}
	}
	return ""
}

func traceText(raw []byte) string {
	text, _ := AppendUnquoted(nil, raw)
	return hexID(text)
}

// traceHeader looks through the headers of one side; traceparent goes before
// the forms of B3.
func traceHeader(headers []byte) string {
	var single, multi string
	var found string
	EachMember(headers, func(key, value []byte) bool {
		switch {
		case equalFold(key, "traceparent"):
			found = traceParent(firstText(value))
		case equalFold(key, "b3"):
			text, _, _ := strings.Cut(string(firstText(value)), "-")
			single = hexID([]byte(text))
		case equalFold(key, "x-b3-traceid"):
			multi = hexID(firstText(value))
		}
		return found == ""
	})
	for _, id := range [...]string{found, single, multi} {
		if id != "" {
			return id
		}
	}
	return ""
}

// traceParent reads version-traceid-parentid-flags; later versions may append
// to it.
func traceParent(text []byte) string {
	const shortest = len("00-") + 32 + len("-") + 16 + len("-00")
	if len(text) < shortest || text[2] != '-' || text[35] != '-' || text[52] != '-' || string(text[:2]) == "ff" {
		return ""
	}
	return hexID(text[3:35])
}

// hexID returns a trace id of 16 or 32 digits in lower case, "" for anything
// else and for one that is all zeros, which means none.
func hexID(text []byte) string {
	if len(text) != 32 && len(text) != 16 {
		return ""
	}
	zero := true
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return ""
		}
		zero = zero && c == '0'
	}
	if zero {
		return ""
	}
	return strings.ToLower(string(text))
}

// firstText returns the text of a header's value, which is an array of strings
// or, from some senders, one string.
func firstText(raw []byte) (text []byte) {
	if text, ok := AppendUnquoted(nil, raw); ok {
		return text
	}
	EachElement(raw, func(value []byte) bool {
		text, _ = AppendUnquoted(nil, value)
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
