package filter

import (
	"fmt"
	"strings"
)

// textParser reads the text form by recursive descent, straight from the bytes:
// how a quoted value is read depends on the operator before it.
type textParser struct {
	builder
	at int
}

func (p *textParser) parse() (Expr, error) {
	if p.space(); p.at == len(p.text) {
		return nil, p.fail(0, "the filter is empty", "expected a criterion such as: service IS checkout")
	}
	expr, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.at < len(p.text) { // or stops at the end or at a parenthesis
		return nil, p.fail(p.at, "this ) closes nothing", "expected AND, OR or the end")
	}
	return expr, nil
}

func (p *textParser) or(depth int) (Expr, error) {
	var terms []Expr
	for {
		term, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		terms = append(terms, term)
		if !p.keyword("OR") {
			return joinOr(terms), nil
		}
	}
}

func (p *textParser) and(depth int) (Expr, error) {
	var terms []Expr
	for {
		term, err := p.factor(depth)
		if err != nil {
			return nil, err
		}
		terms = append(terms, term)
		if err := p.endOfFactor(); err != nil {
			return nil, err
		}
		if !p.keyword("AND") {
			return joinAnd(terms), nil
		}
	}
}

func (p *textParser) factor(depth int) (Expr, error) {
	p.space()
	if p.peek() != '(' {
		return p.criterion()
	}
	if depth >= MaxDepth {
		return nil, p.fail(p.at, fmt.Sprintf("parentheses are nested deeper than %d", MaxDepth), "take some away")
	}
	open := p.at
	p.at++
	expr, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.peek() != ')' {
		return nil, p.fail(open, "this ( is not closed", "expected ) after its criteria")
	}
	p.at++
	return expr, nil
}

// endOfFactor checks what follows a criterion or a closing parenthesis.
func (p *textParser) endOfFactor() error {
	p.space()
	word := p.word(p.at)
	switch {
	case p.at == len(p.text), p.peek() == ')', strings.EqualFold(word, "AND"), strings.EqualFold(word, "OR"):
		return nil
	case p.peek() == '(':
		return p.fail(p.at, "unexpected (", "expected AND or OR before it; a value with parentheses must be quoted")
	default:
		return p.fail(p.at, fmt.Sprintf("unexpected %s", quoteShort(p.token())), "expected AND, OR or )")
	}
}

func (p *textParser) criterion() (Expr, error) {
	d, err := p.key()
	if err != nil {
		return nil, err
	}
	if err := p.operator(&d); err != nil {
		return nil, err
	}
	if d.op == OpExists {
		return p.build(d)
	}
	if err := p.values(&d); err != nil {
		return nil, err
	}
	return p.build(d)
}

// key reads key and [sub].
func (p *textParser) key() (draft, error) {
	d := draft{offset: p.at}
	for p.at < len(p.text) && isKeyByte(p.text[p.at]) {
		p.at++
	}
	name := p.text[d.offset:p.at]
	switch upper := strings.ToUpper(name); {
	case name == "" && p.at == len(p.text):
		return d, p.fail(p.at, "the filter ends too early", "expected a criterion such as: service IS checkout")
	case name == "" && p.peek() == ')':
		return d, p.fail(p.at, "unexpected )", "expected a criterion before it")
	case name == "":
		return d, p.fail(p.at, fmt.Sprintf("unexpected %s", quoteShort(p.token())), "expected a key or (")
	case upper == "AND" || upper == "OR":
		return d, p.fail(d.offset, "unexpected "+upper, "expected a criterion before it")
	case upper == "NOT":
		return d, p.fail(d.offset, "unexpected NOT", "NOT stands after a key: service NOT checkout")
	}
	if err := p.resolve(&d, name); err != nil {
		return d, err
	}
	if p.peek() != '[' {
		return d, nil
	}
	d.subOffset = p.at + 1
	end, ok := closingBracket(p.text, p.at)
	if !ok {
		return d, p.fail(p.at, "this [ is not closed", "expected ]")
	}
	d.sub, d.hasSub = strings.TrimSpace(p.text[p.at+1:end]), true
	if d.field == FieldHeader || d.field == FieldTag {
		d.sub = unescape(d.sub)
	}
	p.at = end + 1
	return d, nil
}

// operator reads the operator, NOT included.
func (p *textParser) operator(d *draft) error {
	p.space()
	d.opOffset = p.at
	if c := p.peek(); c == '>' || c == '<' {
		d.op = OpGreater
		if c == '<' {
			d.op = OpLess
		}
		p.at++
		if p.peek() == '=' {
			d.op++ // each order is followed by its inclusive one
			p.at++
		}
		return nil
	}
	word := p.word(p.at)
	op, found := operatorOf(word)
	switch {
	case found:
		p.at += len(word)
		d.op = op
		return nil
	case strings.EqualFold(word, "NOT"):
		p.at += len(word)
		d.negate = true
		p.afterNot(d)
		return nil
	}
	expected := "expected IS, NOT, CONTAINS, NOT CONTAINS, REGEX, IN, EXISTS, >, >=, < or <="
	switch {
	case strings.HasPrefix(word, "!="):
		expected += "; did you mean NOT?"
	case strings.HasPrefix(word, "="):
		expected += "; did you mean IS?"
	default:
		if near := nearest(word, []string{"IS", "NOT", "CONTAINS", "REGEX", "IN", "EXISTS"}); near != "" {
			expected += fmt.Sprintf("; did you mean %s?", near)
		}
	}
	problem := fmt.Sprintf("unexpected %s after %s", quoteShort(p.token()), d.key)
	if p.at == len(p.text) {
		problem = fmt.Sprintf("the filter ends after %s", d.key)
	}
	return p.fail(p.at, problem, expected)
}

// afterNot reads the operator that NOT turns round. NOT IN with nothing behind
// it keeps its old meaning, not equal to "IN" (the direction).
func (p *textParser) afterNot(d *draft) {
	before := p.at
	p.space()
	word := p.word(p.at)
	op, found := operatorOf(word)
	if !found || strings.EqualFold(word, "IS") {
		p.at = before
		return
	}
	p.at += len(word)
	if strings.EqualFold(word, "IN") {
		mark := p.at
		if p.space(); p.endOfValues() {
			p.at = before
			return
		}
		p.at = mark
	}
	d.op = op
}

func operatorOf(word string) (Op, bool) {
	switch strings.ToUpper(word) {
	case "IS", "IN":
		return OpIs, true
	case "CONTAINS":
		return OpContains, true
	case "REGEX":
		return OpRegex, true
	case "EXISTS":
		return OpExists, true
	default:
		return OpIs, false
	}
}

func isKeyByte(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// closingBracket finds the ] that closes the [ at open, over balanced brackets
// and characters after a backslash.
func closingBracket(text string, open int) (int, bool) {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i, true
			}
		}
	}
	return 0, false
}
