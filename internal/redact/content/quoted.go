package content

import "bytes"

// splitQuotedPrintable gives what quoted-printable decodes to as one part.
func (s *Splitter) splitQuotedPrintable(dst []Part, text []byte) ([]Part, error) {
	decoded := text[:len(text):len(text)]
	if bytes.IndexByte(text, '=') >= 0 {
		buffer := s.reserve(len(text))
		var unit [8]byte
		for i := 0; i < len(text); {
			end, n, _ := printableUnit(text, i, &unit)
			buffer = append(buffer, unit[:n]...)
			i = end
		}
		var ok bool
		if decoded, ok = s.commit(buffer); !ok {
			return dst, &Error{Kind: ErrTooLarge, Format: QuotedPrintable}
		}
	}
	return append(dst, Part{End: len(text), Text: decoded, Parent: -1, Index: -1}), nil
}

// printableUnit is the unit of quoted-printable. A soft line break is a unit of nothing.
func printableUnit(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
	buf[0] = encoded[i]
	if encoded[i] != '=' {
		return i + 1, 1, true
	}
	rest := encoded[i+1:]
	switch {
	case len(rest) >= 1 && rest[0] == '\n':
		return i + 2, 0, true
	case len(rest) >= 2 && rest[0] == '\r' && rest[1] == '\n':
		return i + 3, 0, true
	case len(rest) >= 2 && unhex(rest[0])|unhex(rest[1]) < 16:
		buf[0] = unhex(rest[0])<<4 | unhex(rest[1])
		return i + 3, 1, true
	}
	return i + 1, 1, false
}

func appendQuotedPrintable(dst, original, text []byte) []byte {
	head, middle, tail := respell(original, text, printableUnit)
	dst = append(dst, head...)
	for i, c := range middle {
		last := i+1 == len(middle) || middle[i+1] == '\n' || middle[i+1] == '\r'
		if c == '=' || c >= 0x7f || c < ' ' && !isSpace(c) || (c == ' ' || c == '\t') && last {
			dst = append(dst, '=', upperHex[c>>4], upperHex[c&15])
		} else {
			dst = append(dst, c)
		}
	}
	return append(dst, tail...)
}
