package rrpair

import "unicode/utf8"

// AppendCompact checks that raw is one JSON value and appends it without white
// space and with the string escapes of RFC 8785; numbers and the order of
// members stay. The error is a [*DecodeError]; nothing is appended then.
func AppendCompact(dst, raw []byte) ([]byte, error) {
	scan := scanner{text: raw}
	if !scan.document() {
		return dst, scan.fail
	}
	if !scan.loose {
		return append(dst, raw...), nil
	}
	start := len(dst)
	dst = appendNormal(dst, raw)
	scan = scanner{text: dst[start:], keys: scan.keys}
	if !scan.document() {
		// Two names that differ in their escapes alone.
		return dst[:start], scan.fail
	}
	return dst, nil
}

// appendNormal appends valid JSON without white space and with the escapes of
// RFC 8785.
func appendNormal(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', '\t', '\n', '\r':
			i++
		case '"':
			behind := skipString(text, i)
			dst = appendNormalString(dst, text[i+1:behind-1])
			i = behind
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

func appendNormalString(dst, inner []byte) []byte {
	dst = append(dst, '"')
	for {
		slash := indexByte(inner, '\\')
		if slash < 0 || slash+1 >= len(inner) {
			return append(append(dst, inner...), '"')
		}
		dst = append(dst, inner[:slash]...)
		r, width := unescape(inner[slash:])
		if r < ' ' || r == '"' || r == '\\' {
			dst = appendEscape(dst, byte(r))
		} else {
			dst = utf8.AppendRune(dst, r)
		}
		inner = inner[slash+width:]
	}
}
