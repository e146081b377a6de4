package filter

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Options are what a text does not say by itself.
type Options struct {
	// Now is what relative times count from; zero is the time of the call.
	Now time.Time
	// Location is where days begin; nil is UTC.
	Location *time.Location
}

// Query is a parsed filter. It is immutable and for concurrent use. The nil
// Query matches every record.
type Query struct {
	expr    Expr
	root    node
	scratch sync.Pool // of *scratch
}

// Parse reads either form: a text whose first character is { is the JSON form.
// The error is a *SyntaxError. A filter without a criterion is an error, so
// that an empty drop rule does not drop everything.
func Parse(text string, opts Options) (*Query, error) {
	b := builder{text: text, now: opts.Now, location: opts.Location, predicates: map[*Criterion]predicate{}}
	if b.now.IsZero() {
		b.now = time.Now()
	}
	if b.location == nil {
		b.location = time.UTC
	}
	if len(text) > MaxBytes {
		b.text = text[:256]
		return nil, b.fail(0, fmt.Sprintf("the filter has %d bytes", len(text)), fmt.Sprintf("at most %d are allowed", MaxBytes))
	}
	var expr Expr
	var err error
	if strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") {
		expr, err = (&jsonForm{builder: b}).parse()
	} else {
		expr, err = (&textParser{builder: b}).parse()
	}
	if err != nil {
		return nil, err
	}
	q := &Query{expr: expr, root: compileTree(expr, b.predicates)}
	q.scratch.New = func() any { return new(scratch) }
	return q, nil
}

// Expr is the tree, for stores that push parts of it down; nil for the nil
// Query. Do not change it.
func (q *Query) Expr() Expr {
	if q == nil {
		return nil
	}
	return q.expr
}

// Match says that the record matches. A source that does not know enough to
// tell does not match: use Eval for partial sources.
func (q *Query) Match(s Source) bool { return q.Eval(s) == True }

// Eval evaluates the query as far as the source knows the record. True and
// False are final: a source that knows more of the same record agrees.
func (q *Query) Eval(s Source) Tri {
	if q == nil {
		return True
	}
	room := q.scratch.Get().(*scratch)
	answer := q.root.eval(s, room)
	room.release()
	q.scratch.Put(room)
	return answer
}

// MayMatch is false only when no record of the set can match.
func (q *Query) MayMatch(r Ranges) bool { return q == nil || q.root.mayMatch(r) }

// Window is the narrowest time range that every match lies in: from inclusive,
// to exclusive, zero where it is open. When nothing can match, to is not after
// from.
func (q *Query) Window() (from, to time.Time) {
	if q == nil {
		return time.Time{}, time.Time{}
	}
	w := q.root.window()
	return w.from, w.to
}

// Fields lists which fields the query reads, each once, cheap ones first.
func (q *Query) Fields() []FieldRef {
	if q == nil {
		return nil
	}
	var refs []FieldRef
	seen := map[FieldRef]bool{}
	q.root.each(func(p predicate) {
		for _, ref := range p.fields() {
			if !seen[ref] {
				seen[ref] = true
				refs = append(refs, ref)
			}
		}
	})
	return refs
}
