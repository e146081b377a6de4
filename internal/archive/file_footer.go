package archive

import (
	"fmt"
	"strings"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// rowGroup is one row group of a file. Its fields do not change after the file was opened, except the page locations.
type rowGroup struct {
	index  int
	rows   int64
	chunks [NumColumns]*columnChunk // nil: the file has no such column, every row is null
	span   byteRange                // of all chunks
	stored int64                    // bytes of all chunks
}

// columnChunk is one column of one row group.
type columnChunk struct {
	column    Column
	kind      format.Type
	optional  bool
	codec     format.CompressionCodec
	rows      int64
	span      byteRange // dictionary and pages
	data      int64     // where the first data page begins
	raw       int64     // uncompressed bytes, as the footer has them
	meta      *format.ColumnChunk
	locations []format.PageLocation // nil until loaded, or if the file has none
}

// wanted says which physical type each column must have.
func (c Column) kind() format.Type {
	switch c {
	case ColumnTS:
		return format.Int64
	case ColumnTSNanos, ColumnDurationMS:
		return format.Int32
	case ColumnUUID:
		return format.FixedLenByteArray
	default:
		return format.ByteArray
	}
}

// indispensable columns make a file one of ours.
func (c Column) indispensable() bool { return c == ColumnTS || c == ColumnUUID || c == ColumnRest }

func (f *File) parseFooter(footer []byte) error {
	if err := decodeThrift(footer, &f.meta); err != nil {
		return badFile(ReasonDamaged, "footer: %w", err)
	}
	columns, err := f.leafColumns()
	if err != nil {
		return err
	}
	var rows int64
	for i := range f.meta.RowGroups {
		group, err := f.parseRowGroup(i, columns)
		if err != nil {
			return err
		}
		f.groups = append(f.groups, group)
		rows += group.rows
	}
	if rows != f.meta.NumRows {
		return badFile(ReasonDamaged, "its row groups have %d rows, the footer says %d", rows, f.meta.NumRows)
	}
	if err := f.readInfo(); err != nil {
		return err
	}
	if f.info.Records != rows {
		return badFile(ReasonDamaged, "it has %d rows and says %d", rows, f.info.Records)
	}
	return nil
}

// leaf is where a column of ours stands in the file.
type leaf struct {
	position int // -1: absent
	optional bool
}

// leafColumns finds our columns by name; order and further columns do not matter.
func (f *File) leafColumns() ([NumColumns]leaf, error) {
	var found [NumColumns]leaf
	numbers := make(map[string]Column, NumColumns)
	for i := range found {
		found[i].position = -1
		numbers[Column(i).Name()] = Column(i)
	}
	if len(f.meta.Schema) == 0 {
		return found, badFile(ReasonDamaged, "its schema is empty")
	}
	for i := range f.meta.Schema[1:] {
		element := &f.meta.Schema[i+1]
		if children, ok := element.NumChildren.V, element.NumChildren.Valid; ok && children > 0 {
			return found, badFile(ReasonForeign, "column %q is nested, ours are flat", element.Name)
		}
		column, ours := numbers[element.Name]
		if !ours {
			continue
		}
		if element.Type.Valid && element.Type.V != column.kind() || !element.Type.Valid {
			return found, badFile(ReasonForeign, "column %s has another type than ours", element.Name)
		}
		if column == ColumnUUID && (!element.TypeLength.Valid || element.TypeLength.V != 16) {
			return found, badFile(ReasonForeign, "column uuid is not 16 bytes long")
		}
		if element.RepetitionType.Valid && element.RepetitionType.V == format.Repeated {
			return found, badFile(ReasonForeign, "column %s is repeated, ours are flat", element.Name)
		}
		found[column] = leaf{position: i, optional: element.RepetitionType.Valid && element.RepetitionType.V == format.Optional}
	}
	var missing []string
	for i := range found {
		if found[i].position < 0 && Column(i).indispensable() {
			missing = append(missing, Column(i).Name())
		}
	}
	if len(missing) > 0 {
		return found, badFile(ReasonForeign, "it has no column %s: another program wrote it", strings.Join(missing, ", "))
	}
	return found, nil
}

func (f *File) parseRowGroup(index int, columns [NumColumns]leaf) (*rowGroup, error) {
	meta := &f.meta.RowGroups[index]
	if meta.NumRows < 0 || meta.NumRows > maxGroupRows {
		return nil, badFile(ReasonDamaged, "row group %d has %d rows", index, meta.NumRows)
	}
	group := &rowGroup{index: index, rows: meta.NumRows, span: byteRange{start: f.size}}
	for i, place := range columns {
		if place.position < 0 {
			continue
		}
		if place.position >= len(meta.Columns) {
			return nil, badFile(ReasonDamaged, "row group %d lacks column %s", index, Column(i).Name())
		}
		chunk, err := f.parseChunk(Column(i), &meta.Columns[place.position], group.rows, place.optional)
		if err != nil {
			return nil, fmt.Errorf("row group %d, column %s: %w", index, Column(i).Name(), err)
		}
		group.chunks[i] = chunk
		group.span.start = min(group.span.start, chunk.span.start)
		group.span.end = max(group.span.end, chunk.span.end)
		group.stored += chunk.span.length()
	}
	return group, nil
}

// maxGroupRows bounds the per-row memory that a footer can make a reader ask for. Row groups are cut at 64 MiB of
// uncompressed bytes, and no record has fewer than 16.
const maxGroupRows = 8 << 20

func (f *File) parseChunk(column Column, meta *format.ColumnChunk, rows int64, optional bool) (*columnChunk, error) {
	data := &meta.MetaData
	chunk := &columnChunk{
		column: column, kind: column.kind(), optional: optional, codec: data.Codec, rows: rows, meta: meta,
		data: data.DataPageOffset, raw: data.TotalUncompressedSize,
	}
	if len(data.PathInSchema) != 1 || data.PathInSchema[0] != column.Name() {
		return nil, badFile(ReasonDamaged, "the chunk is of column %q", strings.Join(data.PathInSchema, "."))
	}
	if data.Codec != format.Zstd && data.Codec != format.Uncompressed {
		return nil, badFile(ReasonForeign, "compression %s is none of ours", data.Codec)
	}
	if data.NumValues != rows {
		return nil, badFile(ReasonDamaged, "%d values for %d rows", data.NumValues, rows)
	}
	start := data.DataPageOffset
	if dictionary := data.DictionaryPageOffset; dictionary > 0 && dictionary < start {
		start = dictionary
	}
	chunk.span = byteRange{start, start + data.TotalCompressedSize}
	if start < 4 || data.TotalCompressedSize < 0 || data.TotalUncompressedSize < 0 || chunk.span.end > f.size || chunk.span.end < start {
		return nil, badFile(ReasonDamaged, "its pages would lie at bytes %d-%d of %d", chunk.span.start, chunk.span.end, f.size)
	}
	return chunk, nil
}

// decodeThrift decodes one structure that fills data, after checking that its lengths are honest.
func decodeThrift(data []byte, into any) error {
	n, err := checkThrift(data)
	if err != nil {
		return err
	}
	if n != len(data) {
		return fmt.Errorf("%w: %d bytes follow its end", errThrift, len(data)-n)
	}
	var protocol thrift.CompactProtocol
	return thrift.NewDecoder(protocol.NewReaderFromBytes(data)).Decode(into)
}
