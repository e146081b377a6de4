package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestServicesAreTheSameFromEverySource(t *testing.T) {
	f := fillCalls(t, smallShop())
	b := newBench(t)
	stdout, stderr := b.answers(t, f, "services")
	for source, printed := range stdout {
		require.Equal(t, `CALLER     CALLEE           PROTOCOL  REQUESTS    REQ/S  ERRORS  ERROR RATE     P95  CALLEE SAW  SEEN BY  FIRST                     LAST
(unknown)  web              http             1  0.00028       0          0%       -           -  callee   2026-11-20T11:55:00.000Z  2026-11-20T11:55:00.000Z
checkout   api.pay.example  https            6   0.0017       1       16.7%   100ms           -  caller   2026-11-20T11:00:00.002Z  2026-11-20T11:50:00.002Z
web        checkout         http            12   0.0033       0          0%  30.9ms          11  both     2026-11-20T11:00:00.000Z  2026-11-20T11:55:00.000Z
`, printed, source)
		require.Contains(t, stderr[source], "2026-11-20T11:00:00.000Z to 2026-11-20T12:00:00.000Z, times in UTC; ")
		require.Contains(t, stderr[source], "1 request came from callers without a name, shown as (unknown) (--addresses: one by one); some may also be among those of callers with one.")
	}
	for _, output := range []string{outputDOT, outputMermaid, outputJSON, outputNDJSON, outputCSV} {
		stdout, _ := b.answers(t, f, "services", "--output", output, "--by-namespace", "--addresses")
		require.NotEmpty(t, stdout[sourceHot])
		require.Equal(t, stdout[sourceHot], stdout[sourceArchive], output)
		require.Equal(t, stdout[sourceHot], stdout[sourceAuto], output)
	}
}

func TestServiceDrawings(t *testing.T) {
	f := fillCalls(t, smallShop())
	b := newBench(t)
	stdout, _ := b.answers(t, f, "services", "--output", "dot", "--by-namespace", "--min-requests", "2")
	require.Equal(t, `digraph services {
  rankdir=LR;
  node [shape=box, style=rounded];
  n0 [label="api.pay.example", shape=ellipse];
  n1 [label="shop/checkout"];
  n2 [label="shop/web"];
  n1 -> n0 [label="https, 6/h, 16.7% errors", penwidth=4.6, color=red, fontcolor=red];
  n2 -> n1 [label="http, 12/h", penwidth=6.0];
}
`, stdout[sourceHot])
	stdout, stderr := b.answers(t, f, "services", "--output", "mermaid", "--min-requests", "7", "--from", "-1m30s", "--to", "2026-11-20T12:00:00Z")
	require.Equal(t, "flowchart LR\n", stdout[sourceHot], "an empty map is a drawing, too")
	require.Contains(t, stderr[sourceHot], "Nothing matched")
	stdout, stderr = b.answers(t, f, "services", "--output", "mermaid", "--min-requests", "7")
	require.Equal(t, `flowchart LR
  n0["checkout"]
  n1["web"]
  n1 -->|"http, 12/h"| n0
  linkStyle 0 stroke-width:6.0px
`, stdout[sourceHot])
	require.Contains(t, stderr[sourceHot], "2 below --min-requests left out")
}

func TestServicesForPrograms(t *testing.T) {
	f := fillCalls(t, smallShop())
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "services", "--addresses", "--output", "json"), b.stderr.String())
	var fields map[string]any
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &fields))
	for _, name := range []string{"window", "filter", "percentile_error", "unnamed_requests", "nodes", "edges", "left_out"} {
		require.Contains(t, fields, name)
		delete(fields, name)
	}
	require.Empty(t, fields)
	var report servicesReport
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &report))
	require.Equal(t, []serviceNode{{"203.0.113.9", "external"}, {"api.pay.example", "external"}, {"checkout", "service"}, {"web", "service"}}, report.Nodes)
	require.Len(t, report.Edges, 3)
	both := report.Edges[2]
	require.Equal(t, "web both", both.Caller+" "+both.SeenBy)
	require.EqualValues(t, 12, both.Requests)
	require.EqualValues(t, 12_000, both.RequestBytes)
	require.EqualValues(t, 11, both.CalleeSide.Requests)
	require.Nil(t, report.Edges[0].LatencyMS, "the pair does not say how long it took")
	require.NotContains(t, b.stderr.String(), "shown as (unknown)")

	require.Equal(t, exitOK, b.run(t, "--config", f.config, "services", "--output", "csv", "--filter", "error IS true"))
	rows, err := csv.NewReader(&b.stdout).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"caller", "callee", "protocol", "seen_by", "requests", "requests_per_second", "errors", "error_rate", "request_bytes", "response_bytes", "p95_ms", "callee_requests", "callee_errors", "first", "last"},
		{"checkout", "api.pay.example", "https", "caller", "1", "0.000277778", "1", "1", "300", "50", "100", "", "", "2026-11-20T11:30:00.002Z", "2026-11-20T11:30:00.002Z"},
	}, rows)
	require.Equal(t, exitOK, b.run(t, "--config", f.config, "services", "--output", "ndjson"))
	require.Equal(t, 3, strings.Count(b.stdout.String(), "\n"))
	require.Contains(t, b.stdout.String(), `{"caller":"(unknown)","callee":"web","protocol":"http","seen_by":"callee","requests":1,`)
}

// TestHostileServices: each line of a drawing stays one statement, whatever services are called.
func TestHostileServices(t *testing.T) {
	names := []string{"end", `quo"te`, `back\slash`, "line\nend", "bra[c]{k}(e)t", "\x1b[31mred", "日本", "%%{init}%%", "`md`", "a|b", "<b>&lt;", "\u202eevil", "subgraph", ";"}
	lines := make([][]byte, len(names))
	for i := range names {
		service, _ := json.Marshal(names[i])
		peer, _ := json.Marshal(names[(i+1)%len(names)])
		line := string(call{time.Duration(i) * time.Minute, "SERVICE", "OUT", "PEER", "http", "/", "500", 5, 1, 2}.line(i))
		lines[i] = []byte(strings.NewReplacer(`"SERVICE"`, string(service), `"PEER"`, string(peer)).Replace(line))
	}
	f := fillLines(t, lines)
	b := newBench(t)
	for output, statement := range map[string]string{
		outputDOT:     `^(digraph services \{|  rankdir=LR;|  node \[shape=box, style=rounded\];|  n\d+( -> n\d+)? \[label="([^"\\]|\\["\\])*"[^"]*\];|\})$`,
		outputMermaid: `^(flowchart LR|  n\d+(\["[^"\[\]{}()|<>` + "`" + `%\\]*"\]|\(\["[^"\[\]{}()|<>` + "`" + `%\\]*"\]\))|  n\d+ -->\|"http, 1/h, 100#37; errors"\| n\d+|  linkStyle \d+ stroke-width:1.0px,stroke:red,color:red)$`,
	} {
		stdout, _ := b.answers(t, f, "services", "--output", output)
		require.Equal(t, stdout[sourceHot], stdout[sourceArchive])
		for _, line := range strings.Split(strings.TrimSuffix(stdout[sourceHot], "\n"), "\n") {
			require.Regexp(t, regexp.MustCompile(statement), line)
		}
		require.NotContains(t, stdout[sourceHot], "\x1b")
	}
	stdout, _ := b.answers(t, f, "services")
	require.Equal(t, len(names)+1, strings.Count(stdout[sourceHot], "\n"))
	require.NotContains(t, stdout[sourceHot], "\x1b")
}

func TestServicesUsageErrors(t *testing.T) {
	f := fillCalls(t, smallShop())
	b := newBench(t)
	for line, says := range map[string]string{
		"--output svg":       "must be table, dot, mermaid, json, ndjson or csv",
		"--min-requests -1":  "must not be negative",
		"--from tomorrowish": "--from",
		"--filter (":         "--filter",
		"--source none":      "must be hot, archive or auto",
	} {
		require.Equal(t, exitUsage, b.run(t, append([]string{"--config", f.config, "services"}, strings.Fields(line)...)...), line)
		require.Contains(t, b.stderr.String(), says, line)
	}
}

// TestTheMapOfDemoTraffic: no request of a caller is lost or doubled.
func TestTheMapOfDemoTraffic(t *testing.T) {
	f := fill(t, fillOptions{})
	b := newBench(t)
	stdout, _ := b.answers(t, f, "services", "--from", "2026-11-20", "--output", "json")
	require.Equal(t, stdout[sourceHot], stdout[sourceArchive])
	var report servicesReport
	require.NoError(t, json.Unmarshal([]byte(stdout[sourceHot]), &report))
	pairs := int64(0)
	kinds := map[string]int{}
	for _, edge := range report.Edges {
		pairs += edge.Requests
		if edge.CalleeSide != nil {
			pairs += edge.CalleeSide.Requests
		}
	}
	for _, node := range report.Nodes {
		kinds[fmt.Sprint(node.Kind)]++
	}
	require.EqualValues(t, len(f.lines), pairs)
	require.Positive(t, kinds["service"])
	require.Positive(t, kinds["external"])
}
