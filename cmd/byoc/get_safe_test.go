package main

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rehydrate"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const hostile = "\x1b]0;owned\a\u009b31m\u202eevil\x7f"

// requireHarmless says that a terminal shows all of the text.
func requireHarmless(t *testing.T, text, message string) {
	t.Helper()
	require.True(t, utf8.ValidString(text), message)
	for _, r := range text {
		require.True(t, r == '\n' || r == '\r' || r == '\t' || isHarmless(r), "%s: %U in %q", message, r, text)
	}
}

func TestRowsOnATerminalHoldNothingThatItObeys(t *testing.T) {
	f := fill(t, fillOptions{pairs: 30})
	document := &hotstore.Document{UUID: rrpair.UUID{9}, Service: hostile, Direction: "IN", Command: "GET", Location: "/" + hostile, Endpoint: "/" + hostile,
		Status: hostile, Peer: hostile, Time: time.Date(2026, 11, 20, 11, 59, 0, 0, time.UTC)}
	f.write(t, time.Time{}, document)
	b := newBench(t)
	for _, isTerminal := range []bool{false, true} {
		b.stdoutIsTerminal = isTerminal
		for _, args := range [][]string{
			{"query", "--output", "table"}, {"query", "--output", "csv"}, {"query", "--output", "json"}, {"query", "--output", "ndjson"},
			{"tail", "-n", "1", "--max-count", "1"}, {"tail", "-n", "1", "--max-count", "1", "--output", "ndjson"},
			{"stats", "--by", "service,endpoint"}, {"stats", "--by", "service,endpoint", "--output", "csv"},
			{"stats", "--by", "service,endpoint", "--output", "json"}, {"stats", "--by", "service,endpoint", "--output", "ndjson"},
			{"services"}, {"services", "--output", "dot"}, {"services", "--output", "mermaid"}, {"services", "--output", "json"},
		} {
			require.Equal(t, exitOK, b.run(t, append(args, "--config", f.config, "--source", "hot")...), "%q: %s", args, b.stderr.String())
			text, kind := b.stdout.String(), args[len(args)-1]
			require.Contains(t, text, "evil", "%q", args)
			switch {
			case isTerminal:
				requireHarmless(t, text, args[0]+" "+kind)
			case kind == "csv":
				require.Contains(t, text, hostile, "who reads a file gets what there is")
			}
			if kind == "json" || kind == "ndjson" {
				decoder := json.NewDecoder(bytes.NewReader(b.stdout.Bytes()))
				found := false
				for decoder.More() {
					var value any
					require.NoError(t, decoder.Decode(&value), "%q: %s", args, text)
					found = found || holds(value, hostile)
				}
				require.True(t, found, "%q changes a value: %s", args, text)
			}
		}
	}
}

// holds says that a text is among the values of a JSON tree.
func holds(tree any, text string) bool {
	switch tree := tree.(type) {
	case string:
		return tree == text
	case []any:
		for _, value := range tree {
			if holds(value, text) {
				return true
			}
		}
	case map[string]any:
		for _, value := range tree {
			if holds(value, text) {
				return true
			}
		}
	}
	return false
}

func TestWhatLiesInTheArchiveControlsNoTerminal(t *testing.T) {
	f := fill(t, fillOptions{pairs: 30, hotFrom: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)})
	b := newBench(t)
	store, err := bucket.Open(t.Context(), bucket.Config{URL: "file://" + f.folder})
	require.NoError(t, err)
	defer store.Close()
	at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	gap := rehydrate.NewGap("hotstore/"+hostile, "sqlite:"+hostile, hostile, at)
	gap.Miss(at, []string{"v1/date=2026-11-20/hour=10"}, 3, at, at.Add(time.Minute))
	gap.Open = false
	require.NoError(t, gap.Put(t.Context(), store))
	for _, args := range [][]string{
		{"query", "--from", "-6h"}, {"query", "--from", "-6h", "--explain"}, {"stats", "--from", "-6h"},
		{"hotstore", "status"}, {"hotstore", "backfill"},
	} {
		b.run(t, append(args, "--config", f.config)...)
		requireHarmless(t, b.stdout.String(), args[0])
		requireHarmless(t, b.stderr.String(), args[0])
	}
}

func TestAddressesInMessagesHoldNoPassword(t *testing.T) {
	b := newBench(t)
	for _, address := range []string{
		"https://ann:s3cret@host:99999999/UPPER", "https://ann:s3cret@/x", "ftp://ann:s3cret@host", "https://ann:s3cret%zz@host", "https://ann:s3cret@host/%zz",
		"https://ann:s3cret@ho st:9200", "https://ann:s3cret@host:port",
	} {
		require.NotEqual(t, exitOK, b.run(t, "query", "--hotstore", address), address)
		require.NotContains(t, b.stderr.String()+b.stdout.String(), "s3cret", address)
	}
}
