package planted

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	mathrand "math/rand/v2"
	"net/url"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// spell writes a text in one of the ways in which values stand in recordings.
func spell(r *mathrand.Rand, text string) (spelled, how string) {
	switch r.IntN(8) {
	case 0:
		return base64.StdEncoding.EncodeToString([]byte(text)), "base64"
	case 1:
		return base64.RawURLEncoding.EncodeToString([]byte(text)), "base64url"
	case 2:
		var percent strings.Builder
		for _, b := range []byte(text) {
			fmt.Fprintf(&percent, "%%%02X", b)
		}
		return percent.String(), "percent-encoded, every byte"
	case 3:
		return url.QueryEscape(text), "percent-encoded"
	case 4:
		inner, _ := json.Marshal(map[string]string{"value": text}) // cannot fail
		return string(inner), "JSON in a string"
	default:
		return text, "plain"
	}
}

const (
	decodeDepth = 6
	decodeLimit = 1 << 22
)

// decodings is everything that a text can be read as, itself included: written apart from the engine, so that it does
// not share its blind spots.
func decodings(text []byte, depth int, visit func([]byte)) {
	visit(text)
	if depth == 0 || len(text) < 6 {
		return
	}
	deeper := func(decoded []byte) {
		if len(decoded) > 3 && !bytes.Equal(decoded, text) {
			decodings(decoded, depth-1, visit)
		}
	}
	if c := bytes.TrimLeft(text, " \t\r\n"); len(c) > 0 && (c[0] == '{' || c[0] == '[' || c[0] == '"') {
		var value any
		if json.Unmarshal(c, &value) == nil {
			eachText(value, func(leaf string) { deeper([]byte(leaf)) })
		}
	}
	if bytes.IndexByte(text, '%') >= 0 {
		if plain, err := url.PathUnescape(string(text)); err == nil {
			deeper([]byte(plain))
		}
	}
	if bytes.IndexByte(text, '&') >= 0 {
		deeper([]byte(html.UnescapeString(string(text))))
	}
	eachRun(text, func(run []byte) {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			if decoded, err := encoding.DecodeString(strings.TrimRight(string(run), "=")); err == nil {
				deeper(decoded)
			}
		}
		if len(run)%2 == 0 {
			if decoded, err := hex.DecodeString(string(run)); err == nil {
				deeper(decoded)
			}
		}
	})
	for _, open := range []func(io.Reader) (io.Reader, error){
		func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) },
		func(r io.Reader) (io.Reader, error) { d, err := zstd.NewReader(r); return d, err },
	} {
		if !compressedMark(text) {
			break
		}
		if reader, err := open(bytes.NewReader(text)); err == nil {
			decoded, _ := io.ReadAll(io.LimitReader(reader, decodeLimit)) // what can be read counts
			deeper(decoded)
		}
	}
	if depth == decodeDepth-2 { // bodies: brotli and raw deflate have no mark
		decoded, err := io.ReadAll(io.LimitReader(brotli.NewReader(bytes.NewReader(text)), decodeLimit))
		if err == nil {
			deeper(decoded)
		}
		if decoded, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(text)), decodeLimit)); err == nil {
			deeper(decoded)
		}
	}
}

func compressedMark(text []byte) bool {
	return bytes.HasPrefix(text, []byte{0x1f, 0x8b}) || bytes.HasPrefix(text, []byte{0x28, 0xb5, 0x2f, 0xfd}) || len(text) > 2 && text[0] == 0x78
}

// eachRun calls fn with the runs of base64 characters that could hold a value.
func eachRun(text []byte, fn func([]byte)) {
	start := -1
	for i := 0; i <= len(text); i++ {
		in := i < len(text) && (text[i] >= 'a' && text[i] <= 'z' || text[i] >= 'A' && text[i] <= 'Z' || text[i] >= '0' && text[i] <= '9' ||
			text[i] == '+' || text[i] == '/' || text[i] == '-' || text[i] == '_' || text[i] == '=')
		switch {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			if i-start >= 12 {
				fn(text[start:i])
			}
			start = -1
		}
	}
}

func eachText(value any, fn func(string)) {
	switch v := value.(type) {
	case string:
		fn(v)
	case []any:
		for _, element := range v {
			eachText(element, fn)
		}
	case map[string]any:
		for key, member := range v {
			fn(key)
			eachText(member, fn)
		}
	}
}

// holds says whether a value can be read out of a text in any spelling.
func holds(text []byte, value string) (found bool) {
	wanted := strings.ToLower(value)
	bare := strings.NewReplacer("-", "", " ", "").Replace(wanted)
	decodings(text, decodeDepth, func(decoded []byte) {
		lower := strings.ToLower(string(decoded))
		found = found || strings.Contains(lower, wanted) || strings.Contains(lower, bare)
	})
	return found
}
