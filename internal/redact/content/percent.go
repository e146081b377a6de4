package content

import "bytes"

// byteSet is a set of bytes.
type byteSet [4]uint64

func setOf(bytes string) (set byteSet) {
	for i := 0; i < len(bytes); i++ {
		set.add(bytes[i])
	}
	return set
}

func (set *byteSet) add(c byte) { set[c>>6] |= 1 << (c & 63) }
func (set *byteSet) remove(bytes string) {
	for i := range len(bytes) {
		set[bytes[i]>>6] &^= 1 << (bytes[i] & 63)
	}
}
func (set *byteSet) has(c byte) bool { return set[c>>6]>>(c&63)&1 != 0 }

// unreserved are the bytes that no percent-encoding ever has to encode.
const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

// percentUnit is the unit of percent-encoded texts where a plus is a plus.
func percentUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	c := encoded[i]
	buf[0] = c
	if c != '%' {
		return i + 1, 1, true
	}
	if i+2 < len(encoded) {
		if high, low := unhex(encoded[i+1]), unhex(encoded[i+2]); high|low < 16 {
			buf[0] = high<<4 | low
			return i + 3, 1, true
		}
	}
	return i + 1, 1, false
}

// plusUnit is the unit where a plus is a space: forms and queries.
func plusUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	if encoded[i] == '+' {
		buf[0] = ' '
		return i + 1, 1, true
	}
	return percentUnit(encoded, i, buf)
}

// unpercent decodes a percent-encoded text; what has nothing to decode is given as it is.
func (s *Splitter) unpercent(encoded []byte, plus bool) (text []byte, ok bool) {
	first := -1
	for i, c := range encoded {
		if c == '%' || c == '+' && plus {
			first = i
			break
		}
	}
	if first < 0 {
		return encoded[:len(encoded):len(encoded)], true
	}
	buffer := append(s.reserve(len(encoded)), encoded[:first]...)
	for i := first; i < len(encoded); i++ {
		c := encoded[i]
		switch {
		case c == '+' && plus:
			c = ' '
		case c == '%' && i+2 < len(encoded):
			if high, low := unhex(encoded[i+1]), unhex(encoded[i+2]); high|low < 16 {
				c = high<<4 | low
				i += 2
			}
		}
		buffer = append(buffer, c)
	}
	return s.commit(buffer)
}

// percentStyle is how a percent-encoded text is written.
type percentStyle struct {
	raw    byteSet // what stands for itself
	digits string
	plus   bool // a space is a plus
}

// percentStyleOf takes the style of original: besides what is always raw, what original has raw stays so unless it is
// special at that place. Spaces, control characters, percent signs and, where plus says so, pluses are always encoded.
func percentStyleOf(original []byte, raw, special string, plus bool) percentStyle {
	style := percentStyle{raw: setOf(raw), digits: upperHex, plus: plus}
	high, space := false, false
	for i := 0; i < len(original); i++ {
		c := original[i]
		switch {
		case c == '%' && i+2 < len(original) && unhex(original[i+1])|unhex(original[i+2]) < 16:
			if original[i+1] >= 'a' || original[i+2] >= 'a' {
				style.digits = lowerHex
			}
			space = space || original[i+1] == '2' && original[i+2] == '0'
			i += 2
		case c >= 0x80:
			high = true
		case c > ' ' && c < 0x7f:
			style.raw.add(c)
		}
	}
	if high {
		style.raw[2], style.raw[3] = ^uint64(0), ^uint64(0)
	}
	style.raw.remove(special)
	style.raw.remove("%")
	if plus {
		style.raw.remove("+")
		style.plus = !space || bytes.IndexByte(original, '+') >= 0
	}
	return style
}

func (style *percentStyle) append(dst, text []byte) []byte {
	for _, c := range text {
		switch {
		case style.raw.has(c):
			dst = append(dst, c)
		case c == ' ' && style.plus:
			dst = append(dst, '+')
		default:
			dst = style.escape(dst, c)
		}
	}
	return dst
}

func (style *percentStyle) escape(dst []byte, c byte) []byte {
	return append(dst, '%', style.digits[c>>4], style.digits[c&15])
}

// respellPercent writes text in place of original. raw is what is never encoded, special what is always, both beyond the
// style of original. A first or last byte that is among edges is encoded, because there it would mean something else.
func respellPercent(dst, original, text []byte, plus bool, raw, special, edges string) []byte {
	next := percentUnit
	if plus {
		next = plusUnit
	}
	head, middle, tail := respell(original, text, next)
	if len(head) == len(original) && len(middle) == 0 && len(tail) == 0 {
		return append(dst, original...)
	}
	style := percentStyleOf(original, raw, special, plus)
	start := len(dst)
	dst = append(dst, head...)
	dst = style.append(dst, middle)
	dst = append(dst, tail...)
	if edges == "" {
		return dst
	}
	guarded := setOf(edges)
	if last := len(dst) - 1; last >= start && guarded.has(dst[last]) {
		dst = style.escape(dst[:last], dst[last])
	}
	if len(dst) > start && guarded.has(dst[start]) {
		first := dst[start]
		dst = append(dst, 0, 0)
		copy(dst[start+3:], dst[start+1:len(dst)-2])
		style.escape(dst[:start], first)
	}
	return dst
}

// plusIsSpace reports whether a percent-encoded text that stands alone was encoded as forms are: it has pluses both ways,
// or is a key whose header has pluses.
func plusIsSpace(encoded []byte) bool {
	switch {
	case bytes.IndexByte(encoded, '+') < 0 || bytes.IndexByte(encoded, '%') < 0:
		return false
	case bytes.Contains(encoded, []byte("-BEGIN+")):
		return true
	}
	return bytes.IndexByte(encoded, ' ') < 0 && !bytes.Contains(encoded, []byte("%20")) &&
		(bytes.Contains(encoded, []byte("%2B")) || bytes.Contains(encoded, []byte("%2b")))
}

// splitPercent gives a percent-encoded text as one part.
func (s *Splitter) splitPercent(dst []Part, text []byte) ([]Part, error) {
	decoded, ok := s.unpercent(text, plusIsSpace(text))
	if !ok {
		return dst, &Error{Kind: ErrTooLarge, Format: Percent}
	}
	return append(dst, Part{End: len(text), Text: decoded, Parent: -1, Index: -1}), nil
}

func appendPercent(dst, original, text []byte) []byte {
	return respellPercent(dst, original, text, plusIsSpace(original), unreserved, "", "")
}
