package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/sqlite"
)

// What the store must answer within, at the 95th percentile.
const (
	filterLimit = 50 * time.Millisecond
	statsLimit  = 300 * time.Millisecond
)

// readFigure is how long one kind of question took, by the clock.
type readFigure struct {
	Name  string        `json:"name"`
	Cores int           `json:"cores"`
	Runs  int           `json:"runs"`
	P50   time.Duration `json:"p50_ns"`
	P95   time.Duration `json:"p95_ns"`
	Worst time.Duration `json:"worst_ns"`
	CPU50 time.Duration `json:"cpu_p50_ns"` // computing time, which others on the machine change less
	CPU95 time.Duration `json:"cpu_p95_ns"`
	Rows  int           `json:"rows"` // median of documents or groups returned
	Limit time.Duration `json:"limit_ns,omitempty"`
	Slow  string        `json:"slowest,omitempty"` // the filter that took longest
}

// dimensions are those that a filter can name with IS.
func dimensions() []string {
	return []string{"cluster", "namespace", "service", "direction", "l7protocol", "tech", "command", "location", "endpoint", "status",
		"host", "peer", "session", "trace", "networkaddr", "error", "url", "source"}
}

// ask puts every kind of question. The choice of filters is the same in each run of the program.
func (e *embedded) ask(ctx context.Context, cores int) ([]readFigure, error) {
	random := rand.New(rand.NewPCG(1, 2))
	sample := func() *hotstore.Document { return e.samples[random.IntN(len(e.samples))] }
	anyTwo := func(i int) string {
		// Both from one document, or from two: then it may be that nothing matches.
		x, y := sample(), sample()
		if i%2 == 0 {
			y = x
		}
		names := dimensions()
		one, other := names[random.IntN(len(names))], names[random.IntN(len(names))]
		return fmt.Sprintf("%s IS %q AND %s IS %q", one, hotstore.LookupDimension(one).Text(x), other, hotstore.LookupDimension(other).Text(y))
	}
	asked := "" // the filter of the present run
	search := func(store *sqlite.Store, text string) (int, error) {
		asked = text
		query, err := filter.Parse(text, filter.Options{})
		if err != nil {
			return 0, err
		}
		page, err := store.Search(ctx, hotstore.Search{Query: query, Limit: 100})
		if err != nil {
			err = fmt.Errorf("%s: %w", text, err)
		}
		return len(page.Documents), err
	}
	stats := func(by []string, interval time.Duration) func(int) (int, error) {
		return func(int) (int, error) {
			groups := 0
			_, err := e.store.Aggregate(ctx, hotstore.Aggregate{From: e.last.Add(-time.Hour), By: by, Interval: interval},
				func(hotstore.Group) error { groups++; return nil })
			return groups, err
		}
	}
	questions := []struct {
		name  string
		runs  int
		limit time.Duration
		run   func(i int) (rows int, err error)
	}{
		{"filter on any two dimensions, limit 100", 1000, filterLimit, func(i int) (int, error) { return search(e.store, anyTwo(i)) }},
		{"the same, store opened for each", 100, 0, func(i int) (int, error) {
			store, err := sqlite.Open(ctx, e.config, sqlite.Settings{})
			if err != nil {
				return 0, err
			}
			found, err := search(store, anyTwo(i))
			return found, errors.Join(err, store.Close())
		}},
		{"stats of one hour by service, endpoint, status, minute", 40, statsLimit, stats([]string{"service", "endpoint", "status"}, time.Minute)},
		{"stats of one hour by service", 40, 0, stats([]string{"service"}, 0)},
		{"get by uuid", 200, 0, func(int) (int, error) {
			_, err := e.store.Get(ctx, sample().UUID, time.Time{})
			return 1, err
		}},
	}
	figures := make([]readFigure, 0, len(questions))
	for _, q := range questions {
		worst, slowest := time.Duration(0), ""
		times, computed, rows := make([]time.Duration, q.runs), make([]time.Duration, q.runs), make([]int, q.runs)
		for i := range times {
			begin, before := time.Now(), cpuTime()
			count, err := q.run(i)
			if err != nil {
				return nil, err
			}
			times[i], computed[i], rows[i] = time.Since(begin), cpuTime()-before, count
			if computed[i] > worst {
				worst, slowest = computed[i], asked
			}
		}
		asked = ""
		slices.Sort(rows)
		figures = append(figures, readFigure{Name: q.name, Cores: cores, Runs: q.runs, P50: quantile(times, 0.5), P95: quantile(times, 0.95),
			Worst: slices.Max(times), CPU50: quantile(computed, 0.5), CPU95: quantile(computed, 0.95), Rows: rows[len(rows)/2], Limit: q.limit, Slow: slowest})
	}
	return figures, nil
}

// quantile sorts what it is given.
func quantile(times []time.Duration, q float64) time.Duration {
	slices.Sort(times)
	return times[int(q*float64(len(times)-1)+0.5)]
}
