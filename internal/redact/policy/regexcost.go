package policy

import (
	"errors"
	"fmt"
	"regexp/syntax"

	"gopkg.in/yaml.v3"
)

// Bounds of the user's own rules. Regexes run in linear time whatever they are; the bounds keep the factor small, because
// what costs too much is not passed on unscanned but refused.
const (
	maxRules             = 1_000
	maxNames             = 10_000 // of one rule
	maxRegexBytes        = 4_096
	maxRegexInstructions = 2_000  // of one compiled program: about one counted repetition of 1000, or a list of 200 words
	maxAllInstructions   = 50_000 // of a policy's programs together
	maxRepetition        = 1_000  // what RE2 allows
)

// maxRegexWork bounds what the regexes of a policy may cost in one text: bytes times instructions, of which each takes 30 ns
// at worst, so that all take some four seconds. A regex of 20 instructions is run in texts of up to 6 MiB. Where more would
// be needed the record is refused.
const maxRegexWork = 1 << 27

// regex checks what a regex costs and finds.
func (r *reader) regex(text string, node *yaml.Node, path string) {
	problem, allowed := checkRegex(text)
	if problem != "" {
		r.fail(node, path, problem, allowed)
	}
}

func checkRegex(text string) (problem, allowed string) {
	if text == "" {
		return "", "" // told already
	}
	if len(text) > maxRegexBytes {
		return fmt.Sprintf("a regex of %d bytes", len(text)), fmt.Sprintf("at most %d; for many words use a dictionary", maxRegexBytes)
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		var fault *syntax.Error
		if errors.As(err, &fault) {
			switch fault.Code {
			case syntax.ErrInvalidRepeatSize, syntax.ErrLarge:
				return fmt.Sprintf("repeats too often in %q", fault.Expr), fmt.Sprintf("a counted repetition, nested ones multiplied, goes to %d; use * or +", maxRepetition)
			case syntax.ErrInvalidPerlOp:
				return fmt.Sprintf("%q is not RE2", fault.Expr), "RE2 has no look-around and no back references, which is why its time is linear; put what is to be replaced into the one group ( )"
			}
			return fmt.Sprintf("%s in %q", fault.Code, fault.Expr), "RE2 syntax as in Go's regexp package"
		}
		return err.Error(), ""
	}
	if n := tree.MaxCap(); n > 1 {
		return fmt.Sprintf("has %d groups", n), "at most one ( ), which is the value; write (?: ) for the others"
	}
	if shape := shapeOf(tree.Simplify()); shape.minimum == 0 {
		return "matches the empty text", "a match must have at least one character"
	}
	if openBothEnds(tree) {
		return "begins and ends with .*, so it takes whatever stands around the value", "leave .* out at both ends, a match may stand anywhere"
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return err.Error(), ""
	}
	if n := len(program.Inst); n > maxRegexInstructions {
		return fmt.Sprintf("compiles to %d instructions", n), fmt.Sprintf("at most %d; shorten counted repetitions, and use a dictionary for lists of words", maxRegexInstructions)
	}
	return "", ""
}

// openBothEnds says whether a regex begins and ends with .* outside of its group.
func openBothEnds(tree *syntax.Regexp) bool {
	if tree.Op != syntax.OpConcat || len(tree.Sub) < 2 {
		return false
	}
	return anything(tree.Sub[0]) && anything(tree.Sub[len(tree.Sub)-1])
}

func anything(tree *syntax.Regexp) bool {
	return (tree.Op == syntax.OpStar || tree.Op == syntax.OpPlus) && (tree.Sub[0].Op == syntax.OpAnyChar || tree.Sub[0].Op == syntax.OpAnyCharNotNL)
}

// regexShape is what every match of a regex must have, for leaving texts alone that cannot match.
type regexShape struct {
	minimum int // bytes
	digits  int // ASCII digits
}

// shapeOf walks a simplified tree, which has no counted repetitions.
func shapeOf(tree *syntax.Regexp) regexShape {
	switch tree.Op {
	case syntax.OpLiteral:
		s := regexShape{minimum: len(tree.Rune)}
		for _, c := range tree.Rune {
			if c >= '0' && c <= '9' {
				s.digits++
			}
		}
		return s
	case syntax.OpCharClass:
		s := regexShape{minimum: 1}
		if n := len(tree.Rune); n > 0 && tree.Rune[0] >= '0' && tree.Rune[n-1] <= '9' {
			s.digits = 1
		}
		return s
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return regexShape{minimum: 1}
	case syntax.OpCapture, syntax.OpPlus:
		return shapeOf(tree.Sub[0])
	case syntax.OpConcat:
		var s regexShape
		for _, sub := range tree.Sub {
			part := shapeOf(sub)
			s.minimum += part.minimum
			s.digits += part.digits
		}
		return s
	case syntax.OpAlternate:
		s := shapeOf(tree.Sub[0])
		for _, sub := range tree.Sub[1:] {
			part := shapeOf(sub)
			s.minimum, s.digits = min(s.minimum, part.minimum), min(s.digits, part.digits)
		}
		return s
	case syntax.OpRepeat:
		part := shapeOf(tree.Sub[0])
		return regexShape{part.minimum * max(tree.Min, 0), part.digits * max(tree.Min, 0)}
	default: // empty matches, assertions, *, ?
		return regexShape{}
	}
}
