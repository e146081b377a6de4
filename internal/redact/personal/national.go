package personal

import (
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// builtinPatterns are the rules for values with a fixed form, one rule each.
var builtinPatterns = append(append(append([]pattern{}, europeanPatterns...), worldPatterns...), documentPatterns...)

// idRule makes a rule for a person's number. In the examples, separated by "|", square brackets mark the value.
func idRule(name string, kind detect.Type, summary, matches, misses string) *detect.Rule {
	category := detect.CategoryIdentifier
	return &detect.Rule{
		Name: name, Type: kind, Category: category, Confidence: 0.9, Summary: summary,
		Matches: examples(matches), Misses: examples(misses),
	}
}

func examples(list string) []detect.Example {
	var all []detect.Example
	for _, text := range strings.Split(list, "|") {
		before, rest, marked := strings.Cut(text, "[")
		value, after, _ := strings.Cut(rest, "]")
		if !marked {
			all = append(all, detect.Example{Text: text})
			continue
		}
		all = append(all, detect.Example{Text: before + value + after, Want: value})
	}
	return all
}
