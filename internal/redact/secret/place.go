package secret

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// byName finds the secret in a text whose own name says that it is one.
func (f *finder) byName(dst []detect.Finding, text []byte, hints detect.Hints) []detect.Finding {
	start, end := 0, len(text)
	for start < end && isSpace(text[start]) {
		start++
	}
	for end > start && isSpace(text[end-1]) {
		end--
	}
	value := text[start:end]
	if placeholder(value) && !(hints.Class&detect.NamePassword != 0 && reserved(value) && equalFold(value, "password")) {
		return dst
	}
	switch class := hints.Class; {
	case class&detect.NameAuth != 0:
		if scheme := run(value, 0, word|dash); scheme > 0 && scheme < len(value) && (isBlank(value[scheme]) || value[scheme] == ':') {
			return f.authorization(dst, text, start, end)
		}
		if len(value) < 6 || harmlessValue(value) || bytes.IndexByte(value, ' ') >= 0 {
			return dst
		}
		t := textureOf(value)
		if t.random(8) || isUUID(value) {
			return add(dst, f.named.bearer, start, end)
		}
	case class&detect.NamePassword != 0:
		return add(dst, f.named.password, start, end)
	case class&detect.NameSession != 0:
		if t := textureOf(value); t.random(10) || isUUID(value) || t.digits == t.length && t.length >= 8 {
			return add(dst, f.named.session, start, end)
		}
	case class&detect.NameSecret != 0:
		if t := textureOf(value); len(value) >= 6 && !harmlessValue(value) && (t.digits > 0 && t.distinct > 4 && t.words < t.length || t.random(8) || t.length >= 16 && t.mean() > 850) &&
			bytes.IndexByte(value, ' ') < 0 {
			return add(dst, f.named.secret, start, end)
		}
	case class&(detect.NameToken|detect.NameCookie) != 0:
		if bytes.IndexByte(value, ' ') >= 0 || harmlessValue(value) || bytes.IndexByte(value, ';') >= 0 {
			return dst
		}
		if t := textureOf(value); t.random(10) || isUUID(value) || t.digits == t.length && t.length >= 16 {
			return add(dst, f.named.secret, start, end)
		}
	}
	return dst
}
