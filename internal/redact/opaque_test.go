package redact

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
)

// noise is data without a sign of what it is.
func noise(head string, size int) []byte {
	source := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same data each time
	data := []byte(head)
	for len(data) < size {
		data = append(data, byte(source.Uint32()))
	}
	return data
}

func bodyPair(contentType, encoding string, body []byte) []byte {
	headers := `"Content-Type":["` + contentType + `"]`
	if encoding != "" {
		headers += `,"Content-Encoding":["` + encoding + `"]`
	}
	return []byte(`{"msgType":"rrpair","http":{"res":{"headers":{` + headers + `},"bodyBase64":"` + base64.StdEncoding.EncodeToString(body) + `"}}}`)
}

// TestOpaque: contents that nobody here can look into do not pass as clean.
func TestOpaque(t *testing.T) {
	e := testEngine(t, "default")
	p, err := policy.Load("default")
	require.NoError(t, err)
	passing, err := New(p, Options{Keys: testKeys(t), Opaque: OpaquePass})
	require.NoError(t, err)
	for _, c := range []struct {
		encoding string
		body     []byte
	}{
		{"", noise("7z\xbc\xaf\x27\x1c", 300)}, {"", noise("Rar!\x1a\x07\x01\x00", 300)}, {"", noise("\xfd7zXZ\x00", 300)},
		{"", noise("BZh91AY&SY", 300)}, {"", noise("\x04\x22\x4d\x18", 300)}, {"", noise("SQLite format 3\x00", 300)},
		{"", noise("PAR1", 300)}, {"", noise("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 300)}, {"", noise("\x1f\x9d\x90", 300)},
		{"", noise("PK\x03\x04", 300)}, {"", noise("%PDF-1.7\n1 0 obj <</Length 9/Filter/FlateDecode>> stream\n", 300)},
		{"", []byte("%PDF-1.7\n1 0 obj <</Length 9/Filter[/ASCII85Decode/FlateDecode]>> stream\nGhVa\n%%EOF")},
		{"foo", noise("", 300)}, {"compress", noise("", 300)}, {"bzip2", noise("", 300)}, {"br", noise("\x00", 300)}, {"gzip", noise("", 300)},
		{"gzip", append(zipped(strings.Repeat("abc", 50))[:10:10], noise("", 300)...)}, {"zstd", noise("", 300)}, {"x-foo, gzip", zipped(string(noise("", 300)))},
	} {
		_, _, err := e.JSON(nil, bodyPair("application/octet-stream", c.encoding, c.body), Call{})
		require.Error(t, err, "%q %q", c.encoding, c.body[:10])
		requireRefusal(t, err, ReasonOpaque)
		in := bodyPair("application/octet-stream", c.encoding, c.body)
		out, result, err := passing.JSON(nil, in, Call{})
		require.NoError(t, err)
		require.Equal(t, string(in), string(out))
		require.Len(t, result.Opaque, 1, "%q", c.body[:10])
		require.Contains(t, result.Opaque[0], "http.res.bodyBase64|base64")
	}
}

// TestMediaPasses: pictures, fonts, films and programs pass, what stands in them as text is redacted in its length; bodies
// that say they are compressed and are none are looked into as what they are.
func TestMediaPasses(t *testing.T) {
	e := testEngine(t, "default")
	for _, head := range []string{"\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0", "GIF89a", "RIFF\x00\x00\x00\x00WEBP", "\x00\x00\x00\x20ftypavif", "wOF2", "\x00asm\x01\x00\x00\x00", "ID3\x04", ""} {
		for _, encoding := range []string{"", "gzip"} {
			if head == "" && encoding != "" {
				continue
			}
			in := bodyPair("image/png", encoding, noise(head, 300))
			out, _, err := e.JSON(nil, in, Call{})
			require.NoError(t, err, "%q", head)
			require.Equal(t, string(in), string(out))
		}
	}
	picture := append(noise("\x89PNG\r\n\x1a\n", 100), "\x00Author: maria.gonzalez87@fastmail.net\x00\x01"...)
	out, _, err := e.JSON(nil, bodyPair("image/png", "", picture), Call{})
	require.NoError(t, err)
	require.NotContains(t, string(out), base64.StdEncoding.EncodeToString(picture))
	for _, encoding := range []string{"gzip", "br", "foo"} {
		out, _, err = e.JSON(nil, bodyPair("application/json", encoding, []byte(`{"mail":"maria.gonzalez87@fastmail.net"}`)), Call{})
		require.NoError(t, err, encoding)
		require.NotContains(t, string(out), base64.StdEncoding.EncodeToString([]byte(`{"mail":"maria`)))
	}
}

func archived(t *testing.T, names ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(names); i += 2 {
		entry, err := w.Create(names[i])
		require.NoError(t, err)
		_, err = entry.Write([]byte(names[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// TestZip: entries of archives are looked into like bodies, and the archive is one afterwards.
func TestZip(t *testing.T) {
	e := testEngine(t, "default")
	inner := archived(t, "deep.json", `{"card":"4539148803436467"}`)
	in := archived(t, "word/document.xml", `<w:t>mail maria.gonzalez87@fastmail.net</w:t>`, "plain.txt", strings.Repeat("nothing to see ", 100),
		"of-maria.gonzalez87@fastmail.net.txt", "empty or not", "inner.jar", string(inner))
	out, result, err := e.Text(nil, in, Call{})
	require.NoError(t, err)
	require.Positive(t, result.Findings)
	archive, err := zip.NewReader(bytes.NewReader(out), int64(len(out)))
	require.NoError(t, err)
	require.Len(t, archive.File, 4)
	require.NotContains(t, string(out), "maria.gonzalez87")
	for _, file := range archive.File {
		require.NotContains(t, file.Name, "maria")
		r, err := file.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err, file.Name)
		require.NotContains(t, string(text), "maria")
		if file.Name == "inner.jar" {
			again, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
			require.NoError(t, err)
			r, err := again.File[0].Open()
			require.NoError(t, err)
			text, err = io.ReadAll(r)
			require.NoError(t, err)
			require.NotContains(t, string(text), "4539148803436467")
		}
	}
	again, _, err := e.Text(nil, out, Call{})
	require.NoError(t, err)
	require.Equal(t, out, again)
	clean := archived(t, "a.txt", "nothing to see")
	out, _, err = e.Text(nil, clean, Call{})
	require.NoError(t, err)
	require.Equal(t, clean, out)
	locked := bytes.Clone(clean)
	locked[6] |= 1
	locked[bytes.Index(locked, []byte("PK\x01\x02"))+8] |= 1
	_, _, err = e.Text(nil, locked, Call{})
	requireRefusal(t, err, ReasonOpaque)
	small := customEngine(t, "version: 1\nname: own\nextends: default\n", Limits{MaxBytes: 1 << 20, MaxDecoded: 4 << 20})
	_, _, err = small.Text(nil, archived(t, "bomb", strings.Repeat("0", 64<<20)), Call{})
	requireRefusal(t, err, ReasonTooLarge)
}

// decodedBody is the response's body of a pair.
func decodedBody(t *testing.T, line []byte) string {
	t.Helper()
	var pair struct {
		HTTP struct{ Res struct{ BodyBase64 []byte } }
	}
	require.NoError(t, json.Unmarshal(line, &pair))
	return string(pair.HTTP.Res.BodyBase64)
}
