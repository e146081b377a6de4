package demo

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/url"

	"github.com/klauspost/compress/zstd"
)

const (
	// spellingDepth bounds decoding within decoding: JSON in base64 in a form in gzip is four.
	spellingDepth = 6
	// spellingBytes bounds what one compressed piece may decompress to.
	spellingBytes = 64 << 20
	// shortestCode is the fewest characters of base64 worth decoding: they hold six bytes.
	shortestCode = 8
)

// Spellings calls yield with data and with every text that can be decoded from it: the strings of JSON and the texts
// within, base64, percent-encoding, gzip, zstd. It is for finding what must not be there, so it decodes whatever can be
// decoded, sensibly or not. The texts are valid during the call.
func Spellings(data []byte, yield func(text []byte)) { spell(data, spellingDepth, yield) }

func spell(data []byte, depth int, yield func([]byte)) {
	if len(data) == 0 {
		return
	}
	yield(data)
	if depth == 0 {
		return
	}
	if plain := decompressed(data); plain != nil {
		spell(plain, depth-1, yield)
		return
	}
	if eachString(data, func(text string) { spell([]byte(text), depth-1, yield) }) {
		return
	}
	if bytes.IndexByte(data, '%') >= 0 {
		if plain, err := url.QueryUnescape(string(data)); err == nil && plain != string(data) {
			spell([]byte(plain), depth-1, yield)
		}
	}
	eachCode(data, func(plain []byte) { spell(plain, depth-1, yield) })
}

// decompressed is what gzip or zstd hold, as far as they can be read; nil when data is neither.
func decompressed(data []byte) []byte {
	var reader io.Reader
	switch {
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		unzip, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil
		}
		reader = unzip
	case bytes.HasPrefix(data, []byte("\x28\xb5\x2f\xfd")):
		unzip, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil
		}
		defer unzip.Close()
		reader = unzip
	default:
		return nil
	}
	plain, _ := io.ReadAll(io.LimitReader(reader, spellingBytes)) // what comes before a fault counts
	return plain
}

// eachString hands over keys, strings and numbers of a JSON object, array or string; false when data is none.
func eachString(data []byte, visit func(string)) bool {
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 || bytes.IndexByte([]byte(`{["`), trimmed[0]) < 0 || !json.Valid(trimmed) {
		return false
	}
	decoder := json.NewDecoder(bytes.NewReader(trimmed))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if err != nil {
			return true
		}
		switch value := token.(type) {
		case string:
			visit(value)
		case json.Number:
			visit(value.String())
		}
	}
}

// eachCode hands over what runs of base64 characters decode to, in both alphabets.
func eachCode(data []byte, visit func([]byte)) {
	for start := 0; start < len(data); {
		end := start
		for end < len(data) && isCode(data[end]) {
			end++
		}
		if end-start >= shortestCode {
			run := bytes.TrimRight(data[start:end], "=")
			for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				if plain, err := alphabet.AppendDecode(nil, run); err == nil {
					visit(plain)
					break
				}
			}
		}
		start = max(end, start+1)
	}
}

func isCode(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_' || c == '='
}
