package hostile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newEngine applies the default policy, with the default limits unless others are given.
func newEngine(tb testing.TB, limits redact.Limits) *redact.Engine {
	tb.Helper()
	loaded, err := policy.Load("default")
	require.NoError(tb, err)
	return engineOf(tb, loaded, limits)
}

func engineOf(tb testing.TB, loaded *policy.Policy, limits redact.Limits) *redact.Engine {
	tb.Helper()
	keys, err := surrogate.NewKeyring(surrogate.Key{ID: "hostile", Secret: []byte("a key for tests, 32 bytes long..")})
	require.NoError(tb, err)
	engine, err := redact.New(loaded, redact.Options{Keys: keys, Limits: limits})
	require.NoError(tb, err)
	return engine
}

// places put a text into a pair. A place says nothing of what the text is.
var places = map[string]func(pair document, text string){
	"header":  func(pair document, text string) { pair.request()["headers"].(map[string]any)["X-Note"] = []any{text} },
	"session": func(pair document, text string) { pair["session"] = text },
	"query":   func(pair document, text string) { pair.request()["queryParams"] = map[string]any{"note": []any{text}} },
	"json body": func(pair document, text string) {
		body, _ := json.Marshal(map[string]any{"items": []any{map[string]any{"note": text}}}) // cannot fail
		pair.request()["bodyBase64"] = base64.StdEncoding.EncodeToString(body)
		pair.request()["body"] = string(body)
	},
	"whole body": func(pair document, text string) {
		pair.response()["bodyBase64"] = base64.StdEncoding.EncodeToString([]byte(text))
	},
	"signature": func(pair document, text string) {
		pair["signature"] = map[string]any{"http:note": base64.StdEncoding.EncodeToString([]byte(text))}
	},
	"token": func(pair document, text string) { pair["tokenList"] = map[string]any{text: map[string]any{"id": "x"}} },
}

// document is a pair as JSON has it.
type document map[string]any

func (d document) request() map[string]any { return d["http"].(map[string]any)["req"].(map[string]any) }
func (d document) response() map[string]any {
	return d["http"].(map[string]any)["res"].(map[string]any)
}

func newDocument() document {
	return document{
		"msgType": "rrpair", "ts": "2026-03-01T10:00:00Z", "uuid": "AAECAwQFBgcICQoLDA0ODw==", "direction": "IN", "l7protocol": "http",
		"command": "POST", "location": "/notes", "status": "200", "duration": 3,
		"http": map[string]any{
			"req": map[string]any{"url": "/notes", "uri": "/notes", "method": "POST", "headers": map[string]any{"Host": []any{"notes.internal"}}},
			"res": map[string]any{"statusCode": 200, "headers": map[string]any{}},
		},
	}
}

func (d document) line(tb testing.TB) []byte {
	tb.Helper()
	line, err := json.Marshal(d)
	require.NoError(tb, err)
	return line
}

// redactLine redacts a pair; fault says where the result is no pair, or changes when it is redacted again.
func redactLine(engine *redact.Engine, line []byte) (out []byte, fault string) {
	var before, after rrpair.Pair
	if err := before.ParseJSON(line); err != nil {
		return nil, "no pair: " + err.Error()
	}
	out, _, err := engine.Pair(nil, &before, redact.Call{})
	if err != nil {
		return nil, err.Error()
	}
	if err := after.ParseJSON(out); err != nil {
		return nil, "no pair any more: " + err.Error()
	}
	again, _, err := engine.Pair(nil, &after, redact.Call{})
	switch {
	case err != nil:
		return nil, "the second time: " + err.Error()
	case !bytes.Equal(out, again):
		return out, fmt.Sprintf("redacted again it changes: %.1500s\nto\n%.1500s", out, again)
	}
	return out, ""
}
