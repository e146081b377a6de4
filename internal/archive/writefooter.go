package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// boundBytes bounds a minimum or maximum in page index and footer, in bytes.
const boundBytes = 64

// tailWriter passes bytes on until hold is set; what comes then is kept.
type tailWriter struct {
	out     io.Writer
	written int64 // bytes passed on
	hold    bool
	tail    bytes.Buffer
}

// Write passes data on or keeps it.
func (t *tailWriter) Write(data []byte) (int, error) {
	if t.hold {
		return t.tail.Write(data)
	}
	n, err := t.out.Write(data)
	t.written += int64(n)
	return n, err
}

func (f *FileWriter) metadata(plan *filePlan) []format.KeyValue {
	return []format.KeyValue{
		{Key: MetaFormatVersion, Value: strconv.Itoa(FormatVersion)},
		{Key: MetaWriter, Value: f.options.WriterVersion},
		{Key: MetaRecords, Value: strconv.Itoa(plan.rows)},
		{Key: MetaMinTS, Value: strconv.FormatInt(plan.minTS.UnixMicro(), 10)},
		{Key: MetaMaxTS, Value: strconv.FormatInt(plan.maxTS.UnixMicro(), 10)},
		{Key: MetaPolicies, Value: strings.Join(f.policies(plan), ",")},
	}
}

// policies are those of the options and those that the blocks name.
func (f *FileWriter) policies(plan *filePlan) []string {
	all := append(slices.Clone(f.options.Policies), plan.redactions...)
	slices.Sort(all)
	return slices.Compact(all)
}

// finish writes bloom filters, page index and footer. The library's own have two faults that are
// repaired here. For a column without bounds it writes a column index with empty
// ones, by which readers that prune (Spark) would drop pages that match: such an
// index is left out. And bounds in the footer are as long as the values: they are
// cut.
func (w *fileWriting) finish(out *tailWriter, metadata []format.KeyValue) error {
	out.hold = true
	if err := w.writer.Close(); err != nil {
		return err
	}
	out.hold = false
	footer := w.writer.File().Metadata()
	footer.KeyValueMetadata = metadata
	index := tailIndex{tail: out.tail.Bytes(), start: out.written}
	for _, c := range [...]Column{ColumnUUID, ColumnTraceID, ColumnSession} {
		for g := range footer.RowGroups {
			if filter := &footer.RowGroups[g].Columns[c].MetaData; filter.BloomFilterLength > 0 {
				index.move(&filter.BloomFilterOffset, filter.BloomFilterLength)
			}
		}
	}
	for g := range footer.RowGroups {
		for c := range footer.RowGroups[g].Columns {
			chunk := &footer.RowGroups[g].Columns[c]
			cutBounds(&chunk.MetaData)
			if hasBounds(Column(c)) {
				index.move(&chunk.ColumnIndexOffset, chunk.ColumnIndexLength)
			} else {
				chunk.ColumnIndexOffset, chunk.ColumnIndexLength = 0, 0
			}
		}
	}
	for g := range footer.RowGroups {
		for c := range footer.RowGroups[g].Columns {
			chunk := &footer.RowGroups[g].Columns[c]
			index.move(&chunk.OffsetIndexOffset, chunk.OffsetIndexLength)
		}
	}
	if index.err != nil {
		return index.err
	}
	encoded, err := thrift.Marshal(new(thrift.CompactProtocol), footer)
	if err != nil {
		return err
	}
	tail := append(index.kept, encoded...)
	tail = binary.LittleEndian.AppendUint32(tail, uint32(len(encoded)))
	tail = append(tail, "PAR1"...)
	_, err = out.Write(tail)
	return err
}

// tailIndex picks indexes out of the held tail and tells where they now lie.
type tailIndex struct {
	tail  []byte
	start int64 // file offset of the tail
	kept  []byte
	err   error
}

func (t *tailIndex) move(offset *int64, length int32) {
	from := *offset - t.start
	if from < 0 || from+int64(length) > int64(len(t.tail)) {
		t.err = fmt.Errorf("page index at %d of %d bytes is not where the library says", *offset, length)
		return
	}
	*offset = t.start + int64(len(t.kept))
	t.kept = append(t.kept, t.tail[from:from+int64(length)]...)
}

// cutBounds shortens the bounds of a text column: the minimum to a prefix, the
// maximum to a prefix whose last character is raised.
func cutBounds(meta *format.ColumnMetaData) {
	s := &meta.Statistics
	if meta.Type != format.ByteArray {
		return
	}
	if len(s.MinValue) > boundBytes {
		s.MinValue = textPrefix(s.MinValue)
	}
	if len(s.MaxValue) > boundBytes {
		s.MaxValue = raise(textPrefix(s.MaxValue))
		if s.MaxValue == nil {
			s.MinValue = nil
		}
	}
}

// textPrefix returns a copy of at most boundBytes bytes that ends between two
// characters.
func textPrefix(text []byte) []byte {
	end := boundBytes
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return bytes.Clone(text[:end])
}

// raise returns a text greater than every text that begins with prefix: its last
// character that can grow grown, the rest dropped. nil when none can.
func raise(prefix []byte) []byte {
	for len(prefix) > 0 {
		last, size := utf8.DecodeLastRune(prefix)
		prefix = prefix[:len(prefix)-size]
		next := last + 1
		if next == 0xD800 { // surrogates are no characters
			next = 0xE000
		}
		if next <= utf8.MaxRune && last != utf8.RuneError {
			return utf8.AppendRune(prefix, next)
		}
	}
	return nil
}
