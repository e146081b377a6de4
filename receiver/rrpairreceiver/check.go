package rrpairreceiver

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// flaw is why one record is refused.
type flaw struct {
	cause  cause
	path   string // dotted path into the body, "" for the body itself
	reason string
}

// inRecord describes the flaw of a log record, inLine that of a line of JSON.
func (f *flaw) inRecord() string {
	if f.path == "" {
		return "body: " + f.reason
	}
	return "body." + f.path + ": " + f.reason
}

func (f *flaw) inLine() string {
	if f.path == "" {
		return f.reason
	}
	return f.path + ": " + f.reason
}

// maxPath bounds a path in bytes; of a longer one the inner end is left out.
const maxPath = 200

// under puts one step in front of the path.
func (f *flaw) under(step string) *flaw {
	step = clip(step)
	if len(f.path) > maxPath {
		f.path = "…"
	}
	if f.path != "" {
		step += "." + f.path
	}
	f.path = step
	return f
}

// recordFacts is what a glance at an RRPair's body tells.
type recordFacts struct {
	textBytes int // bytes of keys, strings and byte values
	direction direction
	protocol  protocol
}

// checkBody reads an RRPair's body once: its nesting, the encoding of its text
// and the types of the fields that others rely on. It is no full decoding; what
// passes may still be found unreadable by an exporter, which then says so.
func checkBody(body pcommon.Map) (facts recordFacts, bad *flaw) {
	for key, value := range body.All() {
		if !utf8.ValidString(key) {
			return facts, invalidKey(key)
		}
		facts.textBytes += len(key)
		switch key {
		case "direction":
			facts.direction = directionOf(value)
		case "l7protocol":
			facts.protocol = protocolOf(value)
		}
		if want := wantTop(key); !want.admits(value) {
			return facts, wrongType(want, value).under(key)
		}
		var size int
		if key == "http" && value.Type() == pcommon.ValueTypeMap {
			size, bad = checkHTTP(value.Map())
		} else {
			size, bad = checkValue(value, 1)
		}
		if bad != nil {
			return facts, bad.under(key)
		}
		facts.textBytes += size
	}
	return facts, nil
}

// checkHTTP checks the value of http: its members req and res have types too.
func checkHTTP(http pcommon.Map) (size int, bad *flaw) {
	for key, value := range http.All() {
		if !utf8.ValidString(key) {
			return 0, invalidKey(key)
		}
		size += len(key)
		if key == "req" || key == "res" {
			if !wantObject.admits(value) {
				return 0, wrongType(wantObject, value).under(key)
			}
			if value.Type() == pcommon.ValueTypeMap {
				for name, member := range value.Map().All() {
					if want := wantMessage(name); !want.admits(member) {
						return 0, wrongType(want, member).under(name).under(key)
					}
				}
			}
		}
		inner, bad := checkValue(value, 2)
		if bad != nil {
			return 0, bad.under(key)
		}
		size += inner
	}
	return size, nil
}

// checkValue returns the bytes of text in a value that lies depth levels below
// the top of the body.
func checkValue(value pcommon.Value, depth int) (size int, bad *flaw) {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		text := value.Str()
		if !utf8.ValidString(text) {
			return 0, &flaw{cause: causeUTF8, reason: "the text is not valid UTF-8 at byte " + strconv.Itoa(invalidAt(text)) +
				"; send it as bytesValue or base64"}
		}
		return len(text), nil
	case pcommon.ValueTypeBytes:
		return value.Bytes().Len(), nil
	case pcommon.ValueTypeMap:
		if depth >= rrpair.MaxDepth {
			return 0, tooDeep()
		}
		for key, member := range value.Map().All() {
			if !utf8.ValidString(key) {
				return 0, invalidKey(key)
			}
			inner, bad := checkValue(member, depth+1)
			if bad != nil {
				return 0, bad.under(key)
			}
			size += len(key) + inner
		}
	case pcommon.ValueTypeSlice:
		if depth >= rrpair.MaxDepth {
			return 0, tooDeep()
		}
		for i, element := range value.Slice().All() {
			inner, bad := checkValue(element, depth+1)
			if bad != nil {
				return 0, bad.under(strconv.Itoa(i))
			}
			size += inner
		}
	}
	return size, nil
}

func tooDeep() *flaw {
	return &flaw{cause: causeDepth, reason: "nested deeper than " + strconv.Itoa(rrpair.MaxDepth) + " levels"}
}

func invalidKey(key string) *flaw {
	return &flaw{cause: causeUTF8, reason: "the key " + strconv.QuoteToASCII(clip(key)) + " is not valid UTF-8"}
}

func invalidAt(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, width := utf8.DecodeRuneInString(text[i:]); width == 1 {
				return i
			}
		}
	}
	return len(text)
}

// want is a set of value types that a known field may have. Null is always
// allowed: older forwarders write it for a field without a value.
type want uint8

const (
	wantAny want = iota
	wantText
	wantNumber // int or double, or an integer as text as proto3 JSON writes 64 bits
	wantBool
	wantObject
)

func wantTop(key string) want {
	switch key {
	case "msgType", "ts", "l7protocol", "uuid", "direction", "cluster", "namespace", "service", "tech",
		"network_address", "command", "location", "status", "session":
		return wantText
	case "duration":
		return wantNumber
	case "isTls":
		return wantBool
	case "tags", "http", "tokenList", "signature", "netinfo":
		return wantObject
	}
	return wantAny
}

// wantMessage is for the members of http.req and http.res.
func wantMessage(key string) want {
	switch key {
	case "url", "uri", "method", "host", "bodyBase64", "body", "contentType", "statusMessage":
		return wantText
	case "statusCode":
		return wantNumber
	case "headers":
		return wantObject
	}
	return wantAny
}

func (w want) admits(value pcommon.Value) bool {
	if w == wantAny {
		return true
	}
	switch value.Type() {
	case pcommon.ValueTypeEmpty:
		return true
	case pcommon.ValueTypeStr:
		return w == wantText || w == wantNumber && isNumber(value.Str())
	case pcommon.ValueTypeBytes:
		return w == wantText
	case pcommon.ValueTypeInt, pcommon.ValueTypeDouble:
		return w == wantNumber
	case pcommon.ValueTypeBool:
		return w == wantBool
	case pcommon.ValueTypeMap:
		return w == wantObject
	}
	return false
}

func (w want) String() string {
	return [...]string{"anything", "text", "a number", "true or false", "an object"}[w]
}

func wrongType(w want, value pcommon.Value) *flaw {
	return &flaw{cause: causeType, reason: "want " + w.String() + ", got " + strings.ToLower(value.Type().String())}
}

func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// maxQuoted bounds how much of a sender's text goes into an answer.
const maxQuoted = 64

func clip(text string) string {
	if len(text) <= maxQuoted {
		return text
	}
	return text[:maxQuoted] + "…"
}
