package filter

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// jsonValue is a JSON value of a filter, with where it stands, for messages.
// Records are never read into one.
type jsonValue struct {
	offset   int    // of its first byte
	end      int    // behind its last byte
	kind     byte   // { [ " 0 t f n
	text     string // of a string; the JSON text of a number, true, false, null
	members  []jsonMember
	elements []jsonValue
}

type jsonMember struct {
	offset int
	key    string
	value  jsonValue
}

// jsonTree parses strictly; its error has an offset.
type jsonTree struct {
	data []byte
	at   int
}

type jsonTreeError struct {
	offset  int
	problem string
}

func (e *jsonTreeError) Error() string { return e.problem }

// parseJSONTree reads a whole text, white space around it allowed.
func parseJSONTree(text string) (jsonValue, *jsonTreeError) {
	p := jsonTree{data: []byte(text)}
	value, err := p.value(0)
	if err != nil {
		return value, err
	}
	if p.at = skipSpace(p.data, p.at); p.at < len(p.data) {
		return value, p.fail("something follows the JSON value")
	}
	return value, nil
}

func (p *jsonTree) fail(problem string) *jsonTreeError { return &jsonTreeError{p.at, problem} }

func (p *jsonTree) value(depth int) (jsonValue, *jsonTreeError) {
	p.at = skipSpace(p.data, p.at)
	v := jsonValue{offset: p.at}
	if p.at >= len(p.data) {
		return v, p.fail("the JSON ends too early")
	}
	if depth > MaxDepth {
		return v, p.fail(fmt.Sprintf("the JSON is nested deeper than %d", MaxDepth))
	}
	switch v.kind = p.data[p.at]; v.kind {
	case '{':
		err := p.object(&v, depth)
		v.end = p.at
		return v, err
	case '[':
		err := p.array(&v, depth)
		v.end = p.at
		return v, err
	case '"':
		text, err := p.string()
		v.text, v.end = text, p.at
		return v, err
	default:
		end := skipScalar(p.data, p.at)
		v.text = string(p.data[p.at:end])
		switch {
		case v.text == "true" || v.text == "false" || v.text == "null":
		case isJSONNumber(v.text):
			v.kind = '0'
		default:
			return v, p.fail(fmt.Sprintf("%s is no JSON value", quoteShort(v.text)))
		}
		p.at, v.end = end, end
		return v, nil
	}
}

func (p *jsonTree) object(v *jsonValue, depth int) *jsonTreeError {
	p.at = skipSpace(p.data, p.at+1)
	for !p.take('}') {
		if len(v.members) > 0 && !p.take(',') {
			return p.fail("expected , or }")
		}
		p.at = skipSpace(p.data, p.at)
		m := jsonMember{offset: p.at}
		if p.at >= len(p.data) || p.data[p.at] != '"' {
			return p.fail("expected a name in quotes")
		}
		var err *jsonTreeError
		if m.key, err = p.string(); err != nil {
			return err
		}
		p.at = skipSpace(p.data, p.at)
		if !p.take(':') {
			return p.fail("expected :")
		}
		if m.value, err = p.value(depth + 1); err != nil {
			return err
		}
		v.members = append(v.members, m)
		p.at = skipSpace(p.data, p.at)
	}
	return nil
}

func (p *jsonTree) array(v *jsonValue, depth int) *jsonTreeError {
	p.at = skipSpace(p.data, p.at+1)
	for !p.take(']') {
		if len(v.elements) > 0 && !p.take(',') {
			return p.fail("expected , or ]")
		}
		element, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		v.elements = append(v.elements, element)
		p.at = skipSpace(p.data, p.at)
	}
	return nil
}

func (p *jsonTree) string() (string, *jsonTreeError) {
	end, ok := skipString(p.data, p.at)
	if !ok {
		return "", p.fail("this quote is not closed")
	}
	raw := p.data[p.at+1 : end-1]
	if bytes.ContainsFunc(raw, func(r rune) bool { return r < ' ' }) {
		return "", p.fail("a control character in a string: escape it")
	}
	p.at = end
	return string(bytes.ToValidUTF8(appendUnquoted(nil, raw), []byte(string(utf8.RuneError)))), nil
}

func (p *jsonTree) take(c byte) bool {
	if p.at < len(p.data) && p.data[p.at] == c {
		p.at++
		return true
	}
	return false
}

// isJSONNumber follows the grammar of RFC 8259.
func isJSONNumber(text string) bool {
	rest := strings.TrimPrefix(text, "-")
	whole := figures(rest)
	if whole == 0 || whole > 1 && rest[0] == '0' {
		return false
	}
	rest = rest[whole:]
	if fraction, found := strings.CutPrefix(rest, "."); found {
		n := figures(fraction)
		if n == 0 {
			return false
		}
		rest = fraction[n:]
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		rest = rest[1:]
		if rest != "" && (rest[0] == '+' || rest[0] == '-') {
			rest = rest[1:]
		}
		n := figures(rest)
		return n > 0 && n == len(rest)
	}
	return rest == ""
}

// figures counts the digits a text begins with.
func figures(text string) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

// member finds a member by name; the last one counts.
func (v *jsonValue) member(key string) *jsonValue {
	for i := len(v.members) - 1; i >= 0; i-- {
		if v.members[i].key == key {
			return &v.members[i].value
		}
	}
	return nil
}
