package filter

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
)

// matcher is what a criterion demands of one value.
type matcher interface {
	match(value string) bool
	// mayMatch is false only when no string from minimum to maximum matches.
	mayMatch(minimum, maximum string) bool
}

// newMatcher compiles the values of a criterion on a text field.
func newMatcher(c *Criterion) (matcher, *valueError) {
	switch c.Op {
	case OpIs:
		if c.Field == FieldStatus {
			return newStatuses(c.Values), nil
		}
		return newEqual(c.Values), nil
	case OpContains:
		return containsAny(c.Values), nil
	case OpRegex:
		return newRegexes(c.Values)
	default:
		bound, ok := parseNumber(c.Values[0])
		if !ok {
			return nil, &valueError{0, quoteShort(c.Values[0]) + " is no number", "expected one such as 500 or 1.5"}
		}
		return order{op: c.Op, bound: bound}, nil
	}
}

// valueError is what is wrong with a value of a criterion, or with its sub (-1).
type valueError struct {
	value             int
	problem, expected string
}

// equalOne is the common case of equalAny.
type equalOne string

func (m equalOne) match(value string) bool               { return value == string(m) }
func (m equalOne) mayMatch(minimum, maximum string) bool { return within(string(m), minimum, maximum) }

// equalAny is a set: a list of UUIDs can be long.
type equalAny map[string]struct{}

func newEqual(values []string) matcher {
	if len(values) == 1 {
		return equalOne(values[0])
	}
	set := make(equalAny, len(values))
	for _, value := range values {
		set[value] = struct{}{}
	}
	return set
}

func (m equalAny) match(value string) bool {
	_, found := m[value]
	return found
}

func (m equalAny) mayMatch(minimum, maximum string) bool {
	for value := range m {
		if within(value, minimum, maximum) {
			return true
		}
	}
	return false
}

func within(value, minimum, maximum string) bool { return value >= minimum && value <= maximum }

// statuses is equality with classes: 5xx.
type statuses struct {
	exact   matcher
	classes string // first digits
}

func newStatuses(values []string) matcher {
	var exact []string
	var classes []byte
	for _, value := range values {
		if len(value) == 3 && value[0] >= '1' && value[0] <= '9' && strings.EqualFold(value[1:], "xx") {
			classes = append(classes, value[0])
		} else {
			exact = append(exact, value)
		}
	}
	if len(classes) == 0 {
		return newEqual(exact)
	}
	return statuses{exact: newEqual(exact), classes: string(classes)}
}

func (m statuses) match(value string) bool {
	if len(value) == 3 && isDigit(value[1]) && isDigit(value[2]) && strings.IndexByte(m.classes, value[0]) >= 0 {
		return true
	}
	return m.exact.match(value)
}

func (m statuses) mayMatch(minimum, maximum string) bool {
	for i := range len(m.classes) {
		if prefixMayMatch(m.classes[i:i+1], minimum, maximum) {
			return true
		}
	}
	return m.exact.mayMatch(minimum, maximum)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// prefixMayMatch says that a string from minimum to maximum can begin so.
func prefixMayMatch(prefix, minimum, maximum string) bool {
	return maximum >= prefix && (minimum <= prefix || strings.HasPrefix(minimum, prefix))
}

type containsAny []string

func (m containsAny) match(value string) bool {
	for _, part := range m {
		if strings.Contains(value, part) {
			return true
		}
	}
	return false
}

func (m containsAny) mayMatch(_, _ string) bool { return true }

// regexAny keeps beside each expression the literal every match begins with, ""
// when it is not anchored or does not begin with one.
type regexAny struct {
	expressions []*regexp.Regexp
	prefixes    []string
}

const expectedRegex = "expected an RE2 regular expression"

func newRegexes(values []string) (matcher, *valueError) {
	var m regexAny
	for i, value := range values {
		expression, err := regexp.Compile(value)
		if err != nil {
			return nil, &valueError{i, err.Error(), expectedRegex}
		}
		m.expressions = append(m.expressions, expression)
		m.prefixes = append(m.prefixes, anchoredPrefix(value))
	}
	return m, nil
}

func anchoredPrefix(expression string) string {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return ""
	}
	tree = tree.Simplify()
	if tree.Op != syntax.OpConcat || len(tree.Sub) < 2 || tree.Sub[0].Op != syntax.OpBeginText {
		return ""
	}
	literal := tree.Sub[1]
	if literal.Op != syntax.OpLiteral || literal.Flags&syntax.FoldCase != 0 {
		return ""
	}
	return string(literal.Rune)
}

func (m regexAny) match(value string) bool {
	for _, expression := range m.expressions {
		if expression.MatchString(value) {
			return true
		}
	}
	return false
}

func (m regexAny) mayMatch(minimum, maximum string) bool {
	for _, prefix := range m.prefixes {
		if prefixMayMatch(prefix, minimum, maximum) {
			return true
		}
	}
	return false
}

// order compares numbers; what is no number does not match.
type order struct {
	op    Op
	bound number
}

func (m order) match(value string) bool {
	n, ok := parseNumber(value)
	return ok && satisfies(n.compare(m.bound), m.op)
}

func (m order) mayMatch(_, _ string) bool { return true }

func satisfies(comparison int, op Op) bool {
	switch op {
	case OpGreater:
		return comparison > 0
	case OpGreaterEqual:
		return comparison >= 0
	case OpLess:
		return comparison < 0
	default:
		return comparison <= 0
	}
}

// number is an integer as long as it is one, so that large ids compare exactly.
type number struct {
	integer int64
	float   float64
	isFloat bool
}

func parseNumber(text string) (number, bool) {
	if text == "" || !isDigit(text[len(text)-1]) && text[len(text)-1] != '.' {
		return number{}, false // also keeps NaN and Inf out
	}
	if integer, err := strconv.ParseInt(text, 10, 64); err == nil {
		return number{integer: integer, float: float64(integer)}, true
	}
	float, err := strconv.ParseFloat(text, 64)
	return number{float: float, isFloat: true}, err == nil
}

func (n number) compare(other number) int {
	if n.isFloat || other.isFloat {
		return cmp.Compare(n.float, other.float)
	}
	return cmp.Compare(n.integer, other.integer)
}
