package content

import "bytes"

// Styles of attribute values, and of raw pieces.
const (
	styleDouble = 1 + iota // between double quotes
	styleSingle            // between single quotes
	styleWord              // without quotes
	styleOpen              // the container ends within it
)

// opening reads a start tag with its attributes.
func (m *markup) opening() (kind error, reason string) {
	text, start := m.text, m.i
	if len(m.stack) >= MaxDepth {
		return ErrTooDeep, ""
	}
	i := start + 1
	for i < len(text) && !isSpace(text[i]) && text[i] != '>' && text[i] != '/' && text[i] != '<' {
		i++
	}
	tag := text[start+1 : i : i]
	local := tag
	if colon := bytes.IndexByte(tag, ':'); colon >= 0 {
		local = tag[colon+1:]
	}
	parent := int32(-1)
	if len(m.stack) > 0 {
		parent = m.stack[len(m.stack)-1].part
	}
	m.dst = append(m.dst, Part{Start: start, End: len(text), Name: local, Parent: parent, Index: -1, Opaque: true})
	element := len(m.dst) - 1
	m.stack = append(m.stack, frame{part: int32(element - m.base), tag: tag, name: local})
	for {
		for i < len(text) && (isSpace(text[i]) || text[i] == '/' && (i+1 >= len(text) || text[i+1] != '>')) {
			i++
		}
		m.i = i
		if i >= len(text) {
			if m.format == HTML {
				return nil, ""
			}
			return ErrTruncated, "a tag is not closed"
		}
		if text[i] == '>' || text[i] == '/' || text[i] == '<' && m.format == XML {
			break
		}
		if len(m.dst)-m.base >= MaxParts-2 {
			return ErrTooLarge, "too many parts"
		}
		if kind, reason = m.attribute(); kind != nil {
			return kind, reason
		}
		i = m.i
	}
	m.rename(element)
	closed := text[i] == '/'
	switch {
	case closed:
		m.i = i + 2
	case text[i] == '>':
		m.i = i + 1
	default:
		return ErrSyntax, "a tag within a tag"
	}
	if m.format == HTML && !closed && isRawElement(tag) {
		return m.script(element, tag)
	}
	if closed || m.format == HTML && isVoidElement(tag) {
		m.pop()
	}
	return nil, ""
}

// attribute reads one attribute at m.i.
func (m *markup) attribute() (kind error, reason string) {
	text, start := m.text, m.i
	i := start
	if text[i] == '=' {
		i++ // a name in HTML
	}
	for i < len(text) && !isSpace(text[i]) && text[i] != '=' && text[i] != '>' && text[i] != '/' && (text[i] != '<' || m.format == HTML) {
		i++
	}
	name := text[start:i:i]
	m.i = i
	for i < len(text) && isSpace(text[i]) {
		i++
	}
	if i >= len(text) || text[i] != '=' {
		if !m.add(start, m.i, nil, RoleIdent, 0) {
			return ErrTooLarge, ""
		}
		return nil, ""
	}
	i++
	for i < len(text) && isSpace(text[i]) {
		i++
	}
	if i >= len(text) {
		m.i = i
		return nil, ""
	}
	style, end := uint8(styleWord), i
	if quote := text[i]; quote == '"' || quote == '\'' {
		if style = styleDouble; quote == '\'' {
			style = styleSingle
		}
		i++
		length := bytes.IndexByte(text[i:], quote)
		if length < 0 {
			m.i = len(text)
			if !m.add(i, len(text), name, RoleAttribute, style) {
				return ErrTooLarge, ""
			}
			if m.format == HTML {
				return nil, ""
			}
			return ErrTruncated, "an attribute is not closed"
		}
		end = i + length
		m.i = end + 1
	} else {
		for end < len(text) && !isSpace(text[end]) && text[end] != '>' {
			end++
		}
		m.i = end
	}
	if !m.add(i, end, name, RoleAttribute, style) {
		return ErrTooLarge, ""
	}
	return nil, ""
}

// rename gives the text and the value of an element the name that its attribute name or key has.
func (m *markup) rename(element int) {
	var name []byte
	attributes := m.dst[element+1:]
	for i := range attributes {
		if isNameAttribute(attributes[i].Name) && len(attributes[i].Text) > 0 {
			name = attributes[i].Text
			break
		}
	}
	if name == nil {
		return
	}
	m.stack[len(m.stack)-1].name = name
	for i := range attributes {
		if bytes.EqualFold(attributes[i].Name, []byte("value")) || bytes.EqualFold(attributes[i].Name, []byte("content")) {
			attributes[i].Name = name
		}
	}
}

func isNameAttribute(name []byte) bool {
	return bytes.EqualFold(name, []byte("name")) || bytes.EqualFold(name, []byte("key"))
}
