package main

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// trafficSum is what a number of pairs adds up to, seen from the service.
type trafficSum struct {
	hotstore.Group
	in, out int64 // bytes of bodies that came in and went out
}

func (s *trafficSum) add(group *hotstore.Group, inbound bool) {
	s.Merge(group)
	if inbound {
		s.in += group.RequestBytes
		s.out += group.ResponseBytes
	} else {
		s.in += group.ResponseBytes
		s.out += group.RequestBytes
	}
}

func (s *trafficSum) merge(other *trafficSum) {
	s.Merge(&other.Group)
	s.in += other.in
	s.out += other.out
}

// statsQuantiles are the percentiles that are shown, besides the longest.
func statsQuantiles() []float64 { return []float64{0.5, 0.9, 0.95, 0.99} }

// The places of the percentiles in latencies.
const (
	placeP50 = iota
	placeP90
	placeP95
	placeP99
	placeMax
)

// latencies gives p50, p90, p95, p99 and the longest; nil where no pair says how long it took. A store counts such pairs as
// of no length, so it is the longest that tells.
func (s *trafficSum) latencies() []time.Duration {
	if s.Latency.Max <= 0 {
		return nil
	}
	return append(s.Latency.Quantiles(statsQuantiles()...), s.Latency.Max)
}

func (s *trafficSum) errorRate() float64 {
	if s.Requests == 0 {
		return 0
	}
	return float64(s.Errors) / float64(s.Requests)
}

// statsGroup is one group of the answer, and its intervals.
type statsGroup struct {
	keys  []string
	total trafficSum
	cells map[int64]*trafficSum // by start, Unix nanoseconds
}

// statsResult is the answer to a question.
type statsResult struct {
	asked           statsQuestion
	groups          []*statsGroup // sorted; those within the limit
	found           int           // groups before the limit
	total           trafficSum    // of all groups found
	starts          []time.Time   // of the intervals, ascending; none without --interval
	usage           hotstore.Usage
	percentileError float64
	dropped         []droppedRow
	droppedKnown    bool
	byKeys          map[string]*statsGroup
}

func newStatsResult(asked statsQuestion) *statsResult {
	r := &statsResult{asked: asked, byKeys: map[string]*statsGroup{}}
	if len(asked.by) == 0 {
		r.group(nil) // one group, also of nothing
	}
	if asked.interval > 0 {
		for at := hotstore.IntervalStart(asked.from, asked.interval); at.Before(asked.to); at = at.Add(asked.interval) {
			r.starts = append(r.starts, at)
		}
	}
	return r
}

func (r *statsResult) group(keys []string) *statsGroup {
	var name []byte
	for _, key := range keys {
		name = append(binary.AppendUvarint(name, uint64(len(key))), key...)
	}
	group := r.byKeys[string(name)]
	if group == nil {
		group = &statsGroup{keys: slices.Clone(keys), cells: map[int64]*trafficSum{}}
		r.byKeys[string(name)] = group
		r.groups = append(r.groups, group)
	}
	return group
}

func (r *statsResult) add(found *hotstore.Group, inbound bool) {
	group := r.group(found.Keys)
	group.total.add(found, inbound)
	if r.asked.interval <= 0 {
		return
	}
	start := found.Start.UnixNano()
	cell := group.cells[start]
	if cell == nil {
		cell = &trafficSum{}
		group.cells[start] = cell
	}
	cell.add(found, inbound)
}

// finish sorts the groups and keeps those within the limit.
func (r *statsResult) finish() error {
	r.byKeys = nil
	for _, group := range r.groups {
		r.total.merge(&group.total)
	}
	r.sort()
	r.found = len(r.groups)
	if r.asked.limit > 0 && len(r.groups) > r.asked.limit {
		r.groups = r.groups[:r.asked.limit]
	}
	if rows := len(r.groups) * len(r.starts); rows > maxStatsRows {
		return usagef("%s groups in %s intervals are %s rows, more than %s: take a longer --interval, a --limit, fewer dimensions in --by, or a shorter window",
			humanCount(int64(len(r.groups))), humanCount(int64(len(r.starts))), humanCount(int64(rows)), humanCount(maxStatsRows))
	}
	return nil
}

func (r *statsResult) shown() (requests int64) {
	for _, group := range r.groups {
		requests += group.total.Requests
	}
	return requests
}

// window is how long the question's window is.
func (r *statsResult) window() time.Duration { return r.asked.to.Sub(r.asked.from) }

// span is how much of the interval lies in the window.
func (r *statsResult) span(start time.Time) time.Duration {
	end := start.Add(r.asked.interval)
	if start.Before(r.asked.from) {
		start = r.asked.from
	}
	if end.After(r.asked.to) {
		end = r.asked.to
	}
	return end.Sub(start)
}

// cell is what a group has in an interval: zeros where there is nothing.
func (g *statsGroup) cell(start time.Time) *trafficSum {
	if cell := g.cells[start.UnixNano()]; cell != nil {
		return cell
	}
	return &trafficSum{}
}

func statsSortNames() []string {
	return []string{"requests", "errors", "error_rate", "in", "out", "p50", "p90", "p95", "p99", "max", "first", "last"}
}

// statsMeasure is what groups are sorted by under a name; nil for no such name.
func statsMeasure(name string) func(*trafficSum) float64 {
	latency := func(place int) func(*trafficSum) float64 {
		return func(s *trafficSum) float64 {
			if all := s.latencies(); all != nil {
				return float64(all[place])
			}
			return -1
		}
	}
	switch name {
	case "requests":
		return func(s *trafficSum) float64 { return float64(s.Requests) }
	case "errors":
		return func(s *trafficSum) float64 { return float64(s.Errors) }
	case "error_rate":
		return (*trafficSum).errorRate
	case "in", "bytes_in":
		return func(s *trafficSum) float64 { return float64(s.in) }
	case "out", "bytes_out":
		return func(s *trafficSum) float64 { return float64(s.out) }
	case "p50":
		return latency(placeP50)
	case "p90":
		return latency(placeP90)
	case "p95":
		return latency(placeP95)
	case "p99":
		return latency(placeP99)
	case "max":
		return latency(placeMax)
	case "first":
		return func(s *trafficSum) float64 { return float64(s.First.UnixNano()) }
	case "last":
		return func(s *trafficSum) float64 { return float64(s.Last.UnixNano()) }
	}
	return nil
}

// sort puts the groups into the order asked for; what is equal goes by its keys.
func (r *statsResult) sort() {
	type placed struct {
		group  *statsGroup
		values []float64
	}
	dimensions := make([]int, len(r.asked.sort)) // places in by, -1 for measures
	for i, key := range r.asked.sort {
		dimensions[i] = -1
		if statsMeasure(key.Field) == nil {
			dimensions[i] = slices.Index(r.asked.by, hotstore.LookupDimension(key.Field).Name)
		}
	}
	all := make([]placed, len(r.groups))
	for i, group := range r.groups {
		all[i].group = group
		for _, key := range r.asked.sort {
			value := 0.0
			if measure := statsMeasure(key.Field); measure != nil {
				value = measure(&group.total)
			}
			all[i].values = append(all[i].values, value)
		}
	}
	slices.SortFunc(all, func(x, y placed) int {
		for i, key := range r.asked.sort {
			c := cmp.Compare(x.values[i], y.values[i])
			if at := dimensions[i]; at >= 0 {
				c = compareKeys(r.asked.by[at], x.group.keys[at], y.group.keys[at])
			}
			if c != 0 && key.Descending {
				return -c
			}
			if c != 0 {
				return c
			}
		}
		return slices.CompareFunc(x.group.keys, y.group.keys, strings.Compare)
	})
	for i := range all {
		r.groups[i] = all[i].group
	}
}

// compareKeys compares numbers as numbers.
func compareKeys(name, x, y string) int {
	if hotstore.LookupDimension(name).Kind == hotstore.KindNumber {
		first, _ := strconv.ParseInt(x, 10, 64)
		second, _ := strconv.ParseInt(y, 10, 64)
		return cmp.Compare(first, second)
	}
	return strings.Compare(x, y)
}
