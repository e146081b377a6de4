package sqlite

import (
	"context"
	"slices"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// candidate is a row with its place in the order of a search.
type candidate struct {
	position hotstore.Position
	segment  *segment
	row      int
	document *hotstore.Document // where a leftover was evaluated
}

// sorted finds the first documents in any order: each matching row is placed by its columns, and the best are kept.
func (p *plan) sorted(ctx context.Context, collect *collector, after hotstore.Position, order []hotstore.SortKey) error {
	segments, err := p.segments()
	if err != nil {
		return err
	}
	best := &bestRows{limit: collect.limit, order: order}
	for _, s := range segments {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := p.find(s)
		if err != nil {
			return err
		}
		found.each(func(row int) bool {
			err = p.place(best, collect, s, row, after)
			return err == nil
		})
		if err != nil {
			return err
		}
	}
	best.cut()
	for _, c := range best.rows {
		if c.document != nil {
			collect.documents = append(collect.documents, c.document)
			continue
		}
		if err := collect.add(c.segment, c.row); err != nil {
			return err
		}
	}
	return nil
}

// place puts a row among the best if it belongs there.
func (p *plan) place(best *bestRows, collect *collector, s *segment, row int, after hotstore.Position) error {
	if best.bound != nil {
		value, err := s.sortValue(best.order[0], row)
		if err != nil {
			return err
		}
		first := best.order[:1]
		if (hotstore.Position{value}).Compare(best.bound[:1], first) > 0 {
			return nil
		}
	}
	position := make(hotstore.Position, len(best.order))
	for i, key := range best.order {
		var err error
		if position[i], err = s.sortValue(key, row); err != nil {
			return err
		}
	}
	if after != nil && position.Compare(after, best.order) <= 0 || best.bound != nil && position.Compare(best.bound, best.order) > 0 {
		return nil
	}
	c := candidate{position: position, segment: s, row: row}
	if p.leftover != nil {
		one := collector{plan: p, limit: 1, withPair: collect.withPair}
		if err := one.add(s, row); err != nil || !one.full() {
			return err
		}
		c.document = one.documents[0]
	}
	best.add(c)
	return nil
}

// sortValue is the value of a row for one key.
func (s *segment) sortValue(key hotstore.SortKey, row int) (value hotstore.SortValue, err error) {
	if place, isNumber := numberPlace(key.Field); isNumber {
		c, err := s.number(place)
		if err != nil {
			return value, err
		}
		value.Number = c.at(row)
		return value, nil
	}
	switch key.Field {
	case "uuid":
		id, err := s.uuid(row)
		value.Text = id.String()
		return value, err
	default:
		value.Text, err = s.dimension(key.Field, row)
		if key.Field == "error" {
			value.Number, value.Text = oneIf(value.Text == "true"), ""
		}
		return value, err
	}
}

// dimension is the value of a row for a text dimension, by its short name.
func (s *segment) dimension(name string, row int) (string, error) {
	switch {
	case name == "archive_url":
		d := new(hotstore.Document)
		var err error
		if d.UUID, err = s.uuid(row); err != nil {
			return "", err
		}
		text, err := s.text("archive", row)
		setArchive(d, text)
		return d.ArchiveURL, err
	case slices.ContainsFunc(s.view.texts, func(c textColumn) bool { return c.name == name }):
		return s.text(name, row)
	default:
		text, err := s.text(extraPrefix+name, row)
		if extra, isThere := readExtra(name, text); isThere {
			return extra.Value(), err
		}
		return "", err
	}
}

// bestRows keeps the first rows of an order.
type bestRows struct {
	limit int
	order []hotstore.SortKey
	rows  []candidate
	bound hotstore.Position // of the last row that is good enough; nil while there are too few
}

// spare is how many rows more than the limit are collected before they are cut: sorting is done in bulk.
const spare = 1024

func (b *bestRows) add(c candidate) {
	if b.rows = append(b.rows, c); len(b.rows) >= b.limit+spare {
		b.cut()
	}
}

func (b *bestRows) cut() {
	slices.SortFunc(b.rows, func(x, y candidate) int { return x.position.Compare(y.position, b.order) })
	if len(b.rows) >= b.limit {
		clear(b.rows[b.limit:])
		b.rows = b.rows[:b.limit]
		b.bound = b.rows[b.limit-1].position
	}
}
