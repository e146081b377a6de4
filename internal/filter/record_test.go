package filter

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"
)

// record is a Source made of plain Go values, which the naive evaluator reads
// too. hidden fields are not known.
type record struct {
	values   map[FieldRef][]string
	duration *int64
	size     int64
	at       time.Time
	request  []byte
	response []byte
	document []byte
	hidden   map[Field]bool // the bodies stand under req_json and resp_json
}

func (r *record) Strings(dst []string, f Field, sub string) ([]string, bool) {
	if r.hidden[f] {
		return dst, false
	}
	return append(dst, r.values[FieldRef{f, sub}]...), true
}

func (r *record) Number(f Field) (int64, bool, bool) {
	switch {
	case r.hidden[f]:
		return 0, false, false
	case f == FieldSize:
		return r.size, true, true
	case r.duration == nil:
		return 0, false, true
	default:
		return *r.duration, true, true
	}
}

func (r *record) Time() (time.Time, bool) {
	if r.hidden[FieldTime] {
		return time.Time{}, false
	}
	return r.at, true
}

func (r *record) Body(response bool) ([]byte, bool) {
	if response {
		return r.response, !r.hidden[FieldResponseJSON]
	}
	return r.request, !r.hidden[FieldRequestJSON]
}

func (r *record) Document() ([]byte, bool) { return r.document, !r.hidden[FieldText] }

// The worlds of values are small, so that random filters often match.
var (
	worldPlain   = []Field{FieldService, FieldCommand, FieldLocation, FieldStatus, FieldDirection, FieldSession, FieldUUID, FieldError, FieldEndpoint}
	worldMapped  = []FieldRef{{FieldHeader, "x-a"}, {FieldHeader, "x-b"}, {FieldTag, "T"}, {FieldTag, "source"}}
	worldPaths   = []string{"a", "a.b", "items[0].sku", "items[*].sku", "n", "$", "items.1.n", `q\.r`}
	worldStrings = []string{"", "a", "b", "ab", "abc", "B", "/v1/x", "/v1/y", "7", "12", "-3.5", "é\"\\", "\u2028<x>"}
	worldBase    = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
)

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func worldValue(rng *rand.Rand, f Field) string {
	switch f {
	case FieldStatus:
		return pick(rng, []string{"", "200", "204", "404", "500", "503", "OK", "ERR:42P01", "50"})
	case FieldDirection:
		return pick(rng, []string{"IN", "OUT"})
	case FieldError:
		return pick(rng, []string{"true", "false"})
	case FieldUUID:
		return fmt.Sprintf("00000000-0000-4000-8000-%012x", rng.IntN(6))
	default:
		return pick(rng, worldStrings)
	}
}

func randomJSON(rng *rand.Rand, depth int) any {
	switch kind := rng.IntN(7); {
	case kind == 0 && depth > 0:
		return map[string]any{"b": randomJSON(rng, depth-1), "sku": pick(rng, worldStrings), "n": rng.IntN(20)}
	case kind == 1 && depth > 0:
		return []any{randomJSON(rng, depth-1), randomJSON(rng, depth-1)}
	case kind == 2:
		return rng.IntN(20)
	case kind == 3:
		return pick(rng, []any{true, false, nil})
	default:
		return pick(rng, worldStrings)
	}
}

func randomBody(rng *rand.Rand) []byte {
	switch rng.IntN(5) {
	case 0:
		return nil
	case 1:
		return []byte("no JSON " + pick(rng, worldStrings))
	}
	var items []any
	for range rng.IntN(4) {
		items = append(items, map[string]any{"sku": randomJSON(rng, 0), "n": rng.IntN(15)})
	}
	body := map[string]any{"a": randomJSON(rng, 2), "items": items, "n": rng.Float64() * 10, "q.r": randomJSON(rng, 0)}
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return raw
}

func randomRecord(rng *rand.Rand) *record {
	r := &record{values: map[FieldRef][]string{}, size: int64(rng.IntN(40) * 1000), hidden: map[Field]bool{}}
	for _, f := range worldPlain {
		if rng.IntN(4) > 0 || f == FieldUUID {
			r.values[FieldRef{Field: f}] = []string{worldValue(rng, f)}
		}
	}
	for _, ref := range worldMapped {
		for range rng.IntN(3) {
			r.values[ref] = append(r.values[ref], worldValue(rng, ref.Field))
		}
	}
	if rng.IntN(5) > 0 {
		duration := int64(time.Duration(rng.IntN(8)*100) * time.Millisecond)
		r.duration = &duration
	}
	if rng.IntN(8) > 0 {
		r.at = worldBase.Add(time.Duration(rng.IntN(48)) * time.Hour / 2)
	}
	r.request, r.response = randomBody(rng), randomBody(rng)
	document := map[string]any{"bodyBase64": "YWJj", "deep": randomJSON(rng, 3), "name": pick(rng, worldStrings)}
	raw, err := json.Marshal(document)
	if err != nil {
		panic(err)
	}
	r.document = raw
	return r
}

// hide makes a copy that knows less.
func (r *record) hide(rng *rand.Rand) *record {
	partial := *r
	partial.hidden = map[Field]bool{}
	for f := range fieldCount {
		if rng.IntN(3) == 0 {
			partial.hidden[f] = true
		}
	}
	return &partial
}

func randomCriterion(rng *rand.Rand) *Criterion {
	c := &Criterion{Negate: rng.IntN(3) == 0}
	text := func(f Field) {
		c.Field = f
		c.Op = pick(rng, []Op{OpIs, OpIs, OpIs, OpContains, OpRegex, OpExists})
	}
	switch rng.IntN(10) {
	case 0, 1, 2:
		text(pick(rng, worldPlain))
	case 3, 4:
		ref := pick(rng, worldMapped)
		text(ref.Field)
		c.Sub = ref.Sub
	case 5:
		text(pick(rng, []Field{FieldRequestJSON, FieldResponseJSON}))
		c.Sub = pick(rng, worldPaths)
	case 6:
		c.Field, c.Op = FieldDuration, pick(rng, []Op{OpIs, OpGreater, OpGreaterEqual, OpLess, OpLessEqual})
	case 7:
		c.Field, c.Op = FieldSize, pick(rng, []Op{OpIs, OpGreater, OpLess})
	case 8:
		c.Field, c.Op = FieldTime, pick(rng, []Op{OpIs, OpIs, OpGreater, OpGreaterEqual, OpLess, OpLessEqual, OpExists})
	case 9:
		c.Field, c.Op = FieldText, OpContains
	}
	if (c.Field == FieldStatus || !c.Field.IsPlain() && c.Field != FieldText) && c.Op == OpIs && rng.IntN(4) == 0 && c.Field != FieldTime {
		c.Op = pick(rng, []Op{OpGreater, OpLessEqual})
	}
	if c.Field == FieldError {
		c.Op = OpIs
	}
	fillValues(rng, c)
	if c.Op >= OpGreater && c.Op <= OpLessEqual {
		c.Negate = false // the text form has no NOT for orders
	}
	return c
}

func fillValues(rng *rand.Rand, c *Criterion) {
	isOrder := c.Op >= OpGreater && c.Op <= OpLessEqual
	count := 1 + rng.IntN(3)
	if isOrder {
		count = 1
	}
	switch {
	case c.Op == OpExists:
	case c.Field == FieldTime:
		from := worldBase.Add(time.Duration(rng.IntN(24)) * time.Hour)
		c.Values = []string{formatTime(from)}
		if c.Op == OpIs {
			c.Values = append(c.Values, formatTime(from.Add(time.Duration(1+rng.IntN(12))*time.Hour)))
		}
	case c.Field == FieldDuration:
		c.Values = []string{fmt.Sprintf("%dms", rng.IntN(8)*100)}
	case c.Field == FieldSize:
		c.Values = []string{fmt.Sprint(rng.IntN(40) * 1000)}
	case isOrder:
		c.Values = []string{pick(rng, []string{"0", "7", "404", "-3.5", "12"})}
	case c.Op == OpRegex:
		c.Values = []string{pick(rng, []string{"^a", "^/v1/", "b$", "^$", "[0-9]+", "^(a|b)$", "^5", `\d\d`})}
	default:
		for range count {
			value := worldValue(rng, c.Field)
			if value == "" && c.Op == OpContains || c.Field == FieldText && value == "" {
				value = "a"
			}
			if c.Field == FieldStatus && rng.IntN(3) == 0 && c.Op == OpIs {
				value = "5xx"
			}
			c.Values = append(c.Values, value)
		}
	}
}

func randomExpr(rng *rand.Rand, depth int) Expr {
	kind := rng.IntN(5)
	if depth == 0 || kind < 2 {
		return randomCriterion(rng)
	}
	terms := make([]Expr, 2+rng.IntN(3))
	for i := range terms {
		terms[i] = randomExpr(rng, depth-1)
	}
	if kind == 2 {
		return joinOr(terms)
	}
	return joinAnd(terms)
}
