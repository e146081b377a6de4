package main

import (
	"bufio"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/servicemap"
)

// What the second sparkline shows; the first shows requests.
const (
	sparkErrors = "errors"
	sparkP95    = "p95"
)

// sparkWidth is how many characters a sparkline has at most: two of them and the figures fit on a screen of 132.
const sparkWidth = 30

func (a *app) printStatsTable(r *statsResult) error {
	out := bufio.NewWriterSize(a.stdout, stdoutBuffer)
	table, spare := a.rowTable(r), []string{"FIRST", "LAST", "IN/S", "OUT/S", "P90", "P99", "ERRORS", "REQ/S"}
	if r.asked.spark != "" {
		table, spare = r.sparkTable(), []string{"MAX", "ERRORS", "REQ/S"}
	}
	a.fitScreen(table, spare)
	err := table.write(out)
	if err == nil && len(r.dropped) > 0 {
		fmt.Fprint(out, "\ndropped by rule before storage\n")
		err = droppedTable(r.dropped).write(out)
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func upper(names []string) []string {
	shown := make([]string, len(names))
	for i, name := range names {
		shown[i] = harmless(strings.ToUpper(name), false)
	}
	return shown
}

// keyCells are the keys of a group as a table shows them.
func keyCells(keys []string) []string {
	cells := make([]string, len(keys))
	for i, key := range keys {
		cells[i] = orDash(harmless(key, false))
	}
	return cells
}

func statsFigureNames() []string {
	return []string{"REQUESTS", "REQ/S", "ERRORS", "ERROR RATE", "IN", "OUT", "IN/S", "OUT/S", "P50", "P90", "P95", "P99", "MAX"}
}

func statsFigureCells(s *trafficSum, span time.Duration) []string {
	cells := []string{humanCount(s.Requests), rateCell(s.Requests, span), humanCount(s.Errors), servicemap.Percent(s.Errors, s.Requests),
		humanBytes(s.in), humanBytes(s.out), bytesRateCell(s.in, span), bytesRateCell(s.out, span)}
	if all := s.latencies(); all != nil {
		for _, latency := range all {
			cells = append(cells, latencyCell(latency))
		}
		return cells
	}
	return append(cells, "-", "-", "-", "-", "-")
}

// rowTable has a row for each group, or for each interval and group in order of time.
func (a *app) rowTable(r *statsResult) *figureTable {
	var header []string
	texts := len(r.asked.by)
	if r.asked.interval > 0 {
		header, texts = []string{"START"}, texts+1
	}
	header = append(append(header, upper(r.asked.by)...), statsFigureNames()...)
	if r.asked.interval <= 0 {
		header = append(header, "FIRST", "LAST")
	}
	t := newFigureTable(texts, len(statsFigureNames()), header...)
	_ = r.eachRow(func(group *statsGroup, start time.Time, sum *trafficSum, span time.Duration) error { // a table takes every row
		var cells []string
		if !start.IsZero() {
			cells = append(cells, a.intervalCell(start, r.asked.interval))
		}
		cells = append(append(cells, keyCells(group.keys)...), statsFigureCells(sum, span)...)
		if start.IsZero() {
			cells = append(cells, a.formatTime(sum.First), a.formatTime(sum.Last))
		}
		t.add(cells...)
		return nil
	})
	return t
}

// intervalCell shows the start of an interval without a fraction that is always zero.
func (a *app) intervalCell(start time.Time, interval time.Duration) string {
	if interval%time.Second != 0 {
		return a.formatTime(start)
	}
	return start.In(a.location).Format(time.RFC3339)
}

func rateCell(n int64, span time.Duration) string {
	if span <= 0 {
		return "-"
	}
	rate := float64(n) / span.Seconds()
	switch {
	case rate == 0:
		return "0"
	case rate >= 999.5:
		return humanCount(int64(math.Round(rate)))
	case rate >= 100:
		return trimFloat(rate, 0)
	case rate >= 1:
		return trimFloat(rate, 2)
	default: // two digits of any rate
		return trimFloat(rate, min(9, 1-int(math.Floor(math.Log10(rate)))))
	}
}

func bytesRateCell(n int64, span time.Duration) string {
	if span <= 0 {
		return "-"
	}
	return humanBytes(int64(math.Round(float64(n)/span.Seconds()))) + "/s"
}

// latencyCell has three significant digits below a second: a percentile is no more exact.
func latencyCell(d time.Duration) string {
	if d < time.Millisecond || d >= time.Second {
		return humanDuration(d)
	}
	decimals := 0
	switch ms := milliseconds(d); {
	case ms < 10:
		decimals = 2
	case ms < 100:
		decimals = 1
	}
	return trimFloat(milliseconds(d), decimals) + "ms"
}

// trimFloat has so many decimals, without zeros at the end.
func trimFloat(x float64, decimals int) string {
	text := strconv.FormatFloat(x, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}

func sparkFigures() []string {
	return []string{"REQUESTS", "REQ/S", "ERRORS", "ERROR RATE", "P95", "MAX"}
}

// sparkTable has a line for each group: its totals and how they went.
func (r *statsResult) sparkTable() *figureTable {
	header := append(append(upper(r.asked.by), sparkFigures()...), "REQUESTS OVER TIME", strings.ToUpper(r.asked.spark)+" OVER TIME")
	t := newFigureTable(len(r.asked.by), len(sparkFigures()), header...)
	for _, group := range r.groups {
		cells := append(keyCells(group.keys), humanCount(group.total.Requests), rateCell(group.total.Requests, r.window()),
			humanCount(group.total.Errors), servicemap.Percent(group.total.Errors, group.total.Requests))
		if all := group.total.latencies(); all != nil {
			cells = append(cells, latencyCell(all[placeP95]), latencyCell(all[placeMax]))
		} else {
			cells = append(cells, "-", "-")
		}
		t.add(append(cells, r.sparks(group)...)...)
	}
	return t
}

// intervalsPerCharacter is how many intervals one character of a sparkline stands for.
func (r *statsResult) intervalsPerCharacter() int {
	return max(1, (len(r.starts)+sparkWidth-1)/sparkWidth)
}

func (r *statsResult) perCharacter() time.Duration {
	return r.asked.interval * time.Duration(r.intervalsPerCharacter())
}

// sparks are the two sparklines of a group.
func (r *statsResult) sparks(group *statsGroup) []string {
	step := r.intervalsPerCharacter()
	var requests, second []float64
	for i := 0; i < len(r.starts); i += step {
		var sum trafficSum
		for _, start := range r.starts[i:min(i+step, len(r.starts))] {
			sum.merge(group.cell(start))
		}
		requests = append(requests, float64(sum.Requests))
		switch all := sum.latencies(); {
		case r.asked.spark == sparkErrors:
			second = append(second, float64(sum.Errors))
		case all == nil:
			second = append(second, 0)
		default:
			second = append(second, float64(all[placeP95]))
		}
	}
	return []string{sparkline(requests), sparkline(second)}
}

// sparkline draws numbers as blocks of different height, the highest as the full one; a dot is nothing at all.
func sparkline(values []float64) string {
	const blocks = "▁▂▃▄▅▆▇█"
	heights := []rune(blocks)
	highest := 0.0
	for _, value := range values {
		highest = max(highest, value)
	}
	var line strings.Builder
	for _, value := range values {
		if value <= 0 {
			line.WriteRune('·')
			continue
		}
		line.WriteRune(heights[min(len(heights)-1, int(value/highest*float64(len(heights))))])
	}
	return line.String()
}
