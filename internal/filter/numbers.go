package filter

import (
	"math"
	"time"
)

// numberPredicate is a criterion on the duration or the size: the value lies in
// one of some ranges, bounds included.
type numberPredicate struct {
	field  Field
	exists bool
	ranges []numberRange
	absent bool // a record without the field matches: a missing duration is 0
}

type numberRange struct{ low, high int64 }

func newNumberPredicate(c *Criterion) (predicate, *valueError) {
	p := &numberPredicate{field: c.Field, exists: c.Op == OpExists}
	for i, text := range c.Values {
		value, err := parseQuantity(c.Field, text)
		if err != nil {
			return nil, &valueError{i, err.Error(), ""}
		}
		p.ranges = append(p.ranges, rangeOf(c.Op, value))
	}
	p.absent = c.Field == FieldDuration && p.contains(0)
	return p, nil
}

func parseQuantity(f Field, text string) (int64, error) {
	if f == FieldSize {
		return parseSize(text)
	}
	duration, err := parseDuration(text)
	return int64(duration), err
}

// rangeOf is empty (low above high) when nothing lies beyond the value.
func rangeOf(op Op, value int64) numberRange {
	switch op {
	case OpGreater:
		if value == math.MaxInt64 {
			return numberRange{1, 0}
		}
		return numberRange{value + 1, math.MaxInt64}
	case OpGreaterEqual:
		return numberRange{value, math.MaxInt64}
	case OpLess:
		if value == math.MinInt64 {
			return numberRange{1, 0}
		}
		return numberRange{math.MinInt64, value - 1}
	case OpLessEqual:
		return numberRange{math.MinInt64, value}
	default:
		return numberRange{value, value}
	}
}

func (p *numberPredicate) contains(value int64) bool {
	for _, r := range p.ranges {
		if value >= r.low && value <= r.high {
			return true
		}
	}
	return false
}

func (p *numberPredicate) fields() []FieldRef { return []FieldRef{{Field: p.field}} }

func (p *numberPredicate) eval(s Source, _ *scratch) Tri {
	value, present, known := s.Number(p.field)
	switch {
	case !known:
		return Unknown
	case !present:
		return triOf(p.absent)
	default:
		return triOf(p.exists || p.contains(value))
	}
}

func (p *numberPredicate) mayMatch(r Ranges) bool {
	minimum, maximum, known := r.NumberRange(p.field)
	if !known || p.absent {
		return true
	}
	if p.exists {
		return minimum <= maximum
	}
	for _, candidate := range p.ranges {
		if max(candidate.low, minimum) <= min(candidate.high, maximum) {
			return true
		}
	}
	return false
}

// timePredicate is a criterion on the time of the record.
type timePredicate struct {
	window window
}

func newTimePredicate(c *Criterion) (predicate, *valueError) {
	var times []time.Time
	for i, text := range c.Values {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return nil, &valueError{i, err.Error(), ""}
		}
		times = append(times, at)
	}
	p := &timePredicate{}
	switch c.Op {
	case OpIs:
		p.window = window{times[0], times[1]}
	case OpGreater:
		p.window.from = times[0].Add(time.Nanosecond)
	case OpGreaterEqual:
		p.window.from = times[0]
	case OpLess:
		p.window.to = times[0]
	case OpLessEqual:
		p.window.to = times[0].Add(time.Nanosecond)
	}
	return p, nil
}

func (p *timePredicate) fields() []FieldRef { return []FieldRef{{Field: FieldTime}} }

func (p *timePredicate) eval(s Source, _ *scratch) Tri {
	at, known := s.Time()
	if !known {
		return Unknown
	}
	return triOf(!at.IsZero() && p.window.contains(at))
}

func (p *timePredicate) mayMatch(r Ranges) bool {
	minimum, maximum, known := r.TimeRange()
	if !known {
		return true
	}
	return !maximum.Before(p.window.from) && (p.window.to.IsZero() || minimum.Before(p.window.to))
}
