package hotstore

import (
	"fmt"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// Condition is a part of a query, compiled: what a store cannot push down is evaluated with it on the documents that
// the store returns. It is immutable and for concurrent use. The nil condition holds for every document.
type Condition struct {
	leaf  *filter.Query // of one criterion; nil for a node
	text  bool          // the criterion looks into the full text
	or    bool
	terms []*Condition
	expr  filter.Expr
}

// NewCondition compiles a part of a query; nil for nil.
func NewCondition(expr filter.Expr) (*Condition, error) {
	var terms []filter.Expr
	condition := &Condition{expr: expr}
	switch expr := expr.(type) {
	case nil:
		return nil, nil
	case *filter.Criterion:
		query, err := filter.Parse(expr.String(), filter.Options{})
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrInvalidQuery, err)
		}
		condition.leaf, condition.text = query, expr.Field == filter.FieldText
		return condition, nil
	case filter.And:
		terms = expr
	case filter.Or:
		terms, condition.or = expr, true
	}
	for _, term := range terms {
		compiled, err := NewCondition(term)
		if err != nil {
			return nil, err
		}
		condition.terms = append(condition.terms, compiled)
	}
	return condition, nil
}

// String is the condition in the text form of the language, "" for nil.
func (c *Condition) String() string {
	if c == nil {
		return ""
	}
	return Text(c.expr)
}

// Eval evaluates the condition on a document: Unknown where it does not hold what the condition asks for.
func (c *Condition) Eval(source *Source) filter.Tri {
	switch {
	case c == nil:
		return filter.True
	case c.leaf != nil && c.text && source.document.Text != "" && len(source.document.Pair) == 0:
		return c.leaf.Eval(textSource{source.document.Text})
	case c.leaf != nil:
		return c.leaf.Eval(source)
	case c.or:
		answer := filter.False
		for _, term := range c.terms {
			if answer = max(answer, term.Eval(source)); answer == filter.True {
				break
			}
		}
		return answer
	default:
		answer := filter.True
		for _, term := range c.terms {
			if answer = min(answer, term.Eval(source)); answer == filter.False {
				break
			}
		}
		return answer
	}
}

// Match says whether a document fulfils the condition. Where it does not hold what that takes, the answer is an error
// that wraps ErrInvalidQuery and says what to do: a hot store never guesses.
func (c *Condition) Match(source *Source) (bool, error) {
	switch c.Eval(source) {
	case filter.True:
		return true, nil
	case filter.False:
		return false, nil
	default:
		return false, fmt.Errorf("%w: %w: %s: ask the archive (--source archive), or index more (include: headers or full, text: true)",
			ErrInvalidQuery, ErrNotHeld, strings.Join(c.unknown(source, nil), ", "))
	}
}

// unknown lists the fields that the document does not hold.
func (c *Condition) unknown(source *Source, fields []string) []string {
	for _, term := range c.terms {
		fields = term.unknown(source, fields)
	}
	if c.leaf == nil || c.Eval(source) != filter.Unknown {
		return fields
	}
	criterion := c.expr.(*filter.Criterion)
	name := criterion.Field.String()
	if criterion.Sub != "" {
		name += "[" + criterion.Sub + "]"
	}
	for _, known := range fields {
		if known == name {
			return fields
		}
	}
	return append(fields, name)
}

// Compile plans a query for a store and compiles what is left over.
func Compile(query *filter.Query, capabilities Capabilities) (Split, *Condition, error) {
	split := Plan(query, capabilities)
	leftover, err := NewCondition(split.Leftover)
	return split, leftover, err
}

// Select evaluates a whole query on a document, pushed down or not; for stores that return more than was asked for, and
// for comparing a store with.
func Select(query *filter.Query) (*Condition, error) { return NewCondition(query.Expr()) }
