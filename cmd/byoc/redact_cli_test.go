package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
)

const testRedactionKey = "f2c1d4b6a89077e35a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef"

// planted writes demo traffic into a file and returns the personal data it holds.
func plantedFile(t *testing.T, pairs int) (path string, values []demo.Planted) {
	t.Helper()
	generator := demo.NewGenerator(demo.Options{Seed: 5, FailedCheckouts: 0.1, Planted: func(p demo.Planted) { values = append(values, p) }})
	var text bytes.Buffer
	for range pairs {
		text.Write(bytes.TrimSpace(generator.Next(nil)))
		text.WriteByte('\n')
	}
	return writeFile(t, "raw.jsonl", text.String()), values
}

func findings(t *testing.T, text string) (list []scanFinding) {
	t.Helper()
	for line := range strings.Lines(text) {
		var f scanFinding
		require.NoError(t, json.Unmarshal([]byte(line), &f), line)
		list = append(list, f)
	}
	return list
}

func TestScanOfATextSaysWhereInTheLine(t *testing.T) {
	text := "first line\nmail jane.roe@acme-mail.com now\ncard 4929123456789012 no, 4539578763621486 yes\n"
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	require.Equal(t, exitSkipped, b.run(t, "redact", "scan", "--as", "text", writeFile(t, "app.log", text)), b.stderr.String())
	lines := strings.Split(text, "\n")
	list := findings(t, b.stdout.String())
	require.Len(t, list, 2)
	require.Equal(t, "email", list[0].Type)
	require.Equal(t, "jane.roe@acme-mail.com", lines[list[0].Line-1][list[0].Start:list[0].End])
	require.Equal(t, "card", list[1].Type)
	require.Equal(t, "4539578763621486", lines[list[1].Line-1][list[1].Start:list[1].End])
	require.NotContains(t, b.stdout.String(), "jane.roe", "values are hidden by default")
	require.Contains(t, b.stderr.String(), "email")
}

func TestScanOfATextFindsWhatIsEncodedInTheLine(t *testing.T) {
	b := newBench(t)
	line := "GET https://shop.example/reset?mail=jane.roe%40acme-mail.com&x=1"
	b.run(t, "redact", "scan", "--as", "text", "--show-values", writeFile(t, "access.log", line+"\n"))
	list := findings(t, b.stdout.String())
	require.Len(t, list, 1)
	require.Equal(t, "jane.roe@acme-mail.com", *list[0].Value)
	require.Equal(t, "jane.roe%40acme-mail.com", line[list[0].Start:list[0].End])
}

func TestScanOfAPrivateKeyOverSeveralLines(t *testing.T) {
	key := "-----BEGIN RSA PRIVATE KEY-----\n" + strings.Repeat("MIIEpAIBAAKCAQEA7bq1C0x2T5nq8vJf3kL9sW4zYp6uRg0aHdKeXmVtBcNoQy1i\n", 6) + "-----END RSA PRIVATE KEY-----\n"
	b := newBench(t)
	require.Equal(t, exitSkipped, b.run(t, "redact", "scan", "--as", "text", writeFile(t, "id_rsa", "x\n"+key+"after\n")))
	list := findings(t, b.stdout.String())
	require.Len(t, list, 1)
	require.Equal(t, "private_key", list[0].Type)
	require.Equal(t, 2, list[0].Line)
}

func TestScanOfJSONNamesPathAndLine(t *testing.T) {
	text := "{\n  \"customer\": {\n    \"email\": \"jane.roe@acme-mail.com\"\n  }\n}\n{\"n\": 1}\n[\"4539578763621486\"]\n"
	b := newBench(t)
	require.Equal(t, exitSkipped, b.run(t, "redact", "scan", "--as", "json", writeFile(t, "a.json", text)), b.stderr.String())
	list := findings(t, b.stdout.String())
	require.Len(t, list, 2)
	require.Equal(t, "customer.email", list[0].Path)
	require.Equal(t, 3, list[0].Line)
	require.Equal(t, 0, list[0].Start)
	require.Equal(t, 22, list[0].End)
	require.Equal(t, "3", list[1].Record)
	require.Equal(t, 7, list[1].Line)
}

func TestNothingFoundExitsWithZero(t *testing.T) {
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "redact", "scan", "--as", "text", writeFile(t, "a.txt", "0c6c9cb1-4f2a-4f0e-9f3a-2f1b0f6f4f53 2026-11-20T10:00:00Z 12.50 v1.2.3\n")), b.stdout.String())
	require.Empty(t, b.stdout.String())
}

func TestApplyLeavesNothingForAScan(t *testing.T) {
	in, values := plantedFile(t, 400)
	out := filepath.Join(t.TempDir(), "clean.jsonl")
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	require.Equal(t, exitOK, b.run(t, "redact", "apply", "--in", in, "--out", out, "--policy", "strict", "--output", "json"), b.stderr.String())
	var summary applySummary
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &summary))
	require.EqualValues(t, 400, summary.Records)
	require.Positive(t, summary.Values)
	clean, err := os.ReadFile(out)
	require.NoError(t, err)
	for _, p := range values {
		switch p.Type {
		case "name", "address", "birth_date", "ip": // words and numbers that stand elsewhere by chance
		default:
			require.NotContains(t, string(clean), p.Value, "%s at %s", p.Type, p.Path)
		}
	}
	require.Equal(t, exitOK, b.run(t, "redact", "scan", out, "--policy", "strict", "--show-values"), b.stdout.String())
}

func TestApplyIsTheSameEveryTimeAndInOrder(t *testing.T) {
	in, _ := plantedFile(t, 900)
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	require.Equal(t, exitOK, b.run(t, "redact", "apply", "--in", in, "--out", "-"), b.stderr.String())
	first := b.stdout.String()
	require.Equal(t, exitOK, b.run(t, "redact", "apply", "--in", in, "--out", "-"))
	require.Equal(t, first, b.stdout.String())
	require.Equal(t, 900, strings.Count(first, "\n"))
}

func TestApplyPutsWhatItCannotReadIntoQuarantine(t *testing.T) {
	in, _ := plantedFile(t, 3)
	text, err := os.ReadFile(in)
	require.NoError(t, err)
	bad := "{\"msgType\":\"rrpair\", broken\n"
	in = writeFile(t, "raw.jsonl", string(text)+bad)
	folder := t.TempDir()
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	quarantine := filepath.Join(folder, "refused.jsonl")
	require.Equal(t, exitSkipped, b.run(t, "redact", "apply", "--in", in, "--out", filepath.Join(folder, "out.jsonl"), "--quarantine", quarantine), b.stderr.String())
	refused, err := os.ReadFile(quarantine)
	require.NoError(t, err)
	require.Equal(t, bad, string(refused))
	clean, err := os.ReadFile(filepath.Join(folder, "out.jsonl"))
	require.NoError(t, err)
	require.Equal(t, 3, bytes.Count(clean, []byte("\n")))
	require.Contains(t, b.stderr.String(), "line 4")
	require.Contains(t, b.stderr.String(), quarantine)
}

func TestRedactUsageErrors(t *testing.T) {
	in, _ := plantedFile(t, 1)
	for name, args := range map[string][]string{
		"no key":             {"apply", "--in", in, "--out", filepath.Join(t.TempDir(), "x")},
		"same file":          {"apply", "--in", in, "--out", in},
		"no input":           {"apply", "--out", "x"},
		"format":             {"scan", "--as", "yaml", in},
		"policy":             {"scan", "--policy", "strickt", in},
		"filter and file":    {"scan", "--filter", "(service IS a)", in},
		"text of an archive": {"scan", "--as", "text"},
		"rule":               {"test", "--in", in, "--rule", "emial"},
		"unknown rule":       {"rules", "emial"},
		"no value":           {"explain"},
		"key":                {"key"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			require.Equal(t, exitUsage, b.run(t, append([]string{"redact"}, args...)...), b.stderr.String())
		})
	}
}

func TestReportShowsEachRuleAndNoValue(t *testing.T) {
	in, values := plantedFile(t, 300)
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "redact", "test", "--in", in, "--output", "json"), b.stderr.String())
	var report coverageReport
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &report))
	require.EqualValues(t, 300, report.Records)
	require.Empty(t, report.Refused)
	require.NotEmpty(t, report.Rules)
	require.Empty(t, report.NeverLooked)
	for _, p := range values {
		if p.Type == "email" || p.Type == "card" || p.Type == "jwt" {
			require.NotContains(t, b.stdout.String(), p.Value)
		}
	}
	require.Equal(t, exitOK, b.run(t, "redact", "test", "--in", in))
	require.Contains(t, b.stdout.String(), "BEFORE (MASKED)")
}

func TestRulesAndExplain(t *testing.T) {
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "redact", "rules"))
	require.Contains(t, b.stdout.String(), "email")
	require.Equal(t, exitOK, b.run(t, "redact", "rules", "email"))
	require.Contains(t, b.stdout.String(), "matches")
	require.Equal(t, exitOK, b.run(t, "redact", "explain", "--value", "4539578763621486"))
	require.Contains(t, b.stdout.String(), "card")
	require.Equal(t, exitOK, b.run(t, "redact", "explain", "--value", "hello"))
	require.Contains(t, b.stdout.String(), "no rule")
}

func TestKeyPrintsAnIDAndAKeyThatVerifies(t *testing.T) {
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	require.Equal(t, exitOK, b.run(t, "redact", "key", "--output", "json"), b.stderr.String())
	var printed struct {
		ID        string `json:"id"`
		VerifyKey string `json:"verify_key"`
	}
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &printed))
	require.NotEmpty(t, printed.ID)
	require.Len(t, printed.VerifyKey, 64)
	require.NotContains(t, b.stdout.String(), testRedactionKey[:16])
}

func TestScanOfAnArchive(t *testing.T) {
	url, _, lines := shopArchive(t, 120)
	b := newBench(t)
	require.Equal(t, exitSkipped, b.run(t, "--archive", url, "redact", "scan"), b.stderr.String())
	list := findings(t, b.stdout.String())
	require.NotEmpty(t, list)
	require.Contains(t, list[0].File, "date=")
	require.NotEmpty(t, lines)
	require.Equal(t, exitOK, b.run(t, "--archive", url, "redact", "scan", "--filter", "(service IS nobody)"), b.stderr.String())
}

func TestAPolicyMayNameTheKeysSource(t *testing.T) {
	rules := writeFile(t, "acme.yaml", "version: 1\nkey: {env: ACME_KEY}\n")
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	require.Equal(t, exitUsage, b.run(t, "redact", "key", "--policy", rules))
	require.Contains(t, b.stderr.String(), "ACME_KEY")
	b.env["ACME_KEY"] = "9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251f86c6a11d0c18e95"
	require.Equal(t, exitOK, b.run(t, "redact", "key", "--policy", rules), b.stderr.String())
	other := b.stdout.String()
	require.Equal(t, exitOK, b.run(t, "redact", "key"))
	require.NotEqual(t, other, b.stdout.String())
}

func TestKeysBeforeARotationAreRecognised(t *testing.T) {
	in, _ := plantedFile(t, 60)
	out := filepath.Join(t.TempDir(), "clean.jsonl")
	b := newBench(t)
	b.env[keyVariable] = testRedactionKey
	require.Equal(t, exitOK, b.run(t, "redact", "apply", "--in", in, "--out", out))
	b.env[keyVariable] = "9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251f86c6a11d0c18e95"
	require.Equal(t, exitSkipped, b.run(t, "redact", "scan", out))
	b.env[previousVariable] = testRedactionKey
	require.Equal(t, exitOK, b.run(t, "redact", "scan", out), b.stdout.String())
	delete(b.env, previousVariable)
	require.Equal(t, exitOK, b.run(t, "redact", "scan", out, "--previous-key-file", writeFile(t, "old.key", testRedactionKey)), b.stderr.String())
}
