package redact

import (
	"bytes"
	"strconv"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/content"
)

// path says where a node stands, for people: members and indexes, and behind a bar each container on the way. Names that
// are redacted themselves are not told.
func (w *worker) path(i int32) string {
	if i == noNode {
		return ""
	}
	return string(w.appendPath(nil, i))
}

func (w *worker) appendPath(dst []byte, i int32) []byte {
	n := &w.nodes[i]
	if n.parent == noNode {
		return append(dst, n.name...)
	}
	p := &w.nodes[n.parent]
	dst = w.appendPath(dst, n.parent)
	if p.format != content.Plain && n.holder == n.parent {
		dst = append(dst, '|')
		dst = append(dst, formatName(p.format)...)
	}
	switch {
	case n.part != noPart && n.holder != noNode && w.nodes[n.holder].format == content.URL:
		dst = w.appendURLPart(dst, n)
	case n.is(flagKey) && !p.is(flagKey):
		dst = appendMember(dst, []byte("{name}"))
	case n.index >= 0 && bytes.Equal(n.name, p.name) || n.index >= 0 && len(n.name) == 0:
		dst = append(dst, '[')
		dst = strconv.AppendInt(dst, int64(n.index), 10)
		dst = append(dst, ']')
	case n.part == noPart && n.holder != noNode && len(n.name) == 0:
		dst = append(dst, "@"...)
		dst = strconv.AppendInt(dst, int64(n.start), 10)
	case len(n.name) > 0 && !(n.holder == n.parent && bytes.Equal(n.name, p.name)):
		dst = appendMember(dst, w.shownName(n.name))
	}
	return dst
}

func formatName(format content.Format) string {
	switch format {
	case formatRuns:
		return "binary"
	case formatSASL:
		return "sasl"
	case formatZip:
		return "zip"
	case formatEmbedded:
		return "text"
	}
	return format.String()
}

// appendURLPart names a piece of a URL.
func (w *worker) appendURLPart(dst []byte, n *node) []byte {
	part := &w.parts[n.part]
	switch part.Role {
	case content.RoleQuery:
		dst = appendMember(dst, []byte("query"))
	case content.RoleMatrix:
		dst = appendMember(dst, []byte("matrix"))
	case content.RoleFragment:
		dst = appendMember(dst, []byte("fragment"))
	case content.RolePath:
		dst = appendMember(dst, []byte("path"))
		dst = append(dst, '[')
		dst = strconv.AppendInt(dst, int64(n.index), 10)
		return append(dst, ']')
	}
	switch {
	case part.Key:
		return appendMember(dst, []byte("{name}"))
	case len(part.Name) > 0:
		return appendMember(dst, w.shownName(part.Name))
	}
	return dst
}

// appendMember appends a name behind a dot, in brackets and quotes where it holds what paths are made of.
func appendMember(dst, name []byte) []byte {
	if bytes.ContainsAny(name, `.[]|"`) {
		dst = append(dst, '[')
		dst = strconv.AppendQuote(dst, string(name))
		return append(dst, ']')
	}
	if len(dst) > 0 && dst[len(dst)-1] != '.' {
		dst = append(dst, '.')
	}
	return append(dst, name...)
}

// longestShown is the longest name that paths show, in bytes; longer ones are data.
const longestShown = 80

// shownName is a name as paths show it: one that holds a sensitive value is told by the value's type only.
func (w *worker) shownName(name []byte) []byte {
	for i := range w.values.list {
		if v := &w.values.list[i]; len(v.text) >= shortestCopy && bytes.Contains(name, v.text) {
			return []byte("{" + string(v.rule.Type) + "}")
		}
	}
	if len(name) > longestShown {
		return append(append([]byte(nil), name[:longestShown]...), "..."...)
	}
	return name
}

// report tells the caller what was found and what was looked into.
func (w *worker) report() {
	if found := w.call.Finding; found != nil {
		for i := range w.hits {
			h := &w.hits[i]
			n := &w.nodes[h.node]
			finding := Finding{
				Path: w.path(h.node), Start: int(h.start), End: int(h.end), Value: n.text[h.start:h.end],
				Rule: h.rule, Confidence: h.confidence, Copy: h.copied,
			}
			finding.RootStart, finding.RootEnd = w.rootSpan(h.node, finding.Start, finding.End)
			if !w.call.Scan {
				finding.Replacement = h.written
			}
			found(finding)
		}
		for i := range w.nearlies {
			h := &w.nearlies[i]
			finding := Finding{
				Path: w.path(h.node), Start: int(h.start), End: int(h.end), Value: w.nodes[h.node].text[h.start:h.end],
				Rule: h.rule, Confidence: h.confidence, Nearly: true,
			}
			finding.RootStart, finding.RootEnd = w.rootSpan(h.node, finding.Start, finding.End)
			found(finding)
		}
	}
	if visited := w.call.Visited; visited != nil {
		for i := range w.nodes {
			if n := &w.nodes[i]; n.leaf() || n.same != noNode {
				visited(w.path(int32(i)), len(n.text))
			}
		}
	}
}
