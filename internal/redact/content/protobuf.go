package content

import (
	"encoding/binary"
	"strconv"
)

// Styles of fields.
const (
	protoBytes  = 1 + iota // length and bytes
	protoVarint            // a number
	protoOpen              // the bytes alone: the message ends within them
)

// splitProtobuf splits a message in the wire format of Protocol Buffers by its structure alone: every field of a length (from its
// length on, so that Append can write another) and every varint, named by their numbers. A field that is itself a
// message has that as Hint: its changed bytes are written back like a string's, which puts all lengths right up to the root.
// Groups, which nothing writes any more, are no messages.
func (s *Splitter) splitProtobuf(dst []Part, text []byte) ([]Part, error) {
	base := len(dst)
	for i := 0; i < len(text); {
		number, wire, n := protoTag(text[i:])
		start := i + n
		if n <= 0 {
			return dst, protoError(text, i)
		}
		if len(dst)-base >= MaxParts-2 {
			return dst, &Error{Kind: ErrTooLarge, Format: Protobuf, Offset: i, Reason: "too many parts"}
		}
		p := Part{Start: start, Parent: -1, Index: -1}
		value, size := uint64(0), 0
		if wire == 0 || wire == 2 {
			if value, size = binary.Uvarint(text[start:]); size <= 0 {
				return dst, protoError(text, start)
			}
		}
		switch wire {
		case 0:
			i = start + size
			decoded, ok := s.commit(strconv.AppendUint(s.reserve(20), value, 10))
			if !ok {
				return dst, &Error{Kind: ErrTooLarge, Format: Protobuf, Offset: i}
			}
			p.End, p.Text, p.Number, p.style = i, decoded, true, protoVarint
		case 1, 5:
			width := 8
			if wire == 5 {
				width = 4
			}
			if i = start + width; i > len(text) {
				return dst, protoError(text, len(text))
			}
			continue
		case 2:
			from := start + size
			if value > uint64(len(text)-from) {
				p.Start, p.End, p.Text, p.style = from, len(text), text[from:], protoOpen
				if p.Name = s.fieldName(number); p.Name != nil {
					dst = append(dst, p)
				}
				return dst, protoError(text, len(text))
			}
			i = from + int(value)
			p.End, p.Text, p.style = i, text[from:i:i], protoBytes
			if isMessage(p.Text) {
				p.Hint = Protobuf
			}
		}
		if p.Name = s.fieldName(number); p.Name == nil {
			return dst, &Error{Kind: ErrTooLarge, Format: Protobuf, Offset: i}
		}
		dst = append(dst, p)
	}
	return dst, nil
}

func protoError(text []byte, offset int) error {
	if len(text)-offset < binary.MaxVarintLen64 {
		return &Error{Kind: ErrTruncated, Format: Protobuf, Offset: offset}
	}
	return &Error{Kind: ErrSyntax, Format: Protobuf, Offset: offset, Reason: "not a field"}
}

// protoTag reads a field's tag; n is not positive when there is none that a message can have.
func protoTag(text []byte) (number uint64, wire byte, n int) {
	tag, n := binary.Uvarint(text)
	number, wire = tag>>3, byte(tag&7)
	if n <= 0 || number == 0 || number >= 1<<29 || wire != 0 && wire != 1 && wire != 2 && wire != 5 {
		return 0, 0, 0
	}
	return number, wire, n
}

// fieldName returns a field's number as a name, nil when the limit is passed.
func (s *Splitter) fieldName(number uint64) []byte {
	name, _ := s.commit(strconv.AppendUint(s.reserve(20), number, 10))
	return name
}

// isMessage reports whether the bytes of a field are rather a message than a text.
func isMessage(text []byte) bool { return len(text) > 0 && !isText(text) && wellFormedMessage(text) }

// wellFormedMessage reports whether text is a message by its structure.
func wellFormedMessage(text []byte) bool {
	for i := 0; i < len(text); {
		_, wire, n := protoTag(text[i:])
		if n <= 0 {
			return false
		}
		i += n
		switch wire {
		case 1:
			i += 8
		case 5:
			i += 4
		default:
			value, size := binary.Uvarint(text[i:])
			if size <= 0 {
				return false
			}
			if i += size; wire == 2 {
				if value > uint64(len(text)-i) {
					return false
				}
				i += int(value)
			}
		}
		if i > len(text) {
			return false
		}
	}
	return len(text) > 0
}

// appendProtobuf writes a field's length and bytes, or its number.
func appendProtobuf(dst []byte, part *Part, original, text []byte) ([]byte, error) {
	switch part.style {
	case protoOpen:
		return append(dst, text...), nil
	case protoVarint:
		value, err := strconv.ParseUint(string(text), 10, 64)
		if err != nil || len(text) > 1 && text[0] == '0' || text[0] == '+' {
			return dst, &Error{Kind: ErrSyntax, Format: Protobuf, Offset: part.Start, Reason: "a number's field cannot hold a text"}
		}
		if old, _ := binary.Uvarint(original); old == value {
			return append(dst, original...), nil
		}
		return binary.AppendUvarint(dst, value), nil
	}
	if old, n := binary.Uvarint(original); n > 0 && old == uint64(len(text)) {
		dst = append(dst, original[:n]...)
	} else {
		dst = binary.AppendUvarint(dst, uint64(len(text)))
	}
	return append(dst, text...), nil
}
