package content

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// splitJSON splits one JSON value or several after each other. It is more forgiving than the standard: raw control
// characters, unknown escapes and bytes that are not UTF-8 are taken as they are.
func (s *Splitter) splitJSON(dst []Part, text []byte) ([]Part, error) {
	base, n, i := len(dst), len(text), jsonPrefix(text)
	s.stack = s.stack[:0]
	var (
		name   []byte
		p      *Part
		parent = int32(-1)
		index  = int32(-1)
		values = int32(0)
		object = false
	)
	fail := func(kind error, reason string) ([]Part, error) {
		for _, open := range s.stack {
			dst[base+int(open.part)].End = n
		}
		return dst, &Error{Kind: kind, Format: JSON, Offset: i, Reason: reason}
	}
value:
	for i < n && isSpace(text[i]) {
		i++
	}
	if i >= n {
		return fail(ErrTruncated, "a value is missing")
	}
	if len(dst)-base >= MaxParts-2 {
		return fail(ErrTooLarge, "too many parts")
	}
	switch c := text[i]; {
	case c == '"':
		start := i + 1
		end, escaped := scanString(text, start)
		dst, p = add(dst)
		p.set(start, end, name, text[start:end:end], parent, index)
		if end >= n || escaped {
			if end >= n {
				end = dropHalfEscape(text, start)
				p.End, p.Text = end, text[start:end:end]
			}
			if escaped {
				decoded, ok := s.unescape(p.Text)
				if !ok {
					dst = dst[:len(dst)-1]
					return fail(ErrTooLarge, "")
				}
				p.Text = decoded
			}
			if p.End >= n || text[p.End] != '"' {
				i = n
				return fail(ErrTruncated, "a string is not closed")
			}
		}
		i = end + 1
	case c == '{' || c == '[':
		if len(s.stack) >= MaxDepth {
			return fail(ErrTooDeep, "")
		}
		dst, p = add(dst)
		p.set(i, i, name, nil, parent, index)
		p.Opaque = true
		parent, object = int32(len(dst)-1-base), c == '{'
		s.stack = append(s.stack, frame{part: parent, object: object})
		i++
		for i < n && isSpace(text[i]) {
			i++
		}
		if i < n && text[i] == c+2 { // } and ] are two after { and [
			goto after
		}
		if object {
			goto key
		}
		name, index = nil, 0
		goto value
	default:
		end := scanLiteral(text, i)
		if end < 0 {
			return fail(ErrSyntax, "not a value")
		}
		dst, p = add(dst)
		p.set(i, end, name, text[i:end:end], parent, index)
		p.Number = true
		if !completeLiteral(p.Text) {
			if end >= n {
				i = n
				return fail(ErrTruncated, "a number or word is not complete")
			}
			dst = dst[:len(dst)-1]
			return fail(ErrSyntax, "not a value")
		}
		i = end
	}
after:
	for i < n && isSpace(text[i]) {
		i++
	}
	if parent < 0 {
		if i >= n {
			return dst, nil
		}
		if values++; values == 1 {
			dst[base].Index = 0
		}
		name, index = nil, values
		goto value
	}
	if i >= n {
		return fail(ErrTruncated, "an object or array is not closed")
	}
	switch c := text[i]; {
	case c == ',':
		i++
		if object {
			goto key
		}
		name = nil
		index++
		goto value
	case c == '}' && object || c == ']' && !object:
		i++
		top := &dst[base+int(parent)]
		top.End = i
		parent = top.Parent
		s.stack = s.stack[:len(s.stack)-1]
		object, index = false, top.Index
		if len(s.stack) > 0 {
			object = s.stack[len(s.stack)-1].object
		}
		goto after
	}
	return fail(ErrSyntax, "expected , or the end of an object or array")
key:
	for i < n && isSpace(text[i]) {
		i++
	}
	if i >= n {
		return fail(ErrTruncated, "a key is missing")
	}
	if text[i] != '"' {
		return fail(ErrSyntax, "expected a key")
	}
	{
		start := i + 1
		end, escaped := scanString(text, start)
		dst, p = add(dst)
		p.set(start, end, nil, text[start:end:end], parent, -1)
		p.Key = true
		if end >= n {
			end = dropHalfEscape(text, start)
			p.End, p.Text = end, text[start:end:end]
		}
		if escaped {
			decoded, ok := s.unescape(p.Text)
			if !ok {
				dst = dst[:len(dst)-1]
				return fail(ErrTooLarge, "")
			}
			p.Text = decoded
		}
		if p.End >= n || text[p.End] != '"' {
			i = n
			return fail(ErrTruncated, "a key is not closed")
		}
		name = p.Text
		i = end + 1
	}
	for i < n && isSpace(text[i]) {
		i++
	}
	if i >= n {
		return fail(ErrTruncated, "a member's value is missing")
	}
	if text[i] != ':' {
		return fail(ErrSyntax, "expected : after a key")
	}
	i++
	index = -1
	goto value
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// jsonPrefix returns the length of what may stand before a document: a byte order mark, the guard against being run as
// a script.
func jsonPrefix(text []byte) int {
	i := 0
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		i = 3
	}
	if bytes.HasPrefix(text[i:], []byte(")]}'")) {
		if line := bytes.IndexByte(text[i:], '\n'); line >= 0 && line <= 6 {
			i += line + 1
		}
	}
	return i
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// scanString returns where the quote that ends the string at i is (the length of text when there is none), and
// whether there are escapes before it.
func scanString(text []byte, i int) (end int, escaped bool) {
	for {
		for i+8 <= len(text) {
			word := binary.LittleEndian.Uint64(text[i:])
			quotes, escapes := word^(lowBits*'"'), word^(lowBits*'\\')
			found := ((quotes-lowBits)&^quotes | (escapes-lowBits)&^escapes) & highBits
			if found != 0 {
				i += bits.TrailingZeros64(found) >> 3
				break
			}
			i += 8
		}
		for i < len(text) && text[i] != '"' && text[i] != '\\' {
			i++
		}
		if i >= len(text) {
			return len(text), escaped
		}
		if text[i] == '"' {
			return i, escaped
		}
		escaped = true
		i += 2
	}
}

// dropHalfEscape returns where a string that text ends within stops being readable.
func dropHalfEscape(text []byte, start int) int {
	at := max(start, len(text)-6)
	if i := bytes.LastIndexByte(text[at:], '\\'); i >= 0 {
		at += i
		slashes := 0
		for j := at; j >= start && text[j] == '\\'; j-- {
			slashes++
		}
		left := len(text) - at
		if slashes%2 == 1 && (left == 1 || text[at+1] == 'u' && left < 6) {
			return at
		}
	}
	return len(text)
}

// scanLiteral returns where the number or word at i ends, -1 when there is neither.
func scanLiteral(text []byte, i int) int {
	start := i
	for i < len(text) {
		c := text[i]
		if c-'0' > 9 && (c|0x20)-'a' > 25 && c != '.' && c != '-' && c != '+' {
			break
		}
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// completeLiteral reports whether text is a JSON number, true, false or null.
func completeLiteral(text []byte) bool {
	i, n := 0, len(text)
	if n > 0 && text[0] >= 'a' {
		return string(text) == "true" || string(text) == "false" || string(text) == "null"
	}
	if i < n && text[i] == '-' {
		i++
	}
	if i >= n {
		return false
	}
	if text[i] == '0' {
		i++
	} else if i = digits(text, i); i < 0 {
		return false
	}
	if i < n && text[i] == '.' {
		if i = digits(text, i+1); i < 0 {
			return false
		}
	}
	if i < n && text[i]|0x20 == 'e' {
		i++
		if i < n && (text[i] == '+' || text[i] == '-') {
			i++
		}
		if i = digits(text, i); i < 0 {
			return false
		}
	}
	return i == n
}

// digits returns where the digits at i end, -1 when there is none.
func digits(text []byte, i int) int {
	start := i
	for i < len(text) && text[i]-'0' <= 9 {
		i++
	}
	if i == start {
		return -1
	}
	return i
}
