package surrogate

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkAppend(b *testing.B) {
	ring := testRing(b)
	for _, s := range samples() {
		b.Run(s.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			value := []byte(s.make(r))
			for ring.Made(s.kind, value) {
				value = []byte(s.make(r))
			}
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				dst = ring.Append(dst[:0], s.kind, value)
			}
		})
	}
}

func BenchmarkMade(b *testing.B) {
	ring := testRing(b)
	for _, s := range samples() {
		b.Run(s.name, func(b *testing.B) {
			value := []byte(s.make(rand.New(rand.NewPCG(1, 2))))
			b.ReportAllocs()
			for b.Loop() {
				ring.Made(s.kind, value)
			}
		})
	}
}
