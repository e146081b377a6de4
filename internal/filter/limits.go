package filter

// What one filter may ask for. A filter can come from a user interface or a
// shared file, so parsing it takes bounded time, memory and stack.
const (
	// MaxBytes bounds the text of a filter: 1 MiB holds some 25,000 UUIDs.
	MaxBytes = 1 << 20
	// MaxDepth bounds the nesting of parentheses (and of JSON in a filter): the
	// parser and the evaluator recurse once for each level.
	MaxDepth = 64
	// MaxCriteria bounds the comparisons, each of which every record may cost.
	MaxCriteria = 1024
	// MaxValues bounds the values of one criterion.
	MaxValues = 32768
	// MaxPathSteps bounds the steps of a path into a body.
	MaxPathSteps = 64
)
