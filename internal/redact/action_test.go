package redact

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
)

func redactJSON(t *testing.T, e *Engine, text string) (map[string]any, string, Result) {
	t.Helper()
	out, result, err := e.JSON(nil, []byte(text), Call{})
	require.NoError(t, err)
	var document map[string]any
	require.NoError(t, json.Unmarshal(out, &document), "%s", out)
	again, second, err := e.JSON(nil, out, Call{})
	require.NoError(t, err)
	require.Equal(t, string(out), string(again), "%v", second.Rules)
	return document, string(out), result
}

func TestActions(t *testing.T) {
	const in = `{"email":"maria.gonzalez87@fastmail.net","note":"write to maria.gonzalez87@fastmail.net today","n":7}`
	for action, want := range map[string]string{
		"token":                  `REDACTED-`,
		"drop":                   `"email":"","note":"write to  today"`,
		"mask\n    keep_last: 3": `net"`,
	} {
		e := customEngine(t, "version: 1\nname: own\nextends: default\nrules:\n  email:\n    action: "+action+"\n", Limits{})
		_, out, result := redactJSON(t, e, in)
		require.Contains(t, out, want)
		require.NotContains(t, out, "maria")
		require.Equal(t, 2, result.Findings)
	}
}

// TestKeep: a kept value stays wherever it stands, also where another rule finds it.
func TestKeep(t *testing.T) {
	e := customEngine(t, "version: 1\nname: own\nextends: default\nrules:\n  support:\n    action: keep\n    confidence: 1\n    find: {values: [support@fastmail.net]}\n    examples: {match: [support@fastmail.net]}\n", Limits{})
	_, out, _ := redactJSON(t, e, `{"password":"support@fastmail.net","a":"support@fastmail.net","b":"maria.gonzalez87@fastmail.net"}`)
	require.Contains(t, out, `"a":"support@fastmail.net"`)
	require.Contains(t, out, `"password":"support@fastmail.net"`)
	require.NotContains(t, out, "maria")
}

func TestSafeValues(t *testing.T) {
	e := customEngine(t, "version: 1\nname: own\nextends: default\nsafe_values: [maria.gonzalez87@fastmail.net]\n", Limits{})
	var told []Finding
	_, result, err := e.JSON(nil, []byte(`{"a":"maria.gonzalez87@fastmail.net"}`), Call{Finding: func(f Finding) { told = append(told, f) }})
	require.NoError(t, err)
	require.False(t, result.Changed)
	require.Len(t, told, 1)
	require.True(t, told[0].Nearly)
}

// noSource answers every question with what it is told to.
type noSource struct {
	filter.Source
	service string
}

func (s noSource) Strings(dst []string, _ filter.Field, _ string) ([]string, bool) {
	return append(dst, s.service), s.service != ""
}

// TestWhen: without an answer, rules that redact apply and rules that keep do not.
func TestWhen(t *testing.T) {
	const in = `{"a":"maria.gonzalez87@fastmail.net"}`
	for action, wants := range map[string]map[string]bool{
		"surrogate": {"shop": true, "other": false, "": true, "none": true},
		"keep":      {"shop": false, "other": false, "": false, "none": false},
	} {
		e := customEngine(t, "version: 1\nname: own\nextends: none\nrules:\n  email:\n    enabled: true\n    action: "+action+"\n    when: service IS \"shop\"\n", Limits{})
		for service, want := range wants {
			call := Call{Source: noSource{service: service}}
			if service == "none" {
				call.Source = nil
			}
			_, result, err := e.JSON(nil, []byte(in), call)
			require.NoError(t, err)
			require.Equal(t, want, result.Changed, "%s of %q", action, service)
		}
	}
}

// TestKeysStayDistinct: two names that become the same stay two members.
func TestKeysStayDistinct(t *testing.T) {
	e := customEngine(t, "version: 1\nname: own\nextends: default\nrules:\n  email: {action: drop}\n", Limits{})
	for _, in := range []string{
		`{"maria.gonzalez87@fastmail.net":1,"peter.mueller87@fastmail.net":2,"c":3}`,
		`{"body":"{\"maria.gonzalez87@fastmail.net\":1,\"peter.mueller87@fastmail.net\":2,\"c\":3}"}`,
	} {
		document, out, _ := redactJSON(t, e, in)
		if body, ok := document["body"].(string); ok {
			document = nil
			require.NoError(t, json.Unmarshal([]byte(body), &document))
		}
		require.Len(t, document, 3, out)
		require.NotContains(t, out, "fastmail")
	}
}

func TestNumbersStayNumbers(t *testing.T) {
	e := testEngine(t, "default")
	document, out, _ := redactJSON(t, e, `{"card":{"number":4532015112830366},"text":"4532015112830366","ok":true,"price":12.50}`)
	require.NotContains(t, out, "4532015112830366")
	require.IsType(t, 1.0, document["card"].(map[string]any)["number"])
	require.Contains(t, out, `"price":12.50`)
}

// TestScan: the same findings as redacting, and nothing appended.
func TestScan(t *testing.T) {
	p, err := policy.Load("default")
	require.NoError(t, err)
	scanner, err := New(p, Options{})
	require.NoError(t, err)
	e := testEngine(t, "default")
	for _, line := range sampleLines(t) {
		var redacted, scanned []string
		_, _, err := e.JSON(nil, line, Call{Finding: func(f Finding) { redacted = append(redacted, f.Path+" "+string(f.Value)+" "+f.Rule.Name) }})
		require.NoError(t, err)
		out, result, err := scanner.JSON(nil, line, Call{Scan: true, Finding: func(f Finding) {
			require.Nil(t, f.Replacement)
			scanned = append(scanned, f.Path+" "+string(f.Value)+" "+f.Rule.Name)
		}})
		require.NoError(t, err)
		require.Empty(t, out)
		require.False(t, result.Changed)
		require.Equal(t, redacted, scanned)
	}
	_, _, err = scanner.JSON(nil, []byte(`{}`), Call{})
	require.ErrorContains(t, err, "no key")
}

func TestPaths(t *testing.T) {
	e := testEngine(t, "default")
	paths := map[string]bool{}
	in := plantPair(t, "uri", "maria.gonzalez87@fastmail.net", plantedPassword)
	_, _, err := e.JSON(nil, in, Call{Finding: func(f Finding) { paths[f.Path] = true }})
	require.NoError(t, err)
	require.Contains(t, paths, "http.req.uri|url.query.note")
	require.Contains(t, paths, "http.req.uri|url.path[1]")
	require.Contains(t, paths, "http.req.body|json.password")
	clear(paths)
	_, _, err = e.JSON(nil, []byte(`{"a.b":{"list":["x","maria.gonzalez87@fastmail.net"]}}`), Call{Finding: func(f Finding) { paths[f.Path] = true }})
	require.NoError(t, err)
	require.Contains(t, paths, `["a.b"].list[1]`)
}
