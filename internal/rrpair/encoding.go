package rrpair

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// The reasons for which DecodedBody gives no body.
var (
	ErrNoBody              = errors.New("the pair has no such body")
	ErrBodyTooLarge        = errors.New("the decoded body is larger than the limit")
	ErrUnsupportedEncoding = errors.New("unsupported content encoding")
)

// maxEncodings bounds the list of a Content-Encoding header: each entry costs a
// pass over the body, and nobody compresses more than twice.
const maxEncodings = 4

// DecodedBody returns the body of the request or response in new memory, after
// base64 and, unless the tag decoded is "true", after the encodings that the
// Content-Encoding header names: gzip, deflate, br and zstd. A body that does not
// begin as gzip or zstd does is taken as decoded already, whatever the header
// says; Brotli has no such mark, so with br a tag has to say it. limit bounds the result and each step to it, in bytes. The errors wrap
// ErrNoBody, ErrBodyTooLarge or ErrUnsupportedEncoding, or say what is wrong with the data.
func DecodedBody(p *Pair, response bool, limit int) ([]byte, error) {
	take, headers := p.RequestBody, FieldRequestHeaders
	if response {
		take, headers = p.ResponseBody, FieldResponseHeaders
	}
	body, ok := take()
	if !ok {
		return nil, ErrNoBody
	}
	if !p.bodiesDecoded() {
		encodings := contentEncodings(p.Raw(headers))
		if len(encodings) > maxEncodings {
			return nil, fmt.Errorf("%w: %d of them on one body, at most %d", ErrUnsupportedEncoding, len(encodings), maxEncodings)
		}
		// They are listed in the order in which they were applied.
		for i := len(encodings) - 1; i >= 0; i-- {
			var err error
			if body, err = decode(encodings[i], body, limit); err != nil {
				return nil, err
			}
		}
	}
	if len(body) > limit {
		return nil, fmt.Errorf("%w of %d bytes", ErrBodyTooLarge, limit)
	}
	return body, nil
}

// bodiesDecoded reports the tag that says that bodies were decompressed while
// the headers stayed as they were.
func (p *Pair) bodiesDecoded() (decoded bool) {
	EachMember(p.Raw(FieldTags), func(key, value []byte) bool {
		if string(key) == "decoded" {
			decoded = string(value) == `"true"` || string(value) == "true"
			return false
		}
		return true
	})
	return decoded
}

// contentEncodings lists the encodings of all Content-Encoding headers, in the
// order in which they were applied, without those that change nothing.
func contentEncodings(headers []byte) (encodings []string) {
	add := func(raw []byte) bool {
		text, _ := AppendUnquoted(nil, raw)
		for name := range strings.SplitSeq(string(text), ",") {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" && name != "identity" {
				encodings = append(encodings, name)
			}
		}
		return true
	}
	EachMember(headers, func(key, value []byte) bool {
		if equalFold(key, "content-encoding") && !EachElement(value, add) {
			add(value)
		}
		return true
	})
	return encodings
}

func decode(encoding string, body []byte, limit int) ([]byte, error) {
	if len(body) == 0 {
		return body, nil
	}
	switch encoding {
	case "gzip", "x-gzip":
		if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
			return body, nil
		}
		reader, err := gzip.NewReader(bytes.NewReader(body))
		return read(encoding, reader, err, limit)
	case "deflate":
		// RFC 9110 means zlib; some senders leave its envelope out.
		if reader, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
			return read(encoding, reader, nil, limit)
		}
		return read(encoding, flate.NewReader(bytes.NewReader(body)), nil, limit)
	case "br":
		return read(encoding, io.NopCloser(brotli.NewReader(bytes.NewReader(body))), nil, limit)
	case "zstd":
		if !bytes.HasPrefix(body, []byte{0x28, 0xb5, 0x2f, 0xfd}) {
			return body, nil
		}
		reader, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return nil, fmt.Errorf("decode body as zstd: %w", err)
		}
		return read(encoding, reader.IOReadCloser(), nil, limit)
	}
	return nil, fmt.Errorf("%w %q", ErrUnsupportedEncoding, encoding)
}

// maxZstdWindow bounds the memory that a body can ask for: RFC 8878 has HTTP
// peers support 8 MiB.
const maxZstdWindow = 8 << 20

// read reads all that reader has, up to limit bytes, and closes it. opened is
// the error with which it was opened.
func read(encoding string, reader io.ReadCloser, opened error, limit int) ([]byte, error) {
	if opened != nil {
		return nil, fmt.Errorf("decode body as %s: %w", encoding, opened)
	}
	defer reader.Close()
	body, err := io.ReadAll(io.LimitReader(reader, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("decode body as %s: %w", encoding, err)
	}
	if len(body) > limit {
		return nil, fmt.Errorf("%w of %d bytes", ErrBodyTooLarge, limit)
	}
	return body, nil
}
