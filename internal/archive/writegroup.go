package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// writeGroup holds the decoded rows of one row group: an arena with the payloads of
// its blocks, and where in it every value lies. It is reused from group to group.
type writeGroup struct {
	arena     []byte
	ts        []int64
	nanos     []int64 // null: noNumber
	duration  []int64 // null: noNumber
	starts    [NumColumns][]uint32
	lengths   [NumColumns][]int32 // null: -1
	order     []uint32            // row numbers, sorted
	sorting   groupSorter
	page      []parquet.Value // of the page that is being made
	jsonBytes int
}

// noNumber stands for null where every 32-bit number is a value.
const noNumber = int64(1) << 40

func (g *writeGroup) reset() {
	g.arena, g.ts, g.nanos, g.duration = g.arena[:0], g.ts[:0], g.nanos[:0], g.duration[:0]
	for c := range g.starts {
		g.starts[c], g.lengths[c] = g.starts[c][:0], g.lengths[c][:0]
	}
	g.order = g.order[:0]
	g.jsonBytes = 0
}

// grow makes room for payloads of that many bytes.
func (g *writeGroup) grow(bytes int) { g.arena = slices.Grow(g.arena, bytes) }

func (g *writeGroup) rows() int { return len(g.ts) }

// value returns a view of a text column's value, nil for null.
func (g *writeGroup) value(c Column, row uint32) []byte {
	length := g.lengths[c][row]
	if length < 0 {
		return nil
	}
	start := g.starts[c][row]
	return g.arena[start : start+uint32(length) : start+uint32(length)]
}

// addBlock decompresses a block, which checkBlock found good, and appends its
// rows. On an error the group is as
// it was.
func (g *writeGroup) addBlock(decoder *blockDecoder, data []byte) error {
	info, compressed, err := parseBlock(data)
	if err != nil {
		return err
	}
	if len(g.arena)+info.payloadBytes > maxBlockPayload {
		return fmt.Errorf("read block: %d bytes do not fit one row group: %w", info.payloadBytes, ErrBadBlock)
	}
	start := len(g.arena)
	arena, err := decoder.append(g.arena, &info, compressed)
	if err != nil {
		return err
	}
	g.arena = arena
	before := g.rows()
	if err := g.addPayload(start, info.Rows); err != nil {
		g.truncate(before)
		g.arena = g.arena[:start]
		return err
	}
	g.jsonBytes += info.RawBytes
	return nil
}

func (g *writeGroup) truncate(rows int) {
	g.ts, g.nanos, g.duration = g.ts[:rows], g.nanos[:min(rows, len(g.nanos))], g.duration[:min(rows, len(g.duration))]
	for c := range g.starts {
		g.starts[c] = g.starts[c][:min(rows, len(g.starts[c]))]
		g.lengths[c] = g.lengths[c][:min(rows, len(g.lengths[c]))]
	}
}

// addPayload indexes a payload that lies in the arena from start on.
func (g *writeGroup) addPayload(start, rows int) error {
	r := byteReader{data: g.arena[start:]}
	ts := r.take(8 * rows)
	if r.bad {
		return fmt.Errorf("read block: too short for %d rows: %w", rows, ErrBadBlock)
	}
	for ; len(ts) > 0; ts = ts[8:] {
		g.ts = append(g.ts, int64(binary.LittleEndian.Uint64(ts)))
	}
	numbers := r.bytes()
	for range rows {
		for column := range 2 {
			value, valid, n := readNumber(numbers)
			if n == 0 {
				return fmt.Errorf("read block: numbers end early: %w", ErrBadBlock)
			}
			numbers = numbers[n:]
			number := noNumber
			if valid {
				number = int64(value)
			}
			if column == 0 {
				g.nanos = append(g.nanos, number)
			} else {
				g.duration = append(g.duration, number)
			}
		}
	}
	for c := firstTextColumn; int(c) < NumColumns; c++ {
		if c == ColumnDurationMS {
			continue
		}
		for range rows {
			coded := r.size()
			if coded > maxBlockPayload {
				r.fail()
			}
			g.lengths[c] = append(g.lengths[c], int32(coded-1))
		}
	}
	at := len(g.arena) - len(r.data)
	for c := firstTextColumn; int(c) < NumColumns && !r.bad; c++ {
		if c == ColumnDurationMS {
			continue
		}
		for _, length := range g.lengths[c][len(g.lengths[c])-rows:] {
			g.starts[c] = append(g.starts[c], uint32(at))
			at += max(int(length), 0)
		}
		if at > len(g.arena) {
			r.fail()
		}
	}
	if r.bad || at != len(g.arena) {
		return fmt.Errorf("read block: lengths and data do not agree: %w", ErrBadBlock)
	}
	return nil
}

func (g *writeGroup) compareColumn(c Column, a, b uint32) int {
	x, y := g.value(c, a), g.value(c, b)
	if (x == nil) != (y == nil) {
		if x == nil {
			return -1
		}
		return 1
	}
	return bytes.Compare(x, y)
}

// columnBytes is what the values of a text column take.
func (g *writeGroup) columnBytes(c Column) (bytes int) {
	for _, length := range g.lengths[c] {
		bytes += max(int(length), 0)
	}
	return bytes
}

// endsService reports whether the i-th sorted row is the last of its service.
func (g *writeGroup) endsService(i int) bool {
	return i+1 < len(g.order) && g.compareColumn(ColumnService, g.order[i], g.order[i+1]) != 0
}
