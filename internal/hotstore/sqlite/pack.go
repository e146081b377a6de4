package sqlite

import (
	"encoding/binary"
	"math/bits"
)

// packed is a column of unsigned numbers of one width, one after the other from the lowest bit on, with eight bytes of
// padding so that each is read with one load.
type packed struct {
	data  []byte
	width uint // bits: 0 to 56, or 64
}

func widthOf(most uint64) uint {
	if width := uint(bits.Len64(most)); width <= 56 {
		return width
	}
	return 64
}

func (p packed) at(i int) uint64 {
	if p.width == 0 {
		return 0
	}
	bit := uint(i) * p.width
	word := binary.LittleEndian.Uint64(p.data[bit>>3:])
	if p.width == 64 {
		return word
	}
	return word >> (bit & 7) & (1<<p.width - 1)
}

// unpack reads the first numbers, which takes less time than one by one.
func (p packed) unpack(dst []uint32) {
	if p.width == 0 {
		clear(dst)
		return
	}
	mask, bit := uint64(1)<<p.width-1, uint(0)
	for i := range dst {
		dst[i] = uint32(binary.LittleEndian.Uint64(p.data[bit>>3:]) >> (bit & 7) & mask)
		bit += p.width
	}
}

// packedBytes is the length of the data of n numbers.
func packedBytes(n int, width uint) int {
	if width == 0 {
		return 0
	}
	return (n*int(width)+7)/8 + 8
}

// appendPacked appends the numbers that value gives for 0 to n-1.
func appendPacked(dst []byte, n int, width uint, value func(int) uint64) []byte {
	if width == 0 {
		return dst
	}
	start := len(dst)
	size := packedBytes(n, width)
	for len(dst) < start+size {
		dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
	}
	dst = dst[:start+size]
	data := dst[start:]
	clear(data)
	for i := range n {
		bit := uint(i) * width
		at := data[bit>>3:]
		binary.LittleEndian.PutUint64(at, binary.LittleEndian.Uint64(at)|value(i)<<(bit&7))
	}
	return dst
}

// numbers is a column of signed numbers: least + step * packed.
type numbers struct {
	least, most int64
	step        int64
	width       uint
	packed      packed
}

func (c *numbers) at(i int) int64 { return c.least + c.step*int64(c.packed.at(i)) }

// unpack reads the first numbers, which takes less time than one by one.
func (c *numbers) unpack(dst []int64) {
	width, data := c.packed.width, c.packed.data
	switch width {
	case 0:
		for i := range dst {
			dst[i] = c.least
		}
	case 64:
		for i := range dst {
			dst[i] = c.at(i)
		}
	default:
		mask, bit := uint64(1)<<width-1, uint(0)
		for i := range dst {
			dst[i] = c.least + c.step*int64(binary.LittleEndian.Uint64(data[bit>>3:])>>(bit&7)&mask)
			bit += width
		}
	}
}

// measure finds how to pack a column: most durations are whole microseconds, so a step saves ten bits of each.
func measure(values []int64) numbers {
	c := numbers{least: values[0], most: values[0], step: 1}
	for _, v := range values {
		c.least, c.most = min(c.least, v), max(c.most, v)
	}
	span := uint64(c.most) - uint64(c.least)
	if span > 1<<56 {
		c.width = 64
		return c
	}
	for _, step := range [...]uint64{1_000_000_000, 1_000_000, 1_000} {
		if span >= step && allMultiples(values, c.least, step) {
			c.step = int64(step)
			break
		}
	}
	c.width = widthOf(span / uint64(c.step))
	return c
}

func allMultiples(values []int64, least int64, step uint64) bool {
	for _, v := range values {
		if uint64(v-least)%step != 0 {
			return false
		}
	}
	return true
}

func (c *numbers) append(dst []byte, values []int64) []byte {
	step := uint64(c.step)
	return appendPacked(dst, len(values), c.width, func(i int) uint64 { return (uint64(values[i]) - uint64(c.least)) / step })
}
