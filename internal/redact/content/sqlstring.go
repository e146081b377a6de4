package content

import (
	"bytes"
	"unicode/utf8"
)

// Styles of SQL's strings, beside styleWord of numbers: bits, from above the styles of other pieces.
const (
	sqlSingle    = 0x10 // '…'
	sqlDouble    = 0x20 // "…"
	sqlBacktick  = 0x30 // `…`
	sqlDollar    = 0x40 // $tag$…$tag$, without escapes
	sqlWord      = 0x50 // an identifier without quotes; it gets them when it changes
	sqlTouching  = 0x08 // a number or identifier beside a quote: with quotes of its own it needs spaces
	sqlUnicode   = 0x60 // U&'…'
	sqlQuotes    = 0x70
	sqlBackslash = 0x80 // with backslash escapes
)

// The units of strings: only the quote is doubled, or there are backslash escapes too.
func singleUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	return doubledUnit(encoded, i, buf, '\'')
}

func doubleUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	return doubledUnit(encoded, i, buf, '"')
}

func backtickUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	return doubledUnit(encoded, i, buf, '`')
}

func singleBackslashUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	return backslashUnit(encoded, i, buf, '\'')
}

func doubleBackslashUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	return backslashUnit(encoded, i, buf, '"')
}

// sqlUnit returns the unit of strings in a quote.
func sqlUnit(quote byte, backslash bool) unit {
	switch {
	case quote == '`':
		return backtickUnit
	case quote == '"' && backslash:
		return doubleBackslashUnit
	case quote == '"':
		return doubleUnit
	case backslash:
		return singleBackslashUnit
	}
	return singleUnit
}

func doubledUnit(encoded []byte, i int, buf *[8]byte, quote byte) (end, n int, keep bool) {
	buf[0] = encoded[i]
	if encoded[i] == quote && i+1 < len(encoded) && encoded[i+1] == quote {
		return i + 2, 1, true
	}
	return i + 1, 1, encoded[i] != quote
}

func backslashUnit(encoded []byte, i int, buf *[8]byte, quote byte) (end, n int, keep bool) {
	if encoded[i] != '\\' || i+1 >= len(encoded) {
		end, n, keep = doubledUnit(encoded, i, buf, quote)
		return end, n, keep && encoded[i] != '\\'
	}
	c := encoded[i+1]
	buf[0] = c
	switch c {
	case 'n':
		buf[0] = '\n'
	case 'r':
		buf[0] = '\r'
	case 't':
		buf[0] = '\t'
	case 'b':
		buf[0] = '\b'
	case 'f':
		buf[0] = '\f'
	case '0':
		buf[0] = 0
	case 'u':
		if r := hex4(encoded, i+2); r >= 0 && utf8.ValidRune(r) {
			return i + 6, utf8.EncodeRune(buf[:], r), true
		}
	case 'x':
		if i+3 < len(encoded) && unhex(encoded[i+2])|unhex(encoded[i+3]) < 16 {
			buf[0] = unhex(encoded[i+2])<<4 | unhex(encoded[i+3])
			return i + 4, 1, true
		}
	}
	return i + 2, 1, true
}

// backslashEscapes reports whether the plain strings of a statement have backslash escapes (MySQL, which alone has
// backticks). In standard SQL \' ends a string, and then no word can follow without a space.
func backslashEscapes(text []byte) bool {
	if bytes.IndexByte(text, '`') < 0 && !bytes.Contains(text, []byte(`\'`)) {
		return false
	}
	inside := false
	for i := 0; i < len(text); i++ {
		if c := text[i]; c != '\'' {
			if !inside && c == '`' {
				return true
			}
			if !inside && (c == '$' || c == '-' || c == '/' || c == '"') {
				i = max(i, jump(text, i)-1)
			}
			continue
		}
		if !inside && i > 0 && text[i-1]|0x20 == 'e' && (i == 1 || !isNameStart(text[i-2]) && text[i-2]-'0' > 9) {
			for i++; i < len(text) && text[i] != '\''; i++ { // E'…' has escapes everywhere
				if text[i] == '\\' {
					i++
				}
			}
			continue
		}
		if !inside {
			inside = true
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' {
			i++
			continue
		}
		inside = false
		if text[i-1] == '\\' && i+1 < len(text) && (isNameStart(text[i+1]) || text[i+1]-'0' <= 9 || text[i+1] == '.' || text[i+1] == '"') {
			return true
		}
	}
	return inside
}

// jump returns the end of the comment or dollar-quoted string at i, 0 when there is none.
func jump(text []byte, i int) int {
	rest := text[i:]
	switch {
	case bytes.HasPrefix(rest, []byte("--")):
		return i + span(rest, "\n")
	case bytes.HasPrefix(rest, []byte("/*")):
		return min(blockComment(text, i), len(text))
	case rest[0] == '"':
		if end := bytes.IndexByte(rest[1:], '"'); end >= 0 {
			return i + end + 2
		}
	case rest[0] == '$':
		if tag := dollarTag(rest); tag > 0 {
			if end := bytes.Index(rest[tag:], rest[:tag]); end >= 0 {
				return i + 2*tag + end
			}
		}
	}
	return 0
}

// quoted adds the string or quoted identifier whose quote is at start.
func (scan *sqlScan) quoted(start int, quote byte, backslash bool) error {
	text := scan.text
	from, to, escaped := start+1, -1, false
	unicode := quote == '\'' && isUnicodeString(text[:start])
	for i := from; i < len(text); i++ {
		switch {
		case text[i] == '\\' && backslash:
			escaped = true
			i++
		case text[i] != quote:
		case i+1 < len(text) && text[i+1] == quote:
			escaped = true
			i++
		default:
			to = i
		}
		if to >= 0 {
			break
		}
	}
	open := to < 0
	if open {
		to = len(text)
	}
	scan.i = min(to+1, len(text))
	if scan.binding {
		if quote != '\'' {
			scan.identifier(text[from:to:to])
		}
		return nil
	}
	style := uint8(sqlSingle)
	switch quote {
	case '"':
		style = sqlDouble
	case '`':
		style = sqlBacktick
	}
	if backslash {
		style |= sqlBackslash
	}
	next := sqlUnit(quote, backslash)
	decoded := text[from:to:to]
	if unicode && !backslash {
		style, next = sqlUnicode, unicodeUnit
		escaped = escaped || bytes.IndexByte(decoded, '\\') >= 0
	}
	if escaped {
		buffer := scan.reserve(len(decoded) + 4)
		for i := 0; i < len(decoded); {
			end, n, _ := next(decoded, i, &scan.unit)
			buffer = append(buffer, scan.unit[:n]...)
			i = end
		}
		var ok bool
		if decoded, ok = scan.commit(buffer); !ok {
			return &Error{Kind: ErrTooLarge, Format: SQL, Offset: start}
		}
	}
	if quote == '\'' || quote == '"' && (scan.compare || scan.insert == insertValues) {
		scan.value(from, to, decoded, RoleValue, style)
		if before := start - 1; quote == '\'' && before >= 0 && text[before]|0x20 == 'x' && (before == 0 || !isNameStart(text[before-1])) {
			scan.dst[len(scan.dst)-1].Hint = Hex
		}
	} else {
		scan.value(from, to, decoded, RoleIdent, style)
		scan.identifier(decoded)
	}
	if open {
		return &Error{Kind: ErrTruncated, Format: SQL, Offset: len(text), Reason: "a string is not closed"}
	}
	return nil
}

// dollarTag returns the length of a dollar quote's opening, 0 when text starts with none.
func dollarTag(text []byte) int {
	for i := 1; i < len(text) && i < 66; i++ {
		if text[i] == '$' {
			return i + 1
		}
		if !isNameStart(text[i]) && (i == 1 || text[i]-'0' > 9) {
			return 0
		}
	}
	return 0
}

// dollar adds the dollar-quoted string at start.
func (scan *sqlScan) dollar(start, tag int) error {
	text, from := scan.text, start+tag
	length := bytes.Index(text[from:], text[start:from])
	if length < 0 {
		scan.i = len(text)
		scan.value(from, len(text), text[from:], RoleValue, sqlDollar)
		return &Error{Kind: ErrTruncated, Format: SQL, Offset: len(text), Reason: "a string is not closed"}
	}
	to := from + length
	scan.i = to + tag
	scan.value(from, to, text[from:to:to], RoleValue, sqlDollar)
	return nil
}

// appendSQL writes a literal or comment. A number that is none any more becomes a string.
func appendSQL(dst []byte, part *Part, original, text []byte) ([]byte, error) {
	if bytes.Equal(original, text) && (part.Number || part.style&sqlQuotes == 0 || part.style&sqlQuotes >= sqlDollar) {
		return append(dst, text...), nil
	}
	none := func(reason string) ([]byte, error) {
		return dst, &Error{Kind: ErrSyntax, Format: SQL, Offset: part.Start, Reason: reason}
	}
	quote := byte('\'')
	switch part.style & sqlQuotes {
	case sqlDouble:
		quote = '"'
	case sqlBacktick:
		quote = '`'
	case sqlDollar:
		if bytes.IndexByte(text, '$') >= 0 {
			return none("a dollar sign within a dollar-quoted string")
		}
		return append(dst, text...), nil
	case sqlUnicode:
		return appendUnicode(dst, original, text), nil
	case sqlWord:
		return appendNewString(dst, part, text, '"', false), nil
	case 0:
		if part.Role == RoleComment {
			if bytes.ContainsAny(text, "\r\n") && part.style == styleDouble || bytes.Contains(text, []byte("*/")) || bytes.Contains(text, []byte("/*")) || bytes.HasSuffix(text, []byte("*")) || bytes.HasPrefix(text, []byte("/")) {
				return none("the text would end its comment")
			}
			return append(dst, text...), nil
		}
		if completeLiteral(text) && text[0]-'0' <= 9 {
			return append(dst, text...), nil
		}
		return appendNewString(dst, part, text, quote, part.style&sqlBackslash != 0), nil
	}
	backslash := part.style&sqlBackslash != 0
	next := sqlUnit(quote, backslash)
	head, middle, tail := respell(original, text, next)
	dst = append(dst, head...)
	dst = appendDoubled(dst, middle, quote, backslash)
	return append(dst, tail...), nil
}

// appendNewString writes what was not quoted with quotes.
func appendNewString(dst []byte, part *Part, text []byte, quote byte, backslash bool) []byte {
	if part.style&sqlTouching != 0 {
		dst = append(dst, ' ')
	}
	dst = append(dst, quote)
	dst = appendDoubled(dst, text, quote, backslash)
	dst = append(dst, quote)
	if part.style&sqlTouching != 0 {
		dst = append(dst, ' ')
	}
	return dst
}

// appendDoubled writes text with its quotes doubled and, where they would escape, its backslashes too.
func appendDoubled(dst, text []byte, quote byte, backslash bool) []byte {
	for _, c := range text {
		if c == quote || c == '\\' && backslash {
			dst = append(dst, c)
		}
		dst = append(dst, c)
	}
	return dst
}
