package sqlite

import (
	"slices"
	"sort"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

const (
	// maxCodes bounds the tables by combinations of codes; where there are more, the rows' own combinations are numbered.
	maxCodes = 1 << 16
	// maxBuckets bounds the table by buckets of latency; all that are not damaged have fewer.
	maxBuckets = 1 << 12
)

// counter counts tallies into groups: whole columns at a time, by the codes of their dictionaries, interval by interval,
// as rows lie by ts. It keeps its memory. Not safe for concurrent use.
type counter struct {
	groups   *hotstore.Groups
	interval time.Duration

	times, durations, buckets, requestBytes, responseBytes []int64
	errors, directions                                     []uint32
	keys                                                   [][]uint32
	combined                                               []uint32 // of the codes of all keys

	bySum        []int32 // by combined code: the place in sums, one more than it; 0 for none
	combinations []int32 // by combined code: that of groups, one more than it; 0 when it was not asked for
	sums         []sum
	order        []int32 // rows by bucket
	offsets      []int32
	sorted       []int32 // buckets of each sum, ascending, one sum after the other
	texts        []string
}

// sum is that of a group within a segment and an interval.
type sum struct {
	requests, errors, inbound   int64
	requestBytes, responseBytes int64
	longest, first, last        int64 // ns
	row                         int32 // one of them
	end                         int32 // of its buckets in sorted
}

func newCounter(groups *hotstore.Groups, aggregate *hotstore.Aggregate) *counter {
	c := &counter{groups: groups, interval: aggregate.Interval}
	for _, column := range []*[]int64{&c.times, &c.durations, &c.buckets, &c.requestBytes, &c.responseBytes} {
		*column = make([]int64, segmentRows)
	}
	for _, column := range []*[]uint32{&c.errors, &c.directions, &c.combined} {
		*column = make([]uint32, segmentRows)
	}
	c.order, c.sorted = make([]int32, segmentRows), make([]int32, segmentRows)
	c.keys, c.texts = make([][]uint32, len(aggregate.By)), make([]string, len(aggregate.By))
	for i := range c.keys {
		c.keys[i] = make([]uint32, segmentRows)
	}
	return c
}

func (c *counter) count(t *tally) error {
	times, durations, buckets := t.times.take(c.times, t), t.durations.take(c.durations, t), t.buckets.take(c.buckets, t)
	requestBytes, responseBytes := t.requestBytes.take(c.requestBytes, t), t.responseBytes.take(c.responseBytes, t)
	errors, err := t.errors.codes(c.errors, t)
	if err != nil {
		return err
	}
	directions, err := t.directions.codes(c.directions, t)
	if err != nil {
		return err
	}
	keys := make([][]uint32, len(t.keys))
	for i := range keys {
		if keys[i], err = t.keys[i].codes(c.keys[i], t); err != nil {
			return err
		}
	}
	combined := c.combine(t, keys)
	failed, inwards := t.errors.codeOf("true"), t.directions.codeOf("IN")
	for from := 0; from < t.count; {
		to, start := t.count, time.Time{}
		if c.interval > 0 {
			start = hotstore.IntervalStart(time.Unix(0, times[from]), c.interval)
			if end := start.UnixNano() + int64(c.interval); end > times[from] { // else beyond what a number says
				to = from + sort.Search(t.count-from, func(i int) bool { return times[from+i] >= end })
			}
		}
		c.sums = c.sums[:0]
		for row := from; row < to; row++ {
			code := combined[row]
			at := c.bySum[code]
			if at == 0 {
				c.sums = append(c.sums, sum{first: times[row], row: int32(row)})
				at = int32(len(c.sums))
				c.bySum[code] = at
			}
			s := &c.sums[at-1]
			s.requests++
			s.requestBytes += requestBytes[row]
			s.responseBytes += responseBytes[row]
			s.longest = max(s.longest, durations[row])
			s.last = times[row]
			if errors[row] == failed {
				s.errors++
			}
			if directions[row] == inwards {
				s.inbound++
			}
		}
		c.sortBuckets(buckets[from:to], combined[from:to])
		for i := range c.sums {
			c.bySum[combined[c.sums[i].row]] = 0
		}
		if err := c.flush(t, keys, combined, start); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// combine gives each row one code for all its keys, and clears the tables by that.
func (c *counter) combine(t *tally, keys [][]uint32) []uint32 {
	combined, size := c.combined[:t.count], 1
	clear(combined)
	for i := range keys {
		n := len(t.keys[i].values)
		codes := keys[i][:len(combined)]
		for row := range combined {
			combined[row] = combined[row]*uint32(n) + codes[row]
		}
		if size *= n; size > maxCodes {
			size = renumber(combined)
		}
	}
	c.bySum, c.combinations = cleared(c.bySum, size), cleared(c.combinations, size)
	return combined
}

// renumber replaces codes by numbers without gaps, and says how many there are.
func renumber(codes []uint32) int {
	numbers := make(map[uint32]uint32, len(codes)/4)
	for i, code := range codes {
		number, found := numbers[code]
		if !found {
			number = uint32(len(numbers))
			numbers[code] = number
		}
		codes[i] = number
	}
	return len(numbers)
}

func cleared(table []int32, size int) []int32 {
	table = slices.Grow(table[:0], size)[:size]
	clear(table)
	return table
}

// sortBuckets fills sorted. Rows are put in order of their buckets first, and then each to its sum.
func (c *counter) sortBuckets(buckets []int64, combined []uint32) {
	end := int32(0)
	for i := range c.sums {
		c.sums[i].end = end // where the next bucket goes: its end when all are there
		end += int32(c.sums[i].requests)
	}
	order := c.order[:len(buckets)]
	least, most := slices.Min(buckets), slices.Max(buckets)
	span := most - least
	if span < 0 || span >= maxBuckets {
		for i := range order {
			order[i] = int32(i)
		}
		slices.SortStableFunc(order, func(x, y int32) int { return int(int32(buckets[x])) - int(int32(buckets[y])) })
	} else {
		c.offsets = cleared(c.offsets, int(span)+2)
		for _, bucket := range buckets {
			c.offsets[bucket-least+1]++
		}
		for i := 1; i < len(c.offsets); i++ {
			c.offsets[i] += c.offsets[i-1]
		}
		for i, bucket := range buckets {
			at := &c.offsets[bucket-least]
			order[*at] = int32(i)
			*at++
		}
	}
	for _, row := range order {
		s := &c.sums[c.bySum[combined[row]]-1]
		c.sorted[s.end] = int32(buckets[row])
		s.end++
	}
}

// flush adds the sums to their groups.
func (c *counter) flush(t *tally, keys [][]uint32, combined []uint32, start time.Time) error {
	for i := range c.sums {
		s := &c.sums[i]
		known := &c.combinations[combined[s.row]]
		if *known == 0 {
			for i := range keys {
				c.texts[i] = t.keys[i].values[keys[i][s.row]]
			}
			*known = int32(c.groups.Combination(c.texts)) + 1
		}
		group, err := c.groups.At(hotstore.Combination(*known-1), start)
		if err != nil {
			return err
		}
		group.Requests += s.requests
		group.Errors += s.errors
		group.Inbound += s.inbound
		group.RequestBytes += s.requestBytes
		group.ResponseBytes += s.responseBytes
		group.See(time.Unix(0, s.first).UTC())
		group.See(time.Unix(0, s.last).UTC())
		group.Latency.AddSorted(c.sorted[s.end-int32(s.requests):s.end], time.Duration(s.longest))
	}
	return nil
}
