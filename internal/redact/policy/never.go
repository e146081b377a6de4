package policy

import (
	"slices"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
)

// never says whether no record at all can match query: a time range that ends before it begins, or a field with one
// value that has to be two things at once. It does not find every contradiction.
func never(query *filter.Query) bool {
	from, to := query.Window()
	if !from.IsZero() && !to.IsZero() && !to.After(from) {
		return true
	}
	return neverExpr(query.Expr())
}

func neverExpr(expr filter.Expr) bool {
	switch expr := expr.(type) {
	case filter.Or:
		return !slices.ContainsFunc(expr, func(term filter.Expr) bool { return !neverExpr(term) })
	case filter.And:
		return slices.ContainsFunc(expr, neverExpr) || contradicts(expr)
	default:
		return false
	}
}

// single are the fields of which a record has one value, compared as it is written.
var single = []filter.Field{filter.FieldCluster, filter.FieldNamespace, filter.FieldService, filter.FieldDirection, filter.FieldL7Protocol,
	filter.FieldTech, filter.FieldCommand, filter.FieldLocation, filter.FieldError}

func contradicts(terms filter.And) bool {
	wanted := make(map[filter.Field][]string)
	for _, term := range terms {
		c, ok := term.(*filter.Criterion)
		if !ok || c.Op != filter.OpIs || c.Negate || !slices.Contains(single, c.Field) {
			continue
		}
		if before, seen := wanted[c.Field]; seen {
			wanted[c.Field] = slices.DeleteFunc(slices.Clone(before), func(value string) bool { return !slices.Contains(c.Values, value) })
		} else {
			wanted[c.Field] = c.Values
		}
	}
	for _, term := range terms {
		c, ok := term.(*filter.Criterion)
		if !ok || c.Op != filter.OpIs || !c.Negate {
			continue
		}
		if values, seen := wanted[c.Field]; seen {
			wanted[c.Field] = slices.DeleteFunc(slices.Clone(values), func(value string) bool { return slices.Contains(c.Values, value) })
		}
	}
	for _, values := range wanted {
		if len(values) == 0 {
			return true
		}
	}
	return false
}
