package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shown prints a pair that a server answered with this body.
func shown(t *testing.T, b *bench, full bool, kind, encoding, body string) string {
	t.Helper()
	pair := madePair(t, nil, func(top, _ map[string]any) {
		response := top["http"].(map[string]any)["res"].(map[string]any)
		headers := map[string][]string{"Content-Type": {kind}}
		if encoding != "" {
			headers["Content-Encoding"] = []string{encoding}
		}
		response["headers"], response["bodyBase64"] = headers, []byte(body)
	})
	b.stdout.Reset()
	require.NoError(t, b.printExchange(pair, full))
	return b.stdout.String()
}

func TestBodiesAreShownByWhatTheyAre(t *testing.T) {
	b := newBench(t)
	var picture, zipped bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 640, 480))))
	writer := gzip.NewWriter(&zipped)
	_, err := writer.Write([]byte(`{"ok":true}`))
	require.NoError(t, err)
	require.NoError(t, writer.Close())

	require.Contains(t, shown(t, b, false, "application/json", "", `{"a":{"b":[1]}}`), "{\n  \"a\": {\n    \"b\": [\n      1\n    ]\n  }\n}")
	require.Contains(t, shown(t, b, false, "image/png", "", picture.String()), "(image/png, 640 × 480 pixels, ")
	require.Contains(t, shown(t, b, false, "application/octet-stream", "", picture.String()), "(image/png by its first bytes, 640 × 480 pixels")
	require.Contains(t, shown(t, b, false, "application/pdf", "", picture.String()), "(said to be application/pdf, image/png by its first bytes")
	require.Contains(t, shown(t, b, false, "application/x-odd", "", "\x00\x01\x02"), "(application/x-odd, 3 B)\n00000000  00 01 02")

	text := shown(t, b, false, "application/json", "gzip", zipped.String())
	require.Contains(t, text, "of gzip, decompressed to 11 B)")
	require.Contains(t, text, `"ok": true`)
	text = shown(t, b, false, "application/json", "gzip", zipped.String()[:15])
	require.Contains(t, text, "gzip that cannot be decompressed here: unexpected EOF)")
	require.Contains(t, text, "00000000  1f 8b")

	require.Contains(t, shown(t, b, false, "application/grpc", "", `{"fieldsMap":{}}`), "(gRPC message, as the fields that were decoded")
	require.Contains(t, shown(t, b, false, "application/grpc", "", "\x00\x00\x00\x00\x02\x08\x01\x00\x00\x00\x00\x00"), "2 messages of protobuf, 12 B")

	form := "--x\r\nContent-Disposition: form-data; name=\"who\"\r\n\r\nJane\r\n--x\r\n" +
		"Content-Disposition: form-data; name=\"face\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n" + picture.String() + "\r\n--x--\r\n"
	text = shown(t, b, false, "multipart/form-data; boundary=x", "", form)
	require.Contains(t, text, "(multipart/form-data, 2 parts)")
	require.Contains(t, text, "(part \"who\", text, 4 B)\nJane\n")
	require.Contains(t, text, `(part "face", file "a.png", image/png, 640 × 480 pixels`)
}

func TestLongBodiesAreCutWithANoteHowToGetTheWhole(t *testing.T) {
	b := newBench(t)
	long := strings.Repeat("a line of text\n", 10_000) + "the end"
	text := shown(t, b, false, "text/plain", "", long)
	require.Less(t, len(text), 20_000)
	require.Contains(t, text, "more)")
	require.Contains(t, text, "--full shows them whole")
	text = shown(t, b, true, "text/plain", "", long)
	require.Contains(t, text, "the end")
	require.NotContains(t, text, "--full")
}

// What traffic holds never reaches a terminal as a command, wherever it stands.
func TestATerminalIsNeverControlledByTraffic(t *testing.T) {
	const evil = "\x1b]0;owned\x07 \x1b[2J \u009b31m \u202e \x7f"
	b := newBench(t)
	b.stdoutIsTerminal = true
	b.env["NO_COLOR"] = "1"
	change := func(top, request map[string]any) {
		top["service"], top["command"], top["status"], top["direction"] = evil, evil, evil, evil
		request["uri"], request["method"], request["version"] = "/"+evil, evil, evil
		request["headers"] = map[string][]string{evil: {evil, "a\r\nfake: header"}}
		response := top["http"].(map[string]any)["res"].(map[string]any)
		response["statusMessage"], response["headers"] = evil, map[string][]string{"Content-Type": {evil}}
	}
	check := func(text string) {
		t.Helper()
		require.NotContains(t, text, "\x1b")
		for _, r := range text {
			require.True(t, r == '\n' || r == '\t' || isHarmless(r), "%q in %q", r, text)
		}
	}
	for _, body := range []string{evil, `{"a":"` + "\u009b31m" + `"}`, "plain\nlines"} {
		pair := madePair(t, []byte(body), change)
		b.stdout.Reset()
		require.NoError(t, b.printExchange(pair, false))
		check(b.stdout.String())
		require.Contains(t, b.stdout.String(), `\x1b]0;owned\x07`)
		require.Contains(t, b.stdout.String(), `a\x0d\x0afake: header`)
		check(string(safeJSON(pair.JSON(), true)))
		require.JSONEq(t, string(pair.JSON()), string(safeJSON(pair.JSON(), true)), "escaping changes no value")
	}
	for _, kind := range []string{"postgres", "AmqpV091"} {
		pair := madePair(t, nil, func(top, _ map[string]any) {
			delete(top, "http")
			top[kind] = map[string]any{"request": map[string]any{"query": map[string]any{"query": "SELECT 1 " + evil}}, "response": evil}
			top["location"] = evil
		})
		b.stdout.Reset()
		require.NoError(t, b.printExchange(pair, false))
		check(b.stdout.String())
	}
}

func TestColoursAreForTerminalsOnly(t *testing.T) {
	b := newBench(t)
	require.NotContains(t, shown(t, b, false, "text/plain", "", "x"), "\x1b")
	b.stdoutIsTerminal = true
	require.Contains(t, shown(t, b, false, "text/plain", "", "x"), "\x1b[1;32mHTTP/1.1 200 OK\x1b[0m")
	b.env["NO_COLOR"] = "1"
	require.NotContains(t, shown(t, b, false, "text/plain", "", "x"), "\x1b")
	delete(b.env, "NO_COLOR")
	b.env["TERM"] = "dumb"
	require.NotContains(t, shown(t, b, false, "text/plain", "", "x"), "\x1b")
}

func TestAPairWithoutAnAnswerSaysSo(t *testing.T) {
	b := newBench(t)
	pair := madePair(t, nil, func(top, _ map[string]any) { delete(top["http"].(map[string]any), "res") })
	require.NoError(t, b.printExchange(pair, false))
	require.Contains(t, b.stdout.String(), "no response was captured")
	require.True(t, json.Valid(pair.JSON()))
}

func TestTheStatusLineHasItsNumber(t *testing.T) {
	for message, want := range map[string]string{"": "HTTP/1.1 200\n", "OK": "HTTP/1.1 200 OK\n", "200 OK": "HTTP/1.1 200 OK\n"} {
		b := newBench(t)
		pair := madePair(t, nil, func(top, _ map[string]any) {
			top["l7protocol"], top["status"] = "grpc", "0"
			top["http"].(map[string]any)["res"].(map[string]any)["statusMessage"] = message
		})
		require.NoError(t, b.printExchange(pair, false))
		require.Contains(t, b.stdout.String(), want)
	}
}
