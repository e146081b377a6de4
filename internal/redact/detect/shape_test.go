package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// naiveShape is what NewShape promises, byte by byte.
func naiveShape(text []byte) Shape {
	var s Shape
	run := 0
	for _, c := range text {
		s.Classes |= classOf(c)
		if c >= '0' && c <= '9' {
			s.Digits++
		}
		run++
		if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+/=~", rune(c)) {
			run = 0
		}
		s.LongToken = max(s.LongToken, run)
	}
	return s
}

func TestNewShape(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5_000 {
		text := make([]byte, random.IntN(70))
		for i := range text {
			text[i] = byte(random.IntN(256))
			if random.IntN(2) == 0 {
				text[i] = "aZ09_-.+/=~ @:%"[random.IntN(15)]
			}
		}
		if got, want := NewShape(text), naiveShape(text); got != want {
			t.Fatalf("%q is %+v, want %+v", text, got, want)
		}
	}
	if got := NewShape([]byte("Bearer eyJ.x-y_z, 12@")); got.LongToken != 9 || got.Digits != 2 || got.Classes != HasUpper|HasLower|HasSpace|HasDot|HasDash|HasOther|HasDigit|HasAt {
		t.Errorf("shape %+v", got)
	}
}

func BenchmarkNewShape(b *testing.B) {
	for name, text := range map[string]string{
		"uuid":  "0b9c6a2e-6f1d-4f38-9a40-6f7d2c1e5b11",
		"prose": "The quick brown fox jumps over 12 lazy dogs, and then: some more of it.",
		"word":  "checkout",
		"long":  strings.Repeat("GET /api/v1/orders?id=12 ", 400),
	} {
		b.Run(name, func(b *testing.B) {
			text := []byte(text)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				NewShape(text)
			}
		})
	}
}
