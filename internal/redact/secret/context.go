package secret

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

const (
	leastContext  = 20 // bytes of a value that a provider's name alone makes a key
	contextWindow = 64 // bytes before it that are looked at
)

// contextual decides on a run of token bytes that no form and no name claims: a key when it looks made by a machine and the
// name of a provider stands right before it.
func (f *finder) contextual(dst []detect.Finding, text []byte, start, end int) []detect.Finding {
	if f.named.providerKey == nil || start < 3 {
		return dst
	}
	for end > start && (text[end-1] == '.' || text[end-1] == '-') {
		end--
	}
	value := text[start:end]
	if end-start < leastContext || end-start > 600 {
		return dst
	}
	floor := max(0, start-contextWindow)
	before := text[floor:start]
	if newline := bytes.LastIndexByte(before, '\n'); newline >= 0 {
		before = before[newline+1:]
	}
	signs := len(before)
	for signs > 0 && !isAlnum(before[signs-1]) {
		signs--
	}
	gap := before[signs:]
	if len(gap) > 8 || bytes.IndexByte(gap, '/') >= 0 || bytes.IndexByte(gap, '#') >= 0 || bytes.IndexByte(gap, '@') >= 0 || signs == 0 {
		return dst
	}
	names := before[:signs]
	w := splitWords(names)
	if !w.hasProvider(3) {
		return dst
	}
	t := textureOf(value)
	if kindOf(names) != kindNone && (t.opaque(leastContext) || isUUID(value)) && !placeholder(value) {
		return add(dst, f.named.providerKey, start, end)
	}
	if isUUID(value) && bytes.IndexAny(gap, "=:") >= 0 || t.random(leastContext) && t.digits > 1 && !placeholder(value) && bytes.Count(value, []byte("/")) < 3 {
		return add(dst, f.named.providerKey, start, end)
	}
	return dst
}
