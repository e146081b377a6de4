package content

import (
	"unicode/utf8"
)

// isUnicodeString reports whether what stands before a quote makes it a string U&'…'.
func isUnicodeString(before []byte) bool {
	n := len(before)
	return n >= 2 && before[n-1] == '&' && before[n-2]|0x20 == 'u' && (n == 2 || !isNameStart(before[n-3]) && before[n-3]-'0' > 9)
}

// unicodeUnit is the unit of U&'…': \0040, \+000040, a doubled backslash or quote.
func unicodeUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	if encoded[i] != '\\' {
		return doubledUnit(encoded, i, buf, '\'')
	}
	buf[0] = '\\'
	if i+1 < len(encoded) && encoded[i+1] == '\\' {
		return i + 2, 1, true
	}
	if r := hex4(encoded, i+1); r >= 0 && utf8.ValidRune(r) {
		return i + 5, utf8.EncodeRune(buf[:], r), true
	}
	if i+8 <= len(encoded) && encoded[i+1] == '+' {
		high, low := hexByte(encoded, i+2), hex4(encoded, i+4)
		if r := rune(high)<<16 | low; high >= 0 && low >= 0 && utf8.ValidRune(r) {
			return i + 8, utf8.EncodeRune(buf[:], r), true
		}
	}
	return i + 1, 1, false
}

// appendUnicode writes a string of U&'…'.
func appendUnicode(dst, original, text []byte) []byte {
	head, middle, tail := respell(original, text, unicodeUnit)
	dst = append(dst, head...)
	for len(middle) > 0 {
		c := middle[0]
		if c == '\'' || c == '\\' {
			dst = append(dst, c)
		}
		size := 1
		if c >= utf8.RuneSelf {
			_, size = utf8.DecodeRune(middle)
		}
		dst = append(dst, middle[:size]...)
		middle = middle[size:]
	}
	return append(dst, tail...)
}
