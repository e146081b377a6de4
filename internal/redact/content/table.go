package content

import "bytes"

// Bounds of tables: a header line is looked for in the first tableHead bytes; names are at most tableName bytes.
const (
	tableHead    = 8 << 10
	tableName    = 64
	tableColumns = 1 << 10
)

// tableDelimiters separate the fields of tables; a part's style says which, and whether it stands in quotes.
const (
	tableDelimiters = ",;\t|"
	tableQuoted     = 0x80
)

// splitTable splits CSV and TSV with a header line: fields are named by their column, those of the header are keys. Empty
// fields are no parts. A text without names in its first line is no table.
func (s *Splitter) splitTable(dst []Part, text []byte) ([]Part, error) {
	base := len(dst)
	fail := func(at int, reason string) ([]Part, error) {
		return dst[:base], &Error{Kind: ErrSyntax, Format: Table, Offset: at, Reason: reason}
	}
	delimiter := tableDelimiter(text)
	if delimiter < 0 {
		return fail(0, "no header line")
	}
	i := byteOrderMark(text)
	var names [][]byte
	for row, column := 0, 0; i < len(text); {
		p, next, ok := s.field(text, i, delimiter)
		if !ok {
			return dst[:base], &Error{Kind: ErrTooLarge, Format: Table, Offset: i}
		}
		if len(dst)-base >= MaxParts {
			return fail(i, "too many fields")
		}
		p.Index = int32(row - 1)
		if row == 0 {
			p.Key, p.Index = true, -1
			names = append(names, p.Text)
		} else if column < len(names) {
			p.Name = names[column]
		}
		if p.End > p.Start {
			dst = append(dst, p)
		}
		column++
		if next < len(text) && text[next] == tableDelimiters[delimiter] {
			i = next + 1
			continue
		}
		for i = next; i < len(text) && (text[i] == '\r' || text[i] == '\n'); i++ {
		}
		row, column = row+1, 0
	}
	return dst, nil
}

// field reads the field at start and returns where what is behind it begins.
func (s *Splitter) field(text []byte, start, delimiter int) (p Part, next int, ok bool) {
	style := uint8(delimiter)
	p = Part{Parent: -1, Index: -1}
	if text[start] == '"' {
		if end := closingTableQuote(text, start+1); end >= 0 {
			p.Start, p.End, p.style = start+1, end, style|tableQuoted
			p.Text = text[start+1 : end : end]
			if bytes.IndexByte(p.Text, '"') >= 0 {
				buffer := s.reserve(len(p.Text))
				for k := 0; k < len(p.Text); k++ {
					buffer = append(buffer, p.Text[k])
					if p.Text[k] == '"' {
						k++
					}
				}
				if p.Text, ok = s.commit(buffer); !ok {
					return p, 0, false
				}
			}
			next = end + 1
			for next < len(text) && text[next] != tableDelimiters[delimiter] && text[next] != '\n' && text[next] != '\r' {
				next++
			}
			if next == end+1 {
				return p, next, true
			}
		}
	}
	end := start
	for end < len(text) && text[end] != tableDelimiters[delimiter] && text[end] != '\n' && text[end] != '\r' {
		end++
	}
	p.Start, p.End = trim(text, start, end)
	p.Text, p.style = text[p.Start:p.End:p.End], style
	return p, end, true
}

// closingTableQuote returns where the quote is that ends a field, -1 when none does: two of them are one in the field.
func closingTableQuote(text []byte, i int) int {
	for {
		next := bytes.IndexByte(text[i:], '"')
		if next < 0 {
			return -1
		}
		if i += next; i+1 == len(text) || text[i+1] != '"' {
			return i
		}
		i += 2
	}
}

func byteOrderMark(text []byte) int {
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		return 3
	}
	return 0
}

// tableDelimiter returns which of tableDelimiters separates the names of a header line, -1 when the first line is none.
func tableDelimiter(text []byte) int {
	head := text[byteOrderMark(text):min(len(text), tableHead)]
	end := bytes.IndexByte(head, '\n')
	if end < 0 {
		return -1
	}
	line := bytes.TrimRight(head[:end], "\r")
	best, most := -1, 0
	for k := range tableDelimiters {
		if n := bytes.Count(line, []byte{tableDelimiters[k]}); n > most {
			best, most = k, n
		}
	}
	if best < 0 || most >= tableColumns {
		return -1
	}
	for name := range bytes.SplitSeq(line, []byte{tableDelimiters[best]}) {
		if !isColumnName(name) {
			return -1
		}
	}
	return best
}

// isColumnName reports whether a field of a header line is a name: at most four words, not a number, not a sentence.
func isColumnName(name []byte) bool {
	if len(name) >= 2 && name[0] == '"' && name[len(name)-1] == '"' {
		name = name[1 : len(name)-1]
	}
	if len(name) == 0 || len(name) > tableName || !isNameStart(name[0]) && name[0] != '#' {
		return false
	}
	blanks := 0
	for _, c := range name {
		switch {
		case c == ' ':
			blanks++
		case !isNameStart(c) && c-'0' > 9 && bytes.IndexByte([]byte("-./()#[]:&%"), c) < 0:
			return false
		}
	}
	return blanks <= 3
}

// tableLike reports whether a text nobody calls a table is one: names in the first line, and in the second as many fields.
func tableLike(text []byte) bool {
	head := text[:min(len(text), tableHead)]
	line := bytes.IndexByte(head, '\n')
	if line < 3 {
		return false
	}
	delimiter := tableDelimiter(text)
	if delimiter < 0 {
		return false
	}
	columns := bytes.Count(head[:line], []byte{tableDelimiters[delimiter]})
	var s Splitter
	s.left = len(text)
	for i := line + 1; i < len(text); {
		_, next, ok := s.field(text, i, delimiter)
		if !ok {
			return false
		}
		if next == len(text) || text[next] != tableDelimiters[delimiter] {
			return columns == 0
		}
		columns--
		if i = next + 1; i == len(text) {
			return columns == 0
		}
	}
	return false
}

// appendTable writes a field; one that needs quotes and has none gets them.
func appendTable(dst []byte, part *Part, original, text []byte) []byte {
	if bytes.Equal(original, text) {
		return append(dst, text...) // a quote within a field that stands in none
	}
	delimiter := tableDelimiters[part.style&^tableQuoted]
	quoted := part.style&tableQuoted != 0
	open := !quoted && (bytes.IndexByte(text, delimiter) >= 0 || bytes.ContainsAny(text, "\"\r\n"))
	if open {
		dst = append(dst, '"')
	}
	if open || quoted {
		for _, c := range text {
			if c == '"' {
				dst = append(dst, '"')
			}
			dst = append(dst, c)
		}
	} else {
		dst = append(dst, text...)
	}
	if open {
		dst = append(dst, '"')
	}
	return dst
}
