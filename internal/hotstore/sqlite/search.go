package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// plan is a search or an aggregation made ready.
type plan struct {
	matcher  *matcher
	leftover *hotstore.Condition
	usage    hotstore.Usage
	from, to int64 // ts, ns; to is exclusive
	days     []string
	views    []*view
	source   hotstore.Source
	hints    []string // for the full-text index
}

// plan splits the query and opens a view of each day that its window touches. Close it.
func (s *Store) plan(ctx context.Context, query *filter.Query, from, to time.Time) (*plan, error) {
	split, leftover, err := hotstore.Compile(query, s.Capabilities())
	if err != nil {
		return nil, err
	}
	p := &plan{leftover: leftover, hints: textHints(split.Leftover), from: math.MinInt64, to: math.MaxInt64}
	p.usage.PushedDown, p.usage.Leftover = hotstore.Text(split.Pushed), leftover.String()
	if p.matcher, err = newMatcher(split.Pushed); err != nil {
		return nil, fmt.Errorf("%w: %w", hotstore.ErrInvalidQuery, err)
	}
	windowFrom, windowTo := query.Window()
	if windowFrom.After(from) {
		from = windowFrom
	}
	if !windowTo.IsZero() && (to.IsZero() || windowTo.Before(to)) {
		to = windowTo
	}
	if !from.IsZero() {
		p.from = nanoseconds(from)
	}
	if !to.IsZero() {
		p.to = nanoseconds(to)
	}
	if p.days, err = s.daysWithin(from, to); err != nil {
		return nil, err
	}
	if p.from >= p.to {
		p.days = nil
	}
	for _, name := range p.days {
		v, err := s.view(ctx, name)
		if err != nil {
			p.close()
			return nil, err
		}
		if v != nil { // else it expired a moment ago
			p.views = append(p.views, v)
			p.usage.Partitions = append(p.usage.Partitions, name)
		}
	}
	return p, nil
}

func (p *plan) close() {
	for _, v := range p.views {
		v.close()
	}
}

// segments lists the segments of all days that the window touches.
func (p *plan) segments() (all []*segment, err error) {
	for _, v := range p.views {
		found, err := v.segments(p.from, p.to)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// find gives the rows of a segment that match and lie in the window.
func (p *plan) find(s *segment) (rows, error) {
	p.usage.Examined += int64(s.count)
	found, err := p.matcher.find(s)
	if err == nil && !found.empty() {
		err = s.view.narrow(s, &found, p.hints)
	}
	if err != nil || found.empty() || s.first >= p.from && s.last < p.to {
		return found, err
	}
	from, err := s.from(p.from)
	if err != nil {
		return found, err
	}
	to, err := s.from(p.to)
	if err != nil {
		return found, err
	}
	var window rows
	window.setRange(from, to)
	for i := range found {
		found[i] &= window[i]
	}
	return found, nil
}

// keep evaluates what was left over.
func (p *plan) keep(document *hotstore.Document) (bool, error) {
	if p.leftover == nil {
		return true, nil
	}
	p.source.Reset(document)
	return p.leftover.Match(&p.source)
}

// Search implements hotstore.Reader.
func (s *Store) Search(ctx context.Context, search hotstore.Search) (page hotstore.Page, err error) {
	after, err := search.Position()
	if err != nil {
		return page, err
	}
	order := search.Order()
	p, err := s.plan(ctx, search.Query, search.From, search.To)
	if err != nil {
		return page, err
	}
	defer p.close()
	collect := collector{plan: p, limit: search.PageLimit() + 1, withPair: search.WithPair}
	if len(order) == 2 && order[0] == (hotstore.SortKey{Field: "ts", Descending: true}) && !order[1].Descending {
		err = p.newestFirst(ctx, &collect, after, order)
	} else {
		err = p.sorted(ctx, &collect, after, order)
	}
	if err != nil {
		return page, err
	}
	page.Documents, page.Usage = collect.documents, p.usage
	if len(page.Documents) >= collect.limit {
		page.Documents = page.Documents[:collect.limit-1]
		page.Next = search.Cursor(page.Documents[len(page.Documents)-1])
	}
	return page, nil
}

// collector fetches the rows that were found, in order, until it has enough.
type collector struct {
	plan      *plan
	limit     int
	withPair  bool
	documents []*hotstore.Document
}

func (c *collector) full() bool { return len(c.documents) >= c.limit }

func (c *collector) add(s *segment, row int) error {
	document, err := s.document(row, c.withPair || c.plan.leftover != nil)
	if err != nil {
		return err
	}
	keep, err := c.plan.keep(document)
	if err != nil || !keep {
		return err
	}
	if !c.withPair {
		document.Headers, document.Pair, document.Text = nil, nil, ""
	}
	c.documents = append(c.documents, document)
	return nil
}

// run is a segment with the rows of it that matched, the newest last.
type run struct {
	segment *segment
	rows    []int
	time    int64 // of the last of rows
}

// newestFirst walks segments from the newest on; they overlap where documents came late, so that rows of several are
// merged. A segment is opened when its newest ts is not before that of the rows at hand.
func (p *plan) newestFirst(ctx context.Context, collect *collector, after hotstore.Position, order []hotstore.SortKey) error {
	if after != nil && after[0].Number < p.to-1 {
		p.to = after[0].Number + 1
	}
	segments, err := p.segments()
	if err != nil {
		return err
	}
	slices.SortFunc(segments, func(a, b *segment) int {
		if a.last != b.last {
			return compare(b.last, a.last)
		}
		return compare(a.id, b.id)
	})
	var open []*run
	for !collect.full() {
		for len(segments) > 0 && (len(open) == 0 || segments[0].last >= newest(open)) {
			if err := ctx.Err(); err != nil {
				return err
			}
			r, err := p.open(segments[0], after, order)
			if err != nil {
				return err
			}
			segments = segments[1:]
			if r != nil {
				open = append(open, r)
			}
		}
		if len(open) == 0 {
			return nil
		}
		best, err := first(open)
		if err != nil {
			return err
		}
		r := open[best]
		row := r.rows[len(r.rows)-1]
		if err := collect.add(r.segment, row); err != nil {
			return err
		}
		if more, err := r.next(); err != nil {
			return err
		} else if !more {
			open = slices.Delete(open, best, best+1)
		}
	}
	return nil
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

func newest(open []*run) int64 {
	at := int64(math.MinInt64)
	for _, r := range open {
		at = max(at, r.time)
	}
	return at
}

// first is the run whose last row comes first: by ts, then by uuid.
func first(open []*run) (best int, err error) {
	for i := 1; i < len(open); i++ {
		if open[i].time < open[best].time {
			continue
		}
		if open[i].time == open[best].time {
			a, err := open[i].id()
			if err != nil {
				return 0, err
			}
			b, err := open[best].id()
			if err != nil {
				return 0, err
			}
			if bytes.Compare(a[:], b[:]) > 0 {
				continue
			}
		}
		best = i
	}
	return best, nil
}

func (r *run) id() (rrpair.UUID, error) { return r.segment.uuid(r.rows[len(r.rows)-1]) }

// open evaluates a segment; nil when nothing of it is wanted.
func (p *plan) open(s *segment, after hotstore.Position, order []hotstore.SortKey) (*run, error) {
	found, err := p.find(s)
	if err != nil || found.empty() {
		return nil, err
	}
	r := &run{segment: s, rows: make([]int, 0, found.count())}
	found.each(func(row int) bool {
		r.rows = append(r.rows, row)
		return true
	})
	if after != nil {
		if err := r.skip(after, order); err != nil {
			return nil, err
		}
	}
	if len(r.rows) == 0 {
		return nil, nil
	}
	return r, r.load()
}

// load notes the ts of the last row.
func (r *run) load() error {
	times, err := r.segment.number(columnTime)
	if err != nil {
		return err
	}
	r.time = times.at(r.rows[len(r.rows)-1])
	return nil
}

func (r *run) next() (more bool, err error) {
	if r.rows = r.rows[:len(r.rows)-1]; len(r.rows) == 0 {
		return false, nil
	}
	return true, r.load()
}

// skip drops the rows at and before a cursor; later ones than its ts are not in the window.
func (r *run) skip(after hotstore.Position, order []hotstore.SortKey) error {
	id := after.UUID(order)
	for len(r.rows) > 0 {
		if err := r.load(); err != nil {
			return err
		}
		if r.time < after[0].Number {
			return nil
		}
		has, err := r.id()
		if err != nil {
			return err
		}
		if r.time == after[0].Number && bytes.Compare(has[:], id[:]) > 0 {
			return nil
		}
		r.rows = r.rows[:len(r.rows)-1]
	}
	return nil
}
