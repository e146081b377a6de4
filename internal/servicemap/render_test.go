package servicemap

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

func TestDrawings(t *testing.T) {
	m := Build([]hotstore.Group{
		call("web", "", "OUT", "checkout", "http", 900), call("checkout", "", "OUT", "db.internal", "postgres", 9), call("web", "", "IN", "", "http", 1),
	}, Options{})
	var dot, mermaid bytes.Buffer
	require.NoError(t, m.DOT(&dot, time.Hour))
	require.Equal(t, `digraph services {
  rankdir=LR;
  node [shape=box, style=rounded];
  n0 [label="(unknown)", shape=ellipse, style=dashed];
  n1 [label="checkout"];
  n2 [label="db.internal", shape=ellipse];
  n3 [label="web"];
  n0 -> n3 [label="http, 1/h", penwidth=1.0];
  n1 -> n2 [label="postgres, 9/h", penwidth=2.6];
  n3 -> n1 [label="http, 15/min, 10.0% errors", penwidth=6.0, color=red, fontcolor=red];
}
`, dot.String())
	require.NoError(t, m.Mermaid(&mermaid, 0))
	require.Equal(t, `flowchart LR
  n0(["#40;unknown#41;"])
  n1["checkout"]
  n2(["db.internal"])
  n3["web"]
  n0 -->|"http, 1 requests"| n3
  n1 -->|"postgres, 9 requests"| n2
  n3 -->|"http, 900 requests, 10.0#37; errors"| n1
  linkStyle 0 stroke-width:1.0px
  linkStyle 1 stroke-width:2.6px
  linkStyle 2 stroke-width:6.0px,stroke:red,color:red
`, mermaid.String())
}

// hostile are names that mean something to one of the languages.
var hostile = []string{
	`a"b`, `a\`, `a\"]; x [label="`, "a\nb", "a\r\n\tb", `a[b]`, `a{b}`, `a(b)`, `a|b`, `a-->b`, `end`, `subgraph`, `graph`, `digraph`, `%%{init: {}}%%`,
	"`markdown`", `<b>bold</b>`, `&lt;`, `&quot;`, `#quot;`, `a;b`, `a//b`, `/* c */`, `日本語`, `é`, "e\u0301", "\u202eevil", "a\x00b", "\xff\xfe", `\N`, `\l`,
	` `, "\u2028", `n0`, `click n0 "javascript:alert(1)"`, `"`, `\`, `:::class`, `@{shape: rect}`,
}

// TestHostileNames reads the drawings as strictly as their languages do: each line is one whole statement, and what
// stands between quotes cannot end them.
func TestHostileNames(t *testing.T) {
	var groups []hotstore.Group
	for i, name := range hostile {
		groups = append(groups, call(name, "", "OUT", hostile[(i+1)%len(hostile)], hostile[(i+2)%len(hostile)], int64(i+1)),
			call(name, "", "IN", name, "http", 3))
	}
	m := Build(groups, Options{Addresses: true})
	var dot, mermaid bytes.Buffer
	require.NoError(t, m.DOT(&dot, time.Minute))
	require.NoError(t, m.Mermaid(&mermaid, time.Minute))

	quoted := `"(?:[^"\\\n\r&]|\\["\\]|&amp;)*"`
	statement := regexp.MustCompile(`^  (n\d+ \[label=` + quoted + `(, shape=ellipse)?(, style=dashed)?\]|n\d+ -> n\d+ \[label=` + quoted + `, penwidth=\d\.\d(, color=red, fontcolor=red)?\]);$`)
	lines := strings.Split(strings.TrimSuffix(dot.String(), "\n"), "\n")
	for _, line := range lines[3 : len(lines)-1] {
		require.Regexp(t, statement, line)
	}
	require.Len(t, lines, 4+len(m.Nodes)+len(m.Edges))

	plain := `"(?:[\p{L}\p{N}\p{M}` + "\uFFFD" + ` \-_./:,]|#\d+;)*"`
	statement = regexp.MustCompile(`^  (n\d+(\[` + plain + `\]|\(\[` + plain + `\]\))|n\d+ -->\|` + plain + `\| n\d+|linkStyle \d+ stroke-width:\d\.\dpx(,stroke:red,color:red)?)$`)
	lines = strings.Split(strings.TrimSuffix(mermaid.String(), "\n"), "\n")
	for _, line := range lines[1:] {
		require.Regexp(t, statement, line)
	}
	require.Len(t, lines, 1+len(m.Nodes)+2*len(m.Edges))
}

func TestRatesAndShares(t *testing.T) {
	for _, c := range []struct {
		n      int64
		window time.Duration
		want   string
	}{{0, time.Minute, "0/h"}, {20, time.Hour, "20/h"}, {1, time.Hour, "1/h"}, {90, time.Hour, "1.5/min"}, {123, 100 * time.Second, "1.2/s"}, {100_000, time.Second, "100000/s"}, {5, 0, ""}} {
		require.Equal(t, c.want, Rate(c.n, c.window))
	}
	for want, c := range map[string][2]int64{"0%": {0, 7}, "100%": {7, 7}, "<0.01%": {1, 1_000_000}, ">99.99%": {999_999, 1_000_000}, "0.50%": {1, 200}, "99.50%": {199, 200}, "33.3%": {1, 3}, "-": {0, 0}} {
		require.Equal(t, want, Percent(c[0], c[1]))
	}
}
