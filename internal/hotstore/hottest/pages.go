package hottest

import (
	"errors"
	"slices"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

func (s *suite) testPages(t *testing.T) {
	store, documents := s.filled(t)
	documents = slices.Clone(documents)
	// Many documents at one instant, so that ts alone does not order them.
	var together []*hotstore.Document
	for i, document := range documents[:50] {
		twin := *document
		twin.UUID[0] ^= 0x55
		twin.Time = documents[i/10].Time
		together = append(together, &twin)
	}
	s.write(t, store, together)
	documents = append(documents, together...)
	for _, sort := range []string{"", "ts", "-ts", "duration", "-duration,service", "service,-status", "-size", "uuid", "-uuid",
		"error,-ts", "endpoint", "-response_bytes", "customer.tier,ts", "latency_bucket", "location"} {
		for _, limit := range []int{0, 97, 2000} {
			search := hotstore.Search{Sort: hotstore.ParseSort(sort), Limit: limit}
			if limit != 0 {
				search.Query = parse(t, "direction IS IN")
			}
			compare(t, store, documents, search)
		}
	}
	page, err := store.Search(t.Context(), hotstore.Search{Limit: 10})
	if err != nil || len(page.Documents) != 10 || page.Next == "" {
		t.Fatalf("a page of ten: %d documents, next %q, %v", len(page.Documents), page.Next, err)
	}
	for _, document := range page.Documents {
		if document.Pair != nil || document.Headers != nil {
			t.Error("the pair was not asked for")
		}
	}
	exact, err := store.Search(t.Context(), hotstore.Search{Limit: len(documents)})
	if err != nil || exact.Next != "" {
		t.Errorf("a page that holds everything has a next one: %q, %v", exact.Next, err)
	}
}

func (s *suite) testCursors(t *testing.T) {
	store, _ := s.filled(t)
	search := hotstore.Search{Query: parse(t, "direction IS IN"), Limit: 5}
	page, err := store.Search(t.Context(), search)
	if err != nil {
		t.Fatal(err)
	}
	search.After = page.Next
	for name, other := range map[string]hotstore.Search{
		"another filter": {Query: parse(t, "direction IS OUT"), After: page.Next},
		"another order":  {Query: search.Query, Sort: hotstore.ParseSort("ts"), After: page.Next},
		"damaged":        {Query: search.Query, After: page.Next[:len(page.Next)-3]},
		"nonsense":       {Query: search.Query, After: "!"},
	} {
		if _, err := store.Search(t.Context(), other); !errors.Is(err, hotstore.ErrInvalidQuery) {
			t.Errorf("%s: %v, want ErrInvalidQuery", name, err)
		}
	}
	if _, err := store.Search(t.Context(), search); err != nil {
		t.Error(err)
	}
}

// testDimensions asks every field that documents hold with every operator.
func (s *suite) testDimensions(t *testing.T) {
	store, documents := s.filled(t)
	matched := 0
	for _, field := range plainFields() {
		values := sampleValues(documents, field, 3)
		for _, value := range values {
			for _, operator := range []filter.Op{filter.OpIs, filter.OpContains, filter.OpRegex, filter.OpExists} {
				for _, negate := range []bool{false, true} {
					text := criterionText(field, operator, negate, value)
					if _, err := filter.Parse(text, filter.Options{}); err != nil {
						continue // an operator that the language does not have for the field
					}
					matched += compare(t, store, documents, hotstore.Search{Query: parse(t, text), Limit: 1000})
				}
			}
		}
		matched += compare(t, store, documents, hotstore.Search{Query: parse(t, criterionText(field, filter.OpIs, false, values...)), Limit: 1000})
	}
	for _, text := range []string{"duration > 20ms", "duration >= 20ms", "duration < 5ms", "duration <= 5ms", "duration IS 0", "duration EXISTS",
		"duration NOT EXISTS", "size > 2KB", "size < 1KB", "size >= 1KB", "size <= 1KB", "size EXISTS", "status IS 2xx 5xx", "status NOT 2xx", "status >= 400", "status < 300",
		"sample IS 1/3", "sample[rrpair] IS 20%", "source IS x", "source NOT EXISTS", "source IS \"\"",
		"duration > 9000h", "duration >= 0ms", "size > 0", "size < 1"} {
		matched += compare(t, store, documents, hotstore.Search{Query: parse(t, text), Limit: 1000})
	}
	if matched == 0 {
		t.Error("nothing ever matched: the test tells nothing")
	}
}
