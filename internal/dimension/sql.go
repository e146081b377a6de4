package dimension

import "strings"

// appendShape appends a statement without its literals. doubleQuoted says that
// double quotes hold strings (MySQL), not names.
func appendShape(dst []byte, sql string, doubleQuoted bool) []byte {
	s := shape{dst: dst, start: len(dst)}
	for i := 0; i < len(sql) && len(s.dst)-s.start <= maxEndpoint; {
		switch c := sql[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';':
			s.space = true
			i++
		case strings.HasPrefix(sql[i:], "--"):
			i = after(sql, i, "\n")
			s.space = true
		case strings.HasPrefix(sql[i:], "/*"):
			i = after(sql, i+2, "*/")
			s.space = true
		case c == '\'' || c == '"' && doubleQuoted:
			prefix := s.dropStringPrefix()
			i = afterQuote(sql, i, doubleQuoted || prefix == 'E' || prefix == 'e')
			s.literal()
		case c == '"' || c == '`':
			end := afterQuote(sql, i, false)
			s.word(sql[i:end])
			i = end
		case c == '$' && i+1 < len(sql) && isFigure(sql[i+1]):
			for i++; i < len(sql) && isFigure(sql[i]); i++ {
			}
			s.literal()
		case c == '$':
			tag := dollarTag(sql[i:])
			if tag == "" {
				s.word("$")
				i++
				continue
			}
			i = after(sql, i+len(tag), tag)
			s.literal()
		case isFigure(c) || c == '.' && i+1 < len(sql) && isFigure(sql[i+1]):
			for i++; i < len(sql) && (isNameByte(sql[i]) || sql[i] == '.'); i++ {
			}
			s.literal()
		case isNameByte(c):
			end := i + 1
			for end < len(sql) && isNameByte(sql[end]) {
				end++
			}
			s.word(sql[i:end])
			i = end
		case c == '?':
			s.literal()
			i++
		default:
			s.word(sql[i : i+1])
			i++
		}
	}
	return s.dst
}

// shape is the output: it joins white space, and makes one ? of a list of them.
type shape struct {
	dst   []byte
	start int
	space bool // white space came since the last word
}

func (s *shape) word(word string) {
	if s.space && len(s.dst) > s.start {
		s.dst = append(s.dst, ' ')
	}
	s.space = false
	s.dst = append(s.dst, word...)
	if word == ")" {
		s.joinRows()
	}
}

func (s *shape) literal() {
	out := s.dst[s.start:]
	list := strings.TrimRight(string(tail(out, 4)), " ")
	if strings.HasSuffix(list, "?,") {
		s.dst = s.dst[:s.start+strings.LastIndexByte(string(out), ',')]
		s.space = false
		return
	}
	s.word("?")
}

// joinRows makes (?) of (?), (?).
func (s *shape) joinRows() {
	for _, rows := range [...]string{"(?), (?)", "(?),(?)"} {
		if out := s.dst[s.start:]; strings.HasSuffix(string(tail(out, len(rows))), rows) {
			s.dst = s.dst[:len(s.dst)-len(rows)+len("(?)")]
		}
	}
}

// dropStringPrefix takes back and returns the E, B, X or N that stood before a
// string, 0 when there was none.
func (s *shape) dropStringPrefix() byte {
	n := len(s.dst)
	if s.space || n-s.start < 1 || strings.IndexByte("eEbBxXnN", s.dst[n-1]) < 0 || n-s.start > 1 && isNameByte(s.dst[n-2]) {
		return 0
	}
	prefix := s.dst[n-1]
	s.dst = s.dst[:n-1]
	s.space = n-s.start > 1 && s.dst[n-2] == ' '
	if s.space {
		s.dst = s.dst[:n-2]
	}
	return prefix
}

func tail(data []byte, n int) []byte { return data[max(0, len(data)-n):] }

// after gives the offset behind the next end, or the length of the text.
func after(sql string, i int, end string) int {
	if next := strings.Index(sql[i:], end); next >= 0 {
		return i + next + len(end)
	}
	return len(sql)
}

// afterQuote gives the offset behind the quoted text at i. A quote that belongs
// to the text is doubled, or stands behind a backslash where those escape: to
// read 'C:\' otherwise would take the next literal for code, and show it.
func afterQuote(sql string, i int, backslashes bool) int {
	quote := sql[i]
	for i++; i < len(sql); i++ {
		switch {
		case sql[i] == '\\' && backslashes && i+1 < len(sql):
			i++
		case sql[i] == quote && i+1 < len(sql) && sql[i+1] == quote:
			i++
		case sql[i] == quote:
			return i + 1
		}
	}
	return len(sql)
}

// dollarTag is $$ or $name$ at the start of a text, else "".
func dollarTag(sql string) string {
	for i := 1; i < len(sql); i++ {
		if sql[i] == '$' {
			return sql[:i+1]
		}
		if !isNameByte(sql[i]) {
			return ""
		}
	}
	return ""
}

func isFigure(c byte) bool { return c >= '0' && c <= '9' }

func isNameByte(c byte) bool {
	return c == '_' || c >= 0x80 || isFigure(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
