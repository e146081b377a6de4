package filter

import "time"

// Source is one record as the evaluator sees it. A source may know only part of
// the record (the columns read so far): it answers known=false for the rest,
// and must never give a known answer that the whole record would contradict.
//
// Values are handed out as views: they must stay valid until the evaluation
// that asked for them returns.
type Source interface {
	// Strings appends all values of the field to dst; none when the record has
	// no such field. sub is the name between the brackets: lower-case for
	// FieldHeader, as written for FieldTag, "" for other fields. It is asked
	// for the fields for which Field.IsString holds. FieldUUID is hyphenated
	// and FieldTrace hex, both lower-case; FieldError is "true" or "false".
	Strings(dst []string, f Field, sub string) (values []string, known bool)
	// Number is asked for FieldDuration (nanoseconds) and FieldSize (bytes).
	Number(f Field) (value int64, present, known bool)
	// Time is when the request was seen; the zero time when the record has none.
	Time() (t time.Time, known bool)
	// Body is the request's or the response's body with base64 and
	// Content-Encoding undone; nil when there is none. It is not retained.
	Body(response bool) (body []byte, known bool)
	// Document is the whole record as JSON. It is not retained.
	Document() (json []byte, known bool)
}

// Ranges is what is known of a set of records: a file, a row group, a page.
// Bounds cover the records that have the field; records without it may be in
// the set as well. Bounds may be wider than the values, never narrower.
// Asked for the same fields and subs as Source.
type Ranges interface {
	// StringRange bounds the values bytewise; min > max says that no record has
	// the field.
	StringRange(f Field, sub string) (minimum, maximum string, known bool)
	NumberRange(f Field) (minimum, maximum int64, known bool)
	TimeRange() (minimum, maximum time.Time, known bool)
	// MayContain is false only when no record of the set has the value (a bloom
	// filter, a dictionary); true when it cannot tell. Asked for plain fields.
	MayContain(f Field, value string) bool
}
