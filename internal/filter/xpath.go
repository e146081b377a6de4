package filter

import (
	"fmt"
	"strconv"
	"strings"
)

// xpath is the part of XPath 1.0 that criteria may use: /name, //name, *, a
// last @attribute or text(), and the predicates [n], [@a='v'] and [b='v'].
// Prefixes are ignored. A path without a leading slash begins at the root.
type xpath []xpathStep

type xpathStep struct {
	anywhere   bool   // after //
	kind       byte   // e element, @ attribute, t text()
	name       string // * is any
	conditions []xpathCondition
}

// xpathCondition is [n], counted from 1, or an equality.
type xpathCondition struct {
	position int
	attr     bool
	name     string
	value    string
}

func parseXPath(text string) (xpath, error) {
	var path xpath
	rest := text
	if rest != "" && rest[0] != '/' {
		rest = "/" + rest
	}
	for rest != "" {
		if len(path) >= MaxPathSteps {
			return nil, fmt.Errorf("path %s has more than %d steps", quoteShort(text), MaxPathSteps)
		}
		if len(path) > 0 && path[len(path)-1].kind != 'e' {
			return nil, fmt.Errorf("path %s: nothing can follow an attribute or text()", quoteShort(text))
		}
		step, length, err := nextXPathStep(rest)
		if err != nil {
			return nil, fmt.Errorf("path %s: %w", quoteShort(text), err)
		}
		path = append(path, step)
		rest = rest[length:]
	}
	if len(path) == 0 {
		return nil, fmt.Errorf("the path is empty")
	}
	return path, nil
}

// nextXPathStep reads / or //, a name and its predicates.
func nextXPathStep(text string) (step xpathStep, length int, err error) {
	if text[0] != '/' {
		return step, 0, fmt.Errorf("expected / before %s", quoteShort(text))
	}
	step.kind = 'e'
	i := 1
	if strings.HasPrefix(text[i:], "/") {
		step.anywhere = true
		i++
	}
	if strings.HasPrefix(text[i:], "@") {
		step.kind = '@'
		i++
	}
	end := i
	for end < len(text) && text[end] != '/' && text[end] != '[' {
		end++
	}
	step.name = text[i:end]
	if step.name == "text()" && step.kind == 'e' {
		step.kind = 't'
	} else if step.name, err = xmlName(step.name); err != nil {
		return step, 0, err
	}
	for end < len(text) && text[end] == '[' {
		if step.kind != 'e' {
			return step, 0, fmt.Errorf("only elements take predicates")
		}
		closing, ok := closingBracket(text, end)
		if !ok {
			return step, 0, fmt.Errorf("a [ is not closed")
		}
		condition, err := parseXPathCondition(text[end+1 : closing])
		if err != nil {
			return step, 0, err
		}
		step.conditions = append(step.conditions, condition)
		end = closing + 1
	}
	return step, end, nil
}

func parseXPathCondition(text string) (c xpathCondition, err error) {
	if position, err := strconv.ParseUint(text, 10, 31); err == nil && position > 0 {
		return xpathCondition{position: int(position)}, nil
	}
	name, quoted, found := strings.Cut(text, "=")
	quoted = strings.TrimSpace(quoted)
	if !found || len(quoted) < 2 || quoted[0] != '\'' && quoted[0] != '"' || quoted[len(quoted)-1] != quoted[0] {
		return c, fmt.Errorf("[%s] is not supported: write [1], [@id='7'] or [name='x']", text)
	}
	name, c.attr = strings.CutPrefix(strings.TrimSpace(name), "@")
	c.value = unescape(quoted[1 : len(quoted)-1])
	c.name, err = xmlName(name)
	return c, err
}

// xmlName checks a name and takes its prefix off.
func xmlName(name string) (string, error) {
	if name == "" || strings.ContainsAny(name, " \t\r\n\\'\"()[]=@<>&,;|$") {
		return "", fmt.Errorf("%q is no name", name)
	}
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if name == "" {
		return "", fmt.Errorf("a name is missing after the prefix")
	}
	return name, nil
}

// parseXMLPath reads the dotted form, a.b[0].@c, which begins anywhere and
// counts from 0 as in JSON.
func parseXMLPath(text string) (xpath, error) {
	var out strings.Builder
	out.WriteString("/")
	for _, part := range strings.Split(text, ".") {
		name, index, hasIndex := strings.Cut(part, "[")
		out.WriteString("/" + name)
		if hasIndex {
			n, err := strconv.ParseUint(strings.TrimSuffix(index, "]"), 10, 31)
			if err != nil || !strings.HasSuffix(index, "]") {
				return nil, fmt.Errorf("path %s: [%s is no element: write [0]", quoteShort(text), index)
			}
			fmt.Fprintf(&out, "[%d]", n+1)
		}
	}
	if strings.Contains(text, "/") {
		return nil, fmt.Errorf("path %s: names are joined by dots here; use req_xpath for slashes", quoteShort(text))
	}
	return parseXPath(out.String())
}

// find calls visit with each value that the path leads to from a node, until
// visit returns false.
func (p xpath) find(from *xmlNode, mark *int, visit func(value string) bool) {
	current := []*xmlNode{from}
	for _, step := range p {
		if step.anywhere {
			*mark++
			current = descendants(current, *mark)
		}
		*mark++
		var next []*xmlNode
		for _, node := range current {
			switch step.kind {
			case '@':
				for _, attr := range node.attrs {
					if (step.name == "*" || step.name == attr.Name.Local) && !isNamespace(attr) && !visit(attr.Value) {
						return
					}
				}
			case 't':
				if own := node.ownText(); own != "" && !visit(own) {
					return
				}
			default:
				next = step.appendChildren(next, node, *mark)
			}
		}
		if step.kind != 'e' {
			return
		}
		current = next
	}
	for _, node := range current {
		if !visit(node.value()) {
			return
		}
	}
}

// appendChildren appends the children the step goes to, each node once a step.
func (s *xpathStep) appendChildren(next []*xmlNode, node *xmlNode, mark int) []*xmlNode {
	counts := make([]int, len(s.conditions))
children:
	for _, child := range node.children {
		if child.name == "" || s.name != "*" && s.name != child.name {
			continue
		}
		for i, condition := range s.conditions {
			counts[i]++
			if !condition.holds(child, counts[i]) {
				continue children
			}
		}
		if child.visited != mark {
			child.visited = mark
			next = append(next, child)
		}
	}
	return next
}

// holds takes the position among those that the conditions before let through.
func (c *xpathCondition) holds(node *xmlNode, position int) bool {
	if c.position > 0 {
		return c.position == position
	}
	if c.attr {
		value, found := node.attr(c.name)
		return found && value == c.value
	}
	for _, child := range node.children {
		if child.name != "" && (c.name == "*" || child.name == c.name) && child.value() == c.value {
			return true
		}
	}
	return false
}

// descendants are the nodes and all below them, each once.
func descendants(nodes []*xmlNode, mark int) []*xmlNode {
	var all []*xmlNode
	var add func(n *xmlNode)
	add = func(n *xmlNode) {
		if n.visited == mark {
			return
		}
		n.visited = mark
		all = append(all, n)
		for _, child := range n.children {
			add(child)
		}
	}
	for _, n := range nodes {
		add(n)
	}
	return all
}
