package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// statsFigures are the figures of a group or of one of its intervals, as --output json and ndjson have them.
type statsFigures struct {
	Requests          int64         `json:"requests"`
	Inbound           int64         `json:"inbound"`  // of the requests, those that came in
	Outbound          int64         `json:"outbound"` // and those that went out
	Errors            int64         `json:"errors"`
	ErrorRate         float64       `json:"error_rate"`
	BytesIn           int64         `json:"bytes_in"`
	BytesOut          int64         `json:"bytes_out"`
	RequestsPerSecond float64       `json:"requests_per_second"`
	InboundPerSecond  float64       `json:"inbound_per_second"`
	OutboundPerSecond float64       `json:"outbound_per_second"`
	BytesInPerSecond  float64       `json:"bytes_in_per_second"`
	BytesOutPerSecond float64       `json:"bytes_out_per_second"`
	LatencyMS         *statsLatency `json:"latency_ms"` // null where no pair says how long it took
	First             *time.Time    `json:"first"`      // null for nothing
	Last              *time.Time    `json:"last"`
}

type statsLatency struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

func figuresOf(s *trafficSum, span time.Duration) statsFigures {
	f := statsFigures{
		Requests: s.Requests, Inbound: s.Inbound, Outbound: s.Requests - s.Inbound, Errors: s.Errors, ErrorRate: rounded(s.errorRate()),
		BytesIn: s.in, BytesOut: s.out,
		RequestsPerSecond: perSecond(s.Requests, span), InboundPerSecond: perSecond(s.Inbound, span),
		OutboundPerSecond: perSecond(s.Requests-s.Inbound, span), BytesInPerSecond: perSecond(s.in, span), BytesOutPerSecond: perSecond(s.out, span),
	}
	if all := s.latencies(); all != nil {
		f.LatencyMS = &statsLatency{milliseconds(all[placeP50]), milliseconds(all[placeP90]), milliseconds(all[placeP95]), milliseconds(all[placeP99]), milliseconds(all[placeMax])}
	}
	if !s.First.IsZero() {
		first, last := s.First.UTC(), s.Last.UTC()
		f.First, f.Last = &first, &last
	}
	return f
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// perSecond is a rate over a time; 0 for no time.
func perSecond(n int64, span time.Duration) float64 {
	if span <= 0 {
		return 0
	}
	return rounded(float64(n) / span.Seconds())
}

// rounded leaves six significant digits: the rest is noise of the division.
func rounded(x float64) float64 {
	if x == 0 {
		return 0
	}
	scale := math.Pow(10, 5-math.Floor(math.Log10(math.Abs(x))))
	if math.IsInf(scale, 0) || scale < 1 {
		return math.Round(x)
	}
	return math.Round(x*scale) / scale
}

// statsRow is one line of --output ndjson.
type statsRow struct {
	Group map[string]string `json:"group"`
	Start *time.Time        `json:"start,omitempty"` // of the interval
	statsFigures
}

// statsReport is what --output json prints.
type statsReport struct {
	Window          statsWindow        `json:"window"`
	Filter          string             `json:"filter"`
	By              []string           `json:"by"`
	IntervalSeconds float64            `json:"interval_seconds"` // 0: none
	PercentileError float64            `json:"percentile_error"`
	GroupsFound     int                `json:"groups_found"` // groups are those within --limit
	Groups          []statsGroupReport `json:"groups"`
	Total           statsFigures       `json:"total"`   // of all groups found
	Dropped         []droppedRow       `json:"dropped"` // null: unknown
}

type statsWindow struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

type statsGroupReport struct {
	Group map[string]string `json:"group"`
	statsFigures
	Intervals []statsIntervalReport `json:"intervals,omitempty"`
}

type statsIntervalReport struct {
	Start time.Time `json:"start"`
	statsFigures
}

// report is without the groups.
func (r *statsResult) report() statsReport {
	report := statsReport{
		Window: statsWindow{r.asked.from.UTC(), r.asked.to.UTC()}, Filter: hotstore.Text(r.asked.query.Expr()),
		By: append([]string{}, r.asked.by...), IntervalSeconds: r.asked.interval.Seconds(), PercentileError: r.percentileError,
		GroupsFound: r.found, Groups: []statsGroupReport{}, Total: figuresOf(&r.total, r.window()),
	}
	if r.droppedKnown {
		report.Dropped = append([]droppedRow{}, r.dropped...)
	}
	return report
}

// eachRow yields what ndjson and csv print: groups, or the groups of each interval in order of time. start is zero
// without intervals.
func (r *statsResult) eachRow(yield func(group *statsGroup, start time.Time, sum *trafficSum, span time.Duration) error) error {
	if r.asked.interval <= 0 {
		for _, group := range r.groups {
			if err := yield(group, time.Time{}, &group.total, r.window()); err != nil {
				return err
			}
		}
	}
	for _, start := range r.starts {
		for _, group := range r.groups {
			if err := yield(group, start, group.cell(start), r.span(start)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *app) printStats(r *statsResult) error {
	switch r.asked.output {
	case outputJSON:
		return a.printStatsJSON(r)
	case outputNDJSON:
		return a.printStatsLines(r)
	case outputCSV:
		return a.printStatsCSV(r)
	default:
		return a.printStatsTable(r)
	}
}

func (a *app) printStatsCSV(r *statsResult) error {
	out := csv.NewWriter(a.rowsOut(a.stdout, false))
	out.UseCRLF = true // as RFC 4180 has it
	header := append([]string{}, r.asked.by...)
	if r.asked.interval > 0 {
		header = append(header, "start")
	}
	// Errors of the writer stay until Flush.
	_ = out.Write(append(header, "requests", "inbound", "outbound", "errors", "error_rate", "bytes_in", "bytes_out",
		"requests_per_second", "inbound_per_second", "outbound_per_second", "bytes_in_per_second", "bytes_out_per_second",
		"p50_ms", "p90_ms", "p95_ms", "p99_ms", "max_ms", "first", "last"))
	_ = r.eachRow(func(group *statsGroup, start time.Time, sum *trafficSum, span time.Duration) error {
		cells := append([]string{}, group.keys...)
		if !start.IsZero() {
			cells = append(cells, start.UTC().Format(time.RFC3339Nano))
		}
		f := figuresOf(sum, span)
		cells = append(cells, number(f.Requests), number(f.Inbound), number(f.Outbound), number(f.Errors), plainFloat(f.ErrorRate), number(f.BytesIn), number(f.BytesOut),
			plainFloat(f.RequestsPerSecond), plainFloat(f.InboundPerSecond), plainFloat(f.OutboundPerSecond), plainFloat(f.BytesInPerSecond), plainFloat(f.BytesOutPerSecond))
		if l := f.LatencyMS; l != nil {
			cells = append(cells, plainFloat(l.P50), plainFloat(l.P90), plainFloat(l.P95), plainFloat(l.P99), plainFloat(l.Max))
		} else {
			cells = append(cells, "", "", "", "", "")
		}
		return out.Write(append(cells, timeCell(f.First), timeCell(f.Last)))
	})
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return nil
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// plainFloat is the shortest form without an exponent, which spreadsheets read everywhere.
func plainFloat(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func timeCell(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}
