package archive

import (
	"slices"

	"github.com/parquet-go/parquet-go/format"
)

// columnReader reads the values of one column of one row group, row numbers ascending. It decodes one page at a time,
// and a page only if a row of it is asked for.
type columnReader struct {
	chunk *columnChunk
	codec *pageDecoder
	data  *segments

	dict    *dictionary
	page    page
	loaded  bool
	nextAt  int64 // without page locations: where the next page begins
	nextRow int64
}

// reset prepares the reader for another chunk; buffers are kept. A nil chunk reads as all null.
func (r *columnReader) reset(chunk *columnChunk, codec *pageDecoder, data *segments) {
	page := r.page
	page.rows, page.first = 0, 0
	*r = columnReader{chunk: chunk, codec: codec, data: data, page: page}
	if chunk != nil {
		r.nextAt = chunk.span.start
	}
}

// seek makes the page that holds row the current one.
func (r *columnReader) seek(row int64) error {
	for !r.loaded || row >= r.page.first+r.page.rows {
		if err := r.advance(row); err != nil {
			return err
		}
	}
	if row < r.page.first {
		return badFile(ReasonDamaged, "column %s: rows are out of order", r.chunk.column.Name())
	}
	return nil
}

// advance decodes the next page, or with page locations the one that holds row.
func (r *columnReader) advance(row int64) error {
	c := r.chunk
	if err := r.loadDictionary(); err != nil {
		return err
	}
	at, end, first := r.nextAt, c.span.end, r.nextRow
	if len(c.locations) > 0 {
		i, found := slices.BinarySearchFunc(c.locations, row, compareLocation)
		if !found {
			i--
		}
		if i < 0 || r.loaded && c.locations[i].FirstRowIndex <= r.page.first {
			return badFile(ReasonDamaged, "column %s: no page has row %d", c.column.Name(), row)
		}
		at, first = c.locations[i].Offset, c.locations[i].FirstRowIndex
		end = at + int64(c.locations[i].CompressedPageSize)
	}
	if first >= c.rows || at >= end {
		return badFile(ReasonDamaged, "column %s: no page has row %d", c.column.Name(), row)
	}
	data, ok := r.data.slice(at, end)
	if !ok {
		return badFile(ReasonDamaged, "column %s: its pages lie where they should not", c.column.Name())
	}
	stored, err := parsePage(data)
	if err != nil {
		return err
	}
	if err := r.page.decode(c, r.codec, stored, first, r.dict); err != nil {
		return err
	}
	r.loaded = true
	r.nextAt, r.nextRow = at+int64(stored.length), first+r.page.rows
	return nil
}

func (r *columnReader) loadDictionary() error {
	c := r.chunk
	if r.dict != nil || c.span.start == c.data {
		return nil
	}
	data, ok := r.data.slice(c.span.start, c.data)
	if !ok {
		return badFile(ReasonDamaged, "column %s: its dictionary lies where it should not", c.column.Name())
	}
	dict, err := c.decodeDictionary(r.codec, data)
	if err != nil {
		return err
	}
	r.dict = dict
	r.nextAt = c.data
	return nil
}

// place returns the position of row's value in the current page; ok is false for null.
func (r *columnReader) place(row int64) (position int, ok bool) {
	i := int(row - r.page.first)
	if len(r.page.levels) == 0 {
		return i, true
	}
	return int(r.page.rank[i]), r.page.levels[i] == 1
}

// bytes returns a byte value as a view, nil for null; empty and not nil for an empty value.
func (r *columnReader) bytes(row int64) ([]byte, error) {
	if r.chunk == nil {
		return nil, nil
	}
	if err := r.seek(row); err != nil {
		return nil, err
	}
	i, ok := r.place(row)
	p := &r.page
	switch {
	case !ok:
		return nil, nil
	case p.kind == format.FixedLenByteArray:
		return p.data[16*i : 16*i+16 : 16*i+16], nil
	case len(p.index) > 0:
		return r.dict.value(p.index[i]), nil
	default:
		view := p.bytes[i]
		return p.data[view.start:view.end:view.end], nil
	}
}

// number returns an integer value; ok is false for null.
func (r *columnReader) number(row int64) (value int64, ok bool, err error) {
	if r.chunk == nil {
		return 0, false, nil
	}
	if err := r.seek(row); err != nil {
		return 0, false, err
	}
	i, ok := r.place(row)
	p := &r.page
	switch {
	case !ok:
		return 0, false, nil
	case len(p.index) > 0 && r.dict.int64s != nil:
		return r.dict.int64s[p.index[i]], true, nil
	case len(p.index) > 0:
		return int64(r.dict.int32s[p.index[i]]), true, nil
	case p.kind == format.Int64:
		return p.int64s[i], true, nil
	default:
		return int64(p.int32s[i]), true, nil
	}
}
