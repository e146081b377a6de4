package archive

import (
	"encoding/binary"
	"hash/crc32"
	"slices"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Pages are decoded here and not by the library's page readers: those trust the sizes in headers (a flipped bit
// allocates gigabytes), box each value, and read through an io.ReaderAt one page at a time. Here a page is decoded into
// reused memory, and byte values are views into the decompressed page.
const (
	// maxPageBytes bounds one decompressed page. A row group holds 64 MiB, and a single record may be larger.
	maxPageBytes = 1 << 30
	// A page that claims more than plainPageBytes must also be at most maxPageRatio times its stored size; zstd
	// reaches such ratios on nothing but runs of one byte.
	plainPageBytes = 128 << 20
	maxPageRatio   = 1 << 14
)

// page is one decoded data page. Views that it hands out are valid until it is decoded into again.
type page struct {
	first, rows int64 // rows of the row group that it holds

	levels  []byte  // 1 where the row has a value; nil: all rows have one
	rank    []int32 // number of values before the row; nil with levels
	kind    format.Type
	encoded format.Encoding
	bytes   []byteView // plain byte arrays: where they lie in data
	data    []byte
	index   []int32 // of values in the dictionary
	int32s  []int32
	int64s  []int64

	buffer []byte // decompressed bytes, reused
}

type byteView struct{ start, end uint32 }

// dictionary is the decoded dictionary of a chunk.
type dictionary struct {
	bytes  []byteView
	data   []byte
	int32s []int32
	int64s []int64
	count  int
}

func (d *dictionary) value(i int32) []byte {
	view := d.bytes[i]
	return d.data[view.start:view.end:view.end]
}

// storedPage is one page as it lies in the file.
type storedPage struct {
	header format.PageHeader
	body   []byte // compressed
	length int    // of header and body
}

// parsePage reads the page that data begins with, and checks its checksum where it has one.
func parsePage(data []byte) (storedPage, error) {
	var stored storedPage
	length, err := checkThrift(data)
	if err != nil {
		return stored, badFile(ReasonDamaged, "page header: %w", err)
	}
	var protocol thrift.CompactProtocol
	if err := thrift.NewDecoder(protocol.NewReaderFromBytes(data[:length])).Decode(&stored.header); err != nil {
		return stored, badFile(ReasonDamaged, "page header: %w", err)
	}
	size := int(stored.header.CompressedPageSize)
	if size < 0 || size > len(data)-length {
		return stored, badFile(ReasonDamaged, "a page of %d bytes where %d are left", size, len(data)-length)
	}
	stored.length = length + size
	stored.body = data[length:stored.length]
	if stored.header.CRC != 0 {
		if sum := crc32.ChecksumIEEE(stored.body); sum != uint32(stored.header.CRC) {
			return stored, badFile(ReasonDamaged, "checksum of a page is %08x, its header says %08x", sum, uint32(stored.header.CRC))
		}
	}
	return stored, nil
}

// decompress returns size bytes, in buffer if they fit.
func (p *pageDecoder) decompress(buffer, stored []byte, size int64, codec format.CompressionCodec) ([]byte, error) {
	if size < 0 || size > maxPageBytes || size > plainPageBytes && size > maxPageRatio*int64(len(stored)) {
		return nil, badFile(ReasonDamaged, "a page of %d bytes claims to hold %d", len(stored), size)
	}
	if codec == format.Uncompressed {
		if int64(len(stored)) != size {
			return nil, badFile(ReasonDamaged, "an uncompressed page of %d bytes claims %d", len(stored), size)
		}
		return append(buffer[:0], stored...), nil
	}
	if size == 0 {
		return buffer[:0], nil
	}
	// The decompressor writes in blocks and wants some room behind the end, or it takes a slower path.
	if int64(cap(buffer)) < size {
		buffer = make([]byte, 0, size+size/8)
	}
	out, err := p.zstd.DecodeAll(stored, buffer[:0:size])
	if err != nil {
		return nil, badFile(ReasonDamaged, "decompress a page: %w", err)
	}
	if int64(len(out)) != size {
		return nil, badFile(ReasonDamaged, "a page decompresses to %d bytes and not %d", len(out), size)
	}
	return out, nil
}

// decodeDictionary reads the dictionary page that data begins with.
func (c *columnChunk) decodeDictionary(codec *pageDecoder, data []byte) (*dictionary, error) {
	stored, err := parsePage(data)
	if err != nil {
		return nil, err
	}
	if stored.header.Type != format.DictionaryPage || !stored.header.DictionaryPageHeader.Valid {
		return nil, badFile(ReasonDamaged, "a page of type %s where the dictionary should be", stored.header.Type)
	}
	raw, err := codec.decompress(nil, stored.body, int64(stored.header.UncompressedPageSize), c.codec)
	if err != nil {
		return nil, err
	}
	count := int(stored.header.DictionaryPageHeader.V.NumValues)
	if count < 0 || int64(count) > c.rows {
		return nil, badFile(ReasonDamaged, "a dictionary of %d values for %d rows", count, c.rows)
	}
	dict := &dictionary{data: raw, count: count}
	switch c.kind {
	case format.ByteArray:
		dict.bytes, err = plainByteArrays(nil, raw, count)
	case format.Int32:
		dict.int32s, err = plainInt32s(nil, raw, count)
	case format.Int64:
		dict.int64s, err = plainInt64s(nil, raw, count)
	default:
		err = badFile(ReasonForeign, "a dictionary of %s", c.kind)
	}
	return dict, err
}

// decode decodes a data page whose first row is first. dict may be nil if the page does not use one.
func (p *page) decode(c *columnChunk, codec *pageDecoder, stored storedPage, first int64, dict *dictionary) error {
	var (
		values, nulls    int
		levels, contents []byte
		err              error
	)
	header := &stored.header
	switch {
	case header.Type == format.DataPageV2 && header.DataPageHeaderV2.Valid:
		v2 := &header.DataPageHeaderV2.V
		values, nulls, p.encoded = int(v2.NumValues), int(v2.NumNulls), v2.Encoding
		skipped, leveled := int(v2.RepetitionLevelsByteLength), int(v2.DefinitionLevelsByteLength)
		if skipped != 0 || leveled < 0 || leveled > len(stored.body) {
			return badFile(ReasonDamaged, "a page with levels of %d and %d bytes", skipped, leveled)
		}
		levels, contents = stored.body[:leveled], stored.body[leveled:]
		compression := c.codec
		if v2.IsCompressed.Valid && !v2.IsCompressed.V {
			compression = format.Uncompressed
		}
		p.buffer, err = codec.decompress(p.buffer, contents, int64(header.UncompressedPageSize)-int64(leveled), compression)
		contents = p.buffer
	case header.Type == format.DataPage && header.DataPageHeader.Valid:
		v1 := &header.DataPageHeader.V
		values, nulls, p.encoded = int(v1.NumValues), -1, v1.Encoding
		p.buffer, err = codec.decompress(p.buffer, stored.body, int64(header.UncompressedPageSize), c.codec)
		contents = p.buffer
		if err == nil && c.optional {
			levels, contents, err = lengthPrefixed(contents)
		}
	default:
		return badFile(ReasonForeign, "a page of type %s", header.Type)
	}
	if err != nil {
		return err
	}
	if values < 0 || int64(values) > c.rows-first {
		return badFile(ReasonDamaged, "a page of %d values where %d rows are left", values, c.rows-first)
	}
	p.first, p.rows, p.kind = first, int64(values), c.kind
	present, err := p.readLevels(levels, values, c.optional)
	if err != nil {
		return err
	}
	if nulls >= 0 && present != values-nulls {
		return badFile(ReasonDamaged, "a page has %d values, its header says %d", present, values-nulls)
	}
	return p.readValues(contents, present, dict)
}

func lengthPrefixed(data []byte) (inner, rest []byte, err error) {
	if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
		return nil, nil, badFile(ReasonDamaged, "levels are cut off")
	}
	end := 4 + int(binary.LittleEndian.Uint32(data))
	return data[4:end], data[end:], nil
}

// readLevels fills levels and rank and says how many rows have a value.
func (p *page) readLevels(encoded []byte, values int, optional bool) (present int, err error) {
	if !optional || len(encoded) == 0 && values == 0 {
		p.levels, p.rank = p.levels[:0], p.rank[:0]
		return values, nil
	}
	p.rank, err = decodeHybrid(p.rank[:0], encoded, 1, values)
	if err != nil {
		return 0, err
	}
	p.levels = slices.Grow(p.levels[:0], values)
	for i, level := range p.rank {
		p.levels = append(p.levels, byte(level))
		p.rank[i] = int32(present)
		present += int(level)
	}
	if present == values { // the usual case needs no look-ups
		p.levels, p.rank = p.levels[:0], p.rank[:0]
	}
	return present, nil
}

func (p *page) readValues(data []byte, count int, dict *dictionary) error {
	p.bytes, p.index, p.int32s, p.int64s, p.data = p.bytes[:0], p.index[:0], p.int32s[:0], p.int64s[:0], data
	var err error
	switch {
	case p.encoded == format.RLEDictionary || p.encoded == format.PlainDictionary: //nolint:staticcheck // writers of Parquet 1.0 use the old name
		if dict == nil {
			return badFile(ReasonDamaged, "a page refers to a dictionary that is not there")
		}
		return p.readIndex(data, count, dict)
	case p.encoded == format.Plain && p.kind == format.ByteArray:
		p.bytes, err = plainByteArrays(p.bytes, data, count)
	case p.encoded == format.Plain && p.kind == format.FixedLenByteArray:
		if len(data) < 16*count {
			err = badFile(ReasonDamaged, "%d bytes for %d uuids", len(data), count)
		}
	case p.encoded == format.Plain && p.kind == format.Int32:
		p.int32s, err = plainInt32s(p.int32s, data, count)
	case p.encoded == format.Plain && p.kind == format.Int64:
		p.int64s, err = plainInt64s(p.int64s, data, count)
	case p.encoded == format.DeltaBinaryPacked && p.kind == format.Int64:
		p.int64s, err = deltaInt64s(p.int64s, data, count)
	case p.encoded == format.DeltaBinaryPacked && p.kind == format.Int32:
		p.int32s, err = deltaInt32s(p.int32s, data, count)
	case p.encoded == format.DeltaLengthByteArray && p.kind == format.ByteArray:
		p.bytes, err = deltaLengthByteArrays(p.bytes, data, count)
	default:
		err = badFile(ReasonForeign, "encoding %s of %s", p.encoded, p.kind)
	}
	return err
}

// readIndex decodes the values' places in the dictionary and checks that they lie in it.
func (p *page) readIndex(data []byte, count int, dict *dictionary) (err error) {
	if count == 0 {
		return nil
	}
	if len(data) == 0 || data[0] > 32 {
		return badFile(ReasonDamaged, "an index of impossible width")
	}
	if p.index, err = decodeHybrid(p.index, data[1:], uint(data[0]), count); err != nil {
		return err
	}
	for _, i := range p.index {
		if uint32(i) >= uint32(dict.count) {
			return badFile(ReasonDamaged, "value %d of a dictionary of %d", i, dict.count)
		}
	}
	return nil
}
