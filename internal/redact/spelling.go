package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strconv"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// spelling is how a copy of a value is written in a text that no container explains.
type spelling uint8

const (
	spelledPlain   spelling = iota
	spelledPercent          // %40
	spelledPlus             // the same, with + for a space
	spelledEscaped          // \n, \u0040
	spelledHTML             // &amp;
	spelledHex
	spelledBase64 // within a longer run of base64; what has to stand there is in hit.written
)

// fold is the lower case of an ASCII letter.
func fold(c byte) byte {
	if c-'A' <= 25 {
		return c | 0x20
	}
	return c
}

const hexDigits = "0123456789ABCDEF"

// appendSpelled appends text in a spelling; what stands there now says which case of hexadecimal digits is used.
func appendSpelled(dst []byte, how spelling, text, now []byte) []byte {
	switch how {
	case spelledPercent, spelledPlus:
		for _, c := range text {
			switch {
			case wordByte(c) || c == '-' || c == '_' || c == '.' || c == '~':
				dst = append(dst, c)
			case c == ' ' && how == spelledPlus:
				dst = append(dst, '+')
			default:
				dst = append(dst, '%', hexDigits[c>>4], hexDigits[c&15])
			}
		}
		return dst
	case spelledEscaped:
		start := len(dst)
		dst = rrpair.AppendQuoted(dst, text)
		copy(dst[start:], dst[start+1:len(dst)-1])
		return dst[:len(dst)-2]
	case spelledHTML:
		for _, c := range text {
			switch c {
			case '&':
				dst = append(dst, "&amp;"...)
			case '<':
				dst = append(dst, "&lt;"...)
			case '>':
				dst = append(dst, "&gt;"...)
			case '"':
				dst = append(dst, "&#34;"...)
			case '\'':
				dst = append(dst, "&#39;"...)
			default:
				dst = append(dst, c)
			}
		}
		return dst
	case spelledHex:
		start := len(dst)
		dst = hex.AppendEncode(dst, text)
		if bytes.ContainsAny(now, "ABCDEF") {
			for i := start; i < len(dst); i++ {
				if dst[i] >= 'a' {
					dst[i] -= 'a' - 'A'
				}
			}
		}
		return dst
	}
	return append(dst, text...)
}

// matchSpelled reports whether text begins with value, in ASCII of either case, each byte plain or in one of the
// spellings; length is how much of text that takes.
func matchSpelled(text, value []byte) (length int, how spelling, ok bool) {
	i := 0
	for k, want := range value {
		if i >= len(text) {
			return 0, how, false
		}
		c := text[i]
		size, found, plain := 0, spelledPlain, byte(0)
		switch c {
		case '%':
			size, found, plain = percentByte(text[i:])
		case '+':
			size, found, plain = 1, spelledPlus, ' '
		case '\\':
			size, found, plain = escapedByte(text[i:])
		case '&':
			size, found, plain = entityByte(text[i:])
		}
		if fold(c) == fold(want) && (size < 2 || fold(plain) != fold(want) || bytes.HasPrefix(value[k:], text[i:i+size])) {
			i++
			continue
		}
		if size == 0 || fold(plain) != fold(want) || how != spelledPlain && how != found && (how > spelledPlus || found > spelledPlus) {
			return 0, how, false
		}
		how = max(how, found)
		i += size
	}
	return i, how, true
}

func percentByte(text []byte) (int, spelling, byte) {
	if len(text) < 3 {
		return 0, 0, 0
	}
	var c [1]byte
	if _, err := hex.Decode(c[:], text[1:3]); err != nil {
		return 0, 0, 0
	}
	return 3, spelledPercent, c[0]
}

func escapedByte(text []byte) (int, spelling, byte) {
	if len(text) < 2 {
		return 0, 0, 0
	}
	switch c := text[1]; c {
	case 'n':
		return 2, spelledEscaped, '\n'
	case 'r':
		return 2, spelledEscaped, '\r'
	case 't':
		return 2, spelledEscaped, '\t'
	case '"', '\\', '/', '\'':
		return 2, spelledEscaped, c
	case 'u':
		if len(text) >= 6 && text[2] == '0' && text[3] == '0' {
			var b [1]byte
			if _, err := hex.Decode(b[:], text[4:6]); err == nil && b[0] < 0x80 {
				return 6, spelledEscaped, b[0]
			}
		}
	}
	return 0, 0, 0
}

func entityByte(text []byte) (int, spelling, byte) {
	if len(text) > 3 && text[1] == '#' {
		return numericByte(text)
	}
	for _, e := range [...]struct {
		text  string
		plain byte
	}{{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}} {
		if len(text) >= len(e.text) && string(text[:len(e.text)]) == e.text {
			return len(e.text), spelledHTML, e.plain
		}
	}
	return 0, 0, 0
}

// numericByte reads an ASCII character reference such as &#64; or &#x40;.
func numericByte(text []byte) (int, spelling, byte) {
	end := bytes.IndexByte(text[:min(len(text), 9)], ';')
	if end < 3 {
		return 0, 0, 0
	}
	digits, base := text[2:end], 10
	if digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 7)
	if err != nil {
		return 0, 0, 0
	}
	return end + 1, spelledHTML, byte(n)
}

// The alphabets of base64 by needle.url.
func alphabet(url bool) *base64.Encoding {
	if url {
		return base64.RawURLEncoding
	}
	return base64.RawStdEncoding
}

// inAlphabet reports whether c is a digit of base64.
func inAlphabet(c byte, url bool) bool {
	if wordByte(c) {
		return true
	}
	if url {
		return c == '-' || c == '_'
	}
	return c == '+' || c == '/'
}
