package secret

import (
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

func all(*detect.Rule) bool { return true }

func only(name string) func(*detect.Rule) bool {
	return func(r *detect.Rule) bool { return r.Name == name }
}

// find runs a finder as the engine does: free text, or the value of a member when a name is given.
func find(f detect.Finder, name, text string) []detect.Finding {
	hints := detect.Hints{}
	if name != "" {
		hints = detect.Hints{Name: []byte(name), Class: detect.ClassifyName([]byte(name)), Place: detect.PlaceValue}
	}
	return f.Find(nil, []byte(text), detect.NewShape([]byte(text)), hints)
}

func TestEveryRuleFindsItsMatchesAndNotItsMisses(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range Rules() {
		if seen[rule.Name] {
			t.Errorf("two rules are named %q", rule.Name)
		}
		seen[rule.Name] = true
		f := New(only(rule.Name))
		if len(rule.Matches) == 0 || len(rule.Misses) == 0 {
			t.Errorf("%s has no examples", rule.Name)
		}
		for _, e := range rule.Matches {
			want := e.Want
			if want == "" {
				want = e.Text
			}
			found := find(f, e.Name, e.Text)
			if len(found) == 0 {
				t.Errorf("%s does not find %q under %q", rule.Name, e.Text, e.Name)
				continue
			}
			if got := e.Text[found[0].Start:found[0].End]; got != want {
				t.Errorf("%s finds %q in %q, want %q", rule.Name, got, e.Text, want)
			}
		}
		for _, e := range rule.Misses {
			for _, found := range find(f, e.Name, e.Text) {
				t.Errorf("%s finds %q in %q", rule.Name, e.Text[found.Start:found.End], e.Text)
			}
		}
	}
}

// TestMatchesAreFoundWithAllRulesOn says that no other rule takes a part of a value away.
func TestMatchesAreFoundWithAllRulesOn(t *testing.T) {
	f := New(all)
	for _, rule := range Rules() {
		for _, e := range rule.Matches {
			want := e.Want
			if want == "" {
				want = e.Text
			}
			got := []string{}
			for _, found := range detect.Resolve(find(f, e.Name, e.Text)) {
				got = append(got, e.Text[found.Start:found.End])
			}
			if len(got) != 1 || got[0] != want {
				t.Errorf("%s: found %q in %q, want %q", rule.Name, got, e.Text, want)
			}
		}
	}
}
