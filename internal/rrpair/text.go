package rrpair

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

const (
	everyByte = 0x0101010101010101 // times c: c in each of the eight bytes
	highBits  = 0x8080808080808080
	hexDigits = "0123456789abcdef"
)

// cleanRun returns the index of the first byte at or after from that cannot
// stand in a JSON string as it is: a quote, a backslash, a control character,
// or a byte beyond ASCII (which still has to be checked as UTF-8). It returns
// len(b) when there is none.
func cleanRun(b []byte, from int) int {
	i := from
	for ; len(b)-i >= 8; i += 8 {
		if special := specialBytes(binary.LittleEndian.Uint64(b[i:])); special != 0 {
			return i + bits.TrailingZeros64(special)>>3
		}
	}
	rest := len(b) - i
	if rest <= 0 {
		return len(b)
	}
	if len(b) >= 8 {
		// The last eight bytes overlap what was seen; shift that out and let
		// spaces fill its place.
		shift := uint(8-rest) * 8
		word := binary.LittleEndian.Uint64(b[len(b)-8:])>>shift | (everyByte*' ')<<(uint(rest)*8)
		if special := specialBytes(word); special != 0 {
			return i + bits.TrailingZeros64(special)>>3
		}
		return len(b)
	}
	for ; i < len(b); i++ {
		if c := b[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}

// specialBytes sets the high bit of each byte of word that cleanRun looks for.
// Only the lowest one set is certain: a borrow can spill upwards from it.
func specialBytes(word uint64) uint64 {
	quote := word ^ everyByte*'"'
	slash := word ^ everyByte*'\\'
	return (word | (word - everyByte*' ') | (quote - everyByte) | (slash - everyByte)) & highBits
}

// isClean reports whether all of b can stand in a JSON string as it is.
func isClean(b []byte) bool {
	n, whole := len(b), b
	switch {
	case n >= 8:
		for len(b) >= 32 {
			if specialBytes(binary.LittleEndian.Uint64(b))|specialBytes(binary.LittleEndian.Uint64(b[8:]))|
				specialBytes(binary.LittleEndian.Uint64(b[16:]))|specialBytes(binary.LittleEndian.Uint64(b[24:])) != 0 {
				return false
			}
			b = b[32:]
		}
		var special uint64
		for len(b) >= 8 {
			special |= specialBytes(binary.LittleEndian.Uint64(b))
			b = b[8:]
		}
		// What is left may overlap what was seen.
		return special|specialBytes(binary.LittleEndian.Uint64(whole[n-8:])) == 0
	case n >= 4:
		// Two halves that may overlap.
		return specialBytes(uint64(binary.LittleEndian.Uint32(b))|uint64(binary.LittleEndian.Uint32(b[n-4:]))<<32) == 0
	}
	return cleanRun(b, 0) == n
}

// invalidUTF8 returns the index of the first byte of the run of non-ASCII bytes
// at from that is not UTF-8, and otherwise -1 with the index behind the run.
func invalidUTF8(b []byte, from int) (behind, invalid int) {
	i := from
	for i < len(b) && b[i] >= utf8.RuneSelf {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size <= 1 {
			return i, i
		}
		i += size
	}
	return i, -1
}

// appendEscaped appends text with the escapes of RFC 8785 and without quotes.
// invalid is the index of the first byte that is not UTF-8, or -1.
func appendEscaped(dst, text []byte) (out []byte, invalid int) {
	start := 0
	for i := 0; ; {
		i = cleanRun(text, i)
		if i == len(text) {
			return append(dst, text[start:]...), -1
		}
		c := text[i]
		if c >= utf8.RuneSelf {
			behind, bad := invalidUTF8(text, i)
			if bad >= 0 {
				return dst, bad
			}
			i = behind
			continue
		}
		dst = append(dst, text[start:i]...)
		dst = appendEscape(dst, c)
		i++
		start = i
	}
}

// appendEscape appends the RFC 8785 escape of a quote, a backslash or a control
// character.
func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\t':
		return append(dst, '\\', 't')
	case '\n':
		return append(dst, '\\', 'n')
	case '\f':
		return append(dst, '\\', 'f')
	case '\r':
		return append(dst, '\\', 'r')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// AppendQuoted appends text as a JSON string, quotes included, with the escapes
// of RFC 8785. Bytes that are not UTF-8 become U+FFFD, since JSON cannot carry
// them; check the text first where that matters.
func AppendQuoted(dst, text []byte) []byte {
	dst = append(dst, '"')
	for {
		out, invalid := appendEscaped(dst, text)
		if invalid < 0 {
			return append(out, '"')
		}
		dst, _ = appendEscaped(dst, text[:invalid])
		dst = append(dst, "\uFFFD"...)
		text = text[invalid+1:]
	}
}

// AppendUnquoted appends the text that a raw JSON string stands for. ok is
// false, and nothing is appended, when raw is no JSON string; raw must be valid
// JSON, as every value of a [Pair] is.
func AppendUnquoted(dst, raw []byte) (text []byte, ok bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return dst, false
	}
	return appendUnescaped(dst, raw[1:len(raw)-1]), true
}

// appendUnescaped appends what the inside of a valid JSON string stands for.
func appendUnescaped(dst, inner []byte) []byte {
	for {
		slash := indexByte(inner, '\\')
		if slash < 0 || slash+1 >= len(inner) {
			return append(dst, inner...)
		}
		dst = append(dst, inner[:slash]...)
		r, width := unescape(inner[slash:])
		dst = utf8.AppendRune(dst, r)
		inner = inner[slash+width:]
	}
}

// unescape decodes the escape at the beginning of b, which must be valid, and
// returns how many bytes it took: a surrogate pair counts as one.
func unescape(b []byte) (r rune, width int) {
	if len(b) < 2 {
		return utf8.RuneError, 1
	}
	switch b[1] {
	case 'b':
		return '\b', 2
	case 't':
		return '\t', 2
	case 'n':
		return '\n', 2
	case 'f':
		return '\f', 2
	case 'r':
		return '\r', 2
	case 'u':
		first, ok := hexRune(b)
		if !ok {
			return utf8.RuneError, min(6, len(b))
		}
		if utf16.IsSurrogate(first) {
			if second, ok := hexRune(b[6:]); ok {
				return utf16.DecodeRune(first, second), 12
			}
		}
		return first, 6
	}
	return rune(b[1]), 2
}

// hexRune reads the \uXXXX at the beginning of b.
func hexRune(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// textEquals reports whether a raw JSON string stands for text, without
// allocating. raw must be valid JSON.
func textEquals(raw, text []byte) bool {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return false
	}
	inner := raw[1 : len(raw)-1]
	for {
		slash := indexByte(inner, '\\')
		if slash < 0 {
			return string(inner) == string(text)
		}
		if slash > len(text) || string(inner[:slash]) != string(text[:slash]) {
			return false
		}
		r, width := unescape(inner[slash:])
		var encoded [utf8.UTFMax]byte
		size := utf8.EncodeRune(encoded[:], r)
		text = text[slash:]
		if len(text) < size || string(text[:size]) != string(encoded[:size]) {
			return false
		}
		text, inner = text[size:], inner[slash+width:]
	}
}

// bytesOf views a string as bytes, which must not be written to.
func bytesOf(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }
