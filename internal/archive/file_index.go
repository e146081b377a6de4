package archive

import (
	"bytes"
	"context"

	"github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// maxBloomHeader is more than a bloom filter's header ever takes.
const maxBloomHeader = 64

// loadLocations reads where the pages of every chunk lie. The indexes stand together in front of the footer, so it is
// one request at most, and none when the first read reached them. A file without them is read whole chunks at a time.
func (f *File) loadLocations(ctx context.Context) (err error) {
	f.mutex.Lock()
	done := f.index
	f.mutex.Unlock()
	if done {
		return nil
	}
	if wanted := f.locationRanges(); wanted.end > wanted.start {
		if err := f.ensure(ctx, wanted); err != nil {
			return err
		}
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, group := range f.groups {
		for _, chunk := range group.chunks {
			if chunk == nil || chunk.locations != nil {
				continue
			}
			if err := f.parseLocations(chunk); err != nil {
				return err
			}
		}
	}
	f.index = true
	return nil
}

// locationRanges spans the offset indexes of all row groups; empty if there are none.
func (f *File) locationRanges() byteRange {
	span := byteRange{start: f.size}
	for _, group := range f.groups {
		for _, chunk := range group.chunks {
			if chunk == nil || !chunk.hasLocations(f.size) {
				continue
			}
			span.start = min(span.start, chunk.meta.OffsetIndexOffset)
			span.end = max(span.end, chunk.meta.OffsetIndexOffset+int64(chunk.meta.OffsetIndexLength))
		}
	}
	return span
}

func (c *columnChunk) hasLocations(size int64) bool {
	start, length := c.meta.OffsetIndexOffset, int64(c.meta.OffsetIndexLength)
	return start >= 4 && length > 0 && length <= maxFooterBytes && start <= size-length
}

// ensure reads a range unless it lies in memory already.
func (f *File) ensure(ctx context.Context, r byteRange) error {
	f.mutex.Lock()
	_, ok := f.tail.slice(r.start, r.end)
	f.mutex.Unlock()
	if ok {
		return nil
	}
	if r.length() > maxFooterBytes {
		return badFile(ReasonDamaged, "an index of %d bytes", r.length())
	}
	return f.load(ctx, r)
}

func (f *File) parseLocations(chunk *columnChunk) error {
	if !chunk.hasLocations(f.size) {
		return nil
	}
	start := chunk.meta.OffsetIndexOffset
	data, ok := f.tail.slice(start, start+int64(chunk.meta.OffsetIndexLength))
	if !ok {
		return nil // a file that stores them apart: whole chunks are read
	}
	var index format.OffsetIndex
	if err := decodeThrift(data, &index); err != nil {
		return badFile(ReasonDamaged, "offset index of column %s: %w", chunk.column.Name(), err)
	}
	row, at := int64(0), chunk.span.start
	for i, location := range index.PageLocations {
		ascending := location.FirstRowIndex > row || i == 0 && location.FirstRowIndex == 0
		inside := location.Offset >= at && location.CompressedPageSize > 0 && int64(location.CompressedPageSize) <= chunk.span.end-location.Offset
		if !ascending || !inside || location.FirstRowIndex >= chunk.rows {
			return badFile(ReasonDamaged, "offset index of column %s: page %d lies at byte %d, row %d", chunk.column.Name(), i, location.Offset, location.FirstRowIndex)
		}
		row, at = location.FirstRowIndex, location.Offset+int64(location.CompressedPageSize)
	}
	chunk.locations = index.PageLocations
	return nil
}

// bloomRange is where the chunk's bloom filter lies; empty if it has none.
func (c *columnChunk) bloomRange(size int64) byteRange {
	if c == nil {
		return byteRange{}
	}
	start, length := c.meta.MetaData.BloomFilterOffset, int64(c.meta.MetaData.BloomFilterLength)
	if start < 4 || length <= 0 || length > maxFooterBytes || start > size-length {
		return byteRange{}
	}
	return byteRange{start, start + length}
}

// loadBlooms reads the bloom filters of one column in all row groups: one request when the writer put them together, as
// ours does, else one for each that lies apart.
func (f *File) loadBlooms(ctx context.Context, column Column) error {
	var wanted []byteRange
	f.mutex.Lock()
	for _, group := range f.groups {
		if r := group.chunks[column].bloomRange(f.size); r.length() > 0 {
			if _, ok := f.tail.slice(r.start, r.end); !ok {
				wanted = append(wanted, r)
			}
		}
	}
	f.mutex.Unlock()
	return f.loadAll(ctx, wanted)
}

// loadAll reads ranges into the tail.
func (f *File) loadAll(ctx context.Context, wanted []byteRange) error {
	if len(wanted) == 0 {
		return nil
	}
	pieces, cost, err := fetch(ctx, f.reader, f.key, wanted)
	f.spent(cost)
	if err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for i, start := range pieces.starts {
		f.tail.add(start, pieces.data[i])
	}
	return nil
}

// mayHold asks the chunk's bloom filter; true when it has none or cannot tell. The filter must have been loaded.
func (f *File) mayHold(chunk *columnChunk, value []byte) bool {
	r := chunk.bloomRange(f.size)
	if r.length() == 0 {
		return true
	}
	f.mutex.Lock()
	data, ok := f.tail.slice(r.start, r.end)
	f.mutex.Unlock()
	if !ok {
		return true
	}
	length, err := checkThrift(data[:min(len(data), maxBloomHeader)])
	if err != nil {
		return true
	}
	var header format.BloomFilterHeader
	var protocol thrift.CompactProtocol
	if err := thrift.NewDecoder(protocol.NewReaderFromBytes(data[:length])).Decode(&header); err != nil {
		return true
	}
	_, plain := header.Compression.Value.(*format.BloomFilterUncompressed)
	_, split := header.Algorithm.Value.(*format.SplitBlockAlgorithm)
	_, xxhash := header.Hash.Value.(*format.XxHash)
	bits := data[length:]
	if !plain || !split || !xxhash || int(header.NumBytes) != len(bits) || len(bits) == 0 || len(bits)%bloom.BlockSize != 0 {
		return true
	}
	held, err := bloom.CheckSplitBlock(bytes.NewReader(bits), int64(len(bits)), bloom.XXH64{}.Sum64(value))
	return held || err != nil
}

// mayHoldUUID is mayHold for the uuid of a record, on whose row group's filter it asks. Rows without a uuid in the
// column have theirs in rest, so such a row group may hold anything.
func (f *File) mayHoldUUID(group *rowGroup, id rrpair.UUID) bool {
	chunk := group.chunks[ColumnUUID]
	return chunk.nulls() > 0 || f.mayHold(chunk, id[:])
}

// nulls is how many rows of the chunk are null.
func (c *columnChunk) nulls() int64 { return c.meta.MetaData.Statistics.NullCount }
