package content

import "bytes"

// maxIndexed is how many pairs of a form are compared with each other to number repeated names; in larger ones they
// have no Index.
const maxIndexed = 128

// splitForm splits name=value pairs: for each its name (Key) and its value. What has no equals sign is a value without a
// name. Names are whole, user[email] or user.email: the name class looks at their words. A leading question mark is
// skipped.
func (s *Splitter) splitForm(dst []Part, text []byte) ([]Part, error) {
	start := 0
	if len(text) > 0 && text[0] == '?' {
		start = 1
	}
	return s.splitPairs(dst, len(dst), text, start, len(text), RoleQuery)
}

// splitPairs splits text[start:end] as a form. base is the container's first part.
func (s *Splitter) splitPairs(dst []Part, base int, text []byte, start, end int, role Role) ([]Part, error) {
	first, pairs := len(dst), 0
	for start <= end {
		stop := end
		if i := bytes.IndexByte(text[start:end], '&'); i >= 0 {
			stop = start + i
		}
		if len(dst)-base >= MaxParts-2 {
			return dst, &Error{Kind: ErrTooLarge, Format: Form, Offset: start, Reason: "too many parts"}
		}
		var ok bool
		if dst, ok = s.pair(dst, text, start, stop, role, true); !ok {
			return dst, &Error{Kind: ErrTooLarge, Format: Form, Offset: start}
		}
		if pairs++; pairs <= maxIndexed {
			number(dst[first:])
		}
		start = stop + 1
	}
	return dst, nil
}

// pair splits text[start:end] at its first equals sign. ok is false when the limit is passed; then dst is unchanged.
func (s *Splitter) pair(dst []Part, text []byte, start, end int, role Role, plus bool) (parts []Part, ok bool) {
	before := dst
	var name []byte
	var p *Part
	if i := bytes.IndexByte(text[start:end], '='); i >= 0 {
		if name, ok = s.unpercent(text[start:start+i], plus); !ok {
			return before, false
		}
		dst, p = add(dst)
		*p = Part{Start: start, End: start + i, Text: name, Parent: -1, Index: -1, Key: true, Role: role}
		start += i + 1
	}
	value, ok := s.unpercent(text[start:end], plus)
	if !ok {
		return before, false
	}
	dst, p = add(dst)
	*p = Part{Start: start, End: end, Name: name, Text: value, Parent: -1, Index: -1, Role: role}
	if name == nil {
		p.style = styleBare
	}
	return dst, true
}

// styleBare marks a value without a name, in which an equals sign has to be encoded.
const styleBare = 1

// number gives the last part its Index if an earlier one has its name.
func number(parts []Part) {
	last := &parts[len(parts)-1]
	if last.Name == nil {
		return
	}
	for i := len(parts) - 2; i >= 0; i-- {
		if !parts[i].Key && parts[i].Role != RoleHeader && parts[i].Name != nil && bytes.Equal(parts[i].Name, last.Name) {
			if parts[i].Index < 0 {
				parts[i].Index = 0
			}
			last.Index = parts[i].Index + 1
			return
		}
	}
}

// appendForm writes a name or value of a form.
func appendForm(dst []byte, part *Part, original, text []byte) []byte {
	special, edges := "&#;", ""
	if part.Key || part.style == styleBare {
		special = "&#;="
	}
	if part.Start == 0 {
		edges = "?"
	}
	return respellPercent(dst, original, text, true, unreserved, special, edges)
}
