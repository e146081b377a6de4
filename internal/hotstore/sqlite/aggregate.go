package sqlite

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// maxCounters is how many goroutines count for one aggregation at most: each has groups of its own until the end.
const maxCounters = 4

// Aggregate implements hotstore.Reader.
func (s *Store) Aggregate(ctx context.Context, aggregate hotstore.Aggregate, yield func(hotstore.Group) error) (hotstore.Usage, error) {
	p, err := s.plan(ctx, aggregate.Query, aggregate.From, aggregate.To)
	if err != nil {
		return hotstore.Usage{}, err
	}
	defer p.close()
	segments, err := p.segments()
	if err != nil {
		return p.usage, err
	}
	groups := hotstore.NewGroups(&aggregate)
	if p.leftover == nil {
		err = p.countAll(ctx, groups, segments, &aggregate)
	} else {
		err = p.readAll(ctx, groups, segments)
	}
	if err != nil {
		return p.usage, err
	}
	return p.usage, groups.Each(yield)
}

// readAll reads whole documents, for a filter that the columns cannot answer.
func (p *plan) readAll(ctx context.Context, groups *hotstore.Groups, segments []*segment) error {
	for _, one := range segments {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := p.find(one)
		if err != nil {
			return err
		}
		found.each(func(row int) bool {
			var document *hotstore.Document
			var keep bool
			if document, err = one.document(row, true); err == nil {
				keep, err = p.keep(document)
			}
			if err == nil && keep {
				err = groups.Add(document)
			}
			return err == nil
		})
		if err != nil {
			return err
		}
		*one = segment{view: one.view} // its memory
	}
	return nil
}

// countAll counts by the columns. This goroutine reads, since a view is for one only; others count what it has read, each
// a span of time of its own, so that they have few groups in common.
func (p *plan) countAll(ctx context.Context, groups *hotstore.Groups, segments []*segment, aggregate *hotstore.Aggregate) error {
	count := min(runtime.GOMAXPROCS(0), maxCounters, len(segments))
	if count <= 1 {
		c := newCounter(groups, aggregate)
		return p.eachTally(ctx, segments, aggregate, func(_ int, t *tally) error { return c.count(t) })
	}
	counters := make([]*counter, count)
	tallies := make([]chan *tally, count)
	errs := make([]error, count)
	var wait sync.WaitGroup
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	for i := range counters {
		counters[i], tallies[i] = newCounter(hotstore.NewGroups(aggregate), aggregate), make(chan *tally, 1)
		wait.Go(func() {
			for t := range tallies[i] {
				if errs[i] == nil {
					errs[i] = counters[i].count(t)
				}
				if errs[i] != nil {
					stop(errs[i])
				}
			}
		})
	}
	err := p.eachTally(ctx, interleaved(segments, count), aggregate, func(i int, t *tally) error {
		tallies[i%count] <- t
		return nil
	})
	for i := range tallies {
		close(tallies[i])
	}
	wait.Wait()
	if failed := errors.Join(errs...); failed != nil {
		return context.Cause(ctx) // the first of them
	}
	if err != nil {
		return err
	}
	for _, c := range counters {
		if err := groups.Absorb(c.groups); err != nil {
			return err
		}
	}
	return nil
}

// interleaved puts the first segments of all spans first, then the second ones, and so on; nil where a span has no more.
func interleaved(segments []*segment, spans int) []*segment {
	length := (len(segments) + spans - 1) / spans
	all := make([]*segment, 0, length*spans)
	for i := range length {
		for span := range spans {
			if at := span*length + i; at < len(segments) {
				all = append(all, segments[at])
			} else {
				all = append(all, nil)
			}
		}
	}
	return all
}

// eachTally reads what is to be counted of each segment; nil ones have nothing.
func (p *plan) eachTally(ctx context.Context, segments []*segment, aggregate *hotstore.Aggregate, visit func(i int, t *tally) error) error {
	for i, one := range segments {
		if err := ctx.Err(); err != nil {
			return err
		}
		if one == nil {
			continue
		}
		found, err := p.find(one)
		if err != nil {
			return err
		}
		if found.empty() {
			continue
		}
		t, err := newTally(one, found, aggregate)
		if err == nil {
			err = visit(i, t)
		}
		if err != nil {
			return err
		}
		*one = segment{view: one.view} // its memory
	}
	return nil
}
