package content

import "bytes"

// splitEscaped gives a text with JSON escapes as one part.
func (s *Splitter) splitEscaped(dst []Part, text []byte) ([]Part, error) {
	if bytes.IndexByte(text, '\\') < 0 {
		return append(dst, Part{End: len(text), Text: text[:len(text):len(text)], Parent: -1, Index: -1}), nil
	}
	buffer := s.reserve(len(text) + 4)
	var unit [8]byte
	for i := 0; i < len(text); {
		end, n, _ := looseUnit(text, i, &unit)
		buffer = append(buffer, unit[:n]...)
		i = end
	}
	decoded, ok := s.commit(buffer)
	if !ok {
		return dst, &Error{Kind: ErrTooLarge, Format: Escaped}
	}
	return append(dst, Part{End: len(text), Text: decoded, Parent: -1, Index: -1}), nil
}

// looseUnit is the unit of texts with the escapes of JSON and, besides, \x40 as programs and YAML write it.
func looseUnit(raw []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	if raw[i] == '\\' && i+1 < len(raw) && raw[i+1] == 'x' {
		if c := hexByte(raw, i+2); c >= 0 {
			buf[0] = byte(c)
			return i + 4, 1, true
		}
	}
	return jsonUnit(raw, i, buf)
}

// hexByte reads two hexadecimal digits at i, -1 when they are not there.
func hexByte(raw []byte, i int) int {
	if i+2 > len(raw) || unhex(raw[i])|unhex(raw[i+1]) > 15 {
		return -1
	}
	return int(unhex(raw[i])<<4 | unhex(raw[i+1]))
}

// appendLoose writes a text with escapes; what is new has those of JSON.
func appendLoose(dst, original, text []byte) []byte {
	head, middle, tail := respell(original, text, looseUnit)
	dst = append(dst, head...)
	if len(middle) > 0 {
		dst = jsonStyleOf(original).append(dst, middle)
	}
	return append(dst, tail...)
}

// entityLike reports whether text has a character reference by number.
func entityLike(text []byte) bool {
	var decoded [8]byte
	for i := 0; ; i++ {
		next := bytes.Index(text[i:], []byte("&#"))
		if next < 0 {
			return false
		}
		i += next
		if end, _, ok := htmlUnit(text, i, &decoded); ok && end > i+1 {
			return true
		}
	}
}

// splitEntities gives a text with character references as one part.
func (s *Splitter) splitEntities(dst []Part, text []byte) ([]Part, error) {
	decoded, ok := s.unentity(text, true)
	if !ok {
		return dst, &Error{Kind: ErrTooLarge, Format: Entities}
	}
	return append(dst, Part{End: len(text), Text: decoded, Parent: -1, Index: -1}), nil
}

func appendEntities(dst, original, text []byte) []byte {
	head, middle, tail := respell(original, text, htmlUnit)
	dst = append(dst, head...)
	for _, c := range middle {
		switch c {
		case '&', '<', '>', '"', '\'':
			dst = appendCharReference(dst, c)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, tail...)
}
