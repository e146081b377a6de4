package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/servicemap"
)

// servicesReport is what --output json prints.
type servicesReport struct {
	Window          statsWindow   `json:"window"`
	Filter          string        `json:"filter"`
	PercentileError float64       `json:"percentile_error"`
	Unnamed         int64         `json:"unnamed_requests"` // from callers of whom at most an address is known
	Nodes           []serviceNode `json:"nodes"`
	Edges           []serviceEdge `json:"edges"`
	LeftOut         int           `json:"left_out"` // edges below --min-requests
}

type serviceNode struct {
	Name string          `json:"name"`
	Kind servicemap.Kind `json:"kind"`
}

// serviceEdge is a caller calling a callee. The figures are the caller's where it was captured, else the callee's.
type serviceEdge struct {
	Caller   string `json:"caller"`
	Callee   string `json:"callee"`
	Protocol string `json:"protocol"`
	SeenBy   string `json:"seen_by"`
	serviceFigures
	CalleeSide *serviceFigures `json:"callee_side"` // what the callee saw, where both were captured; else null
}

type serviceFigures struct {
	Requests          int64         `json:"requests"`
	RequestsPerSecond float64       `json:"requests_per_second"`
	Errors            int64         `json:"errors"`
	ErrorRate         float64       `json:"error_rate"`
	RequestBytes      int64         `json:"request_bytes"`
	ResponseBytes     int64         `json:"response_bytes"`
	LatencyMS         *statsLatency `json:"latency_ms"`
	First             time.Time     `json:"first"`
	Last              time.Time     `json:"last"`
}

// sumOf lets a side be shown as any other sum.
func sumOf(side *servicemap.Side) *trafficSum {
	return &trafficSum{Group: hotstore.Group{Requests: side.Requests, Errors: side.Errors, First: side.First, Last: side.Last, Latency: side.Latency}}
}

func serviceFiguresOf(side *servicemap.Side, window time.Duration) serviceFigures {
	f := figuresOf(sumOf(side), window)
	return serviceFigures{
		Requests: f.Requests, RequestsPerSecond: f.RequestsPerSecond, Errors: f.Errors, ErrorRate: f.ErrorRate,
		RequestBytes: side.RequestBytes, ResponseBytes: side.ResponseBytes, LatencyMS: f.LatencyMS, First: side.First.UTC(), Last: side.Last.UTC(),
	}
}

func (m *serviceMap) edge(edge *servicemap.Edge) serviceEdge {
	shown := serviceEdge{Caller: edge.Caller, Callee: edge.Callee, Protocol: edge.Protocol, SeenBy: edge.SeenBy, serviceFigures: serviceFiguresOf(&edge.Side, m.window())}
	if edge.CalleeSide != nil {
		callee := serviceFiguresOf(edge.CalleeSide, m.window())
		shown.CalleeSide = &callee
	}
	return shown
}

func (a *app) printServices(m *serviceMap, output string) (err error) {
	out := bufio.NewWriterSize(a.stdout, stdoutBuffer)
	switch output {
	case outputDOT:
		err = m.DOT(out, m.window())
	case outputMermaid:
		err = m.Mermaid(out, m.window())
	case outputJSON:
		err = a.printJSON(m.report())
	case outputNDJSON:
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		for i := range m.Edges {
			if err = encoder.Encode(m.edge(&m.Edges[i])); err != nil {
				break
			}
		}
	case outputCSV:
		err = m.writeCSV(out)
	default:
		table := a.servicesTable(m)
		a.fitScreen(table, []string{"FIRST", "SEEN BY", "CALLEE SAW", "LAST", "ERRORS", "REQ/S"})
		err = table.write(out)
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the service map: %w", err)
	}
	return nil
}

func (m *serviceMap) report() servicesReport {
	report := servicesReport{
		Window: statsWindow{m.from.UTC(), m.to.UTC()}, Filter: hotstore.Text(m.query.Expr()), PercentileError: m.percentileError,
		Unnamed: m.Unnamed, Nodes: []serviceNode{}, Edges: []serviceEdge{}, LeftOut: m.left,
	}
	for _, node := range m.Nodes {
		report.Nodes = append(report.Nodes, serviceNode(node))
	}
	for i := range m.Edges {
		report.Edges = append(report.Edges, m.edge(&m.Edges[i]))
	}
	return report
}

// servicesTable has the callee's count beside the caller's where both were captured: they differ where calls got lost,
// were sampled, or went through somebody else.
func (a *app) servicesTable(m *serviceMap) *figureTable {
	t := newFigureTable(3, 6, "CALLER", "CALLEE", "PROTOCOL", "REQUESTS", "REQ/S", "ERRORS", "ERROR RATE", "P95", "CALLEE SAW", "SEEN BY", "FIRST", "LAST")
	for i := range m.Edges {
		edge := &m.Edges[i]
		p95, saw := "-", "-"
		if all := sumOf(&edge.Side).latencies(); all != nil {
			p95 = latencyCell(all[placeP95])
		}
		if edge.CalleeSide != nil {
			saw = humanCount(edge.CalleeSide.Requests)
		}
		t.add(harmless(edge.Caller, false), harmless(edge.Callee, false), orDash(harmless(edge.Protocol, false)), humanCount(edge.Requests), rateCell(edge.Requests, m.window()),
			humanCount(edge.Errors), servicemap.Percent(edge.Errors, edge.Requests), p95, saw, edge.SeenBy, a.formatTime(edge.First), a.formatTime(edge.Last))
	}
	return t
}

func (m *serviceMap) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true // as RFC 4180 has it
	// Errors of the writer stay until Flush.
	_ = out.Write([]string{"caller", "callee", "protocol", "seen_by", "requests", "requests_per_second", "errors", "error_rate",
		"request_bytes", "response_bytes", "p95_ms", "callee_requests", "callee_errors", "first", "last"})
	for i := range m.Edges {
		edge := m.edge(&m.Edges[i])
		p95, requests, errors := "", "", ""
		if edge.LatencyMS != nil {
			p95 = plainFloat(edge.LatencyMS.P95)
		}
		if edge.CalleeSide != nil {
			requests, errors = number(edge.CalleeSide.Requests), number(edge.CalleeSide.Errors)
		}
		_ = out.Write([]string{edge.Caller, edge.Callee, edge.Protocol, edge.SeenBy, number(edge.Requests), plainFloat(edge.RequestsPerSecond),
			number(edge.Errors), plainFloat(edge.ErrorRate), number(edge.RequestBytes), number(edge.ResponseBytes), p95, requests, errors,
			timeCell(&edge.First), timeCell(&edge.Last)})
	}
	out.Flush()
	return out.Error()
}
