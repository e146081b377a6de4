package redact

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCorpusStaysTraffic: a redacted pair is a pair, redacting it again changes nothing, and what its signature said of the
// request holds for the redacted request.
func TestCorpusStaysTraffic(t *testing.T) {
	e := testEngine(t, "default")
	changed := 0
	rules := map[string]int{}
	for number, line := range sampleLines(t) {
		out, result := redactPair(t, e, line)
		if result.Changed {
			changed++
		} else {
			require.JSONEq(t, string(line), string(out), "line %d", number+1)
		}
		for _, r := range result.Rules {
			rules[r.Rule.Name] += r.Values
		}
		again, second := redactPair(t, e, out)
		require.Equal(t, string(out), string(again), "line %d is changed by redacting it again: %v", number+1, second.Rules)
		require.False(t, second.Changed)
		requireSignature(t, line, out, number+1)
		requireLengths(t, line, out, number+1)
	}
	t.Logf("%d pairs changed; places by rule: %v", changed, rules)
}

// signed is what a signature is computed from.
type signed struct {
	Signature map[string]string `json:"signature"`
	HTTP      struct {
		Req struct {
			URL, Host, Method, BodyBase64 string
			QueryParams                   map[string]any
			Headers                       map[string][]string
		} `json:"req"`
		Res struct {
			BodyBase64 string
			Headers    map[string][]string
		} `json:"res"`
	} `json:"http"`
	Location, Command string
	Postgres          json.RawMessage
}

func (s *signed) parts() map[string]string {
	body, _ := base64.StdEncoding.DecodeString(s.HTTP.Req.BodyBase64)
	return map[string]string{
		"http:url": s.HTTP.Req.URL, "http:host": s.HTTP.Req.Host, "http:method": s.HTTP.Req.Method, "http:requestBodyJSON": string(body),
		"postgres:query": s.Location, "postgres:msg_type": s.Command,
	}
}

func requireSignature(t *testing.T, before, after []byte, line int) {
	t.Helper()
	var old, fresh signed
	require.NoError(t, json.Unmarshal(before, &old))
	require.NoError(t, json.Unmarshal(after, &fresh))
	was, is := old.parts(), fresh.parts()
	for name, text := range was {
		if signature, ok := old.Signature[name]; ok && signature == base64.StdEncoding.EncodeToString([]byte(text)) {
			require.Equal(t, base64.StdEncoding.EncodeToString([]byte(is[name])), fresh.Signature[name], "line %d: %s", line, name)
		}
	}
}

func requireLengths(t *testing.T, before, after []byte, line int) {
	t.Helper()
	var old, fresh signed
	require.NoError(t, json.Unmarshal(before, &old))
	require.NoError(t, json.Unmarshal(after, &fresh))
	check := func(oldBody, freshBody string, oldHeaders, freshHeaders map[string][]string) {
		a, _ := base64.StdEncoding.DecodeString(oldBody)
		b, _ := base64.StdEncoding.DecodeString(freshBody)
		if length := oldHeaders["Content-Length"]; len(length) == 1 && length[0] == strconv.Itoa(len(a)) {
			require.Equal(t, strconv.Itoa(len(b)), freshHeaders["Content-Length"][0], "line %d", line)
		}
	}
	check(old.HTTP.Req.BodyBase64, fresh.HTTP.Req.BodyBase64, old.HTTP.Req.Headers, fresh.HTTP.Req.Headers)
	check(old.HTTP.Res.BodyBase64, fresh.HTTP.Res.BodyBase64, old.HTTP.Res.Headers, fresh.HTTP.Res.Headers)
}
