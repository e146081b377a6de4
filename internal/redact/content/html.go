package content

import "bytes"

// maxUnclosed is how many elements that are not closed an end tag of HTML closes: more is no document but an attack on
// the time it takes.
const maxUnclosed = 64

// splitHTML splits HTML as splitXML does XML, but forgives everything: elements that are not closed or that end out of
// order, attributes without quotes, what is cut off. Scripts and styles are texts as they stand.
func (s *Splitter) splitHTML(dst []Part, text []byte) ([]Part, error) {
	m := markup{Splitter: s, dst: dst, base: len(dst), text: text, format: HTML}
	return m.split()
}

// isRawElement reports whether an element's content is no markup.
func isRawElement(tag []byte) bool {
	return bytes.EqualFold(tag, []byte("script")) || bytes.EqualFold(tag, []byte("style"))
}

// isVoidElement reports whether an element has no end tag.
func isVoidElement(tag []byte) bool {
	if len(tag) < 2 || len(tag) > 6 {
		return false
	}
	var lower [6]byte
	for i, c := range tag {
		lower[i] = c | 0x20
	}
	switch string(lower[:len(tag)]) {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

// script adds the content of the raw element just opened.
func (m *markup) script(element int, tag []byte) (kind error, reason string) {
	start := m.i
	end := start + rawEnd(m.text[start:], tag)
	if from, to := trim(m.text, start, end); from < to {
		if !m.add(from, to, m.name(), RoleScript, styleOf(tag)) {
			return ErrTooLarge, ""
		}
		for i := range m.dst[element+1:] {
			attribute := &m.dst[element+1+i]
			if attribute.Role == RoleAttribute && bytes.EqualFold(attribute.Name, []byte("type")) && saysJSON(attribute.Text) {
				m.dst[len(m.dst)-1].Hint = JSON
			}
		}
	}
	m.i = end
	return nil, ""
}

// styleOf tells scripts from styles: what they must not hold differs.
func styleOf(tag []byte) uint8 {
	if bytes.EqualFold(tag, []byte("style")) {
		return styleSingle
	}
	return styleDouble
}

// rawEnd returns where the end tag of a raw element starts, the length of text when it has none.
func rawEnd(text, tag []byte) int {
	for i := 0; ; i += 2 {
		next := bytes.Index(text[i:], []byte("</"))
		if next < 0 {
			return len(text)
		}
		i += next
		if rest := text[i+2:]; len(rest) >= len(tag) && bytes.EqualFold(rest[:len(tag)], tag) {
			return i
		}
	}
}

// saysJSON reports whether a script's type is JSON's.
func saysJSON(media []byte) bool {
	for i := 0; i+4 <= len(media); i++ {
		if bytes.EqualFold(media[i:i+4], []byte("json")) {
			return true
		}
	}
	return false
}
