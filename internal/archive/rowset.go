package archive

import "encoding/binary"

// rowSet holds rows column by column, as they are shredded and as a block stores
// them. Appending to it allocates only when a column outgrows its memory.
type rowSet struct {
	rows      int
	jsonBytes int // bytes of the rows' JSON
	minTS     int64
	maxTS     int64
	ts        []byte                 // 8 bytes a row, little endian microseconds
	numbers   []byte                 // ts_nanos and duration_ms as uvarints, see appendNumber
	columns   [NumColumns]textColumn // those that hold bytes
}

// textColumn is one column of byte values: for every row the uvarint of its
// length plus one (0 is null), and the values one behind the other.
type textColumn struct {
	lengths []byte
	data    []byte
}

// text columns run from ColumnUUID to ColumnRest, without ColumnDurationMS.
const firstTextColumn = ColumnUUID

func (s *rowSet) reset() {
	s.rows, s.jsonBytes, s.minTS, s.maxTS = 0, 0, 0, 0
	s.ts, s.numbers = s.ts[:0], s.numbers[:0]
	for i := range s.columns {
		s.columns[i].lengths = s.columns[i].lengths[:0]
		s.columns[i].data = s.columns[i].data[:0]
	}
}

// size returns the bytes the rows take, and capacity the memory they keep.
func (s *rowSet) size() int {
	size := len(s.ts) + len(s.numbers)
	for i := range s.columns {
		size += len(s.columns[i].lengths) + len(s.columns[i].data)
	}
	return size
}

func (s *rowSet) capacity() int {
	size := cap(s.ts) + cap(s.numbers)
	for i := range s.columns {
		size += cap(s.columns[i].lengths) + cap(s.columns[i].data)
	}
	return size
}

// appendNumber appends an optional 32-bit number: 0 is null, else the zigzag
// form plus one.
func appendNumber(dst []byte, value int32, valid bool) []byte {
	if !valid {
		return append(dst, 0)
	}
	return binary.AppendUvarint(dst, uint64(uint32(value)<<1^uint32(value>>31))+1)
}

// readNumber undoes appendNumber; n is the bytes read, 0 when src is damaged.
func readNumber(src []byte) (value int32, valid bool, n int) {
	coded, n := binary.Uvarint(src)
	if n <= 0 || coded > 1<<32 {
		return 0, false, 0
	}
	if coded == 0 {
		return 0, false, n
	}
	zigzag := uint32(coded - 1)
	return int32(zigzag>>1) ^ -int32(zigzag&1), true, n
}

// end closes a value whose bytes were appended to data behind start.
func (c *textColumn) end(start int) {
	c.lengths = binary.AppendUvarint(c.lengths, uint64(len(c.data)-start)+1)
}

func (c *textColumn) null() { c.lengths = append(c.lengths, 0) }

// appendTo appends the rows as a block's payload stores them: ts, numbers, the
// lengths of every text column, then their data. The lengths stand together, and
// so do the data, because like compresses best beside like.
func (s *rowSet) appendTo(dst []byte) []byte {
	dst = append(dst, s.ts...)
	dst = binary.AppendUvarint(dst, uint64(len(s.numbers)))
	dst = append(dst, s.numbers...)
	for c := firstTextColumn; int(c) < NumColumns; c++ {
		if c == ColumnDurationMS {
			continue
		}
		dst = append(dst, s.columns[c].lengths...)
	}
	for c := firstTextColumn; int(c) < NumColumns; c++ {
		dst = append(dst, s.columns[c].data...)
	}
	return dst
}
