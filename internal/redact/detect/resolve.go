package detect

import (
	"cmp"
	"slices"
	"strings"
)

// Resolve sorts findings by place and drops those that overlap a better one that stays: the surer wins, then the longer, then
// the first. It works in place, and without allocation unless very many findings overlap in a chain. Time is n log n.
func Resolve(findings []Finding) []Finding {
	if len(findings) < 2 {
		return findings
	}
	slices.SortFunc(findings, byPlace)
	kept := findings[:0]
	for begin := 0; begin < len(findings); {
		limit := begin + 1 // findings[begin:limit] hang together by overlaps
		for reach := findings[begin].End; limit < len(findings) && findings[limit].Start < reach; limit++ {
			reach = max(reach, findings[limit].End)
		}
		kept = append(kept, best(findings[begin:limit])...)
		begin = limit
	}
	return kept
}

// best leaves the findings that no better one among those left overlaps, in order of place, at the front of findings.
func best(findings []Finding) []Finding {
	if len(findings) == 1 {
		return findings
	}
	start, end := findings[0].Start, findings[0].End
	for _, f := range findings {
		end = max(end, f.End)
	}
	slices.SortFunc(findings, byWorth)
	const few = 32 // that are compared with one another; more are marked in a set of bytes
	var taken byteSet
	if len(findings) > few {
		taken = newByteSet(end - start)
	}
	kept := findings[:0]
	for _, f := range findings {
		overlaps := false
		if taken != nil {
			overlaps = !taken.add(f.Start-start, f.End-start)
		} else {
			overlaps = slices.ContainsFunc(kept, func(k Finding) bool { return f.Start < k.End && k.Start < f.End })
		}
		if !overlaps {
			kept = append(kept, f)
		}
	}
	slices.SortFunc(kept, byPlace)
	return kept
}

func byPlace(a, b Finding) int {
	if a.Start != b.Start {
		return a.Start - b.Start
	}
	return byWorth(a, b)
}

// byWorth is a total order but for equal findings of one rule, so that what is kept does not depend on the finders' order.
func byWorth(a, b Finding) int {
	switch {
	case a.Confidence != b.Confidence:
		return cmp.Compare(b.Confidence, a.Confidence)
	case a.End-a.Start != b.End-b.Start:
		return (b.End - b.Start) - (a.End - a.Start)
	case a.Start != b.Start:
		return a.Start - b.Start
	case a.Rule != nil && b.Rule != nil:
		return strings.Compare(a.Rule.Name, b.Rule.Name)
	default:
		return 0
	}
}

// byteSet is a set of bytes of a text.
type byteSet []uint64

func newByteSet(size int) byteSet { return make(byteSet, size/64+1) }

// add takes in bytes start to end unless one of them is in the set.
func (s byteSet) add(start, end int) bool {
	if end <= start {
		return true
	}
	first, last := start/64, (end-1)/64
	head, tail := ^uint64(0)<<(start%64), ^uint64(0)>>(63-(end-1)%64)
	if first == last {
		head &= tail
		tail = head
	}
	if s[first]&head != 0 || s[last]&tail != 0 {
		return false
	}
	for i := first + 1; i < last; i++ {
		if s[i] != 0 {
			return false
		}
	}
	for i := first + 1; i < last; i++ {
		s[i] = ^uint64(0)
	}
	s[first] |= head
	s[last] |= tail
	return true
}
