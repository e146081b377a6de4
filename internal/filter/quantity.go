package filter

// ParseQuantity reads a value of FieldDuration (nanoseconds) or FieldSize (bytes) as a criterion does, for stores that
// compare by themselves: 250ms, 10KiB.
func ParseQuantity(f Field, text string) (int64, error) { return parseQuantity(f, text) }
