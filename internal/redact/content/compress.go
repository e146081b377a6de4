package content

import (
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// zstdWindow bounds the memory of a zstd decoder. As a content coding zstd may use a window of 8 MiB (RFC 9659); frames made
// for files, whose window is all of a larger text, get some room.
const zstdWindow = 32 << 20

// codecs are the decoders and encoders of a splitter, made when first needed.
type codecs struct {
	source     bytes.Reader
	gzip       *gzip.Reader
	zlib       io.ReadCloser
	flate      io.ReadCloser
	brotli     *brotliReader // not a value: its decoder points into it
	zstd       *zstd.Decoder
	zstdWriter *zstd.Encoder
	writers    writers
}

// splitCompressed gives what a compressed text decompresses to as one part, and bytes behind its end as another. Of a text
// that is cut off or damaged the part is what could be decompressed, besides the error; Append cannot write it.
func (s *Splitter) splitCompressed(dst []Part, text []byte, format Format) ([]Part, error) {
	decoded, behind, err := s.decompress(text, format)
	if err != nil && len(decoded) == 0 && !errors.Is(err, ErrTruncated) || errors.Is(err, ErrTooLarge) {
		return dst, err
	}
	dst = append(dst, Part{End: len(text) - behind, Text: decoded, Parent: -1, Index: -1})
	if behind > 0 && err == nil {
		dst = append(dst, Part{Start: len(text) - behind, End: len(text), Text: text[len(text)-behind:], Parent: -1, Index: -1, style: styleBehind})
	}
	return dst, err
}

// styleBehind marks the bytes behind the end of compressed data.
const styleBehind = 1

// decompress decompresses text, of a truncated or damaged one what can be. behind is how many bytes stand behind its end.
func (s *Splitter) decompress(text []byte, format Format) (decoded []byte, behind int, err error) {
	reader, err := s.codecs.open(text, format)
	if err != nil {
		return nil, 0, readError(err, format, 0)
	}
	buffer := s.reserve(max(min(4*len(text), 1<<20), 512))
	for err == nil {
		if len(buffer) > s.left {
			return nil, 0, &Error{Kind: ErrTooLarge, Format: format, Offset: len(text) - s.codecs.source.Len()}
		}
		if len(buffer) == cap(buffer) {
			old := buffer
			buffer = append(s.reserve(min(2*len(old), s.left+1)), old...)
		}
		var n int
		n, err = reader.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
	}
	decoded, ok := s.commit(buffer)
	if !ok {
		return nil, 0, &Error{Kind: ErrTooLarge, Format: format, Offset: len(text)}
	}
	if !errors.Is(err, io.EOF) {
		return decoded, 0, readError(err, format, len(text)-s.codecs.source.Len())
	}
	return decoded, s.codecs.source.Len(), nil
}

// readError turns what a decoder says into an error of this package.
func readError(err error, format Format, offset int) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return &Error{Kind: ErrTruncated, Format: format, Offset: offset}
	case errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return &Error{Kind: ErrTooLarge, Format: format, Offset: offset, Reason: err.Error()}
	}
	return &Error{Kind: ErrSyntax, Format: format, Offset: offset, Reason: err.Error()}
}

// zlibWindow is the first byte of what zlib writes unless it is told to use less memory.
const zlibWindow = 0x78

// isZlib reports whether deflate has zlib's header: the two forms that go by the name of deflate.
func isZlib(text []byte) bool {
	return len(text) >= 2 && text[0]&15 == 8 && text[0]>>4 <= 7 && (uint(text[0])<<8|uint(text[1]))%31 == 0
}

// open returns a reader of what text decompresses to.
func (c *codecs) open(text []byte, format Format) (io.Reader, error) {
	c.source.Reset(text)
	var err error
	switch {
	case format == Gzip && c.gzip == nil:
		c.gzip, err = gzip.NewReader(&c.source)
		return c.gzip, err
	case format == Gzip:
		return c.gzip, c.gzip.Reset(&c.source)
	case format == Deflate && isZlib(text) && c.zlib == nil:
		c.zlib, err = zlib.NewReader(&c.source)
		return c.zlib, err
	case format == Deflate && isZlib(text):
		return c.zlib, c.zlib.(zlib.Resetter).Reset(&c.source, nil)
	case format == Deflate && c.flate == nil:
		c.flate = flate.NewReader(&c.source)
		return c.flate, nil
	case format == Deflate:
		return c.flate, c.flate.(flate.Resetter).Reset(&c.source, nil)
	case format == Brotli:
		if c.brotli == nil {
			c.brotli = new(brotliReader)
		}
		return c.brotli, c.brotli.reset(&c.source)
	case c.zstd == nil:
		// One goroutine at most: the caller's.
		c.zstd, err = zstd.NewReader(&c.source, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
		return c.zstd, err
	}
	return c.zstd, c.zstd.Reset(&c.source)
}
