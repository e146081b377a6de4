package sqlite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// Get implements hotstore.Reader: with the ts of the document one segment is read, with a time near it (its day) one
// day, without one the blooms of all days.
func (s *Store) Get(ctx context.Context, id rrpair.UUID, at time.Time) (*hotstore.Document, error) {
	names, err := s.dayNames()
	if err != nil {
		return nil, err
	}
	slices.Reverse(names)
	if !at.IsZero() { // first where it should be; a document may lie beside it
		slices.SortStableFunc(names, func(a, b string) int { return compare(oneIf(a != dayOf(at)), oneIf(b != dayOf(at))) })
		names = slices.DeleteFunc(names, func(name string) bool {
			return name < dayOf(at.AddDate(0, 0, -1)) || name > dayOf(at.AddDate(0, 0, 1))
		})
	}
	for _, name := range names {
		document, err := s.getFrom(ctx, name, id, at)
		if err != nil || document != nil {
			return document, err
		}
	}
	return nil, fmt.Errorf("%w: %s", hotstore.ErrNoDocument, id)
}

func (s *Store) getFrom(ctx context.Context, name string, id rrpair.UUID, at time.Time) (*hotstore.Document, error) {
	v, err := s.view(ctx, name)
	if err != nil || v == nil {
		return nil, err
	}
	defer v.close()
	f, err := newFinder(v)
	if err != nil {
		return nil, err
	}
	where, row, found, err := f.find(id, at)
	if err != nil || !found {
		return nil, err
	}
	return where.document(row, true)
}

// finder finds documents of one day by identity.
type finder struct {
	view     *view
	segments []*segment
}

func newFinder(v *view) (*finder, error) {
	segments, err := v.segmentsWhere("1")
	return &finder{v, segments}, err
}

// find looks where the ts says, then everywhere.
func (f *finder) find(id rrpair.UUID, at time.Time) (where *segment, row int, found bool, err error) {
	if !at.IsZero() {
		ns := nanoseconds(at)
		for _, s := range f.segments {
			if ns < s.first || ns > s.last {
				continue
			}
			if row, found, err = s.findAt(id, ns); err != nil || found {
				return s, row, found, err
			}
		}
	}
	hash := hashUUID(id)
	for _, s := range f.segments {
		may, err := s.uuidBloom()
		if err != nil {
			return nil, 0, false, err
		}
		if !may.has(hash) {
			continue
		}
		if row, found, err = s.findAnywhere(id); err != nil || found {
			return s, row, found, err
		}
	}
	return nil, 0, false, nil
}

func (s *segment) findAt(id rrpair.UUID, at int64) (row int, found bool, err error) {
	if err := s.open(); err != nil {
		return 0, false, err
	}
	times, err := s.number(columnTime)
	if err != nil {
		return 0, false, err
	}
	if row, err = s.from(at); err != nil {
		return 0, false, err
	}
	for ; row < s.count && times.at(row) == at; row++ {
		has, err := s.uuid(row)
		if err != nil || has == id {
			return row, err == nil, err
		}
	}
	return 0, false, nil
}

func (s *segment) findAnywhere(id rrpair.UUID) (row int, found bool, err error) {
	if err := s.open(); err != nil {
		return 0, false, err
	}
	for row := range s.count {
		has, err := s.uuid(row)
		if err != nil || has == id {
			return row, err == nil, err
		}
	}
	return 0, false, nil
}
