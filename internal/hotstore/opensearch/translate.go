package opensearch

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// maxNeedle is the longest part that a wildcard looks for: Lucene bounds its automata.
	maxNeedle = 1000
	// maxTerms is OpenSearch's index.max_terms_count.
	maxTerms = 65536
)

// translation turns a filter into a query of OpenSearch's. Every document that the filter matches, the query matches;
// where inexact is set, it may match more.
type translation struct {
	inexact bool
	columns map[string]bool // keyword fields of which a value too long for the index would make the answer inexact
}

func matchAll() object  { return object{"match_all": object{}} }
func matchNone() object { return object{"match_none": object{}} }

func either(queries []object) object {
	switch len(queries) {
	case 0:
		return matchNone()
	case 1:
		return queries[0]
	default:
		return object{"bool": object{"should": queries, "minimum_should_match": 1}}
	}
}

func not(query object) object { return object{"bool": object{"must_not": []object{query}}} }

// expr translates a tree; nil is everything.
func (t *translation) expr(expr filter.Expr) object {
	var queries []object
	switch expr := expr.(type) {
	case *filter.Criterion:
		return t.criterion(expr)
	case filter.And:
		for _, term := range expr {
			queries = append(queries, t.expr(term))
		}
		return object{"bool": object{"filter": queries}}
	case filter.Or:
		for _, term := range expr {
			queries = append(queries, t.expr(term))
		}
		return either(queries)
	default:
		return matchAll()
	}
}

// criterion translates one comparison with its NOT.
func (t *translation) criterion(c *filter.Criterion) object {
	query, ok := t.positive(c)
	if !ok {
		t.inexact = true
		return matchAll()
	}
	if c.Negate {
		query = not(query)
	}
	// A value that is too long is not in the index: such documents are always candidates.
	fields := fieldsOf(filter.FieldRef{Field: c.Field, Sub: c.Sub})
	if len(fields) == 0 {
		return query
	}
	queries := []object{query}
	for _, field := range fields {
		t.columns[field] = true
		queries = append(queries, object{"term": object{fieldTooLong: field}})
	}
	return either(queries)
}

func (t *translation) positive(c *filter.Criterion) (query object, ok bool) {
	switch c.Field {
	case filter.FieldTime:
		return timeQuery(c)
	case filter.FieldDuration, filter.FieldSize:
		return numberQuery(c)
	case filter.FieldError:
		return errorQuery(c)
	case filter.FieldUUID:
		return uuidQuery(c)
	case filter.FieldText:
		t.inexact = true
		return textQuery(c)
	}
	fields := fieldsOf(filter.FieldRef{Field: c.Field, Sub: c.Sub})
	if len(fields) == 0 {
		return nil, false
	}
	switch c.Op {
	case filter.OpIs:
		return isQuery(c, fields)
	case filter.OpContains:
		return containsQuery(c, fields)
	case filter.OpExists:
		return existsQuery(fields), true
	case filter.OpRegex:
		return nil, false
	default:
		if c.Field == filter.FieldStatus {
			return statusQuery(c)
		}
		return nil, false
	}
}

// fieldsOf are the keyword fields that together hold the values of a field; none for fields that are not keywords.
func fieldsOf(ref filter.FieldRef) []string {
	switch ref.Field {
	case filter.FieldURL:
		return []string{"url", fieldPath}
	case filter.FieldTag:
		if ref.Sub == "source" {
			return []string{"source"}
		}
		return nil
	case filter.FieldUUID, filter.FieldError:
		return nil
	default:
		if ref.Field.IsPlain() {
			return []string{ref.Field.String()}
		}
		return nil
	}
}

func existsQuery(fields []string) object {
	queries := make([]object, len(fields))
	for i, field := range fields {
		queries[i] = object{"exists": object{"field": field}}
	}
	return either(queries)
}

// isQuery is equality. The empty text stands for a plain field that is not there; a tag that is not there equals nothing.
func isQuery(c *filter.Criterion, fields []string) (object, bool) {
	var values []string
	var queries []object
	for _, value := range c.Values {
		switch {
		case value == "":
			if c.Field.IsPlain() {
				queries = append(queries, not(existsQuery(fields)))
			}
		case !utf8.ValidString(value):
			return nil, false
		case c.Field == filter.FieldStatus && isClass(value):
			queries = append(queries, object{"regexp": object{"status": object{"value": value[:1] + "[0-9]{2}"}}})
		case utf8.RuneCountInString(value) > maxKeyword: // equals only what is not in the index
		default:
			values = append(values, value)
		}
	}
	if len(values) > maxTerms {
		return nil, false
	}
	if len(values) > 0 {
		for _, field := range fields {
			queries = append(queries, object{"terms": object{field: values}})
		}
	}
	return either(queries), true
}

// isClass knows 5xx.
func isClass(value string) bool {
	return len(value) == 3 && value[0] >= '1' && value[0] <= '9' && strings.EqualFold(value[1:], "xx")
}

func containsQuery(c *filter.Criterion, fields []string) (object, bool) {
	var queries []object
	for _, value := range c.Values {
		if value == "" {
			if c.Field.IsPlain() {
				return matchAll(), true
			}
			queries = append(queries, existsQuery(fields))
			continue
		}
		if !utf8.ValidString(value) || len(value) > maxNeedle {
			return nil, false
		}
		pattern := "*" + strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(value) + "*"
		for _, field := range fields {
			queries = append(queries, object{"wildcard": object{field: object{"value": pattern}}})
		}
	}
	return either(queries), true
}

// statusQuery compares statuses that read as numbers.
func statusQuery(c *filter.Criterion) (object, bool) {
	bound, ok := numberOf(c.Values[0])
	if !ok || math.Abs(bound) >= maxExact {
		return nil, false
	}
	return object{"range": object{fieldStatusNo: object{orderName(c.Op): bound}}}, true
}

func orderName(op filter.Op) string {
	switch op {
	case filter.OpGreater:
		return "gt"
	case filter.OpGreaterEqual:
		return "gte"
	case filter.OpLess:
		return "lt"
	default:
		return "lte"
	}
}

func errorQuery(c *filter.Criterion) (object, bool) {
	if c.Op != filter.OpIs {
		return nil, false
	}
	var values []bool
	for _, value := range c.Values {
		values = append(values, value == "true")
	}
	return object{"terms": object{"error": values}}, true
}

func uuidQuery(c *filter.Criterion) (object, bool) {
	if c.Op != filter.OpIs || len(c.Values) > maxTerms {
		return nil, false
	}
	ids := make([]string, 0, len(c.Values))
	for _, value := range c.Values {
		if id, err := rrpair.ParseUUID(value); err == nil {
			ids = append(ids, idOf(id))
		}
	}
	return object{"ids": object{"values": ids}}, true
}

// numberQuery compares durations and sizes. A pair without a duration counts as one of 0, and has none to EXISTS.
func numberQuery(c *filter.Criterion) (object, bool) {
	field := c.Field.String()
	if c.Op == filter.OpExists {
		return object{"exists": object{"field": field}}, true
	}
	var queries []object
	for _, text := range c.Values {
		value, err := filter.ParseQuantity(c.Field, text)
		if err != nil {
			return nil, false
		}
		if c.Op == filter.OpIs {
			queries = append(queries, object{"term": object{field: value}})
		} else {
			queries = append(queries, object{"range": object{field: object{orderName(c.Op): value}}})
		}
		if c.Field == filter.FieldDuration && holdsFor(c.Op, value) {
			queries = append(queries, not(object{"exists": object{"field": field}}))
		}
	}
	return either(queries), true
}

// holdsFor says that 0 compares so with the value.
func holdsFor(op filter.Op, value int64) bool {
	switch op {
	case filter.OpGreater:
		return 0 > value
	case filter.OpGreaterEqual:
		return 0 >= value
	case filter.OpLess:
		return 0 < value
	case filter.OpLessEqual:
		return 0 <= value
	default:
		return value == 0
	}
}

func timeQuery(c *filter.Criterion) (object, bool) {
	times := make([]time.Time, len(c.Values))
	for i, text := range c.Values {
		var err error
		if times[i], err = time.Parse(time.RFC3339Nano, text); err != nil {
			return nil, false
		}
	}
	switch c.Op {
	case filter.OpIs:
		if !times[1].After(times[0]) {
			return matchNone(), true
		}
		return timeRange(times[0], times[1]), true
	case filter.OpGreater:
		return timeRange(times[0].Add(1), time.Time{}), true
	case filter.OpGreaterEqual:
		return timeRange(times[0], time.Time{}), true
	case filter.OpLess:
		return timeRange(time.Time{}, times[0]), true
	case filter.OpLessEqual:
		return timeRange(time.Time{}, times[0].Add(1)), true
	default:
		return nil, false
	}
}

// timeEnds are the first and the last time that a date_nanos field can have.
func timeEnds() (first, last time.Time) { return time.Unix(0, 0), time.Unix(0, math.MaxInt64) }

func countable(at time.Time) bool {
	first, last := timeEnds()
	return !at.Before(first) && !at.After(last)
}

// timeRange is from (inclusive) to (exclusive); zero times are open ends.
func timeRange(from, to time.Time) object {
	firstTime, lastTime := timeEnds()
	bounds := object{}
	if !from.IsZero() {
		if from.After(lastTime) {
			return matchNone()
		}
		if !from.Before(firstTime) {
			bounds["gte"] = nanoText(from)
		}
	}
	if !to.IsZero() {
		if !to.After(firstTime) {
			return matchNone()
		}
		if !to.After(lastTime) {
			bounds["lt"] = nanoText(to)
		}
	}
	if len(bounds) == 0 {
		return matchAll()
	}
	return object{"range": object{fieldTime: bounds}}
}

func nanoText(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000000Z") }
