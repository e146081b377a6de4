package stamp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"sync"
)

// authenticator makes codes with one key and reuses its states.
type authenticator struct{ pool sync.Pool }

type state struct {
	hash hash.Hash
	head []byte
	sum  [sha256.Size]byte
	hex  [2 * sha256.Size]byte
}

func newAuthenticator(key []byte) *authenticator {
	key = slices.Clone(key)
	return &authenticator{pool: sync.Pool{New: func() any { return &state{hash: hmac.New(sha256.New, key)} }}}
}

// code makes the code as it stands in the attribute, hexadecimal. Every text has its length before it, so that none can
// flow into the next. The caller gives the state back when it is done with the code.
func (a *authenticator) code(stamp Stamp, process string, content []byte) *state {
	s, _ := a.pool.Get().(*state)
	s.head = s.head[:0]
	for _, part := range [...]string{stamp.Policy, stamp.Version, stamp.KeyID, process} {
		s.head = append(binary.AppendUvarint(s.head, uint64(len(part))), part...)
	}
	s.head = binary.AppendUvarint(s.head, uint64(len(content)))
	s.hash.Reset()
	s.hash.Write(s.head)
	s.hash.Write(content)
	s.hash.Sum(s.sum[:0])
	hex.Encode(s.hex[:], s.sum[:])
	return s
}

func (a *authenticator) done(s *state) { a.pool.Put(s) }

// fits compares in constant time.
func (a *authenticator) fits(stamp Stamp, process string, content []byte, code string) bool {
	s := a.code(stamp, process, content)
	defer a.done(s)
	if len(code) != len(s.hex) {
		return false
	}
	s.head = append(s.head[:0], code...)
	return hmac.Equal(s.hex[:], s.head)
}
