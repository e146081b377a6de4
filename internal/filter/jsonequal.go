package filter

import "slices"

// equalJSONPredicate is reqbodyjson: the request's body is the same JSON as the
// criterion's, but for the members it leaves out.
type equalJSONPredicate struct {
	wanted []jsonValue // any of them
	ignore [][]string  // names left out, one list for each wanted value
}

// newEqualJSONPredicate reads {"body": …, "ignore_keys": ["…"]}. A body that is
// a string holding an object or an array stands for what it holds.
func newEqualJSONPredicate(c *Criterion) (predicate, *valueError) {
	const expected = `expected {"body": …, "ignore_keys": ["…"]}`
	p := &equalJSONPredicate{}
	for i, text := range c.Values {
		tree, err := parseJSONTree(text)
		if err != nil {
			return nil, &valueError{i, "no JSON: " + err.problem, expected}
		}
		var ignore []string
		for _, m := range tree.members {
			switch m.key {
			case "body":
			case "ignore_keys":
				for _, element := range m.value.elements {
					ignore = append(ignore, element.text)
				}
			default:
				return nil, &valueError{i, "unknown member " + quoteShort(m.key), expected}
			}
		}
		wanted := tree.member("body")
		if wanted == nil {
			return nil, &valueError{i, "the member body is missing", expected}
		}
		if wanted.kind == '"' {
			if held, err := parseJSONTree(wanted.text); err == nil && (held.kind == '{' || held.kind == '[') {
				wanted = &held
			}
		}
		wanted.drop(ignore)
		p.wanted, p.ignore = append(p.wanted, *wanted), append(p.ignore, ignore)
	}
	return p, nil
}

// drop takes members with these names out at every depth, and all but the last
// of members with one name.
func (v *jsonValue) drop(names []string) {
	var kept []jsonMember
	for i, m := range v.members {
		again := slices.ContainsFunc(v.members[i+1:], func(other jsonMember) bool { return other.key == m.key })
		if !again && !slices.Contains(names, m.key) {
			m.value.drop(names)
			kept = append(kept, m)
		}
	}
	v.members = kept
	for i := range v.elements {
		v.elements[i].drop(names)
	}
}

func (p *equalJSONPredicate) fields() []FieldRef { return []FieldRef{{Field: FieldRequestBodyJSON}} }

func (p *equalJSONPredicate) mayMatch(Ranges) bool { return true }

func (p *equalJSONPredicate) eval(s Source, room *scratch) Tri {
	body, known := s.Body(false)
	if !known {
		return Unknown
	}
	start := skipSpace(body, 0)
	end, ok := skipValue(body, start)
	if !ok || skipSpace(body, end) != len(body) {
		return False
	}
	for i := range p.wanted {
		if equalJSON(&p.wanted[i], p.ignore[i], body, start, room) {
			return True
		}
	}
	return False
}

// equalJSON compares the value at an offset. It goes no deeper than wanted does.
func equalJSON(wanted *jsonValue, ignore []string, data []byte, at int, room *scratch) bool {
	switch data[at] {
	case '{':
		return wanted.kind == '{' && equalObject(wanted, ignore, data, at, room)
	case '[':
		elements, equal := 0, wanted.kind == '['
		complete := equal && eachElement(data, at, func(index, value int) bool {
			elements++
			equal = index < len(wanted.elements) && equalJSON(&wanted.elements[index], ignore, data, value, room)
			return equal
		})
		return complete && equal && elements == len(wanted.elements)
	}
	text, ok := jsonText(data, at, room)
	if !ok || (data[at] == '"') != (wanted.kind == '"') {
		return false
	}
	if text == wanted.text {
		return true
	}
	if wanted.kind != '0' || !isJSONNumber(text) {
		return false
	}
	a, okA := parseNumber(text)
	b, okB := parseNumber(wanted.text)
	return okA && okB && a.compare(b) == 0
}

// equalObject needs every member of wanted once and no other; of members with
// one name each must be equal.
func equalObject(wanted *jsonValue, ignore []string, data []byte, at int, room *scratch) bool {
	var few [32]bool
	seen, left, equal := few[:], len(wanted.members), true
	if left > len(few) {
		seen = make([]bool, left)
	}
	complete := eachMember(data, at, func(key []byte, value int) bool {
		for _, name := range ignore {
			if sameText(key, name, room) {
				return true
			}
		}
		for i := range wanted.members {
			if !sameText(key, wanted.members[i].key, room) {
				continue
			}
			if !seen[i] {
				seen[i] = true
				left--
			}
			equal = equalJSON(&wanted.members[i].value, ignore, data, value, room)
			return equal
		}
		equal = false
		return false
	})
	return complete && equal && left == 0
}
