package secret

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

type leaf struct {
	text  []byte
	shape detect.Shape
	hints detect.Hints
}

// pairLeaves are texts as the leaves of recorded traffic are: most of them short and harmless.
func pairLeaves() []leaf {
	texts := []string{
		"rrpair", "2026-11-20T10:15:42.118Z", "3f1c9a52-7d84-4b0e-9a61-c5e2f8d07b13", "IN", "prod-east-1", "shop", "orders", "http", "HTTP_1_1", "GET",
		"/api/v2/orders/81734/items?limit=50&offset=100", "200", "10.42.7.19:51724->10.42.3.8:8080", "12.481", "application/json; charset=utf-8", "gzip, deflate, br",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36", "no-cache", "keep-alive", "1843", "orders.shop.svc.cluster.local",
		"W/\"5d8c-9Qm2ZrT9LpW4kNcJ6sD1\"", "Mon, 20 Nov 2026 10:15:42 GMT", "nginx/1.25.3", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "true", "false", "null", "EUR",
		"19.99", "Garden chair, oak, foldable", "chair-oak-14", "in_stock", "DE", "Hamburg", "https://cdn.shop.example/assets/chair-oak-14.5d8c9a.webp", "SKU-00048213", "41", "7", "A",
		"max-age=31536000, immutable", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "en-GB,en;q=0.7", "trace", "SELECT id, name FROM orders WHERE shop = ? LIMIT 50",
	}
	leaves := make([]leaf, len(texts))
	for i, text := range texts {
		leaves[i] = leaf{text: []byte(text), shape: detect.NewShape([]byte(text)), hints: detect.Hints{Name: []byte("name"), Place: detect.PlaceValue}}
	}
	return leaves
}

func BenchmarkFindLeaf(b *testing.B) {
	f := New(all)
	leaves := pairLeaves()
	var findings []detect.Finding
	size := 0
	for _, l := range leaves {
		size += len(l.text)
	}
	b.SetBytes(int64(size / len(leaves)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l := &leaves[i%len(leaves)]
		findings = f.Find(findings[:0], l.text, l.shape, l.hints)
	}
}

func logText() []byte {
	var text strings.Builder
	random := rand.New(rand.NewSource(1))
	for text.Len() < 10<<10 {
		fmt.Fprintf(&text, `{"level":"info","ts":"2026-11-20T10:15:42.%03dZ","msg":"order %d placed","user":"u%d","key":"order-%d","trace_id":"%016x%016x","path":"/api/v2/orders/%d"}`+"\n",
			random.Intn(1000), random.Intn(1e6), random.Intn(1e6), random.Intn(1e6), random.Uint64(), random.Uint64(), random.Intn(1e6))
	}
	return []byte(text.String())
}

func benchmarkText(b *testing.B, text []byte) {
	f := New(all)
	shape := detect.NewShape(text)
	var findings []detect.Finding
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		findings = f.Find(findings[:0], text, shape, detect.Hints{})
	}
}

func BenchmarkFindLog10K(b *testing.B) { benchmarkText(b, logText()) }

func BenchmarkFindBinary1M(b *testing.B) {
	text := make([]byte, 1<<20)
	rand.New(rand.NewSource(1)).Read(text)
	benchmarkText(b, text)
}

// TestTimeIsLinear feeds what would make a careless scanner quadratic: twice the text may not take much more than twice
// the time, and half a megabyte takes less than two seconds on a loaded machine.
func TestTimeIsLinear(t *testing.T) {
	f := New(all)
	for _, unit := range []string{
		"=", "eyJ", "eyJ.", "eyJ-", "eyJ=", "eyJhbGciOiJIUzI1NiJ9.", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "0", "a1", "-", "://", "a:b@", "://a:b", "password=", "password ", "token",
		"token:\"", "key.", "PuTTY-User-Key-File-2 ", "fm2_-", "$6$", "1234567:A", "1234567890123456|", "Q~", "4Q~", "Authorization: ", "Authorization: Basic a ", "-u ", "-u a:b ", "\\n", "ghp_", "AKIA", "xoxb-1-",
		"secret='", "password=\"a\\", "<Pass a=\"", "kind: Secret\ndata:\n", "data:\n a: b\n", "{", "${", "your", "token a-", "sk-", "bearer ", "\"key\": \"value\": ",
	} {
		var took [2]time.Duration
		for n, size := range []int{1 << 18, 1 << 19} {
			text := bytes.Repeat([]byte(unit), size/len(unit))
			shape := detect.NewShape(text)
			took[n] = time.Hour
			for range 2 { // the better of two: others use the machine too
				start := time.Now()
				f.Find(nil, text, shape, detect.Hints{})
				took[n] = min(took[n], time.Since(start))
			}
		}
		if took[1] > 100*time.Millisecond {
			t.Logf("%-24q %8v then %8v", unit, took[0], took[1])
		}
		if took[1] > 2*time.Second || took[1] > 3*took[0]+200*time.Millisecond {
			t.Errorf("half a megabyte of %q takes %v, a quarter %v", unit, took[1], took[0])
		}
	}
}
