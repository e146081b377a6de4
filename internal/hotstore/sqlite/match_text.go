package sqlite

import (
	"slices"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// oneNumber is a record that is known by one number only.
type oneNumber struct {
	noSource
	value int64
}

func (s *oneNumber) Number(filter.Field) (value int64, present, known bool) {
	return s.value, true, true
}

// oneText is a record that is known by the values of one field only.
type oneText struct {
	noSource
	values []string
}

func (s *oneText) Strings(dst []string, _ filter.Field, _ string) ([]string, bool) {
	for _, value := range s.values {
		if value != "" {
			dst = append(dst, value)
		}
	}
	return dst, true
}

// noSource knows nothing.
type noSource struct{}

func (noSource) Strings(dst []string, _ filter.Field, _ string) ([]string, bool) { return dst, false }
func (noSource) Number(filter.Field) (value int64, present, known bool)          { return 0, false, false }
func (noSource) Time() (time.Time, bool)                                         { return time.Time{}, false }
func (noSource) Body(bool) ([]byte, bool)                                        { return nil, false }
func (noSource) Document() ([]byte, bool)                                        { return nil, false }

// textLeaf is a criterion on one column of texts. The filter language itself says which values match, once for each.
type textLeaf struct {
	query    *filter.Query
	column   string
	literals []string // what a value must equal one of, where the criterion says so
	exists   bool     // any value will do
}

func (l textLeaf) cost() int {
	switch l.column {
	case "session", "trace", "location": // mostly in pages
		return 2
	default:
		return 0
	}
}

// hint narrows the candidates of an equality by the prints of the column.
func (l textLeaf) hint(s *segment, candidates *rows) (rows, error) {
	place, isThere := s.places[l.column]
	if !isThere || !s.texts[place].isPaged || l.literals == nil || len(l.literals) > fewLiterals {
		return *candidates, nil
	}
	return s.printed(place, candidates, l.literals)
}

func (l textLeaf) match(s *segment, all *rows) (found rows, err error) {
	hinted, err := l.hint(s, all)
	if err != nil {
		return found, err
	}
	candidates := &hinted
	values := newValueTest(l.query, l.literals)
	values.exists = l.exists
	place, isThere := s.places[l.column]
	if !isThere {
		if values.holds("") {
			found = *candidates
		}
		return found, nil
	}
	return s.rowsWhere(place, candidates, values)
}

// rowsWhere finds the rows whose value in a column passes a test.
func (s *segment) rowsWhere(place int, candidates *rows, test *valueTest) (found rows, err error) {
	c := &s.texts[place]
	if c.isPaged {
		return s.pagedWhere(place, candidates, test)
	}
	holds := make([]bool, len(c.dictionary))
	some := false
	for i, value := range c.dictionary {
		holds[i] = test.holds(value)
		some = some || holds[i]
	}
	if !some {
		return found, nil
	}
	if len(holds) == 1 {
		return *candidates, nil
	}
	candidates.each(func(row int) bool {
		code := c.codes.at(row)
		if code >= uint64(len(holds)) {
			err = damaged("a code of column %s", c.name)
			return false
		}
		if holds[code] {
			found.set(row)
		}
		return true
	})
	return found, err
}

// pagedWhere reads no page for rows without a value, where the prints tell them.
func (s *segment) pagedWhere(place int, candidates *rows, test *valueTest) (found rows, err error) {
	absent, isKnown, err := s.absent(place, candidates)
	if err != nil {
		return found, err
	}
	present := *candidates
	if isKnown {
		for i := range present {
			present[i] &^= absent[i]
		}
		if !absent.empty() && test.holds("") {
			found = absent
		}
	}
	if isKnown && test.exists {
		for i := range found {
			found[i] |= present[i]
		}
		return found, nil
	}
	err = s.eachPage(&present, s.texts[place].slot, func(row int, value string) {
		if test.holds(value) {
			found.set(row)
		}
	})
	return found, err
}

// eachPage visits the values of a paged column in the candidate rows.
func (s *segment) eachPage(candidates *rows, slot int, visit func(row int, value string)) (err error) {
	var values []string
	number := -1
	candidates.each(func(row int) bool {
		if row/pageRows != number {
			number = row / pageRows
			if values, err = s.pageValues(number, slot); err != nil {
				return false
			}
		}
		visit(row, values[row%pageRows])
		return true
	})
	return err
}

// valueTest asks a query about single values, and remembers the last answer.
type valueTest struct {
	query    *filter.Query
	literals []string
	one      oneText
	exists   bool // it asks no more than whether there is a value
	last     string
	answer   bool
	asked    bool
}

// fewLiterals is up to how many literals comparing is faster than asking the query.
const fewLiterals = 8

func newValueTest(query *filter.Query, literals []string) *valueTest {
	if len(literals) > fewLiterals {
		literals = nil
	}
	return &valueTest{query: query, literals: literals, one: oneText{values: make([]string, 1)}}
}

func (t *valueTest) holds(value string) bool {
	if t.exists {
		return value != ""
	}
	if t.asked && value == t.last {
		return t.answer
	}
	if t.literals != nil {
		return slices.Contains(t.literals, value)
	}
	t.one.values[0] = value
	t.last, t.asked, t.answer = value, true, t.query.Match(&t.one)
	return t.answer
}

// urlLeaf is a criterion on the two values that a URL has: a path of its own, or the URL up to its query.
type urlLeaf struct {
	query    *filter.Query
	literals []string
	exists   bool
}

func (urlLeaf) cost() int { return 2 }

// hint narrows the candidates of an equality by the prints of URLs and of paths.
func (l urlLeaf) hint(s *segment, candidates *rows) (rows, error) {
	place, isThere := s.places["url"]
	if !isThere || !s.texts[place].isPaged || l.literals == nil || len(l.literals) > fewLiterals {
		return *candidates, nil
	}
	found, err := s.printed(place, candidates, l.literals)
	if err != nil {
		return found, err
	}
	// Most URLs have no path of their own, and the lack of one is no value.
	literals := slices.DeleteFunc(slices.Clone(l.literals), func(value string) bool { return value == "" })
	if len(literals) == 0 {
		return found, nil
	}
	paths, err := s.printed(pathPrints, candidates, literals)
	for i := range found {
		found[i] |= paths[i]
	}
	return found, err
}

func (l urlLeaf) match(s *segment, all *rows) (found rows, err error) {
	hinted, err := l.hint(s, all)
	if err != nil {
		return found, err
	}
	candidates := &hinted
	urls, paths := newValueTest(l.query, l.literals), newValueTest(l.query, l.literals)
	urls.exists, paths.exists = l.exists, l.exists
	place, isThere := s.places["url"]
	if !isThere {
		if urls.holds("") {
			found = *candidates
		}
		return found, nil
	}
	if found, err = s.rowsWhere(place, candidates, urls); err != nil {
		return found, err
	}
	var rest rows
	for i := range rest {
		rest[i] = candidates[i] &^ found[i]
	}
	if place, isThere = s.places["path"]; !isThere || rest.empty() {
		return found, nil
	}
	// Of the others, those whose path is another value.
	hasPath, err := s.rowsWhere(place, &rest, &valueTest{exists: true})
	if err != nil {
		return found, err
	}
	if l.exists {
		for i := range found {
			found[i] |= hasPath[i]
		}
		return found, nil
	}
	hasPath.each(func(row int) bool {
		var url, path string
		if url, err = s.text("url", row); err != nil {
			return false
		}
		if path, err = s.text("path", row); err != nil {
			return false
		}
		if paths.holds(longPath(path, url)) {
			found.set(row)
		}
		return true
	})
	return found, err
}

// rowLeaf asks the query about each row, for criteria that no single column answers.
type rowLeaf struct{ query *filter.Query }

func (rowLeaf) cost() int { return 2 }

func (l rowLeaf) match(s *segment, candidates *rows) (found rows, err error) {
	one := &rowSource{segment: s}
	candidates.each(func(row int) bool {
		one.row = row
		if l.query.Match(one) {
			found.set(row)
		}
		return one.err == nil
	})
	return found, one.err
}

// rowSource answers for the session and the identity of a row.
type rowSource struct {
	noSource
	segment *segment
	row     int
	err     error
}

func (r *rowSource) Strings(dst []string, f filter.Field, _ string) ([]string, bool) {
	var value string
	var err error
	switch f {
	case filter.FieldSession:
		value, err = r.segment.text("session", r.row)
	case filter.FieldUUID:
		id, failed := r.segment.uuid(r.row)
		value, err = id.String(), failed
	default:
		return dst, false
	}
	if err != nil {
		r.err = err
	}
	if value != "" {
		dst = append(dst, value)
	}
	return dst, true
}
