package hostile

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"mime/quotedprintable"
	"net/url"
	"strings"
	"unicode/utf16"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// spelling writes a value in one way in which values stand in traffic.
type spelling struct {
	name  string
	write func(value string) string
}

func toBase64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
func toHex(text string) string    { return hex.EncodeToString([]byte(text)) }
func toJSON(value any) string {
	text, _ := json.Marshal(value) // texts and maps of them: cannot fail
	return string(text)
}

// each writes every byte of a text by a format.
func each(text, format string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

func mimeLines(text string) string {
	encoded := toBase64(text)
	var b strings.Builder
	for len(encoded) > 20 {
		b.WriteString(encoded[:20] + "\r\n")
		encoded = encoded[20:]
	}
	return b.String() + encoded + "\r\n"
}

func toQuotedPrintable(text string) string {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(text)) // into memory
	_ = w.Close()
	return b.String()
}

func toWide(text string, order binary.ByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, 0, 0)
		order.PutUint16(b[len(b)-2:], unit)
	}
	return string(b)
}

// packers compress.
var packers = map[string]func(text string) string{
	"gzip": func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return b.String()
	},
	"deflate": func(text string) string {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return b.String()
	},
	"zstd": func(text string) string {
		w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
		if err != nil {
			panic(err)
		}
		defer w.Close()
		return string(w.EncodeAll([]byte(text), nil))
	},
	"br": func(text string) string {
		var b bytes.Buffer
		w := brotli.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return b.String()
	},
}

// encodings are spellings of a text as another text.
var encodings = []spelling{
	{"base64", toBase64},
	{"base64 without padding", func(v string) string { return base64.RawStdEncoding.EncodeToString([]byte(v)) }},
	{"base64url", func(v string) string { return base64.URLEncoding.EncodeToString([]byte(v)) }},
	{"base64url without padding", func(v string) string { return base64.RawURLEncoding.EncodeToString([]byte(v)) }},
	{"base64 in lines", mimeLines},
	{"base64 twice", func(v string) string { return toBase64(toBase64(v)) }},
	{"base64 three times", func(v string) string { return toBase64(toBase64(toBase64(v))) }},
	{"base64 in a text", func(v string) string { return "see " + toBase64(v) + " for it" }},
	{"base64url in a text", func(v string) string {
		return "see " + base64.RawURLEncoding.EncodeToString([]byte(v)) + ", and more"
	}},
	{"base64 behind a name", func(v string) string { return "payload: " + toBase64(v) }},
	{"base64 in quotes", func(v string) string { return `got '` + toBase64(v) + `' back` }},
	{"hexadecimal", toHex},
	{"hexadecimal, upper case", func(v string) string { return strings.ToUpper(toHex(v)) }},
	{"hexadecimal with prefix", func(v string) string { return "0x" + toHex(v) }},
	{"hexadecimal in a text", func(v string) string { return "raw " + toHex(v) + " read" }},
	{"bytea", func(v string) string { return `\x` + toHex(v) }},
	{"hexadecimal in base64", func(v string) string { return toBase64(toHex(v)) }},
	{"base64 in hexadecimal", func(v string) string { return toHex(toBase64(v)) }},
	{"percent", url.QueryEscape},
	{"percent, every byte", func(v string) string { return each(v, "%%%02x") }},
	{"percent twice", func(v string) string { return url.QueryEscape(url.QueryEscape(v)) }},
	{"percent twice, every byte", func(v string) string { return url.QueryEscape(each(v, "%%%02X")) }},
	{"percent in base64", func(v string) string { return toBase64(each(v, "%%%02X")) }},
	{"percent in a text", func(v string) string { return "see " + each(v, "%%%02X") + " for it" }},
	{"entities", func(v string) string { return each(v, "&#%d;") }},
	{"entities, hexadecimal", func(v string) string { return each(v, "&#x%x;") }},
	{"entities in a text", func(v string) string { return "see " + each(v, "&#%d;") + " for it" }},
	{"\\u escapes", func(v string) string { return each(v, `\u%04x`) }},
	{"\\u escapes in a text", func(v string) string { return "see " + each(v, `\u%04x`) + " for it" }},
	{"\\x escapes", func(v string) string { return each(v, `\x%02x`) }},
	{"\\x escapes in a text", func(v string) string { return "see " + each(v, `\x%02x`) + " for it" }},
	{"quoted-printable", toQuotedPrintable},
	{"UTF-16 in base64", func(v string) string { return toBase64(toWide(v, binary.LittleEndian)) }},
	{"UTF-16 with mark in base64", func(v string) string { return toBase64("\xff\xfe" + toWide(v, binary.LittleEndian)) }},
	{"UTF-16, high byte first, in base64", func(v string) string { return toBase64(toWide("note: "+v, binary.BigEndian)) }},
	{"data URL", func(v string) string { return "data:text/plain;base64," + toBase64(v) }},
	{"data URL with charset", func(v string) string { return "data:text/plain;charset=utf-8;base64," + toBase64(v) }},
	{"data URL, percent", func(v string) string { return "data:text/plain," + each(v, "%%%02X") }},
	{"data URL in a text", func(v string) string {
		return `<img src="data:image/svg+xml;base64,` + toBase64(`<svg><text>`+html.EscapeString(v)+`</text></svg>`) + `">`
	}},
}
