package sqlite

import (
	"slices"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// ranges is what the head of a segment and its blooms say of all its rows.
type ranges struct {
	segment *segment
	err     error
}

var _ filter.Ranges = (*ranges)(nil)

// StringRange implements filter.Ranges.
func (r *ranges) StringRange(f filter.Field, sub string) (minimum, maximum string, known bool) {
	name := textPlace(filter.FieldRef{Field: f, Sub: sub})
	if name == "" {
		return "", "", false
	}
	place, found := r.segment.places[name]
	if !found {
		return "\xff", "", true // no row has it
	}
	c := &r.segment.texts[place]
	if c.isPaged {
		return c.least, c.most, true
	}
	values := c.dictionary
	if values[0] == "" {
		values = values[1:]
	}
	if len(values) == 0 {
		return "\xff", "", true
	}
	return values[0], values[len(values)-1], true
}

// NumberRange implements filter.Ranges.
func (r *ranges) NumberRange(f filter.Field) (minimum, maximum int64, known bool) {
	switch f {
	case filter.FieldDuration:
		return r.segment.numbers[columnDuration].least, r.segment.numbers[columnDuration].most, true
	case filter.FieldSize:
		return r.segment.numbers[columnSize].least, r.segment.numbers[columnSize].most, true
	default:
		return 0, 0, false
	}
}

// TimeRange implements filter.Ranges.
func (r *ranges) TimeRange() (minimum, maximum time.Time, known bool) {
	return time.Unix(0, r.segment.first), time.Unix(0, r.segment.last), true
}

// MayContain implements filter.Ranges.
func (r *ranges) MayContain(f filter.Field, value string) bool {
	switch f {
	case filter.FieldUUID:
		id, err := rrpair.ParseUUID(value)
		if err != nil {
			return true
		}
		may, err := r.segment.uuidBloom()
		if err != nil {
			r.err = err
			return true
		}
		return may.has(hashUUID(id))
	case filter.FieldURL:
		return r.columnMay("url", value) || r.pathMay(value) || r.urlBegins(value) || r.columnMay("path", value) || r.columnMay("path", derivedPath+value)
	default:
		return r.columnMay(textPlace(filter.FieldRef{Field: f}), value)
	}
}

func (r *ranges) columnMay(name, value string) bool {
	place, found := r.segment.places[name]
	if !found {
		return name == ""
	}
	c := &r.segment.texts[place]
	if !c.isPaged {
		_, found = slices.BinarySearch(c.dictionary, value)
		return found
	}
	return r.printed(place, value)
}

// urlBegins looks for a path in a dictionary of URLs.
func (r *ranges) urlBegins(path string) bool {
	place, found := r.segment.places["url"]
	if !found || r.segment.texts[place].isPaged {
		return false
	}
	dictionary := r.segment.texts[place].dictionary
	at, _ := slices.BinarySearch(dictionary, path+"?")
	return at < len(dictionary) && strings.HasPrefix(dictionary[at], path+"?")
}

// pathMay looks for a path beside URLs in pages.
func (r *ranges) pathMay(path string) bool {
	place, found := r.segment.places["url"]
	return found && r.segment.texts[place].isPaged && r.printed(pathPrints, path)
}

func (r *ranges) printed(index int, value string) bool {
	var all rows
	all.setRange(0, r.segment.count)
	found, err := r.segment.printed(index, &all, []string{value})
	if err != nil {
		r.err = err
		return true
	}
	return !found.empty()
}
