package archive

import (
	"bytes"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// signature fills the column with the texts that a signature holds as base64, and
// takes the signature over if all of them are. The text of the request's body is
// written once, in its own column. The request must have been shredded.
func (r *rowShredder) signature(raw []byte) bool {
	if len(raw) == 0 || raw[0] != '{' || string(r.memberOf("mutableSignature")) == markerMutableRepeats {
		return false // the second is a literal that would read as a marker
	}
	column := &r.set.columns[ColumnSignature]
	start := len(column.data)
	body, hasBody := r.last(ColumnReqBody)
	exact := true
	data := append(column.data, '{')
	rrpair.EachMember(raw, func(key, value []byte) bool {
		data = append(append(append(data, '"'), key...), '"', ':', '"')
		text := len(data)
		data, exact = rrpair.AppendBase64(data, value)
		switch {
		case !exact:
		case hasBody && string(key) == signatureBody && bytes.Equal(data[text:], body):
			data = append(data[:text-1], markerSignatureBody...)
		case isPlain(data[text:]):
			data = append(data, '"')
		case utf8.Valid(data[text:]):
			r.scratch = append(r.scratch[:0], data[text:]...)
			data = rrpair.AppendQuoted(data[:text-1], r.scratch)
		default:
			exact = false
		}
		data = append(data, ',')
		return exact
	})
	if !exact {
		column.data = data[:start]
		return false
	}
	column.data = closeObject(data)
	r.end(ColumnSignature, start)
	return true
}

// mutableSignature writes the marker if the member repeats the column's texts.
func (r *rowShredder) mutableSignature(m rrpair.Member) bool {
	column, ok := r.last(ColumnSignature)
	if !ok {
		return false
	}
	body, _ := r.last(ColumnReqBody)
	if r.scratch, ok = appendMutableSignature(r.scratch[:0], column, body); !ok || !bytes.Equal(r.scratch, m.Value) {
		return false
	}
	rest := &r.set.columns[ColumnRest]
	rest.data = appendMember(rest.data, m.Key, []byte(markerMutableRepeats))
	return true
}

// isPlain reports whether a JSON string holds the text as it is.
func isPlain(text []byte) bool {
	for _, c := range text {
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// last returns the row's value of a text column; false if it has none, or none yet.
func (r *rowShredder) last(c Column) ([]byte, bool) {
	if r.done&(1<<c) == 0 {
		return nil, false
	}
	return r.set.columns[c].data[r.starts[c]:], true
}

// memberOf returns the raw value of a top-level member that stands near the end.
func (r *rowShredder) memberOf(key string) []byte {
	members := r.pair.Members()
	for i := len(members) - 1; i >= 0; i-- {
		if string(members[i].Key) == key {
			return members[i].Value
		}
	}
	return nil
}
