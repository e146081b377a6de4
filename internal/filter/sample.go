package filter

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Sample keeps a share of the traffic: the same records on every machine, in
// every run and in every version, because only the record decides.
//
// The key (the session, else the uuid; or always the uuid) is hashed with
// FNV-1a in 64 bits, the hash is mixed with the 64-bit finalizer of MurmurHash3,
// and the record is kept when the result is below Part/Of of 2^64. So whole
// sessions are kept or left out, and what 10% keeps 20% keeps too.
type Sample struct {
	Part, Of uint32
	// PerPair decides for each record on its own, so sessions are torn apart.
	PerPair bool
}

// ParseSample reads "1/5" or "20%" (up to four decimals): a share above zero and
// at most all.
func ParseSample(text string) (Sample, error) {
	s, ok := parseShare(text)
	if !ok || s.Part == 0 || s.Of == 0 || s.Part > s.Of {
		return Sample{}, fmt.Errorf("%q is no share: write 1/5 or 20%%, above zero and at most all", text)
	}
	return s, nil
}

func parseShare(text string) (Sample, bool) {
	if percent, isPercent := strings.CutSuffix(text, "%"); isPercent {
		whole, decimals, _ := strings.Cut(percent, ".")
		if len(decimals) > 4 {
			return Sample{}, false
		}
		part, err := strconv.ParseUint(whole+decimals, 10, 32)
		of := uint32(100)
		for range decimals {
			of *= 10
		}
		return Sample{Part: uint32(part), Of: of}, err == nil
	}
	keep, outOf, isFraction := strings.Cut(text, "/")
	part, err := strconv.ParseUint(strings.TrimSpace(keep), 10, 32)
	of, err2 := strconv.ParseUint(strings.TrimSpace(outOf), 10, 32)
	return Sample{Part: uint32(part), Of: uint32(of)}, isFraction && err == nil && err2 == nil
}

// Keep decides for one record. uuid is hyphenated and lower-case. The zero
// Sample keeps everything.
func (s Sample) Keep(session, uuid string) bool {
	if s.Part >= s.Of {
		return true
	}
	key := session
	if key == "" || s.PerPair {
		key = uuid
	}
	threshold, _ := bits.Div64(uint64(s.Part), 0, uint64(s.Of)) // Part * 2^64 / Of; Part < Of
	return hashKey(key) < threshold
}

func hashKey(key string) uint64 {
	hash := uint64(14695981039346656037)
	for i := range len(key) {
		hash = (hash ^ uint64(key[i])) * 1099511628211
	}
	hash = (hash ^ hash>>33) * 0xff51afd7ed558ccd
	hash = (hash ^ hash>>33) * 0xc4ceb9fe1a85ec53
	return hash ^ hash>>33
}
