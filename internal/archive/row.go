package archive

// Row is one record in the shape of the columns. The byte values are views into
// memory that its maker owns (a block, a Parquet page); [Unshred] reads them and
// keeps none.
//
// A column holds the value that the record's field has, if that value has the
// column's type, even where the field stays in rest because the column alone
// could not rebuild it. A null column therefore means: the record has no such
// field, or one of another type. So predicates may be decided on columns alone.
type Row struct {
	// TS is the event time, microseconds since 1970-01-01 UTC: the record's ts,
	// or the observed time where that is missing or absurd. Never null.
	TS int64
	// TSNanos is the 0-999 ns that TS drops. HasTSNanos false (null): the ts of
	// the record is not rebuilt from TS; it is in rest, or there is none.
	TSNanos    int32
	HasTSNanos bool
	// DurationMS is the duration in milliseconds; null without HasDurationMS.
	DurationMS    int32
	HasDurationMS bool
	// Bytes holds every other column by its number. nil is null, empty and not
	// nil is an empty value. The uuid is 16 bytes, headers, tags, netinfo,
	// token_list and signature (its base64 decoded) are compact JSON, bodies are
	// decoded bytes, rest is a compact JSON object.
	Bytes [NumColumns][]byte
}

// Reset makes every column null, rest included.
func (r *Row) Reset() { *r = Row{} }
