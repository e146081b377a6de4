package filter

// SyntaxError says what is wrong with a filter, where, and what was expected.
type SyntaxError struct {
	Text     string // the whole filter
	Offset   int    // byte offset into Text
	Problem  string // what is wrong there
	Expected string // what would have been right; may be empty
}

func (e *SyntaxError) Error() string { return e.Problem }
