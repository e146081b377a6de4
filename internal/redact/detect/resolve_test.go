package detect

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func overlap(a, b Finding) bool { return a.Start < b.End && b.Start < a.End }

// The result is sorted and disjoint, and whatever was dropped overlaps something better that was kept.
func TestResolve(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	rules := []*Rule{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	for round := range 5_000 {
		findings := make([]Finding, random.IntN(12))
		if round%50 == 0 {
			findings = make([]Finding, 200)
		}
		for i := range findings {
			start := random.IntN(60)
			findings[i] = Finding{Start: start, End: start + 1 + random.IntN(12), Rule: rules[random.IntN(3)], Confidence: float64(random.IntN(4)) / 4}
		}
		before := slices.Clone(findings)
		kept := Resolve(slices.Clone(findings))
		for i := 1; i < len(kept); i++ {
			if kept[i].Start < kept[i-1].End {
				t.Fatalf("%v: %v and %v overlap or are not sorted", before, kept[i-1], kept[i])
			}
		}
		for _, f := range before {
			if !slices.ContainsFunc(kept, func(k Finding) bool { return k == f || overlap(k, f) && byWorth(k, f) <= 0 }) {
				t.Fatalf("%v was dropped for nothing, kept %v", f, kept)
			}
		}
		for _, k := range kept {
			if !slices.Contains(before, k) {
				t.Fatalf("%v came from nowhere", k)
			}
		}
		random.Shuffle(len(findings), func(i, j int) { findings[i], findings[j] = findings[j], findings[i] })
		if again := Resolve(findings); !slices.Equal(again, kept) {
			t.Fatalf("in another order %v is kept, before %v", again, kept)
		}
	}
}

// A chain in which each finding is better than the one before: the middle one goes, so the first one stays.
func TestResolveChain(t *testing.T) {
	got := Resolve([]Finding{{Start: 0, End: 5, Confidence: .8}, {Start: 4, End: 12, Confidence: .9}, {Start: 10, End: 20, Confidence: .95}})
	if len(got) != 2 || got[0].Start != 0 || got[1].Start != 10 {
		t.Errorf("kept %v", got)
	}
}

// A text made so that all findings hang together costs no more than sorting them.
func TestResolveLongChain(t *testing.T) {
	findings := make([]Finding, 1_000_000)
	for i := range findings {
		findings[i] = Finding{Start: 5 * i, End: 5*i + 10, Confidence: float64(i%7) / 7}
	}
	begin := time.Now()
	if kept := Resolve(findings); len(kept) < 400_000 {
		t.Errorf("%d kept", len(kept))
	}
	if took := time.Since(begin); took > 20*time.Second { // about 0.3 s; quadratic time would be hours
		t.Errorf("took %v", took)
	}
}

func TestResolveAllocates(t *testing.T) {
	findings := []Finding{{Start: 8, End: 10, Confidence: .5}, {Start: 0, End: 9, Confidence: .9}, {Start: 12, End: 14, Confidence: .5}}
	room := make([]Finding, 3)
	if n := testing.AllocsPerRun(100, func() { copy(room, findings); Resolve(room) }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}
