package hostile

import (
	"bytes"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
)

// compressors by content coding.
var compressors = map[string]func(w io.Writer) (io.WriteCloser, error){
	"gzip":        func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestSpeed) },
	"deflate":     func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriterLevel(w, zlib.BestSpeed) },
	"raw deflate": func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) },
	"br":          func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriterLevel(w, 1), nil },
	"zstd": func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20))
	},
}

// bomb is size bytes of one unit, compressed.
func bomb(t *testing.T, coding, unit string, size int) []byte {
	t.Helper()
	var packed bytes.Buffer
	w, err := compressors[coding](&packed)
	require.NoError(t, err)
	chunk := repeated(unit, 1<<20)
	for range size >> 20 {
		_, err := w.Write(chunk)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return packed.Bytes()
}

// TestBombs: bodies that decompress to more than the limit are refused, with the memory of the limit at most.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("makes and unpacks gigabytes")
	}
	engine := newEngine(t, redact.Limits{})
	for coding := range compressors {
		t.Run(coding, func(t *testing.T) {
			packed := bomb(t, coding, "\x00", 512<<20)
			header := coding
			if coding == "raw deflate" {
				header = "deflate"
			}
			document := inBody(packed, `"Content-Encoding":["`+header+`"]`)
			bounded(t, engine, document, asJSON(document), redact.ReasonTooLarge)
			if coding == "br" || coding == "raw deflate" {
				return // nothing tells them but the header
			}
			bounded(t, engine, packed, asText(packed), redact.ReasonTooLarge)
			inText := []byte("state=" + toBase64(string(packed)) + " read")
			bounded(t, engine, inText, asText(inText), redact.ReasonTooLarge)
		})
	}
	t.Run("many small ones", func(t *testing.T) {
		packed := toBase64(string(bomb(t, "gzip", "some text ", 16<<20)))
		var document bytes.Buffer
		document.WriteString(`{"a":[""`)
		for i := range 100 { // each another one
			document.WriteString(`,"` + toBase64(string(rune('a'+i%26))+"x") + `","` + packed + `"`)
			packed = toBase64(string(bomb(t, "gzip", string(rune('a'+i%26))+string(rune('a'+i/26))+"me text ", 4<<20)))
		}
		document.WriteString(`]}`)
		bounded(t, engine, document.Bytes(), asJSON(document.Bytes()), redact.ReasonTooLarge)
	})
	t.Run("in each other", func(t *testing.T) {
		packed := bomb(t, "gzip", "\x00", 512<<20)
		for range 3 {
			packed = []byte(packers["gzip"](string(packed)))
		}
		document := inBody(packed, `"Content-Encoding":["gzip"]`)
		bounded(t, engine, document, asJSON(document), redact.ReasonTooLarge)
	})
	t.Run("within the limit", func(t *testing.T) {
		packed := bomb(t, "gzip", "some text and ", 100<<20)
		document := inBody(packed, `"Content-Encoding":["gzip"]`)
		bounded(t, engine, document, asJSON(document), "redacted", redact.ReasonTooSlow)
	})
}

// TestBrokenBodies: a body that is cut off, or has other bytes in it, is redacted or refused, and nothing of it is left.
func TestBrokenBodies(t *testing.T) {
	engine := newEngine(t, redact.Limits{})
	text := string(repeated("nothing to see here, ", 3000)) + " mail " + mail + " now " + string(repeated("and nothing there, ", 3000))
	for coding, pack := range packers {
		whole := pack(text)
		for _, cut := range []int{1, 2, 3, 4, 7, 10, 11, 20, len(whole) / 2, len(whole) - 20, len(whole) - 9, len(whole) - 8, len(whole) - 4, len(whole) - 1} {
			for kind, body := range map[string]string{"cut off": whole[:min(cut, len(whole))], "with another byte": whole[:cut-1] + "\x55" + whole[cut:], "with more behind": whole + whole[:cut]} {
				document := inBody([]byte(body), `"Content-Encoding":["`+coding+`"]`)
				out, _, err := engine.JSON(nil, document, redact.Call{})
				if err == nil && canRead(out, mail) {
					t.Errorf("%s, %s at %d: still there", coding, kind, cut)
				}
			}
		}
	}
}
