package filter

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

const rounds = 10_000

// query prints and parses a random tree, so that every property holds for what
// users can write.
func query(t *testing.T, expr Expr) *Query {
	t.Helper()
	q, err := Parse((&Query{expr: expr}).String(), Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, (&Query{expr: expr}).String())
	}
	if !reflect.DeepEqual(q.Expr(), expr) {
		t.Fatalf("%s\nparses to\n%s", (&Query{expr: expr}).String(), q.String())
	}
	return q
}

func TestEvalEqualsNaive(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	matches := 0
	for range rounds {
		q, r := query(t, randomExpr(rng, 3)), randomRecord(rng)
		want := naive(q.Expr(), r)
		if got := q.Eval(r); got != triOf(want) {
			t.Fatalf("%s\n%v, want %v\nrecord %+v\nrequest %s\nresponse %s\ndocument %s", q, got, want, r, r.request, r.response, r.document)
		}
		if want {
			matches++
		}
	}
	if matches < rounds/10 || matches > rounds*9/10 {
		t.Errorf("%d of %d match: the test tells little", matches, rounds)
	}
}

// What a partial source answers for certain, the whole record answers too.
func TestPartialAgreesWithWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	certain := 0
	for range rounds {
		q, r := query(t, randomExpr(rng, 3)), randomRecord(rng)
		partial := q.Eval(r.hide(rng))
		if partial == Unknown {
			continue
		}
		certain++
		if whole := q.Eval(r); whole != partial {
			t.Fatalf("%s\npartly %v, wholly %v", q, partial, whole)
		}
	}
	if certain < rounds/10 {
		t.Errorf("only %d of %d are certain: the test tells little", certain, rounds)
	}
}

// ranges are the true bounds of a set of records, widened here and there.
type ranges struct {
	records []*record
	rng     *rand.Rand
	wide    bool
}

func (s *ranges) StringRange(f Field, sub string) (minimum, maximum string, known bool) {
	minimum, maximum = "\U0010ffff", ""
	for _, r := range s.records {
		for _, value := range r.values[FieldRef{f, sub}] {
			minimum, maximum = min(minimum, value), max(maximum, value)
		}
	}
	if s.wide && s.rng.IntN(2) == 0 {
		minimum, maximum = minimum[:len(minimum)/2], maximum+"~"
	}
	return minimum, maximum, s.rng.IntN(5) > 0
}

func (s *ranges) NumberRange(f Field) (minimum, maximum int64, known bool) {
	minimum, maximum = 1<<62, -1<<62
	for _, r := range s.records {
		if value, present, _ := r.Number(f); present {
			minimum, maximum = min(minimum, value), max(maximum, value)
		}
	}
	return minimum, maximum, s.rng.IntN(5) > 0
}

func (s *ranges) TimeRange() (minimum, maximum time.Time, known bool) {
	for _, r := range s.records {
		if r.at.IsZero() {
			continue
		}
		if minimum.IsZero() || r.at.Before(minimum) {
			minimum = r.at
		}
		if r.at.After(maximum) {
			maximum = r.at
		}
	}
	return minimum, maximum, s.rng.IntN(5) > 0
}

func (s *ranges) MayContain(f Field, value string) bool {
	for _, r := range s.records {
		for _, has := range r.values[FieldRef{Field: f}] {
			if has == value {
				return true
			}
		}
	}
	return s.wide && s.rng.IntN(3) == 0
}

// A set that holds a match is never ruled out, and every match lies in the
// window.
func TestPruningKeepsEveryMatch(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	pruned := 0
	for i := range rounds {
		q := query(t, randomExpr(rng, 2))
		set := &ranges{rng: rng, wide: i%2 == 0}
		for range 1 + rng.IntN(3) {
			set.records = append(set.records, randomRecord(rng))
		}
		mayMatch := q.MayMatch(set)
		if !mayMatch {
			pruned++
		}
		from, to := q.Window()
		for _, r := range set.records {
			if !q.Match(r) {
				continue
			}
			if !mayMatch {
				t.Fatalf("%s\nrules out a match: %+v", q, r)
			}
			if !from.IsZero() && r.at.Before(from) || !to.IsZero() && !r.at.Before(to) {
				t.Fatalf("%s\nmatches %v outside its window %v to %v", q, r.at, from, to)
			}
		}
	}
	if pruned < rounds/20 {
		t.Errorf("only %d of %d are pruned: the test tells little", pruned, rounds)
	}
}

// Evaluation is for concurrent use; the race detector looks on.
func TestConcurrentUse(t *testing.T) {
	q := mustParse(t, `req_json[items[*].sku] IS a OR text CONTAINS zzz OR header[x-a] REGEX b`)
	done := make(chan int)
	for seed := range uint64(4) {
		go func() {
			rng := rand.New(rand.NewPCG(seed, 7))
			wrong := 0
			for range 500 {
				if r := randomRecord(rng); q.Match(r) != naive(q.Expr(), r) {
					wrong++
				}
			}
			done <- wrong
		}()
	}
	for range 4 {
		if wrong := <-done; wrong > 0 {
			t.Errorf("%d wrong answers", wrong)
		}
	}
}
