package hostile

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"html"
	"io"
	"mime/quotedprintable"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// readings bound what a reader who wants to find a value does: layers of encoding, and texts looked at.
const (
	readingDepth = 7
	readingTexts = 20_000
)

// canRead says whether a value can be read out of a text by somebody who tries every decoding again and again. It shares
// no code with what it tests.
func canRead(text []byte, value string) bool {
	seen := map[string]bool{}
	wanted := []byte(strings.ToLower(value))
	layer := [][]byte{text}
	for range readingDepth {
		var next [][]byte
		for _, text := range layer {
			if len(text) < 6 || seen[string(text)] || len(seen) > readingTexts {
				continue
			}
			seen[string(text)] = true
			if bytes.Contains(bytes.ToLower(text), wanted) {
				return true
			}
			next = append(next, readings(text)...)
		}
		layer = next
	}
	return false
}

var (
	base64Run = regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}`)
	hexRun    = regexp.MustCompile(`[0-9A-Fa-f]{12,}`)
	escape    = regexp.MustCompile(`\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|U[0-9A-Fa-f]{8}|[0-9A-Fa-f]{4}|[0-7]{3}|u\{[0-9A-Fa-f]{1,6}\}|["'\\/nrt])`)
)

// readings are the texts that text may stand for.
func readings(text []byte) (found [][]byte) {
	add := func(read []byte) {
		if len(read) > 5 && !bytes.Equal(read, text) {
			found = append(found, read)
		}
	}
	var value any
	if json.Unmarshal(text, &value) == nil {
		eachText(value, func(leaf string) { add([]byte(leaf)) })
	}
	if bytes.IndexByte(text, '%') >= 0 {
		add(unpercent(text, false))
		add(unpercent(text, true))
	}
	if bytes.IndexByte(text, '&') >= 0 {
		add([]byte(html.UnescapeString(string(text))))
	}
	if bytes.IndexByte(text, '\\') >= 0 {
		add(escape.ReplaceAllFunc(text, unescape))
	}
	if bytes.IndexByte(text, '=') >= 0 {
		read, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(text))) // what can be read counts
		add(read)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		add(wide(text, binary.LittleEndian))
		add(wide(text, binary.BigEndian))
	}
	if bytes.IndexByte(text, '\n') >= 0 {
		joined := strings.NewReplacer("\r", "", "\n", "").Replace(string(text)) // base64 in lines
		for _, run := range base64Run.FindAllString(joined, -1) {
			if read, err := base64.RawStdEncoding.DecodeString(run); err == nil {
				add(read)
			}
		}
	}
	standard := []byte(strings.NewReplacer("-", "+", "_", "/").Replace(string(text)))
	for _, run := range base64Run.FindAll(standard, -1) {
		for skip := range 4 {
			if skip < len(run) {
				part := run[skip:]
				if read, err := base64.RawStdEncoding.DecodeString(string(part[:len(part)-len(part)%4])); err == nil {
					add(read)
				}
				if read, err := base64.RawStdEncoding.DecodeString(string(part)); err == nil && len(part)%4 != 0 {
					add(read)
				}
			}
		}
	}
	for _, run := range hexRun.FindAll(text, -1) {
		if read, err := hex.DecodeString(string(run[:len(run)&^1])); err == nil {
			add(read)
		}
	}
	add(unpacked(text))
	return found
}

func eachText(value any, visit func(string)) {
	switch v := value.(type) {
	case string:
		visit(v)
	case []any:
		for _, element := range v {
			eachText(element, visit)
		}
	case map[string]any:
		for name, member := range v {
			visit(name)
			eachText(member, visit)
		}
	}
}

func unpercent(text []byte, plus bool) (plain []byte) {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '+' && plus:
			plain = append(plain, ' ')
			continue
		case text[i] == '%' && i+2 < len(text):
			if code, err := strconv.ParseUint(string(text[i+1:i+3]), 16, 8); err == nil {
				plain = append(plain, byte(code))
				i += 2
				continue
			}
		}
		plain = append(plain, text[i])
	}
	return plain
}

func unescape(written []byte) []byte {
	base, digits := 16, strings.Trim(string(written[2:]), "{}")
	switch c := written[1]; {
	case c == 'n' || c == 'r':
		return []byte("\n")
	case c == 't':
		return []byte("\t")
	case len(written) == 5:
		digits = string(written[1:]) // of SQL
	case c >= '0' && c <= '7':
		base, digits = 8, string(written[1:])
	case c != 'u' && c != 'x' && c != 'U':
		return written[1:]
	}
	code, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return written
	}
	return []byte(string(rune(code)))
}

// wide reads UTF-16.
func wide(text []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// unpacked reads compressed data, as much as there is of it.
func unpacked(text []byte) []byte {
	var from io.Reader
	var err error
	switch {
	case bytes.HasPrefix(text, []byte{0x1f, 0x8b}):
		from, err = gzip.NewReader(bytes.NewReader(text))
	case bytes.HasPrefix(text, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		var decoder *zstd.Decoder
		if decoder, err = zstd.NewReader(bytes.NewReader(text), zstd.WithDecoderConcurrency(1)); err == nil {
			defer decoder.Close()
			from = decoder
		}
	case text[0] == 0x78:
		from, err = zlib.NewReader(bytes.NewReader(text))
	case text[0] < ' ' || text[0] > 0x7e:
		from = brotli.NewReader(bytes.NewReader(text))
	}
	if from == nil || err != nil {
		return nil
	}
	read, _ := io.ReadAll(io.LimitReader(from, 1<<20)) // what can be read counts
	return read
}
