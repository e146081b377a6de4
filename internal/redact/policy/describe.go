package policy

import (
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Description is a rule as `byoc redact rules` lists it.
type Description struct {
	Name       string           `json:"name"`
	Type       detect.Type      `json:"type"`
	Category   detect.Category  `json:"category"`
	On         bool             `json:"on"`
	Custom     bool             `json:"custom"`
	Line       int              `json:"line,omitempty"` // in the policy's file, of what was written last about the rule
	Action     string           `json:"action,omitempty"`
	Confidence float64          `json:"confidence"`
	Minimum    float64          `json:"minimum,omitempty"`
	Where      string           `json:"where"` // the condition in the filter language; "everywhere" without one
	Summary    string           `json:"summary"`
	Matches    []detect.Example `json:"matches,omitempty"`
	Misses     []detect.Example `json:"misses,omitempty"`
}

// Describe lists the rules that are on, in the order of [Policy.Rules], and after them the built-in ones that are off.
func (p *Policy) Describe() []Description {
	out := make([]Description, 0, len(p.rules)+len(builtins()))
	for _, rule := range p.rules {
		d := describe(rule.Rule)
		d.On, d.Custom, d.Line, d.Action, d.Minimum = true, rule.Custom, rule.SourceLine, rule.ActionText(), rule.Minimum
		d.Where = rule.Where()
		out = append(out, d)
	}
	for _, rule := range builtins() {
		if p.byRule[rule] == nil {
			out = append(out, describe(rule))
		}
	}
	return out
}

func describe(rule *detect.Rule) Description {
	return Description{Name: rule.Name, Type: rule.Type, Category: rule.Category, Confidence: rule.Confidence, Summary: rule.Summary,
		Matches: rule.Matches, Misses: rule.Misses}
}

// Where is the rule's condition in the filter language, "everywhere" when it has none.
func (r *Rule) Where() string {
	if r.When == nil {
		return "everywhere"
	}
	return strings.TrimSpace(r.When.String())
}
