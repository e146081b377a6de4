package redact

import (
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Containers that the engine takes apart itself.
const (
	formatRuns     content.Format = 200 + iota // binary data: printable runs
	formatSASL                                 // the response of a login: user and password between zero bytes
	formatEmbedded                             // a text with compressed data in base64 in it
	formatZip                                  // an archive: entries, and printable runs of its headers
)

// shortestRun is the shortest run of letters and digits, in bytes, that can hold a value worth looking for: copies and
// values found without a name have six.
const shortestRun = 6

// hasGaps reports whether a container of the format has texts between its parts: markup, comments, attributes.
func hasGaps(format content.Format) bool {
	switch format {
	case content.URL, content.SetCookie, content.Multipart, content.XML, content.HTML, content.SQL, content.Params, content.JSON:
		return true
	}
	return false
}

// addGaps adds leaves for what of a container lies between its parts (nodes first to end) and could hold a value.
func (w *worker) addGaps(i, first, end int32) {
	text := w.nodes[i].text
	at := 0
	for k := first; k <= end; k++ {
		stop := len(text)
		if k < end {
			if w.nodes[k].is(flagOpaque) {
				continue
			}
			stop = int(w.nodes[k].start)
		}
		if stop-at >= shortestRun && hasRun(text[at:stop]) {
			holder := &w.nodes[i]
			w.add(node{
				text: text[at:stop:stop], parent: i, holder: i, start: int32(at), end: int32(stop), part: noPart,
				target: noTarget, index: -1, flags: holder.flags&flagRequest | flagGap, place: detect.PlaceText, depth: holder.depth + 1,
			})
		}
		if k < end {
			at = int(w.nodes[k].end)
		}
	}
}

// hasRun reports whether text has a run of letters and digits long enough to be looked into.
func hasRun(text []byte) bool {
	run := 0
	for _, c := range text {
		if !wordByte(c) {
			run = 0
		} else if run++; run >= shortestRun {
			return true
		}
	}
	return false
}

// wordByte reports whether c is an ASCII letter or digit.
func wordByte(c byte) bool {
	return c-'0' <= 9 || c|0x20-'a' <= 25
}

// isBinary reports whether text is binary data rather than a text in any encoding.
func isBinary(text []byte, shape detect.Shape) bool {
	if shape.Classes&detect.HasControl == 0 {
		return false
	}
	control := 0
	for _, c := range text {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			control++
		}
	}
	return control > len(text)/16 || !utf8.Valid(text)
}

// binaryFormat reports whether binary data can be of a format; what else looks like a format in it is chance.
func binaryFormat(format content.Format) bool {
	switch format {
	case content.Protobuf, content.GRPCFrame, content.Multipart, content.Wide, formatSASL:
		return true
	}
	return compressed(format)
}

// splitRuns adds leaves for the printable runs of binary data.
func (w *worker) splitRuns(i int32) error {
	first := int32(len(w.nodes))
	w.addRuns(i, 0, len(w.nodes[i].text))
	n := &w.nodes[i]
	n.format, n.first, n.count = formatRuns, first, int32(len(w.nodes))-first
	return w.grown()
}

// addRuns adds leaves for the printable runs of a node's text from at to end.
func (w *worker) addRuns(i int32, at, end int) {
	holder := w.nodes[i]
	text := holder.text[:end]
	for ; at < len(text); at++ {
		start := at
		for at < len(text) && (text[at] >= ' ' && text[at] < 0x7f || text[at] == '\n' || text[at] == '\r' || text[at] == '\t') {
			at++
		}
		if at-start < shortestRun {
			continue
		}
		w.add(node{
			text: text[start:at:at], name: holder.name, parent: i, holder: i, start: int32(start), end: int32(at), part: noPart, target: noTarget,
			index: -1, flags: holder.flags&flagRequest | flagBinary, place: detect.PlaceBinary, depth: holder.depth + 1,
		})
	}
}

// splitSASL takes the response of connection.startOk apart: with PLAIN an identity, a user and a password, each behind a
// zero byte; with others (AMQPLAIN) the last printable run is the password, and lengths have to stay.
func (w *worker) splitSASL(i int32) (bool, error) {
	text := w.nodes[i].text
	zero := 0
	for _, c := range text {
		if c == 0 {
			zero++
		}
	}
	if zero == 0 {
		return false, nil
	}
	if zero > 2 {
		if err := w.splitRuns(i); err != nil {
			return false, err
		}
		if n := &w.nodes[i]; n.count > 0 {
			w.nodes[n.first+n.count-1].name = []byte("password")
		}
		return true, nil
	}
	first := int32(len(w.nodes))
	start := 0
	for at := 0; at <= len(text); at++ {
		if at < len(text) && text[at] != 0 {
			continue
		}
		name := []byte("username")
		if at == len(text) {
			name = []byte("password")
		}
		holder := &w.nodes[i]
		if at > start {
			w.add(node{
				text: text[start:at:at], name: name, parent: i, holder: i, start: int32(start), end: int32(at), part: noPart, target: noTarget,
				index: -1, flags: holder.flags & flagRequest, place: detect.PlaceValue, depth: holder.depth + 1,
			})
		}
		start = at + 1
	}
	n := &w.nodes[i]
	n.format, n.first, n.count = formatSASL, first, int32(len(w.nodes))-first
	return true, nil
}
