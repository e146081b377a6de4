package rrpair

import "encoding/base64"

// RequestBody returns the body of the request in new memory: bodyBase64
// decoded, else body. ok is false when the pair has neither.
func (p *Pair) RequestBody() (body []byte, ok bool) { return p.AppendRequestBody(nil) }

// ResponseBody is RequestBody for the response.
func (p *Pair) ResponseBody() (body []byte, ok bool) { return p.AppendResponseBody(nil) }

// AppendRequestBody appends what RequestBody returns.
func (p *Pair) AppendRequestBody(dst []byte) (body []byte, ok bool) {
	return p.appendBody(dst, FieldRequestBodyBase64, FieldRequestBody)
}

// AppendResponseBody appends what ResponseBody returns.
func (p *Pair) AppendResponseBody(dst []byte) (body []byte, ok bool) {
	return p.appendBody(dst, FieldResponseBodyBase64, FieldResponseBody)
}

func (p *Pair) appendBody(dst []byte, encoded, plain Field) ([]byte, bool) {
	raw := p.Raw(encoded)
	if body, ok := AppendBase64(dst, raw); ok {
		return body, true
	}
	// Not as we write it: other alphabets, no padding, line ends.
	if text, ok := AppendUnquoted(nil, raw); ok {
		for _, encoding := range [...]*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			if body, err := encoding.AppendDecode(dst, text); err == nil {
				return body, true
			}
		}
	}
	return p.AppendText(dst, plain)
}

// AppendBase64 appends what a raw JSON string holds as standard base64. ok is
// false, and nothing is appended, unless encoding the data again gives the very
// same text: padded, without line ends, unused bits zero.
func AppendBase64(dst, raw []byte) (data []byte, ok bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return dst, false
	}
	return appendStrictBase64(dst, raw[1:len(raw)-1])
}

// BodyRepeats reports whether the member body of the request or response is the
// text decoded, which is what bodyBase64 holds: such a body can be left out and
// made again. It does not allocate.
func (p *Pair) BodyRepeats(response bool, decoded []byte) bool {
	if response {
		return textEquals(p.Raw(FieldResponseBody), decoded)
	}
	return textEquals(p.Raw(FieldRequestBody), decoded)
}
