package sqlite

import (
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// tally is what counting needs of a segment, apart from its view: it may be counted by another goroutine.
type tally struct {
	found                                                  rows
	size, count                                            int // rows of the segment, and those found
	times, durations, buckets, requestBytes, responseBytes numbers
	keys                                                   []keyColumn
	errors, directions                                     keyColumn
}

func newTally(s *segment, found rows, aggregate *hotstore.Aggregate) (*tally, error) {
	t := &tally{found: found, size: s.count, count: found.count()}
	for place, column := range map[int]*numbers{columnTime: &t.times, columnDuration: &t.durations, columnBucket: &t.buckets,
		columnRequestBytes: &t.requestBytes, columnResponseBytes: &t.responseBytes} {
		read, err := s.number(place)
		if err != nil {
			return nil, err
		}
		*column = *read
	}
	var err error
	for _, name := range aggregate.By {
		column, err := newKeyColumn(s, &found, hotstore.LookupDimension(name))
		if err != nil {
			return nil, err
		}
		t.keys = append(t.keys, column)
	}
	if t.errors, err = newKeyColumn(s, &found, hotstore.LookupDimension("error")); err != nil {
		return nil, err
	}
	t.directions, err = newKeyColumn(s, &found, hotstore.LookupDimension("direction"))
	return t, err
}

// keyColumn is a column of texts as codes: those of a dictionary column, or codes made of any other, for the rows that
// were found.
type keyColumn struct {
	name   string
	values []string
	packed packed
	made   []uint32
}

func newKeyColumn(s *segment, found *rows, dimension hotstore.Dimension) (column keyColumn, err error) {
	column.name = dimension.Name
	if place, isThere := s.places[dimension.Name]; isThere && !s.texts[place].isPaged && dimension.Name != "archive" && dimension.Name != "path" {
		column.values, column.packed = s.texts[place].dictionary, s.texts[place].codes
		return column, nil
	}
	places := map[string]uint32{}
	found.each(func(row int) bool {
		var value string
		if value, err = s.keyText(dimension, row); err != nil {
			return false
		}
		code, isKnown := places[value]
		if !isKnown {
			code = uint32(len(column.values))
			places[value] = code
			column.values = append(column.values, value)
		}
		column.made = append(column.made, code)
		return true
	})
	return column, err
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

// codes are those of the rows found, in dst or memory of its own.
func (k *keyColumn) codes(dst []uint32, t *tally) ([]uint32, error) {
	codes := k.made
	if codes == nil {
		codes = dst[:t.count]
		if t.count == t.size {
			k.packed.unpack(codes)
		} else {
			i := 0
			t.found.each(func(row int) bool {
				codes[i] = uint32(k.packed.at(row))
				i++
				return true
			})
		}
	}
	highest := uint32(0)
	for _, code := range codes {
		highest = max(highest, code)
	}
	if int(highest) >= len(k.values) {
		return nil, damaged("a code of column %s", k.name)
	}
	return codes, nil
}

// codeOf is the code of a value, one that no row has when there is no such value.
func (k *keyColumn) codeOf(value string) uint32 {
	for i, has := range k.values {
		if has == value {
			return uint32(i)
		}
	}
	return segmentRows
}

// take gives the numbers of the rows found.
func (c *numbers) take(dst []int64, t *tally) []int64 {
	dst = dst[:t.count]
	if t.count == t.size {
		c.unpack(dst)
		return dst
	}
	i := 0
	t.found.each(func(row int) bool {
		dst[i] = c.at(row)
		i++
		return true
	})
	return dst
}
