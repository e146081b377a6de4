package demo

import "testing"

func BenchmarkNext(b *testing.B) {
	g := NewGenerator(Options{Seed: 1})
	var line []byte
	var bytes int64
	b.ReportAllocs()
	for b.Loop() {
		line = g.Next(line[:0])
		bytes += int64(len(line))
	}
	b.SetBytes(bytes / int64(b.N))
}
