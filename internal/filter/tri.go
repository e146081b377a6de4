package filter

// Tri is the answer of an evaluation on a source that may not know everything.
type Tri int8

// The order is that of the logic: AND is the minimum, OR the maximum.
const (
	False   Tri = iota // the record does not match, whatever else is learnt of it
	Unknown            // the source cannot tell; ask one that knows more
	True               // the record matches, whatever else is learnt of it
)

// Not turns True into False and back; Unknown stays.
func (t Tri) Not() Tri { return True - t }

// String is "false", "unknown" or "true".
func (t Tri) String() string {
	switch t {
	case False:
		return "false"
	case True:
		return "true"
	default:
		return "unknown"
	}
}

func triOf(answer bool) Tri {
	if answer {
		return True
	}
	return False
}
