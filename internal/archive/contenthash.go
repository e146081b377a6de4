package archive

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// rowDigest stands for one row in a file's content hash.
type rowDigest struct {
	uuid    [16]byte
	content uint64 // xxHash64 of the row's columns
}

// appendDigests appends one digest a row. A digest does not depend on how rows
// were cut into blocks.
func (g *writeGroup) appendDigests(dst []rowDigest) []rowDigest {
	var hash xxhash.Digest
	var number [3 * 8]byte
	for row := range uint32(g.rows()) {
		hash.Reset()
		binary.LittleEndian.PutUint64(number[0:], uint64(g.ts[row]))
		binary.LittleEndian.PutUint64(number[8:], uint64(g.nanos[row]))
		binary.LittleEndian.PutUint64(number[16:], uint64(g.duration[row]))
		_, _ = hash.Write(number[:]) // never fails
		for c := firstTextColumn; int(c) < NumColumns; c++ {
			if c == ColumnDurationMS {
				continue
			}
			binary.LittleEndian.PutUint32(number[:], uint32(g.lengths[c][row]))
			_, _ = hash.Write(number[:4])
			_, _ = hash.Write(g.value(c, row))
		}
		digest := rowDigest{content: hash.Sum64()}
		copy(digest.uuid[:], g.value(ColumnUUID, row))
		dst = append(dst, digest)
	}
	return dst
}

// contentHash returns the first 128 bits of the SHA-256 over the sorted digests.
func contentHash(digests []rowDigest) (hash [16]byte) {
	slices.SortFunc(digests, func(a, b rowDigest) int {
		if order := bytes.Compare(a.uuid[:], b.uuid[:]); order != 0 {
			return order
		}
		return cmp.Compare(a.content, b.content)
	})
	sum := sha256.New()
	var record [24]byte
	for i := range digests {
		copy(record[:16], digests[i].uuid[:])
		binary.BigEndian.PutUint64(record[16:], digests[i].content)
		_, _ = sum.Write(record[:])
	}
	copy(hash[:], sum.Sum(nil))
	return hash
}
