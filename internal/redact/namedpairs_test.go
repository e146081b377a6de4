package redact

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// TestNamesBesideValues: a value whose name stands in a member beside it is what that name says.
func TestNamesBesideValues(t *testing.T) {
	e := testEngine(t, "default")
	const secret = "tulip-Harbor4-quilt"
	for _, text := range []string{
		`[{"name":"DB_PASSWORD","value":"tulip-Harbor4-quilt"}]`,
		`{"env":[{"value":"tulip-Harbor4-quilt","name":"DB_PASSWORD"},{"name":"HOME","value":"/root"}]}`,
		`{"queryString":[{"name":"password","value":"tulip-Harbor4-quilt","comment":""}]}`,
		`{"headers":[{"Key":"X-Api-Key","Value":"tulip-Harbor4-quilt"}]}`,
		`{"key":"client_secret","value":"tulip-Harbor4-quilt"}`,
		`{"k":"password","v":"tulip-Harbor4-quilt"}`,
		`{"key":"password","value":{"stringValue":"tulip-Harbor4-quilt"}}`,
		`{"name":"password","values":["tulip-Harbor4-quilt"]}`,
		`["Authorization","Bearer tulip-Harbor4-quilt"]`,
		`{"headers":[["X-Api-Key","tulip-Harbor4-quilt"],["Accept","*/*"]]}`,
		`<add key="DbPassword" value="tulip-Harbor4-quilt"/>`,
		`<configuration><property><name>db.password</name><value>tulip-Harbor4-quilt</value></property></configuration>`,
	} {
		for _, in := range []string{text, `{"body":` + quote(text) + `}`} {
			out, _, err := e.Text(nil, []byte(in), Call{})
			require.NoError(t, err)
			require.NotContains(t, string(out), secret, in)
			if in[0] == '<' {
				continue
			}
			out, _, err = e.JSON(nil, []byte(in), Call{})
			require.NoError(t, err)
			require.NotContains(t, string(out), secret, in)
		}
	}
	record := plog.NewLogRecord()
	entry := record.Body().SetEmptyMap().PutEmptySlice("env").AppendEmpty().SetEmptyMap()
	entry.PutStr("name", "DB_PASSWORD")
	entry.PutStr("value", secret)
	_, err := e.Record(record, Call{})
	require.NoError(t, err)
	got, _ := entry.Get("value")
	require.NotContains(t, got.Str(), secret)
	for _, text := range []string{
		`{"name":"color","value":"tulip-Harbor4-quilt"}`, `["Content-Type","Authorization"]`, `["password","email"]`,
		`{"key":"password","value":true}`, `["Authorization","Content-Type","X-Api-Key"]`,
	} {
		out, _, err := e.Text(nil, []byte(text), Call{})
		require.NoError(t, err)
		require.Equal(t, text, string(out))
	}
}
