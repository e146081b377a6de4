package policy

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// spec is a policy file as written, checked key by key.
type spec struct {
	name      string
	extends   string
	safe      []string
	overrides []override
	customs   []*custom
	names     []ownName
	key       Key
}

// setting is what override and custom have in common; nil where the file says nothing.
type setting struct {
	enabled  *bool
	action   *Action
	keepLast *int
	minimum  *float64
	when     *filter.Query
	whenText string
}

// override changes built-in rules: one by name, or all of a category or type.
type override struct {
	setting
	selector  string // name, "category:x" or "type:x"
	key, node *yaml.Node
}

// custom is a rule of the user's own.
type custom struct {
	setting
	rule *detect.Rule
	key  *yaml.Node
	find find

	matchNodes, missNodes []*yaml.Node // where the rule's examples stand
}

// find says how a custom rule finds; exactly one of the four ways is set.
type find struct {
	node       *yaml.Node
	regex      string
	names      []string
	valueType  detect.Type // with names: the built-in finder of this type
	dictionary string      // path as written
	values     []string
}

// ownName gives a further name a built-in meaning.
type ownName struct {
	class detect.NameClass
	name  string
	node  *yaml.Node
	path  string
}

var (
	rootKeys    = []string{"version", "name", "extends", "safe_values", "rules", "names", "key"}
	settingKeys = []string{"enabled", "action", "keep_last", "minimum", "when"}
	customKeys  = []string{"category", "summary", "find", "type", "confidence", "minimum", "action", "keep_last", "when", "examples"}
	findKeys    = []string{"regex", "names", "type", "dictionary", "values"}
	exampleKeys = []string{"match", "miss"}
	textKeys    = []string{"name", "text", "want"}
)

// maxKeepLast bounds keep_last: more would leave the value itself.
const maxKeepLast = 16

// maxSafeValues bounds safe_values: it is a list of exceptions, not a data base.
const maxSafeValues = 10_000

// read reads the whole file.
func (r *reader) read(root *yaml.Node) *spec {
	s := &spec{extends: "default"}
	version := false
	r.fields(root, "", rootKeys, func(m member, path string) {
		switch m.name {
		case "version":
			version = true
			if n, ok := r.number(m.value, path, 1, 1); ok && n != 1 {
				r.fail(m.value, path, "is not known", "write version: 1")
			}
		case "name":
			s.name = r.ruleName(m.value, path)
			if slices.Contains(builtinPolicies, s.name) && !r.builtin {
				r.fail(m.value, path, fmt.Sprintf("%q is the name of a built-in policy", s.name), "choose another, it is written beside what was redacted")
			}
		case "extends":
			s.extends, _ = r.one(m.value, path, "policy that can be extended", append(slices.Clone(builtinPolicies), "none"))
		case "safe_values":
			s.safe = r.safeValues(m.value, path)
		case "rules":
			r.rules(s, m.value, path)
		case "names":
			r.names(s, m.value, path)
		case "key":
			s.key = r.key(m.value, path)
		}
	})
	if !version && root.Kind == yaml.MappingNode {
		r.fail(root, "version", "is missing", "write version: 1")
	}
	return s
}

func (r *reader) safeValues(node *yaml.Node, path string) []string {
	texts, nodes := r.texts(node, path)
	if len(texts) > maxSafeValues {
		r.fail(node, path, fmt.Sprintf("has %d values", len(texts)), fmt.Sprintf("at most %d", maxSafeValues))
		return nil
	}
	seen := make(map[string]int, len(texts))
	for i, text := range texts {
		if line, twice := seen[text]; twice {
			r.fail(nodes[i], path, fmt.Sprintf("%q occurs twice, first in line %d", text, line), "keep one")
		}
		seen[text] = nodes[i].Line
	}
	return texts
}

var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// ruleName reads the name of a rule or policy: names stand in metrics and attributes.
func (r *reader) ruleName(node *yaml.Node, path string) string {
	text, ok := r.text(node, path)
	if ok && !validName.MatchString(text) {
		r.fail(node, path, fmt.Sprintf("%q is no name", text), "lower-case letters, digits, - and _, at most 64")
	}
	return text
}

// set reads a key that override and custom share.
func (r *reader) set(s *setting, m member, path string) {
	switch m.name {
	case "enabled":
		if value, ok := r.boolean(m.value, path); ok {
			s.enabled = &value
		}
	case "action":
		if text, ok := r.one(m.value, path, "action", actionNames); ok {
			action := Action(slices.Index(actionNames, text))
			s.action = &action
		}
	case "keep_last":
		if value, ok := r.number(m.value, path, 0, maxKeepLast); ok {
			if n := int(value); float64(n) == value {
				s.keepLast = &n
			} else {
				r.fail(m.value, path, "is no whole number", "from 0 to 16")
			}
		}
	case "minimum":
		if value, ok := r.number(m.value, path, 0, 1); ok {
			s.minimum = &value
		}
	case "when":
		r.when(s, m.value, path)
	}
}

func (r *reader) when(s *setting, node *yaml.Node, path string) {
	text, ok := r.text(node, path)
	if !ok {
		return
	}
	query, err := filter.Parse(text, filter.Options{})
	if err != nil {
		var fault *filter.SyntaxError
		if errors.As(err, &fault) {
			r.fail(node, path, fmt.Sprintf("%s at byte %d of %q", fault.Problem, fault.Offset, text), fault.Expected)
		} else {
			r.fail(node, path, err.Error(), "")
		}
		return
	}
	if never(query) {
		r.fail(node, path, "no record can match "+query.String(), "a rule with this condition would never act")
		return
	}
	s.when, s.whenText = query, text
}

func (r *reader) names(s *spec, node *yaml.Node, path string) {
	r.fields(node, path, nameMeanings, func(m member, path string) {
		class, _ := detect.ParseNameClass(m.name)
		texts, nodes := r.texts(m.value, path)
		for i, text := range texts {
			s.names = append(s.names, ownName{class: class, name: text, node: nodes[i], path: path})
		}
	})
}
