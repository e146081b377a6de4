package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// compiler turns a file as written into a policy.
type compiler struct {
	reader
	states  []state
	policy  *Policy
	content hash.Hash // over what decides the policy's behaviour, see version
}

// state is what a policy says of one built-in rule.
type state struct {
	on       bool
	action   Action
	keepLast int
	minimum  float64
	when     *filter.Query
	whenText string
	line     int
	// otherwise is what holds where when is not true: what the rule was before it was given a condition, so that
	// a condition narrows the change and never the protection. nil: nothing, the rule is off there.
	otherwise *state
}

func parse(file string, text []byte, builtin bool) (*Policy, error) {
	c := &compiler{reader: reader{file: file, builtin: builtin}, content: sha256.New()}
	if len(text) > maxFileBytes {
		return nil, &Error{File: file, Line: 1, Problem: fmt.Sprintf("the file has %d bytes", len(text)), Allowed: fmt.Sprintf("at most %d; put long lists into dictionaries", maxFileBytes)}
	}
	root := c.document(text)
	if root == nil {
		return nil, c.err()
	}
	written := c.read(root)
	if err := c.err(); err != nil {
		return nil, err
	}
	if written.name == "" {
		if written.name = fileName(file); slices.Contains(builtinPolicies, written.name) {
			c.fail(root, "name", fmt.Sprintf("the file's name %q is that of a built-in policy", written.name), "give the policy a name: of its own")
		}
	}
	c.states = baseStates(written.extends)
	c.apply(written)
	c.build(written)
	if err := c.err(); err != nil {
		return nil, err
	}
	c.runExamples(written)
	if err := c.err(); err != nil {
		return nil, err
	}
	return c.policy, nil
}

// baseStates is what the policy that is extended says. Built-in files cannot be wrong: a test loads them.
func baseStates(name string) []state {
	if name == "none" || name == "" {
		states := make([]state, len(builtins()))
		for i := range states {
			states[i].minimum = DefaultMinimum
		}
		return states
	}
	base := compiler{reader: reader{file: name, builtin: true}}
	text, err := builtinFiles.ReadFile("builtin/" + name + ".yaml")
	if err != nil {
		return baseStates("none")
	}
	written := base.read(base.document(text))
	base.states = baseStates(written.extends)
	base.apply(written)
	for i := range base.states {
		base.states[i].line = 0
	}
	return base.states
}

// apply changes the built-in rules: by category first, then by type, then by name, so that what says more wins.
func (c *compiler) apply(written *spec) {
	groups := [3][]override{}
	for _, o := range written.overrides {
		switch kind, _, grouped := strings.Cut(o.selector, ":"); {
		case !grouped:
			groups[2] = append(groups[2], o)
		case kind == "type":
			groups[1] = append(groups[1], o)
		default:
			groups[0] = append(groups[0], o)
		}
	}
	for _, o := range slices.Concat(groups[:]...) {
		c.override(o)
	}
}

func (c *compiler) override(o override) {
	path := "rules." + o.selector
	kind, value, grouped := strings.Cut(o.selector, ":")
	var selected, off, changed int
	for i, rule := range builtins() {
		switch {
		case !grouped && rule.Name != o.selector,
			grouped && kind == "category" && string(rule.Category) != value,
			grouped && kind == "type" && string(rule.Type) != value:
			continue
		}
		selected++
		s := c.states[i]
		if o.enabled != nil {
			s.on = *o.enabled
		}
		if !s.on && (o.enabled == nil || *o.enabled) {
			off++
			continue
		}
		if s.on {
			s = o.onto(s, c.states[i].on)
		}
		if s != c.states[i] {
			changed++
			s.line = o.key.Line
			c.states[i] = s
		}
	}
	if c.builtin {
		return
	}
	switch disables := o.enabled != nil && !*o.enabled; {
	case selected == 0:
		c.fail(o.key, path, "no built-in rule is selected by it", "byoc redact rules lists names, categories and types")
	case disables && (o.action != nil || o.keepLast != nil || o.minimum != nil || o.when != nil):
		c.fail(o.key, path, "a rule that is off has no action, minimum or condition", "leave them out, or enabled: false")
	case changed == 0 && off > 0:
		c.fail(o.key, path, "the rule is off in what this policy extends, so this has no effect", "add enabled: true")
	case changed == 0 && o.when != nil:
		c.fail(o.key, path, "changes nothing: outside of its condition a rule stays as it was", "to leave values alone somewhere, write action: keep and when: that place")
	case changed == 0:
		c.fail(o.key, path, "changes nothing: that is how it is already", "leave it out")
	}
	if o.keepLast != nil && (o.action == nil || *o.action != Mask) {
		c.fail(o.key, path+".keep_last", "goes with action: mask only", "add action: mask or leave keep_last out")
	}
}

// onto gives the state that an override makes of a rule's state; was tells whether the rule was on before.
func (o *override) onto(s state, was bool) state {
	if o.when == nil || !was {
		for layer := &s; ; layer = layer.otherwise {
			o.into(layer)
			if layer.otherwise == nil {
				return s
			}
			below := *layer.otherwise // states are shared by nothing that may change
			layer.otherwise = &below
		}
	}
	before := s
	o.into(&s)
	if unconditional := s; o.when != nil {
		unconditional.when, unconditional.whenText = before.when, before.whenText
		if unconditional == before {
			return before
		}
	}
	s.otherwise = &before
	return s
}

// into writes what the setting says.
func (s *setting) into(target *state) {
	if s.action != nil {
		target.action, target.keepLast = *s.action, 0
	}
	if s.keepLast != nil {
		target.keepLast = *s.keepLast
	}
	if s.minimum != nil {
		target.minimum = *s.minimum
	}
	if s.when != nil {
		target.when, target.whenText = s.when, s.whenText
	}
}

// build makes the policy.
func (c *compiler) build(written *spec) {
	p := &Policy{Name: written.name, key: written.key, byRule: make(map[*detect.Rule]*Rule)}
	if !c.builtin {
		p.files = []string{c.file}
	}
	c.policy = p
	for i, s := range c.states {
		if s.on {
			c.add(builtins()[i], s, false)
		}
	}
	on := func(rule *detect.Rule) bool { return p.byRule[rule] != nil }
	c.note("builtin rules %s", builtinVersion())
	p.finders = builtinFinders(on)
	for _, own := range written.customs {
		s := state{on: true, minimum: DefaultMinimum, line: own.key.Line}
		own.into(&s)
		if own.keepLast != nil && s.action != Mask {
			c.fail(own.key, under("rules."+own.rule.Name, "keep_last"), "goes with action: mask only", "add action: mask or leave keep_last out")
		}
		c.add(own.rule, s, true)
	}
	if len(p.rules) == 0 && !c.builtin {
		c.errs = append(c.errs, &Error{File: c.file, Line: 1, Problem: "no rule is on", Allowed: "extend default, strict or secrets-only, or write rules"})
	}
	c.ownFinders(written)
	c.ownNames(written)
	c.safeValues(written)
	p.Version = hex.EncodeToString(c.content.Sum(nil))[:12]
}

func (c *compiler) add(rule *detect.Rule, s state, custom bool) {
	p := c.policy
	r := c.layer(rule, s, custom)
	p.rules = append(p.rules, r)
	p.byRule[rule] = r
}

// layer makes the policy's rule of a state, and of what holds outside of its condition.
func (c *compiler) layer(rule *detect.Rule, s state, custom bool) *Rule {
	r := &Rule{Rule: rule, Index: len(c.policy.rules), Action: s.action, KeepLast: s.keepLast, Minimum: s.minimum, When: s.when, Custom: custom, SourceLine: s.line}
	c.policy.scoped = c.policy.scoped || s.when != nil
	c.note("rule %q %q %q %g %s %d %g %q", rule.Name, rule.Type, rule.Category, rule.Confidence, s.action, s.keepLast, s.minimum, s.whenText)
	if s.otherwise != nil {
		r.Otherwise = c.layer(rule, *s.otherwise, custom)
	}
	return r
}

// note adds a line to what the version is a hash of.
func (c *compiler) note(format string, values ...any) {
	_, _ = fmt.Fprintf(c.content, format+"\n", values...)
}

func (c *compiler) safeValues(written *spec) {
	if len(written.safe) == 0 {
		return
	}
	c.policy.safe = make(map[string]struct{}, len(written.safe))
	for _, value := range written.safe {
		c.policy.safe[value] = struct{}{}
	}
	sorted := slices.Sorted(slices.Values(written.safe))
	c.note("safe %q", sorted)
}

func (c *compiler) ownNames(written *spec) {
	own := make(map[string]detect.NameClass)
	for _, n := range written.names {
		c.plainName(n.name, n.node, n.path)
		means := detect.TableName([]byte(n.name))
		switch before, twice := own[n.name]; {
		case twice && (before&n.class == n.class || n.class == 0):
			c.fail(n.node, n.path, fmt.Sprintf("%q stands in names already", n.name), "keep one")
		case n.class == 0 && detect.ClassifyName([]byte(n.name)) == 0:
			c.fail(n.node, n.path, fmt.Sprintf("%q means nothing to the built-in rules anyway", n.name), "leave it out")
		case n.class != 0 && means&n.class == n.class:
			c.fail(n.node, n.path, fmt.Sprintf("%q means %s already", n.name, means.Words()), "leave it out")
		}
		own[n.name] |= n.class
	}
	if len(own) == 0 {
		return
	}
	for name, class := range own {
		if class != 0 { // further meanings come on top
			own[name] = class | detect.ClassifyName([]byte(name))
		}
	}
	c.policy.names = detect.NewNames(own)
	lines := make([]string, 0, len(own))
	for name, class := range own {
		lines = append(lines, fmt.Sprintf("%q %s", name, class))
	}
	slices.Sort(lines)
	c.note("names %s", strings.Join(lines, ", "))
}

// instructions is the size of a regex's program.
func instructions(text string) int {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return 0
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return 0
	}
	return len(program.Inst)
}
