package sqlite

import (
	"math"
	"math/bits"
	"sort"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// rows is a set of rows of a segment, a bit for each.
type rows [segmentRows / 64]uint64

func (r *rows) set(row int) { r[row>>6] |= 1 << (row & 63) }

func (r *rows) setRange(from, to int) {
	for row := from; row < to; {
		if row&63 == 0 && to-row >= 64 {
			r[row>>6] = math.MaxUint64
			row += 64
			continue
		}
		r.set(row)
		row++
	}
}

func (r *rows) empty() bool { return *r == rows{} }

func (r *rows) count() (n int) {
	for _, word := range r {
		n += bits.OnesCount64(word)
	}
	return n
}

// each visits the rows in order; visit returns false to stop.
func (r *rows) each(visit func(row int) bool) {
	for i, word := range r {
		for word != 0 {
			if !visit(i<<6 + bits.TrailingZeros64(word)) {
				return
			}
			word &= word - 1
		}
	}
}

// matcher is the part of a query that the columns answer, compiled.
type matcher struct {
	query *filter.Query // the whole of it, for leaving out segments
	root  *matchNode
}

type matchNode struct {
	or    bool
	terms []*matchNode // of a node
	leaf  leaf
	// negate turns a leaf round.
	negate bool
}

// leaf finds the rows among candidates for which a criterion, without its NOT, holds.
type leaf interface {
	match(s *segment, candidates *rows) (rows, error)
	cost() int // cheap ones first: 0 heads, 1 a column of numbers, 2 pages
}

// hinter is a leaf that can cheaply leave out most rows for which it does not hold.
type hinter interface {
	hint(s *segment, candidates *rows) (rows, error)
}

func newMatcher(expr filter.Expr) (*matcher, error) {
	if expr == nil {
		return nil, nil
	}
	query, err := filter.Parse(hotstore.Text(expr), filter.Options{})
	if err != nil {
		return nil, err
	}
	root, err := compile(query.Expr())
	return &matcher{query, root}, err
}

func compile(expr filter.Expr) (*matchNode, error) {
	var terms []filter.Expr
	n := &matchNode{}
	switch expr := expr.(type) {
	case *filter.Criterion:
		var err error
		n.leaf, err = newLeaf(expr)
		n.negate = expr.Negate
		return n, err
	case filter.And:
		terms = expr
	case filter.Or:
		terms, n.or = expr, true
	}
	for _, term := range terms {
		compiled, err := compile(term)
		if err != nil {
			return nil, err
		}
		n.terms = append(n.terms, compiled)
	}
	sort.SliceStable(n.terms, func(i, j int) bool { return n.terms[i].cost() < n.terms[j].cost() })
	return n, nil
}

func (n *matchNode) cost() (most int) {
	if n.leaf != nil {
		return n.leaf.cost()
	}
	for _, term := range n.terms {
		most = max(most, term.cost())
	}
	return most
}

// find gives the rows of a segment that match.
func (m *matcher) find(s *segment) (found rows, err error) {
	if err := s.open(); err != nil {
		return found, err
	}
	found.setRange(0, s.count)
	if m == nil {
		return found, nil
	}
	bounds := &ranges{segment: s}
	mayMatch := m.query.MayMatch(bounds)
	if bounds.err != nil {
		return found, bounds.err
	}
	if !mayMatch {
		return rows{}, nil
	}
	return m.root.match(s, &found)
}

func (n *matchNode) match(s *segment, candidates *rows) (found rows, err error) {
	switch {
	case n.leaf != nil:
		if found, err = n.leaf.match(s, candidates); err != nil {
			return found, err
		}
		for i := range found {
			if n.negate {
				found[i] = ^found[i]
			}
			found[i] &= candidates[i]
		}
		return found, nil
	case n.or:
		rest := *candidates
		for _, term := range n.terms {
			if rest.empty() {
				break
			}
			more, err := term.match(s, &rest)
			if err != nil {
				return found, err
			}
			for i := range found {
				found[i] |= more[i]
				rest[i] &^= more[i]
			}
		}
		return found, nil
	default:
		found = *candidates
		for _, term := range n.terms {
			if h, can := term.leaf.(hinter); can && !term.negate && !found.empty() {
				if found, err = h.hint(s, &found); err != nil {
					return found, err
				}
			}
		}
		for _, term := range n.terms {
			if found.empty() {
				break
			}
			if found, err = term.match(s, &found); err != nil {
				return found, err
			}
		}
		return found, nil
	}
}

func newLeaf(criterion *filter.Criterion) (leaf, error) {
	positive := *criterion
	positive.Negate = false
	query, err := filter.Parse(positive.String(), filter.Options{})
	if err != nil {
		return nil, err
	}
	switch criterion.Field {
	case filter.FieldTime:
		from, to := query.Window()
		return timeLeaf{from, to}, nil
	case filter.FieldDuration, filter.FieldSize:
		return newNumberLeaf(query, &positive), nil
	case filter.FieldUUID:
		if criterion.Op == filter.OpIs {
			l := uuidLeaf{}
			for _, value := range criterion.Values {
				id, err := rrpair.ParseUUID(value)
				if err != nil {
					return rowLeaf{query}, nil
				}
				l[id] = true
			}
			return l, nil
		}
		return rowLeaf{query}, nil
	case filter.FieldURL:
		l := urlLeaf{query: query, exists: criterion.Op == filter.OpExists}
		if criterion.Op == filter.OpIs {
			l.literals = criterion.Values
		}
		return l, nil
	case filter.FieldSample:
		return rowLeaf{query}, nil
	default:
		l := textLeaf{query: query, column: textPlace(hotstore.Ref(criterion)), exists: criterion.Op == filter.OpExists && criterion.Field.IsPlain()}
		if criterion.Op == filter.OpIs && criterion.Field.IsPlain() && criterion.Field != filter.FieldStatus {
			l.literals = criterion.Values
		}
		return l, nil
	}
}

// timeLeaf: the rows lie by ts.
type timeLeaf struct{ from, to time.Time }

func (timeLeaf) cost() int { return 0 }

func (l timeLeaf) match(s *segment, _ *rows) (found rows, err error) {
	from, to := 0, s.count
	if !l.from.IsZero() {
		if from, err = s.from(nanoseconds(l.from)); err != nil {
			return found, err
		}
	}
	if !l.to.IsZero() {
		if to, err = s.from(nanoseconds(l.to)); err != nil {
			return found, err
		}
	}
	found.setRange(from, to)
	return found, nil
}

// nanoseconds since 1970; a time beyond what that can say is the nearest that it can.
func nanoseconds(at time.Time) int64 {
	switch {
	case at.Before(time.Unix(0, math.MinInt64)):
		return math.MinInt64
	case at.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	default:
		return at.UnixNano()
	}
}

// numberLeaf is an order, which is a range, or an equality, for which each value is asked.
type numberLeaf struct {
	place     int
	exists    bool
	query     *filter.Query // of what is no range
	low, high int64         // of a range; low > high: nothing
}

func newNumberLeaf(query *filter.Query, c *filter.Criterion) leaf {
	l := numberLeaf{place: columnDuration, exists: c.Op == filter.OpExists, low: math.MinInt64, high: math.MaxInt64}
	if c.Field == filter.FieldSize {
		l.place = columnSize
	}
	holds := func(value int64) bool { return query.Match(&oneNumber{value: value}) }
	switch c.Op {
	case filter.OpExists:
	case filter.OpGreater, filter.OpGreaterEqual:
		l.low = firstOf(holds)
		if !holds(math.MaxInt64) {
			l.low, l.high = 1, 0
		}
	case filter.OpLess, filter.OpLessEqual:
		l.high = firstOf(func(value int64) bool { return !holds(value) })
		if holds(l.high) { // all of them
			break
		}
		if l.high == math.MinInt64 {
			l.low, l.high = 1, 0
			break
		}
		l.high--
	default:
		l.query = query
	}
	return l
}

// firstOf is the least number for which something holds that holds for all above it; the greatest number for none.
func firstOf(holds func(int64) bool) int64 {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	for low < high {
		middle := low + int64((uint64(high)-uint64(low))/2)
		if holds(middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

func (numberLeaf) cost() int { return 1 }

func (l numberLeaf) match(s *segment, candidates *rows) (found rows, err error) {
	if l.exists {
		if l.place == columnSize {
			return *candidates, nil
		}
		absent, err := s.number(columnNoDuration)
		if err != nil {
			return found, err
		}
		candidates.each(func(row int) bool {
			if absent.at(row) == 0 {
				found.set(row)
			}
			return true
		})
		return found, nil
	}
	least, most := s.numbers[l.place].least, s.numbers[l.place].most
	if l.query == nil && (l.low > most || l.high < least) {
		return found, nil
	}
	if l.query == nil && l.low <= least && l.high >= most {
		return *candidates, nil
	}
	values, err := s.number(l.place)
	if err != nil {
		return found, err
	}
	one := &oneNumber{}
	candidates.each(func(row int) bool {
		one.value = values.at(row)
		if l.query == nil && one.value >= l.low && one.value <= l.high || l.query != nil && l.query.Match(one) {
			found.set(row)
		}
		return true
	})
	return found, nil
}

// uuidLeaf is a set of identities.
type uuidLeaf map[rrpair.UUID]bool

func (uuidLeaf) cost() int { return 1 }

func (l uuidLeaf) match(s *segment, candidates *rows) (found rows, err error) {
	candidates.each(func(row int) bool {
		var id rrpair.UUID
		if id, err = s.uuid(row); err != nil {
			return false
		}
		if l[id] {
			found.set(row)
		}
		return true
	})
	return found, err
}
