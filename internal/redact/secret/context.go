package secret

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

const (
	leastContext  = 20 // bytes of a value that a provider's name alone makes a key
	contextWindow = 48 // bytes before it that are looked at
)

// contextual decides on a run of token bytes that no form and no name claims: a key when it looks made by a machine and the
// name of a provider stands right before it.
func (f *finder) contextual(dst []detect.Finding, text []byte, start, end int) []detect.Finding {
	if f.named.providerKey == nil {
		return dst
	}
	if signed(text[start:end]) {
		return add(dst, f.named.providerKey, start, end)
	}
	if start < 3 {
		return dst
	}
	for end > start && (text[end-1] == '.' || text[end-1] == '-') {
		end--
	}
	value := text[start:end]
	if end-start < leastContext || end-start > 600 || harmlessValue(value) {
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
	if !w.hasProvider(3, true) {
		return dst
	}
	named := kindOf(names) != kindNone
	if !named && !w.hasProvider(3, false) {
		return dst
	}
	t := textureOf(value)
	if named && (t.opaque(leastContext) || isUUID(value)) && !placeholder(value) {
		return add(dst, f.named.providerKey, start, end)
	}
	if isUUID(value) && bytes.ContainsAny(gap, "=:") || t.random(leastContext) && t.digits > 1 && !placeholder(value) && bytes.Count(value, []byte("/")) < 3 {
		return add(dst, f.named.providerKey, start, end)
	}
	return dst
}

// byProvider finds a value that looks made by a machine under the name of a provider, where the name says nothing else.
func (f *finder) byProvider(dst []detect.Finding, text []byte, hints detect.Hints) []detect.Finding {
	w := splitWords(hints.Name)
	if isUUID(text) {
		return dst
	}
	if !w.hasProvider(3, false) {
		var buffer [24]byte
		switch string(w.at(0, &buffer)) {
		case "code": // of OAuth, that is exchanged for a token
			if w.count == 1 && textureOf(text).random(leastContext) && !placeholder(text) {
				return add(dst, f.named.secret, 0, len(text))
			}
		case "key", "credential", "credentials", "license": // read_key, deploy_credential
			if kindOf(hints.Name) == kindSecret && textureOf(text).random(leastContext) && !placeholder(text) {
				return add(dst, f.named.secret, 0, len(text))
			}
		}
		return dst
	}
	if t := textureOf(text); !t.random(leastContext) || placeholder(text) || t.odd > 0 || bytes.IndexByte(text, '/') >= 0 && bytes.IndexByte(text, '.') >= 0 {
		return dst
	}
	return add(dst, f.named.providerKey, 0, len(text))
}

// signed says whether a run carries the mark that its maker puts into the middle or the end of keys: Azure's services,
// MaxMind's licences, Zhipu's two parts.
func signed(value []byte) bool {
	switch len(value) {
	case 84, 52, 80, 88:
		return bytes.Contains(value[40:], []byte("JQQJ99")) || bytes.Contains(value[len(value)-12:], []byte("AZDO")) || bytes.Contains(value[len(value)-16:], []byte("+AMC")) ||
			bytes.Contains(value[len(value)-16:], []byte("+ASt")) || bytes.Contains(value[len(value)-16:], []byte("AzSe")) || bytes.Contains(value[len(value)-16:], []byte("AzFu")) ||
			bytes.Contains(value[len(value)-16:], []byte("ACDb")) || bytes.Contains(value[len(value)-16:], []byte("AzCa"))
	case 40:
		return bytes.HasSuffix(value, []byte("_mmk")) && value[6] == '_'
	case 49:
		return value[32] == '.' && run(value, 0, hex) == 32 && run(value, 33, alnum) == 49 && textureOf(value[33:]).random(12)
	}
	return false
}
