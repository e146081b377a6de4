package filter

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// This file reads raw JSON without building anything. It is for bodies that
// came from anywhere: it never fails loudly, it stops where the text makes no
// sense. Offsets that it returns are never beyond the data.

func skipSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\t' || data[i] == '\n' || data[i] == '\r') {
		i++
	}
	return i
}

// skipString gives the offset behind the string that begins at i.
func skipString(data []byte, i int) (end int, ok bool) {
	start := i + 1
	for i = start; i < len(data); i++ {
		next := bytes.IndexByte(data[i:], '"')
		if next < 0 {
			break
		}
		i += next
		backslashes := 0
		for i-backslashes > start && data[i-backslashes-1] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return i + 1, true
		}
	}
	return len(data), false
}

// skipValue gives the offset behind the value that begins at i. It counts
// brackets and does not check what is between them.
func skipValue(data []byte, i int) (end int, ok bool) {
	depth := 0
	for i < len(data) {
		switch c := data[i]; c {
		case '"':
			if i, ok = skipString(data, i); !ok {
				return i, false
			}
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i, false
			}
			i++
			continue
		default:
			i = skipScalar(data, i)
		}
		if depth <= 0 {
			return i, depth == 0
		}
	}
	return len(data), false
}

// skipScalar goes over a number or a literal: everything up to a delimiter.
func skipScalar(data []byte, i int) int {
	for i < len(data) {
		switch data[i] {
		case ',', ':', ']', '}', '[', '{', '"', ' ', '\t', '\n', '\r':
			return i
		}
		i++
	}
	return i
}

// eachMember calls visit with the raw key (between its quotes) and the offset of
// the value of each member of the object at i, until visit or the text ends it.
// It says whether the whole object was visited and well-formed.
func eachMember(data []byte, i int, visit func(key []byte, value int) bool) (complete bool) {
	if i = skipSpace(data, i+1); i < len(data) && data[i] == '}' {
		return true
	}
	for i < len(data) && data[i] == '"' {
		keyEnd, ok := skipString(data, i)
		colon := skipSpace(data, keyEnd)
		if !ok || colon >= len(data) || data[colon] != ':' {
			return false
		}
		value := skipSpace(data, colon+1)
		if value >= len(data) || !visit(data[i+1:keyEnd-1], value) {
			return false
		}
		if i, ok = skipValue(data, value); !ok {
			return false
		}
		if i = skipSpace(data, i); i >= len(data) || data[i] != ',' {
			return i < len(data) && data[i] == '}'
		}
		i = skipSpace(data, i+1)
	}
	return false
}

// eachElement calls visit with the number and the offset of each element of the
// array at i, until visit or the text ends it. It says whether the whole array
// was visited and well-formed.
func eachElement(data []byte, i int, visit func(index, value int) bool) (complete bool) {
	if i = skipSpace(data, i+1); i < len(data) && data[i] == ']' {
		return true
	}
	for index := 0; i < len(data); index++ {
		if !visit(index, i) {
			return false
		}
		var ok bool
		if i, ok = skipValue(data, i); !ok {
			return false
		}
		if i = skipSpace(data, i); i >= len(data) || data[i] != ',' {
			return i < len(data) && data[i] == ']'
		}
		i = skipSpace(data, i+1)
	}
	return false
}

// appendUnquoted appends the text of a raw string (between its quotes). A broken
// escape is kept as it stands, half a surrogate pair becomes U+FFFD.
func appendUnquoted(dst, raw []byte) []byte {
	for {
		escape := bytes.IndexByte(raw, '\\')
		if escape < 0 || escape+1 >= len(raw) {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:escape]...)
		c := raw[escape+1]
		raw = raw[escape+2:]
		switch c {
		case 'n':
			dst = append(dst, '\n')
		case 't':
			dst = append(dst, '\t')
		case 'r':
			dst = append(dst, '\r')
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'u':
			r, ok := hexRune(raw)
			if !ok {
				dst = append(dst, '\\', 'u')
				continue
			}
			raw = raw[4:]
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
					low, _ = hexRune(raw[2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					raw = raw[6:]
				}
			}
			dst = utf8.AppendRune(dst, r)
		default: // " \ / and, leniently, anything else
			dst = append(dst, c)
		}
	}
}

// hexRune reads four hex digits.
func hexRune(raw []byte) (rune, bool) {
	if len(raw) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range raw[:4] {
		switch {
		case isDigit(c):
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// sameText says that a raw string (between its quotes) means the text.
func sameText(raw []byte, text string, room *scratch) bool {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw) == text
	}
	room.text = appendUnquoted(room.text[:0], raw)
	return string(room.text) == text
}
