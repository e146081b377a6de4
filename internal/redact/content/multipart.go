package content

import "bytes"

// maxBoundary is the longest boundary that is looked for (RFC 2046 allows 70 characters).
const maxBoundary = 200

// splitMultipart splits a multipart body: for each part its headers (RoleHeader, Content-Disposition with Hint Params) and its content, named by its
// form field, with the format that its own headers say as Hint. What stands before the first boundary and behind the last is a
// text. The boundary is the first line that starts with two hyphens, as it is in every body that has no preamble with such a line.
func (s *Splitter) splitMultipart(dst []Part, text []byte) ([]Part, error) {
	m := multipart{dst: dst, base: len(dst), text: text}
	start := m.boundary()
	if start < 0 {
		return dst, &Error{Kind: ErrSyntax, Format: Multipart, Reason: "no boundary"}
	}
	m.prose(0, start)
	for i := start; ; {
		i += len(m.delimiter)
		if bytes.HasPrefix(text[i:], []byte("--")) {
			m.prose(i+2, len(text))
			return m.dst, nil
		}
		if len(m.dst)-m.base >= MaxParts/2 {
			return m.dst, &Error{Kind: ErrTooLarge, Format: Multipart, Offset: i, Reason: "too many parts"}
		}
		line := bytes.IndexByte(text[i:], '\n')
		if line < 0 {
			return m.dst, &Error{Kind: ErrTruncated, Format: Multipart, Offset: len(text), Reason: "a part is missing"}
		}
		body, header := m.headers(i + line + 1)
		end := m.next(body)
		next := end
		if end < 0 {
			end = len(text)
		} else if end--; m.crlf && end > body && text[end-1] == '\r' {
			end--
		}
		if end < body {
			header.line, end = true, body
		}
		if !header.none {
			m.content(body, end, header)
		}
		if next < 0 {
			return m.dst, &Error{Kind: ErrTruncated, Format: Multipart, Offset: len(text), Reason: "the last boundary is missing"}
		}
		i = next
	}
}

// multipart is one run over a body.
type multipart struct {
	dst       []Part
	base      int
	text      []byte
	delimiter []byte // with its hyphens
	crlf      bool
}

// partHeader is what the headers of a part say.
type partHeader struct {
	name []byte
	file bool
	hint Format
	none bool // no empty line stands behind the headers: there is no content
	line bool // no line break stands between the headers' end and the next boundary
}

// boundary finds the first boundary; -1 when there is none.
func (m *multipart) boundary() int {
	for start := 0; start < len(m.text); {
		line := m.text[start:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
		}
		if len(line) > 2 && len(line) <= maxBoundary && line[0] == '-' && line[1] == '-' {
			m.crlf = line[len(line)-1] == '\r'
			m.delimiter = bytes.TrimRight(line, " \t\r")
			if len(m.delimiter) > 2 {
				return start
			}
		}
		start += len(line) + 1
	}
	return -1
}

// next returns where the next delimiter is at or behind from, at the beginning of a line; -1 when there is none.
func (m *multipart) next(from int) int {
	for i := from; i <= len(m.text); {
		found := bytes.Index(m.text[i:], m.delimiter)
		if found < 0 {
			return -1
		}
		i += found
		rest := m.text[i+len(m.delimiter):]
		if m.text[i-1] == '\n' && (len(rest) == 0 || rest[0] == '\r' || rest[0] == '\n' || rest[0] == ' ' || rest[0] == '\t' || bytes.HasPrefix(rest, []byte("--"))) {
			return i
		}
		i++
	}
	return -1
}

// prose adds what stands outside of the parts.
func (m *multipart) prose(start, end int) {
	if start, end = trim(m.text, start, end); start < end {
		m.dst = append(m.dst, Part{Start: start, End: end, Text: m.text[start:end:end], Parent: -1, Index: -1, Role: RoleText})
	}
}

// headers adds the headers at start and returns where the content behind their empty line starts.
func (m *multipart) headers(start int) (body int, header partHeader) {
	text := m.text
	for start < len(text) {
		end := start
		for { // with its continuation lines
			line := bytes.IndexByte(text[end:], '\n')
			if line < 0 {
				end = len(text)
				break
			}
			end += line + 1
			if end >= len(text) || text[end] != ' ' && text[end] != '\t' || line <= 1 {
				break
			}
		}
		from, to := trim(text, start, end)
		if from == to {
			return end, header
		}
		if bytes.HasPrefix(text[start:], m.delimiter) && m.next(start) == start {
			header.none = true
			return start, header
		}
		colon := bytes.IndexByte(text[from:to], ':')
		name := text[from:from:from]
		if colon >= 0 {
			name = text[from : from+colon : from+colon]
			from += colon + 1
		}
		from, to = trim(text, from, to)
		p := Part{Start: from, End: to, Name: name, Text: text[from:to:to], Parent: -1, Index: -1, Role: RoleHeader}
		header.take(&p)
		m.dst = append(m.dst, p)
		start = end
	}
	return len(text), header
}

// take notes what a header says of its part.
func (header *partHeader) take(p *Part) {
	switch {
	case bytes.EqualFold(p.Name, []byte("Content-Disposition")):
		p.Hint = Params
		header.name = parameter(p.Text, "name")
		header.file = parameter(p.Text, "filename") != nil || parameter(p.Text, "filename*") != nil
	case bytes.EqualFold(p.Name, []byte("Content-Type")):
		if header.hint == Plain {
			header.hint = formatOf(string(p.Text))
		}
	case bytes.EqualFold(p.Name, []byte("Content-Transfer-Encoding")):
		if bytes.EqualFold(p.Text, []byte("base64")) {
			header.hint = Base64
		} else if bytes.EqualFold(p.Text, []byte("quoted-printable")) {
			header.hint = QuotedPrintable
		}
	}
}

// parameter returns a parameter of a header, nil when it has none of that name. It may be a view.
func parameter(header []byte, name string) []byte {
	separator := paramSeparator(header)
	for start := 0; start < len(header); {
		end, equals := paramItem(header, start, separator)
		if equals >= 0 && bytes.EqualFold(bytes.TrimSpace(header[start:equals]), []byte(name)) {
			value := bytes.TrimSpace(header[equals+1 : end])
			if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
				value = value[1 : len(value)-1]
			}
			return value
		}
		start = end + 1
	}
	return nil
}

func (m *multipart) content(start, end int, header partHeader) {
	p := Part{Start: start, End: end, Name: header.name, Text: m.text[start:end:end], Parent: -1, Index: -1, Hint: header.hint}
	if header.line && m.crlf {
		p.style = needsCRLF
	} else if header.line {
		p.style = needsLF
	}
	if header.file {
		p.Role = RoleFile
	}
	m.dst = append(m.dst, p)
	if len(m.dst)-m.base < maxIndexed {
		number(m.dst[m.base:])
	}
}

// Styles of contents that have no line break of their own before the next boundary: with a text they need one.
const (
	needsLF = 1 + iota
	needsCRLF
)

// appendMultipart writes a header or the content of a part. A text that has more lines with two hyphens in front than the
// one before could hold the boundary.
func appendMultipart(dst []byte, part *Part, original, text []byte) ([]byte, error) {
	reason := ""
	switch hyphens := []byte("\n--"); {
	case bytes.Equal(original, text):
	case part.Role == RoleHeader && endsHeader(text):
		reason = "a line break in a header"
	case bytes.Count(text, hyphens) > bytes.Count(original, hyphens) || bytes.HasPrefix(text, hyphens[1:]) && !bytes.HasPrefix(original, hyphens[1:]):
		reason = "a line that could be a boundary"
	}
	if reason != "" {
		return dst, &Error{Kind: ErrSyntax, Format: Multipart, Offset: part.Start, Reason: reason}
	}
	dst = append(dst, text...)
	switch {
	case len(text) == 0:
	case part.style == needsLF:
		dst = append(dst, '\n')
	case part.style == needsCRLF:
		dst = append(dst, '\r', '\n')
	}
	return dst, nil
}

// endsHeader reports whether a line break in a header's text is not that of a continued line.
func endsHeader(text []byte) bool {
	for i, c := range text {
		if c == '\n' && (i+1 == len(text) || text[i+1] != ' ' && text[i+1] != '\t') {
			return true
		}
	}
	return false
}
