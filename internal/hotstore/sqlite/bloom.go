package sqlite

import (
	"encoding/binary"
	"math/bits"

	"github.com/cespare/xxhash/v2"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// bloom is a filter of hashes in blocks of 64 bytes, so that a look costs one cache line. It never denies what was added.
type bloom []byte

const (
	bloomBlock = 64 // bytes
	// bloomBits for each value leave some 0.3% of wrong yeses with bloomProbes bits set in one block.
	bloomBits   = 16
	bloomProbes = 7
)

func newBloom(values int) bloom {
	blocks := max(1, (values*bloomBits/8+bloomBlock-1)/bloomBlock)
	return make(bloom, blocks*bloomBlock)
}

func (b bloom) block(hash uint64) []byte {
	high, _ := bits.Mul64(hash, uint64(len(b)/bloomBlock))
	return b[high*bloomBlock : (high+1)*bloomBlock]
}

func (b bloom) add(hash uint64) {
	block := b.block(hash)
	probe := hash * 0x9E3779B97F4A7C15
	for range bloomProbes {
		block[probe>>3&(bloomBlock-1)] |= 1 << (probe & 7)
		probe >>= 9
	}
}

func (b bloom) has(hash uint64) bool {
	if len(b) < bloomBlock {
		return true
	}
	block := b.block(hash)
	probe := hash * 0x9E3779B97F4A7C15
	for range bloomProbes {
		if block[probe>>3&(bloomBlock-1)]&(1<<(probe&7)) == 0 {
			return false
		}
		probe >>= 9
	}
	return true
}

func hashText(text string) uint64 { return xxhash.Sum64String(text) }

// hashUUID mixes the identity; most are random already, but nobody promises that.
func hashUUID(id rrpair.UUID) uint64 {
	hash := binary.LittleEndian.Uint64(id[:8])*0x9E3779B97F4A7C15 ^ binary.LittleEndian.Uint64(id[8:])
	hash = (hash ^ hash>>32) * 0xD6E8FEB86659FD93
	hash = (hash ^ hash>>32) * 0xD6E8FEB86659FD93
	return hash ^ hash>>32
}

// known remembers the uuids of one day: bloom filters that double in size, two bytes for each uuid.
type known struct {
	layers []bloom
	room   int   // how many more the last layer takes
	last   int64 // the newest segment that is in it
}

const firstLayer = 1 << 16

func (k *known) has(hash uint64) bool {
	for i := len(k.layers) - 1; i >= 0; i-- {
		if k.layers[i].has(hash) {
			return true
		}
	}
	return false
}

func (k *known) add(hash uint64) {
	if k.room == 0 {
		k.room = firstLayer << len(k.layers)
		k.layers = append(k.layers, newBloom(k.room))
	}
	k.room--
	k.layers[len(k.layers)-1].add(hash)
}
