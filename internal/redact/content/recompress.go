package content

import (
	"bytes"
	"errors"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

const (
	// usualLevel is the level where the original tells none: the second fastest, since the texts are on their way to be
	// stored by who compresses them again.
	usualLevel = flate.BestSpeed + 1
	// brotliLevel is what servers compress with while a client waits; the stream does not tell its level.
	brotliLevel = 5
	// compareBytes is how much of what an original decompresses to is compared at a time.
	compareBytes = 4 << 10
)

// writers are the encoders of a splitter but for zstd's, by level, made when first needed: each takes 100 KB and more.
type writers struct {
	out     appendWriter
	compare []byte
	gzip    [flate.BestCompression + 1]*gzip.Writer
	zlib    [flate.BestCompression + 1]*zlib.Writer
	flate   *flate.Writer
	brotli  *brotli.Writer
}

// appendWriter appends what is written to it.
type appendWriter struct{ data []byte }

func (w *appendWriter) Write(data []byte) (int, error) {
	w.data = append(w.data, data...)
	return len(data), nil
}

// compressing writes into what compressed data is appended to.
type compressing interface {
	io.WriteCloser
	Reset(io.Writer)
}

// appendCompressed compresses text as original is. Where original decompresses to text already it stays.
func (s *Splitter) appendCompressed(dst []byte, format Format, original, text []byte) ([]byte, error) {
	c := &s.codecs
	header, same := c.compare(original, format, text)
	if same {
		return append(dst, original...), nil
	}
	out := &c.writers.out
	out.data = dst
	defer func() { out.data = nil }()
	writer, err := c.compressor(format, original, header)
	if err == nil {
		_, err = writer.Write(text)
	}
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		return dst, &Error{Kind: ErrSyntax, Format: format, Reason: "compress: " + err.Error()}
	}
	return out.data, nil
}

// compare reports whether compressed data decompresses to text, up to its end; of gzip it gives the header.
func (c *codecs) compare(compressed []byte, format Format, text []byte) (header gzip.Header, same bool) {
	reader, err := c.open(compressed, format)
	if err != nil {
		return header, false
	}
	if format == Gzip {
		header = c.gzip.Header
	}
	if c.writers.compare == nil {
		c.writers.compare = make([]byte, compareBytes)
	}
	for err == nil {
		var n int
		n, err = reader.Read(c.writers.compare)
		if n > len(text) || !bytes.Equal(c.writers.compare[:n], text[:n]) {
			return header, false
		}
		text = text[n:]
	}
	return header, len(text) == 0 && errors.Is(err, io.EOF)
}

// compressor returns a writer in the kind and the class of level of original.
func (c *codecs) compressor(format Format, original []byte, header gzip.Header) (compressing, error) {
	w := &c.writers
	switch {
	case format == Gzip:
		level := usualLevel
		if len(original) > 8 && original[8] == 2 {
			level = flate.BestCompression
		} else if len(original) > 8 && original[8] == 4 {
			level = flate.BestSpeed
		}
		if w.gzip[level] == nil {
			writer, err := gzip.NewWriterLevel(&w.out, level)
			if err != nil {
				return nil, err
			}
			w.gzip[level] = writer
		}
		writer := w.ready(w.gzip[level])
		w.gzip[level].Header = header
		return writer, nil
	case format == Deflate && isZlib(original):
		level := [...]int{flate.BestSpeed, flate.BestSpeed + 1, zlibLevel, flate.BestCompression}[original[1]>>6]
		if w.zlib[level] == nil {
			writer, err := zlib.NewWriterLevel(&w.out, level)
			if err != nil {
				return nil, err
			}
			w.zlib[level] = writer
		}
		return w.ready(w.zlib[level]), nil
	case format == Deflate:
		if w.flate == nil {
			writer, err := flate.NewWriter(&w.out, usualLevel)
			if err != nil {
				return nil, err
			}
			w.flate = writer
		}
		return w.ready(w.flate), nil
	case format == Brotli:
		if w.brotli == nil {
			w.brotli = brotli.NewWriterLevel(&w.out, brotliLevel)
		}
		return w.ready(w.brotli), nil
	case c.zstdWriter == nil:
		var err error
		if c.zstdWriter, err = zstd.NewWriter(&w.out, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20)); err != nil {
			return nil, err
		}
	}
	return w.ready(c.zstdWriter), nil
}

// zlibLevel is the level that zlib's header calls the default.
const zlibLevel = 6

// ready makes a writer begin anew.
func (w *writers) ready(writer compressing) compressing {
	writer.Reset(&w.out)
	return writer
}
