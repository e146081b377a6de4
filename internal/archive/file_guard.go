package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// maxThriftDepth bounds how deep the structures of a Parquet footer may nest; the deepest real one has 7 levels.
const maxThriftDepth = 32

var errThrift = errors.New("not a well-formed thrift structure")

// checkThrift walks one compact-protocol structure without allocating and says how long it is. The library's decoder
// believes the lengths it reads: a flipped bit in a list's length makes it ask for gigabytes, which ends the process.
// After this check no list has more elements than the input has bytes.
func checkThrift(data []byte) (length int, err error) {
	walker := thriftWalker{data: data}
	if err := walker.structure(0); err != nil {
		return 0, fmt.Errorf("%w: at byte %d of %d", err, walker.at, len(data))
	}
	return walker.at, nil
}

type thriftWalker struct {
	data []byte
	at   int
}

// Type codes of the compact protocol.
const (
	thriftStop   = 0
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

func (w *thriftWalker) byte() (byte, error) {
	if w.at >= len(w.data) {
		return 0, errThrift
	}
	w.at++
	return w.data[w.at-1], nil
}

func (w *thriftWalker) varint() (uint64, error) {
	value, n := binary.Uvarint(w.data[w.at:])
	if n <= 0 {
		return 0, errThrift
	}
	w.at += n
	return value, nil
}

func (w *thriftWalker) skip(n uint64) error {
	if n > uint64(len(w.data)-w.at) {
		return errThrift
	}
	w.at += int(n)
	return nil
}

func (w *thriftWalker) structure(depth int) error {
	if depth > maxThriftDepth {
		return errThrift
	}
	for {
		header, err := w.byte()
		if err != nil {
			return err
		}
		if header == thriftStop {
			return nil
		}
		if header>>4 == 0 {
			if _, err := w.varint(); err != nil { // the field's id, written out
				return err
			}
		}
		kind := header & 0x0f
		if kind == thriftTrue || kind == thriftFalse {
			continue // the value is the type
		}
		if err := w.value(kind, depth); err != nil {
			return err
		}
	}
}

func (w *thriftWalker) value(kind byte, depth int) error {
	switch kind {
	case thriftTrue, thriftFalse, thriftByte:
		return w.skip(1)
	case thriftI16, thriftI32, thriftI64:
		_, err := w.varint()
		return err
	case thriftDouble:
		return w.skip(8)
	case thriftBinary:
		length, err := w.varint()
		if err != nil {
			return err
		}
		return w.skip(length)
	case thriftList, thriftSet:
		return w.list(depth)
	case thriftMap:
		return w.mapping(depth)
	case thriftStruct:
		return w.structure(depth + 1)
	default:
		return errThrift
	}
}

func (w *thriftWalker) list(depth int) error {
	header, err := w.byte()
	if err != nil {
		return err
	}
	size := uint64(header >> 4)
	if size == 0x0f {
		if size, err = w.varint(); err != nil {
			return err
		}
	}
	if size > uint64(len(w.data)-w.at) { // every element takes a byte at least
		return errThrift
	}
	for range size {
		if err := w.value(header&0x0f, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *thriftWalker) mapping(depth int) error {
	size, err := w.varint()
	if err != nil || size == 0 {
		return err
	}
	kinds, err := w.byte()
	if err != nil {
		return err
	}
	if size > uint64(len(w.data)-w.at) {
		return errThrift
	}
	for range size {
		if err := w.value(kinds>>4, depth+1); err != nil {
			return err
		}
		if err := w.value(kinds&0x0f, depth+1); err != nil {
			return err
		}
	}
	return nil
}
