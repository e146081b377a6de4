package filter

import (
	"fmt"
	"strings"
)

// jsonForm reads the JSON form:
//
//	{"operator": "AND|OR", "conditions": [
//	  {"operator": "AND|OR", "filters": [
//	    {"include": true, "operator": "EQUAL|CONTAINS|REGEX", "service": "checkout"}]}]}
//
// A missing operator is AND between conditions and filters, EQUAL in a filter.
// include must be there: encoders that leave out false would turn an
// exclusion into its opposite. A criterion is a key of the text form, or header
// and tag {key, value}, timeRange {startTime, endTime}, sample {keep, out_of},
// reqFilter {key, value} (key: a path into a JSON body, an XPath when it begins
// with a slash, or a text key such as req_xml[a]). A value may be an array: any
// of them.
type jsonForm struct{ builder }

func (p *jsonForm) parse() (Expr, error) {
	root, wrong := parseJSONTree(p.text)
	if wrong != nil {
		return nil, p.fail(wrong.offset, wrong.problem, "expected the JSON form of a filter")
	}
	return p.list(&root, "conditions", func(condition *jsonValue) (Expr, error) {
		return p.list(condition, "filters", p.filter)
	})
}

// list reads {"operator": …, name: [ … ]}.
func (p *jsonForm) list(v *jsonValue, name string, item func(*jsonValue) (Expr, error)) (Expr, error) {
	if v.kind != '{' {
		return nil, p.fail(v.offset, "unexpected value", fmt.Sprintf(`expected {"operator": …, %q: […]}`, name))
	}
	join := joinAnd
	var items *jsonValue
	for i := range v.members {
		switch m := &v.members[i]; m.key {
		case "operator":
			switch strings.ToUpper(m.value.text) {
			case "AND", "":
			case "OR":
				join = joinOr
			default:
				return nil, p.fail(m.value.offset, fmt.Sprintf("unknown operator %s", quoteShort(m.value.text)), "expected AND or OR")
			}
		case name:
			items = &m.value
		case "id":
		default:
			return nil, p.fail(m.offset, fmt.Sprintf("unknown member %s", quoteShort(m.key)), fmt.Sprintf("expected operator or %s", name))
		}
	}
	if items == nil || items.kind != '[' || len(items.elements) == 0 {
		at := v.offset
		if items != nil {
			at = items.offset
		}
		return nil, p.fail(at, fmt.Sprintf("no %s", name), fmt.Sprintf("expected %q with at least one in it", name))
	}
	var terms []Expr
	for i := range items.elements {
		term, err := item(&items.elements[i])
		if err != nil {
			return nil, err
		}
		terms = append(terms, term)
	}
	return join(terms), nil
}

// filter reads one {"include": …, "operator": …, criterion}.
func (p *jsonForm) filter(v *jsonValue) (Expr, error) {
	if v.kind != '{' {
		return nil, p.fail(v.offset, "unexpected value", `expected {"include": true, "operator": "EQUAL", "service": "checkout"}`)
	}
	d := draft{offset: v.offset, opOffset: v.offset}
	var include, criterion *jsonMember
	for i := range v.members {
		switch m := &v.members[i]; m.key {
		case "include":
			include = m
		case "operator":
			d.opOffset = m.value.offset
			if err := p.operator(&d, m.value); err != nil {
				return nil, err
			}
		default:
			if criterion != nil {
				return nil, p.fail(m.offset, fmt.Sprintf("a second criterion, %s", quoteShort(m.key)), "expected one criterion for each filter")
			}
			criterion = m
		}
	}
	if include == nil || include.value.text != "true" && include.value.text != "false" {
		at := v.offset
		if include != nil {
			at = include.value.offset
		}
		return nil, p.fail(at, "the filter does not say whether it includes", `expected "include": true or false`)
	}
	if criterion == nil {
		return nil, p.fail(v.offset, "the filter has no criterion", `expected one such as "service": "checkout"`)
	}
	d.negate = include.value.text == "false"
	d.key, d.offset = criterion.key, criterion.offset
	if err := p.criterion(&d, criterion.value); err != nil {
		return nil, err
	}
	return p.build(d)
}

func (p *jsonForm) operator(d *draft, v jsonValue) error {
	switch strings.ToUpper(v.text) {
	case "EQUAL", "IS", "":
		d.op = OpIs
	case "CONTAINS":
		d.op = OpContains
	case "REGEX":
		d.op = OpRegex
	default:
		return p.fail(v.offset, fmt.Sprintf("unknown operator %s", quoteShort(v.text)), "expected EQUAL, CONTAINS or REGEX")
	}
	return nil
}

func (p *jsonForm) criterion(d *draft, v jsonValue) error {
	name, sub, hasSub := strings.Cut(d.key, "[")
	if hasSub {
		end, ok := closingBracket(d.key, len(name))
		if !ok || end != len(d.key)-1 {
			return p.fail(d.offset, "the brackets do not match", "expected key[name]")
		}
		sub = d.key[len(name)+1 : end]
	}
	if strings.EqualFold(name, "reqFilter") {
		return p.requestFilter(d, v)
	}
	if err := p.resolve(d, name); err != nil {
		return err
	}
	if hasSub {
		d.sub, d.hasSub, d.subOffset = sub, true, d.offset
		if d.field == FieldHeader || d.field == FieldTag {
			d.sub = unescape(sub)
		}
	}
	switch {
	case d.field == FieldTime:
		return p.members(d, v, "startTime", "endTime")
	case d.field == FieldSample:
		return p.share(d, v)
	case d.field == FieldRequestBodyJSON:
		d.op = OpIs
		text := v.text
		if v.kind == '{' {
			text = p.text[v.offset:v.end]
		}
		d.values = []draftValue{{text: text, offset: v.offset}}
		return nil
	case d.field == FieldHeader && !hasSub, d.field == FieldTag && !hasSub && d.sub == "":
		return p.pair(d, v)
	}
	return p.values(d, v)
}

// values takes a scalar, or an array of scalars.
func (p *jsonForm) values(d *draft, v jsonValue) error {
	all := []jsonValue{v}
	if v.kind == '[' {
		all = v.elements
	}
	if len(all) == 0 || len(all) > MaxValues {
		return p.fail(v.offset, fmt.Sprintf("%d values", len(all)), fmt.Sprintf("expected from 1 to %d", MaxValues))
	}
	for _, value := range all {
		if value.kind == '{' || value.kind == '[' || value.kind == 'n' {
			return p.fail(value.offset, fmt.Sprintf("%s has no text", quoteShort(d.key)), "expected a string, a number, true or false")
		}
		d.values = append(d.values, draftValue{text: value.text, offset: value.offset})
	}
	return nil
}

// pair takes {"key": …, "value": …}, or "key=value".
func (p *jsonForm) pair(d *draft, v jsonValue) error {
	if key, value, found := strings.Cut(v.text, "="); v.kind == '"' && found {
		d.sub, d.subOffset = key, v.offset
		d.values = []draftValue{{text: value, offset: v.offset}}
		return nil
	}
	key, value := v.member("key"), v.member("value")
	if key == nil || value == nil || key.kind != '"' || len(v.members) != 2 {
		return p.fail(v.offset, "unexpected value", `expected {"key": …, "value": …}`)
	}
	d.sub, d.subOffset = key.text, key.offset
	return p.values(d, *value)
}

// requestFilter is a criterion on the request's body.
func (p *jsonForm) requestFilter(d *draft, v jsonValue) error {
	if err := p.pair(d, v); err != nil {
		return err
	}
	d.field, d.hasSub = FieldRequestJSON, true
	if strings.HasPrefix(d.sub, "/") {
		d.field = FieldRequestXPath
		return nil
	}
	name, inside, found := strings.Cut(d.sub, "[")
	field, _, known := lookupKey(name)
	if needed, _ := field.hasSub(); found && known && needed && field.NeedsRequestBody() && strings.HasSuffix(inside, "]") {
		d.field, d.sub = field, strings.TrimSuffix(inside, "]")
	}
	return nil
}

// members takes an object of strings with these names as the values.
func (p *jsonForm) members(d *draft, v jsonValue, names ...string) error {
	d.op = OpIs
	for _, name := range names {
		m := v.member(name)
		if m == nil || m.kind != '"' || len(v.members) != len(names) {
			return p.fail(v.offset, "unexpected value", fmt.Sprintf(`expected {"%s": …}`, strings.Join(names, `": …, "`)))
		}
		d.values = append(d.values, draftValue{text: m.text, offset: m.offset})
	}
	return nil
}

// share takes {"keep": 1, "out_of": 5}, or a share as in the text form.
func (p *jsonForm) share(d *draft, v jsonValue) error {
	d.op = OpIs
	if v.kind == '"' {
		d.values = []draftValue{{text: v.text, offset: v.offset}}
		return nil
	}
	keep, outOf := v.member("keep"), v.member("out_of")
	if outOf == nil {
		outOf = v.member("outOf")
	}
	if keep == nil || outOf == nil || len(v.members) != 2 {
		return p.fail(v.offset, "unexpected value", `expected {"keep": 1, "out_of": 5}`)
	}
	d.values = []draftValue{{text: keep.text + "/" + outOf.text, offset: v.offset}}
	return nil
}
