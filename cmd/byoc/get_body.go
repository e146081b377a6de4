package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // the sizes of pictures
	_ "image/jpeg"
	_ "image/png"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// grpcPrefix is what stands before each gRPC message: whether it is compressed, and its length.
	grpcPrefix = 5
	// shownParts is how many parts of a multipart body are listed.
	shownParts = 50
)

// body shows the body of the request or the response: text as text, the rest by what it is.
func (e *exchange) body(response bool) {
	raw, _ := e.pair.RequestBody()
	headers := e.pair.Raw(rrpair.FieldRequestHeaders)
	if response {
		raw, _ = e.pair.ResponseBody()
		headers = e.pair.Raw(rrpair.FieldResponseHeaders)
	}
	if len(raw) == 0 {
		return
	}
	e.blank()
	kind := headerOf(headers, "content-type")
	if kind == "" && response {
		kind = e.pair.Text(rrpair.FieldResponseContentType)
	}
	body, err := rrpair.DecodedBody(e.pair, response, shownBodyLimit)
	encoding := strings.ToLower(headerOf(headers, "content-encoding"))
	switch {
	case err != nil:
		e.describe(fmt.Sprintf("%s, %s that cannot be decompressed here: %v", humanBytes(int64(len(raw))), orWord(encoding, "something"), reason(err)))
		e.dump(raw)
		return
	case !bytes.Equal(raw, body):
		e.describe(fmt.Sprintf("%s of %s, decompressed to %s", humanBytes(int64(len(raw))), encoding, humanBytes(int64(len(body)))))
	}
	media, parameters, _ := mime.ParseMediaType(kind)
	switch {
	case isGRPC(media) && json.Valid(body):
		e.describe("gRPC message, as the fields that were decoded at its capture: " + media)
		e.text(indented(body))
	case isGRPC(media):
		e.describe(describeGRPC(media, body))
		e.dump(body)
	case json.Valid(body):
		e.text(indented(body))
	case strings.HasPrefix(media, "multipart/") && e.multipart(media, parameters["boundary"], body):
	case isText(body):
		e.text(string(body))
	default:
		e.describe(describeBinary(media, body))
		e.dump(body)
	}
}

func (e *exchange) describe(text string) { e.line(styleDim, "("+text+")") }

func (e *exchange) dump(body []byte) {
	e.out.WriteString(hex.Dump(body[:min(len(body), dumpBytes)]))
	if len(body) > dumpBytes {
		e.line(styleDim, fmt.Sprintf("(… %s more: --output json gives the pair as it was stored)", humanBytes(int64(len(body)-dumpBytes))))
	}
}

// multipart lists the parts; false: it is none that can be read.
func (e *exchange) multipart(media, boundary string, body []byte) bool {
	if boundary == "" {
		return false
	}
	type part struct {
		title string
		body  []byte
	}
	var parts []part
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for len(parts) < shownParts {
		next, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false
		}
		content, err := io.ReadAll(next)
		if err != nil {
			return false
		}
		title := "part"
		if name := next.FormName(); name != "" {
			title += fmt.Sprintf(" %q", name)
		}
		if file := next.FileName(); file != "" {
			title += fmt.Sprintf(", file %q", file)
		}
		kind, _, _ := mime.ParseMediaType(next.Header.Get("Content-Type"))
		parts = append(parts, part{title: title + ", " + describeContent(kind, content), body: content})
	}
	e.describe(fmt.Sprintf("%s, %s", media, countOf(len(parts), "part", "parts")))
	for _, p := range parts {
		e.describe(p.title)
		if isText(p.body) && len(p.body) > 0 {
			e.text(string(p.body))
		}
	}
	return true
}

func describeContent(media string, content []byte) string {
	if isText(content) {
		return orWord(media, "text") + ", " + humanBytes(int64(len(content)))
	}
	return describeBinary(media, content)
}

// describeBinary says what it is: by its header or, where that says nothing, by how it begins.
func describeBinary(media string, body []byte) string {
	sniffed, _, _ := mime.ParseMediaType(http.DetectContentType(body))
	text := media
	switch {
	case sniffed == "application/octet-stream":
		text = orWord(media, "binary data")
	case media == "" || media == "application/octet-stream" || media == "binary/octet-stream":
		text = sniffed + " by its first bytes"
	case media != sniffed && !strings.HasPrefix(sniffed, "text/"):
		text = fmt.Sprintf("said to be %s, %s by its first bytes", media, sniffed)
	}
	if config, _, err := image.DecodeConfig(bytes.NewReader(body)); err == nil {
		text += fmt.Sprintf(", %d × %d pixels", config.Width, config.Height)
	}
	return text + ", " + humanBytes(int64(len(body)))
}

func isGRPC(media string) bool { return strings.HasPrefix(media, "application/grpc") }

// describeGRPC counts the messages of a body as it goes over the wire.
func describeGRPC(media string, body []byte) string {
	messages, rest := 0, body
	for len(rest) >= grpcPrefix && rest[0] <= 1 {
		size := int(rest[1])<<24 | int(rest[2])<<16 | int(rest[3])<<8 | int(rest[4])
		if size > len(rest)-grpcPrefix {
			break
		}
		messages++
		rest = rest[grpcPrefix+size:]
	}
	if len(rest) > 0 {
		return fmt.Sprintf("%s, %s", media, humanBytes(int64(len(body))))
	}
	return fmt.Sprintf("%s, %s of protobuf, %s", media, countOf(messages, "message", "messages"), humanBytes(int64(len(body))))
}

// isText says that a body is UTF-8 without the control characters that text never has. Those that colour logs are text.
func isText(body []byte) bool {
	if !utf8.Valid(body) {
		return false
	}
	return bytes.IndexFunc(body, func(r rune) bool {
		return r < 0x20 && r != '\n' && r != '\r' && r != '\t' && r != '\f' && r != '\b' && r != '\a' && r != '\v' && r != 0x1b
	}) < 0
}

// headerOf is the first value of a header, "" where there is none.
func headerOf(headers []byte, name string) (found string) {
	eachHeader(headers, func(key, value string) {
		if found == "" && strings.EqualFold(key, name) {
			found = value
		}
	})
	return found
}

func orWord(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// reason is the innermost of an error's texts.
func reason(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}
