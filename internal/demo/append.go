package demo

import (
	"encoding/base64"
	"strconv"
	"time"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendQuoted appends text as a JSON string. Its escapes are those of RFC 8785: the short forms, else \u00xx.
func appendQuoted[T string | []byte](dst []byte, text T) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, text)
	return append(dst, '"')
}

func appendEscaped[T string | []byte](dst []byte, text T) []byte {
	clean := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, text[clean:i]...)
		clean = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(dst, text[clean:]...)
}

// appendBase64Text appends the standard base64 of data in quotes.
func appendBase64Text(dst, data []byte) []byte {
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, data)
	return append(dst, '"')
}

func appendHex(dst, data []byte) []byte {
	for _, b := range data {
		dst = append(dst, hexDigits[b>>4], hexDigits[b&15])
	}
	return dst
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// appendDigits appends n with leading zeros up to width.
func appendDigits(dst []byte, n uint64, width int) []byte {
	start := len(dst)
	for range width {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; i >= start; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return dst
}

// appendCents appends an amount of cents as a decimal number without trailing zeros, as encoders of JSON numbers do.
func appendCents(dst []byte, cents int64) []byte {
	dst = appendInt(dst, cents/100)
	switch rest := cents % 100; {
	case rest == 0:
		return dst
	case rest%10 == 0:
		return append(dst, '.', byte('0'+rest/10))
	default:
		return append(dst, '.', byte('0'+rest/10), byte('0'+rest%10))
	}
}

// appendTime appends RFC 3339 in UTC with 0, 3, 6 or 9 fraction digits, which is what proto3's JSON prints.
func appendTime(dst []byte, unixNanos int64) []byte {
	dst = time.Unix(0, unixNanos).UTC().AppendFormat(dst, "2006-01-02T15:04:05")
	fraction := uint64(unixNanos % int64(time.Second))
	switch {
	case fraction == 0:
	case fraction%1e6 == 0:
		dst = appendDigits(append(dst, '.'), fraction/1e6, 3)
	case fraction%1e3 == 0:
		dst = appendDigits(append(dst, '.'), fraction/1e3, 6)
	default:
		dst = appendDigits(append(dst, '.'), fraction, 9)
	}
	return append(dst, 'Z')
}

// appendHTTPDate appends the form of the Date header, RFC 9110 section 5.6.7.
func appendHTTPDate(dst []byte, unixNanos int64) []byte {
	return time.Unix(0, unixNanos).UTC().AppendFormat(dst, "Mon, 02 Jan 2006 15:04:05 GMT")
}

// appendForm appends text as it stands in a form or query string.
func appendForm[T string | []byte](dst []byte, text T) []byte {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == ' ':
			dst = append(dst, '+')
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.', c == '_', c == '~':
			dst = append(dst, c)
		default:
			dst = append(dst, '%', hexDigits[c>>4]-32*(hexDigits[c>>4]/'a'), hexDigits[c&15]-32*(hexDigits[c&15]/'a'))
		}
	}
	return dst
}

func appendUUID(dst []byte, id [16]byte) []byte {
	for i := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hexDigits[id[i]>>4], hexDigits[id[i]&15])
	}
	return dst
}

// appendASCII appends text with every letter beyond ASCII left out and upper case lowered: the local part of an e-mail address.
func appendASCII(dst []byte, text string) []byte {
	for _, letter := range text {
		if letter < utf8.RuneSelf && letter != ' ' && letter != '\'' {
			if letter >= 'A' && letter <= 'Z' {
				letter += 'a' - 'A'
			}
			dst = append(dst, byte(letter))
		}
	}
	return dst
}

func appendIPv4(dst []byte, ip [4]byte) []byte {
	for i, part := range ip {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = strconv.AppendUint(dst, uint64(part), 10)
	}
	return dst
}
