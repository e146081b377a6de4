package redact

import (
	"unicode/utf16"
	"unicode/utf8"
)

// rootSpan says where a span of node i stands in the outermost text: the document of a JSON or Text call. Where a
// container around it is spelled in a way that cannot be followed byte by byte (base64, compression), the whole part's
// place stands for it. For values of log records it is the place within the value's own text.
func (w *worker) rootSpan(i int32, start, end int) (rootStart, rootEnd int) {
	for {
		n := &w.nodes[i]
		if n.holder == noNode {
			if n.target == noTarget && len(w.source) > 0 {
				return within(n, w.source, start, end)
			}
			return start, end
		}
		start, end = within(n, w.nodes[n.holder].text, start, end)
		i = n.holder
	}
}

// within gives a span of n's text as a span of the text around it.
func within(n *node, around []byte, start, end int) (int, int) {
	from, to := int(n.start), int(n.end)
	if to > len(around) || from > to {
		return from, to
	}
	encoded := around[from:to]
	if string(encoded) == string(n.text) {
		return from + start, from + end
	}
	for _, unit := range []func([]byte) (size, decoded int){percentUnit, escapedUnit} {
		if first, behind, ok := follow(encoded, len(n.text), start, end, unit); ok {
			return from + first, from + behind
		}
	}
	return from, to
}

// follow walks an encoded text unit by unit and finds where the span of the decoded text (length bytes) begins and
// ends. It fails where the text is not spelled that way.
func follow(encoded []byte, length, start, end int, unit func([]byte) (size, decoded int)) (first, behind int, ok bool) {
	first, behind = -1, -1
	decoded := 0
	for at := 0; at < len(encoded); {
		if first < 0 && decoded >= start {
			first = at
		}
		if behind < 0 && decoded >= end {
			behind = at
		}
		size, bytes := unit(encoded[at:])
		if size == 0 {
			return 0, 0, false
		}
		at += size
		decoded += bytes
	}
	if behind < 0 {
		behind = len(encoded)
	}
	return first, behind, decoded == length && first >= 0
}

// percentUnit is a byte or %XX.
func percentUnit(text []byte) (size, decoded int) {
	if text[0] != '%' {
		return 1, 1
	}
	size, _, _ = percentByte(text)
	return size, 1
}

// escapedUnit is a byte or an escape of JSON.
func escapedUnit(text []byte) (size, decoded int) {
	switch {
	case text[0] != '\\':
		return 1, 1
	case len(text) < 2:
		return 0, 0
	case text[1] != 'u':
		return 2, 1
	}
	high, ok := hexRune(text)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(high) && len(text) >= 12 && text[6] == '\\' && text[7] == 'u' {
		if low, ok := hexRune(text[6:]); ok && utf16.DecodeRune(high, low) != utf8.RuneError {
			return 12, utf8.RuneLen(utf16.DecodeRune(high, low))
		}
	}
	return 6, max(utf8.RuneLen(high), len(string(utf8.RuneError))*boolInt(utf16.IsSurrogate(high)))
}

func boolInt(is bool) int {
	if is {
		return 1
	}
	return 0
}

// hexRune reads \uXXXX.
func hexRune(text []byte) (r rune, ok bool) {
	if len(text) < 6 {
		return 0, false
	}
	for _, c := range text[2:6] {
		digit := rune(-1)
		switch {
		case c >= '0' && c <= '9':
			digit = rune(c - '0')
		case fold(c) >= 'a' && fold(c) <= 'f':
			digit = rune(fold(c)-'a') + 10
		}
		if digit < 0 {
			return 0, false
		}
		r = r<<4 | digit
	}
	return r, true
}
