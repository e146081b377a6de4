package sqlite

import (
	"fmt"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// traffic makes documents of the demo shop's traffic, one after another.
type traffic struct {
	generator *demo.Generator
	pair      rrpair.Pair
	record    *dimension.Record
	line      []byte
}

func newTraffic(options demo.Options) *traffic {
	return &traffic{generator: demo.NewGenerator(options), record: dimension.NewRecord()}
}

// next is valid until the next one.
func (s *traffic) next(tb testing.TB, document *hotstore.Document, include hotstore.Include, text bool) {
	s.line = s.generator.Next(s.line[:0])
	if err := s.pair.ParseJSON(s.line); err != nil {
		tb.Fatal(err)
	}
	s.record.Reset(&s.pair)
	at, _ := s.pair.Time()
	id, _ := s.pair.UUID()
	trace, _ := s.record.Strings(nil, filter.FieldTrace, "")
	span := ""
	if len(trace) > 0 {
		span = trace[0][:16]
	}
	hotstore.Fill(document, &s.pair, s.record, hotstore.Values{
		Time: at, Span: span, Include: include, Text: text,
		ArchiveURL: fmt.Sprintf("s3://acme-traffic/rrpairs/v1/date=%s/hour=%02d?uuid=%s", at.Format(time.DateOnly), at.Hour(), id),
		Extra:      []hotstore.Extra{{Name: "customer.tier", Text: []string{"gold", "silver"}[id[3]%2]}},
	})
}

// demoDocuments makes documents that live on their own.
func demoDocuments(tb testing.TB, n int, include hotstore.Include, text bool) []*hotstore.Document {
	source := newTraffic(demo.Options{Seed: 7})
	documents := make([]*hotstore.Document, n)
	for i := range documents {
		var document hotstore.Document
		source.next(tb, &document, include, text)
		documents[i] = document.Clone()
	}
	return documents
}
