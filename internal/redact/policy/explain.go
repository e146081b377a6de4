package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Verdict is what a policy does with a finding.
type Verdict string

// The verdicts.
const (
	Fires      Verdict = "fires"      // the value is replaced
	Keeps      Verdict = "keeps"      // found by a rule whose action is keep: left as it is
	Nearly     Verdict = "nearly"     // the confidence is below the rule's minimum
	Overlapped Verdict = "overlapped" // a surer or longer finding takes its place
	SafeValue  Verdict = "safe"       // on the list of safe values
	Off        Verdict = "off"        // the policy does not have the rule on
)

// Explanation says of one finding which rule made it, why, and what becomes of it.
type Explanation struct {
	Rule       string          `json:"rule"`
	Type       detect.Type     `json:"type"`
	Category   detect.Category `json:"category"`
	Start      int             `json:"start"` // bytes of the value
	End        int             `json:"end"`
	Confidence float64         `json:"confidence"`
	Minimum    float64         `json:"minimum"` // the rule's, 0 when it is off
	Action     string          `json:"action"`  // what the rule does with what it finds, "" when it is off
	Verdict    Verdict         `json:"verdict"`
	Why        string          `json:"why"`   // what the rule finds and what proves it, and the reason of the verdict
	Name       string          `json:"name"`  // what the name means, in words
	Where      string          `json:"where"` // the rule's condition, "" for everywhere
}

// Explain says which rules find something in value, were it to stand under name (nil: without a name), and what becomes of it:
// what is replaced first, then what nearly was, then what rules that are off would have found. value is a plain text: of a
// container (JSON, a form, base64) it sees only what stands there undecoded.
func (p *Policy) Explain(name, value []byte) []Explanation {
	hints := p.hints(name)
	shape := detect.NewShape(value)
	var found []detect.Finding
	for _, finder := range p.finders {
		found = finder.Find(found, value, shape, hints)
	}
	off := func(rule *detect.Rule) bool { return p.byRule[rule] == nil }
	for _, finder := range builtinFinders(off) {
		found = finder.Find(found, value, shape, hints)
	}
	found = slices.DeleteFunc(found, func(f detect.Finding) bool { return f.End == detect.Unfinished })
	acting := slices.DeleteFunc(slices.Clone(found), func(f detect.Finding) bool {
		rule := p.byRule[f.Rule]
		return rule == nil || f.Confidence < rule.Minimum
	})
	acting = detect.Resolve(acting)
	var out []Explanation
	for _, finding := range found {
		e := p.explain(finding, value, slices.Contains(acting, finding))
		e.Name = hints.Class.Words()
		if len(name) == 0 {
			e.Name = "no name"
		}
		if !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Explanation) int {
		if order := slices.Index(verdicts, a.Verdict) - slices.Index(verdicts, b.Verdict); order != 0 {
			return order
		}
		return a.Start - b.Start
	})
	return out
}

// verdicts in the order in which people want to read them.
var verdicts = []Verdict{Fires, Keeps, SafeValue, Nearly, Overlapped, Off}

func (p *Policy) explain(finding detect.Finding, value []byte, acts bool) Explanation {
	rule := finding.Rule
	e := Explanation{Rule: rule.Name, Type: rule.Type, Category: rule.Category, Start: finding.Start, End: finding.End, Confidence: finding.Confidence, Why: rule.Summary}
	of := p.byRule[rule]
	if of == nil {
		e.Verdict = Off
		e.because("the policy %s has the rule off", p.Name)
		return e
	}
	e.Minimum, e.Action, e.Where = of.Minimum, of.ActionText(), of.When.String()
	switch {
	case finding.Confidence < of.Minimum:
		e.Verdict = Nearly
		e.because("the confidence %.2f is below the minimum %.2f", finding.Confidence, of.Minimum)
	case p.Safe(value[finding.Start:finding.End]) || p.Safe(value):
		e.Verdict = SafeValue
		e.because("the value is in safe_values")
	case !acts:
		e.Verdict = Overlapped
		e.because("a surer or longer finding covers it")
	case of.Action == Keep:
		e.Verdict = Keeps
	default:
		e.Verdict = Fires
	}
	return e
}

func (e *Explanation) because(format string, values ...any) {
	reason := fmt.Sprintf(format, values...)
	if e.Why = strings.TrimSuffix(e.Why, "."); e.Why != "" {
		e.Why += "; "
	}
	e.Why += reason
}

// ActionText is the action as people read it: "mask, keeping the last 4".
func (r *Rule) ActionText() string {
	if r.Action == Mask && r.KeepLast > 0 {
		return fmt.Sprintf("mask, keeping the last %d", r.KeepLast)
	}
	return r.Action.String()
}
