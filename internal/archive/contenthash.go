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
	content uint64 // of the row's columns, by xxHash64
}

// appendDigests appends one digest a row. A digest does not depend on how rows
// were cut into blocks.
func (g *writeGroup) appendDigests(dst []rowDigest) []rowDigest {
	start := len(dst)
	dst = slices.Grow(dst, g.rows())[:start+g.rows()]
	digests := dst[start:]
	for row := range digests {
		content := mix(uint64(g.ts[row]), uint64(g.nanos[row]))
		digests[row] = rowDigest{content: mix(content, uint64(g.duration[row]))}
		copy(digests[row].uuid[:], g.value(ColumnUUID, uint32(row)))
	}
	// Column by column, as the values lie in memory.
	for c := firstTextColumn; int(c) < NumColumns; c++ {
		if c == ColumnDurationMS {
			continue
		}
		for row := range digests {
			content := digests[row].content
			if value := g.value(c, uint32(row)); value != nil {
				content ^= xxhash.Sum64(value)
			}
			digests[row].content = mix(content, uint64(c))
		}
	}
	return dst
}

// mix folds a number into a hash so that the order of numbers matters.
func mix(hash, number uint64) uint64 {
	hash = (hash ^ number) * 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio
	return hash ^ hash>>32
}

// contentHash returns the first 128 bits of the SHA-256 over the sorted digests.
func contentHash(digests []rowDigest) (hash [16]byte) {
	slices.SortFunc(digests, func(a, b rowDigest) int {
		// Most uuids differ in their first half.
		x, y := binary.BigEndian.Uint64(a.uuid[:]), binary.BigEndian.Uint64(b.uuid[:])
		if x != y {
			return cmp.Compare(x, y)
		}
		if order := bytes.Compare(a.uuid[8:], b.uuid[8:]); order != 0 {
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
