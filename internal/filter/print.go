package filter

import "strings"

// String is the query in the text form, times absolute. It parses to the same
// tree, and a query of two levels prints in the old form of the language: groups
// in parentheses, joined by AND or OR.
func (q *Query) String() string {
	if q == nil {
		return ""
	}
	var out strings.Builder
	switch expr := q.expr.(type) {
	case And:
		printTop(&out, expr, " AND ")
	case Or:
		printTop(&out, expr, " OR ")
	default:
		printGroup(&out, expr)
	}
	return out.String()
}

// printTop writes one group when all terms are criteria, else one for each term.
func printTop(out *strings.Builder, terms []Expr, operator string) {
	nested := false
	for _, term := range terms {
		if _, isCriterion := term.(*Criterion); !isCriterion {
			nested = true
		}
	}
	if !nested {
		out.WriteByte('(')
		printTerms(out, terms, operator)
		out.WriteByte(')')
		return
	}
	for i, term := range terms {
		if i > 0 {
			out.WriteString(operator)
		}
		printGroup(out, term)
	}
}

func printGroup(out *strings.Builder, expr Expr) {
	out.WriteByte('(')
	switch expr := expr.(type) {
	case And:
		printTerms(out, expr, " AND ")
	case Or:
		printTerms(out, expr, " OR ")
	case *Criterion:
		out.WriteString(expr.String())
	}
	out.WriteByte(')')
}

func printTerms(out *strings.Builder, terms []Expr, operator string) {
	for i, term := range terms {
		if i > 0 {
			out.WriteString(operator)
		}
		if c, isCriterion := term.(*Criterion); isCriterion {
			out.WriteString(c.String())
		} else {
			printGroup(out, term)
		}
	}
}

// String is the criterion in the text form.
func (c *Criterion) String() string {
	var out strings.Builder
	out.WriteString(c.Field.String())
	if c.Sub != "" {
		out.WriteByte('[')
		if c.Field == FieldHeader || c.Field == FieldTag {
			out.WriteString(escape(c.Sub, `\[]`))
		} else {
			out.WriteString(c.Sub)
		}
		out.WriteByte(']')
	}
	switch {
	case c.Negate && c.Op == OpIs:
		out.WriteString(" NOT")
	case c.Negate && c.Op < OpGreater, c.Negate && c.Op == OpExists:
		out.WriteString(" NOT " + c.Op.String())
	default:
		out.WriteString(" " + c.Op.String())
	}
	for _, value := range c.Values {
		out.WriteString(` "`)
		if c.Op == OpRegex {
			printRegex(&out, value)
		} else {
			out.WriteString(escape(value, `\"`))
		}
		out.WriteByte('"')
	}
	return out.String()
}

func escape(text, special string) string {
	if !strings.ContainsAny(text, special) {
		return text
	}
	var out strings.Builder
	for i := range len(text) {
		if strings.IndexByte(special, text[i]) >= 0 {
			out.WriteByte('\\')
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// printRegex escapes the quotes only; backslashes go in pairs with what follows.
func printRegex(out *strings.Builder, text string) {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			out.WriteByte('\\')
		case text[i] == '\\' && i+1 < len(text):
			out.WriteByte(text[i])
			i++
		}
		out.WriteByte(text[i])
	}
}
