package rrpairreceiver

import (
	"bytes"
	"errors"
)

// maxJSONNesting bounds the brackets of an OTLP/JSON request, as maxWireNesting
// bounds its binary form: one level of an RRPair takes four of them here.
const maxJSONNesting = 15_000

var errJSONNesting = errors.New("objects and arrays are nested deeper than 15000 levels")

// checkJSONNesting refuses text whose brackets lie deeper in one another than
// limit. It looks at nothing else: the decoder reports what is malformed.
func checkJSONNesting(data []byte, limit int) error {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			if depth++; depth > limit {
				return errJSONNesting
			}
		case '}', ']':
			depth = max(depth-1, 0)
		case '"':
			i = endOfString(data, i+1)
		}
	}
	return nil
}

// endOfString returns the index of the closing quote of a string that begins at
// start, or the end of the data.
func endOfString(data []byte, start int) int {
	for at := start; ; at++ {
		offset := bytes.IndexByte(data[at:], '"')
		if offset < 0 {
			return len(data)
		}
		at += offset
		slashes := 0
		for at-slashes > start && data[at-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return at
		}
	}
}
