package sqlite

import (
	"context"
	"math/bits"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

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
	for _, one := range segments {
		if err := ctx.Err(); err != nil {
			return p.usage, err
		}
		found, err := p.find(one)
		if err != nil {
			return p.usage, err
		}
		if found.empty() {
			continue
		}
		counted := false
		if p.leftover == nil {
			counted, err = countColumns(groups, one, &found, &aggregate)
		}
		if !counted && err == nil {
			err = p.countDocuments(groups, one, &found)
		}
		if err != nil {
			return p.usage, err
		}
		*one = segment{view: one.view} // its memory
	}
	return p.usage, groups.Each(yield)
}

func (p *plan) countDocuments(groups *hotstore.Groups, s *segment, found *rows) (err error) {
	found.each(func(row int) bool {
		var document *hotstore.Document
		var keep bool
		if document, err = s.document(row, true); err == nil {
			keep, err = p.keep(document)
		}
		if err == nil && keep {
			err = groups.Add(document)
		}
		return err == nil
	})
	return err
}

// sums are those of one group within one segment and one interval.
type sums struct {
	hotstore.Group
	first, last int64
	buckets     []int32 // of each request
	code        uint64
	longest     int64
}

const (
	// maxCodes bounds the table from combinations of codes to sums; beyond it a map does.
	maxCodes = 1 << 16
)

// countColumns counts rows by the codes of the columns, interval by interval, as rows lie by ts. It leaves a segment
// whose values are too odd for that uncounted.
func countColumns(groups *hotstore.Groups, s *segment, found *rows, aggregate *hotstore.Aggregate) (counted bool, err error) {
	var columns [numberCount]*numbers
	for i := range columns {
		if columns[i], err = s.number(i); err != nil {
			return false, err
		}
	}
	keys, err := newKeyCodes(s, aggregate.By)
	if err != nil {
		return false, err
	}
	errors, err := newKeyCodes(s, []string{"error"})
	if err != nil {
		return false, err
	}
	inbound, err := newKeyCodes(s, []string{"direction"})
	if err != nil {
		return false, err
	}
	if keys.combinations == 0 {
		return false, nil
	}
	failed, inwards := errors.codeOf("true"), inbound.codeOf("IN")
	spare := []*sums{} // used before
	at := map[uint64]*sums{}
	var table []*sums
	if keys.combinations <= maxCodes {
		table = make([]*sums, keys.combinations)
	}
	var order []*sums
	start, end := time.Time{}, int64(0)
	flush := func() error {
		for _, sum := range order {
			group, err := groups.Group(sum.Keys, start)
			if err != nil {
				return err
			}
			sum.addTo(group)
		}
		for _, sum := range order {
			if table != nil {
				table[sum.code] = nil
			}
		}
		spare, order = append(spare, order...), order[:0]
		clear(at)
		return nil
	}
	begun := false
	found.each(func(row int) bool {
		ts := columns[columnTime].at(row)
		if aggregate.Interval > 0 && (!begun || ts >= end) {
			if err = flush(); err != nil {
				return false
			}
			start = hotstore.IntervalStart(time.Unix(0, ts), aggregate.Interval)
			end = start.UnixNano() + int64(aggregate.Interval)
			begun = true
		}
		code := keys.code(row)
		var sum *sums
		if table != nil {
			sum = table[code]
		} else {
			sum = at[code]
		}
		if sum == nil {
			if n := len(spare); n > 0 {
				sum, spare = spare[n-1], spare[:n-1]
				*sum = sums{buckets: sum.buckets[:0]}
			} else {
				sum = &sums{}
			}
			sum.first, sum.code = ts, code
			sum.Keys = keys.texts(code)
			if table != nil {
				table[code] = sum
			} else {
				at[code] = sum
			}
			order = append(order, sum)
		}
		sum.last = ts
		sum.Requests++
		sum.RequestBytes += columns[columnRequestBytes].at(row)
		sum.ResponseBytes += columns[columnResponseBytes].at(row)
		sum.longest = max(sum.longest, columns[columnDuration].at(row))
		sum.buckets = append(sum.buckets, int32(columns[columnBucket].at(row)))
		if errors.code(row) == failed {
			sum.Errors++
		}
		if inbound.code(row) == inwards {
			sum.Inbound++
		}
		return true
	})
	if err != nil {
		return false, err
	}
	return true, flush()
}

func (s *sums) addTo(group *hotstore.Group) {
	s.First, s.Last = time.Unix(0, s.first).UTC(), time.Unix(0, s.last).UTC()
	group.Merge(&s.Group)
	group.Latency.Max = max(group.Latency.Max, time.Duration(s.longest))
	for _, bucket := range s.buckets {
		group.Latency.AddBucket(bucket, 1, 0)
	}
}

// keyCodes numbers the combinations of values of some dimensions within a segment.
type keyCodes struct {
	columns      []keyColumn
	known        map[uint64][]string // of codes that were asked for
	combinations uint64              // 0: more than a number can say
}

type keyColumn struct {
	values []string
	codes  func(row int) uint64
}

func newKeyCodes(s *segment, names []string) (*keyCodes, error) {
	k := &keyCodes{combinations: 1, known: map[uint64][]string{}}
	for _, name := range names {
		column, err := newKeyColumn(s, hotstore.LookupDimension(name))
		if err != nil {
			return nil, err
		}
		k.columns = append(k.columns, column)
		high, low := bits.Mul64(k.combinations, uint64(len(column.values)))
		if k.combinations = low; high > 0 {
			k.combinations = 0
		}
	}
	return k, nil
}

// newKeyColumn takes a dictionary column's own codes, and makes codes for every other.
func newKeyColumn(s *segment, dimension hotstore.Dimension) (keyColumn, error) {
	if place, found := s.places[dimension.Name]; found && !s.texts[place].isPaged && dimension.Name != "archive" && dimension.Name != "path" {
		c := &s.texts[place]
		for row := range s.count {
			if _, err := c.value(row); err != nil {
				return keyColumn{}, err
			}
		}
		return keyColumn{c.dictionary, c.codes.at}, nil
	}
	codes := make([]uint16, s.count)
	places := map[string]uint16{}
	column := keyColumn{codes: func(row int) uint64 { return uint64(codes[row]) }}
	for row := range codes {
		value, err := s.keyText(dimension, row)
		if err != nil {
			return column, err
		}
		code, found := places[value]
		if !found {
			code = uint16(len(column.values))
			places[value] = code
			column.values = append(column.values, value)
		}
		codes[row] = code
	}
	return column, nil
}

// keyText is the value of any dimension as text, as the document gives it.
func (s *segment) keyText(dimension hotstore.Dimension, row int) (string, error) {
	place, isNumber := numberPlace(dimension.Name)
	switch {
	case isNumber:
		c, err := s.number(place)
		if err != nil {
			return "", err
		}
		d := new(hotstore.Document)
		s.view.numbers[place].set(d, c.at(row))
		return dimension.Text(d), nil
	case dimension.Name == "uuid":
		id, err := s.uuid(row)
		return id.String(), err
	default:
		return s.dimension(dimension.Name, row)
	}
}

func (k *keyCodes) code(row int) (code uint64) {
	for i := range k.columns {
		code = code*uint64(len(k.columns[i].values)) + k.columns[i].codes(row)
	}
	return code
}

// texts are the values that a code stands for; not to be changed.
func (k *keyCodes) texts(code uint64) []string {
	if texts, have := k.known[code]; have {
		return texts
	}
	whole := code
	texts := make([]string, len(k.columns))
	for i := len(k.columns) - 1; i >= 0; i-- {
		n := uint64(len(k.columns[i].values))
		texts[i] = k.columns[i].values[code%n]
		code /= n
	}
	k.known[whole] = texts
	return texts
}

// codeOf is the code of a value of the only column; one that no row has when there is no such value.
func (k *keyCodes) codeOf(value string) uint64 {
	for i, has := range k.columns[0].values {
		if has == value {
			return uint64(i)
		}
	}
	return maxCodes
}
