package policy

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Defaults of a custom rule.
const (
	defaultConfidence = 0.9
	maxExamples       = 100 // of one rule, each way
)

// rules reads overrides and custom rules, in the order of the file.
func (r *reader) rules(s *spec, node *yaml.Node, path string) {
	members := r.mapping(node, path)
	if len(members) > maxRules {
		r.fail(node, path, fmt.Sprintf("has %d rules", len(members)), fmt.Sprintf("at most %d", maxRules))
		return
	}
	for _, m := range members {
		path := under(path, m.name)
		if isOverride(m) {
			r.override(s, m, path)
		} else {
			r.custom(s, m, path)
		}
	}
}

// isOverride tells a change of built-in rules from a rule of the user's own, which says how it finds.
func isOverride(m member) bool {
	if strings.Contains(m.name, ":") || builtinRule(m.name) != nil {
		return true
	}
	value := resolve(m.value)
	for i := 0; value.Kind == yaml.MappingNode && i < len(value.Content); i += 2 {
		if slices.Contains([]string{"find", "examples", "type", "category", "summary", "confidence"}, value.Content[i].Value) {
			return false
		}
	}
	return true
}

func (r *reader) override(s *spec, m member, path string) {
	o := override{selector: m.name, key: m.key, node: m.value}
	if problem, allowed := checkSelector(m.name); problem != "" {
		r.fail(m.key, path, problem, allowed)
	}
	any := false
	r.fields(m.value, path, settingKeys, func(m member, path string) {
		any = true
		r.set(&o.setting, m, path)
	})
	if !any && resolve(m.value).Kind == yaml.MappingNode {
		r.fail(m.key, path, "changes nothing", "give enabled, action, minimum or when, or leave the rule out")
	}
	s.overrides = append(s.overrides, o)
}

// checkSelector says what is wrong with the name of an override.
func checkSelector(selector string) (problem, allowed string) {
	kind, value, grouped := strings.Cut(selector, ":")
	switch {
	case !grouped:
		if builtinRule(selector) == nil {
			near := nearest(selector, builtinRuleNames())
			if near == "" {
				near = "byoc redact rules lists the built-in rules"
			}
			return "no built-in rule has this name", near + "; a rule of your own needs find:"
		}
	case kind == "category":
		if !slices.Contains(categories, value) {
			return fmt.Sprintf("%q is no category", value), suggestion(value, categories)
		}
		if value == string(detect.CategoryCustom) {
			return "no built-in rule has this category", "set actions of your own rules where they stand"
		}
	case kind == "type":
		if !slices.Contains(types, value) {
			return fmt.Sprintf("%q is no type", value), suggestion(value, types)
		}
	default:
		return fmt.Sprintf("%q cannot be selected by", kind), "a rule's name, category:… or type:…"
	}
	return "", ""
}

func (r *reader) custom(s *spec, m member, path string) {
	r.ruleName(m.key, path)
	c := &custom{key: m.key, rule: &detect.Rule{Name: m.name, Type: detect.Custom, Category: detect.CategoryCustom, Confidence: defaultConfidence}}
	var findNode, examples *yaml.Node
	typeGiven, confidenceGiven := false, false
	r.fields(m.value, path, customKeys, func(m member, path string) {
		switch m.name {
		case "category":
			text, _ := r.one(m.value, path, "category", categories)
			c.rule.Category = detect.Category(text)
		case "type":
			text, _ := r.one(m.value, path, "type", types)
			c.rule.Type, typeGiven = detect.Type(text), true
		case "summary":
			c.rule.Summary, _ = r.text(m.value, path)
		case "confidence":
			confidenceGiven = true
			if value, ok := r.number(m.value, path, 0, 1); ok {
				c.rule.Confidence = value
			}
		case "find":
			findNode = m.value
			r.find(&c.find, m.value, path)
		case "examples":
			examples = m.value
			r.examples(c, m.value, path)
		default:
			r.set(&c.setting, m, path)
		}
	})
	switch {
	case findNode == nil:
		r.fail(m.key, path, "finds nothing: it has no find", "give find: {regex: …}, {names: […]}, {dictionary: …} or {values: […]}")
	case c.find.names == nil && (examples == nil || len(c.rule.Matches) == 0):
		r.fail(m.key, under(path, "examples"), "the rule has no example that it must match", "give examples: {match: [\"…\"], miss: [\"…\"]}, they are run whenever the policy is loaded")
	}
	if c.find.names != nil && c.find.valueType == "" && !confidenceGiven {
		c.rule.Confidence = 1 // the whole value was asked for: no rule that finds a part of it may leave the rest
	}
	if c.find.valueType != "" {
		if typeGiven && c.rule.Type != c.find.valueType {
			r.fail(m.key, under(path, "type"), fmt.Sprintf("%s finds values of type %s", "find.type", c.find.valueType), "leave type out, or say the same")
		}
		c.rule.Type = c.find.valueType
	}
	if c.minimum != nil && *c.minimum > c.rule.Confidence {
		r.fail(m.key, under(path, "minimum"), fmt.Sprintf("%g is above the rule's confidence %g, so it can never act", *c.minimum, c.rule.Confidence), "lower it or raise confidence")
	} else if c.minimum == nil && c.rule.Confidence < DefaultMinimum {
		r.fail(m.key, under(path, "confidence"), fmt.Sprintf("%g is below the minimum of %g, so the rule can never act", c.rule.Confidence, DefaultMinimum), "raise it or set minimum")
	}
	if c.rule.Summary == "" {
		c.rule.Summary = c.find.summary()
	}
	s.customs = append(s.customs, c)
}

// summary says what is found where the file does not.
func (f *find) summary() string {
	switch {
	case f.regex != "":
		return "what matches " + f.regex
	case f.valueType != "":
		return fmt.Sprintf("values of type %s named %s", f.valueType, strings.Join(f.names, ", "))
	case f.names != nil:
		return "values named " + strings.Join(f.names, ", ")
	case f.dictionary != "":
		return "words of " + f.dictionary
	default:
		return fmt.Sprintf("%d words", len(f.values))
	}
}

func (r *reader) find(f *find, node *yaml.Node, path string) {
	f.node = node
	given := make(map[string]bool)
	r.fields(node, path, findKeys, func(m member, path string) {
		given[m.name] = true
		switch m.name {
		case "regex":
			f.regex, _ = r.text(m.value, path)
			r.regex(f.regex, m.value, path)
		case "names":
			f.names = r.plainNames(m.value, path)
		case "type":
			text, ok := r.one(m.value, path, "type", types)
			if f.valueType = detect.Type(text); ok && !hasFinder(f.valueType) {
				r.fail(m.value, path, fmt.Sprintf("nothing built in finds values of type %s", text), "find them by regex, names, dictionary or values")
			}
		case "dictionary":
			f.dictionary, _ = r.text(m.value, path)
		case "values":
			f.values = r.dictionaryValues(m.value, path)
		}
	})
	if given["type"] && !given["names"] && len(given) == 1 {
		r.fail(node, path, "type alone finds what the built-in rules find already", "add names: […] under which the type is to be believed, or override type:"+string(f.valueType))
		return
	}
	ways := 0
	for _, way := range []string{"regex", "names", "dictionary", "values"} {
		if given[way] {
			ways++
		}
	}
	if ways != 1 && resolve(node).Kind == yaml.MappingNode {
		r.fail(node, path, fmt.Sprintf("has %d ways to find", ways), "exactly one of regex, names, dictionary, values; for several write several rules")
	}
	if given["type"] && !given["names"] {
		r.fail(node, path, "type goes with names only", "what a regex or dictionary finds is said by the rule's own type")
	}
}

// plainNames reads names of members, headers and so on; each has letters or digits and is not too long.
func (r *reader) plainNames(node *yaml.Node, path string) []string {
	texts, nodes := r.texts(node, path)
	if len(texts) > maxNames {
		r.fail(node, path, fmt.Sprintf("has %d names", len(texts)), fmt.Sprintf("at most %d", maxNames))
		return nil
	}
	for i, text := range texts {
		r.plainName(text, nodes[i], path)
	}
	return texts
}

func (r *reader) plainName(text string, node *yaml.Node, path string) {
	if detect.NameHash([]byte(text)) == 0 {
		r.fail(node, path, fmt.Sprintf("%q has neither letters nor digits", text), "names are compared without separators and case")
	}
	if len(text) > detect.MaxNameLetters {
		r.fail(node, path, fmt.Sprintf("a name of %d bytes", len(text)), fmt.Sprintf("at most %d", detect.MaxNameLetters))
	}
}

func (r *reader) examples(c *custom, node *yaml.Node, path string) {
	r.fields(node, path, exampleKeys, func(m member, path string) {
		elements := r.list(m.value, path)
		if len(elements) > maxExamples {
			r.fail(m.value, path, fmt.Sprintf("has %d examples", len(elements)), fmt.Sprintf("at most %d", maxExamples))
			return
		}
		for _, element := range elements {
			example := r.example(element, path)
			if m.name == "match" {
				c.rule.Matches, c.matchNodes = append(c.rule.Matches, example), append(c.matchNodes, element)
			} else {
				if example.Want != "" {
					r.fail(element, path, "want makes no sense where nothing is to be found", "leave it out")
				}
				c.rule.Misses, c.missNodes = append(c.rule.Misses, example), append(c.missNodes, element)
			}
		}
	})
}

// example reads a text, or a text with the name it stands under.
func (r *reader) example(node *yaml.Node, path string) detect.Example {
	if resolve(node).Kind == yaml.ScalarNode {
		text, _ := r.text(node, path)
		return detect.Example{Text: text}
	}
	var example detect.Example
	r.fields(node, path, textKeys, func(m member, path string) {
		text, _ := r.text(m.value, path)
		switch m.name {
		case "name":
			example.Name = text
		case "text":
			example.Text = text
		case "want":
			example.Want = text
		}
	})
	if example.Text == "" {
		r.fail(node, path, "has no text", "write \"text\" or {name: …, text: …}")
	}
	return example
}
