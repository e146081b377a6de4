package hottest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

type suite struct {
	factory Factory
	options Options
}

// batch is how many documents the suite writes at once: not a divisor of anything.
const batch = 701

func (s *suite) open(t *testing.T) Store {
	t.Helper()
	store := s.factory(t)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	return store
}

// dimensions makes documents without headers, pair and text.
func (s *suite) dimensions(n int) []*hotstore.Document {
	documents := s.options.Traffic(n)
	for _, document := range documents {
		document.Headers, document.Pair, document.Text = nil, nil, ""
	}
	return documents
}

// filled opens a store with traffic in it, of dimensions alone.
func (s *suite) filled(t *testing.T) (Store, []*hotstore.Document) {
	t.Helper()
	store, documents := s.open(t), s.dimensions(s.options.Documents)
	s.write(t, store, documents)
	return store, documents
}

func (s *suite) write(t *testing.T, store Store, documents []*hotstore.Document) {
	t.Helper()
	for chunk := range slices.Chunk(documents, batch) {
		result, err := store.Write(t.Context(), chunk)
		if err != nil || len(result.Remaining)+len(result.Rejected)+result.Duplicates > 0 || result.Stored != len(chunk) {
			t.Fatalf("write %d documents: %+v, %v", len(chunk), result, err)
		}
	}
	s.refresh(t, store)
}

func (s *suite) refresh(t *testing.T, store Store) {
	t.Helper()
	if s.options.Refresh == nil {
		return
	}
	if err := s.options.Refresh(t.Context(), store); err != nil {
		t.Fatal("refresh:", err)
	}
}

func parse(t *testing.T, text string) *filter.Query {
	t.Helper()
	query, err := filter.Parse(text, filter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return query
}

// matching selects documents with the evaluator.
func matching(t *testing.T, query *filter.Query, documents []*hotstore.Document) []*hotstore.Document {
	t.Helper()
	condition, err := hotstore.Select(query)
	if err != nil {
		t.Fatal(err)
	}
	var source hotstore.Source
	var found []*hotstore.Document
	for _, document := range documents {
		source.Reset(document)
		matches, err := condition.Match(&source)
		if err != nil {
			t.Fatal(err)
		}
		if matches {
			found = append(found, document)
		}
	}
	return found
}

func ids(documents []*hotstore.Document) []rrpair.UUID {
	list := make([]rrpair.UUID, len(documents))
	for i, document := range documents {
		list[i] = document.UUID
	}
	return list
}

// scan reads all pages of a search.
func scan(t *testing.T, store Store, search hotstore.Search) []*hotstore.Document {
	t.Helper()
	var found []*hotstore.Document
	err := hotstore.Scan(t.Context(), store, search, func(document *hotstore.Document) error {
		found = append(found, document)
		return nil
	}, nil)
	if err != nil {
		t.Fatalf("search %q: %v", search.Query, err)
	}
	return found
}

// compare searches and compares what is found, and its order, with the evaluator.
func compare(t *testing.T, store Store, documents []*hotstore.Document, search hotstore.Search) (found int) {
	t.Helper()
	want := matching(t, search.Query, documents)
	want = slices.DeleteFunc(slices.Clone(want), func(d *hotstore.Document) bool {
		return !search.From.IsZero() && d.Time.Before(search.From) || !search.To.IsZero() && !d.Time.Before(search.To)
	})
	hotstore.SortBy(want, search.Order())
	got := scan(t, store, search)
	if !slices.Equal(ids(got), ids(want)) {
		t.Fatalf("%s sorted by %v: found %d documents, want %d; first difference: %s", search.Query, search.Order(), len(got), len(want), difference(got, want))
	}
	return len(want)
}

func difference(got, want []*hotstore.Document) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return "missing " + describe(want[i])
		case i >= len(want):
			return "too many: " + describe(got[i])
		case got[i].UUID != want[i].UUID:
			return "got " + describe(got[i]) + ", want " + describe(want[i])
		}
	}
	return "none"
}

func describe(document *hotstore.Document) string {
	var out []string
	for _, name := range hotstore.ShortNames() {
		if value := hotstore.LookupDimension(name).Text(document); value != "" {
			out = append(out, name+"="+value)
		}
	}
	return strings.Join(out, " ")
}

func (s *suite) testGet(t *testing.T) {
	store, documents := s.open(t), s.dimensions(s.options.Documents/3)
	if !slices.Contains(s.options.Without, Pairs) {
		copy(documents, s.options.Traffic(len(documents)/2))
	}
	s.write(t, store, documents)
	for i, document := range documents {
		at := []time.Time{document.Time, {}, document.Time.Truncate(time.Hour)}[i%3]
		got, err := store.Get(t.Context(), document.UUID, at)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, document) {
			t.Fatalf("got\n%+v\nwant\n%+v", got, document)
		}
	}
	for _, at := range []time.Time{{}, documents[0].Time} {
		if _, err := store.Get(t.Context(), rrpair.UUID{1, 2, 3}, at); !errors.Is(err, hotstore.ErrNoDocument) {
			t.Errorf("a document that is not there: %v", err)
		}
	}
}

func (s *suite) testDuplicates(t *testing.T) {
	store, documents := s.filled(t)
	again := append(slices.Clone(documents[100:200]), documents[100:200]...)
	fresh := *documents[0]
	fresh.UUID = rrpair.UUID{0xfe, 0xed}
	again = append(again, &fresh, &fresh)
	result, err := store.Write(t.Context(), again)
	if err != nil || result.Stored != 1 || result.Duplicates != len(again)-1 || len(result.Remaining)+len(result.Rejected) > 0 {
		t.Errorf("writing again: %+v, %v", result, err)
	}
	s.refresh(t, store)
	compare(t, store, append(documents, &fresh), hotstore.Search{})
	if result, err = store.Write(t.Context(), nil); err != nil || result.Stored != 0 {
		t.Errorf("writing nothing: %+v, %v", result, err)
	}
}

func (s *suite) testWindows(t *testing.T) {
	store, documents := s.filled(t)
	hotstore.SortBy(documents, hotstore.ParseSort("ts,uuid"))
	n := len(documents)
	at := func(i int) time.Time { return documents[i].Time }
	for _, window := range [][2]time.Time{
		{at(0), at(n - 1)}, {at(n / 3), at(n / 2)}, {at(n / 3), {}}, {{}, at(n / 2)}, {at(5), at(5)}, {at(7), at(6)},
		{at(n - 1).Add(1), {}}, {{}, at(0)}, {at(n / 2), at(n / 2).Add(1)},
		{at(0).AddDate(0, 0, -3), at(0).Add(time.Minute)}, {at(n - 1), at(n-1).AddDate(1, 0, 0)},
		{time.Unix(-1<<40, 0), time.Unix(1<<40, 0)},
	} {
		compare(t, store, documents, hotstore.Search{From: window[0], To: window[1]})
		compare(t, store, documents, hotstore.Search{From: window[0], To: window[1], Query: parse(t, "direction IS IN AND error IS false"), Sort: hotstore.ParseSort("service")})
	}
	middle := at(n / 2).Format(time.RFC3339Nano)
	for _, text := range []string{"ts > " + middle, "ts >= " + middle, "ts < " + middle, "ts <= " + middle,
		"timerange NOT " + at(n/3).Format(time.RFC3339Nano) + " " + middle,
		"ts < " + at(n/3).Format(time.RFC3339Nano) + " OR ts > " + middle} {
		compare(t, store, documents, hotstore.Search{Query: parse(t, text)})
	}
}

func (s *suite) testUnknown(t *testing.T) {
	store, _ := s.filled(t)
	for _, text := range []string{"header[accept] EXISTS", "req_json[a.b] IS 1", "tag[custom] IS x AND direction IS IN", "text CONTAINS checkout"} {
		_, err := store.Search(t.Context(), hotstore.Search{Query: parse(t, text)})
		if !errors.Is(err, hotstore.ErrInvalidQuery) {
			t.Errorf("%s on documents that do not hold it: %v, want ErrInvalidQuery", text, err)
		}
		_, err = store.Aggregate(t.Context(), hotstore.Aggregate{Query: parse(t, text)}, func(hotstore.Group) error { return nil })
		if !errors.Is(err, hotstore.ErrInvalidQuery) {
			t.Errorf("aggregate %s: %v, want ErrInvalidQuery", text, err)
		}
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Search(canceled, hotstore.Search{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a search that was cancelled: %v", err)
	}
}
