package archive

import (
	"context"
	"encoding/binary"
	"math"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// groupRanges shows the statistics of a row group to a query, and its bloom filters when the query asks for a value.
type groupRanges struct {
	ctx   context.Context // of the scan; the interface has no room for it
	file  *File
	group *rowGroup
	err   error // a bloom filter could not be read; the answers are then "may match"
}

var _ filter.Ranges = (*groupRanges)(nil)

func (r *groupRanges) statistics(column Column) (low, high []byte, absent, known bool) {
	chunk := r.group.chunks[column]
	if chunk == nil || chunk.nulls() == r.group.rows {
		return nil, nil, true, true
	}
	statistics := &chunk.meta.MetaData.Statistics
	if statistics.MinValue == nil || statistics.MaxValue == nil {
		return nil, nil, false, false
	}
	return statistics.MinValue, statistics.MaxValue, false, true
}

// StringRange implements filter.Ranges.
func (r *groupRanges) StringRange(f filter.Field, _ string) (low, high string, known bool) {
	column, ok := columnOf(f)
	if !ok || column == ColumnUUID {
		return "", "", false
	}
	minimum, maximum, absent, known := r.statistics(column)
	if absent {
		return "\x01", "", true // no record has the field
	}
	return string(minimum), string(maximum), known
}

// NumberRange implements filter.Ranges.
func (r *groupRanges) NumberRange(f filter.Field) (low, high int64, known bool) {
	chunk := r.group.chunks[ColumnDurationMS]
	if f != filter.FieldDuration || chunk == nil || chunk.nulls() > 0 {
		return 0, 0, false // a null may be a duration that only rest can hold
	}
	minimum, maximum, _, known := r.statistics(ColumnDurationMS)
	if !known || len(minimum) != 4 || len(maximum) != 4 {
		return 0, 0, false
	}
	low, high = int64(int32(binary.LittleEndian.Uint32(minimum))), int64(int32(binary.LittleEndian.Uint32(maximum)))
	return low * int64(time.Millisecond), high * int64(time.Millisecond), true
}

// TimeRange implements filter.Ranges.
func (r *groupRanges) TimeRange() (from, to time.Time, known bool) { return r.group.timeRange() }

// timeRange bounds the records' own ts; unknown when a row's ts column is not its own.
func (g *rowGroup) timeRange() (from, to time.Time, known bool) {
	chunk, nanos := g.chunks[ColumnTS], g.chunks[ColumnTSNanos]
	if nanos == nil || nanos.nulls() > 0 {
		return from, to, false
	}
	statistics := &chunk.meta.MetaData.Statistics
	if len(statistics.MinValue) != 8 || len(statistics.MaxValue) != 8 {
		return from, to, false
	}
	low, high := binary.LittleEndian.Uint64(statistics.MinValue), binary.LittleEndian.Uint64(statistics.MaxValue)
	if high > math.MaxInt64 || low > high {
		return from, to, false
	}
	return time.UnixMicro(int64(low)).UTC(), time.UnixMicro(int64(high)).Add(999 * time.Nanosecond).UTC(), true
}

// MayContain implements filter.Ranges.
func (r *groupRanges) MayContain(f filter.Field, value string) bool {
	var key []byte
	column, ok := columnOf(f)
	switch {
	case !ok:
		return true
	case column == ColumnUUID:
		id, err := rrpair.ParseUUID(value)
		if err != nil {
			return true
		}
		key = id[:]
	default:
		key = []byte(value)
	}
	chunk := r.group.chunks[column]
	if chunk == nil || column == ColumnUUID && chunk.nulls() > 0 {
		return true
	}
	if value == "" && chunk.nulls() > 0 {
		return true // the filter language reads a missing field as the empty text
	}
	if err := r.file.loadBlooms(r.ctx, column); err != nil {
		if r.err == nil {
			r.err = err
		}
		return true
	}
	return r.file.mayHold(chunk, key)
}
