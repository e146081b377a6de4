package policy

import (
	"slices"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/personal"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/secret"
)

// Every example of every built-in rule does what it says, with all rules on and the names as policies read them. Forms that
// two providers share are found by one rule of the same type.
func TestBuiltinExamples(t *testing.T) {
	p := everything(t)
	for _, rule := range builtins() {
		if len(rule.Matches) == 0 || len(rule.Misses) == 0 {
			t.Errorf("%s has %d examples that match and %d that must not", rule.Name, len(rule.Matches), len(rule.Misses))
		}
		for _, example := range rule.Matches {
			want := example.Want
			if want == "" {
				want = example.Text
			}
			if values := found(p, rule, example, 0); !slices.Contains(values, want) {
				t.Errorf("%s finds %q in %+v, not %q", rule.Name, values, example, want)
			}
		}
		for _, example := range rule.Misses {
			if values := found(p, rule, example, DefaultMinimum); len(values) > 0 {
				t.Errorf("%s finds %q in %+v, and must not", rule.Name, values, example)
			}
		}
	}
}

// everything is a policy with all built-in rules on.
func everything(t *testing.T) *Policy {
	t.Helper()
	text := "version: 1\nname: everything\nextends: none\nrules:\n"
	for _, category := range categories {
		if category != string(detect.CategoryCustom) {
			text += "  category:" + category + ": {enabled: true}\n"
		}
	}
	p, err := Parse("everything.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// found is the values that the rule finds with at least a confidence of minimum.
func found(p *Policy, rule *detect.Rule, example detect.Example, minimum float64) (values []string) {
	text := []byte(example.Text)
	for _, finder := range p.Finders() {
		for _, finding := range finder.Find(nil, text, detect.NewShape(text), p.hints([]byte(example.Name))) {
			if (finding.Rule == rule || minimum == 0 && finding.Rule.Type == rule.Type) && finding.Confidence >= minimum {
				values = append(values, example.Text[finding.Start:finding.End])
			}
		}
	}
	return values
}

// A rule is known by its name in policies, metrics and stamps, and by its pointer in findings.
func TestBuiltinRules(t *testing.T) {
	names := make(map[string]bool)
	for i, rule := range builtins() {
		switch {
		case names[rule.Name]:
			t.Errorf("two rules are named %s", rule.Name)
		case !validName.MatchString(rule.Name):
			t.Errorf("%q is no name for a rule", rule.Name)
		case !slices.Contains(types, string(rule.Type)):
			t.Errorf("%s has the unknown type %s", rule.Name, rule.Type)
		case !slices.Contains(categories, string(rule.Category)):
			t.Errorf("%s has the unknown category %s", rule.Name, rule.Category)
		case rule.Summary == "" || rule.Confidence <= 0 || rule.Confidence > 1:
			t.Errorf("%s has summary %q and confidence %g", rule.Name, rule.Summary, rule.Confidence)
		}
		names[rule.Name] = true
		if again := slices.Concat(secret.Rules(), personal.Rules()); again[i] != rule {
			t.Errorf("%s is another rule when rules are listed again", rule.Name)
		}
	}
}

func TestBuiltinPolicies(t *testing.T) {
	last := 0
	versions := make(map[string]bool)
	for _, name := range []string{"secrets-only", "default", "strict"} {
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if p.Name != name || len(p.Version) != 12 || versions[p.Version] {
			t.Errorf("%s: name %s, version %s", name, p.Name, p.Version)
		}
		versions[p.Version] = true
		if len(p.Rules()) <= last {
			t.Errorf("%s has %d rules, the smaller policy %d", name, len(p.Rules()), last)
		}
		last = len(p.Rules())
		for i, rule := range p.Rules() {
			if rule.Index != i || rule.Action != Surrogate || rule.Minimum < 0.35 || p.Of(rule.Rule) != rule {
				t.Errorf("%s: rule %d is %+v", name, i, rule)
			}
		}
		again, err := Load(name)
		if err != nil || again.Version != p.Version {
			t.Errorf("%s: loaded again it has version %s, not %s", name, again.Version, p.Version)
		}
	}
}
