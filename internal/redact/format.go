package redact

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// shortestBody is the shortest text, in bytes, that is split before its bytes are looked at.
const shortestBody = 32

// formatAtOnce says as what a text is split before its bytes are looked at: bodies are half of what traffic consists of,
// in base64 by the model, compressed by their headers, and JSON by their first bytes. Plain where looking has to tell.
func (w *worker) formatAtOnce(n *node, ordinary bool) content.Format {
	if !ordinary {
		if n.role != roleSASL && len(n.text)%4 == 0 {
			return content.Base64
		}
		return content.Plain
	}
	if len(n.text) < shortestBody || n.is(flagGap|flagKey) || n.holder != noNode && n.part != noPart && w.parts[n.part].Hint != content.Plain {
		return content.Plain
	}
	switch n.role {
	case roleBody:
		if format := w.formatOf(n, detect.Shape{Classes: detect.HasOther}); format == content.JSON || compressed(format) {
			return format
		}
	case roleSQL, roleSASL, roleTarget, roleHeaders:
	default:
		if c := n.text[0]; (c == '{' || c == '[') && content.Sniff(n.text, "", "") == content.JSON {
			return content.JSON
		}
	}
	return content.Plain
}

// formatOf says as what a text is split.
func (w *worker) formatOf(n *node, shape detect.Shape) content.Format {
	if n.is(flagGap) {
		return content.Plain
	}
	if n.holder != noNode && n.part != noPart {
		if hint := w.parts[n.part].Hint; hint != content.Plain {
			return hint
		}
	}
	contentType, encoding := "", ""
	switch n.role {
	case roleSQL:
		if !n.is(flagKey) {
			if bytes.IndexByte(n.text, ' ') < 0 {
				if format := content.Sniff(n.text, "", ""); format != content.Plain { // no statement at all
					return format
				}
			}
			return content.SQL
		}
	case roleSASL:
		return formatSASL
	case roleTarget:
		if !n.is(flagKey) && (n.text[0] == '/' || n.text[0] == '?') {
			return content.URL
		}
	case roleHeaders:
		if n.is(flagKey) {
			break
		}
		switch {
		case bytes.EqualFold(n.name, []byte("cookie")):
			return content.Cookie
		case bytes.EqualFold(n.name, []byte("set-cookie")):
			return content.SetCookie
		}
	case roleBody:
		s := &w.sides[1]
		if n.is(flagRequest) {
			s = &w.sides[0]
		}
		contentType = s.contentType
		if n.holder == noNode || !compressed(w.nodes[n.holder].format) {
			encoding = s.encoding
		}
	}
	if contentType == "" && encoding == "" && !mayHold(shape) {
		if shape.LongToken >= shortestEmbedded && content.ShortBase64(n.text) {
			return content.Base64
		}
		return content.Plain
	}
	format := content.Sniff(n.text, contentType, encoding)
	if format == content.BasicAuth && !w.engine.passwords {
		return content.Plain
	}
	return format
}

// shortestRunOfDigits is the shortest run of base64 or hexadecimal digits, in bytes, that is tried as such.
const shortestRunOfDigits = 16

// mayHold reports whether a text of the shape can be a container at all: words and numbers cannot.
func mayHold(shape detect.Shape) bool {
	const marks = detect.HasEquals | detect.HasPercent | detect.HasSlash | detect.HasEscape | detect.HasQuote | detect.HasControl | detect.HasHigh | detect.HasOther
	return shape.Classes&marks != 0 || shape.LongToken >= shortestRunOfDigits
}

func compressed(format content.Format) bool {
	switch format {
	case content.Gzip, content.Deflate, content.Brotli, content.Zstandard:
		return true
	}
	return false
}
