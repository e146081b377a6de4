package redact

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
)

// hasher hashes texts with secret seeds: no one outside can choose two with the same hash.
type hasher struct {
	seed maphash.Seed
	keys [2]uint64
}

func newHasher() hasher {
	h := hasher{seed: maphash.MakeSeed()}
	h.keys = [2]uint64{maphash.String(h.seed, "first"), maphash.String(h.seed, "second")}
	return h
}

// of is the hash of a text. Names and most values are short: they are hashed here, the product of two secret factors
// being faster than the library's hash and enough where texts are at most two words of the machine.
func (h *hasher) of(text []byte) uint64 {
	var low, high uint64
	switch n := len(text); {
	case n > 16:
		return maphash.Bytes(h.seed, text)
	case n >= 8:
		low, high = binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[n-8:])
	case n >= 4:
		low, high = uint64(binary.LittleEndian.Uint32(text)), uint64(binary.LittleEndian.Uint32(text[n-4:]))
	case n > 0:
		low, high = uint64(text[0])|uint64(text[n/2])<<8, uint64(text[n-1])
	}
	upper, lower := bits.Mul64(low^h.keys[0], high^bits.RotateLeft64(h.keys[1], len(text)))
	upper, lower = bits.Mul64(upper^h.keys[1], lower^h.keys[0])
	return upper ^ lower
}
