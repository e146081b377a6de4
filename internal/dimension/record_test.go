package dimension

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const inbound = `{"msgType":"rrpair","ts":"2026-11-20T10:00:00.000000001Z","l7protocol":"http","duration":276,
"tags":{"source":"goproxy","k8sAppLabel":"checkout","q\"x":"y"},"uuid":"ViwGhZ1oTiy6FZ8tq26CLA==","direction":"IN","cluster":"prod",
"namespace":"shop","service":"checkout","tech":"JSON","network_address":"checkout:8080","command":"POST","location":"/orders/77","status":"503",
"http":{"req":{"url":"/orders/77","uri":"/orders/77?dry=1","version":"1.1","method":"POST","host":"shop.example:8080",
"headers":{"Accept":["a/b","c/d"],"accept":["e"],"User-Agent":["caller \"quoted\" 1"],"Traceparent":["00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"]},
"bodyBase64":"eyJpdGVtcyI6W3sic2t1IjoiQS0xIiwicXR5IjozfV19"},
"res":{"statusCode":503,"headers":{"Content-Encoding":["gzip"]},"bodyBase64":"%s"}},
"session":"s-1","netinfo":{"id":"3","downstream":{"ipAddress":"10.0.0.7","port":5},"upstream":{"ipAddress":"10.0.0.8","hostname":"localhost"}}}`

func zipped(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

func load(t testing.TB, json string) (*rrpair.Pair, *Record) {
	t.Helper()
	p := new(rrpair.Pair)
	if err := p.ParseJSON([]byte(json)); err != nil {
		t.Fatal(err)
	}
	r := NewRecord()
	r.Reset(p)
	return p, r
}

func TestRecordAnswersEveryField(t *testing.T) {
	_, r := load(t, fmt.Sprintf(inbound, zipped(t, `{"error":{"code":"out of stock"}}`)))
	for field, want := range map[filter.FieldRef][]string{
		{Field: filter.FieldCluster}:                   {"prod"},
		{Field: filter.FieldNamespace}:                 {"shop"},
		{Field: filter.FieldService}:                   {"checkout"},
		{Field: filter.FieldCommand}:                   {"POST"},
		{Field: filter.FieldLocation}:                  {"/orders/77"},
		{Field: filter.FieldStatus}:                    {"503"},
		{Field: filter.FieldDirection}:                 {"IN"},
		{Field: filter.FieldL7Protocol}:                {"http"},
		{Field: filter.FieldTech}:                      {"JSON"},
		{Field: filter.FieldNetworkAddress}:            {"checkout:8080"},
		{Field: filter.FieldURL}:                       {"/orders/77", "/orders/77?dry=1"},
		{Field: filter.FieldHost}:                      {"shop.example:8080"},
		{Field: filter.FieldUUID}:                      {"562c0685-9d68-4e2c-ba15-9f2dab6e822c"},
		{Field: filter.FieldSession}:                   {"s-1"},
		{Field: filter.FieldError}:                     {"true"},
		{Field: filter.FieldEndpoint}:                  {"/orders/{id}"},
		{Field: filter.FieldPeer}:                      {"10.0.0.7"},
		{Field: filter.FieldTrace}:                     {"0af7651916cd43dd8448eb211c80319c"},
		{Field: filter.FieldHeader, Sub: "accept"}:     {"a/b", "c/d", "e"},
		{Field: filter.FieldHeader, Sub: "user-agent"}: {`caller "quoted" 1`},
		{Field: filter.FieldHeader, Sub: "x-none"}:     nil,
		{Field: filter.FieldTag, Sub: "source"}:        {"goproxy"},
		{Field: filter.FieldTag, Sub: "Source"}:        nil,
		{Field: filter.FieldTag, Sub: `q"x`}:           {"y"},
	} {
		got, known := r.Strings(nil, field.Field, field.Sub)
		if !known || !slices.Equal(got, want) {
			t.Errorf("%v[%s]: %q (known %v), want %q", field.Field, field.Sub, got, known, want)
		}
	}
	for f := filter.FieldCluster; f.IsString(); f++ {
		if _, known := r.Strings(nil, f, ""); !known {
			t.Errorf("a whole pair does not know %v", f)
		}
	}
	if d, present, known := r.Number(filter.FieldDuration); d != int64(276*time.Millisecond) || !present || !known {
		t.Errorf("duration %d, present %v, known %v", d, present, known)
	}
	if at, known := r.Time(); !known || !at.Equal(time.Date(2026, 11, 20, 10, 0, 0, 1, time.UTC)) {
		t.Errorf("time %v", at)
	}
}

func TestPeer(t *testing.T) {
	for name, c := range map[string]struct{ json, want string }{
		"out: the host of the request": {`"direction":"OUT","network_address":"10.1.1.1:443","http":{"req":{"host":"api.example:443"}},"netinfo":{"upstream":{"hostname":"lb"}}`, "api.example"},
		"out: upstream":                {`"direction":"OUT","network_address":"10.1.1.1:5432","netinfo":{"upstream":{"hostname":"db.svc"}}`, "db.svc"},
		"out: network address":         {`"direction":"OUT","network_address":"10.1.1.1:5432","netinfo":{"upstream":{"ipAddress":"10.9.9.9"}}`, "10.1.1.1"},
		"out: IPv6":                    {`"direction":"OUT","network_address":"[fd00::1]:5432"`, "fd00::1"},
		"out: upstream address":        {`"direction":"OUT","netinfo":{"upstream":{"ipAddress":"10.9.9.9"}}`, "10.9.9.9"},
		"in: named caller":             {`"direction":"IN","http":{"req":{"host":"me"}},"netinfo":{"downstream":{"hostname":"web","ipAddress":"10.0.0.7"}}`, "web"},
		"in: nothing is known":         {`"direction":"IN","http":{"req":{"host":"me","headers":{"User-Agent":["x"]}}}`, ""},
	} {
		if _, r := load(t, `{"msgType":"rrpair",`+c.json+`}`); r.Peer() != c.want {
			t.Errorf("%s: %q, want %q", name, r.Peer(), c.want)
		}
	}
}

func TestFilterOverRecords(t *testing.T) {
	_, r := load(t, fmt.Sprintf(inbound, zipped(t, `{"error":{"code":"out of stock"}}`)))
	for query, want := range map[string]bool{
		`(service IS checkout) AND (error IS true OR duration > 500ms)`: true,
		`duration > 276ms`:                                              false,
		`duration >= 276ms AND duration < 0.3s`:                         true,
		`status IS 5xx AND status > 500`:                                true,
		`HEADER[accept] IS e AND header[ACCEPT] NOT x`:                  true,
		`header[Accept] NOT "c/d"`:                                      false,
		`header[X-None] NOT a`:                                          true,
		`source IS goproxy AND tag[k8sAppLabel] EXISTS`:                 true,
		`req_json[items[0].qty] >= 3 AND req_json[items[*].sku] IS A-1`: true,
		`resp_json[error.code] CONTAINS stock`:                          true,
		`reqbodyjson IS "{\"body\": {\"items\": [{\"qty\": 3.0}]}, \"ignore_keys\": [\"sku\"]}"`: true,
		`text CONTAINS "OUT OF STOCK"`:                                     true,
		`text CONTAINS eyJpdGVtcyI6`:                                       false,
		`uuid IS ViwGhZ1oTiy6FZ8tq26CLA==`:                                 true,
		`timerange IS 2026-11-20T10:00:00Z 2026-11-20T10:00:00.000000001Z`: false,
		`timerange IS 2026-11-20T10:00:00.000000001Z 2026-11-21`:           true,
		`size > 1KB AND size < 2KiB`:                                       true,
		`peer IS 10.0.0.7 AND endpoint IS "/orders/{id}"`:                  true,
		`trace IS 0AF7651916CD43DD8448EB211C80319C`:                        true,
		`url CONTAINS dry=1 AND url IS "/orders/77"`:                       true,
		`sample IS 100%`: true,
	} {
		q, err := filter.Parse(query, filter.Options{})
		if err != nil {
			t.Error(err)
			continue
		}
		if got := q.Match(r); got != want {
			t.Errorf("%s: %v", query, got)
		}
	}
}

// A record serves pair after pair: nothing of one may show in the next.
func TestResetForgets(t *testing.T) {
	_, r := load(t, fmt.Sprintf(inbound, ""))
	r.Endpoint()
	r.Body(false)
	r.Strings(nil, filter.FieldTrace, "")
	var empty rrpair.Pair
	if err := empty.ParseJSON([]byte(`{"msgType":"rrpair"}`)); err != nil {
		t.Fatal(err)
	}
	r.Reset(&empty)
	for f := filter.FieldCluster; f.IsString(); f++ {
		values, _ := r.Strings(nil, f, "")
		if f != filter.FieldUUID && f != filter.FieldError && len(values) > 0 {
			t.Errorf("%v: %q", f, values)
		}
	}
	if body, known := r.Body(false); body != nil || !known {
		t.Errorf("body %q", body)
	}
	if at, known := r.Time(); !at.IsZero() || !known {
		t.Errorf("time %v", at)
	}
}

// traffic is the lines of BYOC_CORPUS, or one pair when it is not set.
func traffic(t testing.TB) []*rrpair.Pair {
	t.Helper()
	input := strings.NewReplacer("\n", "").Replace(fmt.Sprintf(inbound, zipped(t, `{"error":{"code":"out of stock"}}`)))
	if path := os.Getenv("BYOC_CORPUS"); path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		input = string(data)
	}
	var pairs []*rrpair.Pair
	lines := bufio.NewScanner(strings.NewReader(input))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		p := new(rrpair.Pair)
		if err := p.ParseJSON(lines.Bytes()); err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, p)
	}
	return pairs
}

func BenchmarkMatch(b *testing.B) {
	pairs := traffic(b)
	for name, query := range map[string]string{
		"columns":  `(service IS checkout) AND (status IS 5xx OR duration > 500ms)`,
		"derived":  `error IS true OR endpoint IS "/orders/{id}"`,
		"header":   `header[user-agent] CONTAINS Prometheus`,
		"req_json": `req_json[items[0].qty] > 5`,
		"text":     `text CONTAINS "no such thing"`,
	} {
		b.Run(name, func(b *testing.B) {
			q, err := filter.Parse(query, filter.Options{})
			if err != nil {
				b.Fatal(err)
			}
			r, bytes := NewRecord(), 0
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				p := pairs[i%len(pairs)]
				r.Reset(p)
				q.Match(r)
				bytes += len(p.JSON())
			}
			b.SetBytes(int64(bytes / b.N))
		})
	}
}
