package filter

import (
	"strconv"
	"strings"
)

// Path is where a value lies, for who wants the value and not a comparison: what a criterion on a header, a tag or a JSON
// body looks at. Immutable and for concurrent use.
type Path struct {
	ref  FieldRef
	json jsonPath
}

// ParsePath reads header[name], tag[name], req_json[path] or resp_json[path], as they stand before the operator of a
// criterion. The error is a *SyntaxError.
func ParsePath(text string) (*Path, error) {
	const operator = " EXISTS"
	fail := &SyntaxError{
		Text: text, Problem: quoteShort(text) + " is no place of a value",
		Expected: "expected header[name], tag[name], req_json[path] or resp_json[path]",
	}
	q, err := Parse(text+operator, Options{})
	if err != nil {
		if wrong, ok := err.(*SyntaxError); ok && !strings.Contains(wrong.Problem+wrong.Expected, strings.TrimSpace(operator)) { //nolint:errorlint // Parse returns nothing else
			fail.Problem, fail.Offset = wrong.Problem, min(wrong.Offset, len(text))
		}
		return nil, fail
	}
	c, isOne := q.Expr().(*Criterion)
	if !isOne || c.Op != OpExists || c.Negate {
		return nil, fail
	}
	path := &Path{ref: FieldRef{c.Field, c.Field.canonicalSub(c.Sub)}}
	switch c.Field {
	case FieldHeader, FieldTag:
		return path, nil
	case FieldRequestJSON, FieldResponseJSON:
		path.json, err = parseJSONPath(c.Sub)
		return path, err
	}
	return nil, fail
}

// Ref is the field, and the name or path between the brackets.
func (p *Path) Ref() FieldRef { return p.ref }

// AppendFirst appends the text of the first value that the path leads to; found is false when there is none, or only null
// or one that is an object or an array.
func (p *Path) AppendFirst(dst []byte, s Source) (value []byte, found bool) {
	if p.json == nil {
		if p.ref.Field != FieldHeader && p.ref.Field != FieldTag {
			return dst, false
		}
		values, _ := s.Strings(nil, p.ref.Field, p.ref.Sub)
		if len(values) == 0 {
			return dst, false
		}
		return append(dst, values[0]...), true
	}
	body, known := s.Body(p.ref.Field == FieldResponseJSON)
	if !known {
		return dst, false
	}
	var room scratch
	p.json.walk(body, 0, &room, func(at int) bool {
		text, ok := jsonText(body, at, &room)
		if !ok || body[at] == '{' || body[at] == '[' || body[at] == 'n' {
			return true
		}
		dst, found = append(dst, text...), true
		return false
	})
	return dst, found
}

// Number reads a value as a criterion does that compares numbers.
func Number(text string) (value float64, ok bool) {
	n, ok := parseNumber(strings.TrimSpace(text))
	return n.float, ok
}

// Bool reads true or false, in any case.
func Bool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case strconv.FormatBool(true):
		return true, true
	case strconv.FormatBool(false):
		return false, true
	default:
		return false, false
	}
}
