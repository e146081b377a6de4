package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// statsWriter prints groups and intervals as encoding/json does the types of statsReport, byte for byte, but without
// holding all of them: there may be a hundred thousand, most of them of nothing.
type statsWriter struct {
	out    *bufio.Writer
	isFlat bool // a line, without indents
	by     []int
	names  []string // of by, encoded, in order
	dst    []byte
	failed error
}

func newStatsWriter(out io.Writer, by []string, isFlat bool) *statsWriter {
	w := &statsWriter{out: bufio.NewWriterSize(out, stdoutBuffer), isFlat: isFlat, by: make([]int, len(by))}
	for i := range by {
		w.by[i] = i
	}
	slices.SortFunc(w.by, func(x, y int) int { return strings.Compare(by[x], by[y]) })
	for _, i := range w.by {
		w.names = append(w.names, string(appendJSONText(nil, by[i])))
	}
	return w
}

// line begins a line so deep.
func (w *statsWriter) line(depth int) {
	if w.isFlat {
		return
	}
	w.dst = append(w.dst, '\n')
	for range depth {
		w.dst = append(w.dst, ' ', ' ')
	}
}

// member begins a member: its encoded name.
func (w *statsWriter) member(depth int, name string) {
	w.line(depth)
	w.dst = append(append(w.dst, name...), ':')
	if !w.isFlat {
		w.dst = append(w.dst, ' ')
	}
}

func (w *statsWriter) number(depth int, name string, n int64) {
	w.dst = append(w.dst, ',')
	w.member(depth, name)
	w.dst = strconv.AppendInt(w.dst, n, 10)
}

func (w *statsWriter) float(depth int, name string, x float64) {
	w.dst = append(w.dst, ',')
	w.member(depth, name)
	w.dst = appendJSONFloat(w.dst, x)
}

func (w *statsWriter) time(depth int, name string, at *time.Time) {
	w.dst = append(w.dst, ',')
	w.member(depth, name)
	if at == nil {
		w.dst = append(w.dst, "null"...)
		return
	}
	w.dst = appendJSONTime(w.dst, *at)
}

// keys prints the member "group".
func (w *statsWriter) keys(depth int, keys []string) {
	w.member(depth, `"group"`)
	w.dst = append(w.dst, '{')
	for i, at := range w.by {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.member(depth+1, w.names[i])
		w.dst = appendJSONText(w.dst, keys[at])
	}
	if len(w.by) > 0 {
		w.line(depth)
	}
	w.dst = append(w.dst, '}')
}

// figures prints the members of statsFigures, after another.
func (w *statsWriter) figures(depth int, f *statsFigures) {
	w.number(depth, `"requests"`, f.Requests)
	w.number(depth, `"inbound"`, f.Inbound)
	w.number(depth, `"outbound"`, f.Outbound)
	w.number(depth, `"errors"`, f.Errors)
	w.float(depth, `"error_rate"`, f.ErrorRate)
	w.number(depth, `"bytes_in"`, f.BytesIn)
	w.number(depth, `"bytes_out"`, f.BytesOut)
	w.float(depth, `"requests_per_second"`, f.RequestsPerSecond)
	w.float(depth, `"inbound_per_second"`, f.InboundPerSecond)
	w.float(depth, `"outbound_per_second"`, f.OutboundPerSecond)
	w.float(depth, `"bytes_in_per_second"`, f.BytesInPerSecond)
	w.float(depth, `"bytes_out_per_second"`, f.BytesOutPerSecond)
	w.dst = append(w.dst, ',')
	w.member(depth, `"latency_ms"`)
	if l := f.LatencyMS; l == nil {
		w.dst = append(w.dst, "null"...)
	} else {
		w.dst = append(w.dst, '{')
		w.member(depth+1, `"p50"`)
		w.dst = appendJSONFloat(w.dst, l.P50)
		w.float(depth+1, `"p90"`, l.P90)
		w.float(depth+1, `"p95"`, l.P95)
		w.float(depth+1, `"p99"`, l.P99)
		w.float(depth+1, `"max"`, l.Max)
		w.line(depth)
		w.dst = append(w.dst, '}')
	}
	w.time(depth, `"first"`, f.First)
	w.time(depth, `"last"`, f.Last)
}

// flush hands on what was printed.
func (w *statsWriter) flush() error {
	if w.failed == nil {
		_, w.failed = w.out.Write(w.dst)
	}
	w.dst = w.dst[:0]
	return w.failed
}

// end hands on the rest.
func (w *statsWriter) end() error {
	if err := w.flush(); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// printStatsJSON prints statsReport, its groups one after the other.
func (a *app) printStatsJSON(r *statsResult) error {
	var around bytes.Buffer
	encoder := json.NewEncoder(&around)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r.report()); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	const none = "\n  \"groups\": []" // no text has a line end in JSON
	before, after, _ := bytes.Cut(around.Bytes(), []byte(none))
	w := newStatsWriter(a.rowsOut(a.stdout, true), r.asked.by, false)
	w.dst = append(append(w.dst, before...), none[:len(none)-1]...)
	const depth = 3
	// What an interval of nothing has, printed once.
	nothing := figuresOf(&trafficSum{}, 0)
	w.figures(depth+2, &nothing)
	empty := string(w.dst[len(before)+len(none)-1:])
	w.dst = w.dst[:len(before)+len(none)-1]
	for i, group := range r.groups {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.line(depth - 1)
		w.dst = append(w.dst, '{')
		w.keys(depth, group.keys)
		figures := figuresOf(&group.total, r.window())
		w.figures(depth, &figures)
		for i, start := range r.starts {
			w.dst = append(w.dst, ',')
			if i == 0 {
				w.member(depth, `"intervals"`)
				w.dst = append(w.dst, '[')
			}
			w.line(depth + 1)
			w.dst = append(w.dst, '{')
			w.member(depth+2, `"start"`)
			w.dst = appendJSONTime(w.dst, start)
			if cell := group.cells[start.UnixNano()]; cell == nil {
				w.dst = append(w.dst, empty...)
			} else {
				figures := figuresOf(cell, r.span(start))
				w.figures(depth+2, &figures)
			}
			w.line(depth + 1)
			w.dst = append(w.dst, '}')
		}
		if len(r.starts) > 0 {
			w.line(depth)
			w.dst = append(w.dst, ']')
		}
		w.line(depth - 1)
		w.dst = append(w.dst, '}')
		if err := w.flush(); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
	}
	if len(r.groups) > 0 {
		w.line(1)
	}
	w.dst = append(append(w.dst, ']'), after...)
	return w.end()
}

// printStatsLines prints a statsRow a line.
func (a *app) printStatsLines(r *statsResult) error {
	w := newStatsWriter(a.rowsOut(a.stdout, true), r.asked.by, true)
	err := r.eachRow(func(group *statsGroup, start time.Time, sum *trafficSum, span time.Duration) error {
		w.dst = append(w.dst, '{')
		w.keys(0, group.keys)
		if !start.IsZero() {
			w.time(0, `"start"`, &start)
		}
		figures := figuresOf(sum, span)
		w.figures(0, &figures)
		w.dst = append(w.dst, "}\n"...)
		return w.flush()
	})
	if err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return w.end()
}

// appendJSONText quotes a text as encoding/json does without escaping of HTML.
func appendJSONText(dst []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' || c == 0x7f {
			var quoted bytes.Buffer
			encoder := json.NewEncoder(&quoted)
			encoder.SetEscapeHTML(false)
			_ = encoder.Encode(text) // a text always can be
			return append(dst, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
		}
	}
	return append(append(append(dst, '"'), text...), '"')
}

// appendJSONFloat prints a number as encoding/json does: like a number in JavaScript.
func appendJSONFloat(dst []byte, x float64) []byte {
	if whole := int64(x); float64(whole) == x && whole > -1<<53 && whole < 1<<53 && (whole != 0 || !math.Signbit(x)) {
		return strconv.AppendInt(dst, whole, 10)
	}
	size := math.Abs(x)
	if size >= 1e-6 && size < 1e21 || x == 0 {
		return strconv.AppendFloat(dst, x, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, x, 'e', -1, 64)
	if n := len(dst); n >= 4 && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' { // e-09 is e-9 there
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

func appendJSONTime(dst []byte, at time.Time) []byte {
	return append(at.AppendFormat(append(dst, '"'), time.RFC3339Nano), '"')
}
