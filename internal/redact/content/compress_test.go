package content

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// compressed returns text in every compression.
func compressed(t testing.TB, text []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	write := func(name string, open func(io.Writer) io.WriteCloser) {
		var b bytes.Buffer
		w := open(&b)
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		out[name] = b.Bytes()
	}
	write("gzip", func(w io.Writer) io.WriteCloser {
		z, _ := gzip.NewWriterLevel(w, gzip.BestCompression)
		z.Name = "orders.json"
		return z
	})
	write("deflate", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	write("raw deflate", func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, 5); return z })
	write("br", func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) })
	write("zstd", func(w io.Writer) io.WriteCloser {
		z, _ := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		return z
	})
	return out
}

func compressionOf(name string) (Format, string) {
	switch name {
	case "gzip":
		return Gzip, name
	case "br":
		return Brotli, name
	case "zstd":
		return Zstandard, name
	}
	return Deflate, "deflate"
}

func TestCompressedBodiesChangeAlone(t *testing.T) {
	for name, body := range compressed(t, []byte(`{"email":"jane.doe@example.com","note":"a body that is long enough to be compressed, compressed, compressed"}`)) {
		t.Run(name, func(t *testing.T) {
			format, encoding := compressionOf(name)
			if got := Sniff(body, "application/json", encoding); got != format {
				t.Fatalf("sniffed %s", got)
			}
			var s Splitter
			if text := mustSplit(t, &s, body, format)[0].Text; text[0] != '{' {
				t.Fatalf("decompressed to %q", text)
			}
			checkProperty(t, format, body, "", "other", "jane.doe@example.com")
		})
	}
}

func TestDecompressionStopsAtTheLimit(t *testing.T) {
	for name, body := range compressed(t, make([]byte, 8<<20)) {
		format, _ := compressionOf(name)
		var s Splitter
		if _, err := s.Split(nil, body, format, 1<<20); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
		if len(s.chunks) > 6 {
			t.Errorf("%s: %d chunks", name, len(s.chunks))
		}
		if parts, err := s.Split(nil, body, format, 8<<20); err != nil || len(parts[0].Text) != 8<<20 {
			t.Errorf("%s at the limit: %v", name, err)
		}
	}
}

func TestTruncatedBodiesGiveWhatIsThere(t *testing.T) {
	text := bytes.Repeat([]byte("the quick brown fox 12345 jumps over "), 20_000)
	for i, state := 0, uint32(1); i < len(text); i += 3 {
		state = state*1664525 + 1013904223
		text[i] = 'a' + byte(state>>24)%26
	}
	for name, body := range compressed(t, text) {
		format, _ := compressionOf(name)
		var s Splitter
		parts, err := s.SplitPartial(nil, body[:len(body)*3/4], format, 0)
		if !errors.Is(err, ErrTruncated) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(parts) != 1 || len(parts[0].Text) < len(text)/4 || !bytes.HasPrefix(text, parts[0].Text) {
			t.Errorf("%s: not the beginning of the text", name)
		}
		if _, err := s.Split(nil, body[:len(body)*3/4], format, 0); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
