package redact

import (
	"encoding/base64"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// shortestEmbedded is the shortest run of base64 or hexadecimal digits, in bytes, that is taken for an encoded text within
// another text: base64 of nine digits. From shortestPacked on it can also be compressed data.
const (
	shortestEmbedded = 12
	shortestPacked   = 24
)

// embed looks for encoded texts within a text that is otherwise plain (a log line with base64 in it) and makes them its
// parts. Where a finder found something, or a JWT's dots are, nothing is decoded.
func (w *worker) embed(i int32, hits int) error {
	text := w.nodes[i].text
	first := int32(len(w.nodes))
	for at := 0; at < len(text); at++ {
		start := at
		for at < len(text) && (inAlphabet(text[at], false) || text[at] == '-' || text[at] == '_') {
			at++
		}
		if at-start < shortestEmbedded {
			continue
		}
		end := at
		for end < len(text) && text[end] == '=' {
			end++
		}
		if start == 0 && end == len(text) || start > 0 && text[start-1] == '.' || end < len(text) && text[end] == '.' || w.hitIn(&hits, start, end) {
			continue
		}
		if !encodedText(text[start:end]) {
			continue
		}
		holder := &w.nodes[i]
		w.add(node{
			text: text[start:end:end], name: holder.name, parent: i, holder: i, start: int32(start), end: int32(end), part: noPart, target: noTarget,
			index: -1, flags: holder.flags & (flagRequest | flagKey), place: holder.place, depth: holder.depth + 1,
		})
	}
	if count := int32(len(w.nodes)) - first; count > 0 {
		n := &w.nodes[i]
		n.format, n.first, n.count = formatEmbedded, first, count
	}
	return w.grown()
}

// hitIn reports whether a span touches one of the hits from *from on, which are in order and those of the text in hand.
// It moves *from behind those that lie before.
func (w *worker) hitIn(from *int, start, end int) bool {
	for *from < len(w.hits) && int(w.hits[*from].end) <= start {
		*from++
	}
	return *from < len(w.hits) && int(w.hits[*from].start) < end
}

// encodedText reports whether a run of digits is base64 or hexadecimal of a text, or base64 of compressed data.
func encodedText(text []byte) bool {
	switch content.Sniff(text, "", "") {
	case content.Base64, content.Hex:
		return true
	}
	var head [3]byte
	if len(text) < shortestPacked {
		return false
	}
	if _, err := base64.StdEncoding.Decode(head[:], text[:4]); err != nil {
		return false
	}
	switch {
	case head[0] == 0x1f && head[1] == 0x8b && head[2] == 8: // gzip
		return true
	case head[0] == 0x78 && (uint(head[0])<<8|uint(head[1]))%31 == 0: // zlib
		return true
	}
	return head == [3]byte{0x28, 0xb5, 0x2f} // zstd
}

// mayEmbed reports whether a text of the shape can hold an encoded text.
func mayEmbed(n *node, shape detect.Shape) bool {
	return shape.LongToken >= shortestEmbedded && shape.LongToken < len(n.text) && !n.is(flagGap)
}
