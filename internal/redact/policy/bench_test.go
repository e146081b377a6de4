package policy

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// BenchmarkCustomFinder runs 200 regexes with literals, 50 names and a dictionary of 100,000 entries over texts that hold
// none of them.
func BenchmarkCustomFinder(b *testing.B) {
	folder := b.TempDir()
	var words, text strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&words, "customer%06d gmbh\n", i)
	}
	if err := os.WriteFile(filepath.Join(folder, "words.txt"), []byte(words.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	text.WriteString("version: 1\nextends: none\nrules:\n  words: {find: {dictionary: words.txt}, examples: {match: [customer000001 GmbH]}}\n")
	for i := range 200 {
		fmt.Fprintf(&text, "  r%d: {find: {regex: 'key%03d-[a-z0-9]{20,40}'}, examples: {match: [key%03d-%s]}}\n", i, i, i, strings.Repeat("q", 20))
	}
	for i := range 50 {
		fmt.Fprintf(&text, "  n%d: {find: {names: [secretName%d]}}\n", i, i)
	}
	p, err := Parse(filepath.Join(folder, "p.yaml"), []byte(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	for name, value := range map[string]string{
		"uuid":  "0b9c6a2e-6f1d-4f38-9a40-6f7d2c1e5b11",
		"prose": "The quick brown fox jumps over 12 lazy dogs, and then: some more of it.",
	} {
		b.Run(name, func(b *testing.B) {
			text := []byte(value)
			shape, hints := detect.NewShape(text), detect.Hints{Name: []byte("orderId"), Place: detect.PlaceValue}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				p.custom.Find(nil, text, shape, hints)
			}
		})
	}
}

// BenchmarkLoad reads the largest built-in policy.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load("strict"); err != nil {
			b.Fatal(err)
		}
	}
}
