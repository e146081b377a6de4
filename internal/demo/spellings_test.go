package demo

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
)

func TestSpellingsFindWhatIsHidden(t *testing.T) {
	const secret = "alice@example.com"
	quoted := func(text string) string {
		raw, err := json.Marshal(map[string]any{"a": []any{text, 1}})
		require.NoError(t, err)
		return string(raw)
	}
	gzipped := func(text string) string {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return packed.String()
	}
	encoder, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	coded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for name, text := range map[string]string{
		"plain":         "x " + secret,
		"JSON":          quoted(secret),
		"JSON in JSON":  quoted(quoted(secret)),
		"base64":        quoted("Basic " + coded(secret)),
		"base64url":     "eyJ." + base64.RawURLEncoding.EncodeToString([]byte("{\"a\":\""+secret+"\"}")) + ".x",
		"percent":       "/a?mail=" + url.QueryEscape(secret),
		"gzip":          quoted(coded(gzipped(quoted(secret)))),
		"zstd":          string(encoder.EncodeAll([]byte(secret), nil)),
		"a key":         `{"` + secret + `":1}`,
		"escaped":       `{"a":"alice\u0040example.com"}`,
		"form in JSON":  quoted("a=1&mail=" + url.QueryEscape(secret)),
		"cut gzip tail": gzipped(secret + string(make([]byte, 10))),
	} {
		t.Run(name, func(t *testing.T) {
			found := false
			Spellings([]byte(text), func(text []byte) { found = found || bytes.Contains(text, []byte(secret)) })
			require.True(t, found)
		})
	}
}

func TestSpellingsFindEverythingPlanted(t *testing.T) {
	var planted []Planted
	generator := NewGenerator(Options{Seed: 8, FailedCheckouts: 0.1, Planted: func(p Planted) { planted = append(planted, p) }})
	for range 500 {
		planted = planted[:0]
		var all bytes.Buffer
		Spellings(generator.Next(nil), func(text []byte) { all.Write(text); all.WriteByte('\n') })
		for _, p := range planted {
			require.Contains(t, all.String(), p.Value, p.Path)
		}
	}
}
