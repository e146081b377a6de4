package archive

import (
	"bytes"
	"fmt"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// signatureBody is the key under which a signature repeats the request's body.
const signatureBody = "http:requestBodyJSON"

// Markers of the signature. The first counts in the signature column, whose other
// values are strings, while req_body is not null; the second in rest while the
// signature column is not null. The shredder leaves that column null when the
// record itself holds such a literal.
const (
	markerSignatureBody  = "true" // "http:requestBodyJSON":true: the bytes of req_body
	markerMutableRepeats = "true" // "mutableSignature":true: the signature's texts, as they stand in the column
)

var errSignatureBody = fmt.Errorf("unshred: the signature refers to a body that is not there: %w", ErrCorruptRow)

// signature writes the signature of the record: the column's texts as base64.
func (u *unshredder) signature(column []byte) {
	u.out = append(u.out, '{')
	first := true
	rrpair.EachMember(column, func(key, value []byte) bool {
		if !first {
			u.out = append(u.out, ',')
		}
		first = false
		u.key(key)
		text := u.row.Bytes[ColumnReqBody]
		if string(value) == markerSignatureBody {
			if text == nil {
				u.err = errSignatureBody
			}
		} else {
			// Most texts are written as they are; the rest needs its own memory.
			text = value
			if len(value) >= 2 {
				text = value[1 : len(value)-1]
			}
			if bytes.IndexByte(text, '\\') >= 0 {
				text, _ = rrpair.AppendUnquoted(nil, value)
			}
		}
		u.base64(text)
		return true
	})
	u.out = append(u.out, '}')
}

// appendMutableSignature appends the signature column with the body's text in
// place of its marker; false if the text is not there.
func appendMutableSignature(dst, column, body []byte) ([]byte, bool) {
	const marker = `"` + signatureBody + `":` + markerSignatureBody
	whole := true
	if !bytes.Contains(column, []byte(marker)) {
		return append(dst, column...), true
	}
	dst = append(dst, '{')
	rrpair.EachMember(column, func(key, value []byte) bool {
		dst = append(append(append(dst, '"'), key...), '"', ':')
		if string(value) == markerSignatureBody {
			whole = whole && body != nil
			dst = rrpair.AppendQuoted(dst, body)
		} else {
			dst = append(dst, value...)
		}
		dst = append(dst, ',')
		return true
	})
	return closeObject(dst), whole
}
