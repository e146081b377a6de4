package personal

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// leaf is a text of a recorded call with its name.
type leaf struct{ name, text string }

// ordinary are leaves as a recorded call has them, without anything to find.
var ordinary = []leaf{
	{"msgType", "rrpair"}, {"ts", "2026-11-23T10:15:30.123456789Z"}, {"uuid", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}, {"direction", "OUT"},
	{"l7protocol", "http"}, {"status", "200"}, {"duration", "12"}, {"service", "checkout-gateway"}, {"namespace", "shop-production"},
	{"location", "/api/v1/orders/18842/items"}, {"Host", "orders.shop.svc.cluster.local:8080"}, {"Accept", "application/json, text/plain, */*"},
	{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.109 Safari/537.36"},
	{"Content-Type", "application/json; charset=utf-8"}, {"Content-Length", "1842"}, {"Date", "Mon, 23 Nov 2026 10:15:30 GMT"},
	{"Etag", `W/"5f-2c9b1a77e0f1d3"`}, {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}, {"Cache-Control", "no-cache, max-age=0"},
	{"id", "18842"}, {"sku", "TS-4411-XL"}, {"price", "49.95"}, {"currency", "EUR"}, {"quantity", "2"}, {"createdAt", "1763892930123"},
	{"description", "A shirt of organic cotton, washed at 30 degrees"}, {"available", "true"}, {"state", "CONFIRMED"}, {"hash", "9e107d9d372bb6826bd81d3542a419d6"},
}

func BenchmarkOrdinaryLeaves(b *testing.B) {
	finder := New(func(*detect.Rule) bool { return true })
	texts, shapes, hints, size := make([][]byte, len(ordinary)), make([]detect.Shape, len(ordinary)), make([]detect.Hints, len(ordinary)), 0
	for i, l := range ordinary {
		texts[i] = []byte(l.text)
		shapes[i] = detect.NewShape(texts[i])
		hints[i] = detect.Hints{Name: []byte(l.name), Class: detect.ClassifyName([]byte(l.name)), Place: detect.PlaceValue}
		size += len(l.text)
	}
	var findings []detect.Finding
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for i := range texts {
			findings = finder.Find(findings[:0], texts[i], shapes[i], hints[i])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(texts)), "ns/leaf")
}

func BenchmarkLeaf(b *testing.B) {
	finder := New(func(*detect.Rule) bool { return true })
	for _, l := range ordinary {
		text := []byte(l.text)
		shape, hints := detect.NewShape(text), detect.Hints{Name: []byte(l.name), Class: detect.ClassifyName([]byte(l.name)), Place: detect.PlaceValue}
		var findings []detect.Finding
		b.Run(l.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				findings = finder.Find(findings[:0], text, shape, hints)
			}
		})
	}
}

func TestOrdinaryLeavesHoldNothingAndCostNoMemory(t *testing.T) {
	finder := New(func(*detect.Rule) bool { return true })
	findings := make([]detect.Finding, 0, 16)
	for _, l := range ordinary {
		text := []byte(l.text)
		shape, hints := detect.NewShape(text), detect.Hints{Name: []byte(l.name), Class: detect.ClassifyName([]byte(l.name)), Place: detect.PlaceValue}
		for _, f := range finder.Find(findings[:0], text, shape, hints) {
			if f.Confidence >= 0.5 {
				t.Errorf("%s found %q in %s", f.Rule.Name, text[f.Start:f.End], l.name)
			}
		}
		if n := testing.AllocsPerRun(10, func() { finder.Find(findings[:0], text, shape, hints) }); n > 0 {
			t.Errorf("%s: %v allocations", l.name, n)
		}
	}
}

// hostile are texts made to be slow.
func hostile(size int) map[string][]byte {
	texts := map[string][]byte{}
	for _, part := range []string{
		"1", "@", "a@", "1.1.1.1.1.", "ab:", ":", "::", "1 ", "12 ", "123 ", "1234 ", "123-45-", "+1", "+14155552671 ", "call 4155552671 ", "tel 020 7946 0958 ", "0.", "(415) ", "A1",
		"a.b@c.", "Mr. ", "name: ", "12 Main ", "DE89 3704 ", "GB82WEST", "x@y.z-", "4111 ", "4111-1111-", "01.02.", "é@é.", "\"@", "a\"@", "///@", "born 1 ", "MRN ", "mrn1 ",
		"40.12345,", "0x1", "1a-", "Dear Mr. Aa Bb Cc Dd ", "P.O. Box 1 ", "%", "https://a:b@c/", "\xff@", "\xe4\xb8\xad@\xe4\xb8\xad.",
	} {
		texts[part] = bytes.Repeat([]byte(part), size/len(part)+1)[:size]
	}
	texts["spaces, then ids"] = append(bytes.Repeat([]byte(" "), size/2), bytes.Repeat([]byte("12345678Z "), size/20)...)
	return texts
}

// The time that a byte of a hostile text may take, with much room for slow machines; a scan that is not linear is
// thousands of times slower.
const hostileTime = 30 * time.Microsecond

func TestHostileTextsTakeLinearTime(t *testing.T) {
	const size = 1 << 18
	finder := New(func(*detect.Rule) bool { return true })
	for part, text := range hostile(size) {
		for name, hints := range map[string]detect.Hints{"": {}, "phone": {Class: detect.NamePhone | detect.NameEmail | detect.NameIP | detect.NameID | detect.NameNationalID}} {
			begin := time.Now()
			findings := finder.Find(nil, text, detect.NewShape(text), hints)
			if took := time.Since(begin); took > size*hostileTime {
				t.Errorf("256 KiB of %q under %q took %v for %d findings", part, name, took, len(findings))
			} else if testing.Verbose() && took > 100*time.Millisecond {
				t.Logf("256 KiB of %q under %q took %v for %d findings", part, name, took, len(findings))
			}
		}
	}
}

func BenchmarkProse(b *testing.B) {
	finder := New(func(*detect.Rule) bool { return true })
	text := []byte(strings.Repeat("The quick brown fox jumps over 12 lazy dogs at 10:15:30, paid 49.95 for item 18842 and went home on 2026-11-23. ", 20))
	shape := detect.NewShape(text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var findings []detect.Finding
	for b.Loop() {
		findings = finder.Find(findings[:0], text, shape, detect.Hints{})
	}
	if len(findings) > 0 {
		b.Log(fmt.Sprint(findings))
	}
}
