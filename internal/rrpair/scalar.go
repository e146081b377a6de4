package rrpair

import (
	"bytes"
	"math"
	"strconv"
	"time"
)

func indexByte(b []byte, c byte) int { return bytes.IndexByte(b, c) }

// parseInt reads a JSON integer that fits an int64; false for anything else,
// also for a number with a fraction or an exponent.
func parseInt(raw []byte) (int64, bool) {
	digits := raw
	negative := len(raw) > 0 && raw[0] == '-'
	if negative {
		digits = raw[1:]
	}
	if len(digits) == 0 || len(digits) > 19 {
		return 0, false
	}
	var value uint64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		value = value*10 + uint64(c-'0')
	}
	switch {
	case negative && value <= 1<<63:
		return -int64(value), true
	case !negative && value <= math.MaxInt64:
		return int64(value), true
	}
	return 0, false
}

// appendDouble appends a finite double as RFC 8785 writes it, which is as
// ECMAScript does: 1 for 1.0, no sign on zero.
func appendDouble(dst []byte, value float64) []byte {
	if value == 0 {
		return append(dst, '0')
	}
	size := math.Abs(value)
	if size < 1<<53 && value == math.Trunc(value) {
		return strconv.AppendInt(dst, int64(value), 10)
	}
	if size >= 1e-6 && size < 1e21 {
		return strconv.AppendFloat(dst, value, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, value, 'e', -1, 64)
	// Go writes at least two digits of exponent, ECMAScript does not.
	if n := len(dst); n >= 4 && dst[n-2] == '0' && (dst[n-3] == '-' || dst[n-3] == '+') {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// parseTime reads RFC 3339. The form that proto3 JSON writes, in UTC, goes a
// short way; everything else goes through the time package.
func parseTime(text []byte) (time.Time, bool) {
	n := len(text)
	if n >= 20 && n <= 30 && text[n-1] == 'Z' && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':' {
		year, okY := digits(text[0:4])
		month, okM := digits(text[5:7])
		day, okD := digits(text[8:10])
		hour, okH := digits(text[11:13])
		minute, okI := digits(text[14:16])
		second, okS := digits(text[17:19])
		nanos, okN := 0, n == 20
		if n > 21 && text[19] == '.' {
			nanos, okN = digits(text[20 : n-1])
			for i := n - 21; i < 9; i++ {
				nanos *= 10
			}
		}
		if okY && okM && okD && okH && okI && okS && okN && month >= 1 && month <= 12 && day >= 1 && day <= 28 &&
			hour < 24 && minute < 60 && second < 60 {
			return time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC), true
		}
	}
	ts, err := time.Parse(time.RFC3339Nano, string(text))
	return ts.UTC(), err == nil
}

func digits(text []byte) (value int, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		value = value*10 + int(c-'0')
	}
	return value, true
}
