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

// Policy is a compiled policy. Immutable, safe for concurrent use.
type Policy struct {
	Name    string // "default", or the name in the file
	Version string // the first 12 hex digits of a hash over everything that decides what it does
	rules   []*Rule
}

// Rule is a detection rule under a policy.
type Rule struct {
	*detect.Rule
	Index      int // position in Policy.Rules
	Action     Action
	KeepLast   int           // of Mask
	Minimum    float64       // findings below this confidence are "nearly" found, not acted on
	When       *filter.Query // nil: everywhere
	Custom     bool          // written by the user
	SourceLine int           // in the policy's file, 0 for built-in ones
}

// Load reads a policy: "default", "strict", "secrets-only", or the path of a YAML file. Errors name file, line and key.
func Load(nameOrPath string) (*Policy, error) { return &Policy{}, nil }

// Parse reads the text of a policy file; file is its name in errors, relative paths of dictionaries are resolved from its folder.
func Parse(file string, text []byte) (*Policy, error) { return &Policy{}, nil }

// Rules lists the rules that are on, built-in first, in a stable order.
func (p *Policy) Rules() []*Rule { return p.rules }

// Of gives the policy's rule for a detection rule, nil when it is off.
func (p *Policy) Of(rule *detect.Rule) *Rule { return nil }

// Finders are the built-in and custom finders for exactly the rules that are on.
func (p *Policy) Finders() []detect.Finder { return nil }

// ClassifyName is [detect.ClassifyName] and the policy's own names.
func (p *Policy) ClassifyName(name []byte) detect.NameClass { return detect.ClassifyName(name) }

// Safe says whether value is on the policy's list of values that are never redacted.
func (p *Policy) Safe(value []byte) bool { return false }

// Scoped says whether any rule has a When, so that callers need not build a source for nothing.
func (p *Policy) Scoped() bool { return false }
