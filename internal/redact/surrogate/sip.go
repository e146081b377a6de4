package surrogate

import (
	"encoding/binary"
	"math/bits"
)

// sip is SipHash-2-4 (Aumasson and Bernstein, 2012), fed byte by byte: a keyed function of 64 bits that costs some
// nanoseconds. It makes the checks inside surrogates, by which they are recognised; the surrogates themselves come from
// HMAC-SHA256.
type sip struct {
	v0, v1, v2, v3 uint64
	word           uint64
	length         uint64
}

// sipKey is a key of 128 bits.
type sipKey struct{ low, high uint64 }

func newSip(key sipKey) sip {
	return sip{
		v0: key.low ^ 0x736f6d6570736575, v1: key.high ^ 0x646f72616e646f6d,
		v2: key.low ^ 0x6c7967656e657261, v3: key.high ^ 0x7465646279746573,
	}
}

func (s *sip) writeByte(b byte) {
	s.word |= uint64(b) << (8 * (s.length & 7))
	s.length++
	if s.length&7 == 0 {
		s.absorb()
	}
}

func (s *sip) writeUint64(n uint64) {
	var word [8]byte
	binary.LittleEndian.PutUint64(word[:], n)
	s.write(word[:])
}

// write takes whole words where it can.
func (s *sip) write(data []byte) {
	for len(data) > 0 && s.length&7 != 0 {
		s.writeByte(data[0])
		data = data[1:]
	}
	for ; len(data) >= 8; data = data[8:] {
		s.word = binary.LittleEndian.Uint64(data)
		s.length += 8
		s.absorb()
	}
	for _, b := range data {
		s.writeByte(b)
	}
}

func (s *sip) absorb() {
	s.v3 ^= s.word
	s.round()
	s.round()
	s.v0 ^= s.word
	s.word = 0
}

func (s *sip) sum() uint64 {
	s.word |= s.length << 56
	s.absorb()
	s.v2 ^= 0xff
	for range 4 {
		s.round()
	}
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3
}

func (s *sip) round() {
	s.v0 += s.v1
	s.v1 = bits.RotateLeft64(s.v1, 13) ^ s.v0
	s.v0 = bits.RotateLeft64(s.v0, 32)
	s.v2 += s.v3
	s.v3 = bits.RotateLeft64(s.v3, 16) ^ s.v2
	s.v0 += s.v3
	s.v3 = bits.RotateLeft64(s.v3, 21) ^ s.v0
	s.v2 += s.v1
	s.v1 = bits.RotateLeft64(s.v1, 17) ^ s.v2
	s.v2 = bits.RotateLeft64(s.v2, 32)
}
