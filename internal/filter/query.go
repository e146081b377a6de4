package filter

import (
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
	expr Expr
}

// Parse reads either form: a text whose first character is { is the JSON form.
// The error is a *SyntaxError. A filter without a criterion is an error, so
// that an empty drop rule does not drop everything.
func Parse(text string, opts Options) (*Query, error) {
	return nil, nil
}

// Expr is the tree, for stores that push parts of it down. Do not change it.
func (q *Query) Expr() Expr {
	if q == nil {
		return nil
	}
	return q.expr
}

func (q *Query) Eval(s Source) Tri            { return Unknown }
func (q *Query) Match(s Source) bool          { return q.Eval(s) == True }
func (q *Query) MayMatch(r Ranges) bool       { return true }
func (q *Query) Window() (from, to time.Time) { return }
func (q *Query) Fields() []FieldRef           { return nil }
func (q *Query) String() string               { return "" }
