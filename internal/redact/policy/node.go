package policy

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxErrors is how many errors are told at once: a file that is no policy at all is told soon enough.
const maxErrors = 50

// reader takes YAML nodes apart and collects what is wrong with them.
type reader struct {
	file    string
	errs    []error
	builtin bool // a policy of ours, which may have a built-in name
}

// member is one key of a mapping.
type member struct {
	name       string
	key, value *yaml.Node
}

// document is the root of text, nil when there is none (which is told).
func (r *reader) document(text []byte) *yaml.Node {
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	var root, second yaml.Node
	if err := decoder.Decode(&root); err != nil {
		r.syntax(err)
		return nil
	}
	if root.Kind != yaml.DocumentNode || len(root.Content) != 1 {
		r.errs = append(r.errs, &Error{File: r.file, Line: 1, Problem: "the file is empty", Allowed: "begin with version: 1"})
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		r.fail(&second, "", "a second YAML document", "a policy is one document")
	}
	return root.Content[0]
}

var yamlLine = regexp.MustCompile(`^yaml: (?:unmarshal errors:\s*)?(?:line (\d+): )?`)

func (r *reader) syntax(err error) {
	message := err.Error()
	line := 1
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		if n, fault := strconv.Atoi(m[1]); fault == nil && n > 0 {
			line = n
		}
		message = message[len(m[0]):]
	}
	if message == "EOF" {
		message = "the file is empty"
	}
	r.errs = append(r.errs, &Error{File: r.file, Line: line, Problem: message, Allowed: "a policy is a YAML mapping that begins with version: 1"})
}

func (r *reader) fail(node *yaml.Node, key, problem, allowed string) {
	if len(r.errs) >= maxErrors {
		return
	}
	line, column := 1, 1
	if node != nil && node.Line > 0 {
		line, column = node.Line, node.Column
	}
	r.errs = append(r.errs, &Error{File: r.file, Line: line, Column: column, Key: key, Problem: problem, Allowed: allowed})
}

func (r *reader) err() error { return errors.Join(r.errs...) }

func under(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// resolve follows an alias.
func resolve(node *yaml.Node) *yaml.Node {
	for hops := 0; node != nil && node.Kind == yaml.AliasNode && hops < 8; hops++ {
		node = node.Alias
	}
	return node
}

// mapping lists the members of node, which must be a mapping with texts for keys, each once.
func (r *reader) mapping(node *yaml.Node, path string) []member {
	node = resolve(node)
	if node.Kind != yaml.MappingNode {
		r.fail(node, path, "is "+kindOf(node), "a mapping is needed (key: value)")
		return nil
	}
	members := make([]member, 0, len(node.Content)/2)
	seen := make(map[string]int, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			r.fail(key, path, "a key is "+kindOf(key), "keys are texts")
			continue
		}
		if line, twice := seen[key.Value]; twice {
			r.fail(key, under(path, key.Value), fmt.Sprintf("occurs twice, first in line %d", line), "keep one")
			continue
		}
		seen[key.Value] = key.Line
		members = append(members, member{key.Value, key, value})
	}
	return members
}

// fields calls visit for the members of node whose keys are allowed, and tells the others.
func (r *reader) fields(node *yaml.Node, path string, allowed []string, visit func(m member, path string)) {
	for _, m := range r.mapping(node, path) {
		if !slices.Contains(allowed, m.name) {
			r.fail(m.key, under(path, m.name), "unknown key", suggestion(m.name, allowed))
			continue
		}
		visit(m, under(path, m.name))
	}
}

// list gives the elements of a sequence.
func (r *reader) list(node *yaml.Node, path string) []*yaml.Node {
	node = resolve(node)
	if node.Kind != yaml.SequenceNode {
		r.fail(node, path, "is "+kindOf(node), "a list is needed: [a, b]")
		return nil
	}
	return node.Content
}

// text reads a scalar as it is written; null and empty texts are errors.
func (r *reader) text(node *yaml.Node, path string) (string, bool) {
	node = resolve(node)
	if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		r.fail(node, path, "is "+kindOf(node), "a text is needed")
		return "", false
	}
	if node.Value == "" {
		r.fail(node, path, "is empty", "a text is needed")
		return "", false
	}
	return node.Value, true
}

// texts reads a list of texts, and a single text as a list of one.
func (r *reader) texts(node *yaml.Node, path string) (texts []string, nodes []*yaml.Node) {
	if resolved := resolve(node); resolved.Kind == yaml.ScalarNode && resolved.Tag != "!!null" {
		if text, ok := r.text(node, path); ok {
			return []string{text}, []*yaml.Node{node}
		}
		return nil, nil
	}
	elements := r.list(node, path)
	if len(elements) == 0 {
		if resolved := resolve(node); resolved.Kind == yaml.SequenceNode {
			r.fail(node, path, "is empty", "list at least one")
		}
		return nil, nil
	}
	for _, element := range elements {
		if text, ok := r.text(element, path); ok {
			texts, nodes = append(texts, text), append(nodes, element)
		}
	}
	return texts, nodes
}

// one reads a text that must be one of allowed.
func (r *reader) one(node *yaml.Node, path, what string, allowed []string) (string, bool) {
	text, ok := r.text(node, path)
	if ok && !slices.Contains(allowed, text) {
		near := suggestion(text, allowed)
		r.fail(node, path, fmt.Sprintf("%q is no %s", text, what), near)
		return "", false
	}
	return text, ok
}

func (r *reader) boolean(node *yaml.Node, path string) (value, ok bool) {
	resolved := resolve(node)
	if resolved.Kind == yaml.ScalarNode && resolved.Tag == "!!bool" && resolved.Decode(&value) == nil {
		return value, true
	}
	r.fail(node, path, fmt.Sprintf("is %s", kindOf(resolved)), "true or false")
	return false, false
}

// number reads a number from minimum to maximum.
func (r *reader) number(node *yaml.Node, path string, minimum, maximum float64) (float64, bool) {
	resolved := resolve(node)
	var value float64
	if resolved.Kind != yaml.ScalarNode || (resolved.Tag != "!!int" && resolved.Tag != "!!float") || resolved.Decode(&value) != nil {
		r.fail(node, path, "is "+kindOf(resolved), fmt.Sprintf("a number from %g to %g", minimum, maximum))
		return 0, false
	}
	if math.IsNaN(value) || value < minimum || value > maximum {
		r.fail(node, path, fmt.Sprintf("%s is out of range", resolved.Value), fmt.Sprintf("from %g to %g", minimum, maximum))
		return 0, false
	}
	return value, true
}

// kindOf says for people what a node is.
func kindOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		if node.Tag == "!!null" {
			return "empty"
		}
		const shown = 60
		if len(node.Value) > shown {
			return fmt.Sprintf("%q…", node.Value[:shown])
		}
		return strconv.Quote(node.Value)
	default:
		return "an alias without end"
	}
}
