package secret

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// manifest finds the data of a Kubernetes secret in YAML or JSON: every value under data or stringData.
func (f *finder) manifest(dst []detect.Finding, text []byte) []detect.Finding {
	kind := bytes.Index(text, []byte("kind"))
	if kind < 0 || !kindSecretAt(text, kind) {
		return dst
	}
	data := 0
	for data < len(text) {
		at := bytes.Index(text[data:], []byte("ata"))
		if at < 0 {
			return dst
		}
		data += at + len("ata")
		if fold(text[max(0, data-4)]) == 'd' && data < len(text) && (text[data] == ':' || isQuote(text[data])) {
			break
		}
	}
	indent := -1
	for i := lineAfter(text, data); i < len(text); i = lineAfter(text, i) {
		first := i
		for first < len(text) && (isBlank(text[first]) || isQuote(text[first])) {
			first++
		}
		if indent < 0 {
			indent = first - i
		}
		end := run(text, first, word|dash|dot)
		if first-i < indent || end == first {
			break
		}
		for end < len(text) && (isQuote(text[end]) || isBlank(text[end])) {
			end++
		}
		if end >= len(text) || text[end] != ':' {
			break
		}
		for end++; end < len(text) && (isQuote(text[end]) || isBlank(text[end])); {
			end++
		}
		stop := run(text, end, base64std)
		if stop-end >= 4 && !masked(text[end:stop]) && (stop == len(text) || isSpace(text[stop]) || isQuote(text[stop]) || text[stop] == ',') {
			dst = add(dst, f.named.secret, end, stop)
		}
	}
	return dst
}

func lineAfter(text []byte, i int) int {
	next := bytes.IndexByte(text[i:], '\n')
	if next < 0 {
		return len(text)
	}
	return i + next + 1
}

// kindSecretAt says whether "kind" at i says Secret.
func kindSecretAt(text []byte, i int) bool {
	i += len("kind")
	for i < len(text) && (isQuote(text[i]) || isBlank(text[i]) || text[i] == ':') {
		i++
	}
	return i+6 <= len(text) && equalFold(text[i:i+6], "secret") && (i+6 == len(text) || !isAlnum(text[i+6]))
}
