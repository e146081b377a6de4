package archive

import (
	"encoding/base64"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// http writes the http object into rest without the headers and bodies that went
// to columns. It always answers true: what it leaves of the member stands in rest
// already.
func (r *rowShredder) http(m rrpair.Member) bool {
	if len(m.Value) == 0 || m.Value[0] != '{' {
		return false
	}
	rest := &r.set.columns[ColumnRest]
	rest.data = append(append(append(rest.data, '"'), m.Key...), '"', ':', '{')
	for _, member := range r.pair.HTTP() {
		object := len(member.Value) > 0 && member.Value[0] == '{'
		switch {
		case object && string(member.Key) == "req":
			r.part(member.Key, r.pair.Request(), false)
		case object && string(member.Key) == "res":
			r.part(member.Key, r.pair.Response(), true)
		default:
			rest.data = appendMember(rest.data, member.Key, member.Value)
		}
	}
	rest.data = append(closeObject(rest.data), ',')
	return true
}

// part writes one of http.req and http.res.
func (r *rowShredder) part(key []byte, members []rrpair.Member, response bool) {
	headers, body := ColumnReqHeaders, ColumnReqBody
	if response {
		headers, body = ColumnResHeaders, ColumnResBody
	}
	var encoded, text []byte
	for _, m := range members {
		switch string(m.Key) {
		case "bodyBase64":
			encoded = m.Value
		case "body":
			text = m.Value
		}
	}
	left := r.body(body, encoded, text, response)

	rest := &r.set.columns[ColumnRest]
	rest.data = append(append(append(rest.data, '"'), key...), '"', ':', '{')
	for _, m := range members {
		switch string(m.Key) {
		case "headers":
			if r.object(headers, m.Value) {
				continue
			}
		case "bodyBase64":
			if left.dropBase64 {
				continue
			}
		case "body":
			if left.putBase64 {
				data, _, _ := r.detached.Body(response)
				rest.data = append(rest.data, `"bodyBase64":"`...)
				rest.data = append(base64.StdEncoding.AppendEncode(rest.data, data), '"', ',')
			}
			if left.noBase64 {
				rest.data = append(rest.data, `"bodyBase64":`+markerNoBase64+`,`...)
			}
			if left.repeats {
				rest.data = append(rest.data, `"body":`+markerBodyRepeats+`,`...)
				continue
			}
		}
		rest.data = appendMember(rest.data, m.Key, m.Value)
	}
	if left.addRepeats {
		rest.data = append(rest.data, `"body":`+markerBodyRepeats+`,`...)
	}
	rest.data = append(closeObject(rest.data), ',')
}

// leftOfBody says what of a body's members stays in rest.
type leftOfBody struct {
	dropBase64 bool // bodyBase64 is rebuilt from the column
	noBase64   bool // there is none: mark it
	repeats    bool // body is rebuilt from the column: mark it
	addRepeats bool // as repeats, and body is not among the members
	putBase64  bool // bodyBase64 was detached and has to be in rest
}

// body fills a body column from the raw members, either of which may be nil.
func (r *rowShredder) body(c Column, encoded, text []byte, response bool) leftOfBody {
	data, taken, repeats := r.detached.Body(response)
	if string(encoded) == markerNoBase64 || string(text) == markerBodyRepeats {
		return leftOfBody{putBase64: taken} // literals that would read as markers
	}
	column := &r.set.columns[c]
	start := len(column.data)
	if taken {
		column.data = append(column.data, data...)
		r.end(c, start)
		return leftOfBody{repeats: repeats || text != nil && r.pair.BodyRepeats(response, data), addRepeats: repeats}
	}
	switch {
	case encoded == nil && text == nil:
		return leftOfBody{}
	case encoded == nil:
		taken := r.text(c, text)
		return leftOfBody{noBase64: taken, repeats: taken}
	}
	if data, ok := rrpair.AppendBase64(column.data, encoded); ok {
		column.data = data
		r.end(c, start)
		return leftOfBody{dropBase64: true, repeats: text != nil && r.pair.BodyRepeats(response, data[start:])}
	}
	column.data = column.data[:start]
	appendBody := r.pair.AppendRequestBody
	if response {
		appendBody = r.pair.AppendResponseBody
	}
	if data, ok := appendBody(column.data); ok { // for queries alone
		column.data = data
		r.end(c, start)
	}
	return leftOfBody{}
}
