package filter

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unsafe"
)

// jsonPath is where in a JSON document to look: a.b[0].c, [*] for every element,
// $ (which may be left out) for the document itself.
type jsonPath []jsonStep

// jsonStep goes from a value to a member or to elements of it.
type jsonStep struct {
	name  string // the member; also the element when the name is a number
	index int    // the element; every one when anyElement, none when -1
}

const anyElement = -2

func parseJSONPath(text string) (jsonPath, error) {
	var path jsonPath
	rest := text
	if rest == "$" {
		return path, nil
	}
	if strings.HasPrefix(rest, "$.") || strings.HasPrefix(rest, "$[") {
		rest = strings.TrimPrefix(rest[1:], ".")
	}
	for first := true; rest != "" || first; first = false {
		if len(path) >= MaxPathSteps {
			return nil, fmt.Errorf("the path has more than %d steps", MaxPathSteps)
		}
		step, length, err := nextJSONStep(rest)
		if err != nil {
			return nil, fmt.Errorf("path %s: %w", quoteShort(text), err)
		}
		path = append(path, step)
		rest = rest[length:]
		if strings.HasPrefix(rest, ".") {
			if rest = rest[1:]; rest == "" || rest[0] == '[' {
				return nil, fmt.Errorf("path %s: a name is missing after a dot", quoteShort(text))
			}
		}
	}
	return path, nil
}

// nextJSONStep reads [n], [*] or a name up to the next dot or bracket.
func nextJSONStep(text string) (step jsonStep, length int, err error) {
	if strings.HasPrefix(text, "[") {
		inside, _, closed := strings.Cut(text[1:], "]")
		if inside == "*" && closed {
			return jsonStep{index: anyElement}, len("[*]"), nil
		}
		index, err := strconv.ParseUint(inside, 10, 31)
		if err != nil || !closed {
			return step, 0, fmt.Errorf("[%s is no element: write [0] or [*]", inside)
		}
		return jsonStep{index: int(index)}, len(inside) + 2, nil
	}
	var name strings.Builder
	i := 0
	for ; i < len(text) && text[i] != '.' && text[i] != '['; i++ {
		switch {
		case text[i] == ']':
			return step, 0, fmt.Errorf(`a stray ]: write \] in a name`)
		case text[i] == '\\' && i+1 == len(text):
			return step, 0, fmt.Errorf(`it ends in a backslash: write \\ in a name`)
		case text[i] == '\\':
			i++
		}
		name.WriteByte(text[i])
	}
	if i == 0 {
		return step, 0, fmt.Errorf("a name is missing")
	}
	step = jsonStep{name: name.String(), index: -1}
	if index, err := strconv.ParseUint(step.name, 10, 31); err == nil {
		step.index = int(index)
	}
	return step, i, nil
}

// walk calls visit with the offset of each value that the path leads to, and
// says whether visit ended it by returning false. Of members with one name the
// first counts.
func (p jsonPath) walk(data []byte, at int, room *scratch, visit func(value int) bool) (ended bool) {
	if at = skipSpace(data, at); at >= len(data) {
		return false
	}
	if len(p) == 0 {
		return !visit(at)
	}
	step := &p[0]
	switch {
	case data[at] == '{' && step.name != "":
		eachMember(data, at, func(key []byte, value int) bool {
			if !sameText(key, step.name, room) {
				return true
			}
			ended = p[1:].walk(data, value, room, visit)
			return false
		})
	case data[at] == '[' && step.index != -1:
		eachElement(data, at, func(index, value int) bool {
			if step.index == anyElement || step.index == index {
				ended = p[1:].walk(data, value, room, visit)
			}
			return !ended && step.index != index
		})
	}
	return ended
}

// jsonText is the value at an offset as a criterion compares it: the text of a
// string, else the JSON text. It is a view, valid until room is used again.
func jsonText(data []byte, at int, room *scratch) (text string, ok bool) {
	end, ok := skipValue(data, at)
	if !ok {
		return "", false
	}
	raw := data[at:end]
	switch raw[0] {
	case '"':
		raw = raw[1 : len(raw)-1]
	case '{', '[':
		return viewString(raw), true
	default: // a body that is no JSON is no scalar either
		text = viewString(raw)
		return text, text == "true" || text == "false" || text == "null" || isJSONNumber(text)
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return viewString(raw), true
	}
	room.text = appendUnquoted(room.text[:0], raw)
	return viewString(room.text), true
}

// viewString shares the bytes, which must not change while the string is used:
// matchers look at a value once and keep nothing.
func viewString(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }

// jsonPredicate is a criterion on a value inside a JSON body.
type jsonPredicate struct {
	ref     FieldRef
	path    jsonPath
	matcher matcher // nil for EXISTS
}

func newJSONPredicate(c *Criterion) (predicate, *valueError) {
	path, err := parseJSONPath(c.Sub)
	if err != nil {
		return nil, &valueError{-1, err.Error(), "expected one such as user.id or items[0].sku"}
	}
	p := &jsonPredicate{ref: FieldRef{c.Field, c.Sub}, path: path}
	if c.Op == OpExists {
		return p, nil
	}
	var wrong *valueError
	p.matcher, wrong = newMatcher(c)
	return p, wrong
}

func (p *jsonPredicate) fields() []FieldRef { return []FieldRef{p.ref} }

func (p *jsonPredicate) eval(s Source, room *scratch) Tri {
	body, known := s.Body(p.ref.Field == FieldResponseJSON)
	if !known {
		return Unknown
	}
	return triOf(p.path.walk(body, 0, room, func(value int) bool {
		text, ok := jsonText(body, value, room)
		return !ok || p.matcher != nil && !p.matcher.match(text)
	}))
}

func (p *jsonPredicate) mayMatch(Ranges) bool { return true }
