// Package policy holds redaction policies: which rules apply where, and what happens to what they find.
package policy

import (
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Action is what happens to a value that a rule found.
type Action uint8

// The actions.
const (
	Surrogate Action = iota // a keyed value of the same type and shape
	Token                   // REDACTED-<CATEGORY>-<20 hex>
	Mask                    // stars, but the last KeepLast characters
	Drop                    // the empty value of its kind
	Keep                    // left as it is; its value is also left where other rules find it
)

// String is the action as policies write it.
func (a Action) String() string {
	if int(a) < len(actionNames) {
		return actionNames[a]
	}
	return "unknown"
}

var actionNames = []string{Surrogate: "surrogate", Token: "token", Mask: "mask", Drop: "drop", Keep: "keep"}

// DefaultMinimum is the confidence a finding needs where neither policy nor rule says otherwise.
const DefaultMinimum = 0.5

// Policy is a compiled policy. Immutable, safe for concurrent use.
type Policy struct {
	Name    string // "default", or the name in the file
	Version string // the first 12 hex digits of a hash over everything that decides what it does
	rules   []*Rule
	byRule  map[*detect.Rule]*Rule
	finders []detect.Finder
	custom  *customFinder // nil: no rules of the user's own
	files   []string
	key     Key
	names   *detect.Names // nil: the built-in ones
	safe    map[string]struct{}
	scoped  bool
}

// Rule is a detection rule under a policy.
type Rule struct {
	*detect.Rule
	Index      int // position in Policy.Rules
	Action     Action
	KeepLast   int           // of Mask
	Minimum    float64       // findings below this confidence are "nearly" found, not acted on
	When       *filter.Query // nil: everywhere
	Otherwise  *Rule         // what holds where When is not true; nil: nothing. It has the same Index
	Custom     bool          // written by the user
	SourceLine int           // in the policy's file, 0 for built-in ones
}

// Rules lists the rules that are on, built-in first, in a stable order.
func (p *Policy) Rules() []*Rule { return p.rules }

// Of gives the policy's rule for a detection rule, nil when it is off.
func (p *Policy) Of(rule *detect.Rule) *Rule { return p.byRule[rule] }

// Finders are the built-in and custom finders for exactly the rules that are on.
func (p *Policy) Finders() []detect.Finder { return p.finders }

// ClassifyName is [detect.ClassifyName] and the policy's own names.
func (p *Policy) ClassifyName(name []byte) detect.NameClass {
	if p.names != nil {
		return p.names.Classify(name)
	}
	return detect.ClassifyName(name)
}

// Safe says whether value is on the policy's list of values that are never redacted.
func (p *Policy) Safe(value []byte) bool {
	if len(p.safe) == 0 {
		return false
	}
	_, safe := p.safe[string(value)]
	return safe
}

// Scoped says whether any rule has a When, so that callers need not build a source for nothing.
func (p *Policy) Scoped() bool { return p.scoped }

// Files lists the files the policy was read from: its own and those of dictionaries; none for a built-in one.
func (p *Policy) Files() []string { return p.files }
