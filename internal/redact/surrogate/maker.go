package surrogate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// maker is the work space for one surrogate. Makers are lent out by the keyring's pool, so that nothing is allocated.
type maker struct {
	ring *Keyring
	mac  hash.Hash // HMAC-SHA256 under the current key; Reset restores states computed once

	input     []byte // what is being hashed
	first     [sha256.Size]byte
	block     [sha256.Size]byte
	used      int
	reserve   uint64 // drawn and not yet used, a number below room
	room      uint64
	blocks    uint32
	canonical []byte
	text      []byte // the surrogate being made or looked at
	slots     []slot // its places that vary
	payload   []byte // what a check is made of
	spare     []byte
	decoded   []byte // what a base64 text says
	rewritten []byte
}

func newMaker(ring *Keyring) *maker {
	return &maker{ring: ring, mac: hmac.New(sha256.New, ring.keys[0].Secret)}
}

// seed starts the stream of keyed bytes for a value: HMAC-SHA256(key, domain | canonical value), then
// HMAC-SHA256(key, 0 | that | counter) for as long as more is wanted.
func (m *maker) seed(domain string, canonical []byte) {
	m.input = append(m.input[:0], domain...)
	m.input = append(m.input, '|')
	m.input = append(m.input, canonical...)
	m.mac.Reset()
	m.mac.Write(m.input)
	m.mac.Sum(m.first[:0])
	m.block = m.first
	m.used, m.blocks, m.room = 0, 0, 0
}

func (m *maker) uint16() uint16 {
	if m.used+2 > len(m.block) {
		m.refill()
	}
	n := binary.LittleEndian.Uint16(m.block[m.used:])
	m.used += 2
	return n
}

func (m *maker) uint64() uint64 {
	if m.used+8 > len(m.block) {
		m.refill()
	}
	n := binary.LittleEndian.Uint64(m.block[m.used:])
	m.used += 8
	return n
}

func (m *maker) refill() {
	m.blocks++
	m.input = append(m.input[:0], 0)
	m.input = append(m.input, m.first[:]...)
	m.input = binary.LittleEndian.AppendUint32(m.input, m.blocks)
	m.mac.Reset()
	m.mac.Write(m.input)
	m.mac.Sum(m.block[:0])
	m.used = 0
}

// below draws a number below limit, which is at most 64, and wastes little of the stream: what is left of 64 bits serves the next.
// The bias is less than one in 65,536.
func (m *maker) below(limit int) int {
	n := uint64(limit)
	if m.room < n<<16 {
		m.reserve, m.room = m.uint64(), 1<<64-1
	}
	drawn := m.reserve % n
	m.reserve /= n
	m.room /= n
	return int(drawn)
}

// pick draws a number below limit, from one in four billion tries of which the bias cannot be seen.
func (m *maker) pick(limit uint64) uint64 { return m.uint64() % limit }

// scatter turns a seed and a counter into candidates for rejection sampling (the finaliser of SplitMix64).
func scatter(seed, counter uint64) uint64 {
	z := seed + counter*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// sample draws a number below limit that passes the keyed check: one in share does.
func (m *maker) sample(family byte, limit, share uint64) uint64 {
	seed := m.uint64()
	for i := uint64(0); ; i++ {
		n := scatter(seed, i) % limit
		if numberPasses(m.ring.checks[0], family, n, share) {
			return n
		}
	}
}

// passes says whether a number passes the check of any of the keys.
func (m *maker) passes(family byte, n, share uint64) bool {
	for _, key := range m.ring.checks {
		if numberPasses(key, family, n, share) {
			return true
		}
	}
	return false
}

func numberPasses(key sipKey, family byte, n, share uint64) bool {
	s := newSip(key)
	s.writeByte(family)
	s.writeUint64(n)
	return s.sum()%share == 0
}
