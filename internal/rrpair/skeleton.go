package rrpair

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// Pair is one RRPair: its compact JSON text plus an index of where its members lie.
type Pair struct{}

// Member is one member of an object.
type Member struct {
	Key   []byte // raw key text between the quotes, still JSON-escaped
	Value []byte // raw compact JSON value
}

func (p *Pair) ParseJSON(line []byte) error                                          { panic("soon") }
func (p *Pair) FromLogRecord(resource pcommon.Resource, record plog.LogRecord) error { panic("soon") }
func (p *Pair) ToLogRecord(record plog.LogRecord) error                              { panic("soon") }
func (p *Pair) JSON() []byte                                                         { panic("soon") }
func (p *Pair) Members() []Member                                                    { panic("soon") }
func (p *Pair) HTTP() []Member                                                       { panic("soon") }
func (p *Pair) Request() []Member                                                    { panic("soon") }
func (p *Pair) Response() []Member                                                   { panic("soon") }
func (p *Pair) Raw(f Field) []byte                                                   { panic("soon") }
func (p *Pair) Text(f Field) string                                                  { panic("soon") }
func (p *Pair) AppendText(dst []byte, f Field) (text []byte, ok bool)                { panic("soon") }
func (p *Pair) UUID() (id UUID, ok bool)                                             { panic("soon") } // ok=false: the uuid's text is no UUID; id is then derived from content
func (p *Pair) UUIDDerived() bool                                                    { panic("soon") }
func (p *Pair) Time() (time.Time, bool)                                              { panic("soon") }
func (p *Pair) Duration() (time.Duration, bool)                                      { panic("soon") }
func (p *Pair) RequestBody() ([]byte, bool)                                          { panic("soon") }
func (p *Pair) ResponseBody() ([]byte, bool)                                         { panic("soon") }
func (p *Pair) AppendRequestBody(dst []byte) ([]byte, bool)                          { panic("soon") }
func (p *Pair) AppendResponseBody(dst []byte) ([]byte, bool)                         { panic("soon") }
func (p *Pair) BodyRepeats(response bool, decoded []byte) bool                       { panic("soon") }

func IsRRPair(record plog.LogRecord) bool   { panic("soon") }
func TraceID(p *Pair) string                { panic("soon") }
func Failed(l7protocol, status string) bool { panic("soon") }

// DecodedBody: body after base64 and Content-Encoding; error when it is larger than limit or the encoding is unknown.
func DecodedBody(p *Pair, response bool, limit int) ([]byte, error) { panic("soon") }

// EachMember calls fn for every member of a compact JSON object until fn returns false; reports whether raw is an object.
func EachMember(raw []byte, fn func(key, value []byte) bool) bool { panic("soon") }

// EachElement calls fn for every element of a compact JSON array until fn returns false; reports whether raw is an array.
func EachElement(raw []byte, fn func(value []byte) bool) bool { panic("soon") }

// AppendUnquoted appends the text of a raw JSON string (quotes included); ok=false when raw is no string.
func AppendUnquoted(dst, raw []byte) (text []byte, ok bool) { panic("soon") }

// AppendQuoted appends text as a JSON string with quotes, RFC 8785 escapes; text must be UTF-8.
func AppendQuoted(dst, text []byte) []byte { panic("soon") }

// AppendBase64 decodes a raw JSON string of strict standard base64 (re-encoding gives the same text); ok=false otherwise.
func AppendBase64(dst, raw []byte) (data []byte, ok bool) { panic("soon") }

// AppendCompact validates raw and appends it without white space, strings normalised.
func AppendCompact(dst, raw []byte) ([]byte, error) { panic("soon") }

// AppendCanonical appends raw as RFC 8785 canonical JSON.
func AppendCanonical(dst, raw []byte) ([]byte, error) { panic("soon") }

// CanonicalEqual reports whether both are valid JSON and equal as RFC 8785 canonical JSON.
func CanonicalEqual(a, b []byte) bool { panic("soon") }
