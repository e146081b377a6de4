package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQueryUsageErrors(t *testing.T) {
	f := fill(t, fillOptions{pairs: 30})
	b := newBench(t)
	for want, args := range map[string][]string{
		"^":                                {"--filter", "(service IS"},
		"--output \"xml\"":                 {"--output", "xml"},
		"must not be negative":             {"--limit", "-1"},
		"--columns: \"servce\"":            {"--columns", "ts,servce"},
		"latency_bucket":                   {"--sort", "-speed"}, // the list of what there is
		"--sort: \"speed\"":                {"--sort", "-speed"},
		"--after: the cursor is":           {"--after", "nonsense"},
		"leave --output csv out":           {"--pairs", "--output", "csv"},
		"leave --columns out":              {"--pairs", "--columns", "ts"},
		"--explain is printed":             {"--explain", "--output", "csv"},
		"--source \"warm\"":                {"--source", "warm"},
		"--from":                           {"--from", "whenever"},
		"is not before --to":               {"--to", "2020-01-01"},
		"--max-read":                       {"--max-read", "much"},
		"put a filter in quotes":           {"--filter", "service", "IS", "checkout"},
		"no blank into a list":             {"--columns", "ts,", "status"},
		"the question is too wide":         {"--source", "archive", "--sort", "-duration", "--max-read", "1KiB"},
		"the hot documents do not hold it": {"--source", "hot", "--filter", `header[accept] IS "text/html"`},
	} {
		require.Equal(t, exitUsage, b.ask(t, f, args...), "%s: %s", want, b.stderr.String())
		require.Contains(t, b.stderr.String(), want)
		require.Empty(t, b.stdout.String(), want)
	}
	require.Equal(t, exitOK, b.ask(t, f, "--limit", "5", "--output", "json"))
	var page struct{ Next string }
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &page))
	require.Equal(t, exitUsage, b.ask(t, f, "--after", page.Next, "--filter", "error IS true"))
	require.Contains(t, b.stderr.String(), "--after: the cursor belongs to another filter or another sort order")
	require.Equal(t, exitUsage, b.run(t, "query", "--source", "hot"))
	require.Contains(t, b.stderr.String(), "which hot store?")
}

// Without a collector's configuration nobody knows the user's own dimensions.
func TestQueryTakesAnyColumnWhereDimensionsAreNotKnown(t *testing.T) {
	f := fill(t, fillOptions{pairs: 30})
	b := newBench(t)
	args := []string{"query", "--hotstore", "sqlite://" + f.hot, "--from", "-6h", "--output", "ndjson"}
	require.Equal(t, exitOK, b.run(t, append(args, "--columns", "uuid,agent")...), b.stderr.String())
	require.Contains(t, b.stdout.String(), `"agent":"`)
	require.Equal(t, exitOK, b.run(t, args...), b.stderr.String())
	require.Contains(t, b.stdout.String(), `,"agent":"`, "what a document has is shown, known or not")
	require.Contains(t, b.stderr.String(), "there is no archive to ask")
}

func TestQueryThatFindsNothingSaysWhy(t *testing.T) {
	f := fill(t, fillOptions{pairs: 30})
	b := newBench(t)
	require.Equal(t, exitOK, b.ask(t, f, "--filter", "service IS nobody"))
	require.Empty(t, b.stdout.String())
	require.Contains(t, b.stderr.String(), "nothing matches in 2026-11-20T08:00:00.000Z to 2026-11-20T12:00:00.000Z, times in UTC")
	require.Contains(t, b.stderr.String(), "the filter matches none of them")

	require.Equal(t, exitOK, b.run(t, "query", "--config", f.config))
	require.Contains(t, b.stderr.String(), "this is the last hour, --from -24h looks further back")
	require.Contains(t, b.stderr.String(), "holds no pairs of this window at all; its newest is of 2026-11-20T09:")

	require.Equal(t, exitOK, b.run(t, "query", "--config", f.config, "--source", "archive"))
	require.Contains(t, b.stderr.String(), "byoc archive stat")
	require.Equal(t, exitOK, b.run(t, "query", "--config", f.config, "--output", "csv"))
	require.Contains(t, b.stdout.String(), "uuid,ts,", "a header all the same")
}

// A filter that names its own times is not cut to the last hour.
func TestQueryTakesTheWindowOfTheFilter(t *testing.T) {
	f := fill(t, fillOptions{pairs: 30})
	b := newBench(t)
	require.Equal(t, exitOK, b.run(t, "query", "--config", f.config, "--filter", "(timerange >= 2026-11-20T09:00:00Z) AND (timerange < 2026-11-20T09:01:00Z)", "--output", "ndjson"), b.stderr.String())
	require.NotEmpty(t, b.stdout.String())
}

func TestQueryErrorsOfTheHotStoreSayWhatToDo(t *testing.T) {
	f := fill(t, fillOptions{pairs: 30})
	b := newBench(t)
	require.Equal(t, exitError, b.run(t, "query", "--hotstore", "sqlite:///nowhere/at/all", "--source", "hot"))
	require.Contains(t, b.stderr.String(), "byoc hotstore init")
	require.Equal(t, exitError, b.run(t, "query", "--hotstore", "http://someone:secret@127.0.0.1:1", "--source", "hot"))
	require.Contains(t, b.stderr.String(), "--source archive")
	require.NotContains(t, b.stderr.String(), "secret")
	_ = f
}

func TestQueryNamesObjectsThatCouldNotBeRead(t *testing.T) {
	f := fill(t, fillOptions{pairs: 300})
	files, err := filepath.Glob(filepath.Join(f.folder, "v1", "date=*", "hour=*", "*.parquet"))
	require.NoError(t, err)
	data, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files[0], data[:len(data)-9], 0o600))
	b := newBench(t)
	require.Equal(t, exitSkipped, b.ask(t, f, "--source", "archive", "--all", "--output", "json"))
	require.Contains(t, b.stderr.String(), filepath.Base(files[0]))
	require.Contains(t, b.stdout.String(), filepath.Base(files[0]))
}

func TestQueryExplains(t *testing.T) {
	middle := fill(t, fillOptions{pairs: 300}).documents[150].Time
	f := fill(t, fillOptions{pairs: 300, hotFrom: middle})
	b := newBench(t)
	require.Equal(t, exitOK, b.ask(t, f, "--explain", "--filter", `(service IS checkout) AND (text CONTAINS "card")`), b.stderr.String())
	text := b.stdout.String()
	for _, want := range []string{"filter ", `service IS "checkout"`, "the archive file://", "the hot store hotstore", "left over", "text CONTAINS", "percentiles within 1%",
		"within one day", "at most 1 file would be read", "gaps          none known", "-ts,uuid, at most 100"} {
		require.Contains(t, text, want)
	}
	require.Contains(t, text, "the hot documents do not hold what the filter asks for", "the archive answers then")
	require.Equal(t, exitOK, b.ask(t, f, "--explain", "--filter", "service IS checkout"), b.stderr.String())
	require.Contains(t, b.stdout.String(), "it holds all of these times")
	require.Contains(t, b.stdout.String(), "left over   nothing")
	require.Equal(t, exitOK, b.ask(t, f, "--explain", "--source", "hot", "--filter", `header[accept] EXISTS`), b.stderr.String())
	require.Contains(t, b.stdout.String(), "--source archive answers it")
	require.Equal(t, exitOK, b.ask(t, f, "--explain", "--output", "json", "--source", "archive"), b.stderr.String())
	var got explanation
	require.NoError(t, json.Unmarshal(b.stdout.Bytes(), &got), b.stdout.String())
	require.Equal(t, "archive", got.Source)
	require.NotZero(t, got.Archive.Bytes)
	require.Len(t, got.Parts, 1)
}
