package content

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape decodes a JSON string with escapes into the splitter's memory.
func (s *Splitter) unescape(raw []byte) (text []byte, ok bool) {
	buffer := s.reserve(len(raw) + 4)
	var decoded [8]byte
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			next := bytes.IndexByte(raw[i:], '\\')
			if next < 0 {
				next = len(raw) - i
			}
			buffer = append(buffer, raw[i:i+next]...)
			i += next
			continue
		}
		end, n, _ := jsonUnit(raw, i, &decoded)
		buffer = append(buffer, decoded[:n]...)
		i = end
	}
	return s.commit(buffer)
}

// jsonUnit is the unit of JSON strings. An unknown escape stands for itself, half of a surrogate pair for U+FFFD.
func jsonUnit(raw []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	c := raw[i]
	buf[0] = c
	if c != '\\' {
		return i + 1, 1, true
	}
	if i+1 >= len(raw) {
		return i + 1, 1, false
	}
	switch raw[i+1] {
	case '"', '\\', '/':
		buf[0] = raw[i+1]
	case 'b':
		buf[0] = '\b'
	case 'f':
		buf[0] = '\f'
	case 'n':
		buf[0] = '\n'
	case 'r':
		buf[0] = '\r'
	case 't':
		buf[0] = '\t'
	case 'u':
		r := hex4(raw, i+2)
		if r < 0 {
			return i + 1, 1, false
		}
		if !utf16.IsSurrogate(r) {
			return i + 6, utf8.EncodeRune(buf[:], r), true
		}
		if i+7 < len(raw) && raw[i+6] == '\\' && raw[i+7] == 'u' {
			if pair := utf16.DecodeRune(r, hex4(raw, i+8)); pair != utf8.RuneError {
				return i + 12, utf8.EncodeRune(buf[:], pair), true
			}
		}
		return i + 6, utf8.EncodeRune(buf[:], utf8.RuneError), false
	default:
		return i + 1, 1, false
	}
	return i + 2, 1, true
}

// hex4 reads four hexadecimal digits at i, -1 when they are not there.
func hex4(raw []byte, i int) rune {
	if i+4 > len(raw) {
		return -1
	}
	var r rune
	for _, c := range raw[i : i+4] {
		digit := unhex(c)
		if digit > 15 {
			return -1
		}
		r = r<<4 | rune(digit)
	}
	return r
}

// unhex returns the value of a hexadecimal digit, more than 15 for what is none.
func unhex(c byte) byte {
	switch {
	case c-'0' <= 9:
		return c - '0'
	case c-'a' <= 5:
		return c - 'a' + 10
	case c-'A' <= 5:
		return c - 'A' + 10
	}
	return 0xff
}

// appendJSON writes a string, number or word of a JSON document. A number that is none any more becomes a string.
func appendJSON(dst []byte, part *Part, original, text []byte) []byte {
	if part.Number {
		if completeLiteral(text) || bytes.Equal(original, text) {
			return append(dst, text...)
		}
		dst = append(dst, '"')
		dst = jsonStyleOf(nil).append(dst, text)
		return append(dst, '"')
	}
	return appendEscaped(dst, original, text)
}

// appendEscaped writes a text with JSON escapes.
func appendEscaped(dst, original, text []byte) []byte {
	head, middle, tail := respell(original, text, jsonUnit)
	dst = append(dst, head...)
	if len(middle) > 0 {
		dst = jsonStyleOf(original).append(dst, middle)
	}
	return append(dst, tail...)
}

// jsonStyle is what a writer of JSON escapes beyond what it has to.
type jsonStyle struct {
	slash, html, ascii bool
	digits             string
}

const (
	lowerHex = "0123456789abcdef"
	upperHex = "0123456789ABCDEF"
)

func jsonStyleOf(original []byte) jsonStyle {
	style := jsonStyle{digits: lowerHex}
	rawHigh := false
	for i := 0; i < len(original); i++ {
		if original[i] >= utf8.RuneSelf {
			rawHigh = true
		}
		if original[i] != '\\' || i+1 >= len(original) {
			continue
		}
		i++
		switch original[i] {
		case '/':
			style.slash = true
		case 'u':
			switch r := hex4(original, i+1); {
			case r >= utf8.RuneSelf:
				style.ascii = true
			case r == '<' || r == '>' || r == '&':
				style.html = true
			}
			for j := i + 1; j < len(original) && j < i+5; j++ {
				if original[j]-'A' <= 5 {
					style.digits = upperHex
				}
			}
		}
	}
	style.ascii = style.ascii && !rawHigh
	return style
}

func (style jsonStyle) append(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"' || c == '\\' || c == '/' && style.slash:
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < 0x20 || style.html && (c == '<' || c == '>' || c == '&'):
			dst = style.appendUnit(dst, rune(c))
		case c >= utf8.RuneSelf && style.ascii:
			r, size := utf8.DecodeRune(text[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, c)
				continue
			}
			if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
				dst = style.appendUnit(style.appendUnit(dst, high), low)
			} else {
				dst = style.appendUnit(dst, r)
			}
			i += size - 1
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func (style jsonStyle) appendUnit(dst []byte, r rune) []byte {
	d := style.digits
	return append(dst, '\\', 'u', d[r>>12&15], d[r>>8&15], d[r>>4&15], d[r&15])
}
