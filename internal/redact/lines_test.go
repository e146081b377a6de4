package redact

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTextsOfLines: tables, settings and streams of events have names for their values, too.
func TestTextsOfLines(t *testing.T) {
	e := testEngine(t, "default")
	const secret = "tulip-Harbor4-quilt"
	for _, c := range [][2]string{
		{"text/csv", "id,user,password,note\r\n1,jd,tulip-Harbor4-quilt,hi\r\n2,ab,tulip-Harbor4-quilt2,\"a \"\"quoted\"\" note\"\r\n"},
		{"text/csv; charset=utf-8", "id;api_key;n\n1;\"tulip-Harbor4-quilt\";3\n"},
		{"text/tab-separated-values", "id\tpassword\n1\ttulip-Harbor4-quilt\n"},
		{"", "id,user,password,note\n1,jd,tulip-Harbor4-quilt,hi\n2,ab,tulip-Harbor4-quilt,x\n"},
		{"", "id\tuser\tpassword\n1\tjd\ttulip-Harbor4-quilt\n2\tjd\ttulip-Harbor4-quilt\n"},
		{"application/x-ndjson", "{\"password\":\"tulip-Harbor4-quilt\"}\n{\"password\":\"tulip-Harbor4-quilt\"}\n"},
		{"text/event-stream", "event: login\nid: 1\ndata: {\"password\":\"tulip-Harbor4-quilt\"}\n\ndata: {\"password\":\"tulip-Harbor4-quilt\"}\n\n"},
		{"application/yaml", "db:\n  user: jd\n  password: tulip-Harbor4-quilt\n  list:\n    - token: tulip-Harbor4-quilt\n"},
		{"application/yaml", "db:\n  password: |\n    tulip-Harbor4-quilt\n  port: 3\n"},
		{"application/yaml", "db:\n  password: \"tulip-Harbor4-quilt\" # mine\n  'secret': 'tulip-Harbor4-quilt'\n"},
		{"text/x-java-properties", "# mine\ndb.url = jdbc:x\ndb.password = tulip-Harbor4-quilt\n"},
		{"", "DB_HOST=localhost\nDB_PASSWORD=tulip-Harbor4-quilt\nexport API_KEY='tulip-Harbor4-quilt'\n"},
		{"text/plain", "db.url=jdbc:x\ndb.password=tulip-Harbor4-quilt\n"},
	} {
		in := bodyPair(c[0], "", []byte(c[1]))
		out, result, err := e.JSON(nil, in, Call{})
		require.NoError(t, err)
		assert.Positive(t, result.Findings, c[1])
		text := decodedBody(t, out)
		assert.NotContains(t, text, secret, c[1])
		again, _, err := e.JSON(nil, out, Call{})
		require.NoError(t, err)
		require.Equal(t, string(out), string(again))
	}
	for _, c := range [][2]string{
		{"text/csv", "id,name,price\n1,chair,3.50\n"}, {"", "Dear all,\nplease find, as said,\nthe password, as you know, tomorrow\n"},
		{"application/yaml", "a: 1\nb:\n  - c\n"}, {"text/event-stream", "data: hello\n\n"},
	} {
		in := bodyPair(c[0], "", []byte(c[1]))
		out, _, err := e.JSON(nil, in, Call{})
		require.NoError(t, err)
		require.Equal(t, string(in), string(out))
	}
}
