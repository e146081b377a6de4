package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strconv"
)

// needleHead is how many bytes of a needle decide, by their hash, whether a place is looked at.
const needleHead = 4

// base64Head is how much of a value, in bytes, is looked for in base64; the rest is compared decoded.
const base64Head = 48

// needle is one spelling of a value, or the beginning of one, to be looked for.
type needle struct {
	text  []byte // what stands in base64 or hex; nil where matchSpelled compares with the value
	value int32
	next  int32 // the next needle in the same slot, -1
	key   uint32
	how   spelling
	align uint8 // base64: place of the value's first byte among three
	url   bool  // base64: the alphabet
	skip  uint8 // how many bytes of the value, or of text, stand before the ones that key is made of
}

// matcher looks for all values in a text at once: the folded first bytes of every place are looked up in a bitmap, which
// costs the same for one value as for thousands.
type matcher struct {
	needles  []needle
	coarse   [1 << coarseBits]bool // by hash: whether a needle may begin so
	filter   []uint64              // the same in more bits, where there are many needles
	slots    []int32
	shift    uint // of a hash, to an index of the slots
	fine     uint // of a hash, to a bit of the filter
	shortest int  // the length of the shortest text that can hold a needle
	texts    []byte
	fresh    []byte
	crowd    map[uint32]uint32 // needles by key
}

// coarseBits is how many bits of a hash are looked up at each place: as many as stay in the processor's first cache.
const coarseBits = 13

// manyNeedles is how many there are before it is worth to count those with the same first bytes, and to look places up in
// the finer filter.
const manyNeedles = 1 << 8

// crowded is how many needles may share their first bytes before others of their bytes are taken: values that begin alike
// (addresses of one domain, tokens of one issuer) would all be compared at each place where one could stand. farthest is
// how far from the beginning those are at most; enough to get behind a JWT's header.
const (
	crowded  = 8
	farthest = 96
)

func (m *matcher) reset() {
	clear(m.needles)
	m.needles, m.texts, m.fresh = retain(m.needles), retain(m.texts), retain(m.fresh)
	m.filter, m.slots = retain(m.filter), retain(m.slots)
	m.shortest = 0
	if len(m.crowd) > maxTexts {
		m.crowd = nil
	}
	clear(m.crowd)
}

// place chooses the four bytes of text by which a needle is found: the first, or the first that few others have. Those
// before have to be told without decoding, which plain says.
func (m *matcher) place(text []byte, plain func(c byte) bool) (skip uint8, key uint32) {
	if len(m.needles) < manyNeedles {
		return 0, foldedKey(text)
	}
	if m.crowd == nil {
		m.crowd = map[uint32]uint32{}
	}
	key = foldedKey(text)
	fewest := m.crowd[key]
	for k := 1; fewest >= crowded && k <= farthest && k+needleHead <= len(text) && plain(text[k-1]); k++ {
		other := foldedKey(text[k:])
		if n := m.crowd[other]; n < fewest && plain(text[k]) && plain(text[k+1]) && plain(text[k+2]) && plain(text[k+3]) {
			fewest, skip, key = n, uint8(k), other
		}
	}
	m.crowd[key]++
	return skip, key
}

// unreserved reports whether c is written as it is in every spelling that encodes only what it must.
func unreserved(c byte) bool { return wordByte(c) || c == '-' || c == '_' || c == '.' || c == '~' }

func anyByte(byte) bool { return true }

// foldedKey is what of a text's first four bytes counts: the bit that tells upper from lower case does not.
func foldedKey(text []byte) uint32 { return binary.LittleEndian.Uint32(text) | 0x20202020 }

func hashKey(key uint32) uint32 { return key * 0x9e3779b1 }

// add adds the spellings of a value.
func (m *matcher) add(index int32, value []byte) {
	if m.shortest == 0 || len(value) < m.shortest {
		m.shortest = len(value)
	}
	n := needle{value: index, how: spelledPlain}
	n.skip, n.key = m.place(value, unreserved)
	m.needles = append(m.needles, n)
	for _, how := range [...]spelling{spelledPercent, spelledPlus, spelledEscaped, spelledHTML} {
		m.fresh = appendSpelled(m.fresh[:0], how, value[:min(len(value), needleHead)], nil)
		if len(m.fresh) > needleHead {
			m.head(index, m.fresh, how)
		}
	}
	// Some encode every byte: %5a%71, \u005a, &#90; and &#x5a;.
	c := value[0]
	m.fresh = append(m.fresh[:0], '%', hexDigits[c>>4], hexDigits[c&15], '%')
	m.head(index, m.fresh, spelledPercent)
	m.needles = append(m.needles, needle{value: index, how: spelledEscaped, skip: 2, key: foldedKey([]byte{'0', '0', hexDigits[c>>4], hexDigits[c&15]})})
	m.fresh = strconv.AppendUint(append(m.fresh[:0], "&#"...), uint64(c), 10)
	m.head(index, append(m.fresh, ';'), spelledHTML)
	m.fresh = append(m.fresh[:0], '&', '#', 'x', hexDigits[c>>4])
	m.head(index, m.fresh, spelledHTML)
	head := value[:min(len(value), base64Head)]
	start := len(m.texts)
	m.texts = hex.AppendEncode(m.texts, head)
	m.encoded(needle{value: index, how: spelledHex}, m.texts[start:])
	for align := range uint8(3) {
		m.base64(index, head, align)
	}
}

// head adds a needle whose first bytes are those of text.
func (m *matcher) head(index int32, text []byte, how spelling) {
	key := foldedKey(text)
	for i := len(m.needles) - 1; i >= 0 && m.needles[i].value == index; i-- {
		if m.needles[i].key == key && m.needles[i].text == nil {
			return
		}
	}
	m.needles = append(m.needles, needle{value: index, how: how, key: key})
}

func (m *matcher) encoded(n needle, text []byte) {
	n.text = text[:len(text):len(text)]
	n.skip, n.key = m.place(text, anyByte)
	m.needles = append(m.needles, n)
}

// base64 adds the digits of base64 that a value's bytes alone decide, when its first byte is the align-th of three.
func (m *matcher) base64(index int32, head []byte, align uint8) {
	var raw [base64Head + 2]byte
	n := int(align) + copy(raw[align:], head)
	start := len(m.texts)
	m.texts = base64.RawStdEncoding.AppendEncode(m.texts, raw[:n])
	skip := [3]int{0, 2, 3}[align]
	text := m.texts[start+skip : start+n*8/6]
	m.encoded(needle{value: index, how: spelledBase64, align: align}, text)
	if !bytes.ContainsAny(text, "+/") {
		return
	}
	start = len(m.texts)
	m.texts = base64.RawURLEncoding.AppendEncode(m.texts, raw[:n])
	m.encoded(needle{value: index, how: spelledBase64, align: align, url: true}, m.texts[start+skip:start+n*8/6])
}

// build makes the tables for the needles added.
func (m *matcher) build() {
	size := max(bits.Len(uint(4*len(m.needles))), 8)
	m.shift = uint(32 - size)
	m.slots = grown(m.slots, 1<<size)
	for i := range m.slots {
		m.slots[i] = -1
	}
	clear(m.coarse[:])
	m.filter = m.filter[:0]
	if len(m.needles) > manyNeedles {
		fine := size + 4
		m.fine = uint(32 - fine)
		m.filter = grown(m.filter, 1<<(fine-6))
		clear(m.filter)
	}
	for i := range m.needles {
		n := &m.needles[i]
		hash := hashKey(n.key)
		slot := hash >> m.shift
		n.next = m.slots[slot]
		m.slots[slot] = int32(i)
		m.coarse[hash>>(32-coarseBits)] = true
		if len(m.filter) > 0 {
			bit := hash >> m.fine
			m.filter[bit>>6] |= 1 << (bit & 63)
		}
	}
}

func grown[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, n)
	}
	return list[:n]
}

// next returns the first place at or behind from whose first bytes are those of a needle, len(text) when there is none.
func (m *matcher) next(text []byte, from int) int {
	if from+needleHead > len(text) {
		return len(text)
	}
	key := foldedKey(text[from:]) << 8
	for i, c := range text[from+needleHead-1:] {
		key = key>>8 | uint32(c|0x20)<<24
		if hash := hashKey(key); m.coarse[hash>>(32-coarseBits)] && (len(m.filter) == 0 || m.finer(hash)) {
			return from + i
		}
	}
	return len(text)
}

func (m *matcher) finer(hash uint32) bool {
	bit := hash >> (m.fine & 31)
	return m.filter[bit>>6]&(1<<(bit&63)) != 0
}

// bucket returns the first needle of the slot for the bytes at the beginning of text.
func (m *matcher) bucket(text []byte) (needle int32, key uint32) {
	key = foldedKey(text)
	return m.slots[hashKey(key)>>m.shift], key
}
