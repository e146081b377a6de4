package content

import "bytes"

// splitParams splits lists of key=value and key="value" that are separated by commas, else by semicolons, else by white
// space: the parameters of Digest, OAuth and AWS4-HMAC-SHA256, connection strings, logfmt. What has no equals sign, a
// scheme in front too, is a part without a name.
func (s *Splitter) splitParams(dst []Part, text []byte) ([]Part, error) {
	base, separator := len(dst), paramSeparator(text)
	for start, first := 0, true; start <= len(text); first = false {
		end, equals := paramItem(text, start, separator)
		if len(dst)-base >= MaxParts-3 {
			return dst, &Error{Kind: ErrTooLarge, Format: Params, Offset: start, Reason: "too many parts"}
		}
		if first && separator == ',' {
			if space := schemeEnd(text, start, end, equals); space > start {
				dst, _ = s.param(dst, text, start, space, styleBare, nil, false)
				start = space
			}
		}
		var name []byte
		ok := true
		if equals >= 0 {
			dst, ok = s.param(dst, text, start, equals, styleBare, nil, true)
			if ok {
				name = dst[len(dst)-1].Text
				start = equals + 1
			}
		}
		if separator != ' ' || end > start || equals >= 0 {
			style := uint8(0)
			if equals < 0 {
				style = styleBare
			}
			if ok {
				dst, ok = s.param(dst, text, start, end, style, name, false)
			}
		}
		if !ok {
			return dst, &Error{Kind: ErrTooLarge, Format: Params, Offset: start}
		}
		start = end + 1
	}
	return dst, nil
}

// param adds text[start:end] without the white space around it and without its quotes.
func (s *Splitter) param(dst []Part, text []byte, start, end int, style uint8, name []byte, key bool) ([]Part, bool) {
	start, end = trim(text, start, end)
	value := text[start:end:end]
	if closing := closingQuote(text, start); closing == end-1 && end-start >= 2 {
		start, end, style = start+1, end-1, styleQuoted
		value = text[start:end:end]
		if bytes.IndexByte(value, '\\') >= 0 {
			buffer := s.reserve(len(value))
			for i := 0; i < len(value); {
				var decoded [8]byte
				next, _, _ := quotedUnit(value, i, &decoded)
				buffer = append(buffer, decoded[0])
				i = next
			}
			var ok bool
			if value, ok = s.commit(buffer); !ok {
				return dst, false
			}
		}
	}
	return append(dst, Part{Start: start, End: end, Name: name, Text: value, Parent: -1, Index: -1, Key: key, style: style}), true
}

// quotedUnit is the unit of quoted strings: a backslash takes away the next byte's meaning.
func quotedUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	if encoded[i] == '\\' && i+1 < len(encoded) {
		buf[0] = encoded[i+1]
		return i + 2, 1, true
	}
	buf[0] = encoded[i]
	return i + 1, 1, encoded[i] != '\\'
}

// closingQuote returns where the quoted string that opens at start closes, the length of text when it does not, -1 when
// none opens there.
func closingQuote(text []byte, start int) int {
	if start >= len(text) || text[start] != '"' || start > 0 && text[start-1] != '=' && text[start-1] != ',' && text[start-1] != ';' && !isSpace(text[start-1]) {
		return -1
	}
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}

// paramSeparator returns what separates the items of a list.
func paramSeparator(text []byte) byte {
	separator := byte(' ')
	for i := 0; i < len(text); i++ {
		if closing := closingQuote(text, i); closing >= 0 {
			i = closing
			continue
		}
		switch text[i] {
		case ',':
			return ','
		case ';':
			separator = ';'
		}
	}
	return separator
}

// paramItem returns where the item at start ends and where its first equals sign is, -1 when it has none.
func paramItem(text []byte, start int, separator byte) (end, equals int) {
	equals = -1
	for i := start; i < len(text); i++ {
		if closing := closingQuote(text, i); closing >= 0 {
			i = closing
			continue
		}
		switch c := text[i]; {
		case c == separator || separator == ' ' && isSpace(c):
			return i, equals
		case c == '=' && equals < 0:
			equals = i
		}
	}
	return len(text), equals
}

// schemeEnd returns where the first key starts behind a scheme, start when there is none.
func schemeEnd(text []byte, start, end, equals int) int {
	if equals < 0 {
		return start
	}
	from, keyEnd := trim(text, start, equals)
	found := start
	for i := from; i < keyEnd; i++ {
		if closing := closingQuote(text, i); closing >= 0 {
			i = closing
			continue
		}
		if isSpace(text[i]) {
			found = i
		}
	}
	return found
}

// appendParams writes a key or value of a list; one that needs quotes and has none gets them.
func appendParams(dst []byte, part *Part, original, text []byte) []byte {
	if part.style != styleQuoted {
		if bytes.Equal(original, text) || plainParam(text, part.style == styleBare) {
			return append(dst, text...)
		}
		dst = append(dst, '"')
		dst = appendQuoted(dst, text)
		return append(dst, '"')
	}
	head, middle, tail := respell(original, text, quotedUnit)
	dst = append(dst, head...)
	dst = appendQuoted(dst, middle)
	return append(dst, tail...)
}

func appendQuoted(dst, text []byte) []byte {
	for _, c := range text {
		if c == '"' || c == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, c)
	}
	return dst
}

// plainParam reports whether text can stand without quotes.
func plainParam(text []byte, bare bool) bool {
	for _, c := range text {
		if c <= ' ' || c == ',' || c == ';' || c == '"' || c == '\\' || c == '=' && bare {
			return false
		}
	}
	return len(text) > 0 || !bare
}
