package archive

import (
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
)

// How pages are cut: a trade-off that was measured. Larger pages compress better
// and faster (headers of one service shrink by a sixth from 2 to 8 MiB, all
// columns by 1.5%), smaller ones let a reader fetch less for a few rows. Ending a
// page where a service ends costs 1.5%, and who asks for one service then reads
// pages of no other.
const (
	pageLevel = zstd.SpeedDefault
	// widePageBytes cuts the pages of the columns that hold text and bodies, in
	// uncompressed bytes; bodyPageBytes those of the bodies, which repeat little
	// over longer distances, and of which a page is copied several times while it is
	// made; servicePageBytes is the least for which a page ends with its service.
	widePageBytes    = 8 << 20
	bodyPageBytes    = 2 << 20
	servicePageBytes = 64 << 10
	// A wide column that takes less than 1/smallColumnShare of a row group is not
	// cut by service: its pages cost a reader little, and bodies of requests lie in
	// them twice, sent by one service and received by the other.
	smallColumnShare = 32
	// narrowPageRows cuts the pages of the columns that hold dimensions, in rows.
	narrowPageRows = 4 << 10
	// bloomBits is bits per distinct value: one lookup in a hundred is wrong.
	bloomBits = 10
)

// isWide reports whether a column holds long texts. Its values are neither sorted
// nor compared by anybody, so they have no bounds in the page index or footer.
func isWide(c Column) bool { return c >= ColumnReqHeaders }

// hasBounds reports whether minimum and maximum of a column are worth keeping:
// those of random values exclude nothing, and the bloom filters do.
func hasBounds(c Column) bool {
	return !isWide(c) && c != ColumnUUID && c != ColumnTraceID && c != ColumnSession
}

func (f *FileWriter) writerOptions() []parquet.WriterOption {
	options := []parquet.WriterOption{
		Schema(),
		parquet.Compression(f.codec),
		parquet.CreatedBy("otelcol-byoc", f.options.WriterVersion, "rrpair archive"),
		parquet.WriteBufferSize(0),        // what is flushed has reached the output
		parquet.PageBufferSize(64 << 10),  // no more than a first size: a page is handed over whole
		parquet.DataPageStatistics(false), // the page index has them
		parquet.ColumnIndexSizeLimit(func([]string) int { return boundBytes }),
		parquet.SortingWriterConfig(parquet.SortingColumns(
			parquet.NullsFirst(parquet.Ascending(ColumnService.Name())),
			parquet.NullsFirst(parquet.Ascending(ColumnDirection.Name())),
			parquet.NullsFirst(parquet.Ascending(ColumnCommand.Name())),
			parquet.NullsFirst(parquet.Ascending(ColumnLocation.Name())),
			parquet.Ascending(ColumnTS.Name()),
		)),
		parquet.BloomFilters(
			parquet.SplitBlockFilter(bloomBits, ColumnUUID.Name()),
			parquet.SplitBlockFilter(bloomBits, ColumnTraceID.Name()),
			parquet.SplitBlockFilter(bloomBits, ColumnSession.Name()),
		),
		// Together before the page index, so that a lookup by uuid reads those of all row groups at once.
		parquet.DeferBloomFiltersWithBuffers(parquet.NewBufferPool()),
	}
	for c := range Column(NumColumns) {
		if !hasBounds(c) {
			options = append(options, parquet.SkipPageBounds(c.Name()))
		}
	}
	return options
}

// fileWriting is one file while it is written.
type fileWriting struct {
	writer  *parquet.GenericWriter[any]
	group   *writeGroup
	digests []rowDigest // of every row of the file
}

// writeGroup writes the rows of the group as a row group.
func (w *fileWriting) writeGroup() error {
	w.group.sort()
	w.digests = w.group.appendDigests(w.digests)
	for c, column := range w.writer.ColumnWriters() {
		if err := w.writeColumn(Column(c), column); err != nil {
			return err
		}
	}
	return w.writer.Flush()
}

func (w *fileWriting) writeColumn(c Column, column *parquet.ColumnWriter) error {
	switch c {
	case ColumnTS:
		return w.writeNumbers(c, column, func(row uint32) int64 { return w.group.ts[row] })
	case ColumnTSNanos:
		return w.writeNumbers(c, column, func(row uint32) int64 { return w.group.nanos[row] })
	case ColumnDurationMS:
		return w.writeNumbers(c, column, func(row uint32) int64 { return w.group.duration[row] })
	}
	optional := 1
	if c == ColumnRest {
		optional = 0
	}
	limit := widePageBytes
	if c == ColumnReqBody || c == ColumnResBody {
		limit = bodyPageBytes
	}
	small := isWide(c) && w.group.columnBytes(c)*smallColumnShare < len(w.group.arena)
	bytes := 0
	w.group.page = w.group.page[:0]
	for i, row := range w.group.order {
		data := w.group.value(c, row)
		switch {
		case data == nil:
			w.group.page = append(w.group.page, parquet.NullValue().Level(0, 0, int(c)))
		case c == ColumnUUID:
			w.group.page = append(w.group.page, parquet.FixedLenByteArrayValue(data).Level(0, optional, int(c)))
		default:
			w.group.page = append(w.group.page, parquet.ByteArrayValue(data).Level(0, optional, int(c)))
		}
		bytes += len(data)
		full := len(w.group.page) >= narrowPageRows
		if isWide(c) {
			full = bytes >= limit || bytes >= servicePageBytes && !small && w.group.endsService(i)
		}
		if full {
			if err := w.writePage(column); err != nil {
				return err
			}
			bytes = 0
		}
	}
	return w.writePage(column)
}

func (w *fileWriting) writeNumbers(c Column, column *parquet.ColumnWriter, number func(row uint32) int64) error {
	w.group.page = w.group.page[:0]
	for _, row := range w.group.order {
		value := number(row)
		switch {
		case c == ColumnTS:
			w.group.page = append(w.group.page, parquet.Int64Value(value).Level(0, 0, int(c)))
		case value == noNumber:
			w.group.page = append(w.group.page, parquet.NullValue().Level(0, 0, int(c)))
		default:
			w.group.page = append(w.group.page, parquet.Int32Value(int32(value)).Level(0, 1, int(c)))
		}
		if len(w.group.page) >= narrowPageRows {
			if err := w.writePage(column); err != nil {
				return err
			}
		}
	}
	return w.writePage(column)
}

// writePage writes the collected values as one page.
func (w *fileWriting) writePage(column *parquet.ColumnWriter) error {
	if len(w.group.page) == 0 {
		return nil
	}
	if _, err := column.WriteRowValues(w.group.page); err != nil {
		return err
	}
	w.group.page = w.group.page[:0]
	return column.Flush()
}
