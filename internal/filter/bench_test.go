package filter

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkMatch(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	records := make([]*record, 64)
	for i := range records {
		records[i] = randomRecord(rng)
	}
	for name, query := range map[string]string{
		"one":    `service IS a`,
		"usual":  `(service IS a OR service IS b) AND (status IS 5xx OR duration > 500ms)`,
		"header": `header[X-A] CONTAINS Prometheus`,
		"regex":  `location REGEX "^/v[0-9]/x"`,
		"json":   `req_json[items[*].sku] IS A-1`,
		"equal":  `reqbodyjson IS "{\"body\": {\"a\": 1}}"`,
		"text":   `text CONTAINS "not there"`,
		"sample": `sample IS 1/5`,
	} {
		b.Run(name, func(b *testing.B) {
			q := mustParse(b, query)
			b.ReportAllocs()
			for i := range b.N {
				q.Match(records[i%len(records)])
			}
		})
	}
}

func BenchmarkMatchXML(b *testing.B) {
	q := mustParse(b, `req_xpath[//Item[@id='8']] CONTAINS Pear`)
	r := &record{request: []byte(soap)}
	b.SetBytes(int64(len(soap)))
	b.ReportAllocs()
	for range b.N {
		q.Match(r)
	}
}

func BenchmarkMayMatch(b *testing.B) {
	q := mustParse(b, `(service IS a OR service IS b) AND (status IS 5xx OR duration > 500ms) AND timerange IS today`)
	rng := rand.New(rand.NewPCG(1, 2))
	set := &ranges{records: []*record{randomRecord(rng), randomRecord(rng)}, rng: rng}
	b.ReportAllocs()
	for range b.N {
		q.MayMatch(set)
	}
}

func BenchmarkParse(b *testing.B) {
	const text = `(service IS "checkout") AND (status IS 5xx OR duration > 500ms) AND (header[User-Agent] NOT CONTAINS "Prometheus/")`
	b.ReportAllocs()
	for range b.N {
		mustParse(b, text)
	}
}
