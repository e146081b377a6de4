package content

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"
)

// benchDocument is a body as services send them: short keys, strings, numbers, some nesting, few escapes.
func benchDocument() []byte {
	var b bytes.Buffer
	b.WriteString(`{"orders":[`)
	for i := range 12 {
		if i > 0 {
			b.WriteByte(',')
		}
		n := strconv.Itoa(i)
		b.WriteString(`{"id":"9f3c1a2e-7b4d-4c7e-9a31-0c5d2f6e8b` + n + `","customer":{"name":"Jane Doe ` + n + `","email":"jane.doe` + n + `@example.com","phone":"+1-555-0100"},"total":129.95,"currency":"USD","items":[{"sku":"SKU-10` + n + `","quantity":2,"price":64.5}],"createdAt":"2026-11-23T01:02:03.004Z","status":"SHIPPED","gift":false,"note":null}`)
	}
	b.WriteString(`],"page":1,"next":"/v1/orders?cursor=abc"}`)
	return b.Bytes()
}

func benchmarkSplit(b *testing.B, format Format, text []byte) {
	var s Splitter
	var parts []Part
	var err error
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s.Reset()
		if parts, err = s.Split(parts[:0], text, format, 0); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(parts)), "ns/part")
}

func BenchmarkSplitJSON(b *testing.B) { benchmarkSplit(b, JSON, benchDocument()) }

func BenchmarkSplitJSONEscaped(b *testing.B) {
	benchmarkSplit(b, JSON, append(append([]byte{'"'}, jsonStyleOf(nil).append(nil, benchDocument())...), '"'))
}

func BenchmarkSplitForm(b *testing.B) {
	benchmarkSplit(b, Form, []byte("email=jane.doe%40example.com&name=Jane+Doe&card=4111111111111111&address=1+Main+St&city=Springfield&zip=01101&token=abcdef0123456789"))
}

func BenchmarkSplitURL(b *testing.B) {
	benchmarkSplit(b, URL, []byte("https://shop.example.com:8443/v1/customers/42/orders?cursor=abc&limit=20&email=jane%40example.com"))
}

func BenchmarkSplitCookie(b *testing.B) {
	benchmarkSplit(b, Cookie, []byte("sid=0123456789abcdef; theme=dark; cart=%7B%22id%22%3A1%7D; _ga=GA1.2.3.4"))
}

func BenchmarkSplitBase64(b *testing.B) {
	benchmarkSplit(b, Base64, base64.StdEncoding.AppendEncode(nil, benchDocument()))
}

func BenchmarkSplitSQL(b *testing.B) {
	benchmarkSplit(b, SQL, []byte(`SELECT u.id, u.email, o.total FROM users u JOIN orders o ON o.user_id = u.id WHERE u.email = 'jane@example.com' AND o.status IN ('NEW', 'PAID') AND o.total > 12.5 ORDER BY o.created_at DESC LIMIT 20`))
}

func BenchmarkSplitGzip(b *testing.B) {
	benchmarkSplit(b, Gzip, compressed(b, benchDocument())["gzip"])
}

func BenchmarkSniff(b *testing.B) {
	texts := [][]byte{[]byte("OK"), []byte("jane.doe@example.com"), []byte("550e8400-e29b-41d4-a716-446655440000"), []byte("application/json"), []byte("SHIPPED"), []byte("2026-11-23T01:02:03.004Z"), []byte("checkout-service-7d9f8b6c5-x2k4p"), []byte("129.95")}
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			if Sniff(text, "", "") != Plain {
				b.Fatal(string(text))
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(texts)), "ns/text")
}

func TestSplittingDoesNotAllocate(t *testing.T) {
	document := benchDocument()
	texts := map[Format][]byte{JSON: document, Base64: base64.StdEncoding.AppendEncode(nil, document), Deflate: compressed(t, document)["deflate"], Zstandard: compressed(t, document)["zstd"]}
	for format, list := range examples() {
		if _, ok := texts[format]; !ok {
			texts[format] = []byte(strings.ReplaceAll(list[0], "&eacute;", "")) // looked up in the library's table
		}
	}
	for format, text := range texts {
		var s Splitter
		var parts []Part
		if allocations := testing.AllocsPerRun(20, func() {
			s.Reset()
			var err error
			if parts, err = s.Split(parts[:0], text, format, 0); err != nil {
				t.Fatal(err)
			}
			Sniff(text, "", "")
		}); allocations > 0 && (format != Zstandard || allocations > 1 && !underRace) { // its library takes blocks from a pool that may be empty, and which the race detector empties at random
			t.Errorf("%s: %v allocations", format, allocations)
		}
	}
}
