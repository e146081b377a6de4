package servicemap

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The widths of lines, in points: the busiest edge has the widest, an edge of one request the thinnest.
const (
	thinnest = 1.0
	widest   = 6.0
)

// errorColour is that of edges with errors.
const errorColour = "red"

// DOT writes the map in Graphviz's language. window is what rates are counted over; 0: no rates. Nodes have numbers for
// names and their true names as labels, so that any name will do.
func (m *Map) DOT(w io.Writer, window time.Duration) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "digraph services {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n")
	ids, most := m.ids(), m.most()
	for _, node := range m.Nodes {
		look := ""
		switch node.Kind {
		case External:
			look = ", shape=ellipse"
		case Nobody:
			look = ", shape=ellipse, style=dashed"
		}
		fmt.Fprintf(out, "  %s [label=%s%s];\n", ids[node.Name], dotText(node.Name), look)
	}
	for i := range m.Edges {
		edge := &m.Edges[i]
		look := ""
		if edge.Errors > 0 {
			look = ", color=" + errorColour + ", fontcolor=" + errorColour
		}
		fmt.Fprintf(out, "  %s -> %s [label=%s, penwidth=%s%s];\n", ids[edge.Caller], ids[edge.Callee], dotText(edge.label(window)), width(edge.Requests, most), look)
	}
	fmt.Fprint(out, "}\n")
	return flush(out)
}

// Mermaid writes the map as a flowchart of Mermaid, with the same names and looks.
func (m *Map) Mermaid(w io.Writer, window time.Duration) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "flowchart LR\n")
	ids, most := m.ids(), m.most()
	for _, node := range m.Nodes {
		open, shut := "[", "]"
		if node.Kind != Service {
			open, shut = "([", "])"
		}
		fmt.Fprintf(out, "  %s%s%s%s\n", ids[node.Name], open, mermaidText(node.Name), shut)
	}
	for i := range m.Edges {
		fmt.Fprintf(out, "  %s -->|%s| %s\n", ids[m.Edges[i].Caller], mermaidText(m.Edges[i].label(window)), ids[m.Edges[i].Callee])
	}
	for i := range m.Edges {
		look := ""
		if m.Edges[i].Errors > 0 {
			look = ",stroke:" + errorColour + ",color:" + errorColour
		}
		fmt.Fprintf(out, "  linkStyle %d stroke-width:%spx%s\n", i, width(m.Edges[i].Requests, most), look)
	}
	return flush(out)
}

func flush(out *bufio.Writer) error {
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the map: %w", err)
	}
	return nil
}

func (m *Map) ids() map[string]string {
	ids := make(map[string]string, len(m.Nodes))
	for i, node := range m.Nodes {
		ids[node.Name] = "n" + strconv.Itoa(i)
	}
	return ids
}

// label is the protocol, the rate and the share of errors.
func (e *Edge) label(window time.Duration) string {
	var parts []string
	if e.Protocol != "" {
		parts = append(parts, e.Protocol)
	}
	if rate := Rate(e.Requests, window); rate != "" {
		parts = append(parts, rate)
	} else {
		parts = append(parts, strconv.FormatInt(e.Requests, 10)+" requests")
	}
	if e.Errors > 0 {
		parts = append(parts, Percent(e.Errors, e.Requests)+" errors")
	}
	return strings.Join(parts, ", ")
}

// Rate says how many there are in a second, a minute or an hour, whichever gives a number of one or more; "" without a
// window.
func Rate(n int64, window time.Duration) string {
	if window <= 0 {
		return ""
	}
	per := float64(n) / window.Seconds()
	unit := "/s"
	if per < 1 {
		per, unit = per*60, "/min"
	}
	if per < 1 {
		per, unit = per*60, "/h"
	}
	decimals := 1
	if per >= 100 {
		decimals = 0
	}
	return strings.TrimSuffix(strconv.FormatFloat(per, 'f', decimals, 64), ".0") + unit
}

// Percent is a share with as many digits as are needed to see that it is neither nothing nor everything.
func Percent(part, whole int64) string {
	if whole <= 0 {
		return "-"
	}
	share := 100 * float64(part) / float64(whole)
	switch {
	case part == 0:
		return "0%"
	case part == whole:
		return "100%"
	case share < 0.01:
		return "<0.01%"
	case share > 99.99:
		return ">99.99%"
	case share < 1 || share > 99:
		return strconv.FormatFloat(share, 'f', 2, 64) + "%"
	default:
		return strconv.FormatFloat(share, 'f', 1, 64) + "%"
	}
}

// most is the number of requests of the busiest edge.
func (m *Map) most() int64 {
	most := int64(1)
	for i := range m.Edges {
		most = max(most, m.Edges[i].Requests)
	}
	return most
}

// width grows with the logarithm of the requests: the busiest edge of a map easily has a thousand times the others'.
func width(requests, most int64) string {
	share := 0.0
	if most > 1 && requests > 0 {
		share = math.Log(float64(requests)) / math.Log(float64(most))
	}
	return strconv.FormatFloat(thinnest+share*(widest-thinnest), 'f', 1, 64)
}

// dotText is a quoted text for Graphviz. In labels a backslash begins an escape and an ampersand an entity.
func dotText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `&`, `&amp;`).Replace(oneLine(text)) + `"`
}

// mermaidText is a quoted text for Mermaid, which has no escapes within quotes but numbers of characters: all that is
// neither letter nor digit nor plainly harmless is given by its number.
func mermaidText(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range oneLine(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(" -_./:,", r) {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, "#%d;", r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// oneLine makes a text valid UTF-8 without line ends and other signs that do not print.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
