package filter

// Expr is a node of the tree: And, Or or *Criterion.
type Expr interface{ isExpr() }

// And is true when all its terms are; it has at least two, none of them an And.
type And []Expr

// Or is true when one of its terms is; it has at least two, none of them an Or.
type Or []Expr

// Criterion is one comparison. Negate turns the whole comparison round.
type Criterion struct {
	Field  Field
	Sub    string // as written, without the brackets
	Op     Op
	Negate bool
	// Values is what the field is compared with, any of them: one for the
	// orders, none for OpExists. Times are RFC 3339 in UTC, UUIDs hyphenated,
	// other values as written. OpIs on FieldTime has two: from and to.
	Values []string
}

func (And) isExpr()        {}
func (Or) isExpr()         {}
func (*Criterion) isExpr() {}

// Op is how a criterion compares.
type Op uint8

// The operators; IN is OpIs, and every NOT is Criterion.Negate.
const (
	OpIs Op = iota
	OpContains
	OpRegex
	OpGreater
	OpGreaterEqual
	OpLess
	OpLessEqual
	OpExists
)

// String is the operator in the text form.
func (o Op) String() string {
	return [...]string{"IS", "CONTAINS", "REGEX", ">", ">=", "<", "<=", "EXISTS"}[o]
}
