package content

import "bytes"

// splitYAML splits a text at the block scalars of YAML (key: | and key: >): each is a part named by its key, without its
// indentation. What stands between them are texts as they are: values on their keys' lines are found by those.
func (s *Splitter) splitYAML(dst []Part, text []byte) ([]Part, error) {
	base, at, found := len(dst), 0, false
	for i := 0; i < len(text); {
		line := text[i : i+span(text[i:], "\n")]
		next := min(i+len(line)+1, len(text))
		name, indent := blockHeader(line)
		if name == nil {
			i = next
			continue
		}
		end, width := blockEnd(text, next, indent)
		if end <= next {
			i = next
			continue
		}
		if len(dst)-base >= MaxParts-2 {
			return dst[:base], &Error{Kind: ErrSyntax, Format: YAML, Offset: i, Reason: "too many parts"}
		}
		decoded, ok := s.commit(appendDedented(s.reserve(end-next), text[next:end], width))
		if !ok {
			return dst[:base], &Error{Kind: ErrTooLarge, Format: YAML, Offset: i}
		}
		dst = append(dst, Part{Start: at, End: next, Text: text[at:next:next], Parent: -1, Index: -1, Role: RoleText},
			Part{Start: next, End: end, Name: name, Text: decoded, Parent: -1, Index: -1})
		at, i, found = end, end, true
	}
	if !found {
		return dst[:base], &Error{Kind: ErrSyntax, Format: YAML, Reason: "no block scalar"}
	}
	if at < len(text) {
		dst = append(dst, Part{Start: at, End: len(text), Text: text[at:], Parent: -1, Index: -1, Role: RoleText})
	}
	return dst, nil
}

// blockHeader returns the key of a line that begins a block scalar, and how far it is indented; nil for other lines.
func blockHeader(line []byte) (name []byte, indent int) {
	head := bytes.TrimRight(line, " \t\r")
	for len(head) > 0 && (head[len(head)-1] == '-' || head[len(head)-1] == '+' || head[len(head)-1]-'0' <= 9) {
		head = head[:len(head)-1]
	}
	if len(head) < 4 || head[len(head)-1] != '|' && head[len(head)-1] != '>' {
		return nil, 0
	}
	head = bytes.TrimRight(head[:len(head)-1], " ")
	if len(head) < 2 || head[len(head)-1] != ':' {
		return nil, 0
	}
	head = head[:len(head)-1]
	for indent < len(head) && head[indent] == ' ' {
		indent++
	}
	head = bytes.TrimPrefix(head[indent:], []byte("- "))
	if head = bytes.Trim(head, " \"'"); len(head) == 0 || len(head) > tableName {
		return nil, 0
	}
	return head, indent
}

// blockEnd returns where the block scalar ends whose first line is at start, without its last line break, and the width of
// its indentation, which is that of its first line and more than indent.
func blockEnd(text []byte, start, indent int) (end, width int) {
	end, width = start, -1
	for i := start; i < len(text); {
		line := text[i : i+span(text[i:], "\n")]
		blanks := 0
		for blanks < len(line) && line[blanks] == ' ' {
			blanks++
		}
		if len(bytes.TrimSpace(line)) > 0 {
			if width < 0 {
				if width = blanks; width <= indent {
					return start, 0
				}
			}
			if blanks < width {
				break
			}
			end = i + len(bytes.TrimRight(line, "\r"))
		}
		i += len(line) + 1
	}
	return end, max(width, 0)
}

// appendDedented appends lines without their indentation.
func appendDedented(dst, text []byte, width int) []byte {
	for first := true; len(text) > 0; first = false {
		n := span(text, "\n")
		if !first {
			dst = append(dst, '\n')
		}
		dst = append(dst, text[min(width, n):n]...)
		text = text[min(n+1, len(text)):]
	}
	return dst
}

// appendYAML writes a block scalar with the indentation of its first line.
func appendYAML(dst []byte, part *Part, original, text []byte) []byte {
	if part.Role == RoleText {
		return append(dst, text...)
	}
	width := 0
	for first := bytes.TrimLeft(original, "\r\n"); width < len(first) && first[width] == ' '; {
		width++
	}
	for first := true; ; first = false {
		if !first {
			dst = append(dst, '\n')
		}
		n := span(text, "\n")
		if n > 0 {
			dst = append(dst, bytes.Repeat([]byte{' '}, width)...)
		}
		dst = append(dst, text[:n]...)
		if n == len(text) {
			return dst
		}
		text = text[n+1:]
	}
}

// yamlLike reports whether a text of lines has a block scalar: a key's line that ends with its mark.
func yamlLike(text []byte) bool {
	for _, mark := range []string{": |", ": >"} {
		for rest := text; ; {
			i := bytes.Index(rest, []byte(mark))
			if i < 0 {
				break
			}
			if rest = rest[i+len(mark):]; len(rest) > 0 && bytes.IndexByte([]byte("\r\n-+ 123456789"), rest[0]) >= 0 {
				return true
			}
		}
	}
	return false
}
