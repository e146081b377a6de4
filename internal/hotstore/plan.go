package hotstore

import (
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// Split is a query taken apart for one store.
type Split struct {
	// Pushed is what the store evaluates: every match of the query matches it. nil: everything.
	Pushed filter.Expr
	// Leftover is what must hold besides, evaluated on what the store returns. nil: nothing, Pushed is the query.
	Leftover filter.Expr
}

// Plan splits a query by what the store can do. A term of the topmost AND that the store can do wholly is pushed down;
// of another one, what follows from it is pushed down as well where there is something, and the term is left over. The
// query is always the same as Pushed AND Leftover.
func Plan(query *filter.Query, capabilities Capabilities) Split {
	expr := query.Expr()
	if expr == nil {
		return Split{}
	}
	terms := []filter.Expr{expr}
	if and, isAnd := expr.(filter.And); isAnd {
		terms = and
	}
	var pushed, leftover []filter.Expr
	for _, term := range terms {
		weaker, exact := weaken(term, capabilities.PushDown)
		if weaker != nil {
			pushed = append(pushed, weaker)
		}
		if !exact {
			leftover = append(leftover, term)
		}
	}
	return Split{Pushed: join(pushed), Leftover: join(leftover)}
}

func join(terms []filter.Expr) filter.Expr {
	switch len(terms) {
	case 0:
		return nil
	case 1:
		return terms[0]
	default:
		var flat filter.And
		for _, term := range terms {
			if and, isAnd := term.(filter.And); isAnd {
				flat = append(flat, and...)
			} else {
				flat = append(flat, term)
			}
		}
		return flat
	}
}

// weaken gives what follows from an expression and can be pushed down, nil for nothing; exact says that it is the same.
func weaken(expr filter.Expr, can func(filter.FieldRef, string) bool) (weaker filter.Expr, exact bool) {
	switch expr := expr.(type) {
	case *filter.Criterion:
		if can != nil && can(Ref(expr), expr.Op.String()) {
			return expr, true
		}
		return nil, false
	case filter.And:
		var kept []filter.Expr
		exact = true
		for _, term := range expr {
			weaker, isExact := weaken(term, can)
			if weaker != nil {
				kept = append(kept, weaker)
			}
			exact = exact && isExact
		}
		return join(kept), exact
	case filter.Or:
		kept := make(filter.Or, 0, len(expr))
		exact = true
		for _, term := range expr {
			weaker, isExact := weaken(term, can)
			if weaker == nil {
				return nil, false
			}
			if or, isOr := weaker.(filter.Or); isOr {
				kept = append(kept, or...)
			} else {
				kept = append(kept, weaker)
			}
			exact = exact && isExact
		}
		return kept, exact
	default:
		return nil, false
	}
}

// Ref is the field of a criterion as sources are asked for it.
func Ref(c *filter.Criterion) filter.FieldRef {
	ref := filter.FieldRef{Field: c.Field, Sub: c.Sub}
	if c.Field == filter.FieldHeader {
		ref.Sub = strings.ToLower(c.Sub)
	}
	return ref
}

// Text prints an expression in the text form of the language; "" for nil.
func Text(expr filter.Expr) string {
	var out strings.Builder
	printExpr(&out, expr, false, false)
	return out.String()
}

// timelessText prints a query without the times in it.
func timelessText(query *filter.Query) string {
	var out strings.Builder
	printExpr(&out, query.Expr(), false, true)
	return out.String()
}

func printExpr(out *strings.Builder, expr filter.Expr, nested, timeless bool) {
	var terms []filter.Expr
	operator := " AND "
	switch expr := expr.(type) {
	case nil:
		return
	case *filter.Criterion:
		if timeless && expr.Field == filter.FieldTime {
			out.WriteString("timerange " + expr.Op.String())
			return
		}
		out.WriteString(expr.String())
		return
	case filter.And:
		terms = expr
	case filter.Or:
		terms, operator = expr, " OR "
	}
	if nested {
		out.WriteByte('(')
		defer out.WriteByte(')')
	}
	for i, term := range terms {
		if i > 0 {
			out.WriteString(operator)
		}
		printExpr(out, term, true, timeless)
	}
}
