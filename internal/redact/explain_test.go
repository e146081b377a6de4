package redact

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
)

// TestExplainAgreesWithScan: whatever redaction replaces is explained, with the containers on the way.
func TestExplainAgreesWithScan(t *testing.T) {
	e := testEngine(t, "default")
	encoded := base64.StdEncoding.EncodeToString([]byte(`{"card":"4539148803436467"}`))
	for _, c := range []struct{ name, value, path, rule string }{
		{"", "4539148803436467", "", "card"},
		{"data", encoded, "|base64|json.card", "card"},
		{"", `{"a":{"b":["maria.gonzalez87@fastmail.net"]}}`, "|json.a.b[0]", "email"},
		{"", "Select (any) card 4539 1488 0343 6467", "", "card"},
		{"", "card ４５３９１４８８０３４３６４６７", "", "card"},
	} {
		explained, err := e.Explain([]byte(c.name), []byte(c.value))
		require.NoError(t, err)
		found := map[string]bool{}
		for _, x := range explained {
			if x.Verdict == policy.Fires {
				found[x.Path+" "+x.Rule] = true
			}
		}
		require.Contains(t, found, c.path+" "+c.rule, "%v", explained)
		_, result, err := e.Text(nil, []byte(c.value), Call{Scan: true})
		require.NoError(t, err)
		require.Positive(t, result.Findings)
	}
	explained, err := e.Explain(nil, []byte("an ordinary sentence"))
	require.NoError(t, err)
	require.Empty(t, explained)
}
