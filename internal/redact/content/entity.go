package content

import (
	"bytes"
	"html"
	"strconv"
	"unicode/utf8"
)

// maxEntity is the longest entity that is looked at, its ampersand and semicolon included: HTML's longest has 33.
const maxEntity = 34

// xmlUnit is the unit of XML's texts; htmlUnit knows HTML's entities besides.
func xmlUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	return entityUnit(encoded, i, buf, false)
}

func htmlUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	return entityUnit(encoded, i, buf, true)
}

func entityUnit(encoded []byte, i int, buf *[8]byte, forgiving bool) (end, n int, keep bool) {
	c := encoded[i]
	buf[0] = c
	if c != '&' {
		return i + 1, 1, c != '<'
	}
	length := bytes.IndexByte(encoded[i:min(len(encoded), i+maxEntity)], ';')
	if length < 2 {
		return i + 1, 1, false
	}
	entity := encoded[i+1 : i+length]
	end = i + length + 1
	if entity[0] == '#' {
		if r := charReference(entity[1:]); r >= 0 {
			return end, utf8.EncodeRune(buf[:], r), true
		}
		return i + 1, 1, false
	}
	switch string(entity) {
	case "amp":
		buf[0] = '&'
	case "lt":
		buf[0] = '<'
	case "gt":
		buf[0] = '>'
	case "quot":
		buf[0] = '"'
	case "apos":
		buf[0] = '\''
	case "nbsp":
		if !forgiving {
			return i + 1, 1, false
		}
		return end, copy(buf[:], "\u00a0"), true
	default:
		if forgiving {
			whole := string(encoded[i:end])
			if text := html.UnescapeString(whole); len(text) <= len(buf) && text != whole && text[0] != '&' {
				return end, copy(buf[:], text), true
			}
		}
		return i + 1, 1, false
	}
	return end, 1, true
}

// charReference reads the number of a character reference, -1 when it is none.
func charReference(digits []byte) rune {
	base, r := rune(10), rune(0)
	if len(digits) > 1 && digits[0]|0x20 == 'x' {
		base, digits = 16, digits[1:]
	}
	if len(digits) == 0 || len(digits) > 8 {
		return -1
	}
	for _, c := range digits {
		digit := rune(unhex(c))
		if digit >= base || r > utf8.MaxRune {
			return -1
		}
		r = r*base + digit
	}
	if !utf8.ValidRune(r) {
		return -1
	}
	return r
}

// unentity decodes the entities of a text.
func (s *Splitter) unentity(encoded []byte, forgiving bool) (text []byte, ok bool) {
	if bytes.IndexByte(encoded, '&') < 0 {
		return encoded, true
	}
	buffer := s.reserve(2*len(encoded) + 8) // two bytes of an entity can become three of UTF-8
	var decoded [8]byte
	for i := 0; i < len(encoded); {
		end, n, _ := entityUnit(encoded, i, &decoded, forgiving)
		buffer = append(buffer, decoded[:n]...)
		i = end
	}
	return s.commit(buffer)
}

// appendMarkup writes a piece of XML or HTML.
func appendMarkup(dst []byte, format Format, part *Part, original, text []byte) ([]byte, error) {
	if bytes.Equal(original, text) && part.Role != RoleText && part.Role != RoleAttribute {
		return append(dst, text...), nil
	}
	switch part.Role {
	case RoleText, RoleAttribute:
		return appendCharacters(dst, format, part, original, text), nil
	case RoleCDATA:
		return append(dst, bytes.ReplaceAll(text, []byte("]]>"), []byte(cdataBreak))...), nil
	}
	if breaksOut(part, text) && (part.Role != RoleMarkup || bytes.HasPrefix(text, []byte("--")) || !sameDelimiters(original, text)) {
		return dst, &Error{Kind: ErrSyntax, Format: format, Offset: part.Start, Reason: "the text would end the comment, declaration or script that it stands in"}
	}
	return append(dst, text...), nil
}

// declarationDelimiters are what declarations are made of.
const declarationDelimiters = "<>[]\"'"

// sameDelimiters reports whether two declarations have the same delimiters in the same order, so that one can stand for
// the other.
func sameDelimiters(a, b []byte) bool {
	for {
		i, j := bytes.IndexAny(a, declarationDelimiters), bytes.IndexAny(b, declarationDelimiters)
		if i < 0 || j < 0 {
			return i == j
		}
		if a[i] != b[j] {
			return false
		}
		a, b = a[i+1:], b[j+1:]
	}
}

// breaksOut reports whether a raw piece would end within text.
func breaksOut(part *Part, text []byte) bool {
	switch part.Role {
	case RoleComment:
		closed := append(bytes.Clone(text), "-->"...)
		return bytes.Index(closed, []byte("-->")) != len(text) || bytes.HasPrefix(text, []byte(">")) || bytes.HasPrefix(text, []byte("->"))
	case RoleIdent:
		return len(text) == 0 || bytes.ContainsAny(text, " \t\r\n<>=/\"'")
	case RoleScript:
		return rawEnd(text, []byte("script")) < len(text) || rawEnd(text, []byte("style")) < len(text)
	}
	return bytes.ContainsAny(text, declarationDelimiters) || bytes.HasPrefix(text, []byte("--")) // a declaration
}

// appendCharacters writes character data or an attribute's value.
func appendCharacters(dst []byte, format Format, part *Part, original, text []byte) []byte {
	next := xmlUnit
	if format == HTML {
		next = htmlUnit
	}
	head, middle, tail := respell(original, text, next)
	if part.Role == RoleAttribute && part.style == styleWord && len(text) == 0 {
		return append(dst, '"', '"')
	}
	start := len(dst)
	dst = append(dst, head...)
	for _, c := range middle {
		switch {
		case c == '&':
			dst = append(dst, "&amp;"...)
		case c == '<':
			dst = append(dst, "&lt;"...)
		case c == '>':
			dst = append(dst, "&gt;"...)
		case c == '"' && part.style >= styleDouble && part.style != styleSingle:
			dst = append(dst, "&quot;"...)
		case c == '\'' && part.style >= styleSingle:
			dst = append(dst, "&#39;"...)
		case c < ' ' && c != '\n' && c != '\t', part.style != 0 && c < ' ', part.style == styleWord && (c == ' ' || c == '/'):
			dst = appendCharReference(dst, c)
		default:
			dst = append(dst, c)
		}
	}
	dst = append(dst, tail...)
	if part.Role != RoleText || len(dst) == start || len(head) == len(original) && len(middle) == 0 {
		return dst
	}
	// White space at the ends of a text is layout.
	if last := len(dst) - 1; isSpace(dst[last]) {
		dst = appendCharReference(dst[:last], dst[last])
	}
	if first := dst[start]; isSpace(first) {
		rest := bytes.Clone(dst[start+1:])
		dst = append(appendCharReference(dst[:start], first), rest...)
	}
	return dst
}

// appendCharReference writes an ASCII character by its number.
func appendCharReference(dst []byte, c byte) []byte {
	dst = append(dst, '&', '#')
	return append(strconv.AppendUint(dst, uint64(c), 10), ';')
}
