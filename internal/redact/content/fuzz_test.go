package content

import (
	"bytes"
	"testing"
)

// fuzzFormat checks the promise of Split and Append for any text of a format and any new text of a part; what does not
// split must still give parts that can be spliced.
func fuzzFormat(f *testing.F, format Format) {
	for _, text := range examples()[format] {
		for _, value := range []string{"", "jane@example.com", `a"b\c`} {
			f.Add([]byte(text), value)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, value string) {
		if len(text) > 1<<12 || len(value) > 1<<8 {
			return
		}
		if ambiguous(format, text, value) {
			value = "x"
		}
		checkProperty(t, format, text, value)
		var s Splitter
		parts, err := s.SplitPartial(nil, text, format, 1<<20)
		if err == nil {
			return
		}
		checkPlaces(t, text, format, parts)
		for _, p := range copied(parts) {
			if p.Opaque {
				continue
			}
			if same := splice(t, text, format, p, p.Text); same != nil && !bytes.Equal(same, text) && format != Gzip && format != Deflate && format != Brotli && format != Zstandard {
				t.Fatalf("%s: a part of what is cut off, written back unchanged, gives %q, not %q", format, same, text)
			}
		}
	})
}

// ambiguous says where a statement of SQL does not tell whether backslashes escape.
func ambiguous(format Format, text []byte, value string) bool {
	return format == SQL && (bytes.IndexByte(text, '\\') >= 0 || bytes.ContainsAny([]byte(value), "\\`"))
}

func FuzzJSON(f *testing.F)            { fuzzFormat(f, JSON) }
func FuzzForm(f *testing.F)            { fuzzFormat(f, Form) }
func FuzzURL(f *testing.F)             { fuzzFormat(f, URL) }
func FuzzCookie(f *testing.F)          { fuzzFormat(f, Cookie) }
func FuzzSetCookie(f *testing.F)       { fuzzFormat(f, SetCookie) }
func FuzzMultipart(f *testing.F)       { fuzzFormat(f, Multipart) }
func FuzzXML(f *testing.F)             { fuzzFormat(f, XML) }
func FuzzHTML(f *testing.F)            { fuzzFormat(f, HTML) }
func FuzzSQL(f *testing.F)             { fuzzFormat(f, SQL) }
func FuzzBase64(f *testing.F)          { fuzzFormat(f, Base64) }
func FuzzPercent(f *testing.F)         { fuzzFormat(f, Percent) }
func FuzzEscaped(f *testing.F)         { fuzzFormat(f, Escaped) }
func FuzzGzip(f *testing.F)            { fuzzFormat(f, Gzip) }
func FuzzDeflate(f *testing.F)         { fuzzFormat(f, Deflate) }
func FuzzBrotli(f *testing.F)          { fuzzFormat(f, Brotli) }
func FuzzZstandard(f *testing.F)       { fuzzFormat(f, Zstandard) }
func FuzzHex(f *testing.F)             { fuzzFormat(f, Hex) }
func FuzzBasicAuth(f *testing.F)       { fuzzFormat(f, BasicAuth) }
func FuzzUserinfo(f *testing.F)        { fuzzFormat(f, Userinfo) }
func FuzzParams(f *testing.F)          { fuzzFormat(f, Params) }
func FuzzProtobuf(f *testing.F)        { fuzzFormat(f, Protobuf) }
func FuzzGRPCFrame(f *testing.F)       { fuzzFormat(f, GRPCFrame) }
func FuzzQuotedPrintable(f *testing.F) { fuzzFormat(f, QuotedPrintable) }
