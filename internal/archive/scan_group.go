package archive

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/parquet-go/parquet-go/format"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// smallGroup is what is read whole at once: its few pages cost less than a second request.
	smallGroup = 1 << 20
	// keptBuffer is the largest page buffer that is kept for the next row group.
	keptBuffer = 4 << 20
)

// groupDecoder holds the memory that decoding a row group takes. Not for concurrent use.
type groupDecoder struct {
	codec   *pageDecoder
	query   *filter.Query
	columns [NumColumns]columnReader
	source  columnSource
	row     Row
	json    []byte
	pair    rrpair.Pair
	record  Record
	yields  bool // the code that runs is the caller's: its panics are not the file's fault
}

func newGroupDecoder(codec *pageDecoder, query *filter.Query) *groupDecoder {
	d := &groupDecoder{codec: codec, query: query}
	d.source = columnSource{columns: &d.columns}
	if query != nil {
		d.source.wanted = columnsFor(query)
	}
	return d
}

// reset makes the decoder read the group's columns from data.
func (d *groupDecoder) reset(group *rowGroup, data *segments) {
	for i := range d.columns {
		if cap(d.columns[i].page.buffer) > keptBuffer {
			d.columns[i].page = page{}
		}
		d.columns[i].reset(group.chunks[i], d.codec, data)
	}
}

// verdict is what the columns say of a row.
type verdict struct {
	row     int64
	certain bool // it is wanted; else only the whole record tells
}

// readGroup yields the wanted records of one row group: first the columns that the query looks at, then, for the rows
// they do not rule out, the pages that hold those rows.
func (s *scanner) readGroup(ctx context.Context, task groupTask) (err error) {
	file, group := task.file.File, task.group
	wanted := s.firstLook(group)
	if wanted == nil {
		data, err := s.fetch(ctx, file, []byteRange{group.span})
		if err != nil {
			return err
		}
		return s.decode(ctx, file, group, data, nil)
	}
	if err := file.loadLocations(ctx); err != nil {
		return err
	}
	ranges := chunkRanges(group, wanted)
	whole := group.span.length() <= smallGroup
	if whole {
		ranges = []byteRange{group.span}
	}
	data, err := s.fetch(ctx, file, ranges)
	if err != nil {
		return err
	}
	verdicts, err := s.judge(ctx, file, group, data)
	if err != nil || len(verdicts) == 0 {
		return err
	}
	if !whole {
		more, err := s.fetch(ctx, file, missing(pageRanges(group, verdicts), data))
		if err != nil {
			return err
		}
		for i, start := range more.starts {
			data.add(start, more.data[i])
		}
	}
	return s.decode(ctx, file, group, data, verdicts)
}

// firstLook lists the columns that decide rows; nil when every row is wanted, or none can be ruled out.
func (s *scanner) firstLook(group *rowGroup) []Column {
	var columns [NumColumns]bool
	if s.opts.Query != nil {
		columns = columnsFor(s.opts.Query)
	}
	if s.windowCuts(group) {
		columns[ColumnTS], columns[ColumnTSNanos] = true, true
	}
	var wanted []Column
	for i, want := range columns {
		if want {
			wanted = append(wanted, Column(i))
		}
	}
	return wanted
}

// windowCuts tells whether the window may leave out some rows of the group, so that their times must be looked at.
func (s *scanner) windowCuts(group *rowGroup) bool {
	if s.window.from.IsZero() && s.window.to.IsZero() {
		return false
	}
	low, high, known := group.timeRange()
	return !known || !s.window.contains(low, true) || !s.window.contains(high, true)
}

func chunkRanges(group *rowGroup, columns []Column) []byteRange {
	var ranges []byteRange
	for _, column := range columns {
		if chunk := group.chunks[column]; chunk != nil {
			ranges = append(ranges, chunk.span)
		}
	}
	return ranges
}

// pageRanges lists the dictionaries and the pages that hold the rows.
func pageRanges(group *rowGroup, rows []verdict) []byteRange {
	var ranges []byteRange
	for _, chunk := range group.chunks {
		switch {
		case chunk == nil:
		case len(chunk.locations) == 0:
			ranges = append(ranges, chunk.span)
		default:
			if chunk.data > chunk.span.start {
				ranges = append(ranges, byteRange{chunk.span.start, chunk.data})
			}
			ranges = append(ranges, chunk.pagesOf(rows)...)
		}
	}
	return ranges
}

// pagesOf lists the pages of a chunk that hold at least one of the rows, which ascend.
func (c *columnChunk) pagesOf(rows []verdict) []byteRange {
	var ranges []byteRange
	for i := 0; i < len(rows); {
		at, found := slices.BinarySearchFunc(c.locations, rows[i].row, compareLocation)
		if !found {
			at--
		}
		if at < 0 {
			return append(ranges, c.span)
		}
		location := c.locations[at]
		ranges = append(ranges, byteRange{location.Offset, location.Offset + int64(location.CompressedPageSize)})
		end := c.rows
		if at+1 < len(c.locations) {
			end = c.locations[at+1].FirstRowIndex
		}
		for i < len(rows) && rows[i].row < end {
			i++
		}
	}
	return ranges
}

func compareLocation(location format.PageLocation, row int64) int {
	return int(min(1, max(-1, location.FirstRowIndex-row)))
}

// missing drops the ranges that lie in memory already.
func missing(ranges []byteRange, have *segments) []byteRange {
	return slices.DeleteFunc(ranges, func(r byteRange) bool {
		_, ok := have.slice(r.start, r.end)
		return ok
	})
}

func (s *scanner) fetch(ctx context.Context, file *File, ranges []byteRange) (*segments, error) {
	data, cost, err := fetch(ctx, file.reader, file.key, ranges)
	file.spent(cost)
	return data, err
}

// decoder hands out one of the decoders and takes it back; panics while it is out are the file's fault, unless the
// caller's code was running.
func (s *scanner) decoder(key string, use func(*groupDecoder) error) (err error) {
	d := <-s.decoders
	defer func() { s.decoders <- d }()
	defer func() {
		caught := recover()
		if caught == nil {
			return
		}
		if d.yields {
			panic(caught)
		}
		err = &FileError{Key: key, Reason: ReasonDamaged, Err: fmt.Errorf("decoding panicked: %v", caught)}
	}()
	d.yields = false
	return use(d)
}

// judge evaluates the query on the columns and returns the rows that are wanted or may be.
func (s *scanner) judge(ctx context.Context, file *File, group *rowGroup, data *segments) (verdicts []verdict, err error) {
	bounded := s.windowCuts(group) // else the time columns were not fetched
	err = s.decoder(file.key, func(d *groupDecoder) error {
		d.reset(group, data)
		d.source.err = nil
		for row := range group.rows {
			if row%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			certain := true
			if bounded {
				t, known, err := rowTime(&d.columns, row)
				if err != nil {
					return err
				}
				if known && !s.window.contains(t, true) {
					continue
				}
				certain = known
			}
			d.source.at(row)
			answer := s.opts.Query.Eval(&d.source)
			if d.source.err != nil {
				return d.source.err
			}
			if answer != filter.False {
				verdicts = append(verdicts, verdict{row: row, certain: certain && answer == filter.True})
			}
		}
		return nil
	})
	s.count(func(stats *ScanStats) { stats.RowsExamined += group.rows })
	return verdicts, err
}

func (s *scanner) count(change func(*ScanStats)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	change(&s.stats)
}

// decode rebuilds rows and yields those that are wanted. verdicts nil: all rows, which no look at columns has decided.
func (s *scanner) decode(ctx context.Context, file *File, group *rowGroup, data *segments, verdicts []verdict) error {
	rows, certain := group.rows, s.opts.Query == nil
	if verdicts != nil {
		rows = int64(len(verdicts))
	} else {
		s.count(func(stats *ScanStats) { stats.RowsExamined += rows })
	}
	s.count(func(stats *ScanStats) { stats.RowsRebuilt += rows })
	return s.decoder(file.key, func(d *groupDecoder) error {
		d.reset(group, data)
		for i := range rows {
			if i%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			row := i
			if verdicts != nil {
				row, certain = verdicts[i].row, verdicts[i].certain
			}
			if err := d.rebuild(row); err != nil {
				return err
			}
			d.record.Key = file.key
			if !certain {
				wanted, err := s.wanted(d)
				if err != nil {
					return badFile(ReasonDamaged, "row %d: %w", row, err)
				}
				if !wanted {
					continue
				}
			}
			if err := s.deliver(d); err != nil {
				return err
			}
		}
		return nil
	})
}

// wanted asks the whole record.
func (s *scanner) wanted(d *groupDecoder) (bool, error) {
	if !(s.opts.Undated && !d.row.HasTSNanos) && !s.window.contains(d.record.TS, !d.record.TS.IsZero()) {
		return false, nil
	}
	if s.opts.Query == nil {
		return true, nil
	}
	pair, err := d.record.Pair()
	if err != nil {
		return false, err
	}
	d.yields = true
	defer func() { d.yields = false }()
	return s.opts.Match(pair), nil
}

func (s *scanner) deliver(d *groupDecoder) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.failure != nil {
		return context.Canceled
	}
	d.yields = true
	err := s.yield(&d.record)
	d.yields = false
	if err != nil {
		s.failure = err
		s.cancel()
		return context.Canceled
	}
	s.stats.Records++
	if s.opts.Progress != nil {
		s.opts.Progress(1, 0)
	}
	return nil
}

// rebuild puts the record of a row together.
func (d *groupDecoder) rebuild(row int64) error {
	r := &d.row
	var err error
	for c := range r.Bytes {
		switch Column(c) {
		case ColumnTS, ColumnTSNanos, ColumnDurationMS:
			continue
		}
		if r.Bytes[c], err = d.columns[c].bytes(row); err != nil {
			return err
		}
	}
	if r.TS, _, err = d.columns[ColumnTS].number(row); err != nil {
		return err
	}
	var value int64
	if value, r.HasTSNanos, err = d.columns[ColumnTSNanos].number(row); err != nil {
		return err
	}
	r.TSNanos = int32(value)
	if value, r.HasDurationMS, err = d.columns[ColumnDurationMS].number(row); err != nil {
		return err
	}
	r.DurationMS = int32(value)
	if d.json, err = Unshred(d.json[:0], r); err != nil {
		return badFile(ReasonDamaged, "row %d: %w", row, err)
	}
	d.record = Record{
		JSON: d.json, Seen: time.UnixMicro(r.TS).UTC(), pair: &d.pair,
		Service: r.Bytes[ColumnService], Direction: r.Bytes[ColumnDirection], L7Protocol: r.Bytes[ColumnL7Protocol],
	}
	return d.identify()
}

// identify finds the record's uuid and ts, in the columns or, where those have no exact copy, in the record.
func (d *groupDecoder) identify() error {
	r, record := &d.row, &d.record
	id := r.Bytes[ColumnUUID]
	if r.HasTSNanos && len(id) == len(record.UUID) {
		record.TS = time.UnixMicro(r.TS).Add(time.Duration(r.TSNanos)).UTC()
		record.UUID = rrpair.UUID(id)
		return nil
	}
	pair, err := record.Pair()
	if err != nil {
		return badFile(ReasonDamaged, "%w", err)
	}
	record.UUID, _ = pair.UUID()
	if t, ok := pair.Time(); ok {
		record.TS = t.UTC()
	}
	return nil
}
