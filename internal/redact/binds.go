package redact

// columns are the names of the columns that a pair's statement gives to its bind values.
type columns struct{ names [][]byte }

func (c *columns) reset() { clear(c.names); c.names = retain(c.names) }
