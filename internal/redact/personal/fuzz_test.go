package personal

import (
	"bytes"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// FuzzFind holds for every text: findings lie within it, are not empty, name a rule and a confidence, and the text is
// neither changed nor kept.
func FuzzFind(f *testing.F) {
	for _, s := range sentences {
		f.Add([]byte(s.text), uint64(0))
	}
	for _, s := range quiet {
		f.Add([]byte(s), uint64(detect.NamePhone|detect.NameMRN))
	}
	for _, rule := range Rules() {
		for _, example := range rule.Matches {
			f.Add([]byte(example.Text), uint64(namedClasses))
		}
	}
	finder := New(func(*detect.Rule) bool { return true })
	f.Fuzz(func(t *testing.T, text []byte, class uint64) {
		before := bytes.Clone(text)
		hints := detect.Hints{Class: detect.NameClass(class)}
		first := finder.Find(nil, text, detect.NewShape(text), hints)
		for _, found := range first {
			if found.Start < 0 || found.Start >= found.End || found.End > len(text) || found.Rule == nil || found.Confidence <= 0 || found.Confidence > 1 {
				t.Fatalf("finding %+v in %q", found, text)
			}
		}
		if !bytes.Equal(text, before) {
			t.Fatalf("the text changed from %q to %q", before, text)
		}
		second := finder.Find(nil, text, detect.NewShape(text), hints)
		if len(first) != len(second) {
			t.Fatalf("%d findings, then %d in %q", len(first), len(second), text)
		}
		for i := range first {
			if first[i] != second[i] {
				t.Fatalf("%+v, then %+v in %q", first[i], second[i], text)
			}
		}
	})
}
