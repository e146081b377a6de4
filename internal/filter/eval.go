package filter

import "slices"

// predicate is a compiled criterion without its NOT.
type predicate interface {
	eval(s Source, room *scratch) Tri
	// mayMatch is false only when the predicate is true for no record of the set.
	mayMatch(r Ranges) bool
	fields() []FieldRef
}

// scratch is the memory of one evaluation, so that matching does not allocate.
type scratch struct {
	values []string
	text   []byte
}

// maxScratch keeps one huge value from staying in the pool.
const maxScratch = 1 << 20

func (m *scratch) release() {
	clear(m.values[:cap(m.values)])
	m.values = m.values[:0]
	if cap(m.text) > maxScratch {
		m.text = nil
	}
}

// node is the tree as it is evaluated: cheap terms before dear ones.
type node struct {
	kind      nodeKind
	terms     []node
	predicate predicate
	negate    bool
	cost      int
}

type nodeKind uint8

const (
	nodeLeaf nodeKind = iota
	nodeAnd
	nodeOr
)

// What a predicate costs, roughly in powers of ten.
const (
	costColumn = iota // one value that every source has at hand
	costMap           // a search through headers or tags
	costBody          // decoding and walking a body
	costXML           // parsing a body
	costText          // reading the whole record
)

func costOf(f Field) int {
	switch {
	case f == FieldText:
		return costText
	case f == FieldRequestXML || f == FieldRequestXPath || f == FieldRequestSOAPXPath:
		return costXML
	case f.NeedsRequestBody() || f.NeedsResponseBody():
		return costBody
	case f == FieldHeader || f == FieldTag:
		return costMap
	default:
		return costColumn
	}
}

func compileTree(expr Expr, predicates map[*Criterion]predicate) node {
	var n node
	var terms []Expr
	switch expr := expr.(type) {
	case *Criterion:
		return node{predicate: predicates[expr], negate: expr.Negate, cost: costOf(expr.Field)}
	case And:
		n.kind, terms = nodeAnd, expr
	case Or:
		n.kind, terms = nodeOr, expr
	}
	for _, term := range terms {
		compiled := compileTree(term, predicates)
		n.cost = max(n.cost, compiled.cost)
		n.terms = append(n.terms, compiled)
	}
	slices.SortStableFunc(n.terms, func(a, b node) int { return a.cost - b.cost })
	return n
}

func (n *node) eval(s Source, room *scratch) Tri {
	switch n.kind {
	case nodeAnd:
		answer := True
		for i := range n.terms {
			if answer = min(answer, n.terms[i].eval(s, room)); answer == False {
				break
			}
		}
		return answer
	case nodeOr:
		answer := False
		for i := range n.terms {
			if answer = max(answer, n.terms[i].eval(s, room)); answer == True {
				break
			}
		}
		return answer
	default:
		answer := n.predicate.eval(s, room)
		if n.negate {
			return answer.Not()
		}
		return answer
	}
}

// mayMatch never prunes by a NOT: bounds say nothing of records without the
// field, which match it.
func (n *node) mayMatch(r Ranges) bool {
	switch n.kind {
	case nodeAnd:
		for i := range n.terms {
			if !n.terms[i].mayMatch(r) {
				return false
			}
		}
		return true
	case nodeOr:
		for i := range n.terms {
			if n.terms[i].mayMatch(r) {
				return true
			}
		}
		return false
	default:
		return n.negate || n.predicate.mayMatch(r)
	}
}

func (n *node) window() window {
	switch n.kind {
	case nodeAnd:
		var all window
		for i := range n.terms {
			all = all.intersect(n.terms[i].window())
		}
		return all
	case nodeOr:
		any := n.terms[0].window()
		for i := range n.terms[1:] {
			any = any.union(n.terms[1+i].window())
		}
		return any
	default:
		if times, isTime := n.predicate.(*timePredicate); isTime && !n.negate {
			return times.window
		}
		return window{}
	}
}

func (n *node) each(visit func(predicate)) {
	if n.kind == nodeLeaf {
		visit(n.predicate)
	}
	for i := range n.terms {
		n.terms[i].each(visit)
	}
}
