package content

import "bytes"

// splitXML splits XML: every element is an Opaque part named without its namespace prefix, attributes and texts have it as
// Parent. Texts are named as their element. Where an element has an attribute name or key, that is the name of its
// text and of its attributes value and content, as in <property name="password" value="…"/> and <input name="email" value="…">.
// Entities of a document type are not expanded: there is nothing to blow up.
func (s *Splitter) splitXML(dst []Part, text []byte) ([]Part, error) {
	m := markup{Splitter: s, dst: dst, base: len(dst), text: text, format: XML}
	return m.split()
}

// markup is one run over XML or HTML.
type markup struct {
	*Splitter
	dst    []Part
	base   int
	text   []byte
	format Format
	i      int
}

func (m *markup) fail(kind error, reason string) ([]Part, error) {
	for _, open := range m.stack {
		m.dst[m.base+int(open.part)].End = len(m.text)
	}
	return m.dst, &Error{Kind: kind, Format: m.format, Offset: m.i, Reason: reason}
}

func (m *markup) split() ([]Part, error) {
	m.stack = m.stack[:0]
	text := m.text
	for m.i < len(text) {
		if len(m.dst)-m.base >= MaxParts-2 {
			return m.fail(ErrTooLarge, "too many parts")
		}
		start := m.i
		end := start + tagAt(text[start:])
		if !m.characters(start, end) {
			return m.fail(ErrTooLarge, "")
		}
		if m.i = end; end >= len(text) {
			break
		}
		if kind, reason := m.tag(); kind != nil {
			return m.fail(kind, reason)
		}
	}
	if len(m.stack) > 0 && m.format == XML {
		return m.fail(ErrTruncated, "an element is not closed")
	}
	for _, open := range m.stack {
		m.dst[m.base+int(open.part)].End = len(text)
	}
	return m.dst, nil
}

// tagAt returns where the next tag, comment or the like starts: a "<" before anything else is a character.
func tagAt(text []byte) int {
	for i := 0; ; i++ {
		next := bytes.IndexByte(text[i:], '<')
		if next < 0 {
			return len(text)
		}
		i += next
		if i+1 < len(text) {
			if c := text[i+1]; c == '/' || c == '!' || c == '?' || isNameStart(c) && isTagName(text[i+1:]) {
				return i
			}
		}
	}
}

// isTagName reports whether text begins with the name of a tag: <jane@example.com> is no tag.
func isTagName(text []byte) bool {
	for i, c := range text {
		switch {
		case isNameStart(c) || c-'0' <= 9 || c == ':' || c == '-' || c == '.':
		case isSpace(c) || c == '/' || c == '>':
			return i > 0
		default:
			return false
		}
	}
	return true
}

func isNameStart(c byte) bool { return (c|0x20)-'a' <= 25 || c == '_' || c >= 0x80 }

// add appends a part that belongs to the innermost open element. ok is false when the limit is passed.
func (m *markup) add(start, end int, name []byte, role Role, style uint8) bool {
	decoded := m.text[start:end:end]
	if role == RoleText || role == RoleAttribute {
		var ok bool
		if decoded, ok = m.unentity(decoded, m.format == HTML); !ok {
			return false
		}
	} else if role == RoleCDATA && bytes.Contains(decoded, []byte(cdataBreak)) {
		buffer, rest := m.reserve(len(decoded)), decoded
		for i := bytes.Index(rest, []byte(cdataBreak)); i >= 0; i = bytes.Index(rest, []byte(cdataBreak)) {
			buffer = append(append(buffer, rest[:i]...), "]]>"...)
			rest = rest[i+len(cdataBreak):]
		}
		var ok bool
		if decoded, ok = m.commit(append(buffer, rest...)); !ok {
			return false
		}
	}
	parent := int32(-1)
	if len(m.stack) > 0 {
		parent = m.stack[len(m.stack)-1].part
	}
	m.dst = append(m.dst, Part{Start: start, End: end, Name: name, Text: decoded, Parent: parent, Index: -1, Role: role, style: style})
	return true
}

// name returns the name of texts in the innermost open element.
func (m *markup) name() []byte {
	if len(m.stack) == 0 {
		return nil
	}
	return m.stack[len(m.stack)-1].name
}

// characters adds the text between two tags, without the white space around it.
func (m *markup) characters(start, end int) bool {
	start, end = trim(m.text, start, end)
	return start == end || m.add(start, end, m.name(), RoleText, 0)
}

// cdataBreak is how "]]>" is written within CDATA.
const cdataBreak = "]]]]><![CDATA[>"

// tag reads what starts with "<" at m.i.
func (m *markup) tag() (kind error, reason string) {
	text, start := m.text, m.i
	rest := text[start:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return m.raw(4, bytes.Index(rest[4:], []byte("-->")), 3, RoleComment)
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return m.raw(9, cdataEnd(rest[9:]), 3, RoleCDATA)
	case rest[1] == '?':
		end := bytes.Index(rest[2:], []byte("?>"))
		if end < 0 && m.format == HTML {
			return m.raw(2, bytes.IndexByte(rest[2:], '>'), 1, RoleMarkup)
		}
		return m.raw(2, end, 2, RoleMarkup)
	case rest[1] == '!':
		return m.raw(2, declarationEnd(rest[2:]), 1, RoleMarkup)
	case rest[1] == '/':
		return m.closing()
	}
	return m.opening()
}

// raw adds what stands, without any encoding, behind the first bytes of m.i and before closing bytes. length is -1
// where they are missing.
func (m *markup) raw(opening, length, closing int, role Role) (kind error, reason string) {
	start := m.i + opening
	if length < 0 {
		if !m.add(start, len(m.text), m.name(), role, styleOpen) {
			return ErrTooLarge, ""
		}
		m.i = len(m.text)
		if m.format == HTML {
			return nil, ""
		}
		return ErrTruncated, "a comment or declaration is not closed"
	}
	if !m.add(start, start+length, m.name(), role, 0) {
		return ErrTooLarge, ""
	}
	m.i = start + length + closing
	return nil, ""
}

// cdataEnd returns where CDATA ends, -1 when it does not. A break within is no end.
func cdataEnd(text []byte) int {
	for i := 0; ; {
		end := bytes.Index(text[i:], []byte("]]>"))
		if end < 0 {
			return -1
		}
		end += i
		if end < 2 || !bytes.HasPrefix(text[end-2:], []byte(cdataBreak)) {
			return end
		}
		i = end - 2 + len(cdataBreak)
	}
}

// declarationEnd returns where a declaration (<!DOCTYPE …>) ends, its internal subset and quoted strings jumped over.
func declarationEnd(text []byte) int {
	depth, quote := 0, byte(0)
	for i, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<' || c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>':
			if depth <= 0 {
				return i
			}
			if bytes.LastIndexByte(text[:i], '<') > bytes.LastIndexByte(text[:i], '[') {
				depth--
			}
		}
	}
	return -1
}

// closing reads an end tag.
func (m *markup) closing() (kind error, reason string) {
	end := bytes.IndexByte(m.text[m.i:], '>')
	if end < 0 {
		if m.format == HTML {
			m.i = len(m.text)
			return nil, ""
		}
		return ErrTruncated, "an end tag is not closed"
	}
	name := bytes.TrimSpace(m.text[m.i+2 : m.i+end])
	m.i += end + 1
	if m.format == XML {
		if len(m.stack) == 0 || !bytes.Equal(m.stack[len(m.stack)-1].tag, name) {
			return ErrSyntax, "an end tag without its element"
		}
		m.pop()
		return nil, ""
	}
	for depth := len(m.stack) - 1; depth >= 0 && depth >= len(m.stack)-maxUnclosed; depth-- {
		if bytes.EqualFold(m.stack[depth].tag, name) {
			for len(m.stack) > depth {
				m.pop()
			}
			return nil, ""
		}
	}
	return nil, ""
}

// pop closes the innermost element.
func (m *markup) pop() {
	m.dst[m.base+int(m.stack[len(m.stack)-1].part)].End = m.i
	m.stack = m.stack[:len(m.stack)-1]
}
