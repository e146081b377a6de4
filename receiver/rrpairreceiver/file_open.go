package rrpairreceiver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
)

// maxFileWindow is what a zstd file may make the decoder allocate: that of the
// highest level in long mode (--ultra -22, --long).
const maxFileWindow = 128 << 20

// packing is how a file is compressed, told by its first bytes: names change
// when files are rotated.
type packing uint8

const (
	packedNot packing = iota
	packedGzip
	packedZstd
)

func packingOf(head []byte) packing {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return packedGzip
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return packedZstd
	}
	return packedNot
}

// errChanged says that the file is not the one that was read before.
var errChanged = errors.New("the file is not the one that was read before")

// openAt returns the decompressed text of the file from the entry's offset on,
// and the bytes in front of it. A compressed file is read again up to there.
// errChanged when another text stands in front of the offset.
func openAt(file *os.File, packed packing, entry *fileEntry, zstd *zstdPool) (text io.ReadCloser, before *tailWindow, err error) {
	before = new(tailWindow)
	if packed == packedNot {
		if before.last, err = bytesBefore(file, entry.Offset, tailBytes); err != nil {
			return nil, nil, err
		}
		return io.NopCloser(io.NewSectionReader(file, entry.Offset, 1<<62)), before, nil
	}
	raw := io.NewSectionReader(file, 0, 1<<62)
	if packed == packedGzip {
		text, err = gzip.NewReader(raw)
	} else {
		text, err = zstd.open(raw)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("decompress: %w", err)
	}
	_, err = io.CopyN(before, text, entry.Offset)
	switch {
	case errors.Is(err, io.EOF) || err == nil && !before.endsIn(entry.Tail):
		err = errChanged
	case err != nil:
		err = fmt.Errorf("decompress: %w", err)
	}
	if err != nil {
		return nil, nil, errors.Join(err, text.Close())
	}
	return text, before, nil
}

// isEntry reports whether the file is the one that the entry remembers.
func isEntry(file *os.File, size int64, head []byte, entry *fileEntry) (bool, error) {
	if !entry.Head.begins(head) {
		return false, nil
	}
	switch {
	case entry.Done:
		if size != entry.RawSize {
			return false, nil
		}
		return entry.RawTail.standsBefore(file, size)
	case packingOf(head) == packedNot:
		if size < entry.Offset {
			return false, nil
		}
		return entry.Tail.standsBefore(file, entry.Offset)
	default:
		return true, nil // openAt looks at the text
	}
}
