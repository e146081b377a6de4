package content

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Orders of the bytes of UTF-16, which are also the styles of its parts.
const (
	wideLittle = 1 + iota
	wideBig
)

// minWide is the shortest UTF-16, in bytes, that is told from other binary data.
const minWide = 12

// wideOrder tells UTF-16 of mostly ASCII by every other byte, which is zero; 0 when text is something else.
func wideOrder(text []byte) uint8 {
	if len(text) < minWide || text[0] != 0 && text[1] != 0 && text[0] < 0xfe {
		return 0
	}
	head := text[wideMark(text) : min(len(text), 128)&^1]
	var zeros [2]int
	for i := 0; i < len(head); i += 2 {
		for side := range zeros {
			if head[i+side] == 0 {
				zeros[side]++
			}
		}
	}
	units := len(head) / 2
	switch {
	case zeros[0] == 0 && 8*zeros[1] >= 7*units:
		return wideLittle
	case zeros[1] == 0 && 8*zeros[0] >= 7*units:
		return wideBig
	}
	return 0
}

// wideMark is the length of a byte order mark.
func wideMark(text []byte) int {
	if len(text) >= 2 && (text[0] == 0xff && text[1] == 0xfe || text[0] == 0xfe && text[1] == 0xff) {
		return 2
	}
	return 0
}

// splitWide gives a text in UTF-16 as one part; half a unit at its end is left out.
func (s *Splitter) splitWide(dst []Part, text []byte) ([]Part, error) {
	order := wideOrder(text)
	if order == 0 {
		return dst, &Error{Kind: ErrSyntax, Format: Wide, Reason: "no bytes of one order"}
	}
	start := wideMark(text)
	end := start + (len(text)-start)&^1
	next := wideUnit(order)
	buffer := s.reserve((end-start)/2*3 + 8)
	for i := start; i < end; {
		stop, n, _ := next(text[:end], i, &s.unit)
		buffer = append(buffer, s.unit[:n]...)
		i = stop
	}
	decoded, ok := s.commit(buffer)
	if !ok {
		return dst, &Error{Kind: ErrTooLarge, Format: Wide}
	}
	return append(dst, Part{Start: start, End: end, Text: decoded, Parent: -1, Index: -1, style: order}), nil
}

// wideUnit returns the unit of UTF-16: two bytes, or four of a pair. Half a pair stands for U+FFFD.
func wideUnit(order uint8) unit {
	if order == wideBig {
		return func(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
			return readWide(encoded, i, buf, binary.BigEndian)
		}
	}
	return func(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool) {
		return readWide(encoded, i, buf, binary.LittleEndian)
	}
}

func readWide(encoded []byte, i int, buf *[8]byte, order binary.ByteOrder) (end, n int, keep bool) {
	if i+2 > len(encoded) {
		return len(encoded), 0, false
	}
	r := rune(order.Uint16(encoded[i:]))
	if !utf16.IsSurrogate(r) {
		return i + 2, utf8.EncodeRune(buf[:], r), true
	}
	if i+4 <= len(encoded) {
		if pair := utf16.DecodeRune(r, rune(order.Uint16(encoded[i+2:]))); pair != utf8.RuneError {
			return i + 4, utf8.EncodeRune(buf[:], pair), true
		}
	}
	return i + 2, utf8.EncodeRune(buf[:], utf8.RuneError), false
}

func appendWide(dst []byte, part *Part, original, text []byte) []byte {
	head, middle, tail := respell(original, text, wideUnit(part.style))
	dst = append(dst, head...)
	var units [2]uint16
	for len(middle) > 0 {
		r, size := utf8.DecodeRune(middle)
		middle = middle[size:]
		for _, unit := range utf16.AppendRune(units[:0], r) {
			if part.style == wideBig {
				dst = binary.BigEndian.AppendUint16(dst, unit)
			} else {
				dst = binary.LittleEndian.AppendUint16(dst, unit)
			}
		}
	}
	return append(dst, tail...)
}
