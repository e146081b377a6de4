package surrogate

import (
	"sync/atomic"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Long values are mostly tokens, which come with every request of a session, and cost some ten microseconds each. Their surrogates are
// remembered, at most recentSlots*recentLongest bytes of them (2 MiB); the values themselves are not, only a keyed hash
// of 64 bits.
const (
	recentSlots    = 512
	recentShortest = 64
	recentLongest  = 4 << 10
)

type recent struct {
	entries [recentSlots]atomic.Pointer[recentEntry]
}

type recentEntry struct {
	place     uint64
	surrogate []byte
}

// place is where a value's surrogate is remembered, 0 for values that are not.
func (k *Keyring) place(kind detect.Type, value []byte) uint64 {
	if len(value) < recentShortest || len(value) > recentLongest {
		return 0
	}
	s := newSip(k.checks[0])
	s.writeByte(familyRecent)
	for i := range len(kind) {
		s.writeByte(kind[i])
	}
	s.writeByte(0)
	s.write(value)
	return s.sum()
}

func (r *recent) get(place uint64) []byte {
	if place == 0 {
		return nil
	}
	if entry := r.entries[place%recentSlots].Load(); entry != nil && entry.place == place {
		return entry.surrogate
	}
	return nil
}

func (r *recent) put(place uint64, surrogate []byte) {
	if place == 0 || len(surrogate) > recentLongest {
		return
	}
	r.entries[place%recentSlots].Store(&recentEntry{place, append([]byte(nil), surrogate...)})
}
