package rrpair

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBodiesComeFromBase64BeforeText(t *testing.T) {
	body := func(members string) (string, bool) {
		p := parsed(t, `{"msgType":"rrpair",`+someID+`,"http":{"req":{`+members+`},"res":{`+members+`}}}`)
		request, ok := p.RequestBody()
		response, okToo := p.ResponseBody()
		assert.Equal(t, request, response)
		assert.Equal(t, ok, okToo)
		return string(request), ok
	}
	for members, want := range map[string]string{
		`"bodyBase64":"aGk=","body":"other"`:    "hi",
		`"bodyBase64":""`:                       "",
		`"body":"a\"b\n"`:                       "a\"b\n",
		`"bodyBase64":"aGk"`:                    "hi", // without padding
		`"bodyBase64":"-_8"`:                    "\xfb\xff",
		`"bodyBase64":"a\nGk="`:                 "hi",
		`"bodyBase64":"%%%","body":"text"`:      "text",
		`"bodyBase64":{"a":1},"body":"text"`:    "text",
		`"bodyBase64":"aGl=","body":"not read"`: "hi",
	} {
		got, ok := body(members)
		assert.True(t, ok, members)
		assert.Equal(t, want, got, members)
	}
	for _, members := range []string{``, `"bodyBase64":"%"`, `"body":7`} {
		_, ok := body(members)
		assert.False(t, ok, members)
	}
}

func TestAppendBase64TakesOnlyWhatEncodesToTheSameText(t *testing.T) {
	for n := range 20 {
		data := bytes.Repeat([]byte{0xf7, 1, 0}, 7)[:n]
		got, ok := AppendBase64([]byte("> "), []byte(`"`+base64.StdEncoding.EncodeToString(data)+`"`))
		require.True(t, ok)
		require.Equal(t, "> "+string(data), string(got))
	}
	for _, raw := range []string{``, `"`, `null`, `"aGk"`, `"aGl="`, `"aR=="`, `"a\nGk="`, `"aGk=aGk="`, `"_w=="`, `"a==="`, `"abc\n"`} {
		got, ok := AppendBase64([]byte("> "), []byte(raw))
		assert.False(t, ok, raw)
		assert.Equal(t, "> ", string(got))
	}
}

func TestBodyRepeatsComparesTexts(t *testing.T) {
	text := "{\"a\":\"\\\\ \n\t\x01é😀\"}"
	quoted := string(AppendQuoted(nil, []byte(text)))
	p := parsed(t, `{"msgType":"rrpair",`+someID+`,"http":{"req":{"body":`+quoted+`},"res":{"body":5}}}`)
	assert.True(t, p.BodyRepeats(false, []byte(text)))
	for i := range text {
		changed := []byte(text)
		changed[i] ^= 4
		assert.False(t, p.BodyRepeats(false, changed))
		assert.False(t, p.BodyRepeats(false, []byte(text[:i])))
	}
	assert.False(t, p.BodyRepeats(false, []byte(text+" ")))
	assert.False(t, p.BodyRepeats(true, []byte("5")))
	decoded := []byte(text)
	assert.Zero(t, testing.AllocsPerRun(10, func() { p.BodyRepeats(false, decoded) }))
}

func TestAppendingBodiesDoesNotAllocate(t *testing.T) {
	p := parsed(t, string(sampleLines(t)[2]))
	body := make([]byte, 0, 1<<16)
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		body, _ = p.AppendRequestBody(body[:0])
		body, _ = p.AppendResponseBody(body[:0])
	}))
	assert.NotEmpty(t, body)
}

func compressed(t *testing.T, open func(io.Writer) io.WriteCloser, data string) string {
	t.Helper()
	var out bytes.Buffer
	w := open(&out)
	_, err := io.WriteString(w, data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.String()
}

func TestDecodedBodyUndoesContentEncoding(t *testing.T) {
	text := strings.Repeat("plain text ", 1000)
	gzipped := compressed(t, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, text)
	zlibbed := compressed(t, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, text)
	raw := compressed(t, func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 6); return f }, text)
	zstded := compressed(t, func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z }, text)
	brotlied := compressed(t, func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) }, text)
	twice := compressed(t, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, zstded)

	for name, c := range map[string]struct{ headers, tags, body, want string }{
		"none":                  {`{}`, `{}`, text, text},
		"gzip":                  {`{"Content-Encoding":["gzip"]}`, `{}`, gzipped, text},
		"lower-case name":       {`{"content-encoding":"GZIP"}`, `{}`, gzipped, text},
		"deflate":               {`{"Content-Encoding":["deflate"]}`, `{}`, zlibbed, text},
		"deflate, bare":         {`{"Content-Encoding":["deflate"]}`, `{}`, raw, text},
		"zstd":                  {`{"Content-Encoding":["zstd"]}`, `{}`, zstded, text},
		"br":                    {`{"Content-Encoding":["br"]}`, `{}`, brotlied, text},
		"zstd, then gzip":       {`{"Content-Encoding":["zstd, gzip"]}`, `{}`, twice, text},
		"in two headers":        {`{"Content-Encoding":["zstd","identity","gzip"]}`, `{}`, twice, text},
		"decoded, says the tag": {`{"Content-Encoding":["gzip"]}`, `{"decoded":"true"}`, text, text},
		"decoded, as it shows":  {`{"Content-Encoding":["gzip"]}`, `{"decoded":"false"}`, text, text},
		"empty":                 {`{"Content-Encoding":["gzip"]}`, `{}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			body := base64.StdEncoding.EncodeToString([]byte(c.body))
			side := `{"headers":` + c.headers + `,"bodyBase64":"` + body + `"}`
			p := parsed(t, `{"msgType":"rrpair",`+someID+`,"tags":`+c.tags+`,"http":{"req":`+side+`,"res":`+side+`}}`)
			for _, response := range []bool{false, true} {
				got, err := DecodedBody(p, response, len(text))
				require.NoError(t, err)
				assert.Equal(t, c.want, string(got))
				if c.want != "" {
					_, err = DecodedBody(p, response, len(text)-1)
					assert.ErrorIs(t, err, ErrBodyTooLarge)
				}
			}
		})
	}
}

func TestDecodedBodySaysWhyItHasNone(t *testing.T) {
	load := func(headers, body string) *Pair {
		return parsed(t, `{"msgType":"rrpair",`+someID+`,"http":{"res":{"headers":`+headers+`,"bodyBase64":"`+base64.StdEncoding.EncodeToString([]byte(body))+`"}}}`)
	}
	_, err := DecodedBody(parsed(t, `{"msgType":"rrpair",`+someID+`}`), true, 10)
	assert.ErrorIs(t, err, ErrNoBody)
	_, err = DecodedBody(load(`{"Content-Encoding":["exi"]}`, "x"), true, 10)
	assert.ErrorIs(t, err, ErrUnsupportedEncoding)
	_, err = DecodedBody(load(`{"Content-Encoding":["gzip,gzip,gzip,gzip,gzip"]}`, "x"), true, 10)
	assert.ErrorIs(t, err, ErrUnsupportedEncoding)
	for encoding, body := range map[string]string{"gzip": "\x1f\x8bgarbage", "zstd": "\x28\xb5\x2f\xfdgarbage", "deflate": "\xff\xff", "br": "\xff\xff"} {
		_, err = DecodedBody(load(`{"Content-Encoding":["`+encoding+`"]}`, body), true, 10)
		assert.ErrorContains(t, err, encoding)
	}
}
