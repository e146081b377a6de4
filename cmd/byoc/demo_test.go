package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

func TestGenerateWritesTheSameTwice(t *testing.T) {
	b := newBench(t)
	folder := t.TempDir()
	out, planted := filepath.Join(folder, "a.jsonl"), filepath.Join(folder, "planted")
	require.Equal(t, exitOK, b.run(t, "demo", "generate", "--pairs", "300", "--seed", "9", "--out", out, "--planted", planted, "-o", "json"), b.stderr.String())
	var summary demoSummary
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &summary))
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, int64(len(text)), summary.Bytes)
	require.Equal(t, 300, bytes.Count(text, []byte("\n")))
	list, err := os.ReadFile(planted)
	require.NoError(t, err)
	require.Equal(t, int(summary.Planted), bytes.Count(list, []byte("\n")))
	var one demo.Planted
	require.NoError(t, json.Unmarshal(bytes.SplitN(list, []byte("\n"), 2)[0], &one))
	require.NotEmpty(t, one.Value)

	require.Equal(t, exitOK, b.run(t, "demo", "generate", "--pairs", "300", "--seed", "9"))
	require.Equal(t, string(text), b.stdout.String())
}

func TestGenerateTakesWindowServicesAndDirection(t *testing.T) {
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "demo", "generate", "--pairs", "200", "--from", "now-1h", "--span", "1h", "--service", "checkout,payments", "--direction", "OUT", "--out", "-"), b.stderr.String())
	var pair rrpair.Pair
	for line := range bytes.Lines(b.stdout.Bytes()) {
		require.NoError(t, pair.ParseJSON(line))
		require.Contains(t, []string{"checkout", "payments"}, pair.Text(rrpair.FieldService))
		require.Equal(t, "OUT", pair.Text(rrpair.FieldDirection))
		at, _ := pair.Time()
		require.WithinRange(t, at, b.clock().Add(-3600e9), b.clock().Add(900e9))
	}
}

func TestGenerateRefusesBadOptions(t *testing.T) {
	b := newBench(t)
	for says, args := range map[string][]string{
		"--from":           {"--out", "-", "--from", "whenever"},
		"--pairs -1":       {"--out", "-", "--pairs", "-1"},
		`service "basket"`: {"--out", "-", "--service", "basket"},
		`direction "UP"`:   {"--out", "-", "--direction", "UP"},
		"--planted":        {"--out", "-", "--planted", "/no/such/folder/x"},
	} {
		require.Equal(t, exitUsage, b.run(t, append([]string{"demo", "generate"}, args...)...), says)
		require.Contains(t, b.stderr.String(), says)
	}
}

func digestOf(t *testing.T, text string) *digest {
	t.Helper()
	d, err := digestTraffic(context.Background(), writeFile(t, "a.jsonl", text))
	require.NoError(t, err)
	return d
}

func TestTheDemoComparesEveryRecord(t *testing.T) {
	text, _ := traffic(t, 50)
	lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
	before := digestOf(t, string(text))
	require.Equal(t, int64(50), before.records())
	require.Greater(t, before.plain, int64(len(text)), "OTLP-JSON is larger")

	backwards := ""
	for _, line := range lines {
		backwards = strings.TrimSpace(line) + "\n" + backwards
	}
	require.NoError(t, before.compare(digestOf(t, backwards+lines[0])), "order and repetitions do not matter")
	require.ErrorContains(t, before.compare(digestOf(t, strings.Join(lines[1:], ""))), "1 missing")
	changed := strings.Replace(string(text), `"direction":"IN"`, `"direction":"OUT"`, 1)
	require.NoError(t, before.compare(digestOf(t, changed)), "redaction changes contents")
	require.ErrorContains(t, digestOf(t, lines[3]).compare(before), "49 never sent")

	_, err := digestTraffic(context.Background(), writeFile(t, "a.jsonl", "{}\n"))
	require.ErrorContains(t, err, "holds no RRPair")
}

func TestTheDemoShowsFailingCheckouts(t *testing.T) {
	generator := demo.NewGenerator(demo.Options{Seed: 3, FailedCheckouts: 1, Services: []string{"frontend"}})
	var pair rrpair.Pair
	var snapshot strings.Builder
	var newest []byte
	for count := 0; count < 12; {
		line := generator.Next(nil)
		require.NoError(t, pair.ParseJSON(line))
		if pair.Text(rrpair.FieldLocation) == "/api/checkout" {
			snapshot.Write(append(line, '\n'))
			newest = line
			count++
		}
	}
	b := newBench(t)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "raw.jsonl"), []byte(snapshot.String()), 0o600))
	r := &demoRun{app: b.app, tool: "byoc", out: folder}
	require.NoError(t, r.show(folder, failingCheckouts))
	text := b.stdout.String()
	require.NoError(t, pair.ParseJSON(newest))
	at, _ := pair.Time()
	require.Contains(t, text, "The newest 8 of 12 failing checkouts, times in UTC")
	require.Contains(t, strings.Split(text, "\n")[3], b.formatTime(at), "the newest comes first")
	require.Contains(t, text, failureReason(&pair))
	require.Contains(t, text, `snapshot create --filter '(location IS "/api/checkout") AND (status IS 4xx OR status IS 5xx)' --out `+filepath.Join(folder, againFolder), "the demo's own folder is taken")
	require.Contains(t, demoLeavings(), againFolder)
	require.Contains(t, text, filepath.Join(folder, "raw.jsonl"))
	id, err := r.newestUUID(folder)
	require.NoError(t, err)
	own, _ := pair.UUID()
	require.Equal(t, own.String(), id)
}

func TestTheDemoNeedsACollector(t *testing.T) {
	b := newBench(t)
	require.Equal(t, exitUsage, b.run(t, "demo", "run", "--collector", "/no/such/binary", "--out", t.TempDir()))
	require.Contains(t, b.stderr.String(), "make build")
}

func TestTheDemoFindsWhatRedactionLeft(t *testing.T) {
	b := newBench(t)
	folder := t.TempDir()
	traffic, list := filepath.Join(folder, "raw.jsonl"), filepath.Join(folder, "planted.ndjson")
	require.Equal(t, exitOK, b.run(t, "demo", "generate", "--pairs", "200", "--out", traffic, "--planted", list), b.stderr.String())
	planted, err := readPlanted(list)
	require.NoError(t, err)
	require.Positive(t, planted.places)
	left, err := planted.inSnapshot(t.Context(), []string{traffic})
	require.NoError(t, err)
	require.Len(t, left, int(planted.places), "in the raw traffic every one is found")
	inFiles, files, err := planted.inFiles(filepath.Dir(writeFile(t, "x.parquet", "PAR1"+strings.ToUpper(left[0].value)+string(planted.byPair[someUUID(planted)][0]))))
	require.NoError(t, err)
	require.Equal(t, 1, files)
	require.NotEmpty(t, inFiles)
	require.NoError(t, os.WriteFile(traffic, []byte(`{"msgType":"rrpair","uuid":"AAAAAAAAAAAAAAAAAAAAAA=="}`), 0o600))
	left, err = planted.inSnapshot(t.Context(), []string{traffic})
	require.NoError(t, err)
	require.Empty(t, left)
}

func someUUID(planted *plantedValues) (longest rrpair.UUID) {
	for id, values := range planted.byPair {
		if len(values[0]) > shortestInFile {
			return id
		}
	}
	return longest
}
