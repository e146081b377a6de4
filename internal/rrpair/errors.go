package rrpair

import (
	"errors"
	"strconv"
	"strings"
)

// ErrNotRRPair says that a document or log record is readable, or not even an
// object, but carries no msgType "rrpair". Such a record is somebody else's.
var ErrNotRRPair = errors.New(`not an RRPair: no object with "msgType":"rrpair"`)

// Cause is why a record could not be decoded: a small fixed set, fit for a
// metric's attribute.
type Cause string

// The causes of a [DecodeError].
const (
	CauseSyntax    Cause = "syntax"       // not JSON
	CauseUTF8      Cause = "invalid_utf8" // a string is not UTF-8, or holds half a surrogate pair
	CauseNumber    Cause = "number"       // beyond the range of an IEEE 754 double, NaN or infinite
	CauseDepth     Cause = "depth"        // nested deeper than MaxDepth
	CauseDuplicate Cause = "duplicate"    // an object names a member twice
	CauseSize      Cause = "size"         // larger than MaxSize
)

// DecodeError says why a document or a log record is refused, and where.
type DecodeError struct {
	Cause  Cause
	Path   string // dotted path of the value, "" at the top
	Offset int    // byte offset in the JSON text, -1 where the input was no text
	Reason string // what is wrong, for a human
}

// Error names the place and the reason.
func (e *DecodeError) Error() string {
	message := "decode RRPair"
	if e.Path != "" {
		message += ": " + e.Path
	}
	if e.Offset >= 0 {
		message += " (offset " + strconv.Itoa(e.Offset) + ")"
	}
	return message + ": " + e.Reason
}

// maxPathName bounds how much of an unknown name an error repeats.
const maxPathName = 40

// under puts the name of an enclosing member before the path. Only names of the
// indexed levels arrive here: deeper ones can be captured content, such as the
// tokens that are keys of tokenList, and must not reach a log.
func (e *DecodeError) under(name []byte) {
	text := string(name)
	if len(text) > maxPathName {
		text = text[:maxPathName] + "…"
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	if e.Path != "" {
		text += "." + e.Path
	}
	e.Path = text
}
