package redact

import (
	"encoding/base64"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSQLValues: bind values and values of rows are told by their columns, literals by theirs.
func TestSQLValues(t *testing.T) {
	e := testEngine(t, "default")
	for name, in := range map[string]string{
		"bind":    `{"msgType":"rrpair","l7protocol":"postgres","postgres":{"request":{"execute":{"bindRequest":{"parameters":[{"asString":"7"},{"asString":"Tr0ub4dor-zebra"}],"parseRequest":{"query":"UPDATE users SET id = $1, password = $2"}}}}}}`,
		"insert":  `{"msgType":"rrpair","postgres":{"request":{"execute":{"bindRequest":{"parseRequest":{"query":"INSERT INTO users (id, password) VALUES ($1, $2)"},"parameters":[{"asString":"7"},{"asString":"Tr0ub4dor-zebra"}]}}}}}`,
		"row":     `{"msgType":"rrpair","postgres":{"response":{"query":{"messages":[{"rowDescription":{"fields":[{"name":"id"},{"name":"password"}]}},{"dataRow":{"values":[{"asString":"7"},{"asString":"Tr0ub4dor-zebra"}]}}]}}}}`,
		"literal": `{"msgType":"rrpair","location":"UPDATE users SET password = 'Tr0ub4dor-zebra'","postgres":{"request":{"query":{"query":"UPDATE users SET password = 'Tr0ub4dor-zebra'"}}},"signature":{"postgres:query":"` + base64.StdEncoding.EncodeToString([]byte("UPDATE users SET password = 'Tr0ub4dor-zebra'")) + `"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, out, result := redactJSON(t, e, in)
			require.True(t, result.Changed, out)
			requireAbsent(t, []byte(out), "Tr0ub4dor-zebra")
		})
	}
}

// TestAMQPLogin: the password of connection.startOk goes, the frame stays.
func TestAMQPLogin(t *testing.T) {
	e := testEngine(t, "default")
	_, out, _ := redactJSON(t, e, `{"msgType":"rrpair","AmqpV091":{"client":{"connection":{"startOk":{"mechanism":"PLAIN","response":"\u0000guest\u0000Tr0ub4dor-zebra"}}}}}`)
	require.NotContains(t, out, "zebra")
	require.Contains(t, out, `"response":"\u0000guest\u0000`)
	table := "\x05LOGINS\x00\x00\x00\x05guest\x08PASSWORDS\x00\x00\x00\x0fTr0ub4dor-zebra"
	_, out, _ = redactJSON(t, e, `{"msgType":"rrpair","AmqpV091":{"client":{"connection":{"startOk":{"mechanism":"AMQPLAIN","response":`+quote(table)+`}}}}}`)
	require.NotContains(t, out, "zebra")
}

// TestGRPCFields: texts in a body of gRPC are looked into.
func TestGRPCFields(t *testing.T) {
	e := testEngine(t, "default")
	body := `{"fieldsMap":{"1":{"fields":[{"asString":"maria.gonzalez87@fastmail.net"}]},"2":{"fields":[{"asBytes":"bWFyaWEuZ29uemFsZXo4N0BmYXN0bWFpbC5uZXQ="}]}}}`
	_, out, _ := redactJSON(t, e, `{"msgType":"rrpair","http":{"req":{"headers":{"Content-Type":["application/grpc"]},"bodyBase64":"`+base64.StdEncoding.EncodeToString([]byte(body))+`"}}}`)
	requireAbsent(t, []byte(out), "maria.gonzalez87@fastmail.net")
}

// TestMarks: a changed pair says so, at the model's place; an unchanged one says what it said.
func TestMarks(t *testing.T) {
	e := testEngine(t, "default")
	_, out, _ := redactJSON(t, e, `{"msgType":"rrpair","status":"200","session":"maria.gonzalez87@fastmail.net"}`)
	require.Contains(t, out, `"status":"200","dlpModified":true,"dlpRule":"default","session":"`)
	_, out, _ = redactJSON(t, e, `{"msgType":"rrpair","status":"200","dlpModified":false,"dlpRule":"old","session":"maria.gonzalez87@fastmail.net"}`)
	require.Contains(t, out, `"status":"200","dlpModified":true,"dlpRule":"default","session":"`)
	_, out, _ = redactJSON(t, e, `{"msgType":"rrpair","status":"200","dlpModified":false,"dlpRule":"old"}`)
	require.Equal(t, `{"msgType":"rrpair","status":"200","dlpModified":false,"dlpRule":"old"}`, out)
	_, out, _ = redactJSON(t, e, `{"msgType":"rrpair","status":"maria.gonzalez87@fastmail.net"}`)
	require.Contains(t, out, `,"dlpModified":true,"dlpRule":"default"}`)
}

// TestGzipBody: a compressed body is compressed again, and its length is right.
func TestGzipBody(t *testing.T) {
	e := testEngine(t, "default")
	data := zipped(`{"email":"maria.gonzalez87@fastmail.net"}`)
	in := `{"msgType":"rrpair","http":{"res":{"headers":{"Content-Encoding":["gzip"],"content-length":["` + strconv.Itoa(len(data)) + `"]},"bodyBase64":"` + base64.StdEncoding.EncodeToString(data) + `"}}}`
	document, out, _ := redactJSON(t, e, in)
	requireAbsent(t, []byte(out), "maria.gonzalez87@fastmail.net")
	res := document["http"].(map[string]any)["res"].(map[string]any)
	body, err := base64.StdEncoding.DecodeString(res["bodyBase64"].(string))
	require.NoError(t, err)
	require.Equal(t, []byte{0x1f, 0x8b}, body[:2])
	require.Equal(t, strconv.Itoa(len(body)), res["headers"].(map[string]any)["content-length"].([]any)[0])
}
