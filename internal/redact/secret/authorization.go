package secret

import (
	"bytes"
	"encoding/base64"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// authorization finds the credentials of an authorization header whose value is text[start:end].
func (f *finder) authorization(dst []detect.Finding, text []byte, start, end int) []detect.Finding {
	for start < end && isBlank(text[start]) {
		start++
	}
	scheme := run(text[:end], start, word|dash)
	blank := scheme
	for blank < end && (isBlank(text[blank]) || text[blank] == ':' && blank == scheme) {
		blank++
	}
	if blank == scheme || blank >= end { // no scheme
		value := text[start:end]
		if cut := bytes.IndexAny(value, " ,;\\"); cut > 0 {
			value = value[:cut]
		}
		if placeholder(value) || harmlessValue(value) || template(value) {
			return dst
		}
		if t := textureOf(value); t.random(16) || isUUID(value) {
			return add(dst, f.named.bearer, start, start+len(value))
		}
		return dst
	}
	credentials := text[blank:end]
	switch name := text[start:scheme]; {
	case equalFold(name, "basic"):
		stop := run(text[:end], blank, base64any)
		if placeholder(text[blank:stop]) || stop-blank < 4 {
			return dst
		}
		if userAndPassword(text[blank:stop]) || stop-blank >= 12 && !dull(text[blank:stop]) {
			return add(dst, f.named.basicAuth, blank, stop)
		}
		return dst
	case equalFold(name, "digest"):
		return f.parameter(dst, text, blank, end, "response=")
	case prefixFold(name, "aws4-"):
		return f.parameter(dst, text, blank, end, "signature=")
	case equalFold(name, "oauth") && bytes.IndexByte(credentials, '=') > 0:
		dst = f.parameter(dst, text, blank, end, "oauth_token=")
		return f.parameter(dst, text, blank, end, "oauth_signature=")
	case equalFold(name, "token") && prefixFold(credentials, "token="):
		return f.parameter(dst, text, blank, end, "token=")
	}
	stop := blank
	for stop < end && !isSpace(text[stop]) && text[stop] != ',' && text[stop] != '\\' && text[stop] != ';' && !isQuote(text[stop]) {
		stop++
	}
	value := text[blank:stop]
	if placeholder(value) || template(value) {
		return dst
	}
	t := textureOf(value)
	if t.random(12) || isUUID(value) || t.digits > 0 && t.length >= 8 && t.distinct >= 5 && equalFold(text[start:scheme], "bearer") {
		return add(dst, f.named.bearer, blank, stop)
	}
	return dst
}

// parameter finds the value of one parameter of an authorization header.
func (f *finder) parameter(dst []detect.Finding, text []byte, start, end int, name string) []detect.Finding {
	at := indexFold(text[start:end], name)
	if at < 0 {
		return dst
	}
	from := start + at + len(name)
	if from < end && (text[from] == '"' || text[from] == '\\') {
		from++
		if from < end && text[from] == '"' {
			from++
		}
	}
	to := run(text[:end], from, base64any|percent|dot)
	if to-from < 8 || placeholder(text[from:to]) {
		return dst
	}
	return add(dst, f.named.bearer, from, to)
}

// userAndPassword says whether token is the base64 of printable text with a colon.
func userAndPassword(token []byte) bool {
	var decoded [384]byte
	token = bytes.TrimRight(token, "=")
	if len(token) > 500 || len(token) < 4 {
		return false
	}
	n, err := base64.RawStdEncoding.Decode(decoded[:], token)
	if err != nil {
		if n, err = base64.RawURLEncoding.Decode(decoded[:], token); err != nil {
			return false
		}
	}
	colon := false
	for _, c := range decoded[:n] {
		if c < 0x20 || c == 0x7f {
			return false
		}
		colon = colon || c == ':'
	}
	return colon
}
