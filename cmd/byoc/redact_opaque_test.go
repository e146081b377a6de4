package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
)

// packedPair is a recording of one pair whose response nobody can look into.
func packedPair() string {
	body := append([]byte("7z\xbc\xaf\x27\x1c"), bytes.Repeat([]byte{0x91, 0x07, 0xe3}, 100)...)
	return `{"msgType":"rrpair","uuid":"0c6c9cb1-4f2a-4f0e-9f3a-2f1b0f6f4f53","ts":"2026-11-20T10:00:00Z","service":"shop","http":{"res":{"headers":{"Content-Type":["application/octet-stream"]},"bodyBase64":"` +
		base64.StdEncoding.EncodeToString(body) + `"}}}` + "\n"
}

func TestScanAndReportTellContentsThatCannotBeLookedInto(t *testing.T) {
	in := writeFile(t, "raw.jsonl", packedPair())
	b := newBench(t)
	for _, format := range []string{asRRPair, asJSON} {
		require.Equal(t, exitSkipped, b.run(t, "redact", "scan", "--as", format, in), b.stderr.String())
		require.Contains(t, b.stderr.String(), "1 content could not be looked into")
		require.Contains(t, b.stderr.String(), "line 1: http.res.bodyBase64|base64")
	}
	require.Equal(t, exitOK, b.run(t, "redact", "test", "--in", in), b.stderr.String())
	require.Contains(t, b.stdout.String(), "NOT LOOKED INTO")
	require.NotContains(t, b.stdout.String(), "were looked into")
	require.Equal(t, exitOK, b.run(t, "redact", "test", "--in", in, "--output", "json"), b.stderr.String())
	var report coverageReport
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &report))
	require.Equal(t, fieldCounts{"http.res.bodyBase64|base64": 1}, report.Opaque)
}

func TestApplyRefusesContentsThatCannotBeLookedIntoUnlessTold(t *testing.T) {
	in := writeFile(t, "raw.jsonl", packedPair())
	folder := t.TempDir()
	out, quarantine := filepath.Join(folder, "out"), filepath.Join(folder, "refused")
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	require.Equal(t, exitSkipped, b.run(t, "redact", "apply", "--in", in, "--out", out, "--quarantine", quarantine), b.stderr.String())
	refused, err := os.ReadFile(quarantine)
	require.NoError(t, err)
	require.Equal(t, packedPair(), string(refused))
	clean, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Empty(t, clean)

	require.Equal(t, exitOK, b.run(t, "redact", "apply", "--in", in, "--out", out, "--force", "--opaque", "pass", "--output", "json"), b.stderr.String())
	var summary applySummary
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &summary))
	require.EqualValues(t, 1, summary.Opaque)
	require.EqualValues(t, 1, summary.Records)
	require.Equal(t, exitUsage, b.run(t, "redact", "apply", "--in", in, "--out", out, "--force", "--opaque", "maybe"))
	require.Contains(t, b.stderr.String(), "refuse or pass")
}

func TestTheKeyHasTheNameTheProcessorGivesIt(t *testing.T) {
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	id := func(args ...string) string {
		require.Equal(t, exitOK, b.run(t, append([]string{"redact", "key", "--output", "json"}, args...)...), b.stderr.String())
		var printed struct {
			ID string `json:"id"`
		}
		require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &printed))
		return printed.ID
	}
	fingerprint := id()
	require.NotEmpty(t, fingerprint)
	require.Equal(t, "eu-2026", id("--key-id", "eu-2026"))
	b.env[keyIDVariable] = "from-env"
	require.Equal(t, "from-env", id())
	require.Equal(t, "from-env", id("--key-file", writeFile(t, "a.key", testRedactionKey)))
	rules := writeFile(t, "acme.yaml", "version: 1\nkey: {env: "+keyVariable+", key_id: from-policy}\n")
	require.Equal(t, "from-policy", id("--policy", rules))
	require.Equal(t, "flag", id("--policy", rules, "--key-id", "flag"))
	require.Equal(t, exitUsage, b.run(t, "redact", "key", "--key-id", "not allowed"))

	out := filepath.Join(t.TempDir(), "out")
	require.Equal(t, exitOK, b.run(t, "redact", "apply", "--as", "text", "--in", writeFile(t, "a.txt", "x\n"), "--out", out, "--output", "json"), b.stderr.String())
	require.Contains(t, b.stdout.String(), `"from-env"`)
}

func TestExplainLooksIntoContainers(t *testing.T) {
	b := newBench(t)
	value := base64.StdEncoding.EncodeToString([]byte(`{"contact":{"email":"jane.roe@acme-mail.com"}}`))
	require.Equal(t, exitOK, b.run(t, "redact", "explain", "--name", "state", "--value", value), b.stderr.String())
	require.Contains(t, b.stdout.String(), "email fires")
	require.Contains(t, b.stdout.String(), "at |base64|json.contact.email")
	require.Equal(t, exitOK, b.run(t, "redact", "explain", "--value", value, "--output", "json"), b.stderr.String())
	var explained []redact.Explanation
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &explained))
	require.NotEmpty(t, explained)
	require.Equal(t, "|base64|json.contact.email", explained[0].Path)
	require.Equal(t, exitOK, b.run(t, "redact", "explain", "--value", "jane.roe@acme-mail.com"), b.stderr.String())
	require.NotContains(t, b.stdout.String(), " at ")
}
