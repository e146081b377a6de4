package filter

import (
	"fmt"
	"strings"
	"time"
)

// builder turns what either parser read into checked criteria. Both forms go
// through it, so they mean the same and fail the same.
type builder struct {
	text       string
	now        time.Time
	location   *time.Location
	predicates map[*Criterion]predicate
}

// draft is one criterion as it was read, with the places of its parts.
type draft struct {
	key       string // as written, for messages
	offset    int
	field     Field
	sub       string
	hasSub    bool
	subOffset int
	op        Op
	negate    bool
	opOffset  int
	values    []draftValue
}

type draftValue struct {
	text   string
	offset int
	bare   bool // not quoted
}

func (b *builder) fail(offset int, problem, expected string) error {
	return &SyntaxError{Text: b.text, Offset: offset, Problem: problem, Expected: expected}
}

// resolve looks the key up.
func (b *builder) resolve(d *draft, name string) error {
	field, sub, found := lookupKey(name)
	d.key, d.field, d.sub = name, field, sub
	if found {
		return nil
	}
	expected := "expected one of " + strings.Join(allKeys(), ", ")
	if near := nearest(name, allKeys()); near != "" {
		expected = fmt.Sprintf("did you mean %q?", near)
	}
	return b.fail(d.offset, fmt.Sprintf("unknown key %s", quoteShort(name)), expected)
}

// build checks a draft, gives its values their one spelling and compiles it.
func (b *builder) build(d draft) (*Criterion, error) {
	if len(b.predicates) >= MaxCriteria {
		return nil, b.fail(d.offset, fmt.Sprintf("more than %d criteria", MaxCriteria), "join values of one key: uuid IN a b c")
	}
	if err := b.checkSub(&d); err != nil {
		return nil, err
	}
	if err := b.checkOperator(&d); err != nil {
		return nil, err
	}
	c := &Criterion{Field: d.field, Sub: d.sub, Op: d.op, Negate: d.negate}
	if c.Field == FieldText && c.Op == OpIs {
		c.Op = OpContains
	}
	if err := b.normalise(c, d); err != nil {
		return nil, err
	}
	compiled, wrong := compile(c)
	if wrong != nil {
		offset := d.subOffset
		if wrong.value >= 0 {
			offset = d.values[min(wrong.value, len(d.values)-1)].offset
		}
		return nil, b.fail(offset, wrong.problem, wrong.expected)
	}
	b.predicates[c] = compiled
	return c, nil
}

func (b *builder) checkSub(d *draft) error {
	d.sub = strings.TrimSpace(d.sub)
	needed, allowed := d.field.hasSub()
	switch {
	case d.hasSub && !allowed:
		return b.fail(d.subOffset-1, fmt.Sprintf("%s takes no brackets", d.key), "")
	case d.field == FieldSample && d.hasSub && !strings.EqualFold(d.sub, "rrpair"):
		return b.fail(d.subOffset, fmt.Sprintf("unknown sample unit %s", quoteShort(d.sub)), "expected sample[rrpair], or sample for whole sessions")
	case needed && d.sub == "":
		return b.fail(d.offset+len(d.key), fmt.Sprintf("%s needs a name", d.key), fmt.Sprintf("expected %s[…]", d.key))
	}
	if d.field == FieldSample {
		d.sub = strings.ToLower(d.sub)
	}
	if d.field == FieldHeader || d.field == FieldTag {
		return nil // escaped when printed
	}
	if end, ok := closingBracket("["+d.sub+"]", 0); !ok || end != len(d.sub)+1 {
		return b.fail(d.subOffset, "the brackets in the name do not match", `expected \[ and \] for brackets that belong to a name`)
	}
	return nil
}

// allowedOperators says in words what a field can be compared with.
func allowedOperators(f Field, op Op) (ok bool, expected string) {
	isOrder := op >= OpGreater && op <= OpLessEqual
	switch f {
	case FieldSample, FieldRequestBodyJSON, FieldError:
		return op == OpIs, "expected IS or NOT"
	case FieldDuration, FieldSize, FieldTime:
		return op == OpIs || op == OpExists || isOrder, "expected IS, NOT, >, >=, <, <= or EXISTS"
	case FieldText:
		return op == OpIs || op == OpContains || op == OpRegex, "expected CONTAINS, NOT CONTAINS or REGEX"
	case FieldStatus, FieldHeader, FieldTag, FieldRequestJSON, FieldResponseJSON,
		FieldRequestXML, FieldRequestXPath, FieldRequestSOAPXPath:
		return true, ""
	default:
		return !isOrder, "expected IS, NOT, CONTAINS, NOT CONTAINS, REGEX, IN or EXISTS (order is for duration, size, status, ts, headers, tags and body values)"
	}
}

func (b *builder) checkOperator(d *draft) error {
	if ok, expected := allowedOperators(d.field, d.op); !ok {
		return b.fail(d.opOffset, fmt.Sprintf("%s cannot be compared with %s", d.key, d.op), expected)
	}
	if d.op >= OpGreater && d.op <= OpLessEqual && len(d.values) > 1 {
		return b.fail(d.values[1].offset, fmt.Sprintf("%s takes one value", d.op), "expected AND, OR or )")
	}
	return nil
}

// normalise fills in the values: times become absolute, values with one spelling
// get it.
func (b *builder) normalise(c *Criterion, d draft) error {
	if c.Field == FieldTime && c.Op != OpExists {
		return b.times(c, d)
	}
	for _, v := range d.values {
		text := v.text
		switch {
		case c.Op == OpRegex:
			text = unquoteRegex(text)
		case c.Op == OpContains && text == "":
			return b.fail(v.offset, "an empty value", "CONTAINS needs at least one character")
		case c.Field == FieldUUID && c.Op == OpIs:
			id, err := parseUUID(text)
			if err != nil {
				return b.fail(v.offset, fmt.Sprintf("%s is %s", quoteShort(text), err), "")
			}
			text = id
		case c.Field == FieldUUID, c.Field == FieldTrace, c.Field == FieldError:
			text = strings.ToLower(text)
		case c.Field == FieldDirection:
			text = strings.ToUpper(text)
		}
		c.Values = append(c.Values, text)
	}
	return nil
}

// unquoteRegex gives \" the spelling ", which means the same to RE2, so that a
// criterion prints and parses to itself.
func unquoteRegex(text string) string {
	if !strings.Contains(text, `\"`) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
			if text[i] != '"' {
				out.WriteByte('\\')
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

func (b *builder) times(c *Criterion, d draft) error {
	var times []time.Time
	for _, v := range d.values {
		if from, to, ok := parseDay(v.text, b.now, b.location); ok && len(d.values) == 1 && c.Op == OpIs {
			times = append(times, from, to)
			break
		}
		at, err := ParseTime(v.text, b.now, b.location)
		if err != nil {
			return b.fail(v.offset, err.Error(), "")
		}
		times = append(times, at)
	}
	if c.Op == OpIs && len(times) != 2 {
		return b.fail(d.values[min(len(d.values)-1, 2)].offset, fmt.Sprintf("%s needs two times and has %d", d.key, len(times)), "expected the start and the (exclusive) end, or one day")
	}
	if c.Op == OpIs && !times[0].Before(times[1]) {
		return b.fail(d.values[len(d.values)-1].offset, "the range ends before it begins", "expected a later end; it is exclusive")
	}
	for _, at := range times {
		if at.UTC().Year() < 1000 || at.UTC().Year() > 9999 {
			return b.fail(d.values[0].offset, "the time is out of range", "expected a year from 1000 to 9999")
		}
		c.Values = append(c.Values, formatTime(at))
	}
	return nil
}

// joinAnd makes one And of terms, without an And inside it.
func joinAnd(terms []Expr) Expr {
	var flat And
	for _, term := range terms {
		if nested, ok := term.(And); ok {
			flat = append(flat, nested...)
		} else {
			flat = append(flat, term)
		}
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return flat
}

// joinOr makes one Or of terms, without an Or inside it.
func joinOr(terms []Expr) Expr {
	var flat Or
	for _, term := range terms {
		if nested, ok := term.(Or); ok {
			flat = append(flat, nested...)
		} else {
			flat = append(flat, term)
		}
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return flat
}
