package personal

import (
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

func TestEveryRuleHoldsToItsExamples(t *testing.T) {
	names := map[string]bool{}
	finder := New(func(*detect.Rule) bool { return true })
	for _, rule := range Rules() {
		if names[rule.Name] {
			t.Errorf("two rules are named %s", rule.Name)
		}
		names[rule.Name] = true
		if len(rule.Matches) == 0 || len(rule.Misses) == 0 || rule.Summary == "" || rule.Type == "" || rule.Category == "" || rule.Confidence < 0.5 {
			t.Errorf("%s lacks a match, a miss, a summary, a type, a category or a confidence", rule.Name)
		}
		for _, example := range rule.Matches {
			want := example.Want
			if want == "" {
				want = example.Text
			}
			if !found(t, finder, rule, example, want) {
				t.Errorf("%s misses %q in %q under %q", rule.Name, want, example.Text, example.Name)
			}
		}
		for _, example := range rule.Misses {
			if found(t, finder, rule, example, "") {
				t.Errorf("%s finds something in %q under %q", rule.Name, example.Text, example.Name)
			}
		}
	}
}

// found says whether rule finds want in the example, with a confidence that policies act on; any value for "".
func found(t *testing.T, finder detect.Finder, rule *detect.Rule, example detect.Example, want string) bool {
	t.Helper()
	text := []byte(example.Text)
	findings := finder.Find(nil, text, detect.NewShape(text), detect.Hints{Name: []byte(example.Name), Class: detect.ClassifyName([]byte(example.Name))})
	for _, f := range findings { // before others that say the same with more certainty push it aside
		if f.Rule == rule && f.Confidence >= 0.5 && (want == "" || string(text[f.Start:f.End]) == want) {
			return true
		}
	}
	return false
}
