package filter

import (
	"bytes"
	"regexp"
	"strings"
)

// textPredicate looks for words in every key and value of a record and in its
// bodies.
type textPredicate struct {
	needles     []needle
	expressions []*regexp.Regexp
}

// needle is what CONTAINS looks for, lower-case.
type needle struct {
	text  string
	ascii bool
}

func newTextPredicate(c *Criterion) (predicate, *valueError) {
	p := &textPredicate{}
	for i, value := range c.Values {
		if c.Op == OpRegex {
			expression, err := regexp.Compile(value)
			if err != nil {
				return nil, &valueError{i, err.Error(), expectedRegex}
			}
			p.expressions = append(p.expressions, expression)
			continue
		}
		if value == "" {
			return nil, &valueError{i, "an empty value", "expected at least one character"}
		}
		lower := strings.ToLower(value)
		p.needles = append(p.needles, needle{lower, isASCII(lower)})
	}
	return p, nil
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= 0x80 }) < 0
}

func (p *textPredicate) fields() []FieldRef { return []FieldRef{{Field: FieldText}} }

func (p *textPredicate) mayMatch(Ranges) bool { return true }

func (p *textPredicate) eval(s Source, room *scratch) Tri {
	document, known := s.Document()
	if known && p.inDocument(document, room) {
		return True
	}
	answer := triOf(false)
	if !known {
		answer = Unknown
	}
	for _, response := range [...]bool{false, true} {
		switch body, known := s.Body(response); {
		case !known:
			answer = Unknown
		case p.in(body):
			return True
		}
	}
	return answer
}

// encodedBody is the member whose value is searched decoded, as a body.
const encodedBody = "bodyBase64"

// inDocument searches each key and each value on its own.
func (p *textPredicate) inDocument(data []byte, room *scratch) bool {
	skip := false // the next value is an encoded body
	for i := 0; i < len(data); {
		switch data[i] {
		case '"':
			end, ok := skipString(data, i)
			if !ok {
				end = len(data) + 1
			}
			raw := data[i+1 : end-1]
			i = min(end, len(data))
			colon := skipSpace(data, i)
			isKey := colon < len(data) && data[colon] == ':'
			if !isKey && skip {
				skip = false
				continue
			}
			if bytes.IndexByte(raw, '\\') >= 0 {
				room.text = appendUnquoted(room.text[:0], raw)
				raw = room.text
			}
			if p.in(raw) {
				return true
			}
			skip = isKey && string(raw) == encodedBody
		case '{', '}', '[', ']', ',', ':', ' ', '\t', '\n', '\r':
			i++
		default:
			end := skipScalar(data, i)
			if p.in(data[i:end]) {
				return true
			}
			i = end
		}
	}
	return false
}

func (p *textPredicate) in(text []byte) bool {
	for _, n := range p.needles {
		if n.in(text) {
			return true
		}
	}
	for _, expression := range p.expressions {
		if len(text) > 0 && expression.Match(text) {
			return true
		}
	}
	return false
}

// in ignores the case of ASCII letters; of all letters when the needle has
// others than ASCII.
func (n needle) in(text []byte) bool {
	if !n.ascii {
		return len(text) > 0 && strings.Contains(strings.ToLower(viewString(text)), n.text)
	}
	last := len(text) - len(n.text)
	for i := 0; i <= last; i++ {
		if lowerASCII(text[i]) == n.text[0] && foldedEqual(text[i:i+len(n.text)], n.text) {
			return true
		}
	}
	return false
}

func foldedEqual(text []byte, lower string) bool {
	for i := 1; i < len(lower); i++ {
		if lowerASCII(text[i]) != lower[i] {
			return false
		}
	}
	return true
}

func lowerASCII(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}
